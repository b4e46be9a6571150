package fn

import (
	"regexp"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
)

// TestRegexpPostgres has the answers of PostgreSQL 15's ~.
func TestRegexpPostgres(t *testing.T) {
	for _, c := range []struct {
		text, pattern, options string
		want                   bool
		code                   fault.Code
	}{
		{"foo bar", `\mbar\M`, "", true, ""}, {"foobar", `\mbar`, "", false, ""}, {"foo bar", `[[:<:]]bar[[:>:]]`, "", true, ""},
		{"foobar", `o\Yb`, "", true, ""}, {"a\nb", "a.b", "", true, ""}, {"a\nb", "a.b", "n", false, ""}, {"a\nb", "a.b", "p", false, ""},
		{"a\nb", "^b$", "", false, ""}, {"a\nb", "^b$", "n", true, ""}, {"a\nb", "^b$", "w", true, ""}, {"a\nb", "^b$", "p", false, ""},
		{"a\nb", "a[^x]b", "", true, ""}, {"a\nb", "a[^x]b", "n", false, ""},
		{"é", `^\w$`, "", true, ""}, {"é", `^[\w]$`, "", true, ""}, {"é", `\W`, "", false, ""}, {"-", `^\W$`, "", true, ""},
		{"ab", `\Aab\Z`, "", true, ""}, {"ab\n", `ab\Z`, "", false, ""}, {`a\b`, `a\Bb`, "", true, ""}, {"a\bc", `a\bc`, "", true, ""},
		{"A", "(?i)a", "", true, ""}, {"A", "a", "i", true, ""}, {"A", "a", "ic", false, ""}, {"a.c", "***=a.c", "", true, ""}, {"abc", "***=a.c", "", false, ""},
		{"abc", "***:b", "", true, ""}, {"a.c", "a.c", "q", true, ""}, {"abc", "a.c", "q", false, ""},
		{"ab", "a b # both", "x", true, ""}, {"ab", "(?x)a b", "", true, ""}, {"a b", `a\ b`, "x", true, ""}, {"a b", "a[ ]b", "x", true, ""},
		{"ä", `\u00e4`, "", true, ""}, {"ä", `\U000000e4`, "", true, ""}, {"\x1b", `\e`, "", true, ""}, {"\x03", `\cC`, "", true, ""},
		{"ab", "^b$", "", false, ""}, {"ab", "^b", "", false, ""}, {"b", "^b$", "", true, ""}, {"abc", "b", "", true, ""}, {"]", "[]]", "", true, ""}, {"a", "[^]]", "", true, ""}, {"[", "[[]", "", true, ""}, {"ab", "a(?#remark)b", "", true, ""}, {"é", `\é`, "", true, ""},
		{"aa", `(a)\1`, "", false, fault.CodeFeatureNotSupported}, {"a", "a(?=b)", "", false, fault.CodeFeatureNotSupported},
		{"a", "(?<!b)a", "", false, fault.CodeFeatureNotSupported}, {"a", "[[.a.]]", "", false, fault.CodeFeatureNotSupported},
		{"a", "(", "", false, fault.CodeInvalidRegexp}, {"a", "[a", "", false, fault.CodeInvalidRegexp}, {"a", `a\`, "", false, fault.CodeInvalidRegexp},
		{"a", `\u12`, "", false, fault.CodeInvalidRegexp}, {"a", "***a", "", false, fault.CodeInvalidRegexp}, {"a", "a", "z", false, fault.CodeInvalidParameter},
	} {
		m, err := compileRegexp(c.pattern, c.options)
		switch {
		case c.code != "" && !fault.Is(err, c.code):
			t.Errorf("%q: %v, want SQLSTATE %s", c.pattern, err, c.code)
		case c.code == "" && err != nil:
			t.Errorf("%q: %v", c.pattern, err)
		case c.code == "" && m.match([]byte(c.text)) != c.want:
			t.Errorf("%q ~ %q (%s) = %v", c.text, c.pattern, c.options, !c.want)
		}
	}
}

func TestRegexpJava(t *testing.T) {
	for _, c := range []struct {
		text, pattern string
		want          bool
		code          fault.Code
	}{
		{"a\nb", "a.b", false, ""}, {"a\nb", "(?s)a.b", true, ""}, {"a b", `a\bb`, false, ""}, {"a b", `a\b b`, true, ""}, {"\u00e4", `\u00e4`, true, ""},
		{"a\r\nb", `a\Rb`, true, ""}, {"a.b", `\Qa.b\E`, true, ""}, {"x1", `(?<n>\d)`, true, ""}, {"ab", `\p{Lu}`, false, ""},
		{"a", "[a-z&&[^b]]", false, fault.CodeFeatureNotSupported}, {"a", "[a[b]]", false, fault.CodeFeatureNotSupported}, {"a", "(?>a)", false, fault.CodeFeatureNotSupported},
		{"a", `a\Z`, false, fault.CodeFeatureNotSupported}, {"aa", `(?<n>a)\k<n>`, false, fault.CodeFeatureNotSupported}, {"a", "a*+", false, fault.CodeInvalidRegexp},
	} {
		m, err := compileJava(c.pattern, "")
		switch {
		case c.code != "" && !fault.Is(err, c.code):
			t.Errorf("%q: %v, want SQLSTATE %s", c.pattern, err, c.code)
		case c.code == "" && err != nil:
			t.Errorf("%q: %v", c.pattern, err)
		case c.code == "" && m.match([]byte(c.text)) != c.want:
			t.Errorf("%q matches %q = %v", c.pattern, c.text, !c.want)
		}
	}
}

// FuzzRegexp looks for patterns that break the translator, and for a prefilter
// that disagrees with the automaton.
func FuzzRegexp(f *testing.F) {
	for _, p := range []string{`\mfoo\M`, `[[:<:]]a`, `***=a.c`, `(?x)a b # c`, `[^]a\w-]`, `\u00e4[\]]`, `(?i)ab|c`, "\\", "[", `(?#`, `a{2,3}`} {
		f.Add(p, "foo ä ab", "n")
	}
	f.Fuzz(func(t *testing.T, pattern, text, options string) {
		if len(pattern) > 200 {
			return
		}
		for _, compile := range []func(p, o string) (*matcher, error){compileRegexp, compileJava} {
			m, err := compile(pattern, options)
			if err != nil {
				if fault.As(err).Kind == fault.Internal {
					t.Errorf("%q: %v", pattern, err)
				}
				continue
			}
			if plain := regexp.MustCompile(m.re.String()).MatchString(text); m.match([]byte(text)) != plain {
				t.Errorf("%q ~ %q: the prefilter disagrees", text, pattern)
			}
		}
	})
}
