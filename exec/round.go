package exec

import "time"

// BeginRound begins what the statements up to the client's next turn share, if no
// transaction is open: when one of them fails, the settings and temporary tables of
// the others go back. With block it is a transaction block without BEGIN, as PostgreSQL makes
// one of a simple query of several statements: cursors may be declared in it, and
// BEGIN makes it an ordinary transaction. It may be called before each of them.
func (s *Session) BeginRound(block bool) {
	if s.tx != 'I' {
		return
	}
	if s.set.saved == nil {
		s.set.beginTx()
		s.temps.begin()
	}
	if block && !s.implicit {
		s.implicit, s.txStart = true, time.Now()
	}
}

// EndRound ends it, unless a transaction is open: ok tells that no statement
// failed. Portals and cursors without HOLD end with it.
func (s *Session) EndRound(ok bool) {
	s.round++
	if s.tx == 'I' {
		s.endImplicit(ok)
	}
}

func (s *Session) endImplicit(commit bool) {
	s.implicit = false
	if s.set.saved != nil {
		s.set.endTx(commit)
		s.temps.end(commit)
	}
	s.endCursors(commit)
}
