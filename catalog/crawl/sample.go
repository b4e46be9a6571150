package crawl

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/encoding"
	"github.com/glauxdb/glaux/formats/store"
)

// sample is what a look into one file told.
type sample struct {
	shape // its format is "" if none recognized the file
	store store.Store
	info  store.Info
	// linked is the first of the files that this one, a manifest, names: what the
	// sample tells is told of it. Nil: the file is looked into itself.
	linked *linked
	codec  codec.Codec
	props  map[string]string
	notes  []string // of the format
	named  string   // the format that the file's name says, where it is another; ""
	rows   int64    // -1: unknown
	// positional: the file's field IDs say nothing.
	positional bool
	err        error // the file could not be read
}

const (
	sniffBytes = 16 << 10 // of the file: enough for every format's mark and some lines
	inferBytes = 1 << 20  // of the file, for inferring text columns
	plainBytes = 4 << 20  // decompressed, so that a bomb stays small
)

// minConfidence is below what a format claims when it does recognize a file.
const minConfidence = 0.1

// propertied is a file whose schema the SerDe wants to be told in its own way
// (Avro's avro.schema.literal).
type propertied interface {
	SerDeProperties() map[string]string
}

// look recognizes a file's format and reads its columns. The first of the
// formats are custom classifiers: where one takes a file that it cannot read,
// the others are asked. With to it is that file that is read. Only the end of
// ctx is an error; what is wrong with the file stands in the sample.
func look(ctx context.Context, fs []formats.Format, custom int, s store.Store, o store.Info, to *linked) (*sample, error) {
	ctx = store.WithReadKind(ctx, store.ReadFooter)
	for {
		out := &sample{store: s, info: o, linked: to, rows: -1}
		at, err := out.inspect(ctx, fs)
		if err == nil || at < 0 || at >= custom || ctx.Err() != nil {
			out.err = err
			return out, ctx.Err()
		}
		fs = slices.Delete(slices.Clone(fs), at, at+1)
		custom--
	}
}

// inspect reads the columns; at is which of the formats took the file, -1: none.
func (m *sample) inspect(ctx context.Context, fs []formats.Format) (at int, err error) {
	raw, err := m.head(ctx, sniffBytes)
	if err != nil {
		return -1, err
	}
	if m.codec, err = codecOf(m.content().info.Key, raw); err != nil {
		return -1, err
	}
	plain, _, err := m.plain(raw, sniffBytes)
	if err != nil {
		return -1, err
	}
	name := codec.TrimExtension(path.Base(m.content().info.Key))
	if at = classify(fs, name, plain); at < 0 {
		return -1, nil
	}
	f := fs[at]
	m.format = f.Name()
	if says := formatOfName(name); says != "" && says != m.format && extended(m.format) {
		m.named = says
	}
	if in, ok := f.(formats.Inferrer); ok {
		return at, m.infer(ctx, in, raw)
	}
	if m.codec != codec.None {
		return at, fault.New(fault.CodeFeatureNotSupported, "it is a %s file inside %s compression, which cannot be read", m.format, m.codec)
	}
	return at, m.open(ctx, f)
}

// codecOf finds a file's compression by its bytes, else by its name, unless
// the bytes show that the name is wrong.
func codecOf(key string, head []byte) (codec.Codec, error) {
	c := codec.Judge(codec.ByExtension(key), head)
	if (c == codec.Gzip || c == codec.Zstd || c == codec.Bzip2) && len(head) > 0 && codec.Detect(head) != c {
		return c, fault.New(fault.CodeDataCorrupted, "its name says %s, but its bytes are not", c)
	}
	return c, nil
}

// fileFormats are the formats that extensions promise.
var fileFormats = map[string]string{
	".parquet": "parquet", ".parq": "parquet", ".orc": "orc", ".avro": "avro", ".json": "json", ".jsonl": "json", ".ndjson": "json",
	".csv": "csv", ".tsv": "csv", ".psv": "csv", ".xml": "xml", ".ion": "ion", ".bson": "bson",
	".arrow": "arrow", ".arrows": "arrow", ".feather": "arrow",
}

// formatOfName gives the format that a name without the codec's extension
// promises, "" if none.
func formatOfName(name string) string { return fileFormats[strings.ToLower(path.Ext(name))] }

// extended reports whether a format's name is one that extensions may promise:
// custom classifications are their owner's choice.
func extended(format string) bool {
	for _, f := range fileFormats {
		if f == format {
			return true
		}
	}
	return false
}

// classify gives the first format that is sure, else the surest; the order
// decides between equals. -1: none knows the file.
func classify(fs []formats.Format, name string, head []byte) int {
	best, sure := -1, minConfidence
	for i, f := range fs {
		if c := f.Sniff(name, head); c > sure {
			if best, sure = i, c; c >= 1 {
				break
			}
		}
	}
	return best
}

func (m *sample) head(ctx context.Context, n int64) ([]byte, error) {
	c := m.content()
	bs, err := c.store.ReadRanges(ctx, c.info, []store.Range{{Off: 0, Len: min(n, c.info.Size)}})
	if err != nil {
		return nil, err
	}
	return bs[0], nil
}

// plain decompresses as much of a file's beginning as was read, as UTF-8 if it is
// text that says otherwise; complete tells that this is all of the file.
func (m *sample) plain(raw []byte, limit int) (plain []byte, complete bool, err error) {
	plain, complete, err = m.inflate(raw, limit)
	return encoding.Plain(plain), complete, err
}

func (m *sample) inflate(raw []byte, limit int) (plain []byte, complete bool, err error) {
	whole := int64(len(raw)) == m.content().info.Size
	if m.codec == codec.None {
		return raw, whole, nil
	}
	r, err := codec.NewReader(m.codec, bytes.NewReader(raw))
	if err != nil {
		if !whole {
			return nil, false, fault.Wrap(err, fault.CodeDataCorrupted, "%s compression cannot be read: %v", m.codec, err)
		}
		return nil, false, err
	}
	defer r.Close()
	plain, err = io.ReadAll(io.LimitReader(r, int64(limit)+1))
	cut := len(plain) > limit
	switch {
	case cut:
		return plain[:limit], false, nil
	case err == nil:
		return plain, whole, nil
	case whole || len(plain) == 0:
		return nil, false, err
	}
	return plain, false, nil // the rest was not read: an early end is expected
}

func (m *sample) infer(ctx context.Context, in formats.Inferrer, raw []byte) error {
	if int64(len(raw)) < m.content().info.Size {
		var err error
		if raw, err = m.head(ctx, inferBytes); err != nil {
			return err
		}
	}
	plain, complete, err := m.plain(raw, plainBytes)
	if err != nil {
		return err
	}
	found, err := in.Infer(plain, complete)
	if err != nil {
		return err
	}
	m.columns, m.props, m.notes = columnsOf(found.Schema), found.Properties, found.Notes
	return m.usable()
}

func (m *sample) open(ctx context.Context, f formats.Format) error {
	c := m.content()
	file, err := f.Open(ctx, c.store, c.info, formats.Options{})
	if err != nil {
		return err
	}
	defer file.Close()
	m.columns = columnsOf(file.Schema())
	if st := file.Stats(); st != nil && m.linked == nil { // which has more than one file, mostly
		m.rows = st.Rows
	}
	if n, ok := file.(numbered); ok {
		m.positional = withIDs(m.columns, n)
	}
	if p, ok := file.(propertied); ok {
		m.props = p.SerDeProperties()
	}
	return m.usable()
}

func (m *sample) usable() error {
	if len(m.columns) == 0 {
		return errors.New("it has no columns")
	}
	return nil
}

// passing reports whether another look may do better: the file was not read, so
// that its version says nothing of what is in it.
func (m *sample) passing() bool {
	e := fault.As(m.err)
	return e != nil && slices.Contains([]fault.Code{fault.CodeIO, fault.CodeConnectionFailure, fault.CodeInsufficientPriv, fault.CodeUndefinedFile,
		fault.CodeObjectNotReady, fault.CodeExternal}, e.Code)
}

// ok reports whether the sample can take part in a table.
func (m *sample) ok() bool { return m.err == nil && m.format != "" }

func (m *sample) url() string { return m.store.URL(m.info.Key) }
