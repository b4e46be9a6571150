package lake

import (
	"strings"
	"testing"
)

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern  string
		yes, not []string
	}{
		{"departments/**", []string{"departments/a.csv", "departments/market/b.json", "departments/"}, []string{"departments", "x/departments/a.csv", "departments2/a"}},
		{"**.csv", []string{"a.csv", "x/y/b.csv", ".csv"}, []string{"a.csvx", "a.json"}},
		{"employees/*.csv", []string{"employees/a.csv", "employees/.csv"}, []string{"employees/x/a.csv", "a.csv", "employees/a.csv.gz"}},
		{"2015/01/{[!0],0[8-9]}**", []string{"2015/01/10/a", "2015/01/31/x/y", "2015/01/08/a", "2015/01/09", "2015/01/1"},
			[]string{"2015/01/07/a", "2015/01/00", "2015/02/10/a", "2015/01//a"}},
		{"*.csv", []string{"a.csv"}, []string{"x/a.csv"}},
		{"*.*", []string{"a.b", ".hidden", "a.b.c"}, []string{"ab", "x/a.b"}},
		{"*.{csv,avro}", []string{"a.csv", "a.avro"}, []string{"a.json", "a.{csv,avro}"}},
		{"foo.?", []string{"foo.x", "foo.ü", "foo.\n"}, []string{"foo.", "foo.xy", "foo./"}},
		{"myfolder/*", []string{"myfolder/a", "myfolder/.a"}, []string{"myfolder/b/a"}},
		{"myfolder/*/*", []string{"myfolder/b/a"}, []string{"myfolder/a", "myfolder/b/c/d"}},
		{"myfolder**", []string{"myfolder", "myfolder/b/c", "myfolder.txt"}, []string{"my"}},
		{"Market*", []string{"Market", "Marketing"}, []string{"market", "Market/a"}},
		{"AWS-SSH", []string{"AWS-SSH"}, []string{"AWS-SSH/x"}},
		{"[abc].csv", []string{"a.csv", "c.csv"}, []string{"d.csv", "ab.csv", "A.csv"}},
		{"[!a-c]*", []string{"d", "-", "dx"}, []string{"a", "bx", "", "/x"}},
		{"[]x]", []string{"]", "x"}, []string{"[]x]"}},
		{"[-a]", []string{"-", "a"}, []string{"b"}},
		{"[a-]", []string{"-", "a"}, []string{"b"}},
		{"[*?\\]", []string{"*", "?", `\`}, []string{"a"}},
		{"[+-9]", []string{"+", ".", "0", "9"}, []string{"/", ":"}},
		{"[^a]", []string{"^", "a"}, []string{"b"}},
		{`\*\{a\,b\}\\`, []string{`*{a,b}\`}, []string{"x{a,b}"}},
		{"a,b}", []string{"a,b}"}, []string{"a", "b"}},
		{"logs/", []string{"logs/a", "logs/b/c"}, []string{"logs"}},
		{"/a.csv", []string{"a.csv"}, []string{"/a.csv"}},
		{"{a*,**/b}/c?", []string{"a1/cx", "x/y/b/c1"}, []string{"b/c1x", "x/c1"}},
		{"a{,b}c", []string{"ac", "abc"}, []string{"bc"}},
		{"**/_temporary/**", []string{"x/_temporary/0/a"}, []string{"_temporary/a"}},
		{"dt=2024-01-*/**", []string{"dt=2024-01-31/f"}, []string{"dt=2024-02-01/f"}},
		{"a.b+(c)^$|", []string{"a.b+(c)^$|"}, []string{"aXb+(c)^$|"}},
	} {
		g, err := ParseGlob(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		for _, p := range c.yes {
			if !g.Match(p) {
				t.Errorf("%s does not match %q", c.pattern, p)
			}
		}
		for _, p := range c.not {
			if g.Match(p) {
				t.Errorf("%s matches %q", c.pattern, p)
			}
		}
	}
	for pattern, why := range map[string]string{
		"": "empty", "[a": "not closed", "{a,b": "not closed", "{a,{b}}": "nest", `a\`: "escapes nothing", "[z-a]": "backwards", "[a/b]": "slash",
		"[": "not closed", strings.Repeat("a", 3000): "too long",
	} {
		if _, err := ParseGlob(pattern); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v, want %q", pattern, err, why)
		}
	}
}

func FuzzGlob(f *testing.F) {
	for _, s := range []string{"departments/**", "2015/01/{[!0],0[8-9]}**", "[+-9]", `\*\{a\,b\}\\`, "[]x]", "[!a-c]*"} {
		f.Add(s, "2015/01/09/a")
	}
	f.Fuzz(func(t *testing.T, pattern, path string) {
		g, err := ParseGlob(pattern)
		if err != nil {
			return
		}
		g.Match(path)
		if !strings.ContainsAny(pattern, `*?[]{}\,`) && !strings.HasPrefix(pattern, "/") && !strings.HasSuffix(pattern, "/") && !g.Match(pattern) &&
			strings.ToValidUTF8(pattern, "") == pattern {
			t.Errorf("%q does not match itself", pattern)
		}
	})
}
