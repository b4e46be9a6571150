package op

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/op/keytab"
	"github.com/glauxdb/glaux/exec/sketch"
	"github.com/glauxdb/glaux/formats/vector"
)

// AggCall is one aggregate of an Aggregate.
type AggCall struct {
	New      func() (fn.Aggregator, error)
	Type     types.Type // of the result
	Args     []int      // positions in Aggregate.Inputs
	Filter   NewConds   // nil: every row
	Distinct bool
	Order    []SortSpec // of the call's input; Pos is a position in Inputs
}

// deferred tells that the call sees its rows only after all have arrived.
func (c *AggCall) deferred() bool { return c.Distinct || len(c.Order) > 0 }

// Aggregate is the sink that groups rows and then the source of the groups: the
// keys followed by the results, one row a group; without keys one row always.
//
//	Add (per worker):  keys ── table ──> group numbers ── Aggregator.Update ──> states behind the keys
//	Combine:           the worker's table, cut by hash into partitions if it is large
//	Finish:            calls with DISTINCT get their values, see agg_distinct.go; partitions
//	                   merged in parallel; then calls with ORDER BY get their rows
//	Next:              keys and results in batches
type Aggregate struct {
	Keys     []int // positions in the input
	KeyTypes []types.Type
	Inputs   []ProjectItem // arguments, each distinct expression once
	InTypes  []types.Type
	Calls    []AggCall
	Mem      *mem.Account
	Trace    *Trace // may be nil
	// Threshold is that of a top-N above over column ThresholdCol of the output: groups
	// behind it are not put out. Nil: there is none.
	Threshold    *Threshold
	ThresholdCol int

	query   *Query
	layout  *keytab.Layout
	mu      sync.Mutex
	locals  []*aggLocal
	sealed  bool // some of the locals are sealed tables
	held    mem.Local
	flat    []bool               // of each call: its states are all that it keeps
	sets    []*Aggregate         // of each call: its distinct values by group; nil: it has none
	disk    []*aggFile           // what was spilled, under mu
	ordered map[int]*orderedRuns // rows of the only group, by call, under mu
	tasks   []*aggTask           // partitions of it that are to be merged, under mu; nil: all is in parts
	onDisk  bool                 // after Finish: the groups are in tasks
	parts   []*aggTable          // after Finish
	next    int                  // part that Open's operators take next, under mu
	// After Finish, if the workers' tables are cut: they are merged as operators ask for
	// groups, see agg_cut.go.
	cutting  bool
	unitBits int   // in 1<<unitBits units
	share    int64 // bytes that are reserved for a copy's table
	whole    int   // units that have been merged, under mu
	// What the partitions merged so far had and have become, for expect. They are added
	// to one after the other: a guess in between is a bit off.
	mergedRows, mergedGroups atomic.Int64
}

// aggTable is a table of groups with the aggregators whose states it holds.
type aggTable struct {
	tab  *keytab.Table // nil without keys: one state in one
	one  []byte
	aggs []fn.Aggregator
	offs []int // of each call's state within the states
}

func (a *Aggregate) newTable() (*aggTable, error) {
	t := &aggTable{}
	size := 0
	for _, c := range a.Calls {
		g, err := c.New()
		if err != nil {
			return nil, err
		}
		t.aggs, t.offs = append(t.aggs, g), append(t.offs, size)
		size += (g.StateSize() + 7) &^ 7
	}
	if len(a.KeyTypes) == 0 {
		t.one = alignedBytes(size)
		return t, nil
	}
	t.tab = keytab.NewTable(a.layout, size)
	return t, nil
}

// states addresses call i's states.
func (t *aggTable) states(i int) fn.States {
	if t.tab == nil {
		return fn.States{Rows: t.one, Stride: len(t.one), Off: t.offs[i]}
	}
	return fn.States{Rows: t.tab.Rows(), Stride: t.tab.RowBytes(), Off: t.tab.StateOffset() + t.offs[i]}
}

func (t *aggTable) groups() int {
	if t.tab == nil {
		return 1
	}
	return t.tab.Len()
}

func (t *aggTable) bytes() int64 {
	n := int64(len(t.one))
	if t.tab != nil {
		n += t.tab.MemoryBytes()
	}
	for _, g := range t.aggs {
		n += g.MemoryBytes()
	}
	return n
}

// NewLocal makes one copy's part.
func (a *Aggregate) NewLocal(w *Worker) (Local, error) {
	a.mu.Lock()
	if a.query == nil {
		a.query = w.Query
		a.layout = keytab.NewLayout(a.KeyTypes, true)
		a.held = a.Mem.Local()
		a.sets = a.newSets()
		if err := a.judge(); err != nil {
			a.mu.Unlock()
			return nil, err
		}
	}
	a.mu.Unlock()
	t, err := a.newTable()
	if err != nil {
		return nil, err
	}
	l := &aggLocal{a: a, t: t, enc: keytab.NewEncoder(a.layout), room: newRoom(w.Query, a.Mem), limit: sealRows}
	l.room.early = !a.allFlat()
	l.exprs = newExprs(a.Inputs)
	l.filters, l.defers = make([]Conds, len(a.Calls)), make([]*aggDefer, len(a.Calls))
	for i := range a.Calls {
		if c := &a.Calls[i]; c.Filter != nil {
			l.filters[i] = c.Filter()
		}
		if a.Calls[i].deferred() {
			l.defers[i] = a.newDefer(i)
		}
	}
	return l, nil
}

// aggLocal is one worker's groups.
type aggLocal struct {
	a       *Aggregate
	t       *aggTable
	enc     *keytab.Encoder
	exprs   []Expr
	filters []Conds
	defers  []*aggDefer
	room    *room

	keys, inputs, args []*vector.Vector
	groups, sub        []uint32
	codes              codeGroups
	direct             directGroups
	few                fewGroups
	cut                *aggCut // row numbers by partition, after Combine
	part               []uint8 // scratch of cutByHash
	limit              int     // groups at which sealing is thought of next
	sealed             []*aggLocal
	sealedRows         int
	sealedBytes        int64
	inOrder            []uint32    // 0, 1, 2 ... for the sealed tables' cuts
	seen               *sketch.HLL // what has been cut; nil: nothing
	rows               int         // that the table has taken
	appending          int         // so many tables, this one included, take rows without looking
	frozen             []aggSeed   // tables whose states cannot be spilled: they are merged in the end
	frozenBytes        int64
	froze              bool
}

// Add implements Local.
func (l *aggLocal) Add(ctx context.Context, b *vector.Batch) error {
	var err error
	if l.inputs, err = evalItems(b, b.Sel, l.a.Inputs, l.exprs, l.inputs[:0]); err != nil {
		return err
	}
	l.keys = l.keys[:0]
	for _, p := range l.a.Keys {
		l.keys = append(l.keys, b.Cols[p])
	}
	if err := l.findGroups(b); err != nil {
		return err
	}
	few := l.few.split(l.t, l.groups, b, len(l.a.Calls))
	for i := range l.a.Calls {
		if err := l.update(i, b, few); err != nil {
			return err
		}
	}
	if err := l.sealIfFull(); err != nil {
		return err
	}
	return l.a.named(l.room.use(ctx, l))
}

// feed updates call i with the values in b behind their groups' keys.
func (l *aggLocal) feed(i int, b *vector.Batch) error {
	k := len(l.a.KeyTypes)
	l.keys = append(l.keys[:0], b.Cols[:k]...)
	if err := l.findGroups(b); err != nil {
		return err
	}
	st, args := l.t.states(i), b.Cols[k:]
	if l.t.tab == nil {
		return l.t.aggs[i].UpdateOne(st, args, b.Sel, b.N)
	}
	if err := l.t.aggs[i].Update(st, l.groups, args, b.Sel); err != nil {
		return err
	}
	return l.sealIfFull()
}

func (l *aggLocal) bytes() int64 { return l.frozenBytes + l.spillable() }

// spillable counts what spilling can free, except that tables with states that cannot
// be spilled count until they are frozen.
func (l *aggLocal) spillable() int64 {
	n := l.groupBytes()
	for _, d := range l.defers {
		if d != nil {
			n += d.bytes()
		}
	}
	return n
}

// groupBytes counts the groups.
func (l *aggLocal) groupBytes() int64 {
	return l.t.bytes() + l.direct.bytes() + l.sealedBytes + 4*int64(cap(l.inOrder))
}

// findGroups sets l.groups to the group of each selected row.
func (l *aggLocal) findGroups(b *vector.Batch) error {
	if l.t.tab == nil {
		return nil
	}
	l.groups = grow(l.groups, b.Rows())
	l.rows += b.Rows()
	if l.appending > 0 {
		l.enc.Encode(l.keys, b.Sel, b.N)
		return l.t.tab.Append(l.enc, l.groups)
	}
	if ok, err := l.codes.find(l, b); ok || err != nil {
		return err
	}
	if ok, err := l.direct.find(l, b); ok || err != nil {
		return err
	}
	l.enc.Encode(l.keys, b.Sel, b.N)
	return l.t.tab.FindOrInsert(l.enc, l.groups)
}

// update feeds call i.
func (l *aggLocal) update(i int, b *vector.Batch, few bool) error {
	c := &l.a.Calls[i]
	sel, groups := b.Sel, l.groups
	if l.filters[i] != nil {
		s, err := l.filters[i].Filter(b, b.Sel)
		if err != nil {
			return err
		}
		if s != nil {
			if len(s) == 0 {
				return nil
			}
			groups = l.groupsOf(b, s)
			sel, few = s, false
		}
	}
	if l.defers[i] != nil {
		return l.defers[i].add(b, sel, l.keys, l.inputs)
	}
	l.args = l.args[:0]
	for _, p := range c.Args {
		l.args = append(l.args, l.inputs[p])
	}
	st := l.t.states(i)
	switch {
	case l.t.tab == nil:
		return l.t.aggs[i].UpdateOne(st, l.args, sel, b.N)
	case few:
		return l.few.update(l.t.aggs[i], st, l.args, b.N)
	}
	return l.t.aggs[i].Update(st, groups, l.args, sel)
}

// groupsOf picks the groups of the rows in s, a subset of b's selected rows.
func (l *aggLocal) groupsOf(b *vector.Batch, s vector.Sel) []uint32 {
	if l.t.tab == nil {
		return nil
	}
	l.sub = l.sub[:0]
	if b.Sel == nil {
		for _, p := range s {
			l.sub = append(l.sub, l.groups[p])
		}
		return l.sub
	}
	k := 0
	for _, p := range s {
		for b.Sel[k] != p {
			k++
		}
		l.sub = append(l.sub, l.groups[k])
	}
	return l.sub
}
