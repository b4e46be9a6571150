package grok

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// oracle compares a matcher with package regexp.
func oracle(t *testing.T, expr string, lines ...string) {
	t.Helper()
	re, err := regexp.Compile(expr)
	if err != nil {
		return
	}
	m, err := newMachine(expr)
	if err != nil {
		t.Fatalf("%s: %v", expr, err)
	}
	p := &Pattern{re: re, machine: m}
	x := p.matcher()
	for _, line := range lines {
		want := re.FindSubmatchIndex([]byte(line))
		if got := x.match([]byte(line)); !slices.Equal(got, want) || (got == nil) != (want == nil) {
			t.Errorf("%s on %q: %v, want %v", expr, line, got, want)
		}
	}
}

func TestMatcher(t *testing.T) {
	lines := []string{"", "a", "aa", "ab", "aab", "abab", "ba", "xaay", "äöü a", "a b c", "key=value; x", "\"q\" 'r'", "a\nb", "aäa", "\xff", "a\xffb", "1.2.3.4 - x"}
	for _, expr := range []string{
		``, `a`, `a*`, `a+`, `a*?`, `a+?b`, `(a*)(a*)`, `(a*?)(a*)`, `(a|ab)(c|bcd|b*)`, `(?:a*)*`, `(?:a*)+b`, `(a*)*`, `(?:a|b)*b`, `^a`, `a$`, `^$`, `\ba\b`, `\Ba`,
		`.*b`, `.*?b`, `(.*) (.*)`, `(.*?) (.*?)$`, `[^ ]+`, `[^ä]*a`, `(?i)A+`, `(?i)k+`, `(?s).*`, `(?m)^b$`, `\w+\W*`, `(\S+)=(\S+);?`, `"(.*?)"|'(.*?)'`, `a{2,3}`, `(a{1,2}){2}`,
		`ä*`, `[äö]+`, `x*y*z*`, `((a)|(b))+`, `(a?)(a?)aa`, `\d+(?:\.\d+)*`, `(?:(?:a?)?)?b`,
	} {
		oracle(t, expr, lines...)
	}
	for _, s := range samples {
		for _, l := range logs {
			if l.pattern == "" {
				continue
			}
			p, err := Compile(l.pattern, "")
			if err != nil {
				t.Fatal(err)
			}
			for _, line := range strings.Split(s.lines, "\n") {
				if got, want := p.matcher().match([]byte(line)), p.re.FindSubmatchIndex([]byte(line)); !slices.Equal(got, want) {
					t.Errorf("%s on %q: %v, want %v", l.name, line, got, want)
				}
			}
		}
	}
}

// TestMatcherGivesUp: patterns that go back without end take linear time all
// the same.
func TestMatcherGivesUp(t *testing.T) {
	line := strings.Repeat("a", 2000)
	for _, expr := range []string{`(a*)*b`, `(a|aa)+$b`, `(?:a?){50}a{50}b`, `(.*)(.*)(.*)(.*)(.*)x`} {
		oracle(t, expr, line, line+"b")
	}
}

// FuzzMatcher compares with package regexp.
func FuzzMatcher(f *testing.F) {
	f.Add(`(a|b*?)+c\b`, "abac c")
	f.Add(`^(\S+) \[([^\]]*)\] "(?:(\w+) )?(.*?)"$`, `h [d] "GET /"`)
	f.Add(`(?i)[k-mä]*(.?)`, "Kläm\n")
	f.Fuzz(func(t *testing.T, expr, line string) {
		if len(expr) < 200 && len(line) < 500 {
			oracle(t, expr, line)
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	line := []byte(strings.SplitN(samples[0].lines, "\n", 2)[0])
	for _, pattern := range []string{logs[0].pattern, "%{COMBINEDAPACHELOG}"} {
		p, err := Compile(pattern, "")
		if err != nil {
			b.Fatal(err)
		}
		name, _, _ := strings.Cut(pattern, ":")
		b.Run("own/"+name, func(b *testing.B) {
			b.SetBytes(int64(len(line)))
			for x := p.matcher(); b.Loop(); {
				if x.match(line) == nil {
					b.Fatal("no match")
				}
			}
		})
		b.Run("regexp/"+name, func(b *testing.B) {
			b.SetBytes(int64(len(line)))
			for b.Loop() {
				if p.re.FindSubmatchIndex(line) == nil {
					b.Fatal("no match")
				}
			}
		})
	}
}
