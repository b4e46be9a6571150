package cost

import (
	"maps"
	"math"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/planner/plan"
)

// Stats describe what a node puts out.
type Stats struct {
	Rows float64
	Cols map[plan.ColID]Column
}

// Column describes the values of a column.
type Column struct {
	Distinct float64 // number of distinct values, at least 1; 0: unknown
	Nulls    float64 // fraction of rows that are null
	// Min and Max bound the values on the number line (position); dates count
	// days, timestamps ticks, text its first bytes. Only with Range.
	Min, Max float64
	Range    bool
	Computed bool    // an aggregate's value
	Width    float64 // bytes of a value
}

// Guesses where nothing is known.
const (
	defaultRows     = 1000
	virtualRows     = 100
	unnestFactor    = 4
	defaultDistinct = 0.1 // of the rows
)

// Estimator computes Stats and remembers them by node. It belongs to one
// goroutine.
type Estimator struct {
	memo  map[plan.Node]*Stats
	withs map[int]*Stats
}

// New makes an estimator.
func New() *Estimator { return &Estimator{memo: map[plan.Node]*Stats{}, withs: map[int]*Stats{}} }

// Learn makes the estimator know the WITHs of a plan, whose references may be
// asked for apart from it.
func (e *Estimator) Learn(root plan.Node) {
	plan.Visit(root, func(n plan.Node) bool {
		if w, ok := n.(*plan.With); ok {
			e.Learn(w.Def)
			e.withs[w.ID] = e.Stats(w.Def)
			e.Learn(w.Body)
			return false
		}
		return true
	})
}

// Rows gives the estimated rows of n.
func (e *Estimator) Rows(n plan.Node) float64 { return e.Stats(n).Rows }

// Stats gives the estimate for n. The result is shared: don't write it.
func (e *Estimator) Stats(n plan.Node) *Stats {
	if s, ok := e.memo[n]; ok {
		return s
	}
	s := e.compute(n)
	s.Rows = math.Max(s.Rows, 0)
	e.memo[n] = s
	return s
}

func (e *Estimator) compute(n plan.Node) *Stats {
	switch n := n.(type) {
	case *plan.Scan:
		return e.scan(n)
	case *plan.Virtual:
		return e.filtered(virtual(n), n.Filter)
	case *plan.Values:
		return unknown(float64(len(n.Rows)), n.Cols)
	case *plan.TableCall:
		return unknown(defaultRows, n.Output())
	case *plan.Filter:
		return e.filtered(e.Stats(n.Input), n.Conds)
	case *plan.Project:
		return e.project(n)
	case *plan.Aggregate:
		return e.aggregate(n)
	case *plan.Join:
		return e.join(n.Kind, e.Stats(n.Left), e.Stats(n.Right), n.Equal, n.On, n.MarkCol)
	case *plan.Apply:
		return e.join(n.Kind, e.Stats(n.Left), e.Stats(n.Right), n.Equal, n.On, n.MarkCol)
	}
	return e.rest(n)
}

func (e *Estimator) rest(n plan.Node) *Stats {
	switch n := n.(type) {
	case *plan.Sort:
		return e.limited(n.Input, n.Limit, n.Offset, n.PartitionBy)
	case *plan.Limit:
		return e.limited(n.Input, n.Limit, n.Offset, n.PartitionBy)
	case *plan.DistinctOn:
		in := e.Stats(n.Input)
		return in.scale(groups(in, n.On))
	case *plan.Unnest:
		in := e.Stats(n.Input)
		out := &Stats{Rows: in.Rows * unnestFactor, Cols: map[plan.ColID]Column{}}
		for id, c := range in.Cols {
			out.Cols[id] = c
		}
		return out
	case *plan.Recode:
		return e.recode(n)
	case *plan.Window:
		return e.passing(n, n.Pass, 1)
	case *plan.MatchRecognize:
		if n.Rows == plan.OneRow {
			return e.passing(n, n.Pass, matchFactor)
		}
		return e.passing(n, n.Pass, 1)
	case *plan.MaxOneRow:
		return e.Stats(n.Input).scale(1)
	case *plan.SetOp:
		return e.setOp(n)
	case *plan.With:
		e.withs[n.ID] = e.Stats(n.Def)
		return e.Stats(n.Body)
	case *plan.CTERef:
		return e.reference(n)
	case *plan.Recursive:
		return unknown(recursionFactor*e.Stats(n.Init).Rows, n.Cols)
	}
	return unknown(defaultRows, n.Output())
}

// matchFactor is how many matches a row pattern is taken to have for each row.
const matchFactor = 0.1

// passing is of nodes that pass columns of their input and make others, of which
// nothing is known.
func (e *Estimator) passing(n plan.Node, pass []plan.Column, factor float64) *Stats {
	in := e.Stats(n.Inputs()[0])
	if factor < 1 {
		in = in.scale(factor * in.Rows)
	}
	out := unknown(in.Rows, n.Output())
	for _, c := range pass {
		if known, ok := in.Cols[c.ID]; ok {
			out.Cols[c.ID] = known
		}
	}
	return out
}

// recode knows of a number what is known of its text.
func (e *Estimator) recode(n *plan.Recode) *Stats {
	in := e.Stats(n.Input)
	out := &Stats{Rows: in.Rows, Cols: maps.Clone(in.Cols)}
	for _, c := range n.Cols {
		known := in.Cols[c.From.ID]
		delete(out.Cols, c.From.ID)
		out.Cols[c.Col.ID] = Column{Distinct: known.Distinct, Nulls: known.Nulls, Width: width(c.Col.Type)}
	}
	return out
}

// recursionFactor is how many times the first rows a recursive query is taken to
// have in the end.
const recursionFactor = 10

// unknown makes the stats of columns of which nothing is known.
func unknown(rows float64, cols []plan.Column) *Stats {
	s := &Stats{Rows: rows, Cols: make(map[plan.ColID]Column, len(cols))}
	for _, c := range cols {
		s.Cols[c.ID] = Column{Width: width(c.Type)}
	}
	return s
}

func (e *Estimator) scan(n *plan.Scan) *Stats {
	s := unknown(defaultRows, n.Output())
	if src := n.Source; src != nil {
		s.Rows = src.Rows
		for i, c := range n.Cols {
			if i < len(src.Columns) {
				s.Cols[c.ID] = fromBounds(c.Type, src.Columns[i], src.Rows)
			}
		}
	}
	out := e.filtered(s, n.Filter)
	if n.Limit > 0 && out.Rows > float64(n.Limit) {
		return out.scale(float64(n.Limit))
	}
	return out
}

func virtual(n *plan.Virtual) *Stats {
	s := unknown(virtualRows, n.Output())
	known, ok := n.Table.(plan.VirtualFacts)
	if !ok {
		return s
	}
	f := known.Facts()
	s.Rows = f.Rows
	for _, c := range n.Cols {
		s.Cols[c.ID] = Column{Width: width(c.Type), Distinct: f.Distinct[c.Index]}
	}
	return s
}

// fromBounds reads a column's statistics from footers.
func fromBounds(t types.Type, b formats.Bounds, rows float64) Column {
	c := Column{Width: width(t)}
	if b.HasNulls && b.Rows > 0 {
		c.Nulls = float64(b.Nulls) / float64(b.Rows)
	}
	if b.AllNull {
		c.Nulls, c.Distinct = 1, 1
		return c
	}
	span := 0.0
	if b.HasMinMax {
		lo, ok1 := position(b.Min)
		hi, ok2 := position(b.Max)
		if ok1 && ok2 && lo <= hi {
			c.Min, c.Max, c.Range = lo, hi, true
			span = hi - lo
		}
	}
	values := rows * (1 - c.Nulls)
	switch {
	case b.Distinct > 0:
		c.Distinct = float64(b.Distinct)
	case c.Range && discrete(t):
		c.Distinct = math.Min(span+1, values)
	case c.Range && span == 0 && t.Phys() != types.PhysBytes:
		c.Distinct = 1
	case b.HasMinMax && b.Min.Equal(b.Max):
		c.Distinct = 1
	case b.DecodedBytes > 0 && b.Rows > 0:
		c.Distinct = byEncoding(t, 8*float64(b.DecodedBytes)/float64(b.Rows), values)
	}
	c.Distinct = clamp(c.Distinct, 0, math.Max(values, 1))
	return c
}

// byEncoding guesses the distinct values of a column from the bits that its
// encoding takes per value: a dictionary code of b bits says at most 2^b values;
// values longer than any code are mostly distinct.
func byEncoding(t types.Type, bits, values float64) float64 {
	if bits >= 24 || t.Phys() != types.PhysBytes && bits >= 20 {
		return values
	}
	return math.Max(1, math.Min(values, math.Exp2(bits)))
}

func discrete(t types.Type) bool {
	return t.IsInteger() || t.Kind == types.Date || t.Kind == types.Boolean || t.Kind == types.Decimal || t.Kind == types.OID
}

func clamp(x, lo, hi float64) float64 { return math.Max(lo, math.Min(x, hi)) }

func width(t types.Type) float64 {
	switch t.Phys() {
	case types.PhysBytes:
		if t.P > 0 {
			return math.Min(float64(t.P), 32) + 8
		}
		return 24
	case types.PhysList, types.PhysStruct:
		return 64
	}
	return float64(t.Phys().Width())
}

// distinct gives a column's number of distinct values, guessed if unknown.
func (s *Stats) distinct(id plan.ColID) float64 {
	c := s.Cols[id]
	if c.Distinct > 0 {
		return math.Min(c.Distinct, math.Max(s.Rows, 1))
	}
	return math.Max(1, s.Rows*defaultDistinct)
}

// Known reports whether the numbers of distinct values of columns of n are more than
// a guess.
func (e *Estimator) Known(n plan.Node, cols []plan.Column) bool {
	s := e.Stats(n)
	for _, c := range cols {
		if s.Cols[c.ID].Distinct == 0 {
			return false
		}
	}
	return true
}

// scale gives the stats of a random part of the rows.
func (s *Stats) scale(rows float64) *Stats {
	if rows >= s.Rows {
		rows = s.Rows
	}
	out := &Stats{Rows: rows, Cols: make(map[plan.ColID]Column, len(s.Cols))}
	for id, c := range s.Cols {
		if c.Distinct > 0 && s.Rows > 0 {
			// Expected distinct values in a sample, drawing without order (Yao's
			// formula in its usual approximation).
			per := s.Rows / c.Distinct
			c.Distinct = math.Max(1, c.Distinct*(1-math.Pow(1-rows/s.Rows, per)))
		}
		out.Cols[id] = c
	}
	return out
}

func (e *Estimator) project(n *plan.Project) *Stats {
	in := e.Stats(n.Input)
	out := &Stats{Rows: in.Rows, Cols: make(map[plan.ColID]Column, len(n.Items))}
	for _, it := range n.Items {
		out.Cols[it.Col.ID] = in.expr(it.X)
	}
	return out
}

// expr describes the values of an expression.
func (s *Stats) expr(x plan.Expr) Column {
	switch x := x.(type) {
	case *plan.Col:
		if c, ok := s.Cols[x.ID]; ok {
			return c
		}
	case *plan.Const:
		return Column{Distinct: 1, Width: width(x.Value.Type)}
	case *plan.Cast:
		c := s.expr(x.X)
		return Column{Distinct: c.Distinct, Nulls: c.Nulls, Width: width(x.To), Computed: c.Computed}
	case *plan.Call, *plan.Case, *plan.Coalesce, *plan.Field:
		// A function of columns has no more values than they have combinations.
		d, used := 1.0, map[plan.ColID]bool{}
		plan.Columns(x, used)
		for id := range used {
			c := s.Cols[id]
			if c.Distinct == 0 {
				return Column{Width: width(x.Type())}
			}
			d *= c.Distinct
		}
		return Column{Distinct: math.Min(d, math.Max(s.Rows, 1)), Width: width(x.Type())}
	}
	return Column{Width: width(x.Type())}
}

func (e *Estimator) aggregate(n *plan.Aggregate) *Stats {
	in := e.Stats(n.Input)
	ids := make([]plan.ColID, len(n.Keys))
	for i, k := range n.Keys {
		ids[i] = k.ID
	}
	out := in.scale(groups(in, ids))
	for _, k := range n.Keys {
		c := in.Cols[k.ID]
		c.Distinct = math.Min(in.distinct(k.ID), out.Rows)
		out.Cols[k.ID] = c
	}
	for _, a := range n.Aggs {
		out.Cols[a.Col.ID] = Column{Width: width(a.Col.Type), Computed: true}
	}
	if len(n.Keys) == 0 {
		out.Rows = 1
	}
	return out
}

// groups estimates the number of different combinations of columns.
func groups(in *Stats, ids []plan.ColID) float64 {
	if len(ids) == 0 {
		return 1
	}
	n := 1.0
	for _, id := range ids {
		n *= in.distinct(id)
	}
	return math.Min(n, in.Rows)
}

func (e *Estimator) limited(input plan.Node, limit, offset int64, per []plan.ColID) *Stats {
	in := e.Stats(input)
	if limit < 0 {
		return in.scale(math.Max(0, in.Rows-float64(offset)))
	}
	return in.scale(math.Min(in.Rows, float64(limit)*groups(in, per)))
}

func (e *Estimator) setOp(n *plan.SetOp) *Stats {
	out := &Stats{Cols: map[plan.ColID]Column{}}
	for i, in := range n.In {
		s := e.Stats(in)
		switch {
		case i == 0 || n.Kind == plan.UnionAll:
			out.Rows += s.Rows
		case n.Kind == plan.Intersect:
			out.Rows = math.Min(out.Rows, s.Rows)
		}
		for j, c := range n.Cols {
			from := s.Cols[n.Maps[i][j]]
			if have, ok := out.Cols[c.ID]; ok {
				from = merge(have, from)
			}
			out.Cols[c.ID] = from
		}
	}
	return out
}

func merge(a, b Column) Column {
	c := Column{Width: math.Max(a.Width, b.Width), Nulls: (a.Nulls + b.Nulls) / 2}
	if a.Distinct > 0 && b.Distinct > 0 {
		c.Distinct = math.Max(a.Distinct, b.Distinct)
	}
	if a.Range && b.Range {
		c.Range, c.Min, c.Max = true, math.Min(a.Min, b.Min), math.Max(a.Max, b.Max)
	}
	return c
}

func (e *Estimator) reference(n *plan.CTERef) *Stats {
	def, ok := e.withs[n.ID]
	if !ok {
		return unknown(defaultRows, n.Cols)
	}
	out := &Stats{Rows: def.Rows, Cols: make(map[plan.ColID]Column, len(n.Cols))}
	for i, c := range n.Cols {
		out.Cols[c.ID] = def.Cols[n.From[i]]
	}
	return out
}
