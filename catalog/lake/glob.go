package lake

import (
	"regexp"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Glob is an exclusion in Glue's form, matched against an object's path below
// a crawl's target:
//
//   - any run of characters within one folder
//     **      any run of characters, across folders
//     ?       one character, but no slash
//     [abc]   one of the characters, [a-z] of a range, [!a-c] none of them; never a slash.
//   - ? and \ mean themselves in it, - does at its beginning, ] does right after [ or [!
//     {a,b}   either pattern; braces do not nest
//     \x      x itself
//
// A dot at the beginning of a name is an ordinary character, and a pattern with
// a slash at its end stands for all that is in the folder.
type Glob struct{ re *regexp.Regexp }

// maxGlob is the longest pattern that is read.
const maxGlob = 2048

// ParseGlob reads a pattern; what is wrong with it is 22023.
func ParseGlob(pattern string) (Glob, error) {
	bad := func(why string) (Glob, error) {
		return Glob{}, fault.New(fault.CodeInvalidParameter, "invalid exclusion %q: %s", pattern, why)
	}
	if pattern == "" {
		return bad("it is empty")
	}
	if len(pattern) > maxGlob {
		return bad("it is too long")
	}
	g := globParser{in: []rune(strings.TrimPrefix(pattern, "/"))}
	if n := len(g.in); n > 0 && g.in[n-1] == '/' {
		g.in = append(g.in, '*', '*')
	}
	if why := g.parse(); why != "" {
		return bad(why)
	}
	re, err := regexp.Compile(`(?s)\A` + g.out.String() + `\z`)
	if err != nil {
		return bad("it is too large")
	}
	return Glob{re}, nil
}

// Match reports whether a path is excluded.
func (g Glob) Match(path string) bool { return g.re.MatchString(path) }

// globParser writes a pattern as a regular expression.
type globParser struct {
	in    []rune
	out   strings.Builder
	at    int
	group bool // inside braces
}

// parse gives what is wrong with the pattern, "" if nothing is.
func (g *globParser) parse() string {
	for g.at < len(g.in) {
		c := g.in[g.at]
		g.at++
		switch c {
		case '*':
			g.star()
		case '?':
			g.out.WriteString(`[^/]`)
		case '[':
			if why := g.class(); why != "" {
				return why
			}
		case '\\':
			if g.at == len(g.in) {
				return `\ at the end escapes nothing`
			}
			g.literal(g.in[g.at])
			g.at++
		case '{':
			if g.group {
				return "braces do not nest"
			}
			g.group = true
			g.out.WriteString(`(?:`)
		case ',', '}':
			g.alternative(c)
		default:
			g.literal(c)
		}
	}
	if g.group {
		return "a { is not closed"
	}
	return ""
}

func (g *globParser) literal(c rune) { g.out.WriteString(regexp.QuoteMeta(string(c))) }

func (g *globParser) star() {
	if g.at < len(g.in) && g.in[g.at] == '*' {
		g.at++
		g.out.WriteString(`.*`)
		return
	}
	g.out.WriteString(`[^/]*`)
}

// alternative reads a comma or a closing brace, which mean themselves outside
// of braces.
func (g *globParser) alternative(c rune) {
	switch {
	case !g.group:
		g.literal(c)
	case c == ',':
		g.out.WriteByte('|')
	default:
		g.group = false
		g.out.WriteByte(')')
	}
}

// class reads a bracket expression behind its [.
func (g *globParser) class() string {
	not := g.at < len(g.in) && g.in[g.at] == '!'
	if not {
		g.at++
	}
	var set strings.Builder
	for first := true; ; first = false {
		if g.at == len(g.in) {
			return "a [ is not closed"
		}
		c := g.in[g.at]
		g.at++
		if c == ']' && !first {
			break
		}
		if c == '/' {
			return "a slash cannot be in brackets"
		}
		set.WriteString(classRune(c))
		if g.at+1 < len(g.in) && g.in[g.at] == '-' && g.in[g.at+1] != ']' {
			end := g.in[g.at+1]
			if end < c {
				return "the range " + string(c) + "-" + string(end) + " is backwards"
			}
			set.WriteString("-" + classRune(end))
			g.at += 2
		}
	}
	if not {
		g.out.WriteString(`[^/` + set.String() + `]`)
		return ""
	}
	// A range such as [+-9] may span the slash, which no bracket matches.
	g.out.WriteString(classWithoutSlash(set.String()))
	return ""
}

func classRune(c rune) string {
	if strings.ContainsRune(`\]^[-&~:`, c) {
		return `\` + string(c)
	}
	return string(c)
}

// classWithoutSlash writes a class that does not match a slash.
func classWithoutSlash(set string) string {
	re, err := regexp.Compile(`\A[` + set + `]\z`)
	if err != nil || !re.MatchString("/") {
		return `[` + set + `]`
	}
	return splitAtSlash(set)
}

// splitAtSlash cuts the ranges that span the slash in two.
func splitAtSlash(set string) string {
	var out strings.Builder
	rs := []rune(set)
	for i := 0; i < len(rs); {
		lo, n := classMember(rs[i:])
		i += n
		hi := lo
		if i < len(rs) && rs[i] == '-' {
			hi, n = classMember(rs[i+1:])
			i += 1 + n
		}
		if lo <= '/' && hi >= '/' {
			writeRange(&out, lo, '/'-1)
			writeRange(&out, '/'+1, hi)
			continue
		}
		writeRange(&out, lo, hi)
	}
	return `[` + out.String() + `]`
}

func writeRange(out *strings.Builder, lo, hi rune) {
	if lo <= hi {
		out.WriteString(classRune(lo) + "-" + classRune(hi))
	}
}

// classMember reads one character as classRune writes it.
func classMember(rs []rune) (c rune, n int) {
	if rs[0] == '\\' {
		return rs[1], 2
	}
	return rs[0], 1
}
