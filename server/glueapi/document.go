package glueapi

import (
	"context"
	"strconv"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
)

// What Glue keeps and Glaux has no objects for lies in the catalog's documents,
// as the protocol's own JSON.
const (
	spaceTags       = "glue.tags"       // database/name, table/database/name, crawler/name
	spaceFunctions  = "glue.function"   // database's ID / name
	spaceIndexes    = "glue.indexes"    // table's ID
	spaceStatistics = "glue.statistics" // table's ID / partition's ID, 0 for the table / column
)

// document writes v as a document.
func (s *Server) document(space, key string, table, version int64, v any) catalog.Document {
	return catalog.Document{Space: space, Key: key, Table: table, Version: version, Data: s.codec.Append(nil, v)}
}

// read reads a document into v; nil if there is none.
func (s *Server) read(ctx context.Context, space, key string, v any) (*catalog.Document, error) {
	d, err := s.cat.Document(ctx, space, key)
	if err != nil || d == nil {
		return nil, err
	}
	return d, s.readFrom(d, v)
}

func (s *Server) readFrom(d *catalog.Document, v any) error {
	if err := s.codec.Decode(d.Data, v); err != nil {
		return fault.Wrap(err, fault.CodeDataCorrupted, "the catalog holds a damaged document %s of %s: %v", d.Key, d.Space, err)
	}
	return nil
}

// put writes one document whatever is there.
func (s *Server) put(ctx context.Context, d catalog.Document) error {
	_, err := s.cat.PutDocuments(ctx, d)
	return err
}

// drop removes documents, those that are not there too.
func (s *Server) drop(ctx context.Context, space string, keys ...string) error {
	ds := make([]catalog.Document, len(keys))
	for i, k := range keys {
		ds[i] = catalog.Document{Space: space, Key: k, Version: catalog.AnyVersion}
	}
	if len(ds) == 0 {
		return nil
	}
	_, err := s.cat.PutDocuments(ctx, ds...)
	return err
}

// dropAll removes the documents of a space whose keys begin with prefix.
func (s *Server) dropAll(ctx context.Context, space, prefix string) error {
	ds, err := s.cat.DocumentsAfter(ctx, space, prefix, "", 0)
	if err != nil {
		return err
	}
	keys := make([]string, len(ds))
	for i, d := range ds {
		keys[i] = d.Key
	}
	return s.drop(ctx, space, keys...)
}

func idText(id int64) string { return strconv.FormatInt(id, 10) }
