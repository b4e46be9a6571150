package advisor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec"
)

// Request says what to look at.
type Request struct {
	// Since and Until are the window; a zero Until is now, a zero Since DefaultWindow
	// before it.
	Since, Until time.Time
	// Measure reads samples of data under its own limits; nil: rules of thumb.
	Measure *exec.Session
}

// rules look at one table each, knowing what those before them have found.
var rules = []func(ctx context.Context, s *subject) ([]Finding, error){
	findPartitionFilter,
	findRowFormat,
	findSmallFiles,
	findSortKey,
}

// subject is a table of the catalog that was read in the window.
type subject struct {
	*Advisor
	window  time.Duration
	measure *exec.Session
	table   *catalog.Table
	use     *use
	found   []Finding
}

// Advise looks at a window of the history. Everything it finds is in terms of the
// tables as they are now: what was read of an earlier table of the same name does
// not count. An empty window is 22023.
func (a *Advisor) Advise(ctx context.Context, r Request) (*Report, error) {
	if r.Until.IsZero() {
		r.Until = time.Now()
	}
	if r.Since.IsZero() {
		r.Since = r.Until.Add(-DefaultWindow)
	}
	if !r.Since.Before(r.Until) {
		return nil, fault.New(fault.CodeInvalidParameter, "the time to look at must be longer than nothing")
	}
	groups, err := a.o.Workgroups(ctx)
	if err != nil {
		return nil, err
	}
	price := map[string]float64{}
	for _, g := range groups {
		price[g.Name] = g.PricePerTB
	}
	c, err := a.collect(ctx, r.Since, r.Until, price)
	if err != nil {
		return nil, err
	}
	rep := &Report{Since: r.Since, Until: r.Until, Queries: c.queries}
	if rep.Findings, err = a.findings(ctx, c, r); err != nil {
		return nil, err
	}
	for _, g := range groups {
		rep.Findings = append(rep.Findings, findNoCutoff(g, c.groups[g.Name], r.Until.Sub(r.Since))...)
	}
	sortFindings(rep.Findings)
	return rep, nil
}

// findings gives those about tables.
func (a *Advisor) findings(ctx context.Context, c *collected, r Request) ([]Finding, error) {
	out := []Finding{}
	for _, name := range c.names() {
		fs, err := a.ofTable(ctx, name, c.tables[name], r)
		if err != nil {
			return nil, err
		}
		out = append(out, fs...)
	}
	fs, err := a.findUnused(ctx, c, r)
	return append(out, fs...), err
}

// names lists the tables that were read, in order.
func (c *collected) names() []tableName {
	out := make([]tableName, 0, len(c.tables))
	for n := range c.tables {
		out = append(out, n)
	}
	slices.SortFunc(out, func(a, b tableName) int { return strings.Compare(a.database+"\x00"+a.table, b.database+"\x00"+b.table) })
	return out
}

// ofTable applies the rules to a table, if it is still there.
func (a *Advisor) ofTable(ctx context.Context, name tableName, u *use, r Request) ([]Finding, error) {
	t, err := a.o.Catalog.Table(ctx, name.database, name.table)
	if fault.Is(err, fault.CodeUndefinedTable) || fault.Is(err, fault.CodeInvalidSchemaName) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	u.scans = slices.DeleteFunc(u.scans, func(s scan) bool { return s.started.Before(t.Created) })
	if len(u.scans) == 0 || t.Kind == catalog.VirtualView {
		return nil, nil
	}
	s := &subject{Advisor: a, window: r.Until.Sub(r.Since), measure: r.Measure, table: t, use: u}
	for _, rule := range rules {
		fs, err := rule(ctx, s)
		if err != nil {
			return nil, err
		}
		s.found = append(s.found, fs...)
	}
	return s.found, nil
}

// finding begins a finding about the table, with what was read of it.
func (s *subject) finding(kind Kind, w waste) Finding {
	f := Finding{Kind: kind, Database: s.table.Database, Table: s.table.Name, Queries: int64(len(s.use.scans))}
	for i := range s.use.scans {
		f.BytesScanned += int64(s.use.scans[i].bytes)
	}
	w.into(&f, s.window)
	return f
}

// name writes the table's name as SQL.
func (s *subject) name() string { return qualified(s.table.Database, s.table.Name) }

func qualified(database, table string) string {
	return types.QuoteIdent(database) + "." + types.QuoteIdent(table)
}

// setKey tells sets of columns apart.
func setKey(t *meta.QueryTable) string {
	return fmt.Sprint(t.ColumnsRead, "/", t.ColumnsTotal, " ", strings.Join(t.Columns, "\x00"))
}
