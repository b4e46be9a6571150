package formats

import (
	"fmt"
	"sync"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Rejects collects the rows that scans of one query leave out because a value
// in them cannot be read as it is declared, where a table asks for that with
// the property 'malformed.values' = 'reject'. Safe for concurrent use.
type Rejects struct {
	mu    sync.Mutex // guards the rest
	n     int64
	first []Reject // by place, at most maxRejects
}

// Reject is one row that was left out.
type Reject struct {
	Object string // URL of the file
	Line   int64  // 1-based line or record where the row begins; 0: unknown
	Column string // "": the row as a whole
	Why    string
}

// maxRejects is how many rejected rows are told one by one.
const maxRejects = 20

// Add counts a row. Those with the first places in the order of their files
// are kept, so that what is told does not depend on which worker was faster.
func (r *Rejects) Add(x Reject) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.n++
	at := len(r.first)
	for at > 0 && x.before(r.first[at-1]) {
		at--
	}
	if at == maxRejects {
		return
	}
	if len(r.first) < maxRejects {
		r.first = append(r.first, Reject{})
	}
	copy(r.first[at+1:], r.first[at:])
	r.first[at] = x
}

func (x Reject) before(o Reject) bool {
	if x.Object != o.Object {
		return x.Object < o.Object
	}
	return x.Line < o.Line
}

// String tells where the row is and what is wrong with it.
func (x Reject) String() string {
	s := x.Object
	if x.Line > 0 {
		s += fmt.Sprintf(", line %d", x.Line)
	}
	if x.Column != "" {
		s += fmt.Sprintf(", column %q", x.Column)
	}
	return s + ": " + x.Why
}

// Count gives how many rows were left out.
func (r *Rejects) Count() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.n
}

// Warning tells of the rows that were left out, the first of them in the
// detail, a line each; nil if there are none.
func (r *Rejects) Warning() *fault.Error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.n == 0 {
		return nil
	}
	w := fault.New(fault.CodeWarning, "%d rows were rejected because a value in them cannot be read as it is declared", r.n)
	if r.n == 1 {
		w = fault.New(fault.CodeWarning, "1 row was rejected because a value in it cannot be read as it is declared")
	}
	for i, x := range r.first {
		if i > 0 {
			w.Detail += "\n"
		}
		w.Detail += x.String()
	}
	if more := r.n - int64(len(r.first)); more > 0 {
		w.Detail += fmt.Sprintf("\nand %d more", more)
	}
	return w
}
