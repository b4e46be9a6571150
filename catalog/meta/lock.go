package meta

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"sync"

	"github.com/glauxdb/glaux/catalog/fault"
)

const lockDir = "locks"

// locker hands out locks by name: files of a directory that the system unlocks
// when their process ends, however it ends, locks of a session of PostgreSQL, or,
// for a catalog in memory, names in a map.
type locker struct {
	dir     string       // "": not in files
	session *lockSession // nil: not in PostgreSQL

	mu   sync.Mutex
	held map[string]bool // in memory only
}

// TryLock takes a lock by name among all processes and all stores that use this
// catalog; ok is false if another holds it. Calling unlock again does
// nothing.
func (s *Store) TryLock(ctx context.Context, name string) (unlock func(), ok bool, err error) {
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	if name == "" {
		return nil, false, fault.New(fault.CodeInvalidName, "a lock needs a name")
	}
	if s.locks.session != nil {
		unlock, ok, err = s.locks.session.tryLock(ctx, name)
		return unlock, ok, translate(err, "lock "+name)
	}
	if s.locks.dir == "" {
		unlock, ok = s.locks.tryName(name)
		return unlock, ok, nil
	}
	if err := os.MkdirAll(s.locks.dir, 0o700); err != nil {
		return nil, false, dirFault(err, s.locks.dir)
	}
	path := filepath.Join(s.locks.dir, lockFile(name))
	release, ok, err := lockPath(path)
	if err != nil {
		return nil, false, fault.Wrap(err, fault.CodeIO, "cannot lock %s: %v", path, err)
	}
	if !ok {
		return nil, false, nil
	}
	return sync.OnceFunc(release), true, nil
}

// Guard gives a context that ends when a lock is lost: in PostgreSQL with the
// connection. The system and the memory lose none.
func (s *Store) Guard(ctx context.Context, name string) (guarded context.Context, release func()) {
	if s.locks.session == nil {
		return ctx, func() {}
	}
	return s.locks.session.guard(ctx, name)
}

func (l *locker) tryName(name string) (func(), bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held[name] {
		return nil, false
	}
	if l.held == nil {
		l.held = map[string]bool{}
	}
	l.held[name] = true
	return sync.OnceFunc(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.held, name)
	}), true
}

// lockFile names the file of a lock. Names may hold anything, and some file
// systems ignore case, so most of it is a hash; the readable part is for people
// who look into the directory.
func lockFile(name string) string {
	readable := make([]byte, 0, 32)
	for i := 0; i < len(name) && len(readable) < cap(readable); i++ {
		c := name[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' {
			readable = append(readable, c)
		}
	}
	sum := sha256.Sum256([]byte(name))
	return string(readable) + "-" + hex.EncodeToString(sum[:16]) + ".lock"
}
