package glue

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// maxCached bounds each of the caches of descriptions; a full one starts anew.
const maxCached = 20_000

// cache keeps what Glue has answered. Keys tell what it is of: "databases",
// "database NUL name", "tables NUL database", "table NUL database NUL name",
// "partitions NUL id".
type cache struct {
	ttl      func(key string) time.Duration
	inFlight singleflight.Group

	mu      sync.Mutex // guards the rest
	entries map[string]entry
	loading map[string]int // keys that are being read, and how often
	closed  bool
	changes int64 // counts what was forgotten: an answer from before does not get in
}

type entry struct {
	value any
	at    time.Time
}

const partitionsOf = "partitions\x00"

func (c *cache) init(o Options) {
	c.entries, c.loading = map[string]entry{}, map[string]int{}
	c.ttl = func(key string) time.Duration {
		if len(key) > len(partitionsOf) && key[:len(partitionsOf)] == partitionsOf {
			return o.PartitionTTL
		}
		return o.TableTTL
	}
}

func (c *cache) get(key string) (any, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[key]
	if !ok || time.Since(e.at) > c.ttl(key) {
		return nil, false
	}
	return e.value, true
}

func (c *cache) put(key string, value any, changes int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.changes != changes {
		return
	}
	if len(c.entries) >= maxCached {
		clear(c.entries)
	}
	c.entries[key] = entry{value: value, at: time.Now()}
}

func (c *cache) now() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.changes
}

func (c *cache) start(key string) (changes int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.loading[key]++
	return c.changes
}

func (c *cache) end(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.loading[key]--; c.loading[key] == 0 {
		delete(c.loading, key)
	}
}

// forget drops, after a change, the entries whose keys are or begin with one of
// these. What is being read at this moment is not kept either, and nobody waits
// for it who asks from now on.
func (c *cache) forget(prefixes ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes++
	has := func(key string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) })
	}
	for k := range c.entries {
		if has(k) {
			delete(c.entries, k)
		}
	}
	for k := range c.loading {
		if has(k) {
			c.inFlight.Forget(k)
		}
	}
}

// cached gives what is cached under a key, or what load gives. Callers who want
// the same thing at once wait for one load, which goes on when one of them
// leaves, and ends with the catalog.
func cached[T any](ctx context.Context, c *Catalog, key string, load func(context.Context) (T, error)) (T, error) {
	if v, ok := c.cache.get(key); ok {
		return v.(T), nil
	}
	return fresh(ctx, c, key, load)
}

// fresh is cached without looking at what is there.
func fresh[T any](ctx context.Context, c *Catalog, key string, load func(context.Context) (T, error)) (T, error) {
	var none T
	if !c.begin() {
		return none, context.Canceled
	}
	ch := c.cache.inFlight.DoChan(key, func() (any, error) {
		changes := c.cache.start(key)
		defer c.cache.end(key)
		v, err := load(c.base)
		if err == nil {
			c.cache.put(key, v, changes)
		}
		return v, err
	})
	select {
	case r := <-ch:
		c.flying.Done()
		if r.Err != nil {
			return none, r.Err
		}
		return r.Val.(T), nil
	case <-ctx.Done():
		go func() { // Close waits for what was begun
			<-ch
			c.flying.Done()
		}()
		return none, ctx.Err()
	}
}

// begin counts one that waits, unless the catalog is closed.
func (c *Catalog) begin() bool {
	c.cache.mu.Lock()
	defer c.cache.mu.Unlock()
	if c.cache.closed {
		return false
	}
	c.flying.Add(1)
	return true
}
