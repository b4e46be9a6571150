package pg

import (
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Why a connection ends that has been silent for too long.
var (
	errIdle   = fault.New(fault.CodeIdleSession, "terminating connection due to idle-session timeout")
	errIdleTx = fault.New(fault.CodeIdleTransaction, "terminating connection due to idle-in-transaction timeout")
)

// idleLimit gives how long the client may be silent now and the error if it is for
// longer; 0 for any time.
func (c *conn) idleLimit() (time.Duration, error) {
	if c.sess.txStatus() == 'I' {
		return c.timeSetting("idle_session_timeout"), errIdle
	}
	return c.timeSetting("idle_in_transaction_session_timeout"), errIdleTx
}

// rest prepares for a time without messages: a channel that tells when it has been
// too long (nil: never), and what to do afterwards.
func (c *conn) rest() (late <-chan time.Time, wake func(), err error) {
	if cap(c.out) > 0 && len(c.out) == 0 {
		c.out = nil
	}
	d, err := c.idleLimit()
	if d == 0 {
		return nil, func() {}, nil
	}
	t := time.NewTimer(d)
	return t.C, func() { t.Stop() }, err
}

// timeUnits are those of PostgreSQL's settings.
var timeUnits = map[string]time.Duration{"": time.Millisecond, "us": time.Microsecond, "ms": time.Millisecond, "s": time.Second,
	"min": time.Minute, "h": time.Hour, "d": 24 * time.Hour}

// timeSetting gives a time limit among the session's settings, 0 for none.
func (c *conn) timeSetting(name string) time.Duration {
	s := strings.TrimSpace(c.sess.setting(name))
	var n int64
	i := 0
	for ; i < len(s) && s[i] >= '0' && s[i] <= '9' && n < 1<<40; i++ {
		n = n*10 + int64(s[i]-'0')
	}
	unit, ok := timeUnits[strings.TrimSpace(s[i:])]
	if !ok || n > int64(1<<62)/int64(unit) {
		return 0
	}
	return time.Duration(n) * unit
}
