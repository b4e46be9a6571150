package build

import (
	"context"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/planner/plan"
)

// remoteCopies is how many copies read from a remote store where a scan cannot read
// ahead of them: a request takes so long that more of them must be under way than
// there are cores.
const remoteCopies = 8

// The bytes of a split: small enough that every worker gets several, large
// enough that a read is worth its request.
const (
	minSplit = 1 << 20
	maxSplit = 32 << 20
	// aheadSplit is the longest where splits are read ahead: of a split only the
	// beginning comes before its turn, so a row group should be one.
	aheadSplit = 4 << 20
)

func (b *builder) scan(n *plan.Scan) (op.Source, error) {
	if n.Source == nil {
		return nil, bug("the scan of %s was not planned", n.Table.Name)
	}
	b.inline = false
	s := &op.Scan{Files: n.Source.Files, OpenFile: b.env.OpenFile, Limit: n.Limit, Trace: b.trace(n), FilesOnly: n.Mode == plan.ScanFiles,
		Mem: b.mem.Child("the scan of "+n.Table.Name, 0)}
	if n.Sample != nil {
		s.Sample = sampleOf(n.Sample)
	}
	if n.Mode == plan.ScanErrors {
		s.Errors = everyColumn(n.Table)
	}
	s.Remote = len(s.Files) > 0 && strings.HasPrefix(s.Files[0].URL(), "s3:")
	s.Target = splitTarget(n, b.env.Query.Workers)
	c := &b.env.Query.Counters
	c.FilesTotal.Add(int64(n.Source.FilesTotal))
	c.PartitionsTotal.Add(int64(n.Source.PartitionsTotal))
	var data []plan.ColID
	for _, col := range n.Cols {
		sc := scanColumn(n.Table, col)
		if sc.Data >= 0 {
			data = append(data, col.ID)
		}
		s.Columns = append(s.Columns, sc)
	}
	if err := b.scanFilter(n, s, data); err != nil {
		return nil, err
	}
	for _, d := range n.Dynamic {
		col := positions(n.Output())[d.Col]
		if f := b.filters[d.ID]; f != nil {
			s.Filters = append(s.Filters, op.ScanFilter{Filter: f, Col: col})
		}
		if t := b.thresholds[d.ID]; t != nil {
			s.Thresholds = append(s.Thresholds, op.ScanThreshold{Threshold: t, Col: col})
		}
	}
	switch {
	case s.Remote && s.ReadsAhead():
		s.Target = min(s.Target, aheadSplit)
	case s.Remote:
		b.env.Query.Copies = max(b.env.Query.Workers, remoteCopies)
	}
	return s, nil
}

// splitTarget gives the bytes of a scan's splits.
func splitTarget(n *plan.Scan, workers int) int64 {
	var total int64
	for _, f := range n.Source.Files {
		total += f.Info.Size
	}
	return min(max(total/int64(4*workers), minSplit), maxSplit)
}

// ScanWidth tells how many copies of a scan may have work at once.
func ScanWidth(n *plan.Scan, workers int) int {
	s := op.Scan{Files: n.Source.Files, Target: splitTarget(n, workers)}
	return s.Width()
}

// scanFilter deals the conditions out: over the file's columns alone they are
// the format's predicate, over the file's constants alone they judge a file, and
// the rest, and what asks for a row's position, is applied to rows.
func (b *builder) scanFilter(n *plan.Scan, s *op.Scan, data []plan.ColID) error {
	fromFile, position := map[plan.ColID]bool{}, map[plan.ColID]bool{}
	for _, id := range data {
		fromFile[id] = true
	}
	for _, c := range n.Cols {
		position[c.ID] = c.Index < 0 && !c.OfFile(n.Table)
	}
	var pushed, perFile, rest []plan.Expr
	for _, e := range n.Filter {
		for _, c := range plan.Conjuncts(e) {
			used := map[plan.ColID]bool{}
			plan.Columns(c, used)
			inFile, placed := 0, false
			for id := range used {
				if fromFile[id] {
					inFile++
				}
				placed = placed || position[id]
			}
			switch {
			case plan.IsVolatile(c) || placed || inFile > 0 && inFile < len(used):
				rest = append(rest, c)
			case inFile == 0:
				perFile = append(perFile, c)
			default:
				pushed = append(pushed, c)
			}
		}
	}
	if len(pushed) > 0 {
		s.Predicate = func() (formats.Predicate, error) { return kernel.NewPredicate(pushed, data, b.env.Eval) }
	}
	at := positions(n.Output())
	var err error
	if s.PerFile, err = b.conds(perFile, at); err != nil {
		return err
	}
	if len(perFile) > 0 && s.Trace != nil {
		s.PerFileText = plan.FormatExpr(plan.AndAll(perFile), func(c *plan.Col) string { return c.Name })
	}
	s.Rest, err = b.conds(rest, at)
	return err
}

func scanColumn(t *catalog.Table, c plan.ScanColumn) op.ScanColumn {
	out := op.ScanColumn{Name: c.Name, Type: c.Type, Data: -1, Path: c.Path}
	switch {
	case c.OfFile(t):
		out.Const = plan.FileValue(t, c)
	case c.Index == plan.HiddenPosition:
		out.Position = true
	case c.Index < 0:
		out.Error = plan.ErrorColumnOf(c.Index).Of
	default:
		out.Data = c.Index
	}
	return out
}

// everyColumn reads all that a table's files hold, as far as Glaux has the types.
func everyColumn(t *catalog.Table) []formats.Projection {
	out := make([]formats.Projection, 0, len(t.Columns))
	for i, c := range t.Columns {
		if c.Type.Kind != types.Unknown {
			out = append(out, formats.Projection{Column: i, Type: c.Type})
		}
	}
	return out
}

func (b *builder) virtual(n *plan.Virtual) (op.Source, error) {
	req := plan.VirtualRequest{Equal: map[int][]types.Value{}, Domains: map[int]plan.Domain{}}
	for _, c := range n.Cols {
		req.Columns = append(req.Columns, c.Index)
	}
	index := map[plan.ColID]int{}
	for _, c := range n.Cols {
		index[c.ID] = c.Index
		if d := plan.DomainOf(n.Filter, c.ID, c.Type); d.Says() {
			req.Domains[c.Index] = d
		}
	}
	for _, e := range n.Filter {
		equalTo(e, index, req.Equal)
	}
	for c, d := range req.Domains {
		if _, have := req.Equal[c]; d.HasValues && !have {
			req.Equal[c] = d.Values
		}
	}
	filters := b.filters
	var src op.Source = &op.Reader{OpenSource: func(ctx context.Context) (formats.Source, error) {
		for _, d := range n.Dynamic {
			limitTo(req.Equal, index[d.Col], filters[d.ID])
		}
		return n.Table.Open(ctx, b.env.Session, req)
	}}
	conds, err := b.conds(n.Filter, positions(n.Output()))
	if conds != nil {
		src = &op.Filter{In: src, Conds: conds}
	}
	return src, err
}

// limitTo limits column i of a virtual table to the values of a runtime filter.
// Where it is limited already, the shorter list stays: the join does the rest.
func limitTo(equal map[int][]types.Value, i int, f *op.RuntimeFilter) {
	if f == nil {
		return
	}
	vs, ok := f.Listed()
	if have, limited := equal[i]; ok && (!limited || len(vs) < len(have)) {
		equal[i] = vs
	}
}

// equalTo notes conditions column = constant and column IN (constants).
func equalTo(e plan.Expr, index map[plan.ColID]int, out map[int][]types.Value) {
	for _, c := range plan.Conjuncts(e) {
		switch c := c.(type) {
		case *plan.Compare:
			l, r := c.L, c.R
			if _, ok := r.(*plan.Col); ok {
				l, r = r, l
			}
			col, ok1 := l.(*plan.Col)
			k, ok2 := r.(*plan.Const)
			if ok1 && ok2 && c.Op == plan.EQ && !k.Value.Null {
				addEqual(out, index, col.ID, []types.Value{k.Value})
			}
		case *plan.In:
			if col, ok := c.X.(*plan.Col); ok && !c.Not {
				addEqual(out, index, col.ID, c.List)
			}
		}
	}
}

// addEqual keeps the first limit of a column: the filter applies the others.
func addEqual(out map[int][]types.Value, index map[plan.ColID]int, id plan.ColID, vs []types.Value) {
	i, ok := index[id]
	if _, have := out[i]; ok && !have {
		out[i] = vs
	}
}

func (b *builder) tableCall(n *plan.TableCall) (op.Source, error) {
	b.inline = false // may be long
	args := make([]types.Value, len(n.Args))
	for i, e := range n.Args {
		v, err := kernel.NewEvaluator(b.env.Eval).Fold(b.env.Session, e)
		if err != nil {
			return nil, err
		}
		args[i] = v
	}
	return &op.Reader{OpenSource: func(ctx context.Context) (formats.Source, error) {
		return fn.OpenTable(ctx, b.env.Eval, n.Fn, args, typesOf(n.Cols), n.Ordinality != nil)
	}}, nil
}
