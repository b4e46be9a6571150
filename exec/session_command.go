package exec

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/plan"
)

// discard runs DISCARD. There are no sequences; plans are not kept beyond a
// statement but for prepared ones, which are bound again anyway.
func (s *Session) discard(stmt *plan.Discard) (*Result, error) {
	if stmt.What == "TEMP" {
		s.temps.dropAll()
	}
	if stmt.What != "ALL" {
		return done(stmt.Tag()), nil
	}
	if s.inBlock() {
		return nil, fault.New(fault.CodeInTransaction, "DISCARD ALL cannot run inside a transaction block")
	}
	s.set.clear("session_authorization", false)
	s.set.clear("role", false)
	if err := s.set.reset("all", false); err != nil {
		return nil, err
	}
	s.closeCursors(func(*Cursor) bool { return true })
	clear(s.prepared)
	s.temps.dropAll()
	s.channels.do(channelAction{op: 'u'})
	s.locks.UnlockAll()
	return done(stmt.Tag()), nil
}

// talk runs LISTEN, UNLISTEN, NOTIFY and LOCK.
func (s *Session) talk(stmt plan.Statement) (*Result, error) {
	switch stmt := stmt.(type) {
	case *plan.Listen:
		op := byte('l')
		if stmt.Off {
			op = 'u'
		}
		s.channels.do(channelAction{op, Notification{Channel: stmt.Channel}})
	case *plan.Notify:
		if err := s.channels.Notify(stmt.Channel, stmt.Payload); err != nil {
			return nil, err
		}
	case *plan.Lock:
		if !s.inBlock() {
			return nil, fault.New(fault.CodeNoTransaction, "LOCK TABLE can only be used in transaction blocks")
		}
	}
	return done(stmt.Tag()), nil
}
