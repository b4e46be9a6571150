package glue

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
)

// Documents live in the local store, which knows nothing of Glue's tables. That
// one belongs to a table is told by two more documents, one to be found by the
// table, one by the document.
const (
	spaceOwner = "glue.owner" // space NUL key -> ID
	spaceOwned = "glue.owned" // ID NUL space NUL key
)

func ownerKey(d *catalog.Document) string { return d.Space + "\x00" + d.Key }

func ownedPrefix(id int64) string { return strconv.FormatInt(id, 10) + "\x00" }

// Document gives one document; nil if there is none.
func (c *Catalog) Document(ctx context.Context, space, key string) (*catalog.Document, error) {
	d, err := c.local.Document(ctx, space, key)
	if d == nil || err != nil {
		return nil, err
	}
	owner, err := c.local.Document(ctx, spaceOwner, ownerKey(d))
	if owner == nil || err != nil {
		return d, err
	}
	out := *d
	out.Table, err = strconv.ParseInt(string(owner.Data), 10, 64)
	return &out, err
}

// DocumentsAfter gives documents of a space by key.
func (c *Catalog) DocumentsAfter(ctx context.Context, space, prefix, after string, limit int) ([]catalog.Document, error) {
	ds, err := c.local.DocumentsAfter(ctx, space, prefix, after, limit)
	if err != nil || len(ds) == 0 {
		return ds, err
	}
	owners, err := c.local.DocumentsAfter(ctx, spaceOwner, space+"\x00"+prefix, "", 0)
	if err != nil || len(owners) == 0 {
		return ds, err
	}
	of := make(map[string]int64, len(owners))
	for i := range owners {
		if of[owners[i].Key], err = strconv.ParseInt(string(owners[i].Data), 10, 64); err != nil {
			return nil, fault.Wrap(err, fault.CodeDataCorrupted, "the owner of document %q is damaged", owners[i].Key)
		}
	}
	for i := range ds {
		ds[i].Table = of[ownerKey(&ds[i])]
	}
	return ds, nil
}

// PutDocuments writes documents in one transaction of the local store. One of a
// table that was never seen is 42P01.
func (c *Catalog) PutDocuments(ctx context.Context, ds ...catalog.Document) ([]int64, error) {
	all := slices.Clone(ds)
	for i := range ds {
		d := &all[i]
		owner := catalog.Document{Space: spaceOwner, Key: ownerKey(d), Version: catalog.AnyVersion}
		if d.Table != 0 && d.Data != nil {
			key, err := c.nameOf(ctx, d.Table)
			if err != nil {
				return nil, err
			}
			if key == "" {
				return nil, fault.New(fault.CodeUndefinedTable, "the table of document %s/%s does not exist", d.Space, d.Key)
			}
			owner.Data = strconv.AppendInt(nil, d.Table, 10)
			all = append(all, owner, catalog.Document{Space: spaceOwned, Key: ownedPrefix(d.Table) + ownerKey(d),
				Version: catalog.AnyVersion, Data: []byte("{}")})
		} else {
			more, err := c.disown(ctx, owner)
			if err != nil {
				return nil, err
			}
			all = append(all, more...)
		}
		all[i].Table = 0
	}
	versions, err := c.local.PutDocuments(ctx, all...)
	if err != nil {
		return nil, err
	}
	return versions[:len(ds)], nil
}

// disown gives the deletions of the two documents that tell of an owner.
func (c *Catalog) disown(ctx context.Context, owner catalog.Document) ([]catalog.Document, error) {
	old, err := c.local.Document(ctx, spaceOwner, owner.Key)
	if old == nil || err != nil {
		return nil, err
	}
	return []catalog.Document{owner, {Space: spaceOwned, Key: string(old.Data) + "\x00" + owner.Key, Version: catalog.AnyVersion}}, nil
}

// ownedBy gives the deletions of all documents of a table and of what tells of them.
func (c *Catalog) ownedBy(ctx context.Context, id int64) ([]catalog.Document, error) {
	owned, err := c.local.DocumentsAfter(ctx, spaceOwned, ownedPrefix(id), "", 0)
	if err != nil {
		return nil, err
	}
	var out []catalog.Document
	for i := range owned {
		key := strings.TrimPrefix(owned[i].Key, ownedPrefix(id))
		space, name, _ := strings.Cut(key, "\x00")
		for _, d := range []catalog.Document{{Space: space, Key: name}, {Space: spaceOwner, Key: key}, {Space: spaceOwned, Key: owned[i].Key}} {
			d.Version = catalog.AnyVersion
			out = append(out, d)
		}
	}
	return out, nil
}

// ownDocuments fills in what a Change leaves to the table's ID.
func ownDocuments(ds []catalog.Document, id int64) []catalog.Document {
	out := slices.Clone(ds)
	for i := range out {
		if out[i].Table != -1 {
			continue
		}
		out[i].Table = id
		if out[i].Key == "" {
			out[i].Key = strconv.FormatInt(id, 10)
		}
	}
	return out
}
