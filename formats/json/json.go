// Package json reads JSON records and writes JSON lines and JSON arrays.
//
//	lines.Reader ── a record ── parser ── node tree (one node per wanted column, field, element) ──> Batch
//	          └─ a line (splits at line breaks), or what a walker finds in the stream (one split)
//
// The files are JSON lines, several objects in a line without breaks between
// them, objects that span lines, arrays of objects, or documents in which a
// path (json.path) leads to the records. Which of these a file is shows at its
// beginning; a file of more than one split has its first bytes read for that
// when it is opened, as metadata.
//
// The parser goes over each record once and puts values straight into the
// vectors of the columns that are wanted; other fields are skipped without
// being built. The keys of an object are expected in the order of the object
// before, so that most are found by one comparison, and values in the usual spelling
// are read eight characters at a time (quick.go). Strings without escapes
// point into the bytes that were read; escaped ones are unescaped in place.
//
// # Values
//
// A missing field and null are NULL, a field that is not a column is ignored,
// of a repeated key the last counts. Keys match a column's name exactly, else
// ignoring case. Text columns take any value: numbers and booleans as they are
// spelled, objects and arrays as JSON text. Other types read strings as csv
// does (an empty string is NULL); numbers become timestamps as milliseconds
// since 1970, with a fraction as seconds.
//
// # Properties
//
//	mapping.<column>         the key that holds a column, or a field at any depth (OpenX SerDe)
//	case.insensitive         "false": keys must match exactly (OpenX SerDe)
//	dots.in.keys             "true": a column or field a_b takes the key a.b too (OpenX SerDe)
//	use.null.for.invalid.data  "true": as malformed.values = null (OpenX SerDe)
//	timestamp.formats        patterns of Joda-Time for columns of timestamps, and millis (Hive's JsonSerDe); texts in
//	                         ISO's form are read besides. Of a pattern with an offset the time is that of UTC
//	ignore.malformed.json    "true": a line that is no JSON object is a row of NULLs (OpenX SerDe)
//	json.path                where the records of a document are: $.records[*]. A record that is no object
//	                         is the value of the column named like the path's last key
//	timestamp.epoch          seconds, millis or micros: what integers in columns of timestamps count since 1970;
//	                         default millis
//	malformed.values         "null": a value that does not fit its column is NULL; default an error
package json

import (
	"bytes"
	"context"
	"io"
	"maps"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/cleanse"
	"github.com/glauxdb/glaux/formats/lines"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/textval"
)

// Format is the json format. The zero value is the built-in classifier.
type Format struct {
	// Path leads to the records, as a custom classifier of Glue says it:
	// $.records[*]. "": the document itself.
	Path string
	// Epoch says that integers that lie in the years 2000 to 2100 as this unit
	// are timestamps. It is never assumed.
	Epoch textval.Epoch
}

// Check says what is wrong with the classifier's path.
func (f Format) Check() error {
	_, err := parsePath(f.Path)
	return err
}

// Name gives the classification.
func (Format) Name() string { return "json" }

// sampleSize is how much of a file without a declared schema is read to infer
// one.
const sampleSize = 1 << 20

// Sniff looks for an object, or an array of objects; a custom classifier for
// what its path leads to.
func (f Format) Sniff(name string, head []byte) float64 {
	p, err := parsePath(f.Path)
	if err != nil {
		return 0
	}
	sure := p.sniff(head, false)
	if sure > 0 || len(p.steps) > 0 {
		return sure
	}
	head = bytes.TrimLeft(bytes.TrimPrefix(head, bom), " \t\r\n")
	n := lines.TrimName(name)
	byName := strings.HasSuffix(n, ".json") || strings.HasSuffix(n, ".jsonl") || strings.HasSuffix(n, ".ndjson")
	if byName && len(head) > 0 && (head[0] == '{' || head[0] == '[') {
		return 0.8
	}
	return 0
}

// Open reads nothing if the schema is declared and the file is one split, else
// a sample of the file.
func (f Format) Open(ctx context.Context, s store.Store, o store.Info, opt formats.Options) (formats.File, error) {
	out := &file{store: s, object: o, schema: opt.Schema}
	props := maps.Clone(opt.Properties)
	var err error
	if out.packing, err = lines.Inspect(ctx, s, o, opt); err != nil {
		return nil, fault.As(err).In(s.URL(o.Key))
	}
	if out.schema == nil {
		head, complete, err := lines.Head(ctx, s, o, &out.packing, sampleSize)
		if err != nil {
			return nil, err
		}
		if path := props[propertyPath]; path != "" {
			f.Path = path
		}
		in, err := f.Infer(head, complete)
		if err != nil {
			return nil, fault.As(err).In(s.URL(o.Key))
		}
		out.schema = textForUnknown(in.Schema)
		maps.Copy(in.Properties, props)
		props = in.Properties
	}
	if out.props, err = parseProperties(props); err != nil {
		return nil, fault.As(err).In(s.URL(o.Key))
	}
	if len(out.props.path.steps) > 0 {
		out.layout = layoutStream
	}
	if out.layout == layoutUnknown && !out.packing.One() && o.Size > minSplit { // it may be cut
		out.layout, err = out.look(ctx, &out.packing)
	}
	return out, err
}

// The properties' names that are used in more than one place.
const (
	propertyPath    = "json.path"
	propertyMapping = "mapping."
	propertyEpoch   = "timestamp.epoch"
)

// properties are the SerDe's settings; see the package comment.
type properties struct {
	naming
	path     path
	epoch    textval.Epoch
	formats  []timeFormat
	badLines bool           // a bad line is a row of NULLs
	policy   cleanse.Policy // of values that do not fit
}

// policyOf gives what becomes of values that do not fit; own is what it is if the
// table says nothing.
func policyOf(props map[string]string, own textval.Malformed) (cleanse.Policy, error) {
	p, err := cleanse.Parse(props)
	if err != nil {
		return p, err
	}
	malformed, ok := textval.ParseMalformed(props[textval.PropertyMalformed], own)
	if !ok {
		return p, fault.New(fault.CodeInvalidParameter, "property %q is %q: expected error, null or reject",
			textval.PropertyMalformed, props[textval.PropertyMalformed])
	}
	p = p.With(malformed.Action(), strings.TrimSpace(props[textval.PropertyMalformed]) == "")
	if p.By[cleanse.InvalidChar] == cleanse.Disabled {
		p.By[cleanse.InvalidChar], p.Quiet[cleanse.InvalidChar] = p.By[cleanse.Malformed], p.Quiet[cleanse.Malformed]
	}
	return p, nil
}

func parseProperties(props map[string]string) (properties, error) {
	p := properties{
		naming:   naming{exactCase: strings.EqualFold(props["case.insensitive"], "false"), dots: strings.EqualFold(props["dots.in.keys"], "true")},
		badLines: strings.EqualFold(props["ignore.malformed.json"], "true"),
	}
	unless := textval.MalformedError
	if strings.EqualFold(props["use.null.for.invalid.data"], "true") {
		unless = textval.MalformedNull
	}
	var err error
	if p.policy, err = policyOf(props, unless); err != nil {
		return p, err
	}
	var ok bool
	for k, v := range props {
		if col, ok := strings.CutPrefix(k, propertyMapping); ok {
			if p.mapping == nil {
				p.mapping = map[string]string{}
			}
			p.mapping[col] = v
		}
	}
	if p.epoch, ok = textval.ParseEpoch(props[propertyEpoch]); !ok {
		return p, fault.New(fault.CodeInvalidParameter, "property %q is %q: expected seconds, millis or micros", propertyEpoch, props[propertyEpoch])
	}
	text := props[propertyPath]
	if text == "" && strings.Contains(strings.ToLower(props["serialization.lib"]+props["inputformat"]), "cloudtrail") {
		text = "$.Records[*]"
	}
	if p.formats, err = parseFormats(props[propertyFormats]); err == nil {
		p.path, err = parsePath(text)
	}
	return p, err
}

// file is an opened object.
type file struct {
	store   store.Store
	object  store.Info
	packing lines.Packing
	schema  *types.Schema
	props   properties
	layout  layout
	decode  func(io.Reader) io.Reader // of an Encoding; nil: the file is JSON itself
}

// layoutOf gives the file's layout, for which its beginning is read unless it is
// known.
func (f *file) layoutOf(ctx context.Context) (layout, error) {
	if f.layout != layoutUnknown {
		return f.layout, nil
	}
	p := f.packing // of a file that others may be reading
	return f.look(ctx, &p)
}

// look reads the file's beginning for its layout, and settles p.
func (f *file) look(ctx context.Context, p *lines.Packing) (layout, error) {
	head, _, err := lines.Head(ctx, f.store, f.object, p, layoutBytes)
	if err != nil {
		return layoutUnknown, err
	}
	// Complete or not: so the first split's reader judges, too.
	return layoutOf(bytes.TrimPrefix(head, bom), false), nil
}

// Schema gives the declared or inferred columns.
func (f *file) Schema() *types.Schema { return f.schema }

// Stats knows nothing: text has no footer.
func (f *file) Stats() *formats.Stats { return &formats.Stats{Rows: -1} }

// minSplit keeps splits from being so small that their overlaps matter.
const minSplit = 1 << 20

// Splits cuts files of lines at line breaks, plain ones and compressed ones that
// consist of blocks; any other file is one split.
func (f *file) Splits(target int64) []formats.Split {
	if f.layout == layoutStream || f.decode != nil {
		target = f.object.Size
	}
	return f.packing.Splits(f.object.Size, max(target, minSplit))
}

// Unplaced implements formats.Unplacer.
func (f *file) Unplaced() bool { return f.packing.Unplaced() }

// Close has nothing to release.
func (f *file) Close() error { return nil }

var bom = []byte("\xef\xbb\xbf")
