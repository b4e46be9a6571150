package formats

import (
	"fmt"
	"slices"
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
	Offset int64  // byte of the file, decompressed, where the row begins
	Line   int64  // 1-based line of that; 0: unknown
	Column string // "": the row as a whole
	Why    string
}

// maxRejects is how many rejected rows are told one by one.
const maxRejects = 20

// Add counts a row. Those with the first places in the order of their files
// are kept, so that what is told does not depend on which worker was faster.
// line gives the row's Line; it is asked only where that will be told, since it
// may have to read the file up to there.
func (r *Rejects) Add(x Reject, line func() int64) {
	r.mu.Lock()
	r.n++
	told := len(r.first) < maxRejects || x.before(r.first[maxRejects-1])
	r.mu.Unlock()
	if !told {
		return
	}
	x.Line = line()
	r.mu.Lock()
	defer r.mu.Unlock()
	at := len(r.first)
	for at > 0 && x.before(r.first[at-1]) {
		at--
	}
	r.first = slices.Insert(r.first, at, x)
	r.first = r.first[:min(len(r.first), maxRejects)]
}

func (x Reject) before(o Reject) bool {
	if x.Object != o.Object {
		return x.Object < o.Object
	}
	return x.Offset < o.Offset
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
