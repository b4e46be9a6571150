package partition

import (
	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// MaxExpression is the longest text of an expression, in characters (Glue API
// reference, GetPartitions).
const MaxExpression = 2048

// Expression is a condition on the partition keys of a table in Glue's grammar,
// the part of a WHERE clause that GetPartitions takes:
//
//	= <> != < <= > >=   of a key and a literal, either side
//	[NOT] IN (...), [NOT] BETWEEN a AND b, [NOT] LIKE 'p' [ESCAPE 'c'], IS [NOT] NULL
//	AND, OR, NOT, ( ) around conditions, names and literals
//
// Literals are 'text', numbers, TRUE, FALSE, NULL, DATE '...', TIMESTAMP '...';
// names may stand in double quotes or backticks. A literal is read as its key's
// type whatever its spelling: '5' and 5 are the same for an integer key. The
// logic has three values as SQL's; a literal '__HIVE_DEFAULT_PARTITION__' in an
// equality asks for NULL, as it does where the key is stored as that text.
//
// Immutable and safe for concurrent use. The zero value passes everything.
type Expression struct {
	root *node
	keys []catalog.Column
}

// tri is a truth value; AND is the least, OR the greatest.
type tri uint8

const (
	no tri = iota
	unknown
	yes
)

type nodeOp uint8

const (
	opConst nodeOp = iota
	opAnd
	opOr
	opNot
	opCompare
	opIn
	opBetween
	opLike
	opIsNull
)

type compareOp uint8

const (
	cmpEQ compareOp = iota
	cmpNE
	cmpLT
	cmpLE
	cmpGT
	cmpGE
)

// node is one operator of an expression.
type node struct {
	op    nodeOp
	kids  []*node   // of AND, OR, NOT
	truth tri       // of a constant
	key   int       // of the tests
	cmp   compareOp // of a comparison
	neg   bool      // NOT IN, NOT LIKE, NOT BETWEEN, IS NOT NULL
	lits  []literal // the value, the list, the two ends
	like  *likePattern
}

// Match says whether one partition passes, given by the texts of its keys as
// catalog.Partition has them. A number of texts that is not the number of keys,
// and a text that is no value of its key's type, are faults.
func (e *Expression) Match(values []string) (bool, error) {
	if e == nil || e.root == nil {
		return true, nil
	}
	if len(values) != len(e.keys) {
		return false, fault.New(fault.CodeInvalidParameter,
			"the number of partition values (%d) does not match the number of partition keys (%d)", len(values), len(e.keys))
	}
	t, err := e.match(e.root, values)
	return t == yes, err
}

func (e *Expression) match(n *node, values []string) (tri, error) {
	switch n.op {
	case opConst:
		return n.truth, nil
	case opNot:
		t, err := e.match(n.kids[0], values)
		return yes - t, err
	case opAnd, opOr:
		out := n.kids[0]
		t, err := e.match(out, values)
		for _, kid := range n.kids[1:] {
			if err != nil || t == n.op.final() {
				return t, err
			}
			var k tri
			k, err = e.match(kid, values)
			t = n.op.join(t, k)
		}
		return t, err
	}
	col := &e.keys[n.key]
	v, err := ParseValue(col.Type, values[n.key])
	if err != nil {
		return no, fault.Wrap(err, fault.CodeInvalidText, "invalid value %q for partition key %s, which is %s",
			values[n.key], types.QuoteIdent(col.Name), col.Type)
	}
	return n.test(&v), nil
}

// final is the operand that decides AND or OR alone.
func (op nodeOp) final() tri {
	if op == opAnd {
		return no
	}
	return yes
}

func (op nodeOp) join(a, b tri) tri {
	if op == opAnd {
		return min(a, b)
	}
	return max(a, b)
}

// Select gives the rows of a snapshot that pass, ascending. Every test is made
// once per distinct value of its key, and a combination of tests of one key too.
func (e *Expression) Select(ps *catalog.Partitions) []uint32 {
	if e == nil || e.root == nil {
		return allRows(ps.N)
	}
	r := e.eval(e.root, ps)
	switch {
	case r.rows == nil && r.key < 0:
		if r.truth == yes {
			return allRows(ps.N)
		}
		return nil
	case r.rows == nil:
		return rowsOf(ps.Keys[r.key].Codes, r.byCode)
	}
	var out []uint32
	for i, t := range r.rows {
		if t == yes {
			out = append(out, uint32(i))
		}
	}
	return out
}

func allRows(n int) []uint32 {
	out := make([]uint32, n)
	for i := range out {
		out[i] = uint32(i)
	}
	return out
}

func rowsOf(codes []uint32, byCode []tri) []uint32 {
	n := 0
	for _, c := range codes {
		if byCode[c] == yes {
			n++
		}
	}
	out := make([]uint32, 0, n)
	for i, c := range codes {
		if byCode[c] == yes {
			out = append(out, uint32(i))
		}
	}
	return out
}

// truths are an expression's values over a snapshot: one for all, one for each
// distinct value of a key, or one for each row.
type truths struct {
	key    int // -1: truth holds for all, unless rows is set
	truth  tri
	byCode []tri
	rows   []tri
}

func (e *Expression) eval(n *node, ps *catalog.Partitions) truths {
	switch n.op {
	case opConst:
		return truths{key: -1, truth: n.truth}
	case opNot:
		t := e.eval(n.kids[0], ps)
		t.truth = yes - t.truth
		invert(t.byCode)
		invert(t.rows)
		return t
	case opAnd, opOr:
		t := e.eval(n.kids[0], ps)
		for _, kid := range n.kids[1:] {
			t = join(n.op, t, e.eval(kid, ps), ps)
		}
		return t
	}
	values := ps.Keys[n.key].Values
	t := truths{key: n.key, byCode: make([]tri, len(values))}
	for i := range values {
		t.byCode[i] = n.test(&values[i])
	}
	return t
}

func invert(ts []tri) {
	for i := range ts {
		ts[i] = yes - ts[i]
	}
}

// join combines two operands, keeping the smaller form where both have it.
func join(op nodeOp, a, b truths, ps *catalog.Partitions) truths {
	switch {
	case a.rows == nil && b.rows == nil && a.key < 0 && b.key < 0:
		a.truth = op.join(a.truth, b.truth)
		return a
	case a.rows == nil && b.rows == nil && a.key == b.key:
		for i := range a.byCode {
			a.byCode[i] = op.join(a.byCode[i], b.byCode[i])
		}
		return a
	}
	if a.rows == nil {
		a = truths{key: -1, rows: a.expand(ps)}
	}
	switch {
	case b.rows != nil:
		for i := range a.rows {
			a.rows[i] = op.join(a.rows[i], b.rows[i])
		}
	case b.key < 0:
		for i := range a.rows {
			a.rows[i] = op.join(a.rows[i], b.truth)
		}
	default:
		for i, c := range ps.Keys[b.key].Codes {
			a.rows[i] = op.join(a.rows[i], b.byCode[c])
		}
	}
	return a
}

func (t truths) expand(ps *catalog.Partitions) []tri {
	rows := make([]tri, ps.N)
	if t.key < 0 {
		for i := range rows {
			rows[i] = t.truth
		}
		return rows
	}
	for i, c := range ps.Keys[t.key].Codes {
		rows[i] = t.byCode[c]
	}
	return rows
}

// test evaluates a test for one value of its key.
func (n *node) test(v *types.Value) tri {
	if n.op == opIsNull {
		return truth(v.Null != n.neg)
	}
	var t tri
	switch n.op {
	case opCompare:
		t = n.lits[0].compare(n.cmp, v)
	case opIn:
		for i := range n.lits {
			t = max(t, n.lits[i].compare(cmpEQ, v))
		}
	case opBetween:
		t = min(n.lits[0].compare(cmpGE, v), n.lits[1].compare(cmpLE, v))
	case opLike:
		if t = unknown; !v.Null {
			t = truth(n.like.match(string(types.AppendValue(nil, *v))))
		}
	}
	if n.neg {
		t = yes - t
	}
	return t
}

func truth(b bool) tri {
	if b {
		return yes
	}
	return no
}
