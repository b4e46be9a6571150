package lake

import (
	"container/list"
	"context"
	"errors"
	"sync"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/cleanse"
	"github.com/glauxdb/glaux/formats/convert"
	"github.com/glauxdb/glaux/formats/store"
)

// Open gives the opened file: its schema, statistics and splits. The metadata
// is read at most once per version of the object and table (as ReadFooter at
// the meter) and shared: don't Close what Open gives. A file holds nothing but
// memory, which the collector takes back when cache and callers let go of it.
func (l *Lake) Open(ctx context.Context, f *File) (formats.File, error) {
	file, err := l.openStored(ctx, f)
	if err == nil && f.acid != nil {
		file, err = l.without(ctx, f, file)
	}
	if err == nil {
		file, err = cleansed(f, file)
	}
	if err == nil && len(f.differs) > 0 {
		file = partitionFile{file, f}
	}
	return file, err
}

// cleansed gives the opened file less what its table wants cleansed. Text files do
// that as they are read.
func cleansed(f *File, file formats.File) (formats.File, error) {
	p, err := cleanse.Parse(f.Options.Properties)
	if err != nil {
		return nil, fault.As(err).In(f.URL())
	}
	return convert.Clean(file, f.URL(), p), nil
}

// openStored is Open for what is stored in the file itself.
func (l *Lake) openStored(ctx context.Context, f *File) (formats.File, error) {
	from, info, err := f.stored(ctx)
	if err != nil {
		return nil, err
	}
	key := openKey{url: f.URL(), etag: f.Info.ETag, size: info.Size, format: f.Format.Name(), schema: f.Options.Schema}
	return l.opened.get(ctx, key, func() (formats.File, error) {
		return f.Format.Open(store.WithReadKind(ctx, store.ReadFooter), from, info, f.Options)
	})
}

// openKey names an opened file. The schema's address stands for the whole
// options, which tableOptions makes once per version of a table.
type openKey struct {
	url, etag string
	size      int64
	format    string
	schema    *types.Schema
}

// openCache keeps opened files, the least recently used are dropped above the
// limit. A file that is being opened is an entry without size.
type openCache struct {
	limit int64

	mu   sync.Mutex // guards the rest
	size int64
	byID map[openKey]*list.Element
	lru  list.List // of *opened, the newest in front
}

type opened struct {
	key  openKey
	done chan struct{} // closed when file, err and size are final
	file formats.File
	err  error
	size int64
}

func (c *openCache) get(ctx context.Context, key openKey, open func() (formats.File, error)) (formats.File, error) {
	for {
		c.mu.Lock()
		el, ok := c.byID[key]
		if !ok {
			e := c.add(key)
			c.mu.Unlock()
			c.fill(e, open)
			return e.file, e.err
		}
		c.lru.MoveToFront(el)
		c.mu.Unlock()
		e := el.Value.(*opened)
		select {
		case <-e.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if e.err != nil && ctx.Err() == nil && isContextError(e.err) {
			continue // it was another's call that was cancelled
		}
		return e.file, e.err
	}
}

func (c *openCache) add(key openKey) *opened {
	if c.byID == nil {
		c.byID = map[openKey]*list.Element{}
	}
	e := &opened{key: key, done: make(chan struct{})}
	c.byID[key] = c.lru.PushFront(e)
	return e
}

func (c *openCache) fill(e *opened, open func() (formats.File, error)) {
	defer close(e.done)
	e.err = errors.New("lake: the file was not opened") // stands if open panics
	var size int64
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		el, ok := c.byID[e.key]
		if !ok || el.Value.(*opened) != e {
			return // dropped while it was opened
		}
		if e.err != nil {
			c.remove(e.key)
			return
		}
		e.size = size
		c.size += e.size
		c.evict()
	}()
	file, err := open()
	if err == nil {
		size = metadataBytes(file)
	}
	e.file, e.err = file, err
}

func (c *openCache) remove(key openKey) {
	if el, ok := c.byID[key]; ok {
		c.size -= el.Value.(*opened).size
		c.lru.Remove(el)
		delete(c.byID, key)
	}
}

// evict drops the least recently used files; one that is still being opened
// has no size and goes on for those who wait for it.
func (c *openCache) evict() {
	for c.size > c.limit && c.lru.Len() > 1 {
		c.remove(c.lru.Back().Value.(*opened).key)
	}
}

// metadataBytes estimates the memory of an opened file: what it says itself, or
// the sizes of its columns' descriptions and statistics per split.
func metadataBytes(f formats.File) int64 {
	if m, ok := f.(interface{ MemoryBytes() int64 }); ok {
		return m.MemoryBytes()
	}
	const base, perColumn, perChunk = 4 << 10, 256, 400
	columns := int64(len(f.Schema().Fields))
	chunks := int64(0)
	for _, s := range f.Splits(128 << 20) {
		chunks += columns * int64(max(s.Count, 0))
	}
	return base + columns*perColumn + chunks*perChunk
}
