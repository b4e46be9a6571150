package exec

// BeginRound opens a transaction for the statements up to the client's next turn,
// if none is open: when one of them fails, what the others did to the session goes
// back. With block it is a transaction block without BEGIN, as PostgreSQL makes
// one of a simple query of several statements: cursors may be declared in it, and
// BEGIN makes it an ordinary transaction. It may be called before each of them.
func (s *Session) BeginRound(block bool) {
	if s.tx != 'I' {
		return
	}
	if !s.inRound {
		s.inRound = true
		s.openTx()
	}
	s.implicit = s.implicit || block
}

// EndRound ends it, unless BEGIN has made another of it: ok tells that no statement
// failed. Portals and cursors without HOLD end with it.
func (s *Session) EndRound(ok bool) {
	s.round++
	if s.tx == 'I' {
		s.closeTx(ok)
	}
}
