package kernel

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// likeRegexp translates a LIKE pattern: the obvious way to match it.
func likeRegexp(pattern, escape string, fold bool) (*regexp.Regexp, bool) {
	var b strings.Builder
	b.WriteString("(?s)")
	if fold {
		b.WriteString("(?i)")
	}
	b.WriteString("^")
	esc := false
	for _, r := range pattern {
		switch {
		case esc:
			b.WriteString(regexp.QuoteMeta(string(r)))
			esc = false
		case escape != "" && string(r) == escape:
			esc = true
		case r == '%':
			b.WriteString(".*")
		case r == '_':
			b.WriteString(".")
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	re, err := regexp.Compile(b.String() + "$")
	return re, err == nil && !esc
}

func checkLike(t *testing.T, pattern, text string) {
	t.Helper()
	re, ok := likeRegexp(pattern, `\`, false)
	m, err := NewLikeMatcher(pattern, `\`, false)
	if ok != (err == nil) {
		t.Fatalf("pattern %q: %v, but the regular expression is good: %v", pattern, err, ok)
	}
	if err != nil {
		return
	}
	want := re.MatchString(text)
	if got := m.Match([]byte(text)); got != want {
		t.Fatalf("%q like %q = %v, want %v", text, pattern, got, want)
	}
	if prefix, exact := m.Prefix(); want && (!strings.HasPrefix(text, string(prefix)) || exact && text != string(prefix)) {
		t.Fatalf("%q matches %q but not its prefix %q (exact %v)", text, pattern, prefix, exact)
	}
}

func TestLike(t *testing.T) {
	patterns := []string{"", "%", "%%", "_", "a", "a%", "%a", "%a%", "a%b", "a%b%c", "_b%", "%_", "%b_", "_%_", "a_c", `a\%c`, `\_`, `%\\%`, "%ab%ab%", "na_ve", "%é%", "_%é", "%a_b%"}
	texts := []string{"", "a", "b", "ab", "abc", "abab", "ababab", "aXbXc", "naïve", "é", "a%c", "_", `a\b`, "cab", "aab", "ba", "axb", "abxab"}
	for _, p := range patterns {
		for _, s := range texts {
			checkLike(t, p, s)
		}
	}
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{{"ÀB%", "àbc", true}, {"%X_", "axé", true}, {"a", "A", true}, {"a", "B", false}} {
		m, err := NewLikeMatcher(c.pattern, "", true)
		if err != nil || m.Match([]byte(c.text)) != c.want {
			t.Errorf("%q ilike %q is not %v (%v)", c.text, c.pattern, c.want, err)
		}
	}
	if _, err := NewLikeMatcher(`a\`, `\`, false); err == nil {
		t.Error("a pattern that ends with the escape character was taken")
	}
	if _, err := NewLikeMatcher("a", "ab", false); err == nil {
		t.Error("an escape of two characters was taken")
	}
}

func FuzzLike(f *testing.F) {
	f.Add("a%b_", "axxbc")
	f.Add(`%\%%`, "50%")
	f.Add("%_%_", "é")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if !utf8.ValidString(pattern) || !utf8.ValidString(text) || len(pattern) > 50 {
			t.Skip()
		}
		checkLike(t, pattern, text)
	})
}

func BenchmarkLikeContains(b *testing.B) {
	m, err := NewLikeMatcher("%special%", "", false)
	if err != nil {
		b.Fatal(err)
	}
	text := []byte("the quick brown fox is a special case")
	for b.Loop() {
		if !m.Match(text) {
			b.Fatal("no match")
		}
	}
}
