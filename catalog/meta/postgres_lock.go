package meta

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/glauxdb/glaux/catalog/fault"
)

// lockSession holds locks by name as advisory locks of one session of PostgreSQL:
// they end with its connection, however it ends.
type lockSession struct {
	postgres *postgres

	mu    sync.Mutex      // guards what follows; one statement at a time
	conn  *pgx.Conn       // nil: not connected yet
	held  map[string]bool // of conn: a session may take its own lock again
	alive context.Context // ends with conn
	end   context.CancelCauseFunc
}

// lockPing is how often a session that holds locks is asked whether it lives.
const lockPing = time.Second

// lockPatience bounds what a lock's statement may take.
const lockPatience = 15 * time.Second

// tryLock takes a lock; a connection that was lost meanwhile is made again, once.
func (l *lockSession) tryLock(ctx context.Context, name string) (unlock func(), ok bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	l.mu.Lock()
	defer l.mu.Unlock()
	for range 2 {
		if err = l.connect(ctx); err != nil {
			return nil, false, err
		}
		if l.held[name] {
			if err = l.conn.Ping(ctx); err == nil {
				return nil, false, nil
			}
		} else if err = l.conn.QueryRow(ctx, "select pg_try_advisory_lock($1)", l.key(name)).Scan(&ok); err == nil {
			break
		}
		if !l.conn.IsClosed() {
			return nil, false, err
		}
	}
	if err != nil || !ok {
		return nil, false, err
	}
	l.held[name] = true
	conn := l.conn
	return sync.OnceFunc(func() { l.unlock(conn, name) }), true, nil
}

func (l *lockSession) key(name string) int64 { return l.postgres.lockKey("lock\x00" + name) }

// connect makes the session if there is none. l is locked.
func (l *lockSession) connect(ctx context.Context) error {
	if l.conn != nil && !l.conn.IsClosed() {
		return nil
	}
	if l.conn != nil {
		l.end(errLockLost())
	}
	conn, err := pgx.ConnectConfig(ctx, l.postgres.config)
	if err != nil {
		return err
	}
	l.conn, l.held = conn, map[string]bool{}
	l.alive, l.end = context.WithCancelCause(context.Background())
	go l.watch(conn, l.alive)
	return nil
}

func errLockLost() error {
	return fault.New(fault.CodeConnectionFailure, "the connection to the catalog's PostgreSQL was lost, and a lock with it").
		WithHint("Another server may do now what was done here. Try again.")
}

// watch looks whether a session that holds locks lives, until it ends.
func (l *lockSession) watch(conn *pgx.Conn, alive context.Context) {
	tick := time.NewTicker(lockPing)
	defer tick.Stop()
	for {
		select {
		case <-alive.Done():
			return
		case <-tick.C:
		}
		l.mu.Lock()
		if conn == l.conn && len(l.held) > 0 {
			ctx, cancel := context.WithTimeout(alive, 5*lockPing)
			if conn.Ping(ctx) != nil && conn.IsClosed() {
				l.end(errLockLost())
			}
			cancel()
		}
		l.mu.Unlock()
	}
}

// guard gives a context that ends with the session that holds a lock.
func (l *lockSession) guard(ctx context.Context, name string) (context.Context, func()) {
	out, cancel := context.WithCancelCause(ctx)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn == nil || l.conn.IsClosed() || !l.held[name] {
		cancel(errLockLost())
		return out, func() {}
	}
	session := l.alive
	stop := context.AfterFunc(session, func() { cancel(context.Cause(session)) })
	return out, func() { stop(); cancel(nil) }
}

// unlock gives a lock of a session back. If that cannot be said to PostgreSQL, the
// session ends, and with it the lock.
func (l *lockSession) unlock(conn *pgx.Conn, name string) {
	ctx, cancel := context.WithTimeout(context.Background(), lockPatience)
	defer cancel()
	l.mu.Lock()
	defer l.mu.Unlock()
	if conn != l.conn || conn.IsClosed() {
		return // it ended with its session
	}
	delete(l.held, name)
	if _, err := conn.Exec(ctx, "select pg_advisory_unlock($1)", l.key(name)); err != nil {
		conn.Close(ctx)
	}
}

// close ends the session and all its locks.
func (l *lockSession) close() error {
	if l == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), lockPatience)
	defer cancel()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn == nil {
		return nil
	}
	l.end(errLockLost())
	return l.conn.Close(ctx)
}
