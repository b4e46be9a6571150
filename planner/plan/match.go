package plan

import (
	"strconv"
	"strings"
)

// MatchRecognize finds matches of a row pattern in the rows of each partition, in
// order of the keys behind the first Partition ones. It puts out Pass, columns of its
// input, then the measures, then the calls' results.
//
// Conditions and measures do not read columns of the input but those of Slots, which
// the match at work fills: a value of the row that a navigation leads to, say.
type MatchRecognize struct {
	Input     Node
	Pass      []Column // same IDs as in the input
	Keys      []SortKey
	Partition int
	Slots     []MatchSlot
	Vars      []MatchVar // the primary pattern variables; others refer to them by number
	Pattern   *RowPattern
	Measures  []Item
	Rows      RowsPerMatch
	Skip      MatchSkip
	SkipTo    []int // of SkipToFirst and SkipToLast: the variables, one or those of a union
	// Of RowsOfWindow: where the frame that starts at the row ends, whether a match
	// may start behind the row, and functions over the rows of the match. Their
	// frames say nothing.
	End   FrameBound
	Seek  bool
	Calls []WindowCall
}

// MatchVar is a primary pattern variable.
type MatchVar struct {
	Name string
	Cond Expr // nil: any row
}

// RowsPerMatch says what rows come out of a match.
type RowsPerMatch uint8

// OneRow is one for each match, the empty ones too. AllRows are all rows of matches
// that are not excluded, and one of each empty match; AllOmitEmpty none of these,
// AllUnmatched those of no match too. RowsOfWindow is one for each row of the input.
const (
	OneRow RowsPerMatch = iota
	AllRows
	AllOmitEmpty
	AllUnmatched
	RowsOfWindow
)

// MatchSkip says where the search goes on after a match that is not empty.
type MatchSkip uint8

// The places: behind the match, at its second row, at the first or last row of variables.
const (
	SkipPastLast MatchSkip = iota
	SkipToNext
	SkipToFirst
	SkipToLast
)

// SlotKind says what a slot holds.
type SlotKind uint8

// The kinds of slots: a value of a row, its pattern variable's name, the match's
// number in its partition, an aggregate over rows of the match.
const (
	SlotValue SlotKind = iota
	SlotClassifier
	SlotNumber
	SlotAggregate
)

// MatchSlot is a value that depends on the match at work and the position in it.
type MatchSlot struct {
	Col  Column
	Kind SlotKind
	X    Expr // of SlotValue, over the input
	Agg  *MatchAgg
	// Vars are the variables whose rows count; nil: all of them. The row meant is the
	// first or last of these but for Offset, among those of the match up to the
	// current row or, with Final, of the whole match; and from there so many rows on
	// as Shift says, within the partition.
	Vars         []int
	First, Final bool
	Offset       int64
	Shift        int64
}

// MatchAgg is an aggregate over the rows of a match. Its arguments read the input and,
// of each row, the name of its variable as Class and the match's number as Number.
type MatchAgg struct {
	Fn            *Func
	Args          []Expr
	Class, Number Column
}

// RowPatternKind says what a RowPattern is.
type RowPatternKind uint8

// The kinds of patterns.
const (
	PatternVar RowPatternKind = iota
	PatternEmpty
	PatternStart // of the partition
	PatternEnd
	PatternConcat
	PatternAlternate
	PatternPermute
	PatternExclude
	PatternRepeat
)

// RowPattern is a regular expression over pattern variables.
type RowPattern struct {
	Kind      RowPatternKind
	Var       int
	Parts     []*RowPattern
	Min, Max  int // of PatternRepeat; Max -1: no limit
	Reluctant bool
}

func (*MatchRecognize) Op() Op           { return OpMatchRecognize }
func (n *MatchRecognize) Inputs() []Node { return []Node{n.Input} }

func (n *MatchRecognize) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }

func (n *MatchRecognize) Output() []Column {
	out := append(make([]Column, 0, len(n.Pass)+len(n.Measures)+len(n.Calls)), n.Pass...)
	for i := range n.Measures {
		out = append(out, n.Measures[i].Col)
	}
	for i := range n.Calls {
		out = append(out, n.Calls[i].Col)
	}
	return out
}

// Inner lists the columns that only the node's own expressions read.
func (n *MatchRecognize) Inner() []Column {
	var out []Column
	for i := range n.Slots {
		s := &n.Slots[i]
		out = append(out, s.Col)
		if s.Agg != nil {
			out = append(out, s.Agg.Class, s.Agg.Number)
		}
	}
	return out
}

// Groups gives the columns in which all rows of a partition agree: conditions over
// them may as well be applied below.
func (n *MatchRecognize) Groups() map[ColID]bool {
	set := map[ColID]bool{}
	for _, k := range n.Keys[:n.Partition] {
		if c, ok := k.X.(*Col); ok {
			set[c.ID] = true
		}
	}
	return set
}

// Regroup gives the node with more partition keys.
func (n *MatchRecognize) Regroup(in Node, keys []Column) *MatchRecognize {
	c := *n
	c.Input, c.Partition = in, n.Partition+len(keys)
	c.Pass, c.Keys, c.Calls = regroup(keys, n.Pass, n.Keys, n.Calls)
	return &c
}

// renumber gives the columns that the node makes other numbers.
func (n *MatchRecognize) renumber(r renumberer) Node {
	c := *n
	c.Pass = r.columns(n.Pass)
	c.Slots = append([]MatchSlot(nil), n.Slots...)
	for i := range c.Slots {
		s := &c.Slots[i]
		s.Col.ID = r.id(s.Col.ID)
		if s.Agg != nil {
			a := *s.Agg
			a.Class.ID, a.Number.ID = r.id(a.Class.ID), r.id(a.Number.ID)
			s.Agg = &a
		}
	}
	c.Measures = append([]Item(nil), n.Measures...)
	for i := range c.Measures {
		c.Measures[i].Col.ID = r.id(c.Measures[i].Col.ID)
	}
	c.Calls = append([]WindowCall(nil), n.Calls...)
	for i := range c.Calls {
		c.Calls[i].Col.ID = r.id(c.Calls[i].Col.ID)
	}
	return &c
}

func mapMatch(n *MatchRecognize, f func(Expr) Expr) Node {
	keys, changed := mapSortKeys(n.Keys, f)
	c := *n
	c.Keys = keys
	one := func(e *Expr) {
		if *e == nil {
			return
		}
		if x := f(*e); x != *e {
			*e, changed = x, true
		}
	}
	c.Slots = append([]MatchSlot(nil), n.Slots...)
	for i := range c.Slots {
		s := &c.Slots[i]
		one(&s.X)
		if s.Agg == nil {
			continue
		}
		if args, ch := mapList(s.Agg.Args, f); ch {
			a := *s.Agg
			a.Args, changed = args, true
			s.Agg = &a
		}
	}
	c.Vars = append([]MatchVar(nil), n.Vars...)
	for i := range c.Vars {
		one(&c.Vars[i].Cond)
	}
	c.Measures = append([]Item(nil), n.Measures...)
	for i := range c.Measures {
		one(&c.Measures[i].X)
	}
	one(&c.End.Offset)
	c.Calls = append([]WindowCall(nil), n.Calls...)
	for i := range c.Calls {
		args, ch := mapList(c.Calls[i].Args, f)
		c.Calls[i].Args, changed = args, changed || ch
		one(&c.Calls[i].Filter)
	}
	if !changed {
		return n
	}
	return &c
}

func (f *Formatter) match(n *MatchRecognize) Line {
	l := Line{Title: "MatchRecognize"}
	if n.Partition > 0 {
		xs := make([]Expr, n.Partition)
		for i := range xs {
			xs[i] = n.Keys[i].X
		}
		l.add("partition", "["+f.exprs(xs, ", ")+"]")
	}
	if len(n.Keys) > n.Partition {
		l.add("order", "["+f.keys(n.Keys[n.Partition:])+"]")
	}
	slots := f.slots(n)
	col := func(c *Col) string {
		if s, ok := slots[c.ID]; ok {
			return s
		}
		return f.Column(c.ID, c.Name)
	}
	var parts []string
	for _, m := range n.Measures {
		parts = append(parts, f.Column(m.Col.ID, m.Col.Name)+":="+FormatExpr(m.X, col))
	}
	if len(parts) > 0 {
		l.add("measures", "["+strings.Join(parts, ", ")+"]")
	}
	parts = nil
	for i := range n.Calls {
		c := &n.Calls[i]
		parts = append(parts, f.Column(c.Col.ID, c.Col.Name)+":="+c.Fn.Name+"("+f.exprs(c.Args, ", ")+")")
	}
	if len(parts) > 0 {
		l.add("calls", "["+strings.Join(parts, ", ")+"]")
	}
	l.add("rows", [...]string{"one per match", "all", "all omit empty", "all with unmatched", "window"}[n.Rows])
	if n.Rows == RowsOfWindow {
		l.add("frame", "to "+f.bound(&n.End))
		if n.Seek {
			l.add("search", "seek")
		}
	}
	if n.Skip != SkipPastLast {
		l.add("skip", [...]string{"", "to next row", "to first ", "to last "}[n.Skip]+n.names(n.SkipTo))
	}
	pattern := n.text(n.Pattern)
	if k := n.Pattern.Kind; k != PatternConcat && k != PatternAlternate {
		pattern = "(" + pattern + ")"
	}
	l.add("pattern", pattern)
	parts = nil
	for _, v := range n.Vars {
		if v.Cond != nil {
			parts = append(parts, v.Name+":="+FormatExpr(v.Cond, col))
		}
	}
	if len(parts) > 0 {
		l.add("define", "["+strings.Join(parts, ", ")+"]")
	}
	return l
}

func (n *MatchRecognize) names(vars []int) string {
	names := make([]string, len(vars))
	for i, v := range vars {
		names[i] = n.Vars[v].Name
	}
	return strings.Join(names, "|")
}

// slots gives the texts of the slots as they were written.
func (f *Formatter) slots(n *MatchRecognize) map[ColID]string {
	out := map[ColID]string{}
	for i := range n.Slots {
		s := &n.Slots[i]
		prefix := ""
		if s.Vars != nil {
			prefix = n.names(s.Vars) + "."
		}
		x := ""
		switch s.Kind {
		case SlotValue:
			x = prefix + f.Expr(s.X)
		case SlotClassifier:
			x = "classifier(" + n.names(s.Vars) + ")"
		case SlotNumber:
			out[s.Col.ID] = "match_number()"
			continue
		case SlotAggregate:
			args := f.exprs(s.Agg.Args, ", ")
			if args == "" {
				args = "*"
			}
			x = s.Agg.Fn.Name + "(" + prefix + args + ")"
			if s.Final {
				x = "FINAL " + x
			}
			out[s.Col.ID] = x
			continue
		}
		out[s.Col.ID] = s.navigated(x)
	}
	return out
}

func (s *MatchSlot) navigated(x string) string {
	call := func(name string, n int64) {
		x = name + "(" + x
		if n != 0 {
			x += ", " + strconv.FormatInt(n, 10)
		}
		x += ")"
	}
	switch {
	case s.First:
		call("first", s.Offset)
	case s.Offset != 0 || s.Final:
		call("last", s.Offset)
	}
	if s.Final {
		x = "FINAL " + x
	}
	switch {
	case s.Shift < 0:
		call("prev", -s.Shift)
	case s.Shift > 0:
		call("next", s.Shift)
	}
	return x
}

// text prints a pattern.
func (n *MatchRecognize) text(p *RowPattern) string {
	list := func(open, sep, end string) string {
		parts := make([]string, len(p.Parts))
		for i, x := range p.Parts {
			parts[i] = n.text(x)
		}
		return open + strings.Join(parts, sep) + end
	}
	switch p.Kind {
	case PatternVar:
		return n.Vars[p.Var].Name
	case PatternStart:
		return "^"
	case PatternEnd:
		return "$"
	case PatternConcat:
		return list("(", " ", ")")
	case PatternAlternate:
		return list("(", " | ", ")")
	case PatternPermute:
		return list("PERMUTE(", ", ", ")")
	case PatternExclude:
		return list("{- ", "", " -}")
	case PatternRepeat:
		return list("", "", "") + p.quantifier()
	}
	return "()"
}

func (p *RowPattern) quantifier() string {
	lazy := ""
	if p.Reluctant {
		lazy = "?"
	}
	switch {
	case p.Max < 0 && p.Min <= 1:
		return [...]string{"*", "+"}[p.Min] + lazy
	case p.Min == 0 && p.Max == 1:
		return "?" + lazy
	case p.Max < 0:
		return "{" + strconv.Itoa(p.Min) + ",}" + lazy
	}
	return "{" + strconv.Itoa(p.Min) + "," + strconv.Itoa(p.Max) + "}" + lazy
}
