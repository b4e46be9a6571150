package partition

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

func TestPath(t *testing.T) {
	keys := []catalog.Column{{Name: "dt"}, {Name: "a b=c"}}
	for _, c := range []struct {
		values []string
		path   string
	}{
		{[]string{"2024-01-01", "x"}, "dt=2024-01-01/a b%3Dc=x"},
		{[]string{"12:30", "a/b%"}, "dt=12%3A30/a b%3Dc=a%2Fb%25"},
		{[]string{catalog.HiveNull, "München\t"}, "dt=__HIVE_DEFAULT_PARTITION__/a b%3Dc=München%09"},
	} {
		if got := Path(keys, c.values); got != c.path {
			t.Errorf("%q is written %s, want %s", c.values, got, c.path)
		}
		want := []KV{{"dt", c.values[0]}, {"a b=c", c.values[1]}}
		if diff := cmp.Diff(want, ParsePath(c.path+"/file=not a folder")); diff != "" {
			t.Error(diff)
		}
	}
	if got := Path(keys[:1], []string{""}); got != "dt="+catalog.HiveNull {
		t.Errorf("the empty text is written %s", got)
	}
	if got := ParsePath("plain/=x/k=/f"); !cmp.Equal(got, []KV{{"k", ""}}) {
		t.Errorf("%q", got)
	}
}

func TestUnescape(t *testing.T) {
	for in, want := range map[string]string{
		"a": "a", "%41": "A", "%4": "%4", "100%": "100%", "%zz": "%zz", "%C3%a9": "é", "%FF": "%FF", "%25%32": "%2",
	} {
		if got := Unescape(in); got != want {
			t.Errorf("%s gives %q, want %q", in, got, want)
		}
	}
}

func FuzzEscape(f *testing.F) {
	for _, s := range []string{"a", "k=v/x", "%41", "é\x00\x7f", "__HIVE_DEFAULT_PARTITION__"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		Unescape(s)
		if s == "" || !strings.Contains(s, "") || s != strings.ToValidUTF8(s, "") {
			return
		}
		escaped := string(AppendEscaped(nil, s))
		if strings.ContainsAny(escaped, "/=") || Unescape(escaped) != s {
			t.Fatalf("%q became %q became %q", s, escaped, Unescape(escaped))
		}
	})
}

func TestParseValue(t *testing.T) {
	for _, c := range []struct {
		typ  types.Type
		text string
		want string // its text; "": a fault
	}{
		{types.TVarchar, "a'b", "a'b"},
		{types.CharOf(5), "ab  ", "ab"},
		{types.TInteger, "007", "7"},
		{types.TInteger, "2147483648", ""},
		{types.TTinyInt, "-128", "-128"},
		{types.TTinyInt, "128", ""},
		{types.TBigInt, "9223372036854775807", "9223372036854775807"},
		{types.TBigInt, "1.0", ""},
		{types.TBigInt, "", ""},
		{types.TBoolean, "TRUE", "true"},
		{types.TBoolean, "1", ""},
		{types.TDate, "2024-02-29", "2024-02-29"},
		{types.TDate, "2023-02-29", ""},
		{types.TDate, "2024-01-01 00:00:00", ""},
		{types.TDate, "1969-12-31", "1969-12-31"},
		{types.TTimestamp, "2024-01-01", "2024-01-01 00:00:00"},
		{types.TTimestamp, "1969-12-31 23:59:59.5", "1969-12-31 23:59:59.5"},
		{types.TTimestamp, "2024-01-01T10:20:30", "2024-01-01 10:20:30"},
		{types.TimestampOf(9), "2024-01-01 10:20:30.123456789", "2024-01-01 10:20:30.123456789"},
		{types.TimestampOf(9), "9999-01-01 00:00:00", ""},
		{types.TTimestampTZ, "2024-01-01T10:20:30+02:00", "2024-01-01 08:20:30+00"},
		{types.DecimalOf(5, 2), "12.3", "12.30"},
		{types.DecimalOf(5, 2), "12.345", ""},
		{types.DecimalOf(5, 2), "12.3400000", "12.34"},
		{types.DecimalOf(5, 2), "1000", ""},
		{types.DecimalOf(38, 0), "1e60", ""},
		{types.TDouble, "1.5", "1.5"},
		{types.TReal, "1e99", ""},
	} {
		v, err := ParseValue(c.typ, c.text)
		switch {
		case c.want == "" && !fault.Is(err, fault.CodeInvalidText):
			t.Errorf("%s %q gives %v, %v", c.typ, c.text, v, err)
		case c.want != "" && (err != nil || string(types.AppendValue(nil, v)) != c.want):
			t.Errorf("%s %q gives %s, %v, want %s", c.typ, c.text, types.AppendValue(nil, v), err, c.want)
		}
	}
	if v, err := ParseValue(types.TDate, catalog.HiveNull); err != nil || !v.Null {
		t.Errorf("null: %v, %v", v, err)
	}
}

// TestBuild compares snapshots with the partitions they were made of, in an
// order of their own.
func TestBuild(t *testing.T) {
	tab := &catalog.Table{Database: "d", Name: "t", Storage: catalog.Storage{Location: "s3://b/t"}, PartitionKeys: []catalog.Column{
		{Name: "n", Type: types.TInteger}, {Name: "s", Type: types.TVarchar}, {Name: "d", Type: types.TDate}}}
	r := rand.New(rand.NewPCG(7, 8))
	b := NewBuilder(tab, 0)
	var rows [][]string
	for i := range 500 {
		n := fmt.Sprint(r.IntN(30))
		if r.IntN(4) == 0 {
			n = "0" + n
		}
		if r.IntN(9) == 0 {
			n = catalog.HiveNull
		}
		row := []string{n, fmt.Sprintf("s%d", r.IntN(5)), fmt.Sprintf("2024-01-%02d", 1+r.IntN(28))}
		if b.Add(row) != i {
			t.Fatal("rows are not counted")
		}
		rows = append(rows, row)
	}
	explicit := func(row int) string {
		if row%3 == 0 {
			return fmt.Sprintf("s3://x/%d", row)
		}
		return ""
	}
	p, err := b.Build(4, explicit, func(row int) string { return fmt.Sprint(row) })
	if err != nil {
		t.Fatal(err)
	}
	if p.N != len(rows) || p.Version != 4 {
		t.Fatalf("%d rows, version %d", p.N, p.Version)
	}
	seen := map[string]bool{}
	for i := range p.N {
		row := 0
		fmt.Sscan(p.Format(i), &row)
		seen[p.Format(i)] = true
		for k := range tab.PartitionKeys {
			want, err := ParseValue(tab.PartitionKeys[k].Type, rows[row][k])
			if err != nil || !p.Value(k, i).Equal(want) {
				t.Fatalf("row %d, key %d: %v, want %v", row, k, p.Value(k, i), want)
			}
		}
		want := explicit(row)
		if want == "" {
			want = "s3://b/t/" + Path(tab.PartitionKeys, rows[row]) + "/"
		}
		if p.Location(i) != want {
			t.Fatalf("row %d is at %s, want %s", row, p.Location(i), want)
		}
		found := Find(tab, p, rows[row])
		if !slices.Contains(found, i) {
			t.Fatalf("%v was not found", rows[row])
		}
		for _, other := range found {
			if compareRows(p, i, other) != 0 {
				t.Fatalf("%v was found for %v", Texts(p, other), rows[row])
			}
		}
		if got := PathOf(tab, p, i); got != Path(tab.PartitionKeys, rows[row]) {
			t.Fatalf("row %d has path %s", row, got)
		}
		if i > 0 && compareRows(p, i-1, i) > 0 {
			t.Fatalf("rows %d and %d are out of order", i-1, i)
		}
	}
	if got := Find(tab, p, []string{"x", "s1", "2024-01-01"}); got != nil {
		t.Errorf("found %v for what is no number", got)
	}
	if got := Find(tab, p, []string{"99", "s1", "2024-01-01"}); got != nil {
		t.Errorf("found %v for what is not there", got)
	}
	if len(seen) != len(rows) {
		t.Errorf("%d rows of %d", len(seen), len(rows))
	}
	checkAscending(t, p)
}

func checkAscending(t *testing.T, p *catalog.Partitions) {
	t.Helper()
	for k := range p.Keys {
		for i := 1; i < len(p.Keys[k].Values); i++ {
			if compareNullLast(&p.Keys[k].Values[i-1], &p.Keys[k].Values[i]) >= 0 {
				t.Errorf("the values of key %d are not distinct and ascending", k)
			}
		}
	}
}

func TestBuildFault(t *testing.T) {
	tab := &catalog.Table{Database: "d", Name: "t", PartitionKeys: []catalog.Column{{Name: "dt", Type: types.TDate}}}
	b := NewBuilder(tab, 1)
	b.Add([]string{"tomorrow"})
	_, err := b.Build(1, nil, nil)
	f := fault.As(err)
	if f == nil || f.Code != fault.CodeInvalidText || f.Column != "dt" || f.Table != "t" || !strings.Contains(f.Message, `"tomorrow"`) {
		t.Errorf("%+v", f)
	}
}
