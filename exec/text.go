package exec

import "github.com/glauxdb/glaux/exec/kernel"

// TextOptions says how values print in this session as it is now: in its time
// zone, in PostgreSQL's forms.
func (s *Session) TextOptions() *kernel.TextOptions {
	return &kernel.TextOptions{Location: s.location(), Wire: true}
}
