package partition

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// testFilter is a KeyFilter of texts; bounds are "low,high", either may be "".
type testFilter struct {
	t      *catalog.Table
	values map[string][]string
	bounds map[string]string
	keep   map[string]func(string) bool
}

func (f testFilter) value(k int, text string) types.Value {
	v, err := ParseValue(f.t.PartitionKeys[k].Type, text)
	if err != nil {
		panic(err)
	}
	return v
}

func (f testFilter) Values(k int) ([]types.Value, bool) {
	texts, ok := f.values[f.t.PartitionKeys[k].Name]
	var vs []types.Value
	for _, text := range texts {
		vs = append(vs, f.value(k, text))
	}
	return vs, ok
}

func (f testFilter) Bounds(k int) (low, high types.Value, hasLow, hasHigh bool) {
	a, b, _ := strings.Cut(f.bounds[f.t.PartitionKeys[k].Name], ",")
	if a != "" {
		low, hasLow = f.value(k, a), true
	}
	if b != "" {
		high, hasHigh = f.value(k, b), true
	}
	return low, high, hasLow, hasHigh
}

func (f testFilter) Keep(k int, vs []types.Value) ([]bool, error) {
	out := make([]bool, len(vs))
	low, high, hasLow, hasHigh := f.Bounds(k)
	keep := f.keep[f.t.PartitionKeys[k].Name]
	for i, v := range vs {
		out[i] = (!hasLow || v.Compare(low) >= 0) && (!hasHigh || v.Compare(high) <= 0) &&
			(keep == nil || keep(string(types.AppendValue(nil, v))))
	}
	return out, nil
}

// projected makes a table of "name type" keys and "key=value" properties.
func projected(keys string, props ...string) *catalog.Table {
	t := &catalog.Table{Database: "d", Name: "t", Storage: catalog.Storage{Location: "s3://b/p/"}, Parameters: map[string]string{"projection.enabled": "TRUE"}}
	for _, key := range strings.Split(keys, ", ") {
		name, hive, _ := strings.Cut(key, " ")
		typ, err := types.ParseHive(hive)
		if err != nil {
			panic(err)
		}
		t.PartitionKeys = append(t.PartitionKeys, catalog.Column{Name: name, Type: typ})
	}
	for _, p := range props {
		k, v, _ := strings.Cut(p, "=")
		t.Parameters[k] = v
	}
	return t
}

var projectionNow = time.Date(2024, 3, 1, 10, 30, 0, 0, time.UTC)

func TestProjection(t *testing.T) {
	dt := []string{"projection.dt.type=date", "projection.dt.range=2024-02-27,NOW", "projection.dt.format=yyyy-MM-dd"}
	for _, c := range []struct {
		name  string
		table *catalog.Table
		f     testFilter
		want  string // texts of the partitions, or the locations after @
	}{
		{"dates to now", projected("dt string", dt...), testFilter{}, "2024-02-27 2024-02-28 2024-02-29 2024-03-01"},
		{"equality", projected("dt string", dt...), testFilter{values: map[string][]string{"dt": {"2024-02-28"}}}, "2024-02-28"},
		{"outside of the range", projected("dt string", dt...), testFilter{values: map[string][]string{"dt": {"2024-02-01", "x", "2024-03-02"}}}, ""},
		{"typed dates", projected("dt date", dt...), testFilter{bounds: map[string]string{"dt": "2024-02-28,2024-02-29"}}, "2024-02-28 2024-02-29"},
		{"keep", projected("dt date", dt...), testFilter{keep: map[string]func(string) bool{"dt": func(s string) bool { return s != "2024-02-28" }}},
			"2024-02-27 2024-02-29 2024-03-01"},
		{"enum and integer", projected("region string, hour int", "projection.region.type=Enum", "projection.region.values=us,eu, x,us",
			"projection.hour.type= INTEGER ", "projection.hour.range=0,23", "projection.hour.interval=6", "projection.hour.digits=2"),
			testFilter{bounds: map[string]string{"hour": "6,"}},
			" x/06  x/12  x/18 eu/06 eu/12 eu/18 us/06 us/12 us/18"},
		{"integers as text", projected("n string", "projection.n.type=integer", "projection.n.range=-2,11"),
			testFilter{values: map[string][]string{"n": {"-1", "10", "12", "03"}}}, "-1 10"},
		{"integers as text, a range", projected("n string", "projection.n.type=integer", "projection.n.range=8,12"),
			testFilter{bounds: map[string]string{"n": "1,11"}}, "10 11"},
		{"a huge range", projected("n bigint", "projection.n.type=integer", "projection.n.range=0,9223372036854775806"),
			testFilter{bounds: map[string]string{"n": "9223372036854775805,"}}, "9223372036854775805 9223372036854775806"},
		{"hours of Firehose", projected("dt string", "projection.dt.type=date", "projection.dt.range=2020/01/01/00,NOW",
			"projection.dt.format=yyyy/MM/dd/HH", "projection.dt.interval=1", "projection.dt.interval.unit=HOURS", "storage.location.template=s3://b/fh/${dt}/"),
			testFilter{bounds: map[string]string{"dt": "2024/03/01/09,"}}, "@s3://b/fh/2024/03/01/09/ @s3://b/fh/2024/03/01/10/"},
		{"hours as dates", projected("dt date", "projection.dt.type=date", "projection.dt.range=2024/03/01/00,2024/03/02/00",
			"projection.dt.format=yyyy/MM/dd/HH", "projection.dt.interval=12", "projection.dt.interval.unit=HOURS"),
			testFilter{values: map[string][]string{"dt": {"2024-03-01"}}}, "2024/03/01/00 2024/03/01/12"},
		{"months relative to now", projected("m string", "projection.m.type=date", "projection.m.range=NOW-2MONTHS,NOW", "projection.m.format=MMM yyyy"),
			testFilter{}, "Feb 2024 Jan 2024 Mar 2024"},
		{"a month in words", projected("m string", "projection.m.type=date", "projection.m.range=NOW - 2 years , NOW", "projection.m.format=MMM yyyy"),
			testFilter{values: map[string][]string{"m": {"Jan 2023", "Jan 2025", "JAN 2024"}}}, "Jan 2023"},
		{"years as numbers", projected("y int", "projection.y.type=date", "projection.y.range=2020,NOW+1YEAR", "projection.y.format=yyyy",
			"projection.y.interval.unit=YEARS"), testFilter{bounds: map[string]string{"y": "2023,"}}, "2023 2024 2025"},
		{"weeks", projected("w date", "projection.w.type=date", "projection.w.range=2024-01-01,2024-02-01", "projection.w.format=yyyy-MM-dd",
			"projection.w.interval=2", "projection.w.interval.unit=weeks"), testFilter{}, "2024-01-01 2024-01-15 2024-01-29"},
		{"injected", projected("id string, dt string", append(dt, "projection.id.type=injected", "storage.location.template=s3://b/${dt}/x-${ID}")...),
			testFilter{values: map[string][]string{"id": {"a/b", "..", "c/../..", "", "z"}, "dt": {"2024-02-28"}}},
			"@s3://b/2024-02-28/x-a/b/ @s3://b/2024-02-28/x-z/"},
		{"Hive paths", projected("dt string", "projection.dt.type=date", "projection.dt.range=2024/03/01,NOW", "projection.dt.format=yyyy/MM/dd"),
			testFilter{}, "@s3://b/p/dt=2024%2F03%2F01/"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.f.t = c.table
			p, err := ParseProjection(c.table)
			if err != nil {
				t.Fatal(err)
			}
			ps, err := p.Partitions(c.f, projectionNow)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for i := range ps.N {
				texts := Texts(ps, i)
				if strings.HasPrefix(c.want, "@") {
					texts = []string{"@" + ps.Location(i)}
				}
				got = append(got, strings.Join(texts, "/"))
			}
			if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestProjectionRandom holds filtered projections against all partitions of the
// same projection, of which the filter is asked one by one.
func TestProjectionRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	for range 300 {
		hive := []string{"string", "int", "string", "date"}[r.IntN(4)]
		props := []string{"projection.e.type=enum", "projection.e.values=b,a,c d"}
		switch {
		case hive == "date" || r.IntN(2) == 0 && hive == "string":
			format := []string{"yyyy-MM-dd", "dd/MM/yyyy", "yyyyMMdd", "d MMM yy"}[r.IntN(4)]
			props = append(props, "projection.k.type=date", "projection.k.format="+format, "projection.k.range=NOW-70DAYS,NOW+2MONTHS",
				fmt.Sprint("projection.k.interval=", 1+r.IntN(20)), "projection.k.interval.unit="+[]string{"DAYS", "HOURS", "WEEKS"}[r.IntN(3)])
		default:
			low := r.IntN(200) - 100
			props = append(props, "projection.k.type=integer", fmt.Sprintf("projection.k.range=%d,%d", low, low+r.IntN(200)),
				fmt.Sprint("projection.k.interval=", 1+r.IntN(5)))
			if r.IntN(2) == 0 {
				props = append(props, "projection.k.digits=3")
			}
		}
		tab := projected("k "+hive+", e string", props...)
		p, err := ParseProjection(tab)
		if err != nil {
			t.Fatal(err)
		}
		all, err := p.Partitions(nil, projectionNow)
		if err != nil {
			t.Fatal(err)
		}
		pick := func() string { return string(types.AppendValue(nil, all.Value(0, r.IntN(all.N)))) }
		f := testFilter{t: tab, values: map[string][]string{}, bounds: map[string]string{}, keep: map[string]func(string) bool{}}
		if r.IntN(2) == 0 {
			a, b := pick(), pick()
			f.values["k"] = slices.Compact([]string{min(a, b), max(a, b)})
		}
		if r.IntN(2) == 0 {
			f.bounds["k"] = []string{pick() + ",", "," + pick(), pick() + "," + pick()}[r.IntN(3)]
		}
		if r.IntN(2) == 0 {
			f.keep["e"] = func(s string) bool { return s < "b" }
		}
		got, err := p.Partitions(f, projectionNow)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(filtered(t, all, f), partitionLines(got)); diff != "" {
			t.Fatalf("%v with %v and %v: %s", tab.Parameters, f.values, f.bounds, diff)
		}
	}
}

func partitionLines(ps *catalog.Partitions) []string {
	lines := []string{}
	for i := range ps.N {
		lines = append(lines, fmt.Sprint(Texts(ps, i), ps.Location(i), ps.Value(0, i), ps.Value(1, i)))
	}
	return lines
}

func filtered(t *testing.T, all *catalog.Partitions, f testFilter) []string {
	t.Helper()
	lines := []string{}
	every := partitionLines(all)
	for i := range all.N {
		pass := true
		for k := range all.Keys {
			v := all.Value(k, i)
			if vs, ok := f.Values(k); ok && !slices.ContainsFunc(vs, v.Equal) {
				pass = false
			}
			keep, err := f.Keep(k, []types.Value{v})
			if err != nil {
				t.Fatal(err)
			}
			pass = pass && keep[0]
		}
		if pass {
			lines = append(lines, every[i])
		}
	}
	return lines
}

func TestProjectionFaults(t *testing.T) {
	date := func(more ...string) *catalog.Table {
		return projected("dt string", append([]string{"projection.dt.type=date", "projection.dt.range=2024-01-01,NOW", "projection.dt.format=yyyy-MM-dd"}, more...)...)
	}
	for _, c := range []struct {
		table *catalog.Table
		want  string
	}{
		{projected("a string, b string, c string", "projection.b.type=enum"),
			"HIVE_METASTORE_ERROR: Table d.t is configured for partition projection, but the following partition columns are missing projection configuration: [a, c]"},
		{projected("a string", "projection.a.type=list"), `property projection.a.type: "list" is not enum, integer, date or injected`},
		{projected("a string", "projection.a.type=enum"), "property projection.a.values: a partition column of type enum needs it"},
		{projected("a int", "projection.a.type=enum", "projection.a.values=1,x"), `"x" is not a value of the column's type int`},
		{projected("a int", "projection.a.type=integer"), "projection.a.range"},
		{projected("a int", "projection.a.type=integer", "projection.a.range=1"), "must be two values"},
		{projected("a int", "projection.a.type=integer", "projection.a.range=1,x"), `"x" is not a 64-bit integer`},
		{projected("a int", "projection.a.type=integer", "projection.a.range=5,1"), "5 is greater than 1"},
		{projected("a bigint", "projection.a.type=integer", "projection.a.range=-1,9223372036854775807"), "more than 2^63-1 values"},
		{projected("a tinyint", "projection.a.type=integer", "projection.a.range=1,200"), "200 is not a value of the column's type tinyint"},
		{projected("a int", "projection.a.type=integer", "projection.a.range=1,5", "projection.a.interval=0"), `projection.a.interval: "0"`},
		{projected("a int", "projection.a.type=integer", "projection.a.range=1,5", "projection.a.digits=x"), `projection.a.digits: "x"`},
		{projected("a int", "projection.a.type=injected"), "an injected column must be a string"},
		{date("projection.dt.format=YYYY"), `the date format "YYYY" has a field that cannot be used`},
		{date("projection.dt.format=yyyy/MM/dd"), `"2024-01-01" is neither a date of the format`},
		{date("projection.dt.range=2024-01-01,NOW+1"), `"NOW+1" is neither`},
		{date("projection.dt.range=2024-01-02,2024-01-01"), `"2024-01-02" is after "2024-01-01"`},
		{date("projection.dt.interval=x"), `"x" is not a positive integer`},
		{date("projection.dt.interval.unit=AGES"), `"AGES" is not YEARS`},
		{date("projection.dt.format=yyyy-MM-dd HH", "projection.dt.range=NOW,NOW"), "needs an interval and its unit"},
		{date("storage.location.template=s3://b/x/"), "the placeholder ${dt} is missing"},
		{date("storage.location.template=s3://b/${dt}/${hour}/"), "${hour} is not a partition column"},
		{date("storage.location.template=s3://b/${dt"), "a ${ is not closed"},
	} {
		_, err := ParseProjection(c.table)
		f := fault.As(err)
		if err == nil || f.Code != fault.CodeInvalidParameter || f.Table != "t" || !strings.Contains(f.Message, c.want) {
			t.Errorf("%v: %v, want %s", c.table.Parameters, err, c.want)
		}
	}
}

func TestProjectionLimits(t *testing.T) {
	tab := projected("id int, dt string", "projection.id.type=integer", "projection.id.range=1,20000", "projection.dt.type=date",
		"projection.dt.range=2021-03-01,NOW", "projection.dt.format=yyyy-MM-dd")
	p, err := ParseProjection(tab)
	if err != nil {
		t.Fatal(err)
	}
	f := testFilter{t: tab, bounds: map[string]string{"id": "1,"}}
	_, err = p.Partitions(f, projectionNow)
	if e := fault.As(err); err == nil || e.Code != fault.CodeProgramLimit || e.Column != "dt" || !strings.Contains(e.Message, "makes 21940000 partitions") ||
		!strings.Contains(e.Hint, "Restrict partition key dt") {
		t.Errorf("%+v", fault.As(err))
	}
	f.values = map[string][]string{"dt": {"2024-02-29"}}
	if ps, err := p.Partitions(f, projectionNow); err != nil || ps.N != 20000 {
		t.Errorf("%v", err)
	}
	seconds := projected("ts string", "projection.ts.type=date", "projection.ts.range=2000,NOW", "projection.ts.format=yyyy", "projection.ts.interval.unit=SECONDS")
	if p, err = ParseProjection(seconds); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Partitions(nil, projectionNow); !fault.Is(err, fault.CodeProgramLimit) {
		t.Errorf("all the seconds of 24 years: %v", err)
	}
	if ps, err := p.Partitions(testFilter{t: seconds, values: map[string][]string{"ts": {"2003"}}}, projectionNow); err != nil || ps.N != 1 {
		t.Errorf("one year in seconds: %v", err)
	}
	id := projected("id string", "projection.id.type=injected")
	if p, err = ParseProjection(id); err != nil {
		t.Fatal(err)
	}
	for _, f := range []KeyFilter{nil, testFilter{t: id}} {
		if _, err := p.Partitions(f, projectionNow); !fault.Is(err, fault.CodeFeatureNotSupported) ||
			!strings.Contains(err.Error(), "must contain only static equality conditions") {
			t.Errorf("%v", err)
		}
	}
	if IsProjected(&catalog.Table{Parameters: map[string]string{"projection.enabled": "false"}}) || !IsProjected(id) {
		t.Error("projection.enabled is misread")
	}
}
