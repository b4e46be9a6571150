// Package xml reads XML documents in which each record is an element of one
// name, the row tag, as Glue's xml classifiers and Spark's XML reader have it.
//
//	lines.Reader ── finder: the next <row ── record: its elements and attributes ── setter ──> columns ──> Batch
//
// A record's columns are its attributes (_name), its child elements, and its
// own text (_VALUE). Elements with attributes or children are rows, elements
// that are repeated arrays, others scalars. Names are taken without a
// namespace's prefix, and match columns ignoring case unless the exact spelling
// is there. A text column takes an element with others in it as it is written.
// White space around texts is cut off. xsi:nil="true" and an empty element are
// NULL, the latter "" in text columns. An empty tag (<row a="1"/>) is a record
// too.
//
// References are the five entities of XML and characters by number. A DOCTYPE
// is passed over: no entity is defined, fetched or expanded. Documents are
// UTF-8, and one split each.
//
// # Properties
//
//	rowtag             the name of the element that is a record
//	malformed.values   "null", "error" (the default) or "reject": what becomes of values that do not
//	                   fit their column. What is no XML is always an error
package xml

import (
	"bytes"
	"context"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/cleanse"
	"github.com/glauxdb/glaux/formats/encoding"
	"github.com/glauxdb/glaux/formats/lines"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/textval"
)

// The properties, as Glue spells them and as readers see them.
const (
	propertyRowTag  = "rowTag"
	propertyRowTagL = "rowtag"
)

// Format is the xml format. The zero value is the built-in classifier, which
// finds the row tag; a custom one of Glue has both fields.
type Format struct {
	Classification string // "": xml
	RowTag         string // "": the element that is repeated
}

// Name gives the classification.
func (f Format) Name() string {
	if f.Classification == "" {
		return "xml"
	}
	return f.Classification
}

// Check says what is wrong with the classifier's row tag.
func (f Format) Check() error {
	if f.RowTag == "" || validTag(f.RowTag) {
		return nil
	}
	return fault.New(fault.CodeInvalidParameter, "%q is no name of an XML element", f.RowTag)
}

func validTag(tag string) bool {
	t := next([]byte("<"+tag+">"), 0, true)
	return t.kind == tokenOpen && string(t.name) == tag
}

// sampleSize is how much of a file without a declared schema is read to infer
// one.
const sampleSize = 1 << 20

// Sniff recognizes a document by its first piece: a declaration, or an element.
// A custom classifier looks for its row tag in what is seen; an empty tag is
// none, as Glue says.
func (f Format) Sniff(name string, head []byte) float64 {
	body := bytes.TrimLeft(bytes.TrimPrefix(head, bom), " \t\r\n")
	if len(body) < 4 || body[0] != '<' || !textval.IsText(head) {
		return 0
	}
	if f.RowTag != "" {
		return f.sniffTag(body)
	}
	if bytes.HasPrefix(body, []byte("<?xml")) && len(body) > 5 && isSpace(body[5]) {
		return 1
	}
	first, ok := firstElement(body)
	switch {
	case !ok:
		return 0
	case strings.EqualFold(string(first), "html"):
		return 0
	case strings.HasSuffix(lines.TrimName(name), ".xml"):
		return 0.95
	}
	return 0.7
}

// firstElement gives the name of a document's element.
func firstElement(body []byte) (name []byte, ok bool) {
	for i := 0; i < len(body); {
		t := next(body, i, false)
		switch t.kind {
		case tokenOpen, tokenEmpty:
			return local(t.name), true
		case tokenText:
			if len(bytes.TrimSpace(t.inner)) > 0 {
				return nil, false
			}
		case tokenOther:
		default:
			return nil, false
		}
		i = t.to
	}
	return nil, false
}

func (f Format) sniffTag(body []byte) float64 {
	find := finder{tag: []byte(f.RowTag)}
	for i := 0; ; {
		at, _, err := find.find(body, i, false)
		if err != nil || at < 0 {
			return 0
		}
		t := next(body, at, false)
		if t.kind == tokenOpen {
			return 1
		}
		i = t.to
	}
}

// Open reads nothing if schema and row tag are declared, else a sample of the
// file.
func (f Format) Open(ctx context.Context, s store.Store, o store.Info, opt formats.Options) (formats.File, error) {
	out := &file{store: s, object: o, schema: opt.Schema, tag: opt.Properties[propertyRowTagL]}
	if out.tag == "" {
		out.tag = f.RowTag
	}
	var err error
	if out.tag != "" && !validTag(out.tag) {
		err = fault.New(fault.CodeInvalidParameter, "property %q is %q: expected the name of an XML element", propertyRowTagL, out.tag)
	}
	var ok bool
	bad := opt.Properties[textval.PropertyMalformed]
	if out.bad, ok = textval.ParseMalformed(bad, textval.MalformedError); !ok {
		err = fault.New(fault.CodeInvalidParameter, "property %q is %q: expected error, null or reject", textval.PropertyMalformed, bad)
	}
	if err == nil {
		err = cleanse.Refuse(opt.Properties, "XML files")
	}
	if err == nil {
		out.packing, err = lines.PackingOf(o, opt)
	}
	if err == nil && (out.schema == nil || out.tag == "") {
		err = f.openSample(ctx, out)
	}
	if err != nil {
		return nil, fault.As(err).In(s.URL(o.Key))
	}
	return out, nil
}

// openSample looks into the file for what nobody has declared.
func (f Format) openSample(ctx context.Context, out *file) error {
	head, complete, err := lines.Head(ctx, out.store, out.object, &out.packing, sampleSize)
	if err != nil {
		return err
	}
	f.RowTag = out.tag
	in, err := f.Infer(head, complete)
	if err != nil {
		return err
	}
	out.tag = in.Properties[propertyRowTag]
	if out.schema == nil {
		out.schema = &types.Schema{}
		for _, c := range in.Schema.Fields {
			out.schema.Fields = append(out.schema.Fields, types.Field{Name: c.Name, Type: textval.TextIfUnknown(c.Type)})
		}
	}
	return nil
}

// file is an opened object.
type file struct {
	store   store.Store
	object  store.Info
	packing lines.Packing
	schema  *types.Schema
	tag     string
	bad     textval.Malformed
}

// Schema gives the declared or inferred columns.
func (f *file) Schema() *types.Schema { return f.schema }

// Stats knows nothing: text has no footer.
func (f *file) Stats() *formats.Stats { return &formats.Stats{Rows: -1} }

// Splits gives one: where a record begins shows only from the beginning on.
func (f *file) Splits(int64) []formats.Split { return lines.Splits(f.object.Size, f.object.Size) }

// Close has nothing to release.
func (f *file) Close() error { return nil }

var bom = []byte("\xef\xbb\xbf")

// declaredEncoding gives the encoding that a document's declaration names; nil
// is UTF-8. One that there is none of is 0A000.
func declaredEncoding(head []byte) (*encoding.Encoding, error) {
	head = bytes.TrimPrefix(head, bom)
	if !bytes.HasPrefix(head, []byte("<?xml")) {
		return nil, nil
	}
	t := next(head, 0, false)
	for rest := bytes.TrimPrefix(t.inner, []byte("xml")); t.kind == tokenOther; {
		name, value, after, ok, _ := attribute(rest)
		if !ok {
			break
		}
		if string(name) == "encoding" {
			e, err := encoding.Lookup(string(clip(value)))
			if err == nil && e.Wide() {
				e = nil // it has been decoded, or the declaration could not be read
			}
			return e, err
		}
		rest = after
	}
	return nil, nil
}
