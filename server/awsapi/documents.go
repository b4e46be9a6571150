package awsapi

import (
	"context"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
)

// Documents keeps what a service has and Glaux has no objects for, as the
// protocol's own JSON, in a catalog.
type Documents struct {
	Store catalog.Documents
	Codec *Codec
}

// Make writes v as a document.
func (d Documents) Make(space, key string, table, version int64, v any) catalog.Document {
	return catalog.Document{Space: space, Key: key, Table: table, Version: version, Data: d.Codec.Append(nil, v)}
}

// Read reads a document into v; nil if there is none.
func (d Documents) Read(ctx context.Context, space, key string, v any) (*catalog.Document, error) {
	doc, err := d.Store.Document(ctx, space, key)
	if err != nil || doc == nil {
		return nil, err
	}
	return doc, d.Decode(doc, v)
}

// Decode reads what a document holds into v.
func (d Documents) Decode(doc *catalog.Document, v any) error {
	if err := d.Codec.Decode(doc.Data, v); err != nil {
		return fault.Wrap(err, fault.CodeDataCorrupted, "the catalog holds a damaged document %s of %s: %v", doc.Key, doc.Space, err)
	}
	return nil
}

// Put writes one document whatever is there.
func (d Documents) Put(ctx context.Context, doc catalog.Document) error {
	_, err := d.Store.PutDocuments(ctx, doc)
	return err
}

// Drop removes documents, those that are not there too.
func (d Documents) Drop(ctx context.Context, space string, keys ...string) error {
	docs := make([]catalog.Document, len(keys))
	for i, k := range keys {
		docs[i] = catalog.Document{Space: space, Key: k, Version: catalog.AnyVersion}
	}
	if len(docs) == 0 {
		return nil
	}
	_, err := d.Store.PutDocuments(ctx, docs...)
	return err
}

// DropAll removes the documents of a space whose keys begin with prefix.
func (d Documents) DropAll(ctx context.Context, space, prefix string) error {
	docs, err := d.Store.DocumentsAfter(ctx, space, prefix, "", 0)
	if err != nil {
		return err
	}
	keys := make([]string, len(docs))
	for i, doc := range docs {
		keys[i] = doc.Key
	}
	return d.Drop(ctx, space, keys...)
}
