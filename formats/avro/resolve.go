package avro

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/convert"
	"github.com/glauxdb/glaux/formats/store"
)

// The properties of Hive's AvroSerDe that hold a table's own schema, by which
// files are read whatever their writers' schemas (specification, "Schema
// Resolution").
const (
	schemaLiteral = "avro.schema.literal"
	schemaURL     = "avro.schema.url"
	schemaNone    = "none" // Hive's word for "there is none"
)

// maxReader bounds the object that a schema is read from.
const maxReader = 16 << 20

// readerSchema gives a table's own schema; nil: it has none.
func readerSchema(ctx context.Context, s store.Store, props map[string]string) (*node, error) {
	from, text := schemaLiteral, strings.TrimSpace(props[schemaLiteral])
	if text == "" || text == schemaNone {
		url := strings.TrimSpace(props[schemaURL])
		if url == "" || url == schemaNone {
			return nil, nil
		}
		data, err := fetchSchema(ctx, s, url)
		if err != nil {
			return nil, err
		}
		from, text = schemaURL, string(data)
	}
	n, err := parseSchema([]byte(text))
	if err != nil {
		return nil, fault.New(fault.CodeInvalidParameter, "the table's property %q: %s", from, fault.As(err).Message)
	}
	return n, nil
}

// fetchSchema reads a schema from the store that the table's files are in. A
// path that is not absolute is taken as locations are: from the server's folder.
func fetchSchema(ctx context.Context, s store.Store, url string) ([]byte, error) {
	at := strings.TrimPrefix(strings.Replace(strings.Replace(url, "s3a://", "s3://", 1), "s3n://", "s3://", 1), "file://")
	if !strings.Contains(at, "://") {
		abs, err := filepath.Abs(at)
		if err != nil {
			return nil, fault.New(fault.CodeInvalidParameter, "the table's property %q: %v", schemaURL, err)
		}
		at = filepath.ToSlash(abs)
	}
	root := strings.TrimSuffix(s.URL(""), "/") + "/"
	key, ok := strings.CutPrefix(at, root)
	if !ok {
		return nil, fault.New(fault.CodeFeatureNotSupported, "the schema at %q (property %q) is not where the table's files are", url, schemaURL).
			WithHint("Put it below %s, or write it into the table's property %q.", root, schemaLiteral)
	}
	ctx = store.WithReadKind(ctx, store.ReadFooter)
	info, err := s.Stat(ctx, key)
	if err != nil {
		return nil, err
	}
	if info.Size > maxReader {
		return nil, fault.New(fault.CodeProgramLimit, "the Avro schema at %q is longer than %d bytes", url, maxReader)
	}
	bufs, err := s.ReadRanges(ctx, info, []store.Range{{Len: info.Size}})
	if err != nil {
		return nil, err
	}
	return bufs[0], nil
}

// find gives the place of a writer's field that the field at a place of a
// table's row is: by the name that the reader's schema has for it, or one of its
// aliases; where the reader has no such field, by its own name. -1: the writer
// lacks it.
func (n *node) find(reader *node, want types.Field, place int) (int, *field) {
	if reader != nil && reader.kind == kindRecord {
		k := convert.FieldOf(want, place, len(reader.fields), func(j int) string { return reader.fields[j].name })
		if k >= 0 {
			r := &reader.fields[k]
			return n.named(r, place), r
		}
	}
	return convert.FieldOf(want, place, len(n.fields), func(j int) string { return n.fields[j].name }), nil
}

// named finds the writer's field for a reader's, which is most often at the same
// place: by name, by alias, by name in any case.
func (n *node) named(r *field, place int) int {
	if place < len(n.fields) && n.fields[place].name == r.name {
		return place
	}
	for _, name := range append([]string{r.name}, r.aliases...) {
		if k := slices.IndexFunc(n.fields, func(f field) bool { return f.name == name }); k >= 0 {
			return k
		}
	}
	return slices.IndexFunc(n.fields, func(f field) bool { return strings.EqualFold(f.name, r.name) })
}

// inside gives the type of an array's items or a map's values; nil for any
// other kind.
func (n *node) inside(k kind) *node {
	if n == nil || n.kind != k {
		return nil
	}
	return n.items
}

// several gives a union that is read as a row; nil for anything else.
func (n *node) several() *choice {
	if n == nil || n.kind != kindUnion {
		return nil
	}
	if c := n.choice(); len(c.types) > 1 && !c.wide {
		return &c
	}
	return nil
}

// places gives, for each type of a writer's union, its place in the reader's:
// the same type, else one that it may be promoted to; -1: there is none.
func (c choice) places(reader choice) []int {
	out := make([]int, len(c.types))
	for i, w := range c.types {
		out[i] = slices.IndexFunc(reader.types, func(r *node) bool { return w.kind == r.kind && simpleName(w.name) == simpleName(r.name) })
		if out[i] < 0 {
			out[i] = slices.IndexFunc(reader.types, func(r *node) bool { return promotes(w.kind, r.kind) })
		}
	}
	return out
}

// simpleName is a name without its namespace: that is how named types match.
func simpleName(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// promotes reports whether values of a writer's kind may be read as a reader's
// (specification, "Schema Resolution").
func promotes(w, r kind) bool {
	switch w {
	case kindInt, kindLong, kindFloat:
		return r > w && r <= kindDouble
	case kindString:
		return r == kindBytes
	case kindBytes:
		return r == kindString
	}
	return false
}

// as gives a writer's type without parts as the reader sees it: with the
// reader's annotation if it has none of its own, and an enum's symbols that the
// reader lacks as the reader's default. Without a default they stay as they
// were written: a column is text, which can hold them.
func (n *node) as(r *node) *node {
	switch {
	case r == nil || n.kind != r.kind:
		return n
	case n.kind == kindEnum && r.fallback != "":
		out := *n
		out.symbols = slices.Clone(n.symbols)
		for i, s := range out.symbols {
			if !slices.Contains(r.symbols, s) {
				out.symbols[i] = r.fallback
			}
		}
		return &out
	case n.logical == "" && r.logical != "":
		out := *n
		out.logical, out.precision, out.scale = r.logical, r.precision, r.scale
		return &out
	}
	return n
}
