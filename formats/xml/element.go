package xml

import (
	"bytes"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Limits of a record.
const (
	maxDepth = 256     // of elements in each other
	maxNodes = 4 << 20 // elements and attributes
)

// node is an element or an attribute of a record. The nodes of a record are one
// slice, which is reused; they name each other by index, the element itself is
// number 0.
type node struct {
	name      []byte // without a namespace's prefix
	raw       []byte // what is between the tags, or between an attribute's quotes
	attribute bool
	null      bool  // xsi:nil
	first     int32 // child: attributes, then elements; -1: none
	last      int32
	next      int32 // sibling; -1: none
	elements  int32 // children that are elements
	children  int32
}

// record is one element with all below it. It points into the bytes that it
// was read from.
type record struct {
	nodes []node
	open  []opened
}

type opened struct {
	node int32
	tag  []byte // its name with the prefix
	from int    // behind its tag
}

// outcome is how reading a record ended.
type outcome uint8

const (
	recordDone outcome = iota
	recordMore         // the bytes end before it does
	recordBad
)

// read parses the element whose tag begins at b[i]. It gives where the element
// ends, or the place of what is wrong.
func (r *record) read(b []byte, i int, eof bool) (out outcome, end int, err *fault.Error) {
	r.nodes, r.open = r.nodes[:0], r.open[:0]
	for i < len(b) {
		t := next(b, i, eof)
		switch t.kind {
		case tokenMore:
			return recordMore, i, nil
		case tokenBad:
			return recordBad, t.from, badTag(b, t)
		case tokenOpen, tokenEmpty:
			if err := r.begin(t); err != nil {
				return recordBad, t.from, err
			}
		case tokenClose:
			if err := r.close(b, t); err != nil {
				return recordBad, t.from, err
			}
		case tokenOther:
			if b[t.from+1] == '!' && b[t.from+2] != '-' { // such as a CDATA section that is misspelt: its text would be lost
				return recordBad, t.from, badTag(b, t)
			}
		}
		i = t.to
		if len(r.open) == 0 {
			return recordDone, i, nil
		}
	}
	if eof {
		return recordBad, i, fault.New(fault.CodeDataCorrupted, "invalid XML: the file ends inside the element %s", clip(r.nodes[0].name))
	}
	return recordMore, i, nil
}

func badTag(b []byte, t token) *fault.Error {
	if t.to >= len(b) {
		return fault.New(fault.CodeDataCorrupted, "invalid XML: the file ends inside %s", clip(b[t.from:]))
	}
	return fault.New(fault.CodeDataCorrupted, "invalid XML: %s is no tag", clip(b[t.from:]))
}

// begin adds an element with its attributes.
func (r *record) begin(t token) *fault.Error {
	if len(r.open) == maxDepth {
		return fault.New(fault.CodeDataCorrupted, "XML nested deeper than %d levels", maxDepth)
	}
	parent := int32(-1)
	if len(r.open) > 0 {
		parent = r.open[len(r.open)-1].node
	}
	at := r.add(parent, node{name: local(t.name)})
	for rest := t.inner; ; {
		name, value, after, ok, bad := attribute(rest)
		if bad {
			return fault.New(fault.CodeDataCorrupted, "invalid XML: the element %s has a bad attribute: %s", clip(t.name), clip(bytes.TrimSpace(rest)))
		}
		if !ok {
			break
		}
		rest = after
		if repeated(t.inner, name, len(t.inner)-len(after)) {
			return fault.New(fault.CodeDataCorrupted, "invalid XML: the element %s has two attributes %s", clip(t.name), clip(name))
		}
		prefix, _, qualified := bytes.Cut(name, []byte(":"))
		switch {
		case string(prefix) == "xmlns":
		case qualified && string(local(name)) == "nil":
			r.nodes[at].null = string(value) == "true" || string(value) == "1"
		default:
			r.add(at, node{name: local(name), raw: value, attribute: true})
		}
	}
	if len(r.nodes) > maxNodes {
		return fault.New(fault.CodeDataCorrupted, "a record of more than %d elements", maxNodes)
	}
	if t.kind == tokenOpen {
		r.open = append(r.open, opened{at, t.name, t.to})
	}
	return nil
}

// repeated reports whether an attribute's name stands before it, too. upTo is
// where it ends.
func repeated(attributes, name []byte, upTo int) bool {
	if bytes.Count(attributes[:upTo], name) < 2 {
		return false // not even in a value
	}
	for rest, n := attributes, 0; ; {
		other, _, after, ok, _ := attribute(rest)
		if !ok || len(attributes)-len(after) > upTo {
			return false
		}
		if bytes.Equal(other, name) {
			if n++; n == 2 {
				return true
			}
		}
		rest = after
	}
}

// add appends a node as its parent's last child.
func (r *record) add(parent int32, n node) int32 {
	at := int32(len(r.nodes))
	n.first, n.last, n.next = -1, -1, -1
	r.nodes = append(r.nodes, n)
	if parent < 0 {
		return at
	}
	p := &r.nodes[parent]
	if p.last >= 0 {
		r.nodes[p.last].next = at
	} else {
		p.first = at
	}
	p.last = at
	p.children++
	if !n.attribute {
		p.elements++
	}
	return at
}

func (r *record) close(b []byte, t token) *fault.Error {
	o := r.open[len(r.open)-1]
	n := &r.nodes[o.node]
	if !bytes.Equal(t.name, o.tag) {
		return fault.New(fault.CodeDataCorrupted, "invalid XML: the element %s is closed by %s", clip(o.tag), clip(t.name))
	}
	n.raw = b[o.from:t.from]
	r.open = r.open[:len(r.open)-1]
	return nil
}

// text appends what stands in a node itself, without its child elements: white
// space around it is cut off, but for that in CDATA and attributes.
func (r *record) text(dst []byte, n *node) ([]byte, error) {
	if n.attribute {
		return appendText(dst, n.raw)
	}
	if bytes.IndexByte(n.raw, '<') < 0 {
		return appendText(dst, bytes.TrimSpace(n.raw))
	}
	at, depth := len(dst), 0
	var err error
	kept := 0 // bytes of dst that CDATA has kept from being trimmed
	for i := 0; i < len(n.raw); {
		t := next(n.raw, i, true)
		switch t.kind {
		case tokenOpen:
			depth++
		case tokenClose:
			depth--
		case tokenCData:
			if depth == 0 {
				dst = append(dst, t.inner...)
				kept = len(dst) - at
			}
		case tokenText:
			if depth > 0 {
				break
			}
			piece := t.inner
			if len(dst) == at {
				piece = bytes.TrimLeft(piece, " \t\r\n")
			}
			if dst, err = appendText(dst, piece); err != nil {
				return dst, err
			}
		}
		i = t.to
	}
	end := at + max(kept, len(bytes.TrimRight(dst[at:], " \t\r\n")))
	return dst[:end], nil
}

// hasText reports whether a node has text of its own.
func (r *record) hasText(n *node) bool {
	if n.attribute {
		return true
	}
	if n.elements == 0 {
		return len(bytes.TrimSpace(n.raw)) > 0
	}
	out, err := r.text(nil, n)
	return err != nil || len(out) > 0
}

func clip(s []byte) []byte {
	if len(s) > 40 {
		return append(append([]byte(nil), s[:40]...), "..."...)
	}
	return s
}
