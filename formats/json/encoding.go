package json

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"strconv"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/lines"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/textval"
)

// Encoding is a format whose records are written otherwise but mean what JSON
// can say: Decode makes lines of JSON objects of a file's bytes as they come,
// and all else is as with JSON lines. A file is one split.
type Encoding struct {
	Classification string
	// Recognize is the format's Sniff.
	Recognize func(name string, head []byte) float64
	// Decode gives a reader of JSON lines. Its errors are faults; one about
	// bytes that are missing at the end wraps io.ErrUnexpectedEOF.
	Decode func(io.Reader) io.Reader
	// Columns, if not nil, reads the properties of a table that say where its columns
	// are.
	Columns func(props map[string]string) (Columns, *fault.Error)
}

// Columns says how the columns of a table are found in records.
type Columns struct {
	Paths     map[string][]string // lower-case column -> the keys that lead to it
	ExactCase bool                // of these keys
	Nulls     bool                // what does not fit its column is NULL
}

// Lines gives the reader of lines that next makes one by one, each valid until
// the next; it may make an empty one.
func Lines(next func() ([]byte, error)) io.Reader { return &lineReader{next: next} }

type lineReader struct {
	next func() ([]byte, error)
	rest []byte // of the last line, not yet given
	err  error
}

// Read gives the next bytes of the lines.
func (r *lineReader) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		if r.err == nil {
			r.rest, r.err = r.next()
		}
		if r.err != nil {
			return 0, r.err
		}
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// Name gives the classification.
func (e Encoding) Name() string { return e.Classification }

// Sniff asks Recognize.
func (e Encoding) Sniff(name string, head []byte) float64 { return e.Recognize(name, head) }

// Infer finds the columns of the records as Format.Infer does.
func (e Encoding) Infer(head []byte, complete bool) (*formats.Inference, error) {
	text, err := io.ReadAll(e.Decode(bytes.NewReader(head)))
	if err != nil && (complete || !errors.Is(err, io.ErrUnexpectedEOF)) {
		return nil, err
	}
	if n := bytes.LastIndexByte(text, '\n'); n >= 0 {
		text = text[:n+1]
	}
	if len(text) == 0 && !complete {
		return nil, fault.New(fault.CodeDataCorrupted, "the first record is longer than the sample of %d bytes", len(head))
	}
	in := inference{root: &shape{}, parser: parser{valid: true, unit: "record"}}
	if err := in.readLines(text, true); err != nil {
		return nil, err
	}
	return in.result(&formats.Inference{Properties: map[string]string{}})
}

// Open reads nothing if the schema is declared, else a sample of the file.
func (e Encoding) Open(ctx context.Context, s store.Store, o store.Info, opt formats.Options) (formats.File, error) {
	out := &file{store: s, object: o, schema: opt.Schema, layout: layoutLines, decode: e.Decode}
	var err error
	if out.props, err = parseProperties(opt.Properties); err != nil {
		return nil, fault.As(err).In(s.URL(o.Key))
	}
	if e.Columns != nil {
		c, bad := e.Columns(opt.Properties)
		if bad != nil {
			return nil, bad.In(s.URL(o.Key))
		}
		out.props.paths, out.props.exactCase = c.Paths, out.props.exactCase || c.ExactCase
		if c.Nulls && opt.Properties[textval.PropertyMalformed] == "" {
			if out.props.policy, err = policyOf(opt.Properties, textval.MalformedNull); err != nil {
				return nil, fault.As(err).In(s.URL(o.Key))
			}
		}
	}
	if out.packing, err = lines.PackingOf(o, opt); err != nil {
		return nil, fault.As(err).In(s.URL(o.Key))
	}
	if out.schema != nil {
		return out, nil
	}
	head, complete, err := lines.Head(ctx, s, o, &out.packing, sampleSize)
	if err != nil {
		return nil, err
	}
	in, err := e.Infer(head, complete)
	if err != nil {
		return nil, fault.As(err).In(s.URL(o.Key))
	}
	out.schema = textForUnknown(in.Schema)
	return out, nil
}

// AppendDouble appends a number with a fraction or an exponent, so that it is
// not taken for an integer; what JSON has no number for is text.
func AppendDouble(dst []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, `"NaN"`...)
	case math.IsInf(f, 1):
		return append(dst, `"Infinity"`...)
	case math.IsInf(f, -1):
		return append(dst, `"-Infinity"`...)
	}
	at := len(dst)
	dst = strconv.AppendFloat(dst, f, 'g', -1, 64)
	if bytes.IndexByte(dst[at:], '.') < 0 && bytes.IndexByte(dst[at:], 'e') < 0 {
		dst = append(dst, ".0"...)
	}
	return dst
}
