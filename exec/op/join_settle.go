package op

import (
	"context"
	"slices"
	"sync"

	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/op/keytab"
	"github.com/glauxdb/glaux/formats/vector"
)

// tableBytes is about what n rows' keys take in the table, on the way there and in the
// chains: the images twice, the slots, a hash and links.
func (j *JoinBuild) tableBytes(n int) int64 {
	if len(j.Keys) == 0 {
		return 0
	}
	return int64(n) * int64(16*j.layout.Words()+48)
}

// settle decides which rows stay in memory, gathers them in j.rows, and reserves what
// their table takes.
func (j *JoinBuild) settle(ctx context.Context) error {
	if j.spill == nil {
		if fits, err := j.fits(ctx, j.rows.rows, j.rows.bytes()); fits || err != nil {
			j.some = j.some || j.rows.rows > 0
			return err
		}
		if _, err := j.spilling(); err != nil {
			return err
		}
	}
	if j.cut == nil {
		j.cut = j.newCutter(j.spill)
	}
	if err := j.cut.addStore(j.rows); err != nil {
		return err
	}
	for {
		if err := j.cut.follow(); err != nil {
			return err
		}
		if fits, err := j.fits(ctx, j.cut.rows(), j.cut.bytes()); err != nil {
			return err
		} else if fits {
			break
		}
		if err := j.spill.shed(); err != nil {
			return err
		}
	}
	for _, rows := range j.cut.stores {
		j.rows.take(rows)
	}
	j.cut = nil
	if err := j.spill.seal(j.Trace); err != nil {
		return err
	}
	j.some = j.some || j.rows.rows > 0 || j.spill.onDisk() > 0
	return j.keepBlocks(ctx)
}

// keepBlocks reserves what the probe side's files will take, while others can still
// make room for it.
func (j *JoinBuild) keepBlocks(ctx context.Context) error {
	for !j.blocks() {
		if freed, err := j.query.root().idle.free(ctx, 0); err != nil || !freed {
			return err // they may find room later
		}
	}
	return nil
}

// blocks reserves a block for each partition on disk, and reports whether it could.
func (j *JoinBuild) blocks() bool {
	if j.files == (mem.Local{}) {
		j.files = j.Mem.Local()
	}
	n := int64(0)
	for p := range j.spill.parts {
		if j.spill.parts[p].out.Load() {
			n++
		}
	}
	return j.files.Fit(n*j.spill.files.BlockBytes()) == nil
}

// fits reserves what n rows and their table take, and reports whether they can stay in
// memory. It is an error if they would have to go and cannot.
func (j *JoinBuild) fits(ctx context.Context, n int, rowBytes int64) (bool, error) {
	for {
		bytes := rowBytes + j.tableBytes(n)
		var err error
		if n == 0 || !j.query.root().short(bytes, bytes-j.held.Held()) {
			if err = j.held.Fit(bytes); err == nil || n == 0 {
				return true, err
			}
		}
		freed, ferr := j.query.root().idle.free(ctx, bytes)
		switch {
		case ferr != nil:
			return false, ferr
		case freed:
		case j.mayCut():
			return false, nil
		default:
			return true, j.held.Fit(bytes)
		}
	}
}

// filter builds the runtime filters: of all rows, those on disk too.
func (j *JoinBuild) filter(ctx context.Context) error {
	if j.spill != nil {
		return j.filterSpilled(ctx)
	}
	for _, f := range j.Filters {
		if err := f.build(ctx, j.cols[j.keyAt[f.Key]], j.n, j.Keys[f.Key].NullSafe); err != nil {
			return err
		}
	}
	return nil
}

func (j *JoinBuild) filterSpilled(ctx context.Context) error {
	rows := j.n + int(j.spill.onDisk())
	var all []*filterBuilder
	for _, f := range j.Filters {
		if f.init(j.Keys[f.Key].NullSafe) {
			all = append(all, newFilterBuilder(f, rows, true))
		}
	}
	add := func(b *vector.Batch) error {
		for _, x := range all {
			if err := x.add(ctx, b.Cols[j.keyAt[x.f.Key]], b.N); err != nil {
				return err
			}
		}
		return nil
	}
	if len(all) == 0 {
		return nil
	}
	if err := add(&vector.Batch{N: j.n, Cols: j.cols}); err != nil {
		return err
	}
	if err := j.spill.each(ctx, add); err != nil {
		return err
	}
	for _, x := range all {
		x.finish()
		x.f.ready.Store(true)
	}
	return nil
}

// demote sends all rows of a finished table to disk, because of a lack of memory; why
// is the error if that is not possible.
func (j *JoinBuild) demote(ctx context.Context, why error) error {
	if !j.mayCut() {
		return why
	}
	s, err := j.spilling()
	if err != nil {
		return err
	}
	for !s.allOut() {
		if err := s.shed(); err != nil {
			return err
		}
	}
	c := j.newCutter(s)
	for from := 0; from < j.n; from += vector.BatchSize {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := c.add(rowsAt(j.cols, from, min(j.n-from, vector.BatchSize))); err != nil {
			return err
		}
	}
	if err := s.seal(j.Trace); err != nil {
		return err
	}
	j.forget()
	return nil
}

// forget lets go of the rows in memory.
func (j *JoinBuild) forget() {
	j.rows = newRowStore(j.storeTypes())
	j.n, j.next, j.matched, j.unique, j.denseIdx = 0, nil, nil, false, nil
	j.parts = keytab.NewParts(j.layout, 4, 0)
	for i, t := range j.rows.types {
		j.cols[i] = vector.New(t, 0)
	}
	j.held.Close()
}

// idleBuilds are the finished build sides of a query whose probing has not begun:
// what they hold can go to disk when others need memory.
type idleBuilds struct {
	mu   sync.Mutex // guards list, and the builds in it from being probed
	list []*JoinBuild
}

func (i *idleBuilds) add(j *JoinBuild) {
	if !j.mayCut() || j.n == 0 {
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.list = append(i.list, j)
}

// use takes a build side out, before it is probed.
func (i *idleBuilds) use(j *JoinBuild) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if at := slices.Index(i.list, j); at >= 0 {
		i.list = slices.Delete(i.list, at, at+1)
	}
}

// free sends the largest of them to disk, if it holds more than least bytes, and
// reports whether it did.
func (i *idleBuilds) free(ctx context.Context, least int64) (bool, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	best := -1
	for k, j := range i.list {
		if held := j.held.Held(); held > least && (best < 0 || held > i.list[best].held.Held()) {
			best = k
		}
	}
	if best < 0 {
		return false, nil
	}
	j := i.list[best]
	i.list = slices.Delete(i.list, best, best+1)
	if err := j.demote(ctx, nil); err != nil {
		return true, err
	}
	j.blocks() // else they may find room later
	return true, nil
}
