package plan

// Recursive is a recursive WITH query: the rows of Init, then again and again
// those that Step makes of the rows of the round before, until a round has none.
// Distinct (UNION) drops rows that were there already. Column i of the output is
// column InitCols[i] of Init and StepCols[i] of Step.
type Recursive struct {
	ID                 int // what WorkTables below Step name
	Name               string
	Init, Step         Node
	InitCols, StepCols []ColID
	Cols               []Column
	Distinct           bool
}

// WorkTable reads, below the Step of the Recursive with its ID, the rows of the
// round before: all columns, in order.
type WorkTable struct {
	ID   int
	Name string
	Cols []Column
}

// Op gives the kind of node.
func (*Recursive) Op() Op { return OpRecursive }

// Inputs gives the first query and the repeated one.
func (n *Recursive) Inputs() []Node { return []Node{n.Init, n.Step} }

// WithInputs gives a copy with other inputs.
func (n *Recursive) WithInputs(in []Node) Node {
	c := *n
	c.Init, c.Step = in[0], in[1]
	return &c
}

// Output gives the columns.
func (n *Recursive) Output() []Column { return n.Cols }

// Op gives the kind of node.
func (*WorkTable) Op() Op { return OpWorkTable }

// Inputs gives none.
func (*WorkTable) Inputs() []Node { return nil }

// WithInputs gives n itself.
func (n *WorkTable) WithInputs([]Node) Node { return n }

// Output gives the columns.
func (n *WorkTable) Output() []Column { return n.Cols }
