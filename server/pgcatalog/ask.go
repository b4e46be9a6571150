package pgcatalog

import (
	"context"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// asking is one reading of a virtual table: what the functions that list rows
// and those that show cells work with. It belongs to one goroutine.
type asking struct {
	*Tables
	ctx     context.Context
	session *plan.Session // may be nil
	eq      limits
	domains map[string]plan.Domain // what else the conditions say of columns
	need    map[string]bool        // the columns that are asked for
	ix      *index                 // of the catalog as it was when the reading began
	temp    []rel                  // the session's temporary tables

	last  *rel // whose definition was read last
	table *catalog.Table
	err   error // the first one that a cell met
}

// ask begins a reading.
func (t *Tables) ask(ctx context.Context, s *plan.Session, eq limits) (*asking, error) {
	ix, err := t.indexNow(ctx)
	if err != nil {
		return nil, err
	}
	return &asking{Tables: t, ctx: ctx, session: s, eq: eq, ix: ix, temp: tempRels(s)}, nil
}

// definition reads what a relation of the catalog is; nil for one that was
// dropped meanwhile, and after an error, which ends the reading.
func (a *asking) definition(r *rel) *catalog.Table {
	if r.entry == nil || a.err != nil {
		return nil
	}
	if a.last == r {
		return a.table
	}
	t, err := a.catalog.Table(a.ctx, r.schema, r.name)
	switch {
	case fault.Is(err, fault.CodeUndefinedTable), fault.Is(err, fault.CodeInvalidSchemaName):
		t = nil
	case err != nil:
		a.err, t = err, nil
	case t.ID != r.entry.ID:
		t = nil
	}
	a.last, a.table = r, t
	return t
}

// database is what current_database() is to the reader.
func (a *asking) database() string {
	if a.session == nil || a.session.Database == "" {
		return DatabaseName
	}
	return a.session.Database
}

// user is the name of the reader.
func (a *asking) user() string {
	if a.session == nil {
		return ""
	}
	return a.session.User
}

// limits are the values to which the query limits columns, by column name.
type limits map[string]*limit

// limit is a set of values.
type limit struct {
	ints  map[int64]bool
	texts map[string]bool
	list  []types.Value // without NULLs
}

func limitTo(vs []types.Value) *limit {
	l := &limit{ints: map[int64]bool{}, texts: map[string]bool{}}
	for _, v := range vs {
		switch {
		case v.Null:
			continue
		case v.Type.Phys() == types.PhysBytes:
			l.texts[v.S] = true
		default:
			l.ints[v.I] = true
		}
		l.list = append(l.list, v)
	}
	return l
}

// period gives the times to which a column of timestamps is limited: from since
// on, before until; zero where it is not.
func (a *asking) period(column string) (since, until time.Time) {
	d := a.domains[column]
	if d.HasValues && len(d.Values) > 0 {
		d.Low, d.High, d.HasLow, d.HasHigh = d.Values[0], d.Values[len(d.Values)-1], true, true
	}
	if d.HasLow && finite(d.Low) {
		since = time.UnixMicro(d.Low.I)
	}
	if d.HasHigh && finite(d.High) {
		until = time.UnixMicro(d.High.I + 1)
	}
	return since, until
}

func finite(v types.Value) bool {
	return !v.Null && v.I != types.TimeInfinity && v.I != types.TimeMinusInfinity
}

// number tells whether an OID or number is allowed in a column.
func (e limits) number(column string, n uint32) bool {
	l, ok := e[column]
	return !ok || l.ints[int64(n)]
}

// text tells whether a text is allowed in a column.
func (e limits) text(column, s string) bool {
	l, ok := e[column]
	return !ok || l.texts[s]
}

// only gives the single text that a column is limited to, "" for anything else.
func (e limits) only(column string) string {
	if l, ok := e[column]; ok && len(l.list) == 1 {
		return l.list[0].S
	}
	return ""
}
