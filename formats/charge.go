package formats

import (
	"errors"
	"sync"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Memory is the account of what a query holds. Safe for concurrent use.
type Memory interface {
	// Reserve takes n bytes, or refuses with SQLSTATE 53200 and takes none.
	Reserve(n int64) error
	// Release gives n bytes back.
	Release(n int64)
}

// FreeMemory is what each Source may hold without asking: enough for the pages
// and blocks of ordinary files, so that a query with a small limit reads them.
const FreeMemory = 4 << 20

// chargeStep is how much a Charge asks for at a time: accounts are shared.
const chargeStep = 256 << 10

// Charge is what one Source holds of a Memory: the stored bytes that it has
// read and what it decoded of them. What a file says of its sizes is charged
// before memory is made for it. Safe for concurrent use: a Source may read
// ahead. Nil counts nothing.
type Charge struct {
	acct   Memory
	object string // named in refusals

	mu         sync.Mutex // guards the rest
	used, have int64
}

// NewCharge makes the charge of a Source that reads an object; nil without an
// account.
func NewCharge(m Memory, object string) *Charge {
	if m == nil {
		return nil
	}
	return &Charge{acct: m, object: object}
}

// Add counts n bytes more, or fewer if n is negative. A refusal names the
// object and counts nothing.
func (c *Charge) Add(n int64) error {
	if c == nil || n == 0 {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	used := c.used + n
	if over := used - FreeMemory; over > c.have || over < c.have-4*chargeStep {
		want := (max(over, 0) + chargeStep - 1) / chargeStep * chargeStep
		if want > c.have {
			if err := c.acct.Reserve(want - c.have); err != nil {
				return c.refused(err)
			}
		} else {
			c.acct.Release(c.have - want)
		}
		c.have = want
	}
	c.used = used
	return nil
}

// refused puts the object into a refusal.
func (c *Charge) refused(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	g := *f
	return g.In(c.object)
}

// Grow counts what a buffer of have bytes takes more once it has n; a buffer
// that keeps its size, or shrinks, costs nothing.
func (c *Charge) Grow(have, n int) error {
	if c == nil || n <= have {
		return nil
	}
	return c.Add(int64(n - have))
}

// Used gives the bytes that are counted.
func (c *Charge) Used() int64 {
	if c == nil {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.used
}

// Close gives everything back.
func (c *Charge) Close() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.acct.Release(c.have)
	c.used, c.have = 0, 0
}

// Tab is a part of a Charge that is given back at once: what was held for a
// stripe, or for a record batch. Nil counts nothing.
type Tab struct {
	c *Charge
	n int64
}

// Tab begins a part; nil for a nil Charge.
func (c *Charge) Tab() *Tab {
	if c == nil {
		return nil
	}
	return &Tab{c: c}
}

// Add is Charge.Add for this part.
func (t *Tab) Add(n int64) error {
	if t == nil {
		return nil
	}
	if err := t.c.Add(n); err != nil {
		return err
	}
	t.n += n
	return nil
}

// Grow is Charge.Grow for this part.
func (t *Tab) Grow(have, n int) error {
	if n <= have {
		return nil
	}
	return t.Add(int64(n - have))
}

// Probe gives the refusal that n bytes more would meet now, and holds nothing: it
// is asked before bytes are decoded that grow step by step.
func (t *Tab) Probe(n int) error {
	err := t.Add(int64(n))
	if err == nil {
		err = t.Add(-int64(n))
	}
	return err
}

// Clear gives the part back, which may be used again.
func (t *Tab) Clear() {
	if t != nil {
		_ = t.c.Add(-t.n) // giving back is never refused
		t.n = 0
	}
}
