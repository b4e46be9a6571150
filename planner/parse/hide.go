package parse

import "strings"

// Hidden is what stands in the place of a literal.
const Hidden = "?"

// cut ends a text the rest of which may hold literals.
const cut = "..."

// HideLiterals gives a statement's text for those who may not see the values in
// it: strings, numbers, bytes and bits become ?, comments a space. Identifiers
// and parameters stay.
//
// Where a literal of a text that does not parse ends cannot be told ('it\'s' is
// two things in two dialects), so such a text ends before its first quote.
func HideLiterals(sql string) string {
	toks, lexed := lex(sql)
	sure := lexed == nil
	if sure {
		_, err := Parse(sql)
		sure = err == nil
	}
	h := hider{sql: sql, sure: sure}
	h.out.Grow(len(sql))
	for i := range toks {
		if !h.token(&toks[i]) {
			break
		}
	}
	if !h.ended && !sure {
		h.end()
	}
	return h.out.String()
}

// hider writes tokens without their values.
type hider struct {
	sql   string
	out   strings.Builder
	from  uint32 // the end of the last token
	sure  bool   // what the tokens are is what the text means
	hive  bool   // double quotes hold strings
	first string // words of the statement
	words int
	ended bool
}

// token writes one token and what separates it from the last one; false at the
// end of what may be shown.
func (h *hider) token(t *token) bool {
	if t.kind == kEOF {
		return false
	}
	quoted := t.kind == kString || t.kind == kBytes || t.kind == kBits || t.kind == kQuoted
	if quoted && !h.sure {
		h.end()
		return false
	}
	if h.out.Len() > 0 && t.start > h.from {
		h.gap(h.sql[h.from:t.start])
	}
	h.from = t.end
	h.statement(t)
	switch text := h.sql[t.start:t.end]; {
	case t.kind == kNumber, quoted && t.kind != kQuoted, t.kind == kQuoted && h.hive && strings.HasPrefix(text, `"`):
		h.out.WriteString(Hidden)
	default:
		h.out.WriteString(text)
	}
	return true
}

// gap writes white space as it is, unless a comment is in it.
func (h *hider) gap(s string) {
	if strings.TrimLeft(s, " \t\r\n\f\v") != "" {
		s = " "
	}
	h.out.WriteString(s)
}

// statement follows whether the statement is Hive's, as the lexer does.
func (h *hider) statement(t *token) {
	if t.word == ";" {
		h.words, h.hive = 0, false
		return
	}
	h.words++
	switch {
	case h.words == 1:
		h.first = t.word
	case h.words == 2 && t.kind == kWord:
		h.hive = hiveStatement(h.first, t.word)
	case h.first == "create" || h.first == "alter":
		// What follows in those takes "x" for a string in every statement.
		h.hive = h.hive || t.word == "tblproperties" || t.word == "serdeproperties" || t.word == "dbproperties" || t.word == "comment"
	}
}

func (h *hider) end() {
	h.ended = true
	if h.out.Len() > 0 {
		h.out.WriteByte(' ')
	}
	h.out.WriteString(cut)
}

// FirstWord gives the first word of a statement in lower case, after comments and
// parentheses; "" if there is none.
func FirstWord(sql string) string {
	l := lexer{sql: sql, ascii: true}
	for l.space() {
		if sql[l.i] == '(' {
			l.i++
			continue
		}
		start := l.i
		for l.i < len(sql) && byteClass[sql[l.i]]&cIdent != 0 {
			l.i++
		}
		w, _ := foldWord(sql[start:l.i])
		return w
	}
	return ""
}
