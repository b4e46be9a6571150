package avro

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/store"
)

const (
	magic    = "Obj\x01"
	syncSize = 16

	// headerGuess is what Open reads at first; a schema that is longer is read
	// with reads that double.
	headerGuess = 16 << 10
	// maxHeader bounds what a header may take.
	maxHeader = 64 << 20
)

// header is what a container file begins with (specification, "Object Container
// Files").
type header struct {
	schema *node
	text   string // the schema's JSON
	codec  codec.Codec
	sync   [syncSize]byte
	size   int64 // bytes of the header, the sync marker included
}

// codecs maps the names of the specification.
var codecs = map[string]codec.Codec{
	"": codec.None, "null": codec.None, "deflate": codec.Deflate, "snappy": codec.Snappy, "bzip2": codec.Bzip2, "zstandard": codec.Zstd, "xz": codec.XZ,
}

func readHeader(ctx context.Context, s store.Store, o store.Info) (*header, error) {
	url := s.URL(o.Key)
	for n := int64(headerGuess); ; n *= 4 {
		n = min(n, o.Size)
		bufs, err := s.ReadRanges(ctx, o, []store.Range{{Len: n}})
		if err != nil {
			return nil, err
		}
		h, short, err := parseHeader(bufs[0])
		store.Recycle(bufs[0])
		switch {
		case err != nil:
			return nil, fault.As(err).In(url)
		case !short:
			return h, nil
		case n == o.Size:
			return nil, fault.Corrupt(url, "the Avro header ends too early")
		case n >= maxHeader:
			return nil, fault.Corrupt(url, "the Avro header is longer than %d bytes", maxHeader)
		}
	}
}

// headerCursor reads the header's parts; short says that the bytes ended.
type headerCursor struct {
	b     []byte
	pos   int
	short bool
}

func (c *headerCursor) long() int64 {
	v, n := binary.Varint(c.b[min(c.pos, len(c.b)):])
	if n <= 0 {
		c.short = true
		return 0
	}
	c.pos += n
	return v
}

func (c *headerCursor) bytes() []byte {
	n := c.long()
	if c.short || n < 0 || n > int64(len(c.b)-c.pos) {
		c.short = true
		return nil
	}
	c.pos += int(n)
	return c.b[c.pos-int(n) : c.pos]
}

// parseHeader reads a header; short says that b holds only a part of it.
func parseHeader(b []byte) (h *header, short bool, err error) {
	if bytes.HasPrefix(b, []byte("Obj\x00")) {
		return nil, false, fault.New(fault.CodeFeatureNotSupported, "a container file of Avro 1.2, which no specification describes").
			WithHint("Write it anew with Avro 1.3 or later.")
	}
	if !bytes.HasPrefix(b, []byte(magic)[:min(len(b), len(magic))]) || len(b) < len(magic) {
		return nil, false, fault.New(fault.CodeDataCorrupted, "not an Avro container file: it does not begin with Obj1")
	}
	c := &headerCursor{b: b, pos: len(magic)}
	meta := map[string][]byte{}
	for {
		n := c.long()
		if n < 0 { // the block's size follows
			n = -n
			c.long()
		}
		if n == 0 || c.short {
			break
		}
		for ; n > 0 && !c.short; n-- {
			key := c.bytes()
			meta[string(key)] = c.bytes()
		}
	}
	if c.short || len(b)-c.pos < syncSize {
		return nil, true, nil
	}
	h = &header{size: int64(c.pos) + syncSize}
	copy(h.sync[:], b[c.pos:])
	return h, false, h.set(meta)
}

func (h *header) set(meta map[string][]byte) error {
	text, ok := meta["avro.schema"]
	if !ok {
		return fault.New(fault.CodeDataCorrupted, "the Avro header has no schema")
	}
	name := string(meta["avro.codec"])
	if h.codec, ok = codecs[name]; !ok {
		return fault.New(fault.CodeFeatureNotSupported, "Avro codec %q is not supported", name).
			WithHint("Supported: null, deflate, snappy, bzip2, zstandard, xz.")
	}
	var err error
	if h.schema, err = parseSchema(text); err != nil {
		return err
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, text); err != nil {
		return bad("%v", err)
	}
	h.text = compact.String()
	return nil
}
