package op

import (
	"math"
	"sync"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/op/keytab"
	"github.com/glauxdb/glaux/formats/vector"
)

// Dictionary numbers the texts of a query that group its rows: 0, 1, 2 ... in the
// order in which they came. It is shared by all copies.
type Dictionary struct {
	Type types.Type // of the texts
	Mem  *mem.Account

	mu   sync.Mutex // guards what follows
	tab  *keytab.Table
	held mem.Local
	all  *vector.Vector // the texts as they were when somebody last asked for a new one
}

// NewDictionary makes an empty one, whose texts are charged to m.
func NewDictionary(t types.Type, m *mem.Account) *Dictionary {
	return &Dictionary{Type: t, Mem: m, tab: keytab.NewTable(keytab.NewLayout([]types.Type{t}, false), 0), held: m.Local()}
}

// encoder makes what keys are encoded with for number.
func (d *Dictionary) encoder() *keytab.Encoder {
	return keytab.NewEncoder(keytab.NewLayout([]types.Type{d.Type}, false))
}

// number gives the numbers of the texts that e holds.
func (d *Dictionary) number(e *keytab.Encoder, out []uint32) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	before := d.tab.Len()
	if before > math.MaxInt32-vector.MaxBatch {
		return fault.New(fault.CodeOutOfMemory, "out of memory: more than 2 billion texts in one dictionary")
	}
	if err := d.tab.FindOrInsert(e, out); err != nil || d.tab.Len() == before {
		return err
	}
	return d.held.Use(d.tab.MemoryBytes())
}

// values gives the texts of at least the numbers below n, of which there is one at
// least. What it gave does not change any more.
func (d *Dictionary) values(n int) *vector.Vector {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.all == nil || d.all.Len < n {
		d.all = &vector.Vector{}
		d.tab.Column(d.all, 0, 0, d.tab.Len())
	}
	return d.all
}
