package crawler

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
)

// columns reads "name hivetype 'comment'; ...".
func columns(t testing.TB, text string) []catalog.Column {
	t.Helper()
	var out []catalog.Column
	for _, item := range strings.Split(text, "; ") {
		if item == "" {
			continue
		}
		decl, comment, _ := strings.Cut(item, " '")
		name, hive, _ := strings.Cut(decl, " ")
		typ, err := types.ParseHive(hive)
		if err != nil {
			t.Fatalf("%s: %v", item, err)
		}
		out = append(out, catalog.Column{Name: name, Type: typ, Comment: strings.TrimSuffix(comment, "'")})
	}
	return out
}

func hiveText(cols []catalog.Column) string {
	var out []string
	for _, c := range cols {
		text := c.Name + " " + c.Type.Hive()
		if c.Comment != "" {
			text += " '" + c.Comment + "'"
		}
		out = append(out, text)
	}
	return strings.Join(out, "; ")
}

const (
	someFiles  = "some"  // not all files were looked into
	additive   = "add"   // MergeNewColumns
	noBase     = "adopt" // made by a crawl of which nothing is remembered
	handMade   = "hand"  // made by a person
	byPosition = "csv"
)

// TestMergeColumns: each case is what the last crawl found, what the catalog
// has now, what the files show now, and what comes of it.
var mergeCases = []struct {
	name, how          string
	base, theirs, ours string
	want               string
	told               string // changes; conflicts behind a bar
	next               string // base of the next merge where it is not ours
}{
	{name: "nothing new", base: "a int; b string", theirs: "a int; b string", ours: "a int; b string", want: "a int; b string"},
	{name: "new column", base: "a int", theirs: "a int", ours: "a int; b string", want: "a int; b string", told: "column b added: varchar"},
	{name: "new column in the middle, by name", base: "a int; c int", theirs: "a int; c int", ours: "a int; b int; c int",
		want: "a int; c int; b int", told: "column b added: integer", next: "a int; c int; b int"},
	{name: "new column in the middle, by position", how: byPosition, base: "a int; c int", theirs: "a int; c int",
		ours: "a int; b int; c int", want: "a int; b int; c int",
		told: "column b added: integer, columns in the order of the files"},
	{name: "column gone", base: "a int; b string", theirs: "a int; b string", ours: "a int", want: "a int",
		told: "column b dropped: it is in no file"},
	{name: "column gone, not all looked into", how: someFiles, base: "a int; b string", theirs: "a int; b string", ours: "a int",
		want: "a int; b string", next: "a int; b string"},
	{name: "column gone, additive", how: additive, base: "a int; b string", theirs: "a int; b string", ours: "a int",
		want: "a int; b string", next: "a int; b string"},
	{name: "column gone, edited by comment", base: "a int; b string", theirs: "a int; b string 'mine'", ours: "a int",
		want: "a int; b string 'mine'", told: "| column b: varchar -> in no file, kept varchar"},
	{name: "column gone, retyped", base: "a int; b string", theirs: "a int; b date", ours: "a int",
		want: "a int; b date", told: "| column b: varchar -> in no file, kept date"},
	{name: "retyped by the files", base: "a int", theirs: "a int", ours: "a string", want: "a string", told: "type of column a: integer -> varchar"},
	{name: "narrowed by the files", base: "a double", theirs: "a double", ours: "a int", want: "a int", told: "type of column a: double -> integer"},
	{name: "narrower, not all looked into", how: someFiles, base: "a double", theirs: "a double", ours: "a int", want: "a double", next: "a double"},
	{name: "other type, not all looked into", how: someFiles, base: "a bigint", theirs: "a bigint", ours: "a date", want: "a string",
		told: "type of column a: bigint -> varchar", next: "a string"},
	{name: "retyped, additive", how: additive, base: "a int", theirs: "a int", ours: "a string", want: "a int", next: "a int"},
	{name: "a person's type stays", base: "a int", theirs: "a string", ours: "a int", want: "a string"},
	{name: "a person's type stays in the next run too", base: "a int", theirs: "a string", ours: "a int; b int",
		want: "a string; b int", told: "column b added: integer"},
	{name: "both retyped", base: "a int", theirs: "a string", ours: "a double", want: "a string",
		told: "| type of column a: integer -> double, kept varchar"},
	{name: "both to the same", base: "a int", theirs: "a double", ours: "a double", want: "a double"},
	{name: "a person's comment stays", base: "a int", theirs: "a int 'mine'", ours: "a bigint", want: "a bigint 'mine'",
		told: "type of column a: integer -> bigint"},
	{name: "comment of the files", base: "a int", theirs: "a int", ours: "a int 'theirs'", want: "a int 'theirs'", told: "comment of column a"},
	{name: "comments of both", base: "a int", theirs: "a int 'mine'", ours: "a int 'file'", want: "a int 'mine'",
		told: "| comment of column a:  -> file, kept mine"},
	{name: "a person's order stays", base: "a int; b int; c int", theirs: "c int; a int; b int", ours: "a int; b int; c int; d int",
		want: "c int; a int; b int; d int", told: "column d added: integer"},
	{name: "a person's order stays, by position", how: byPosition, base: "a int; b string; c int", theirs: "c int; a int; b string",
		ours: "a int; b string; c int", want: "c int; a int; b string"},
	{name: "the files' order changes, by name", base: "a int; b int", theirs: "a int; b int", ours: "b int; a int", want: "a int; b int", next: "a int; b int"},
	{name: "the files' order changes, by position", how: byPosition, base: "a int; b int", theirs: "a int; b int", ours: "b int; a int",
		want: "b int; a int", told: "columns in the order of the files"},
	{name: "renamed", base: "a int; b string; c int", theirs: "a int; label string; c int", ours: "a int; b string; c int",
		want: "a int; label string; c int"},
	{name: "renamed and retyped by the files", base: "a int; b int; c int", theirs: "a int; label int; c int", ours: "a int; b bigint; c int",
		want: "a int; label bigint; c int", told: "type of column label: integer -> bigint"},
	{name: "renamed and gone", base: "a int; b int", theirs: "a int; label int", ours: "a int", want: "a int; label int",
		told: "| column label: integer -> in no file, kept integer"},
	{name: "renamed two", how: byPosition, base: "col0 int; col1 string; col2 int", theirs: "id int; name string; n int",
		ours: "col0 int; col1 string; col2 double; col3 int", want: "id int; name string; n double; col3 int",
		told: "type of column n: integer -> double, column col3 added: integer"},
	{name: "renamed and retyped, by position", how: byPosition, base: "a string; b int", theirs: "day date; b int", ours: "a string; b int; c int",
		want: "day date; b int; c int", told: "column c added: integer"},
	{name: "renamed in case", base: "userId int", theirs: "userid int", ours: "userId bigint", want: "userid bigint",
		told: "type of column userid: integer -> bigint"},
	{name: "two that differ in case", base: "ID int; id string", theirs: "ID int; id string", ours: "ID bigint; id string",
		want: "ID bigint; id string", told: "type of column ID: integer -> bigint"},
	{name: "a person dropped a column", base: "a int; b int; c int", theirs: "a int; c int", ours: "a int; b int; c int; d int",
		want: "a int; c int; d int", told: "column d added: integer"},
	{name: "dropped by a person, retyped by the files", base: "a int; b int", theirs: "a int", ours: "a int; b string", want: "a int"},
	{name: "a person added a column", base: "a int", theirs: "a int; extra string", ours: "a bigint", want: "a bigint; extra string",
		told: "type of column a: integer -> bigint"},
	{name: "a person added a column that the files get", base: "a int", theirs: "a int; b string", ours: "a int; b string", want: "a int; b string"},
	{name: "a person added it in another type", base: "a int", theirs: "a int; b string", ours: "a int; b int", want: "a int; b string",
		told: "| type of column b:  -> integer, kept varchar"},
	{name: "a person's column keeps its place, by position", how: byPosition, base: "a int; b int", theirs: "a int; mine string; b int",
		ours: "a int; b int; c int", want: "a int; mine string; b int; c int", told: "column c added: integer"},
	{name: "the new name is taken by a renamed one", base: "a int; b int", theirs: "a int; c int", ours: "a int; b int; c string",
		want: "a int; c int", told: "| new column c:  -> varchar, kept another column of that name"},
	{name: "the new name is a key's", base: "a int", theirs: "a int", ours: "a int; dt string", want: "a int",
		told: "| new column dt:  -> varchar, kept another column of that name"},

	{name: "nested: both sides add", base: "s struct<x:int>", theirs: "s struct<x:int,mine:string>", ours: "s struct<x:int,y:int>",
		want: "s struct<x:int,mine:string,y:int>", told: "type of column s: row(x integer, mine varchar) -> row(x integer, mine varchar, y integer)"},
	{name: "nested: other fields retyped", base: "s struct<x:int,y:int>", theirs: "s struct<x:string,y:int>", ours: "s struct<x:int,y:double>",
		want: "s struct<x:string,y:double>", told: "type of column s: row(x varchar, y integer) -> row(x varchar, y double)"},
	{name: "nested: same field retyped", base: "s struct<x:int>", theirs: "s struct<x:string>", ours: "s struct<x:double>", want: "s struct<x:string>",
		told: "| type of column s: row(x integer) -> row(x double), kept row(x varchar)"},
	{name: "nested: in arrays and maps", base: "l array<struct<x:int>>; m map<string,struct<x:int>>",
		theirs: "l array<struct<x:int,p:int>>; m map<string,struct<x:int,p:int>>",
		ours:   "l array<struct<x:int,q:int>>; m map<string,struct<x:int,q:int>>",
		want:   "l array<struct<x:int,p:int,q:int>>; m map<string,struct<x:int,p:int,q:int>>",
		told: "type of column l: array(row(x integer, p integer)) -> array(row(x integer, p integer, q integer)), " +
			"type of column m: map(varchar, row(x integer, p integer)) -> map(varchar, row(x integer, p integer, q integer))"},
	{name: "nested: a field gone", base: "s struct<x:int,y:int,z:int>", theirs: "s struct<x:string,y:int,z:int>", ours: "s struct<x:int,z:int>",
		want: "s struct<x:string,z:int>", told: "type of column s: row(x varchar, y integer, z integer) -> row(x varchar, z integer)"},
	{name: "nested, additive", how: additive, base: "s struct<x:int>; l array<struct<a:int>>", theirs: "s struct<x:int>; l array<struct<a:int>>",
		ours: "s struct<x:string,y:int>; l array<struct<b:int>>", want: "s struct<x:int,y:int>; l array<struct<a:int,b:int>>",
		told: "type of column s: row(x integer) -> row(x integer, y integer), type of column l: array(row(a integer)) -> array(row(a integer, b integer))",
		next: "s struct<x:int,y:int>; l array<struct<a:int,b:int>>"},
	{name: "additive adds", how: additive, base: "a int", theirs: "a int", ours: "b int; a int", want: "a int; b int",
		told: "column b added: integer", next: "a int; b int"},

	{name: "adopted: widens and adds", how: noBase, theirs: "a int; b string; c double", ours: "a bigint; b int; c int; d date",
		want: "a bigint; b string; c double; d date", told: "type of column a: integer -> bigint, column d added: date"},
	{name: "adopted, by position", how: noBase + byPosition, theirs: "x int; y string", ours: "a bigint; b string; c int",
		want: "x bigint; y string; c int", told: "type of column x: integer -> bigint, column c added: integer"},
	{name: "hand-made", how: handMade, theirs: "a int; b string", ours: "a double; c int", want: "a int; b string; c int", told: "column c added: integer"},
	{name: "hand-made, by position", how: handMade + byPosition, theirs: "a int; named string", ours: "x double; y int; c int",
		want: "a int; named string; c int", told: "column c added: integer"},
	{name: "hand-made, name taken", how: handMade + byPosition, theirs: "a int; c string", ours: "x double; y int; C int", want: "a int; c string"},
}

func TestMergeColumns(t *testing.T) {
	for _, c := range mergeCases {
		m := newMerger(t, c.how, c.base, c.theirs, c.ours)
		before := hiveText(m.theirs.Columns)
		m.merge()
		if got := hiveText(m.out.Columns); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if got := told(m); got != c.told {
			t.Errorf("%s: told %q, want %q", c.name, got, c.told)
		}
		if before != hiveText(m.theirs.Columns) {
			t.Errorf("%s: the table of the catalog was written", c.name)
		}
		if m.base == nil {
			continue
		}
		next := c.next
		if next == "" {
			next = c.ours
		}
		if got := hiveText(m.next.Columns); got != next {
			t.Errorf("%s: base %s, want %s", c.name, got, next)
		}
		again(t, c.name, m)
	}
}

// again merges the outcome with the same files once more: nothing may change.
func again(t *testing.T, name string, m *merger) {
	t.Helper()
	n := &merger{base: m.next, theirs: m.out, ours: m.ours, made: m.made, additive: m.additive, files: m.files, sampled: m.sampled}
	n.merge()
	if diff := cmp.Diff(m.out, n.out); diff != "" || len(n.changes) > 0 {
		t.Errorf("%s: the second merge changed something: %q %s", name, n.changes, diff)
	}
}

func newMerger(t testing.TB, how, base, theirs, ours string) *merger {
	t.Helper()
	table := func(text string) *catalog.Table {
		tab := &catalog.Table{Name: "t", Format: "parquet", Columns: columns(t, text)}
		if strings.Contains(how, byPosition) {
			tab.Format = "csv"
		}
		tab.PartitionKeys = columns(t, "dt string")
		return tab
	}
	m := &merger{theirs: table(theirs), ours: table(ours), made: !strings.Contains(how, handMade), additive: how == additive, files: 3, sampled: 3}
	if how == someFiles {
		m.sampled = 2
	}
	if base != "" {
		m.base = table(base)
	}
	return m
}

func told(m *merger) string {
	out := strings.Join(m.changes, ", ")
	for _, c := range m.conflicts {
		out = strings.TrimSpace(fmt.Sprintf("%s | %s: %s -> %s, kept %s", out, c.What, c.Before, c.Found, c.Kept))
	}
	return out
}

// TestMergeRandom: whatever people and files do to a table, what only a person
// changed stays, and merging twice changes nothing more.
func TestMergeRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	typs := []string{"int", "bigint", "string", "double", "struct<x:int>", "struct<x:int,y:string>"}
	random := func(names []string) string {
		var out []string
		for _, n := range names {
			out = append(out, n+" "+typs[r.IntN(len(typs))])
		}
		return strings.Join(out, "; ")
	}
	for range 3000 {
		names := []string{"a", "b", "c", "d", "e"}[:2+r.IntN(4)]
		base := columns(t, random(names))
		mutate := func() []catalog.Column {
			out := slices.Clone(base)
			for range r.IntN(3) {
				i := r.IntN(len(out))
				switch r.IntN(5) {
				case 0:
					out[i].Type = columns(t, random([]string{"x"}))[0].Type
				case 1:
					out[i].Comment = fmt.Sprint("note", r.IntN(3))
				case 2:
					if len(out) > 1 {
						out = slices.Delete(out, i, i+1)
					}
				case 3:
					out = slices.Insert(out, i, columns(t, random([]string{fmt.Sprint("n", r.IntN(9))}))...)
				case 4:
					j := r.IntN(len(out))
					out[i], out[j] = out[j], out[i]
				}
			}
			seen := map[string]bool{}
			return slices.DeleteFunc(out, func(c catalog.Column) bool { defer func() { seen[c.Name] = true }(); return seen[c.Name] })
		}
		how := []string{"", someFiles, additive, byPosition}[r.IntN(4)]
		m := newMerger(t, how, "x int", "x int", "x int")
		m.base.Columns, m.theirs.Columns, m.ours.Columns = base, mutate(), mutate()
		label := fmt.Sprintf("%s: base %s | theirs %s | ours %s", how, hiveText(base), hiveText(m.theirs.Columns), hiveText(m.ours.Columns))
		m.merge()
		checkEdits(t, label, m)
		again(t, label, m)
		if t.Failed() {
			return
		}
	}
}

// checkEdits checks that the edits that a person has made are in the outcome.
func checkEdits(t *testing.T, label string, m *merger) {
	t.Helper()
	find := func(cols []catalog.Column, name string) *catalog.Column {
		for i := range cols {
			if cols[i].Name == name {
				return &cols[i]
			}
		}
		return nil
	}
	for _, c := range m.theirs.Columns {
		b, out := find(m.base.Columns, c.Name), find(m.out.Columns, c.Name)
		switch {
		case b == nil && out == nil:
			t.Errorf("%s: column %s that a person added is gone", label, c.Name)
		case b == nil:
		case (c.Comment != b.Comment || !c.Type.Equal(b.Type)) && out == nil:
			t.Errorf("%s: column %s that a person edited is gone", label, c.Name)
		case out != nil && c.Comment != b.Comment && out.Comment != c.Comment:
			t.Errorf("%s: the comment of %s is %q", label, c.Name, out.Comment)
		case out != nil && !c.Type.Equal(b.Type) && !c.Type.IsNested() && !out.Type.Equal(c.Type):
			t.Errorf("%s: the type of %s is %s", label, c.Name, out.Type)
		}
	}
	seen := map[string]bool{}
	for _, c := range m.out.Columns {
		if seen[c.Name] {
			t.Errorf("%s: column %s twice", label, c.Name)
		}
		seen[c.Name] = true
	}
}

// TestBaseTable: what a crawl remembers reads back exactly.
func TestBaseTable(t *testing.T) {
	typs := []types.Type{types.TBoolean, types.TTinyInt, types.TSmallInt, types.TInteger, types.TBigInt, types.DecimalOf(38, 10),
		types.TReal, types.TDouble, types.TVarchar, types.VarcharOf(7), types.CharOf(3), types.TVarbinary, types.TDate,
		types.TimeOf(3), types.TimestampOf(9), types.TimestampTZOf(3), types.TInterval, types.TUUID, types.TJSON, types.TUnknown,
		types.ArrayOf(types.MapOf(types.TVarchar, types.RowOf(types.Field{Name: "ä b", Type: types.TimestampOf(3)})))}
	in := &catalog.Table{Format: "json", Parameters: map[string]string{"a": "b"}}
	for i, typ := range typs {
		in.Columns = append(in.Columns, catalog.Column{Name: fmt.Sprint("c", i), Type: typ, Comment: "x"})
	}
	in.PartitionKeys = columns(t, "dt date")
	in.Storage = catalog.Storage{SerDe: "s", InputFormat: "i", OutputFormat: "o", SerDeParams: map[string]string{"p": "q"}}
	text, err := json.Marshal(newBaseTable(in))
	if err != nil {
		t.Fatal(err)
	}
	var back baseTable
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(in, back.table()); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{`{"kind":"thing"}`, `{"kind":"array"}`, `{"kind":"map","fields":[{"type":{"kind":"date"}}]}`, `7`} {
		if err := json.Unmarshal([]byte(bad), new(baseType)); err == nil {
			t.Errorf("%s was read as a type", bad)
		}
	}
}
