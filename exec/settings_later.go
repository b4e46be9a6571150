package exec

import "sync"

// laterChanges are the settings that a running statement changes with
// set_config(). It runs on goroutines of its own; the session takes the changes
// over when it is used the next time.
type laterChanges struct {
	mu   sync.Mutex // guards list
	list []laterChange
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
	if err := s.checkSetting(name, stored); err != nil {
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
		_ = s.set.set(c.name, c.value, c.local) // judged before: it does not fail
	}
}
