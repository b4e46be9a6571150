package lines

import (
	"bytes"
	"context"
	"sync"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/store"
)

// PropertyCompression is the property by which Redshift Spectrum's tables name
// the compression of all their files, whatever the files are called.
const PropertyCompression = "compression_type"

// Packing says how the bytes of a file are compressed: what the table says
// beats the file's name, and what the file begins with beats a name that is
// wrong. The zero value is a file of which nobody says anything.
//
//	compression_type ── settled: nothing is asked
//	name ending in a codec's extension ─┐
//	the table's compressionType ────────┴─ expected ── the first bytes ──> what it is
//
// The first bytes are those of the first read of the data, so that asking them
// costs nothing; a split inside a file whose beginning nobody has read yet reads
// it itself.
type Packing struct {
	expected codec.Codec
	settled  bool        // expected is what it is
	declared codec.Codec // by the table, for names that say nothing
	verdict  *verdict
}

// verdict is what the first bytes said. Safe for concurrent use.
type verdict struct {
	mu    sync.Mutex // guards the rest
	known bool
	codec codec.Codec
}

// Plain is the packing of files that are not compressed.
func Plain() Packing { return Packing{settled: true} }

// Packed is the packing of files of a codec.
func Packed(c codec.Codec) Packing { return Packing{expected: c, settled: true} }

// PackingOf gives what name and table say of a file; nothing is read.
func PackingOf(o store.Info, opt formats.Options) (Packing, error) {
	if forced := opt.Properties[PropertyCompression]; forced != "" {
		c, err := codec.Parse(forced)
		return Packed(c), err
	}
	declared, err := codec.Parse(opt.Codec)
	p := Packing{expected: codec.ByExtension(o.Key), declared: declared, verdict: &verdict{}}
	if p.expected == codec.None && (declared == codec.Brotli || declared == codec.Zlib) {
		p.expected = declared // streams without a mark that could tell otherwise
	}
	return p, err
}

// Expected gives the compression that name and table promise.
func (p Packing) Expected() codec.Codec { return p.expected }

// One reports whether the file can only be read from its beginning on, as far
// as name and table tell.
func (p Packing) One() bool { return p.expected != codec.None }

// of gives the compression of a file that begins with head.
func (p Packing) of(head []byte) codec.Codec {
	if p.settled {
		return p.expected
	}
	c := codec.Judge(p.expected, head)
	if c != codec.None || p.expected != codec.None || p.declared == codec.None {
		return c
	}
	switch found := codec.Detect(head); {
	case found != codec.None:
		return found // zlib's mark, which alone could be text
	case p.declared == codec.Snappy || p.declared == codec.LZ4 || p.declared == codec.LZO:
		if bytes.IndexByte(head[:min(len(head), markBytes)], 0) >= 0 {
			return p.declared // Hadoop's blocks, which begin with a length
		}
	}
	return codec.None
}

// learn is of, and keeps the answer for the readers of other splits.
func (p Packing) learn(head []byte) codec.Codec {
	c := p.of(head)
	if p.verdict != nil {
		p.verdict.mu.Lock()
		defer p.verdict.mu.Unlock()
		p.verdict.known, p.verdict.codec = true, c
	}
	return c
}

// ask gives the compression of a file whose beginning the caller does not read.
func (p Packing) ask(ctx context.Context, s store.Store, o store.Info) (codec.Codec, error) {
	if p.settled || p.verdict == nil {
		return p.expected, nil
	}
	p.verdict.mu.Lock()
	known, c := p.verdict.known, p.verdict.codec
	p.verdict.mu.Unlock()
	if known {
		return c, nil
	}
	head, err := s.ReadRanges(store.WithReadKind(ctx, store.ReadFooter), o, []store.Range{{Len: min(o.Size, markBytes)}})
	if err != nil {
		return 0, err
	}
	c = p.learn(head[0])
	store.Recycle(head[0])
	return c, nil
}
