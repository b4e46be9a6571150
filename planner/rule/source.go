package rule

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/planner/plan"
)

// How much metadata is read while planning.
const (
	parallelScans   = 8   // tables of a query listed at once
	parallelFooters = 64  // footers of a table read at once
	maxFooters      = 512 // tables with more files are judged by a sample
	sampledFooters  = 64
)

// attachFiles gives every scan its Source: partitions are pruned by the
// conditions on their keys, the files of those left are listed, and files
// whose statistics contradict the filter are dropped.
//
//	conditions ── partition keys, hidden columns ──> partitions, files ── bounds ──> files
//	     └── those that hold for everything that is left leave the filter
func attachFiles() Rule {
	return Rule{Name: "attach_files", Match: OpTree, Apply: func(c *Ctx, root plan.Node) (plan.Node, bool, error) {
		scans := map[*plan.Scan]bool{}
		plan.Visit(root, func(n plan.Node) bool {
			if s, ok := n.(*plan.Scan); ok && s.Source == nil {
				scans[s] = false
			}
			return true
		})
		return c.attach(root, scans)
	}}
}

// attachForMetadata is attachFiles for the scans whose aggregates may be
// answered by metadata alone. Their answers can then prune the other scans.
func attachForMetadata() Rule {
	return Rule{Name: "attach_for_metadata", Match: OpTree, Apply: func(c *Ctx, root plan.Node) (plan.Node, bool, error) {
		scans := map[*plan.Scan]bool{}
		plan.Visit(root, func(n plan.Node) bool {
			if a, ok := n.(*plan.Aggregate); ok && len(a.Keys) == 0 {
				if s, names := scanBelow(a.Input); s != nil && s.Source == nil && maybeMetadata(s, names, a) {
					scans[s] = onlyKeys(s, names, a)
				}
			}
			return true
		})
		return c.attach(root, scans)
	}}
}

// attach gives scans their sources. Those marked true need the list of files
// only, no footers.
func (c *Ctx) attach(root plan.Node, scans map[*plan.Scan]bool) (plan.Node, bool, error) {
	if len(scans) == 0 || c.Lake == nil {
		return root, false, nil
	}
	done := make(map[*plan.Scan]*plan.Scan, len(scans))
	var mu sync.Mutex // guards done
	g, ctx := errgroup.WithContext(c.ctx)
	g.SetLimit(parallelScans)
	for s, listOnly := range scans {
		g.Go(func() error {
			// A file that cannot be opened is one of the rows of a scan of errors.
			p := scanPlanner{c: c, ctx: ctx, scan: s, listOnly: listOnly || s.Mode == plan.ScanErrors}
			out, err := p.run()
			mu.Lock()
			defer mu.Unlock()
			done[s] = out
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, false, err
	}
	out := plan.Transform(root, func(n plan.Node) plan.Node {
		if s, ok := n.(*plan.Scan); ok && done[s] != nil {
			return done[s]
		}
		return n
	})
	return out, true, nil
}

// scanPlanner finds what one scan reads. It only reads the Ctx: several run at
// once.
type scanPlanner struct {
	c    *Ctx
	ctx  context.Context
	scan *plan.Scan
	// listOnly leaves the footers unread, and with them all statistics.
	listOnly bool

	parts    *catalog.Partitions
	selected []uint32 // ascending; nil: all
	filter   []plan.Expr
	files    []*lake.File
	opened   []formats.File // parallel to files; nil where not opened
	pruned   []plan.Pruning
}

// prune notes that a condition left out n partitions or files.
func (p *scanPlanner) prune(what string, n int, by plan.Expr) {
	if n > 0 {
		p.pruned = append(p.pruned, plan.Pruning{What: what, N: n, By: by})
	}
}

func (p *scanPlanner) run() (*plan.Scan, error) {
	t := p.scan.Table
	p.filter = p.scan.Filter
	src := &plan.ScanSource{Asked: p.scan.Filter}
	if err := p.list(false); err != nil {
		return nil, err
	}
	if discovered, _ := partition.IsDiscovered(t); discovered && len(p.files) == 0 && len(t.PartitionKeys) > 0 {
		// The folders that the filter names may be spelled otherwise: look.
		p.filter, p.selected, p.pruned = p.scan.Filter, nil, nil
		if err := p.list(true); err != nil {
			return nil, err
		}
	}
	if p.parts != nil {
		src.PartitionsTotal, src.PartitionsRead = p.parts.N, p.parts.N
		if p.selected != nil {
			src.PartitionsRead = len(p.selected)
		}
	}
	p.pruneByHidden()
	src.FilesTotal = len(p.files)
	if err := p.open(); err != nil {
		return nil, err
	}
	if err := p.pruneByBounds(); err != nil {
		return nil, err
	}
	src.Files, src.Selects, src.Pruned = p.files, p.selects(), p.pruned
	out := *p.scan
	out.Filter, out.Source = p.filter, src
	p.estimate(&out)
	return &out, p.useCounts(&out)
}

// list finds the partitions, prunes them, and lists the files of those left.
func (p *scanPlanner) list(exact bool) error {
	t := p.scan.Table
	var err error
	if len(t.PartitionKeys) > 0 {
		if p.parts, err = p.c.Lake.Partitions(p.ctx, p.c.Catalog, t, p.keyFilter(), exact); err != nil {
			return err
		}
		p.prunePartitions()
	}
	p.files, err = p.c.Lake.Files(p.ctx, t, p.parts, p.selected)
	return err
}

// open reads the footers: of all files, or of a sample spread over them.
func (p *scanPlanner) open() error {
	p.opened = make([]formats.File, len(p.files))
	if p.listOnly {
		return nil
	}
	step := 1
	if len(p.files) > maxFooters {
		step = len(p.files) / sampledFooters
	}
	g, ctx := errgroup.WithContext(p.ctx)
	g.SetLimit(parallelFooters)
	for i := 0; i < len(p.files) && ctx.Err() == nil; i += step {
		g.Go(func() (err error) {
			p.opened[i], err = p.c.Lake.Open(ctx, p.files[i])
			return err
		})
	}
	return g.Wait()
}

// pruneByBounds drops files that cannot have a row that passes, and conditions
// that every row of every file passes.
func (p *scanPlanner) pruneByBounds() error {
	if len(p.filter) == 0 || len(p.files) == 0 || p.c.Evaluator == nil {
		return nil
	}
	ids := make([]plan.ColID, len(p.scan.Cols))
	for i, col := range p.scan.Cols {
		ids[i] = col.ID
	}
	drop := make([]bool, len(p.files))
	var stay []plan.Expr
	for _, cond := range p.filter {
		pred, err := p.c.Evaluator.Predicate(p.c.Session, cond, ids)
		if err != nil {
			return err
		}
		always, dropped := true, 0
		for i := range p.files {
			if drop[i] {
				continue
			}
			switch pred.KeepBounds(func(col int) formats.Bounds { return p.bounds(i, col) }) {
			case formats.Never:
				drop[i] = true
				dropped++
			case formats.Maybe:
				always = false
			}
		}
		p.prune("files", dropped, cond)
		if !always {
			stay = append(stay, cond)
		}
	}
	p.filter = stay
	var files []*lake.File
	var opened []formats.File
	for i, f := range p.files {
		if !drop[i] {
			files, opened = append(files, f), append(opened, p.opened[i])
		}
	}
	p.files, p.opened = files, opened
	return nil
}

// bounds gives what is known of output column col in file i.
func (p *scanPlanner) bounds(i, col int) formats.Bounds {
	return columnBounds(p.scan, p.files[i], p.opened[i], col)
}

// columnBounds gives what is known of a scan's output column in one file, f
// its opened form or nil.
func columnBounds(s *plan.Scan, file *lake.File, f formats.File, col int) formats.Bounds {
	sc := s.Cols[col]
	data := len(s.Table.Columns)
	switch {
	case sc.Index >= data:
		v := file.Keys[sc.Index-data]
		b := formats.Bounds{HasMinMax: !v.Null, Min: v, Max: v, MinExact: true, MaxExact: true, AllNull: v.Null, HasNulls: !v.Null, Distinct: 1}
		if f != nil && f.Stats() != nil && f.Stats().Rows > 0 {
			b.Rows = f.Stats().Rows
			if v.Null {
				b.Nulls, b.HasNulls = b.Rows, true
			}
		}
		return b
	case sc.Index < 0 || len(sc.Path) > 0 || f == nil || f.Stats() == nil || sc.Index >= len(f.Stats().Columns):
		return formats.Bounds{}
	}
	b := f.Stats().Columns[sc.Index]
	if b.HasMinMax && (b.Min.Type.Kind != sc.Type.Kind || b.Min.Type.Phys() != sc.Type.Phys() || b.Min.Type.S != sc.Type.S) {
		b.HasMinMax = false // statistics in another unit than the column's
	}
	return b
}
