package parse

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
)

// fail records a syntax error at the token, with what was expected there, and
// moves to the end of the text. Words in upper case are keywords.
func (p *parser) fail(expected ...string) {
	if p.err != nil {
		return
	}
	t := p.tok()
	e := fault.New(fault.CodeSyntax, "syntax error at end of input")
	if t.kind != kEOF {
		near := clip(p.text(t))
		if p.hides(t) {
			near = "***"
		}
		e = fault.New(fault.CodeSyntax, "syntax error at or near \"%s\"", near)
	}
	if h := p.hint(t, expected); h != "" && !p.hides(t) {
		e.WithHint("%s", h)
	}
	p.failWith(e.At(int(t.pos)))
}

// hides reports whether a token may be a password, which no error may show.
func (p *parser) hides(t *token) bool {
	return p.secret && t.kind != kEOF && (t.kind == kString || p.i > 0 && p.toks[p.i-1].word == "password")
}

// failWith records an error and moves to the end.
func (p *parser) failWith(e *fault.Error) {
	if p.err == nil {
		p.err = e
	}
	p.i = len(p.toks) - 1
}

// unsupported records that a statement or clause is known but not taken.
func (p *parser) unsupported(what string) {
	p.failWith(fault.New(fault.CodeFeatureNotSupported, "%s is not supported", what).At(int(p.tok().pos)))
}

// clauseWords are what a mistyped alias may have been meant as.
var clauseWords = strings.Fields(`SELECT FROM WHERE GROUP HAVING ORDER LIMIT OFFSET UNION INTERSECT EXCEPT JOIN LEFT RIGHT FULL
	INNER CROSS USING WINDOW VALUES BETWEEN LIKE ILIKE DISTINCT`)

func (p *parser) hint(t *token, expected []string) string {
	if t.kind == kWord && t.class < reserved {
		words := keywordsOf(expected)
		if len(words) == 0 && p.i > 1 {
			words = clauseWords
		}
		if w := fault.Nearest(t.word, words); w != "" && !strings.EqualFold(w, t.word) {
			return "Did you mean " + w + "?"
		}
	}
	if w := p.mistypedClause(); w != "" {
		return "Did you mean " + w + " instead of " + p.text(&p.toks[p.i-1]) + "?"
	}
	if t.kind == kWord && t.class == reserved && (mentionsName(expected) || p.usedAsName()) {
		return strings.ToUpper(t.word) + " is a reserved word: to use it as a name, put it in double quotes."
	}
	if len(expected) == 0 {
		return ""
	}
	return "Expected " + list(expected) + "."
}

// mistypedClause gives the keyword that the word before the error may have
// been meant as, when it was taken for an alias: SELECT a FORM t.
func (p *parser) mistypedClause() string {
	if p.i < 2 {
		return ""
	}
	prev := &p.toks[p.i-1]
	if prev.kind != kWord || prev.class > noAlias || len(prev.word) < 3 {
		return ""
	}
	w := fault.Nearest(prev.word, clauseWords)
	if w == "" || strings.EqualFold(w, prev.word) || w[0]|0x20 != prev.word[0] {
		return ""
	}
	return w
}

// usedAsName reports whether what follows the token suggests that it was meant
// as a column: order = 1, t.a, user.
func (p *parser) usedAsName() bool {
	next := p.peek(1)
	return next.kind == kOp && next.word != "*" || next.word == "," || next.word == "." || next.word == ")" && p.i > 0
}

// keywordsOf gives the keywords among what is expected.
func keywordsOf(expected []string) []string {
	var out []string
	for _, w := range expected {
		if w != "" && w[0] >= 'A' && w[0] <= 'Z' {
			out = append(out, w)
		}
	}
	return out
}

func mentionsName(expected []string) bool {
	for _, w := range expected {
		if strings.Contains(w, "name") {
			return true
		}
	}
	return false
}

func list(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// wantName shows a word that the parser wants: keywords in upper case,
// punctuation in quotes.
func wantName(w string) string {
	if w[0] >= 'a' && w[0] <= 'z' {
		return strings.ToUpper(w)
	}
	return `"` + w + `"`
}
