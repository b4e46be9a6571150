package plan

import (
	"strconv"
	"strings"
)

// Window computes window functions: it puts out Pass, columns of its input, and
// then the calls' results, as many rows as come in, partition by partition and in
// order of Keys within each.
//
// The input is sorted once by Keys. A call's partitions are the rows that agree in
// the first Partition keys, its order is that of the next Order keys: calls whose
// windows begin alike share one sort.
type Window struct {
	Input Node
	Pass  []Column // same IDs as in the input
	Keys  []SortKey
	Calls []WindowCall
}

// WindowCall is one window function, or an aggregate over a window.
type WindowCall struct {
	Col         Column
	Fn          *Func
	Args        []Expr
	Filter      Expr // of an aggregate; nil: every row
	IgnoreNulls bool // of lead, lag, first_value, last_value, nth_value
	// Partition keys make the partitions; the Order keys after them order the rows.
	Partition, Order int
	Frame            Frame
}

// FrameUnit says what the offsets of a frame count.
type FrameUnit uint8

// The units of frames: rows, groups of peers, or values of the order's key.
const (
	FrameRange FrameUnit = iota
	FrameRows
	FrameGroups
)

// BoundKind is the kind of a frame's edge.
type BoundKind uint8

// The edges of frames, from first to last.
const (
	UnboundedPreceding BoundKind = iota
	OffsetPreceding
	CurrentRow
	OffsetFollowing
	UnboundedFollowing
)

// Exclusion says which rows of a frame do not count.
type Exclusion uint8

// The exclusions: of the row itself, of the row and its peers, of its peers alone.
const (
	ExcludeNoOthers Exclusion = iota
	ExcludeCurrentRow
	ExcludeGroup
	ExcludeTies
)

// Frame is the part of a partition that a call sees at each row.
type Frame struct {
	Unit       FrameUnit
	Start, End FrameBound
	Exclude    Exclusion
	// Key is the order's only key in the type that the bounds' limits have; set if
	// Unit is FrameRange and a bound has an offset.
	Key Expr
}

// FrameBound is an edge of a frame.
type FrameBound struct {
	Kind   BoundKind
	Offset Expr // without columns; set for OffsetPreceding and OffsetFollowing
	// Limit, in a FrameRange, is the key's value at the edge: the key with the
	// offset added or taken away, computed for each row.
	Limit Expr
}

// WholePartition is the frame that every row of the partition is in.
var WholePartition = Frame{Unit: FrameRows, End: FrameBound{Kind: UnboundedFollowing}}

func (*Window) Op() Op           { return OpWindow }
func (n *Window) Inputs() []Node { return []Node{n.Input} }

func (n *Window) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }

func (n *Window) Output() []Column {
	out := append(make([]Column, 0, len(n.Pass)+len(n.Calls)), n.Pass...)
	for i := range n.Calls {
		out = append(out, n.Calls[i].Col)
	}
	return out
}

// Groups gives the columns in which all rows agree that any call sees together:
// conditions over them may as well be applied below.
func (n *Window) Groups() map[ColID]bool {
	least := len(n.Keys)
	for i := range n.Calls {
		least = min(least, n.Calls[i].Partition)
	}
	set := map[ColID]bool{}
	for _, k := range n.Keys[:least] {
		if c, ok := k.X.(*Col); ok {
			set[c.ID] = true
		}
	}
	return set
}

// SortedBy tells how many of the keys some call needs.
func (n *Window) SortedBy() int {
	most := 0
	for i := range n.Calls {
		most = max(most, n.Calls[i].Partition+n.Calls[i].Order)
	}
	return most
}

// Regroup gives the node with more partition keys.
func (n *Window) Regroup(in Node, keys []Column) *Window {
	c := &Window{Input: in}
	c.Pass, c.Keys, c.Calls = regroup(keys, n.Pass, n.Keys, n.Calls)
	return c
}

// regroup puts columns in front of a window's partition keys. They are passed on too.
func regroup(by, pass []Column, keys []SortKey, calls []WindowCall) ([]Column, []SortKey, []WindowCall) {
	have := map[ColID]bool{}
	for _, p := range pass {
		have[p.ID] = true
	}
	var all []SortKey
	for _, k := range by {
		all = append(all, SortKey{X: Ref(k)})
		if !have[k.ID] {
			pass = append(pass[:len(pass):len(pass)], k)
		}
	}
	calls = append([]WindowCall(nil), calls...)
	for i := range calls {
		calls[i].Partition += len(by)
	}
	return pass, append(all, keys...), calls
}

func mapWindow(n *Window, f func(Expr) Expr) Node {
	keys, changed := mapSortKeys(n.Keys, f)
	calls := append([]WindowCall(nil), n.Calls...)
	one := func(e *Expr) {
		if *e == nil {
			return
		}
		if x := f(*e); x != *e {
			*e, changed = x, true
		}
	}
	for i := range calls {
		c := &calls[i]
		args, ch := mapList(c.Args, f)
		c.Args, changed = args, changed || ch
		for _, e := range []*Expr{&c.Filter, &c.Frame.Key, &c.Frame.Start.Offset, &c.Frame.Start.Limit,
			&c.Frame.End.Offset, &c.Frame.End.Limit} {
			one(e)
		}
	}
	if !changed {
		return n
	}
	return &Window{Input: n.Input, Pass: n.Pass, Keys: keys, Calls: calls}
}

func (f *Formatter) window(n *Window) Line {
	l := Line{Title: "Window"}
	if len(n.Keys) > 0 {
		l.add("keys", "["+f.keys(n.Keys)+"]")
	}
	calls := make([]string, len(n.Calls))
	for i := range n.Calls {
		c := &n.Calls[i]
		calls[i] = f.Column(c.Col.ID, c.Col.Name) + ":=" + f.windowCall(n, c)
	}
	l.add("calls", "["+strings.Join(calls, ", ")+"]")
	return l
}

func (f *Formatter) windowCall(n *Window, c *WindowCall) string {
	args := f.exprs(c.Args, ", ")
	if len(c.Args) == 0 && c.Fn.Kind == AggregateFunc {
		args = "*"
	}
	s := c.Fn.Name + "(" + args + ")"
	if c.IgnoreNulls {
		s += " IGNORE NULLS"
	}
	if c.Filter != nil {
		s += " FILTER (" + f.Expr(c.Filter) + ")"
	}
	var parts []string
	if c.Partition > 0 {
		xs := make([]Expr, c.Partition)
		for i := range xs {
			xs[i] = n.Keys[i].X
		}
		parts = append(parts, "PARTITION BY "+f.exprs(xs, ", "))
	}
	if c.Order > 0 {
		parts = append(parts, "ORDER BY "+f.keys(n.Keys[c.Partition:c.Partition+c.Order]))
	}
	if fr := f.frame(&c.Frame); fr != "" {
		parts = append(parts, fr)
	}
	return s + " OVER (" + strings.Join(parts, " ") + ")"
}

var frameUnits = [...]string{"RANGE", "ROWS", "GROUPS"}

// frame prints a frame that is not the default one.
func (f *Formatter) frame(fr *Frame) string {
	if fr.Unit == FrameRange && fr.Start.Kind == UnboundedPreceding && fr.End.Kind == CurrentRow && fr.Exclude == ExcludeNoOthers {
		return ""
	}
	return frameUnits[fr.Unit] + " BETWEEN " + f.bound(&fr.Start) + " AND " + f.bound(&fr.End) +
		[...]string{"", " EXCLUDE CURRENT ROW", " EXCLUDE GROUP", " EXCLUDE TIES"}[fr.Exclude]
}

func (f *Formatter) bound(b *FrameBound) string {
	s := ""
	if b.Offset != nil {
		s = f.Expr(b.Offset)
	}
	return s + [...]string{"UNBOUNDED PRECEDING", " PRECEDING", "CURRENT ROW", " FOLLOWING", "UNBOUNDED FOLLOWING"}[b.Kind]
}

// Fingerprint gives a text that is the same for calls that compute the same in
// the same Window.
func (c *WindowCall) Fingerprint() string {
	var b strings.Builder
	b.WriteString(c.Fn.Name + " " + c.Col.Type.String())
	put := func(es ...Expr) {
		for _, e := range es {
			b.WriteByte('|')
			if e != nil {
				b.WriteString(Fingerprint(e))
			}
		}
	}
	put(c.Args...)
	fr := &c.Frame
	put(c.Filter, fr.Key, fr.Start.Offset, fr.Start.Limit, fr.End.Offset, fr.End.Limit)
	for _, n := range []int{c.Partition, c.Order, int(fr.Unit), int(fr.Start.Kind), int(fr.End.Kind), int(fr.Exclude)} {
		b.WriteByte(' ')
		b.WriteString(strconv.Itoa(n))
	}
	if c.IgnoreNulls {
		b.WriteString(" ignore")
	}
	return b.String()
}
