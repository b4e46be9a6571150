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

// exprTable has a key of every kind that Glue compares.
var exprTable = &catalog.Table{Database: "d", Name: "t", Storage: catalog.Storage{Location: "s3://b/t"}, PartitionKeys: []catalog.Column{
	{Name: "dt", Type: types.TDate}, {Name: "region", Type: types.TVarchar}, {Name: "hour", Type: types.TInteger},
	{Name: "Price", Type: types.DecimalOf(5, 2)}, {Name: "at", Type: types.TTimestamp}, {Name: "date", Type: types.TVarchar},
}}

var exprRows = [][]string{
	{"2024-01-01", "eu", "1", "1.50", "2024-01-01 00:00:00", "a"},
	{"2024-01-01", "us", "02", "2.00", "2024-01-01 12:00:00", "b_c"},
	{"2024-01-02", "eu", "10", "-3.25", "2024-01-02 00:00:00", "b%c"},
	{"2024-01-03", catalog.HiveNull, "2", "100.00", "2024-01-03 01:02:03.5", "o'clock"},
	{catalog.HiveNull, "us-east-1", catalog.HiveNull, catalog.HiveNull, catalog.HiveNull, "ünï"},
}

func exprParts(t testing.TB, rows [][]string) (*catalog.Partitions, [][]string) {
	b := NewBuilder(exprTable, len(rows))
	for _, r := range rows {
		b.Add(r)
	}
	ps, err := b.Build(1, nil, func(row int) string { return fmt.Sprint(row) })
	if err != nil {
		t.Fatal(err)
	}
	sorted := make([][]string, ps.N)
	for i := range sorted {
		var row int
		fmt.Sscan(ps.Format(i), &row)
		sorted[i] = rows[row]
	}
	return ps, sorted
}

var expressionCases = []struct {
	text string
	want string // the rows that pass, by number
}{
	{"", "01234"},
	{"  \n", "01234"},
	{"dt = '2024-01-01'", "01"},
	{"DT=DATE '2024-01-01'", "01"},
	{"dt = {d '2024-01-01'}", "01"},
	{"dt > '2024-01-01' and region = 'eu'", "2"},
	{"dt <> '2024-01-01'", "23"},
	{"dt != '2024-01-01'", "23"},
	{"'2024-01-02' <= dt", "23"},
	{"NOT dt >= '2024-01-02'", "01"},
	{"hour = 2", "13"},
	{"hour = '2'", "13"},
	{"hour = '02'", "13"},
	{"hour > 9", "2"}, // not as text
	{"hour < 1.5", "0"},
	{"hour = 2e0", "13"},
	{"hour > -1e30", "0123"},
	{"price >= 2", "13"},
	{"`Price` = 1.5", "0"},
	{`"price" = 1.501`, ""},
	{"price < -3.2499", "2"},
	{"at >= '2024-01-02'", "23"},
	{"at = TIMESTAMP '2024-01-03 01:02:03.5'", "3"},
	{"region in ('eu', 'x''y')", "02"},
	{"region NOT IN ('eu')", "14"},
	{"region NOT IN ('eu', NULL)", ""},
	{"region IN ('eu', NULL)", "02"},
	{"region IS NULL", "3"},
	{"region is not null", "0124"},
	{"region = '__HIVE_DEFAULT_PARTITION__'", "3"},
	{"region <> '__HIVE_DEFAULT_PARTITION__'", "0124"},
	{"region = NULL OR hour = 1", "0"},
	{"region LIKE 'us%'", "14"},
	{"region NOT LIKE 'us%'", "02"},
	{"region LIKE '__'", "012"},
	{"region LIKE '%-%-%'", "4"},
	{"date LIKE 'b_c'", "12"},
	{"date LIKE 'b!_c' ESCAPE '!'", "1"},
	{"date LIKE 'b!%c' ESCAPE '!'", "2"},
	{"date = 'o''clock'", "3"},
	{"date like '_n_'", "4"},
	{"hour BETWEEN 2 AND 9", "13"},
	{"hour NOT BETWEEN 2 AND 9", "02"},
	{"hour between 5 and 1", ""},
	{"dt LIKE '2024-01-0_' AND (hour = 1 OR hour = 10) OR region IS NULL", "023"},
	{"region = 'eu' OR dt = '2024-01-03' AND hour = 99", "02"},
	{"not (region = 'eu' or hour = 2)", ""},
	{"NOT (region = 'eu' AND hour = 1)", "1234"},
	{"1 = 1", "01234"},
	{"1 = 2 or hour = 1", "0"},
	{"1.0 < 2 and not NULL = 1 or hour = 1", "0"},
	{"'a' < 'b'", "01234"},
	{"(hour) = (2)", "13"},
	{"((hour)) = ((2))", "13"},
	{"((hour) = 2)", "13"},
	{"(((hour)) = 2) and (((dt)) = ('2024-01-03'))", "3"},
	{"(hour = 2) and ((region) = ('us'))", "1"},
	{"not (hour) = 2 and not ((hour) = (1))", "2"},
	{"(2) = (hour) or ('a') = (`date`)", "013"},
	{"((1) = (1))", "01234"},
	{"(hour) in ((1), ((10)))", "02"},
	{"(hour) between (2) and (9)", "13"},
	{"(region) is null or (date) like ('b%')", "123"},
	{"(dt) = (DATE '2024-01-02') or (date) = 'a' or ({d '2024-01-03'}) = dt", "023"},
	{"(NULL) = (hour)", ""},
}

func TestExpression(t *testing.T) {
	for _, c := range expressionCases {
		ps, rows := exprParts(t, exprRows)
		e, err := Parse(c.text, exprTable.PartitionKeys)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		checkExpression(t, e, ps, rows)
		var got []byte
		for _, i := range e.Select(ps) {
			got = append(got, ps.Format(int(i))...)
		}
		slices.Sort(got)
		if string(got) != c.want {
			t.Errorf("%s passes %s, want %s", c.text, got, c.want)
		}
		again, err := Parse(e.String(), exprTable.PartitionKeys)
		if err != nil || !slices.Equal(again.Select(ps), e.Select(ps)) || again.String() != e.String() {
			t.Errorf("%s is written %s, which reads as %s, %v", c.text, e, again, err)
		}
	}
}

// checkExpression holds Select against Match, which looks at one partition.
func checkExpression(t *testing.T, e *Expression, ps *catalog.Partitions, rows [][]string) {
	t.Helper()
	var want []uint32
	for i, r := range rows {
		ok, err := e.Match(r)
		if err != nil {
			t.Fatalf("%s: %v", e, err)
		}
		if ok {
			want = append(want, uint32(i))
		}
	}
	if got := e.Select(ps); !slices.Equal(got, want) {
		t.Errorf("%s selects %v, matches %v", e, got, want)
	}
}

func TestExpressionFaults(t *testing.T) {
	for _, c := range []struct{ text, message string }{
		{"dt =", `found the end at character 5, expected a constant`},
		{"dt = = 1", `found "=" at character 6, expected a constant`},
		{"dt == '2024-01-01'", `found "=" at character 5, expected a constant`},
		{"month = 1", `"month" at character 1 is not a partition key`},
		{"hour = 'x'", `"x" at character 8 is not a value of partition key hour, which is int`},
		{"dt > 20240101", `"20240101" at character 6 is not a value of partition key dt, which is date`},
		{"dt > 2024-01-01", `"2024" at character 6 is not a value of partition key dt, which is date`},
		{"hour = 1 hour = 2", `found "hour" at character 10, expected AND, OR or end of expression`},
		{"(hour) = (1", `found the end at character 12, expected ")"`},
		{"(hour = 1) = 2", `found "=" at character 12, expected AND, OR or end of expression`},
		{"(hour", `found the end at character 6, expected a comparison`},
		{"((hour) = 1", `found the end at character 12, expected ")"`},
		{"(hour) = ('x')", `"x" at character 11 is not a value of partition key hour`},
		{"(hour) = (dt)", `found "dt" at character 11, expected a constant`},
		{"(1) = ('a')", `found 'a' at character 8, expected a constant of the same type`},
		{"() = 1", `found ")" at character 2, expected the name of a partition key`},
		{"(hour = 1", `found the end at character 10, expected ")"`},
		{"hour in ()", `found ")" at character 10, expected a constant`},
		{"hour between 1", `found the end at character 15, expected "AND"`},
		{"region like eu", `found "eu" at character 13, expected a pattern in single quotes`},
		{"region like 'a' escape 'bc'", `found 'bc' at character 24, expected one escape character`},
		{"region like 'a!' escape '!'", `the pattern "a!" ends with its escape character`},
		{"region not = 'a'", `found "=" at character 12, expected IN, BETWEEN or LIKE`},
		{"region", `found the end at character 7, expected a comparison, IN, BETWEEN, LIKE or IS`},
		{"region = 'eu", `the quote ' at character 10 is not closed`},
		{"region = 'ü' ; drop", `found ";" at character 14`},
		{"hour = 2x", `"2x" at character 8 is neither a number nor a name`},
		{"region = other", `found "other" at character 10, expected a constant`},
		{"1 = 'a'", `found 'a' at character 5, expected a constant of the same type`},
		{"AND", `found "AND" at character 1, expected the name of a partition key`},
		{"region = 'a' AND", `found the end at character 17, expected the name of a partition key`},
		{strings.Repeat("(", 2049), "at most 2048 characters"},
		{strings.Repeat("(", 2048), `found the end at character 2049`},
		{"region = '\xff'", "valid UTF-8"},
	} {
		_, err := Parse(c.text, exprTable.PartitionKeys)
		f := fault.As(err)
		if err == nil || f.Kind != fault.User || !strings.Contains(f.Message, c.message) {
			t.Errorf("%.60s: %v, want %s", c.text, err, c.message)
		}
	}
	e, err := Parse("hour = 1", exprTable.PartitionKeys)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Match([]string{"x"}); err == nil || !strings.Contains(err.Error(), "does not match the number") {
		t.Errorf("too few values: %v", err)
	}
	if _, err := e.Match([]string{"", "", "x", "", "", ""}); !fault.Is(err, fault.CodeInvalidText) {
		t.Errorf("a value of another type: %v", err)
	}
	var none *Expression
	if ok, err := none.Match(nil); !ok || err != nil || none.String() != "" {
		t.Errorf("no expression: %v, %v", ok, err)
	}
}

func TestExpressionNames(t *testing.T) {
	keys := []catalog.Column{{Name: "a b", Type: types.TVarchar}, {Name: `q"t`, Type: types.TBigInt}, {Name: "AND", Type: types.TVarchar},
		{Name: "1st", Type: types.TVarchar}, {Name: "flag", Type: types.TBoolean}, {Name: "FLAG", Type: types.TVarchar}, {Name: "ü", Type: types.TDouble}}
	e, err := Parse("`a b` = 'x' and \"q\"\"t\" = 1 and `and` = 'y' and \"1st\"='z' and flag = true and FLAG in ('no') and ü = 1.5", keys)
	if err != nil {
		t.Fatal(err)
	}
	want := `"a b" = 'x' AND "q""t" = 1 AND "AND" = 'y' AND "1st" = 'z' AND flag = true AND FLAG IN ('no') AND ü = '1.5'`
	if diff := cmp.Diff(want, e.String()); diff != "" {
		t.Error(diff)
	}
	if ok, err := e.Match([]string{"x", "01", "y", "z", "TRUE", "no", "1.50"}); !ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
}

// TestExpressionRandom holds random expressions over random partitions against
// Match, and their texts against themselves.
func TestExpressionRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	pick := func(s ...string) string { return s[r.IntN(len(s))] }
	values := [][]string{{"2024-01-01", "2024-01-02", "1999-12-31"}, {"eu", "us", "__"}, {"1", "2", "03", "10"}, {"1.50", "2.25", "-1.00"},
		{"2024-01-01 00:00:00", "2024-01-01 00:00:01"}, {"a", "ab", "b"}}
	literal := func(k int) string { return "'" + pick(append(values[k], catalog.HiveNull)...) + "'" }
	var expr func(depth int) string
	expr = func(depth int) string {
		if depth > 0 && r.IntN(3) > 0 {
			switch r.IntN(5) {
			case 0:
				return "NOT (" + expr(depth-1) + ")"
			case 1, 2:
				return "(" + expr(depth-1) + ") OR (" + expr(depth-1) + ")"
			}
			return "(" + expr(depth-1) + ") AND (" + expr(depth-1) + ")"
		}
		k := r.IntN(len(values))
		name := `"` + exprTable.PartitionKeys[k].Name + `"`
		switch r.IntN(7) {
		case 0:
			return name + pick(" IN (", " NOT IN (") + literal(k) + "," + literal(k) + ")"
		case 1:
			return name + pick(" BETWEEN ", " NOT BETWEEN ") + literal(k) + " AND " + literal(k)
		case 2:
			return name + pick(" IS NULL", " IS NOT NULL")
		case 3:
			return name + pick(" LIKE ", " NOT LIKE ") + pick("'%1%'", "'2024%'", "'_'", "'%'")
		case 4:
			return pick("1 = 1", "'a' > 'b'", "NULL = 1")
		}
		return name + " " + pick("=", "<>", "<", "<=", ">", ">=") + " " + literal(k)
	}
	for range 400 {
		rows := make([][]string, r.IntN(40))
		for i := range rows {
			for k := range values {
				rows[i] = append(rows[i], pick(append(values[k], catalog.HiveNull)...))
			}
		}
		ps, sorted := exprParts(t, rows)
		text := expr(3)
		e, err := Parse(text, exprTable.PartitionKeys)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		checkExpression(t, e, ps, sorted)
		again, err := Parse(e.String(), exprTable.PartitionKeys)
		if err != nil || !slices.Equal(again.Select(ps), e.Select(ps)) {
			t.Fatalf("%s is written %s: %v", text, e, err)
		}
	}
}

// FuzzExpression: no text makes it panic, and what parses can be written and
// read again.
func FuzzExpression(f *testing.F) {
	for _, s := range []string{"dt = '2024-01-01' AND (hour in (1,2) or region like 'e%' escape '!')", "not 1=1", "price between -1e3 and +.5",
		"((hour)=(1)) or ((2)) < (hour)", "{d '2024-01-01'} < dt", "\"date\" is not null", "hour = 99999999999999999999999999999999999999"} {
		f.Add(s)
	}
	ps, rows := exprParts(f, exprRows)
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Parse(text, exprTable.PartitionKeys)
		if err != nil {
			if fault.As(err).Kind != fault.User {
				t.Fatal(err)
			}
			return
		}
		checkExpression(t, e, ps, rows)
		s := e.String()
		if len(s) > MaxExpression {
			return
		}
		again, err := Parse(s, exprTable.PartitionKeys)
		if err != nil || again.String() != s || !slices.Equal(again.Select(ps), e.Select(ps)) {
			t.Fatalf("%q is written %q, then %q: %v", text, s, again, err)
		}
	})
}

func BenchmarkExpressionSelect(b *testing.B) {
	rows := make([][]string, 1_000_000)
	for i := range rows {
		day := i / 1000
		rows[i] = []string{fmt.Sprintf("%d-%02d-%02d", 2020+day/336, 1+day/28%12, 1+day%28), fmt.Sprint("r", i%1000), "1", "1", "2024-01-01", "x"}
	}
	ps, _ := exprParts(b, rows)
	e, err := Parse("dt = '2021-03-04' AND region IN ('r1', 'r2')", exprTable.PartitionKeys)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if n := len(e.Select(ps)); n != 2 {
			b.Fatal(n)
		}
	}
}

// TestFilterText: what is sent passes every partition that the filter may want,
// and is what it says where it can be said.
func TestFilterText(t *testing.T) {
	keys := []catalog.Column{{Name: "dt", Type: types.TDate}, {Name: "region", Type: types.TVarchar}, {Name: "hour", Type: types.TInteger},
		{Name: "a b", Type: types.TVarchar}, {Name: "price", Type: types.DecimalOf(5, 2)}}
	tab := &catalog.Table{PartitionKeys: keys}
	many := make([]string, 150)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	for _, c := range []struct {
		values map[string][]string
		bounds map[string]string
		want   string
	}{
		{nil, nil, ""},
		{map[string][]string{"dt": {"2024-01-02"}, "region": {"eu", "us"}}, map[string]string{"hour": "3,"}, "dt = '2024-01-02' AND region IN ('eu', 'us') AND hour >= 3"},
		{nil, map[string]string{"dt": "2024-01-01,2024-02-01", "hour": ",5"}, "dt >= '2024-01-01' AND dt <= '2024-02-01' AND hour <= 5"},
		{map[string][]string{"region": {"o'clock"}, "hour": {"1"}}, nil, "hour = 1"},
		{map[string][]string{"region": {"é"}, "a b": {"x"}, "price": {"1.00"}}, nil, ""},
		{map[string][]string{"hour": many}, nil, "hour >= 0 AND hour <= 149"},
		{nil, map[string]string{"region": "a,ü"}, "region >= 'a'"},
	} {
		got := FilterText(keys, testFilter{t: tab, values: c.values, bounds: c.bounds})
		if got != c.want {
			t.Errorf("%v %v: %s, want %s", c.values, c.bounds, got, c.want)
		}
		if e, err := Parse(got, keys); err != nil || e.String() != got {
			t.Errorf("%s reads as %s, %v", got, e, err)
		}
	}
	long := strings.Repeat("x", 1500)
	if got := FilterText(keys, testFilter{t: tab, values: map[string][]string{"region": {long, long + "y"}, "hour": {"1"}}}); got != "hour = 1" {
		t.Errorf("what is too long: %.80s", got)
	}
}
