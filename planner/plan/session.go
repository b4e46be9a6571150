package plan

import (
	"time"

	"github.com/glauxdb/glaux/catalog/types"
)

// AdvisoryLock names an advisory lock: one number, or two. The two kinds of keys
// never meet.
type AdvisoryLock struct {
	Two  bool
	A, B int64 // B is 0 for one number
}

// LockMode says how an advisory lock is held.
type LockMode struct {
	Shared bool
	// Transaction locks end with the transaction, or with the statement outside of
	// one; others with the session or when they are unlocked.
	Transaction bool
}

// AdvisoryLocks are those of one session. Safe for concurrent use.
type AdvisoryLocks interface {
	// Lock waits until it has the lock or done is closed. It fails with 55P03 when
	// lock_timeout is over and with 40P01 if sessions wait for each other.
	Lock(done <-chan struct{}, l AdvisoryLock, m LockMode) error
	TryLock(l AdvisoryLock, m LockMode) bool
	// Unlock gives back a session's lock; false if the session does not hold it so.
	Unlock(l AdvisoryLock, shared bool) bool
	UnlockAll()
}

// Channels are where a session hears and sends notifications.
type Channels interface {
	// Notify sends when the transaction commits. Errors: 22023, 54000.
	Notify(channel, payload string) error
	Listening() []string
}

// PreparedInfo is a prepared statement of a session.
type PreparedInfo struct {
	Name, Statement string
	Created         time.Time
	Params          []types.Type
	FromSQL         bool // by PREPARE, not by the protocol
}
