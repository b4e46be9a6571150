package pg

import (
	"github.com/jackc/pgx/v5/pgproto3"
)

// signal cancels what the connection runs, or ends it, for another session's
// pg_cancel_backend and pg_terminate_backend.
func (c *conn) signal(terminate bool) {
	if !terminate {
		c.cancelQuery(errCanceled)
		return
	}
	c.terminate()
	c.cancelQuery(errShutdown)
}

// notified wakes the connection; it may be called by any goroutine.
func (c *conn) notified() {
	select {
	case c.wake <- struct{}{}:
	default: // it has been woken already
	}
}

// tell sends notifications to a client that is idle; others get them with the next
// ReadyForQuery.
func (c *conn) tell(ready bool) error {
	if !ready {
		return nil
	}
	c.sendNotifications()
	return c.flush()
}

// sendNotifications puts what has arrived into the buffer; inside a transaction
// that is nothing.
func (c *conn) sendNotifications() {
	for _, n := range c.sess.notifications() {
		c.send(&pgproto3.NotificationResponse{PID: uint32(n.PID), Channel: n.Channel, Payload: n.Payload})
	}
}
