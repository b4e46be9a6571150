package parquet

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// elements builds a schema from lines: depth by leading dots, then repetition
// (req, opt, rep), name, and type or annotation.
func elements(lines ...string) []element {
	rep := map[string]int32{"req": required, "opt": optional, "rep": repeated}
	els := []element{{name: "schema", phys: noPhys, converted: -1}}
	var stack []int
	stack = append(stack, 0)
	for _, l := range lines {
		depth := len(l) - len(strings.TrimLeft(l, "."))
		f := strings.Fields(strings.TrimLeft(l, "."))
		e := element{name: f[1], repetition: rep[f[0]], phys: noPhys, converted: -1}
		for _, w := range f[2:] {
			switch w {
			case "int32":
				e.phys = physInt32
			case "binary":
				e.phys = physByteArray
			case "LIST":
				e.converted = convList
			case "MAP":
				e.converted = convMap
			case "MAP_KEY_VALUE":
				e.converted = convMapKeyValue
			case "UTF8":
				e.converted = convUTF8
			}
		}
		stack = append(stack[:depth+1], len(els))
		els[stack[depth]].children++
		els = append(els, e)
	}
	return els
}

// TestNestedSchemas follows LogicalTypes.md: lists of three and two levels,
// repeated fields without annotation, maps of old writers.
func TestNestedSchemas(t *testing.T) {
	for _, c := range []struct {
		lines []string
		want  string
	}{
		{[]string{"opt a LIST", ".rep list", "..opt element int32"}, "array(integer)"},
		{[]string{"req a LIST", ".rep bag", "..opt array_element int32"}, "array(integer)"},
		{[]string{"opt a LIST", ".rep element int32"}, "array(integer)"},
		{[]string{"opt a LIST", ".rep element", "..req s binary UTF8", "..req n int32"}, "array(row(s varchar, n integer))"},
		{[]string{"opt a LIST", ".rep array", "..req s binary UTF8"}, "array(row(s varchar))"},
		{[]string{"opt a LIST", ".rep a_tuple", "..req s binary UTF8"}, "array(row(s varchar))"},
		{[]string{"opt a LIST", ".rep list", "..rep inner int32"}, `array(row("inner" array(integer)))`},
		{[]string{"rep a int32"}, "array(integer)"},
		{[]string{"rep a", ".opt x int32", ".rep y int32"}, "array(row(x integer, y array(integer)))"},
		{[]string{"opt a MAP", ".rep key_value", "..req key binary UTF8", "..opt value int32"}, "map(varchar, integer)"},
		{[]string{"opt a MAP_KEY_VALUE", ".rep map", "..req key binary UTF8", "..opt value int32"}, "map(varchar, integer)"},
		{[]string{"opt a MAP", ".rep map", "..req key binary UTF8"}, "array(varchar)"},
		{[]string{"opt a LIST", ".rep list", "..opt element LIST", "...rep list", "....opt element int32"}, "array(array(integer))"},
		{[]string{"opt a", ".opt b", "..opt c int32"}, "row(b row(c integer))"},
	} {
		s, err := buildSchema("f", elements(c.lines...))
		if err != nil {
			t.Errorf("%v: %v", c.lines, err)
			continue
		}
		got := strings.ReplaceAll(s.fields[0].Type.String(), `"`, "")
		if d := cmp.Diff(strings.ReplaceAll(c.want, `"`, ""), got); d != "" {
			t.Errorf("%v: %s", c.lines, d)
		}
	}
}

// TestLegacyListValues assembles a two-level list: [1,2], null, [], [3].
func TestLegacyListValues(t *testing.T) {
	s, err := buildSchema("f", elements("opt a LIST", ".rep element int32"))
	if err != nil {
		t.Fatal(err)
	}
	f := &File{url: "mem", tree: s}
	r := newNestedReader(f, f.bind(s.cols[0], s.cols[0].typ), nil)
	c := r.leaves[0]
	if err := c.open(0, &chunkMeta{}, 4); err != nil {
		t.Fatal(err)
	}
	reps, defs := packBits([]uint32{0, 1, 0, 0, 0, 0, 0, 0}, 1), packBits([]uint32{2, 2, 0, 1, 2, 0, 0, 0}, 2)
	body := append([]byte{byte(len(reps) + 1), 0, 0, 0, 3}, reps...)
	body = append(append(body, byte(len(defs)+1), 0, 0, 0, 3), defs...)
	body = append(body, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0)
	c.pages = []page{{body: body, row: -1, rows: -1, hdr: pageHeader{values: 5, uncompressed: int32(len(body)), defEnc: encRLE, repEnc: encRLE}}}
	v, err := r.read(0, 0, 4, 4)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]any{[]any{"1", "2"}, nil, []any{}, []any{"3"}}, listText(v)); d != "" {
		t.Error(d)
	}
	if _, err := r.read(4, 0, 1, 1); err == nil {
		t.Error("a fifth record was read")
	}
}

// TestBadSchemas: trees that do not hang together are refused.
func TestBadSchemas(t *testing.T) {
	deep := []string{}
	for i := range 150 {
		deep = append(deep, strings.Repeat(".", i)+"opt x")
	}
	missing := elements("opt a", ".opt b int32")
	missing[1].children = 5
	extra := elements("opt a int32")
	extra[0].children = 0
	badRep := elements("opt a int32")
	badRep[1].repetition = 9
	for name, els := range map[string][]element{
		"none": nil, "empty group": elements("opt a"), "too deep": elements(deep...), "children": missing, "orphans": extra, "repetition": badRep,
	} {
		if _, err := buildSchema("f", els); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
