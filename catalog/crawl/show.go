package crawl

import (
	"fmt"
)

const (
	// maxAlike is how many folders with the same decision are shown in a folder.
	maxAlike = 3
	// maxKids is how many folders are shown in a folder at all.
	maxKids = 100
	// maxFolders is how many folders are shown of a target.
	maxFolders = 2000
)

// show makes the tree of a target for people.
func (d *decider) show(t *tree) *Folder {
	switch {
	case t.covered():
		return &Folder{Name: t.target.Location, Decision: "left out: another target has it"}
	case t.root == nil:
		return &Folder{Name: t.target.Location, Decision: "left out: it cannot be listed"}
	}
	s := shower{decider: d, tree: t, left: maxFolders}
	out := s.folder(t.root, nil)
	out.Name = t.target.Location
	return out
}

// label is what people know a table by: its name in the catalog, or the one
// that its folder suggests.
func (c *candidate) label() string {
	if c.known != nil {
		return c.known.Table.Name
	}
	return TableName(c.name)
}

// shower makes the folders of one target.
type shower struct {
	*decider
	tree *tree
	left int
}

// folder shows a folder; in is the table of the folder above, if that has all
// of its folders.
func (s *shower) folder(n *node, in *candidate) *Folder {
	s.left--
	out := &Folder{Name: n.name, Files: int64(n.total), Bytes: n.bytes, Score: s.scores[n]}
	c := n.cand
	switch {
	case c != nil && c.node == n:
		out.Decision = "table " + c.label()
		if len(c.keys) > 0 {
			out.Decision += ", " + counted(len(c.leaves), "partition")
		}
		if c.unchanged {
			out.Decision += ", unchanged"
		}
	case c != nil:
		out.Decision = "partition of " + c.label()
	case n.log != "":
		out.Decision = "left out: a table of " + n.log
	case n.total == 0:
		out.Decision = "left out: empty"
	case in != nil && len(in.keys) == 0:
		out.Decision = "part of " + in.label()
	case in != nil && s.odd[in.node] == nil:
		out.Decision = "of " + in.label()
	case s.files[n] > 0:
		out.Decision = "a table of one file"
		if s.files[n] > 1 {
			out.Decision = fmt.Sprintf("%d tables of single files", s.files[n])
		}
	case len(n.kids) == 0:
		out.Decision = "no table"
	}
	below := in
	if c != nil {
		below = c
	}
	if c == nil || c.node == n {
		s.kids(out, n, below)
	}
	return out
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// kids shows the folders in a folder: some of each kind.
func (s *shower) kids(out *Folder, n *node, in *candidate) {
	alike := map[string]int{}
	for _, k := range n.kids {
		what := s.kind(k, in)
		if alike[what]++; what != "" && alike[what] > maxAlike || len(out.Kids) >= maxKids || s.left <= 0 {
			out.More++
			continue
		}
		out.Kids = append(out.Kids, s.folder(k, in))
	}
}

// kind is what folders of which some are shown have in common: "" for a table's
// own folder, which is shown.
func (s *shower) kind(n *node, in *candidate) string {
	switch c := n.cand; {
	case c != nil && c.node == n:
		return ""
	case c != nil:
		return "partition of " + c.name
	case n.log != "" || s.files[n] > 0:
		return ""
	case in != nil:
		return "folder of " + in.name
	case n.total == 0:
		return "empty"
	}
	return ""
}
