package partition

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
)

// inferLines gives proposals as "property=value covers/misses".
func inferLines(ps []Proposal) []string {
	var out []string
	for _, p := range ps {
		out = append(out, fmt.Sprintf("%s=%s %d/%d", strings.TrimPrefix(p.Property, "projection."), p.Value, p.Covers, p.Misses))
	}
	return out
}

func folders(texts ...string) [][]string {
	var out [][]string
	for _, t := range texts {
		out = append(out, strings.Split(t, " "))
	}
	return out
}

func TestInfer(t *testing.T) {
	now := time.Date(2024, 3, 4, 5, 0, 0, 0, time.UTC)
	ids := make([][]string, 2000)
	for i := range ids {
		ids[i] = []string{fmt.Sprintf("user-%d", i*7919)}
	}
	mostly := folders("0-unknown")
	for day := range 40 {
		mostly = append(mostly, []string{time.Date(2024, 1, 1+day, 0, 0, 0, 0, time.UTC).Format("20060102")})
	}
	for _, c := range []struct {
		name    string
		keys    string
		folders [][]string
		want    []string
	}{
		{"days to now", "dt string", folders("2024-03-01", "2024-03-02", "2024-03-03"), []string{"enabled=true 3/0", "dt.type=date 3/0",
			"dt.range=2024-03-01,NOW 3/0", "dt.format=yyyy-MM-dd 3/0", "dt.interval=1 3/0", "dt.interval.unit=DAYS 3/0"}},
		{"weeks of last year", "dt date", folders("2023-03-01", "2023-03-15", "2023-03-08"), []string{"enabled=true 3/0", "dt.type=date 3/0",
			"dt.range=2023-03-01,2023-03-15 3/0", "dt.format=yyyy-MM-dd 3/0", "dt.interval=7 3/0", "dt.interval.unit=DAYS 3/0"}},
		{"months", "m string", folders("2023-10", "2023-12", "2024-02"), []string{"enabled=true 3/0", "m.type=date 3/0",
			"m.range=2023-10,NOW 3/0", "m.format=yyyy-MM 3/0", "m.interval=2 3/0", "m.interval.unit=MONTHS 3/0"}},
		{"hours", "h string", folders("2023/10/01/00", "2023/10/01/06", "2023/10/02/00"), []string{"enabled=true 3/0", "h.type=date 3/0",
			"h.range=2023/10/01/00,2023/10/02/00 3/0", "h.format=yyyy/MM/dd/HH 3/0", "h.interval=6 3/0", "h.interval.unit=HOURS 3/0"}},
		{"padded numbers", "year int, month string", folders("2023 11", "2023 12", "2024 01", "2024 02"), []string{"enabled=true 4/0", "year.type=integer 4/0",
			"year.range=2023,2024 4/0", "month.type=enum 4/0", "month.values=01,02,11,12 4/0"}},
		{"all months", "m string", folders("01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12"), []string{"enabled=true 12/0",
			"m.type=integer 12/0", "m.range=1,12 12/0", "m.digits=2 12/0"}},
		{"two days", "dt date, day int", folders("2023-01-01 01", "2023-01-31 31"), []string{"enabled=true 2/0", "dt.type=date 2/0",
			"dt.range=2023-01-01,2023-01-31 2/0", "dt.format=yyyy-MM-dd 2/0", "dt.interval=1 2/0", "dt.interval.unit=DAYS 2/0",
			"day.type=enum 2/0", "day.values=01,31 2/0"}},
		{"names and a NULL", "region string", folders("us", "eu", "eu", catalog.HiveNull), []string{"enabled=true 3/1", "region.type=enum 3/1", "region.values=eu,us 3/1"}},
		{"users", "id string", ids, []string{"enabled=true 2000/0", "id.type=injected 2000/0"}},
		{"nearly all dates", "dt string", mostly, []string{"enabled=true 40/1", "dt.type=date 40/1", "dt.range=20240101,20240209 40/1", "dt.format=yyyyMMdd 40/1",
			"dt.interval=1 40/1", "dt.interval.unit=DAYS 40/1"}},
		{"nothing", "dt string", nil, []string{"enabled=true 0/0", "dt.type=injected 0/0"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			tab := projected(c.keys)
			got := Infer(tab, "", c.folders, now)
			if diff := cmp.Diff(c.want, inferLines(got)); diff != "" {
				t.Error(diff)
			}
			checkProposal(t, tab, got, c.folders, now)
		})
	}
}

// checkProposal holds the numbers against the projection that is proposed.
func checkProposal(t *testing.T, tab *catalog.Table, ps []Proposal, folders [][]string, now time.Time) {
	t.Helper()
	one := *tab
	one.Parameters = map[string]string{}
	injected := false
	for _, p := range ps {
		one.Parameters[p.Property] = p.Value
		injected = injected || p.Value == "injected"
	}
	p, err := ParseProjection(&one)
	if err != nil {
		t.Fatal(err)
	}
	if injected {
		return
	}
	made, err := p.Partitions(nil, now)
	if err != nil {
		t.Fatal(err)
	}
	has := map[string]bool{}
	for i := range made.N {
		has[strings.Join(Texts(made, i), " ")] = true
	}
	covers := int64(0)
	for _, f := range folders {
		if has[strings.Join(f, " ")] {
			covers++
		}
	}
	if covers != ps[0].Covers || int64(len(folders))-covers != ps[0].Misses {
		t.Errorf("%d of %d folders are covered, told %d and %d", covers, len(folders), ps[0].Covers, ps[0].Misses)
	}
}

func TestSplitFolders(t *testing.T) {
	for _, c := range []struct {
		keys, folder   string
		template, want string
	}{
		{"dt string", "2024/01/02/03", "s3://b/p/${dt}/", "2024/01/02/03"},
		{"region string, dt string", "eu/2024/01/02", "s3://b/p/${region}/${dt}/", "eu 2024/01/02"},
		{"dt string, region string", "2024/01/02/eu", "s3://b/p/${dt}/${region}/", "2024/01/02 eu"},
		{"a string, b string", "x/y", "s3://b/p/${a}/${b}/", "x y"},
		{"a string, b string", "x", "", ""},
	} {
		template, texts := SplitFolders(projected(c.keys), "s3://b/p/", [][]string{strings.Split(c.folder, "/")})
		got := ""
		for _, f := range texts {
			got += strings.Join(f, " ")
		}
		if template != c.template || got != c.want {
			t.Errorf("%s by %s: %s, %q", c.folder, c.keys, template, got)
		}
	}
}

func TestLayout(t *testing.T) {
	for _, c := range []struct {
		template, name string
		level          int
		want           string // texts, "" if the name is of another form
	}{
		{"", "dt=2024-01-02", 0, "2024-01-02 "},
		{"", "DT=a%2Fb", 0, "a/b "},
		{"", "dt", 0, ""},
		{"", "region=x", 0, ""},
		{"", "region=x=y", 1, " x=y"},
		{"s3://b/${dt}_${region}.d/", "a_b.d", 0, "a b"},
		{"s3://b/${dt}_${region}.d/", "a_b_c.d", 0, "a b_c"},
		{"s3://b/${dt}_${region}.d/", "_b.d", 0, ""},
		{"s3://b/${dt}_${region}.d/", "a_.d", 0, ""},
		{"s3://b/${dt}_${region}.d/", "a_b.dd", 0, ""},
		{"s3://b/${dt}_${region}.d/", ".d", 0, ""},
		{"s3://b/x/${dt}/y/z/${region}", "r", 1, " r"},
		{"s3://b/${dt}/${dt}-${region}/", "-r", 1, ""},
	} {
		tab := projected("dt string, region string")
		if c.template != "" {
			tab.Parameters[PropertyTemplate] = c.template
		}
		l, err := LayoutOf(tab)
		if err != nil {
			t.Fatal(err)
		}
		texts := make([]string, 2)
		got := ""
		if l.Parse(c.level, c.name, texts) {
			got = strings.Join(texts, " ")
		}
		if got != c.want {
			t.Errorf("%s: %s is %q, want %q", c.template, c.name, got, c.want)
		}
	}
	tab := projected("dt string, region string")
	tab.Parameters[PropertyTemplate] = "s3://b/logs/${region}/x/y/${dt}/data"
	l, err := LayoutOf(tab)
	if err != nil || l.Root != "s3://b/logs/" || l.Before(1) != "x/y/" || l.Suffix != "data/" || l.InOrder() || l.Plain() || !slices.Equal(l.Keys(0), []int{1}) {
		t.Errorf("%+v, %v", l, err)
	}
}

// FuzzLayout: a name that a layout spells is read as the same texts.
func FuzzLayout(f *testing.F) {
	f.Add("s3://b/${dt}-${region}/", "2024", "eu", "2024-eu")
	f.Add("x/${region}/y${dt}z/w", "a", "b", "ya")
	f.Add("", "a/b", "c=d", "dt=%2")
	f.Fuzz(func(t *testing.T, text, dt, region, name string) {
		tab := projected("dt string, region string")
		tab.Parameters[PropertyTemplate] = text
		l, err := LayoutOf(tab)
		if err != nil {
			return
		}
		for level := range l.Levels() {
			l.Parse(level, name, make([]string, 2))
			texts := []string{dt, region}
			if spelled, ok := l.Spell(level, texts); ok && len(l.Keys(level)) == 1 {
				read := slices.Clone(texts)
				if k := l.Keys(level)[0]; !l.Parse(level, spelled, read) || read[k] != texts[k] {
					t.Fatalf("%q spells %q as %q, which reads as %q", text, texts, spelled, read)
				}
			}
		}
	})
}
