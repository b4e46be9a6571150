package pg

import (
	"container/list"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/server/auth"
)

// slots counts connections. Those that have not proved yet who they are (strangers)
// have a limit of their own, so that they keep nobody else out. The server's mu
// guards it.
type slots struct {
	strangers *list.List     // of *conn, the oldest first
	from      map[string]int // strangers by address
	in        int            // connections that have come in
	users     map[int64]int  // of them, by the user's ID
	refused   int64          // for a limit, since the start
}

func newSlots() slots {
	return slots{strangers: list.New(), from: map[string]int{}, users: map[int64]int{}}
}

// addStranger counts a new connection. Beyond the limit it gives one that has to
// go: the oldest of the address that has the most.
func (s *slots) addStranger(c *conn, limit int) (goes *conn) {
	if s.strangers.Len() >= limit {
		goes = s.victim()
		s.removeStranger(goes)
	}
	c.stranger = s.strangers.PushBack(c)
	s.from[c.host]++
	return goes
}

func (s *slots) victim() *conn {
	most := 0
	for _, n := range s.from {
		most = max(most, n)
	}
	for e := s.strangers.Front(); e != nil; e = e.Next() {
		if c := e.Value.(*conn); s.from[c.host] == most {
			return c
		}
	}
	return nil // there is one as long as there are strangers
}

func (s *slots) removeStranger(c *conn) {
	if c.stranger == nil {
		return
	}
	s.strangers.Remove(c.stranger)
	c.stranger = nil
	if s.from[c.host]--; s.from[c.host] == 0 {
		delete(s.from, c.host)
	}
}

// remove forgets a connection that has ended.
func (s *slots) remove(c *conn) {
	s.removeStranger(c)
	if c.id == nil {
		return
	}
	s.in--
	if u := c.id.User; u != nil {
		if s.users[u.ID]--; s.users[u.ID] == 0 {
			delete(s.users, u.ID)
		}
	}
}

var errTooMany = fault.New(fault.CodeTooManyConnections, "sorry, too many clients already")

// full refuses who comes while every connection is taken, before it is asked for a
// password.
func (s *Server) full() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.slots.in >= s.conf.MaxConnections {
		s.slots.refused++
		return errTooMany
	}
	return nil
}

// Connections is how many clients a server has.
type Connections struct {
	Open      int   // that have come in
	Strangers int   // that have not proved yet who they are
	Limit     int   // of Open
	Accepted  int64 // since the start, strangers too
	Refused   int64 // since the start, because of a limit
}

// Connections counts the clients.
func (s *Server) Connections() Connections {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Connections{Open: s.slots.in, Strangers: s.slots.strangers.Len(), Limit: s.conf.MaxConnections, Accepted: s.accepted, Refused: s.slots.refused}
}

// admit lets a connection in as a user, or says which limit keeps it out.
func (s *Server) admit(c *conn, id *auth.Identity) (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() {
		if err != nil {
			s.slots.refused++
		}
	}()
	n := &s.slots
	u := id.User
	switch {
	case n.in >= s.conf.MaxConnections:
		return errTooMany
	case id.Superuser:
	case u != nil && u.ConnLimit >= 0 && n.users[u.ID] >= u.ConnLimit:
		return fault.New(fault.CodeTooManyConnections, "too many connections for role %q", id.Name)
	case n.in >= s.conf.MaxConnections-s.conf.Reserved:
		return fault.New(fault.CodeTooManyConnections, "remaining connection slots are reserved for non-replication superuser connections")
	}
	n.removeStranger(c)
	c.id = id
	n.in++
	if u != nil {
		n.users[u.ID]++
	}
	return nil
}
