package glue

import (
	"context"
	"encoding/json"
	"strconv"
	"sync"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
)

// Glue knows objects by name. Glaux needs integers that stay the same over
// restarts and are never used again: they are documents of the local store, one
// an object, and one that counts.
const (
	spaceID  = "glue.id"
	spaceSeq = "glue.sequence"
	keySeq   = "last"
)

// objectKey names a database (table "") or a table. No name holds a zero byte.
func objectKey(database, table string) string {
	if table == "" {
		return database
	}
	return database + "\x00" + table
}

// identity is the document of an object. An object that was made anew under the
// name, as its creation time tells, is another one.
type identity struct {
	ID      int64 `json:"id"`
	Created int64 `json:"created"` // Unix milliseconds; 0: unknown
}

// ids is what of the local store's identities has been seen.
type ids struct {
	mu    sync.Mutex // guards all of it
	known map[string]identity
	names map[int64]string
}

// named is an object that needs an ID.
type named struct {
	key     string
	created time.Time
}

func (n *named) stamp() int64 {
	if n.created.IsZero() {
		return 0
	}
	return n.created.UnixMilli()
}

// identify gives the IDs of objects, new ones to those that have none. Two
// processes that do so at once agree: the counter's version lets one through.
func (c *Catalog) identify(ctx context.Context, objects []named) ([]int64, error) {
	c.ids.mu.Lock()
	defer c.ids.mu.Unlock()
	for range 20 {
		out, missing, err := c.knownIDs(ctx, objects)
		if err != nil || len(missing) == 0 {
			return out, err
		}
		if err = c.makeIDs(ctx, objects, missing); err != nil && !retryable(err) {
			return nil, err
		}
	}
	return nil, fault.New(fault.CodeLockNotAvailable, "other processes keep numbering tables of AWS Glue").WithHint("Try again.")
}

func retryable(err error) bool {
	return fault.Is(err, fault.CodeObjectNotReady) || fault.Is(err, fault.CodeDuplicateObject)
}

// knownIDs looks objects up, in memory and then in the store. Few are asked for
// one by one; for many the whole space is read.
func (c *Catalog) knownIDs(ctx context.Context, objects []named) (out []int64, missing []int, err error) {
	out = make([]int64, len(objects))
	look := func() {
		missing = missing[:0]
		for i := range objects {
			if k, ok := c.ids.known[objects[i].key]; ok && sameObject(k.Created, objects[i].stamp()) {
				out[i] = k.ID
			} else {
				missing = append(missing, i)
			}
		}
	}
	look()
	if len(missing) == 0 {
		return out, nil, nil
	}
	if len(missing) > 50 {
		ds, err := c.local.DocumentsAfter(ctx, spaceID, "", "", 0)
		if err != nil {
			return nil, nil, err
		}
		for i := range ds {
			if err := c.ids.learn(&ds[i]); err != nil {
				return nil, nil, err
			}
		}
	} else {
		for _, i := range missing {
			d, err := c.local.Document(ctx, spaceID, objects[i].key)
			if err != nil {
				return nil, nil, err
			}
			if d == nil {
				continue
			}
			if err := c.ids.learn(d); err != nil {
				return nil, nil, err
			}
		}
	}
	look()
	return out, missing, nil
}

// sameObject compares creation times; what is not known does not differ. Servers
// that keep seconds and ones that keep milliseconds agree.
func sameObject(a, b int64) bool { return a == 0 || b == 0 || a/1000 == b/1000 }

func (s *ids) learn(d *catalog.Document) error {
	var k identity
	if err := json.Unmarshal(d.Data, &k); err != nil {
		return fault.Wrap(err, fault.CodeDataCorrupted, "the number of %q is damaged: %v", d.Key, err)
	}
	if s.known == nil {
		s.known, s.names = map[string]identity{}, map[int64]string{}
	}
	s.known[d.Key], s.names[k.ID] = k, d.Key
	return nil
}

// makeIDs stores new identities for some of the objects.
func (c *Catalog) makeIDs(ctx context.Context, objects []named, missing []int) error {
	seq, err := c.local.Document(ctx, spaceSeq, keySeq)
	if err != nil {
		return err
	}
	next := catalog.Document{Space: spaceSeq, Key: keySeq}
	last := int64(0)
	if seq != nil {
		next.Version = seq.Version
		if last, err = strconv.ParseInt(string(seq.Data), 10, 64); err != nil {
			return fault.Wrap(err, fault.CodeDataCorrupted, "the counter of tables is damaged: %v", err)
		}
	}
	ds := make([]catalog.Document, 0, len(missing)+1)
	seen := map[string]bool{}
	for _, i := range missing {
		if seen[objects[i].key] {
			continue
		}
		seen[objects[i].key] = true
		last++
		data, err := json.Marshal(identity{ID: last, Created: objects[i].stamp()})
		if err != nil {
			return err
		}
		ds = append(ds, catalog.Document{Space: spaceID, Key: objects[i].key, Version: catalog.AnyVersion, Data: data})
	}
	next.Data = strconv.AppendInt(nil, last, 10)
	_, err = c.local.PutDocuments(ctx, append(ds, next)...)
	return err
}

// nameOf gives the key of an object by its ID; "" for one that was never seen.
func (c *Catalog) nameOf(ctx context.Context, id int64) (string, error) {
	c.ids.mu.Lock()
	defer c.ids.mu.Unlock()
	if key, ok := c.ids.names[id]; ok {
		return key, nil
	}
	ds, err := c.local.DocumentsAfter(ctx, spaceID, "", "", 0)
	if err != nil {
		return "", err
	}
	for i := range ds {
		if err := c.ids.learn(&ds[i]); err != nil {
			return "", err
		}
	}
	return c.ids.names[id], nil
}

// forget removes the identities of dropped objects and the documents that they
// own.
func (c *Catalog) forget(ctx context.Context, keys ...string) error {
	c.ids.mu.Lock()
	defer c.ids.mu.Unlock()
	var ds []catalog.Document
	for _, key := range keys {
		d, err := c.local.Document(ctx, spaceID, key)
		if err != nil {
			return err
		}
		if d == nil {
			continue
		}
		var k identity
		if err := json.Unmarshal(d.Data, &k); err == nil {
			owned, err := c.ownedBy(ctx, k.ID)
			if err != nil {
				return err
			}
			ds = append(ds, owned...)
			delete(c.ids.names, k.ID)
		}
		delete(c.ids.known, key)
		ds = append(ds, catalog.Document{Space: spaceID, Key: key, Version: catalog.AnyVersion})
	}
	if len(ds) == 0 {
		return nil
	}
	_, err := c.local.PutDocuments(ctx, ds...)
	return err
}
