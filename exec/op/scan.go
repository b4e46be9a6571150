package op

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
)

// ScanColumn is one output column of a Scan.
type ScanColumn struct {
	Name string // for EXPLAIN ANALYZE
	Type types.Type
	Data int      // position among the file's columns; -1: not from the file's bytes
	Path []string // row fields below it
	// Const gives the column's value for all rows of a file, if Data is -1 and
	// the column is not Position: where in its file a row is.
	Const    func(f *lake.File) types.Value
	Position bool
	// Error gives the column's value in a scan of errors, if it is not Const.
	Error func(x *formats.Reject) types.Value
}

// perFile reports whether the column has one value in each file.
func (c *ScanColumn) perFile() bool { return c.Const != nil }

// ScanFilter says that a runtime filter limits output column Col.
type ScanFilter struct {
	Filter *RuntimeFilter
	Col    int
}

// Scan reads the files of a table. Its copies take splits from one queue; files
// are opened when their turn comes.
//
//	files ── runtime filters over constants, statistics ──> open ── Splits ──> queue ──> copies
//	copy: split ── File.Scan with predicate ──> batch + constant columns ── Rest ──> out
type Scan struct {
	Files []*lake.File
	// OpenFile reads a file's metadata, or gives it from the cache.
	OpenFile func(ctx context.Context, f *lake.File) (formats.File, error)
	Columns  []ScanColumn
	// Predicate makes the filter over data columns; the column numbers are
	// positions among the columns with Data >= 0. nil: none.
	Predicate func() (formats.Predicate, error)
	// PerFile are the conditions over constant columns alone, seen as a batch of
	// one row with every output column (data columns are NULL). nil: none.
	PerFile NewConds
	// PerFileText is the text of PerFile, for EXPLAIN ANALYZE.
	PerFileText string
	// Rest are the conditions over both kinds of columns. nil: none.
	Rest    NewConds
	Limit   int64 // stop after so many rows in all; 0: none
	Filters []ScanFilter
	// Thresholds are those of top-Ns above.
	Thresholds []ScanThreshold
	Target     int64 // bytes of a split
	// Remote says that the files are in a store whose answers take long: many are
	// asked for at once, see scanAhead.
	Remote bool
	// FilesOnly puts out one row for each file that has one; all columns are
	// constants of files.
	FilesOnly bool
	// Sample decides which splits are read, by the file's URL and the split's number in
	// it; nil: all.
	Sample func(url string, split int) bool
	// Errors, if not nil, are columns that are read to put out what is wrong in
	// them, a row each.
	Errors []formats.Projection
	Trace  *Trace
	// Mem is charged what the copies hold of the files; nil: nobody counts it.
	Mem *mem.Account

	data      []formats.Projection
	dataPos   []int // output column of each projection
	queue     scanQueue
	ahead     *scanAhead // nil: copies open their splits themselves
	once      sync.Once
	rejects   *formats.Rejects
	foresight formats.Foresight
	placed    bool         // a column is Position
	passed    atomic.Int64 // rows put out, for Limit
	parts     map[int]struct{}
}

// Width is the number of files, or more when they may be cut.
func (s *Scan) Width() int {
	var bytes int64
	for _, f := range s.Files {
		bytes += f.Info.Size
	}
	return max(len(s.Files), int(bytes/max(s.Target, 1)), 1)
}

// Open makes one copy.
func (s *Scan) Open(w *Worker) (Operator, error) {
	s.once.Do(func() { s.init(w.Query) })
	for _, f := range s.Filters {
		if f.Filter.ready.Load() && f.Filter.empty {
			return Empty{}.Open(w)
		}
	}
	o := &scanOp{s: s, w: w, rejects: s.rejects}
	if s.Errors != nil {
		o.errs = &errorList{mem: w.Query.Mem.Local()}
		o.rejects = formats.Survey(func(x formats.Reject) { o.errs.add(o.split.file, x) })
	}
	o.prepare()
	var err error
	if o.pred, err = s.predicate(); err == nil && s.ahead != nil {
		s.ahead.open()
	}
	return o, err
}

// prepare makes what one copy has of its own.
func (o *scanOp) prepare() {
	o.consts = make([]*vector.Vector, len(o.s.Columns))
	if o.s.PerFile != nil {
		o.perFile = o.s.PerFile()
	}
	if o.s.Rest != nil {
		o.rest = o.s.Rest()
	}
}

func (s *Scan) init(q *Query) {
	s.queue.init(s.Files)
	if s.rejects = q.Rejects.Under(); s.Trace != nil {
		s.Trace.Rejects = s.rejects
	}
	s.ahead = s.newAhead()
	s.data = s.Errors
	s.parts = map[int]struct{}{}
	for i, c := range s.Columns {
		if c.Data >= 0 {
			s.data = append(s.data, formats.Projection{Column: c.Data, Path: c.Path, Type: c.Type})
			s.dataPos = append(s.dataPos, i)
		}
		s.placed = s.placed || c.Position
	}
}

// scanOp is one copy.
type scanOp struct {
	s       *Scan
	w       *Worker
	pred    *scanPredicate
	perFile Conds
	rest    Conds

	split  scanSplit
	src    formats.Source
	consts []*vector.Vector // of the current file
	file   *lake.File
	b      vector.Batch
	placer formats.Placer // of src, where a column is Position
	places vector.Vector

	rejects *formats.Rejects
	errs    *errorList // of a scan of errors

	// Of a Source that a lane has begun (scanAhead): its first batch is in b, or
	// firstErr is what came instead.
	begun    bool
	firstErr error

	meter *traceMeter // nil: nobody wants to know what this scan reads
}

func (o *scanOp) Next(ctx context.Context, b *vector.Batch) error {
	return o.next(o.metered(ctx), b)
}

// metered has the trace count what is read under ctx.
func (o *scanOp) metered(ctx context.Context) context.Context {
	if o.s.Trace == nil {
		return ctx
	}
	if o.meter == nil {
		o.meter = &traceMeter{t: o.s.Trace, in: store.MeterOf(ctx)}
	}
	return store.WithMeter(ctx, o.meter)
}

func (o *scanOp) next(ctx context.Context, b *vector.Batch) error {
	for {
		if o.s.Limit > 0 && o.s.passed.Load() >= o.s.Limit {
			return io.EOF
		}
		if o.s.FilesOnly {
			return o.nextFile(ctx, b)
		}
		if o.errs != nil {
			return o.nextErrors(ctx, b)
		}
		if o.src == nil {
			if err := o.nextSource(ctx); err != nil {
				return err
			}
		}
		err := o.nextBatch(ctx)
		if err == nil || err == io.EOF {
			if err := o.w.Query.Rejects.Err(); err != nil {
				return err
			}
		}
		if err == io.EOF {
			if err := o.closeSource(); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		o.w.Query.Counters.RowsRead.Add(int64(o.b.N))
		o.w.pace.step()
		ok, err := o.assemble(b)
		if err != nil {
			return err
		}
		if ok {
			o.s.passed.Add(int64(b.Rows()))
			o.w.Query.Counters.Reads.Batches.Add(1)
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
}

// nextSource opens a Source, or gets one from a lane.
func (o *scanOp) nextSource(ctx context.Context) error {
	if o.s.ahead == nil {
		return o.nextSplit(ctx)
	}
	if !o.s.ahead.runs() {
		err := o.begin(o.s.ahead.watch(ctx, o.w))
		if o.src != nil {
			return nil // the error is the first batch's
		}
		if lanesHaveRest := err == io.EOF && o.s.ahead.runs(); !lanesHaveRest {
			return err
		}
	}
	l, err := o.s.ahead.next(ctx, o.w)
	if err != nil {
		return err
	}
	if l.src == nil {
		return l.firstErr
	}
	o.adopt(l)
	return nil
}

// begin opens a Source and has it read its first batch, whose error is kept for
// nextBatch.
func (o *scanOp) begin(ctx context.Context) error {
	if err := o.nextSplit(ctx); err != nil {
		return err
	}
	o.begun, o.firstErr = true, o.src.Next(ctx, &o.b)
	return o.firstErr
}

// nextBatch gives the Source's next batch in o.b.
func (o *scanOp) nextBatch(ctx context.Context) error {
	if o.begun {
		o.begun = false
		return o.firstErr
	}
	return o.src.Next(ctx, &o.b)
}

// assemble puts the constant columns beside the source's and applies Rest.
func (o *scanOp) assemble(b *vector.Batch) (bool, error) {
	b.N, b.Sel, b.Cols = o.b.N, o.b.Sel, b.Cols[:0]
	if o.s.placed {
		if err := o.place(); err != nil {
			return false, err
		}
	}
	k := 0
	for i, c := range o.s.Columns {
		switch {
		case c.Data >= 0:
			b.Cols = append(b.Cols, o.b.Cols[k])
			k++
		case c.Position:
			b.Cols = append(b.Cols, &o.places)
		default:
			o.consts[i].Len = o.b.N
			b.Cols = append(b.Cols, o.consts[i])
		}
	}
	return o.applyRest(b)
}

// applyRest applies Rest; false if no row is left.
func (o *scanOp) applyRest(b *vector.Batch) (bool, error) {
	if o.rest != nil {
		sel, err := o.rest.Filter(b, b.Sel)
		if err != nil {
			return false, err
		}
		if sel != nil {
			b.Sel = sel
		}
	}
	return b.Rows() > 0, nil
}

// place makes the column of the places of the batch's rows.
func (o *scanOp) place() error {
	o.places.Reset(types.TBigInt, o.b.N)
	at := vector.Values[int64](&o.places)
	clear(at)
	for _, i := range selOf(&o.b) {
		if at[i] = o.placer.Place(int(i)).Row; at[i] < 0 {
			return o.noPlaces()
		}
	}
	return nil
}

func (o *scanOp) noPlaces() error {
	return fault.New(fault.CodeFeatureNotSupported, "%s files do not tell the positions of rows", o.split.file.Format.Name()).In(o.split.file.URL()).
		WithHint("Leave out \"$row_position\".")
}

// nextFile puts out the row of the next file that has one.
func (o *scanOp) nextFile(ctx context.Context, b *vector.Batch) error {
	for {
		sp, err := o.s.queue.take(ctx, o.openFile)
		if err != nil {
			return err
		}
		o.setFile(sp.file)
		o.b.Reset()
		o.b.N = 1
		o.w.Query.Counters.RowsRead.Add(1)
		ok, err := o.assemble(b)
		if err != nil {
			return err
		}
		if ok {
			o.s.passed.Add(1)
			return nil
		}
	}
}

// nextSplit opens a Source on the next split that may hold rows.
func (o *scanOp) nextSplit(ctx context.Context) error {
	for {
		sp, err := o.s.queue.take(ctx, o.openFile)
		if err != nil {
			return err
		}
		if sp.split.Stats != nil && !o.mayHold(sp.split.Stats) {
			o.pruned(unitOf(sp.file), max(sp.split.Count, 1))
			continue
		}
		if o.file != sp.file {
			o.setFile(sp.file)
		}
		req := formats.ScanRequest{Split: sp.split, Columns: o.s.data, Overlap: sp.overlap, Rejects: o.rejects,
			Reads: &o.w.Query.Counters.Reads}
		if o.s.Remote {
			req.Foresight = &o.s.foresight
		}
		if o.s.Mem != nil {
			req.Memory = o.s.Mem
		}
		if o.rest == nil { // else rows that pass the source may still be dropped
			req.Limit = o.s.Limit
		}
		if !o.pred.isEmpty() {
			req.Pred = o.pred
		}
		o.split = sp
		src, err := o.openSplit(ctx, sp, req)
		if err != nil || src == nil {
			return err
		}
		o.src = src
		var ok bool
		if o.placer, ok = src.(formats.Placer); !ok && o.s.placed {
			return o.noPlaces()
		}
		return nil
	}
}

func (o *scanOp) openSplit(ctx context.Context, sp scanSplit, req formats.ScanRequest) (formats.Source, error) {
	if o.errs != nil {
		return o.scanErrors(ctx, sp, req)
	}
	return sp.open.Scan(ctx, req)
}

// pruned notes that units were left out because of the last answer of mayHold.
func (o *scanOp) pruned(unit formats.Unit, n int) {
	if o.s.Trace != nil {
		o.pred.Pruned(unit, n, formats.ByBounds, -1)
	}
}

// unitOf names the parts that a file's splits are made of.
func unitOf(f *lake.File) formats.Unit {
	if f.Format.Name() == "orc" {
		return formats.UnitStripe
	}
	return formats.UnitRowGroup
}

// setFile makes the constant columns of a file.
func (o *scanOp) setFile(f *lake.File) {
	o.file = f
	for i, c := range o.s.Columns {
		if c.perFile() {
			o.consts[i] = vector.ConstOf(c.Const(f), 1)
			o.consts[i].Type = c.Type
		}
	}
}

// openFile judges a file by its constants, opens it and cuts it.
func (o *scanOp) openFile(ctx context.Context, f *lake.File) ([]scanSplit, error) {
	if by, err := o.refutes(f); by != "" || err != nil {
		if o.s.Trace != nil && err == nil {
			o.s.Trace.prune(formats.UnitFile, 1, by)
		}
		return nil, err
	}
	open, err := o.s.OpenFile(ctx, f)
	if err != nil && o.errs != nil && isOfData(err) {
		o.tellOf(f, err)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if st := open.Stats(); st != nil && !o.mayHold(st) {
		if st.Rows != 0 {
			o.pruned(formats.UnitFile, 1)
		}
		return nil, nil
	}
	c := &o.w.Query.Counters
	c.FilesRead.Add(1)
	if f.Partition >= 0 {
		o.s.queue.mu.Lock()
		if _, ok := o.s.parts[f.Partition]; !ok {
			o.s.parts[f.Partition] = struct{}{}
			c.PartitionsRead.Add(1)
		}
		o.s.queue.mu.Unlock()
	}
	if o.s.FilesOnly {
		return o.fileSplit(ctx, f, open)
	}
	target := o.s.Target
	if o.s.placed && formats.Unplaced(open) {
		target = max(target, f.Info.Size)
	}
	splits := open.Splits(target)
	if o.s.Sample == nil && !o.s.Remote { // a sample goes by the splits' numbers
		splits = cutTail(splits, func() []formats.Split { return open.Splits(1) })
	}
	var overlap *formats.Overlap
	if len(splits) > 1 {
		overlap = formats.NewOverlap(splits)
	}
	out := make([]scanSplit, 0, len(splits))
	for i, sp := range splits {
		if o.s.Sample != nil && !o.s.Sample(f.URL(), i) {
			continue
		}
		out = append(out, scanSplit{file: f, open: open, split: sp, first: i == 0, overlap: overlap})
	}
	o.s.orderSplits(out)
	return out, nil
}

// orderSplits puts those splits of a file first that hold the first rows of a top-N.
func (s *Scan) orderSplits(splits []scanSplit) {
	for _, t := range s.Thresholds {
		if c := &s.Columns[t.Col]; c.Data >= 0 && len(c.Path) == 0 {
			t.Threshold.order(splits, func(sp *scanSplit) formats.Bounds {
				if st := sp.split.Stats; st != nil && c.Data < len(st.Columns) {
					return st.Columns[c.Data]
				}
				return formats.Bounds{}
			})
		}
	}
}

// fileSplit gives the one split of a file that has a row. What is read of a text
// file to know it is metadata, as at planning: it grows with the files, not with
// their data.
func (o *scanOp) fileSplit(ctx context.Context, f *lake.File, open formats.File) ([]scanSplit, error) {
	has, err := formats.HasRow(store.WithReadKind(ctx, store.ReadFooter), open)
	if err != nil || !has {
		return nil, err
	}
	return []scanSplit{{file: f, open: open}}, nil
}

// refutes judges a file by its constant columns; it gives what rules it out, "" if
// nothing does.
func (o *scanOp) refutes(f *lake.File) (by string, err error) {
	for _, sf := range o.s.Filters {
		c := o.s.Columns[sf.Col]
		if c.perFile() && sf.Filter.ready.Load() && !sf.Filter.mayHold(c.Const(f)) {
			return runtimeFilterOf(c.Name), nil
		}
	}
	for _, t := range o.s.Thresholds {
		if c := o.s.Columns[t.Col]; c.perFile() && !t.Threshold.needs(c.Const(f)) {
			return thresholdOf(c.Name), nil
		}
	}
	if o.perFile == nil {
		return "", nil
	}
	b := vector.Batch{N: 1}
	for _, c := range o.s.Columns {
		if !c.perFile() {
			b.Cols = append(b.Cols, vector.Null(c.Type, 1))
			continue
		}
		v := vector.ConstOf(c.Const(f), 1)
		v.Type = c.Type
		b.Cols = append(b.Cols, v)
	}
	sel, err := o.perFile.Filter(&b, nil)
	if err == nil && sel != nil && len(sel) == 0 {
		by = cmp.Or(o.s.PerFileText, "its constants")
	}
	return by, err
}

// mayHold judges the rows that st speaks of.
func (o *scanOp) mayHold(st *formats.Stats) bool {
	if st.Rows == 0 {
		return false
	}
	if o.pred.isEmpty() || st.Columns == nil {
		return true
	}
	return o.pred.KeepBounds(func(col int) formats.Bounds {
		p := o.s.data[col]
		if p.Path != nil || p.Column >= len(st.Columns) {
			return formats.Bounds{}
		}
		return st.Columns[p.Column]
	}) != formats.Never
}

func (o *scanOp) closeSource() error {
	if o.src == nil {
		return nil
	}
	err := o.src.Close()
	o.src = nil
	return err
}

func (o *scanOp) Close() error {
	if o.errs != nil {
		o.errs.mem.Close()
	}
	err := o.closeSource()
	if o.s.ahead != nil {
		o.s.ahead.close()
	}
	if o.s.Trace != nil && o.s.Limit > 0 && o.s.passed.Load() >= o.s.Limit {
		o.s.leftByLimit()
	}
	return err
}

// leftByLimit notes the files and their parts that nobody has to read any more.
func (s *Scan) leftByLimit() {
	files, splits := s.queue.drop()
	by := fmt.Sprintf("LIMIT %d", s.Limit)
	if len(files) > 0 {
		s.Trace.prune(formats.UnitFile, len(files), by)
	}
	for _, sp := range splits {
		if sp.split.Count > 0 {
			s.Trace.prune(unitOf(sp.file), sp.split.Count, by)
		}
	}
}
