package lines

import (
	"bytes"
	"context"
	"sync"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/encoding"
	"github.com/glauxdb/glaux/formats/store"
)

// PropertyCompression is the property by which Redshift Spectrum's tables name
// the compression of all their files, whatever the files are called.
const PropertyCompression = "compression_type"

// Packing says how the bytes of a file are compressed, and which encoding the
// text in them has: what the table says beats the file's name, and what the file
// begins with beats a name that is wrong. The zero value is a file of which nobody
// says anything.
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
	text     text            // how the bytes are lines, once they are decompressed
	division *codec.Division // the file may be read from the middle; nil: not
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
	t, err := parseText(opt.Properties)
	if err != nil {
		return Packing{}, err
	}
	if forced := opt.Properties[PropertyCompression]; forced != "" {
		c, err := codec.Parse(forced)
		return Packed(c).with(t), err
	}
	declared, err := codec.Parse(opt.Codec)
	p := Packing{text: t, expected: codec.ByExtension(o.Key), declared: declared, verdict: &verdict{}}
	if p.expected == codec.None && (declared == codec.Brotli || declared == codec.Zlib) {
		p.expected = declared // streams without a mark that could tell otherwise
	}
	return p, err
}

// Expected gives the compression that name and table promise.
func (p Packing) Expected() codec.Codec { return p.expected }

// One reports whether the file can only be read from its beginning on, as far
// as is known.
func (p Packing) One() bool {
	return p.expected != codec.None && p.division == nil || p.text.one()
}

// Splits cuts a file of size bytes into splits of about target bytes. Blocks that
// a table lists are not cut.
func (p Packing) Splits(size, target int64) []formats.Split {
	switch {
	case p.One():
		return Splits(size, size)
	case p.division == nil || p.division.Blocks() == 0:
		return Splits(size, target)
	}
	var out []formats.Split
	from := int64(0)
	for at := range p.division.Begins() {
		if at-from >= target {
			out = append(out, formats.Split{Range: store.Range{Off: from, Len: at - from}, Rows: -1})
			from = at
		}
	}
	return append(out, formats.Split{Range: store.Range{Off: from, Len: size - from}, Rows: -1})
}

// Unplaced reports whether readers of splits don't know where in the file's text
// they are.
func (p Packing) Unplaced() bool { return p.division != nil && p.division.Blocks() == 0 }

// minDivide is the size from which on it is worth a small read to know whether a
// compressed file can be read by several workers; tailBytes is that read where
// the table of blocks stands at the end: it holds 5000 blocks and more.
const (
	minDivide = 4 << 20
	tailBytes = 64 << 10
)

// Inspect is PackingOf, and looks into large compressed files for blocks that can
// be decompressed alone.
func Inspect(ctx context.Context, s store.Store, o store.Info, opt formats.Options) (Packing, error) {
	p, err := PackingOf(o, opt)
	if err != nil || o.Size < minDivide || p.expected == codec.None && p.declared == codec.None || !p.text.cuttable() {
		return p, err
	}
	at := store.Range{Len: markBytes}
	if p.expected == codec.Zstd || p.expected == codec.XZ {
		at = store.Range{Off: o.Size - tailBytes, Len: tailBytes}
	}
	got, err := s.ReadRanges(store.WithReadKind(ctx, store.ReadFooter), o, []store.Range{at})
	if err != nil {
		return p, err
	}
	defer store.Recycle(got[0])
	var d *codec.Division
	if at.Off > 0 {
		d = codec.DivideTail(p.expected, got[0], o.Size)
	} else if d = codec.DivideHead(got[0]); d != nil && p.learn(got[0]) != d.Codec() {
		d = nil
	}
	if d == nil {
		return p, nil
	}
	whole := Packed(d.Codec()).with(p.text)
	if head, _, err := begins(ctx, s, o, &whole, tailBytes); err != nil || p.text.of(head) != nil {
		return whole, err // in an encoding that is decoded from the beginning on
	}
	whole.division = d
	return whole, nil
}

func (p Packing) with(t text) Packing {
	p.text = t
	return p
}

// EndingWith says what ends the lines of the file, which is a line break
// otherwise.
func (p Packing) EndingWith(ending []byte) Packing {
	p.text.ending = ending
	for n := 1; n < len(ending); n++ {
		p.text.single = p.text.single || bytes.HasPrefix(ending, ending[n:])
	}
	if !p.text.cuttable() {
		p.division = nil
	}
	return p
}

// Encoding gives the encoding that the table declares; nil is UTF-8.
func (p Packing) Encoding() *encoding.Encoding { return p.text.declared }

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

// settle says what the file is.
func (p *Packing) settle(c codec.Codec) {
	d := p.division
	*p = Packed(c).with(p.text)
	if d != nil && d.Codec() == c {
		p.division = d
	}
}

// ask gives compression and encoding of a file whose beginning the caller does
// not read.
func (p Packing) ask(ctx context.Context, s store.Store, o store.Info) (codec.Codec, *encoding.Encoding, error) {
	c, knownCodec := p.heard()
	e, knownText := p.text.heard()
	if knownCodec && (knownText || c != codec.None) {
		return c, e, nil
	}
	head, err := s.ReadRanges(store.WithReadKind(ctx, store.ReadFooter), o, []store.Range{{Len: min(o.Size, markBytes)}})
	if err != nil {
		return 0, nil, err
	}
	if c = p.learn(head[0]); c == codec.None {
		e = p.text.learn(head[0])
	}
	store.Recycle(head[0])
	return c, e, nil
}

// heard gives what learn kept.
func (p Packing) heard() (c codec.Codec, known bool) {
	if p.settled || p.verdict == nil {
		return p.expected, true
	}
	p.verdict.mu.Lock()
	defer p.verdict.mu.Unlock()
	return p.verdict.codec, p.verdict.known
}
