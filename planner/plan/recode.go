package plan

import "github.com/glauxdb/glaux/catalog/types"

// Recode puts numbers in the place of texts, or the texts back. The numbers are those
// of a dictionary that the query makes while it runs: equal texts have equal numbers,
// and NULL stays NULL. All other columns pass.
type Recode struct {
	Input Node
	Cols  []RecodeCol
}

// RecodeCol is one column that is replaced.
type RecodeCol struct {
	From Column // of the input
	Col  Column // what takes its place: CodeType, or with Back the text, under the ID that it had
	Dict int    // ID of the dictionary
	Back bool
}

// CodeType is the type of the numbers.
var CodeType = types.TInteger

// Op is OpRecode.
func (*Recode) Op() Op { return OpRecode }

// Inputs gives the one input.
func (n *Recode) Inputs() []Node { return []Node{n.Input} }

// WithInputs is Node's.
func (n *Recode) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }

// Output gives the input's columns in order, replaced ones in their places.
func (n *Recode) Output() []Column {
	out := append([]Column(nil), n.Input.Output()...)
	for i, c := range out {
		for _, r := range n.Cols {
			if r.From.ID == c.ID {
				out[i] = r.Col
			}
		}
	}
	return out
}

// made gives the columns of numbers. A text that comes back is the column that it was.
func (n *Recode) made() []Column {
	var out []Column
	for _, r := range n.Cols {
		if !r.Back {
			out = append(out, r.Col)
		}
	}
	return out
}

func (n *Recode) renumber(r renumberer) Node {
	c := &Recode{Input: n.Input, Cols: append([]RecodeCol(nil), n.Cols...)}
	for i := range c.Cols {
		c.Cols[i].From.ID, c.Cols[i].Col.ID = r.id(c.Cols[i].From.ID), r.id(c.Cols[i].Col.ID)
	}
	return c
}

func (f *Formatter) recode(n *Recode) Line {
	names := make([]Column, len(n.Cols))
	title := "Encode"
	for i, r := range n.Cols {
		if names[i] = r.From; r.Back {
			names[i], title = r.Col, "Decode"
		}
	}
	return Line{title, []Detail{{"cols", f.columns(names)}}}
}
