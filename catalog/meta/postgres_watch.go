package meta

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/glauxdb/glaux/catalog"
)

// feed hears of the changes that others make in PostgreSQL, so that most reads of
// the catalog ask it nothing. What this process changes it knows itself.
//
//	trigger ─ NOTIFY at the commit ─> listen ─> a tick rises ─> caches ask again
//
// Silence counts for a second and a half after the connection last answered. While
// there is none, everything is asked for.
type feed struct {
	catalog   atomic.Int64 // rises with what changes catalog_generation
	documents atomic.Int64
	trusted   atomic.Int64 // UnixNano until when silence means that nothing has changed

	stop context.CancelFunc
	done chan struct{}
}

const (
	feedPing  = 500 * time.Millisecond // a listener that hears nothing asks whether it would
	feedTrust = 3 * feedPing
	feedAgain = time.Second // between attempts to connect
)

// listen makes a feed; close ends it.
func (p *postgres) listen() *feed {
	ctx, stop := context.WithCancel(context.Background())
	f := &feed{stop: stop, done: make(chan struct{})}
	go f.run(ctx, p)
	return f
}

func (f *feed) close() {
	if f != nil {
		f.stop()
		<-f.done
	}
}

// fresh reports whether all changes up to now, but for those on their way, have
// been heard of.
func (f *feed) fresh() bool { return time.Now().UnixNano() < f.trusted.Load() }

// changed tells of a change that may have been made, by this process or by others.
func (f *feed) changed() {
	if f != nil {
		f.documents.Add(1) // first: documents that belong to a change are not older than it
		f.catalog.Add(1)
	}
}

func (f *feed) run(ctx context.Context, p *postgres) {
	defer close(f.done)
	for ctx.Err() == nil {
		f.hear(ctx, p)
		f.trusted.Store(0)
		select {
		case <-ctx.Done():
		case <-time.After(feedAgain):
		}
	}
}

// hear listens until the connection is lost or the feed is closed. Errors need no
// telling: the statements that ask instead meet them too.
func (f *feed) hear(ctx context.Context, p *postgres) {
	dial, cancel := context.WithTimeout(ctx, 10*feedAgain)
	defer cancel()
	config := p.config.Copy()
	config.OnNotification = func(_ *pgconn.PgConn, n *pgconn.Notification) { f.notified(n, p.schema) }
	conn, err := pgx.ConnectConfig(dial, config)
	if err != nil {
		return
	}
	defer func() {
		end, cancel := context.WithTimeout(context.Background(), feedAgain)
		defer cancel()
		conn.Close(end)
	}()
	if _, err := conn.Exec(dial, "listen glaux_catalog; listen glaux_documents"); err != nil {
		return
	}
	f.changed() // what changed before is not told
	for {
		asked := time.Now()
		ping, cancel := context.WithTimeout(ctx, feedTrust-feedPing)
		err := conn.Ping(ping)
		cancel()
		if err != nil {
			return
		}
		f.trusted.Store(asked.Add(feedTrust).UnixNano()) // what came before the answer has been taken
		wait, cancel := context.WithTimeout(ctx, feedPing)
		for err == nil {
			_, err = conn.WaitForNotification(wait)
		}
		cancel()
		if ctx.Err() != nil || conn.IsClosed() || !pgconn.Timeout(err) {
			return
		}
	}
}

func (f *feed) notified(n *pgconn.Notification, schema string) {
	switch {
	case n.Payload != schema: // another catalog in this database
	case n.Channel == "glaux_catalog":
		f.changed()
	case n.Channel == "glaux_documents":
		f.documents.Add(1)
	}
}

// maxKeptDocuments bounds the documents in memory.
const maxKeptDocuments = 10_000

type documentName struct{ space, key string }

// documentCache keeps documents that were asked for, until any changes.
type documentCache struct {
	mu   sync.Mutex
	tick int64                              // of the feed, when they were read
	by   map[documentName]*catalog.Document // nil values: there is none
}

// get gives a copy of what is known at a tick.
func (c *documentCache) get(tick int64, name documentName) (d *catalog.Document, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.tick != tick {
		return nil, false
	}
	known, ok := c.by[name]
	if known == nil {
		return nil, ok
	}
	out := *known
	out.Data = slices.Clone(known.Data)
	return &out, ok
}

// put keeps what was read after tick was.
func (c *documentCache) put(tick int64, name documentName, d *catalog.Document) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.tick > tick {
		return
	}
	if c.tick < tick || c.by == nil || len(c.by) >= maxKeptDocuments {
		c.tick, c.by = tick, map[documentName]*catalog.Document{}
	}
	if d != nil {
		kept := *d
		kept.Data = slices.Clone(d.Data)
		d = &kept
	}
	c.by[name] = d
}
