package exec

import (
	"sync"

	"github.com/glauxdb/glaux/catalog/fault"
)

// laterChanges are the settings that a running statement changes with
// set_config(), and the notices of its functions. It runs on goroutines of its own;
// the session takes the changes over when it is used the next time.
type laterChanges struct {
	mu      sync.Mutex // guards all of it
	list    []laterChange
	notices []*fault.Error
}

type laterChange struct {
	name, value string
	local       bool
}

// change is plan.Session's Change.
func (s *Session) change(name, value string, local bool) (string, error) {
	stored, err := judge(name, value)
	if err != nil {
		return "", err
	}
	if err := s.checkSetting(s.e.ctx, name, stored); err != nil {
		return "", err
	}
	s.later.mu.Lock()
	defer s.later.mu.Unlock()
	s.later.list = append(s.later.list, laterChange{name, value, local})
	return stored, nil
}

// settle applies the changes of statements that have run.
func (s *Session) settle() {
	s.later.mu.Lock()
	list := s.later.list
	s.later.list = nil
	s.later.mu.Unlock()
	for _, c := range list {
		if c.local && !s.inTx() {
			continue // it held for the statement
		}
		_ = s.changeSetting(c.name, c.value, c.local) // judged before: it does not fail
	}
	s.tellUser()
}

// notice is plan.Session's Notice: the statement's result gives it.
func (s *Session) notice(n *fault.Error) {
	s.later.mu.Lock()
	s.later.notices = append(s.later.notices, n)
	s.later.mu.Unlock()
}

// noticeNow is notice for one that cannot wait for the result. Only the goroutine
// that runs the statement may call it.
func (s *Session) noticeNow(n *fault.Error) {
	if s.tellNow == nil {
		s.notice(n)
		return
	}
	s.tellNow(n)
}

// takeNotices gives the notices since the last call.
func (s *Session) takeNotices() []*fault.Error {
	s.later.mu.Lock()
	defer s.later.mu.Unlock()
	out := s.later.notices
	s.later.notices = nil
	return out
}
