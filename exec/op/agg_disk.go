package op

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/op/keytab"
	"github.com/glauxdb/glaux/formats/vector"
)

// aggTask is a partition of groups that has still to be put together: the section of
// each file, and what frozen tables have of it. One that does not fit the memory is
// cut by further bits of the hash.
type aggTask struct {
	level int // cutBits times so many bits of the hashes agree, and as many more
	srcs  []aggSource
	seeds []aggSeed
	vain  int // so many times in a row cutting it has made nothing smaller
	// byArgs says that the hashes are of the keys and a call's arguments: the call sees
	// part after part.
	byArgs bool
}

type aggSource struct {
	f       *aggFile
	section int
}

// mostLevel is the level at which the bits that partitions go by are used up; then,
// and after mostVain cuts in vain, what is left is one group, or as good as that.
const (
	mostLevel = 5
	mostVain  = 2
)

// finishDisk is Finish when something was spilled, or when merging what the workers
// have takes more memory than there is. It tells whether that is so.
func (a *Aggregate) finishDisk(ctx context.Context) (bool, error) {
	if a.query == nil || a.query.Spill == nil || !a.spilled() && a.roomToMerge() {
		return false, nil
	}
	if a.Trace != nil {
		a.Trace.Memory.Store(a.Mem.Peak())
	}
	var frozen int64
	for _, l := range a.locals {
		if l.room == nil { // a sealed table
			l.enc, l.room, l.defers = keytab.NewEncoder(a.layout), &room{}, make([]*aggDefer, len(a.Calls))
		}
		if _, err := l.Spill(ctx, 0); err != nil {
			return true, err
		}
		if frozen += l.frozenBytes; len(a.KeyTypes) == 0 {
			frozen += l.spillable()
		} // else the empty tables that spilling has left go with a.locals
	}
	if err := a.held.Fit(min(frozen, a.held.Held())); err != nil {
		return true, err
	}
	if len(a.KeyTypes) == 0 {
		return true, a.finishOne(ctx)
	}
	a.tasks = a.firstTasks()
	a.locals, a.disk, a.onDisk = nil, nil, true
	return true, nil
}

func (a *Aggregate) spilled() bool {
	if len(a.disk) > 0 || len(a.ordered) > 0 {
		return true
	}
	for _, l := range a.locals {
		if l.froze {
			return true
		}
	}
	return false
}

// roomToMerge reserves what merging the workers' tables takes besides them, as far as
// that is known before.
func (a *Aggregate) roomToMerge() bool {
	var sum, most, room int64 // room is prepareCut's own
	cut := false
	for _, l := range a.locals {
		n := l.t.bytes()
		sum, most = sum+n, max(most, n)
		cut = cut || l.cut != nil
	}
	need := sum - most
	switch {
	case a.hasSets():
		need = a.growth()
	case cut && len(a.locals) > 1:
		need, room = 0, a.cutRoom(a.held.Held())
	}
	for i := range a.Calls {
		var sum, most int64
		cut := false
		for _, l := range a.locals {
			if i < len(l.defers) && l.defers[i] != nil {
				n := l.defers[i].bytes()
				sum, most = sum+n, max(most, n)
				cut = cut || l.defers[i].set != nil && l.defers[i].set.cut != nil
			}
		}
		if cut {
			room = max(room, a.cutRoom(sum))
			continue
		}
		if need += sum - most; len(a.Calls[i].Order) > 0 {
			need += 2 * sum // joined, and the keys of its order
		}
	}
	if free, limit := a.Mem.Tightest(); limit > 0 && room > 0 && free-need < room {
		return false
	}
	return need == 0 || a.held.Use(a.held.Held()+need) == nil
}

// firstTasks makes a task of each partition.
func (a *Aggregate) firstTasks() (out []*aggTask) {
	for p := range 1 << cutBits {
		t := &aggTask{}
		for _, f := range a.disk {
			t.add(f, p)
		}
		for _, l := range a.locals {
			for _, s := range l.frozen {
				if rows := s.cut.of(p, cutBits); len(rows) > 0 {
					t.seeds = append(t.seeds, aggSeed{t: s.t, rows: rows})
				}
			}
		}
		if len(t.srcs)+len(t.seeds) > 0 {
			out = append(out, t)
		}
	}
	return out
}

// add adds a section, unless it is empty.
func (t *aggTask) add(f *aggFile, section int) {
	if f.part.SectionRows(section) == 0 {
		f.through()
		return
	}
	t.srcs = append(t.srcs, aggSource{f, section})
}

// through gives up what the task was made of.
func (t *aggTask) through() {
	for _, s := range t.srcs {
		s.f.through()
	}
	t.srcs, t.seeds = nil, nil
}

// read calls each for the batches of a section.
func (s aggSource) read(ctx context.Context, each func(b *vector.Batch) error) error {
	r, err := s.f.part.OpenSection(s.section)
	if err != nil {
		return err
	}
	defer r.Close()
	var b vector.Batch
	for {
		if err := r.Next(ctx, &b); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := each(&b); err != nil {
			return err
		}
	}
}

// nextTask puts the next partition together that has groups.
func (o *aggOut) nextTask(ctx context.Context) error {
	for o.t == nil || o.t.groups() == 0 {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		o.t = nil
		if err := o.held.Fit(0); err != nil {
			return err
		}
		task := o.a.pop()
		if task == nil {
			return io.EOF
		}
		var err error
		if o.t, err = o.a.run(ctx, task, &o.held); err != nil {
			return err
		}
	}
	return nil
}

func (a *Aggregate) pop() *aggTask {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := len(a.tasks)
	if n == 0 {
		return nil
	}
	t := a.tasks[n-1]
	a.tasks = a.tasks[:n-1]
	return t
}

func (a *Aggregate) push(ts []*aggTask) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tasks = append(a.tasks, ts...)
}

// run gives the groups of a task; nil if it had to be cut.
func (a *Aggregate) run(ctx context.Context, task *aggTask, held *mem.Local) (*aggTable, error) {
	m := &taskMerge{a: a, held: held, enc: keytab.NewEncoder(a.layout), cuttable: task.level < mostLevel && task.vain == 0}
	err := m.merge(ctx, task)
	if err == nil {
		if a.Trace != nil {
			a.Trace.Memory.Store(a.Mem.Peak())
		}
		task.through()
		return m.t, nil
	}
	if !fault.Is(err, fault.CodeOutOfMemory) || m.final {
		return nil, err
	}
	*m = taskMerge{} // let go of the groups
	if err := held.Fit(0); err != nil {
		return nil, err
	}
	if big := a.query.pressure.largest(); big != nil {
		big.asked.Store(true) // by what takes the groups, perhaps
	}
	subs, err := a.split(ctx, task, held, err)
	if err != nil {
		return nil, err
	}
	a.push(subs)
	return nil, nil
}

// taskMerge puts a task's groups together.
type taskMerge struct {
	a     *Aggregate
	held  *mem.Local
	enc   *keytab.Encoder
	t     *aggTable
	extra int64 // bytes besides the table's
	to    []uint32
	final bool // what was merged cannot be merged again

	cuttable bool // the task, into smaller ones
}

// charge asks for what is held. Groups that can be cut leave half of the reserve to
// what takes them and the other workers' ones.
func (m *taskMerge) charge() error {
	total := m.t.bytes() + m.extra
	if total > m.held.Held() && !m.final && m.cuttable {
		free, limit := m.a.Mem.Tightest()
		if limit > 0 && total >= leastSpill(limit) && free-(total-m.held.Held()) < reserveOf(limit)/2 {
			return fault.New(fault.CodeOutOfMemory, "out of memory: aggregate needs %s more", mem.Size(total-m.held.Held()))
		}
	}
	return m.held.Use(total)
}

func (m *taskMerge) merge(ctx context.Context, task *aggTask) (err error) {
	if m.t, err = m.a.newTable(); err != nil {
		return err
	}
	for _, s := range task.seeds {
		m.extra += 2 * s.t.bytes() * int64(len(s.rows)) / int64(max(s.t.tab.Len(), 1))
	}
	if err := m.charge(); err != nil {
		return err
	}
	waiting, larges := make([]*aggDefer, len(m.a.Calls)), make([]*large, len(m.a.Calls))
	for _, src := range task.srcs {
		call := src.f.call
		switch {
		case call == groupsKind:
			err = src.read(ctx, m.groups)
		case m.a.late(call):
			f := feeder{a: m.a, call: call, t: m.t, enc: m.enc}
			err = src.read(ctx, func(b *vector.Batch) error {
				if err := f.feed(b.Cols, nil, b.N); err != nil {
					return err
				}
				return m.charge()
			})
		case task.vain > 0:
			if larges[call] == nil {
				larges[call] = m.newLarge(call)
			}
			err = larges[call].add(ctx, src)
		default:
			if waiting[call] == nil {
				waiting[call] = m.a.newWaiting(call)
			}
			err = m.wait(ctx, src, waiting[call])
		}
		if err != nil {
			return err
		}
	}
	if err := m.seeds(ctx, task.seeds); err != nil {
		return err
	}
	for i, d := range waiting {
		if d != nil {
			if err := m.feed(ctx, i, d); err != nil {
				return err
			}
		}
	}
	m.extra = 0
	for _, l := range larges {
		if l != nil {
			if err := l.feed(ctx); err != nil {
				return err
			}
		}
	}
	m.extra = 0
	return m.charge()
}

// groups merges groups of a file. Their states lie in the block that was read.
func (m *taskMerge) groups(b *vector.Batch) error {
	k := len(m.a.KeyTypes)
	m.enc.Encode(b.Cols[:k], nil, b.N)
	m.to = grow(m.to, b.N)
	if err := m.t.tab.FindOrInsert(m.enc, m.to); err != nil {
		return err
	}
	from := make([]uint32, b.N)
	for i := range from {
		from[i] = uint32(i)
	}
	states := b.Cols[k]
	for i, g := range m.t.aggs {
		if !m.a.flat[i] || m.a.Calls[i].deferred() {
			continue
		}
		st := fn.States{Rows: states.Data, Stride: len(states.Data) / b.N, Off: m.t.offs[i]}
		if err := g.Merge(m.t.states(i), m.to, g, st, from); err != nil {
			return err
		}
	}
	return m.charge()
}

// wait gathers rows of a call that waits for all of them.
func (m *taskMerge) wait(ctx context.Context, src aggSource, d *aggDefer) error {
	before := m.extra
	had := d.cost()
	return src.read(ctx, func(b *vector.Batch) error {
		if d.set != nil {
			if err := d.set.take(b); err != nil {
				return err
			}
		} else {
			d.rows.add(b)
		}
		m.extra = before + d.cost() - had
		return m.charge()
	})
}

// cost is what the call's rows take until it has been fed them: with an order, joined
// and with the keys of the order as well.
func (d *aggDefer) cost() int64 {
	if d.set != nil {
		return d.bytes()
	}
	return 3*d.bytes() + 2*orderBytes*int64(d.rows.rows)
}

// seeds merges what frozen tables have. Some aggregators take their values over and
// go on with them, so there is no second time.
func (m *taskMerge) seeds(ctx context.Context, seeds []aggSeed) error {
	if len(seeds) == 0 {
		return nil
	}
	m.final = true
	g := merger{dst: m.t, enc: m.enc}
	for _, s := range seeds {
		if err := g.table(ctx, s.t, s.rows); err != nil {
			return err
		}
	}
	return nil
}

func (m *taskMerge) feed(ctx context.Context, call int, d *aggDefer) error {
	f := feeder{a: m.a, call: call, t: m.t, enc: m.enc}
	if len(m.a.Calls[call].Order) > 0 {
		return f.ordered(ctx, []*aggDefer{d})
	}
	return f.distinct(ctx, d)
}

// split cuts a task that does not fit by further bits of the hash. refused is why.
func (a *Aggregate) split(ctx context.Context, task *aggTask, held *mem.Local, refused error) ([]*aggTask, error) {
	if task.level == mostLevel || task.vain == mostVain {
		return nil, a.tooLarge(refused)
	}
	subs := make([]*aggTask, 1<<cutBits)
	for p := range subs {
		subs[p] = &aggTask{level: task.level + 1, byArgs: task.byArgs}
	}
	for _, src := range task.srcs {
		if err := a.splitSource(ctx, src, subs, held); err != nil {
			return nil, err
		}
	}
	enc := keytab.NewEncoder(a.layout)
	for _, s := range task.seeds {
		s.split(enc, subs)
	}
	task.through()
	var out []*aggTask
	for _, t := range subs {
		if len(t.srcs)+len(t.seeds) > 0 {
			out = append(out, t)
		}
	}
	if len(out) == 1 {
		out[0].vain = task.vain + 1
	}
	return out, held.Fit(0)
}

// tooLarge says that no cutting helps any more.
func (a *Aggregate) tooLarge(refused error) error {
	e := fault.As(refused)
	return fault.Wrap(refused, fault.CodeOutOfMemory, "out of memory: the values of one group do not fit the query's memory").
		WithDetail("%s", e.Detail).
		WithHint("Aggregate fewer values in one group, or raise the memory limit.")
}

// named is tooLarge for an error of the only group, if calls keep its values.
func (a *Aggregate) named(err error) error {
	if err == nil || len(a.KeyTypes) > 0 || !slices.Contains(a.flat, false) || !fault.Is(err, fault.CodeOutOfMemory) {
		return err
	}
	return a.tooLarge(err)
}

// splitSource writes the rows of a section into new files, as many at a time as there
// is room for.
func (a *Aggregate) splitSource(ctx context.Context, src aggSource, subs []*aggTask, held *mem.Local) error {
	most := a.pieceBytes()
	ts := a.groupTypes()
	if src.f.call != groupsKind {
		ts = a.deferTypes(&a.Calls[src.f.call])
	}
	rows := newRowStore(ts)
	flush := func() error {
		if rows.rows == 0 {
			return nil
		}
		f, err := a.writeRows(ctx, rows, src.f.call, subs[0].level, subs[0].byArgs)
		if err != nil {
			return err
		}
		for p, t := range subs {
			t.add(f, p)
		}
		rows = newRowStore(ts)
		return nil
	}
	err := src.read(ctx, func(b *vector.Batch) error {
		rows.add(b)
		if err := held.Use(rows.bytes()); err != nil {
			return err
		}
		if rows.bytes() < most {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}

// split cuts a frozen table's part.
func (s aggSeed) split(enc *keytab.Encoder, subs []*aggTask) {
	var cut [1 << cutBits][]uint32
	for at := 0; at < len(s.rows); at += vector.BatchSize {
		part := s.rows[at:min(at+vector.BatchSize, len(s.rows))]
		s.t.tab.ViewRows(enc, part)
		for k, h := range enc.Hashes() {
			p := keytab.PartOf(h>>(subs[0].level*cutBits), cutBits)
			cut[p] = append(cut[p], part[k])
		}
	}
	for p, rows := range cut {
		if len(rows) > 0 {
			subs[p].seeds = append(subs[p].seeds, aggSeed{t: s.t, rows: rows})
		}
	}
}

// finishOne is finishDisk without keys: rows of calls with DISTINCT were spilled by
// their arguments, and each partition is fed to the one group; those of calls with
// ORDER BY in order.
func (a *Aggregate) finishOne(ctx context.Context) error {
	if err := a.mergeAll(ctx); err != nil {
		return err
	}
	files := map[int][]*aggFile{}
	for _, f := range a.disk {
		files[f.call] = append(files[f.call], f)
	}
	held := a.Mem.Local()
	defer held.Close()
	for call, list := range files {
		var tasks []*aggTask
		for p := range 1 << cutBits {
			t := &aggTask{}
			for _, f := range list {
				t.add(f, p)
			}
			tasks = append(tasks, t)
		}
		if err := a.feedParts(ctx, call, tasks, a.parts[0], &held, a.account); err != nil {
			return err
		}
	}
	if err := a.feedOrdered(ctx); err != nil {
		return err
	}
	a.locals, a.disk = nil, nil
	return a.account()
}

// feedPart feeds a call the values of one partition, or gives what it had to be cut
// into.
func (a *Aggregate) feedPart(ctx context.Context, call int, task *aggTask, t *aggTable, held *mem.Local) ([]*aggTask, error) {
	d := a.newWaiting(call)
	m := taskMerge{a: a, held: held, t: &aggTable{}}
	for _, src := range task.srcs {
		err := m.wait(ctx, src, d)
		if fault.Is(err, fault.CodeOutOfMemory) {
			if err := held.Fit(0); err != nil {
				return nil, err
			}
			return a.split(ctx, task, held, err)
		}
		if err != nil {
			return nil, err
		}
	}
	f := feeder{a: a, call: call, t: t, enc: keytab.NewEncoder(a.layout)}
	if err := f.distinct(ctx, d); err != nil {
		return nil, err
	}
	task.through()
	return nil, held.Fit(0)
}
