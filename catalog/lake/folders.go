package lake

import (
	"container/list"
	"context"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/store"
)

// PropertyDiscoveryCache is the table property that says for how many seconds
// the folders that a discovery has listed are taken as they were; 0: for the
// one statement.
const PropertyDiscoveryCache = "partition.discovery.cache"

// DefaultDiscoveryCache is how long folders are remembered where no property
// says it.
const DefaultDiscoveryCache = 60 * time.Second

// folderCacheBytes bounds the memory of remembered folders, about.
const folderCacheBytes = 64 << 20

func cacheTTL(t *catalog.Table) (time.Duration, error) {
	for k, v := range t.Parameters {
		if !strings.EqualFold(k, PropertyDiscoveryCache) {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(v), 10, 32)
		if err != nil || n < 0 {
			return 0, tableFault(fault.New(fault.CodeInvalidParameter,
				"INVALID_TABLE_PROPERTY: table %s.%s: property %s: %q is not a number of seconds", t.Database, t.Name, k, v), t)
		}
		return time.Duration(n) * time.Second, nil
	}
	return DefaultDiscoveryCache, nil
}

// folderCache remembers the folders of folders, each for some time; the least
// recently used are forgotten above the limit.
type folderCache struct {
	limit int64
	now   func() time.Time

	mu    sync.Mutex // guards the rest
	size  int64
	byKey map[string]*list.Element
	lru   list.List // of *folderNames, the newest in front
}

type folderNames struct {
	key   string
	names []string
	at    time.Time
	size  int64
}

// get gives what was remembered for less than ttl.
func (c *folderCache) get(key string, ttl time.Duration) ([]string, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	el, ok := c.byKey[key]
	if !ok {
		return nil, false
	}
	f := el.Value.(*folderNames)
	if c.now().Sub(f.at) >= ttl {
		return nil, false
	}
	c.lru.MoveToFront(el)
	return f.names, true
}

// put remembers names as they were when their listing began.
func (c *folderCache) put(key string, names []string, at time.Time) {
	f := &folderNames{key: key, names: names, at: at, size: int64(len(key)) + 200}
	for _, n := range names {
		f.size += int64(len(n)) + 16
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byKey == nil {
		c.byKey = map[string]*list.Element{}
	}
	c.remove(key)
	if f.size > c.limit {
		return
	}
	c.byKey[key] = c.lru.PushFront(f)
	for c.size += f.size; c.size > c.limit; {
		c.remove(c.lru.Back().Value.(*folderNames).key)
	}
}

func (c *folderCache) remove(key string) {
	if el, ok := c.byKey[key]; ok {
		c.size -= el.Value.(*folderNames).size
		c.lru.Remove(el)
		delete(c.byKey, key)
	}
}

// folders gives the names of the folders in a folder: as this statement has
// seen them, as another has within the last ttl, or as they are.
func (l *Lake) folders(ctx context.Context, s store.Store, folder string, ttl time.Duration) ([]string, error) {
	url := s.URL(folder)
	load := func() ([]store.Info, error) {
		if names, ok := l.known.get(url, ttl); ok {
			return named(names), nil
		}
		at := l.known.now()
		var names []string
		for name, err := range store.Folders(store.WithReadKind(ctx, store.ReadList), s, folder) {
			if err != nil {
				return nil, err
			}
			names = append(names, name)
		}
		if ttl > 0 {
			l.known.put(url, names, at)
		}
		return named(names), nil
	}
	var found []store.Info
	var err error
	if cache := listingsOf(ctx); cache != nil {
		found, err = cache.get(ctx, url+"\x00folders", load)
	} else {
		found, err = load()
	}
	names := make([]string, len(found))
	for i := range found {
		names[i] = found[i].Key
	}
	return names, err
}

// named puts names where a statement's listings are kept.
func named(names []string) []store.Info {
	out := make([]store.Info, len(names))
	for i, n := range names {
		out[i].Key = n
	}
	return out
}
