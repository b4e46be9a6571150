package parse

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
)

// MaxDepth limits how deep parentheses, subqueries and prefix operators nest.
const MaxDepth = 1000

// maxText limits the length of a text in bytes, so that offsets fit tokens.
const maxText = 1 << 30

const codeBadEncoding fault.Code = "22021" // character_not_in_repertoire

type kind uint8

const (
	kEOF    kind = iota
	kWord        // an unquoted identifier or keyword; word is folded to lower case
	kQuoted      // "x", `x`, U&"x"
	kNumber      // 12, 1.5, 1e3
	kString      // 'x', E'x', U&'x', $$x$$, N'x'
	kBytes       // X'1F'
	kBits        // B'101'
	kParam       // $1
	kOp          // an operator, in word
	kPunct       // ( ) [ ] , ; . : :: ? { }
)

// token is a lexical unit. match is the index of the closing bracket's token
// for an opening one, 0 if it is never closed.
type token struct {
	word       string // words, operators and punctuation; "" for the others
	start, end uint32 // bytes in the text
	pos        uint32 // 1-based, in characters
	match      uint32
	kind       kind
	class      class
}

// Classes of bytes.
const (
	cSpace = 1 << iota
	cStart // may start an identifier
	cIdent // may continue an identifier
	cDigit
	cOp
)

var byteClass = func() (t [256]uint8) {
	for _, c := range " \t\n\r\f\v" {
		t[c] |= cSpace
	}
	for c := range t {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c >= 0x80:
			t[c] |= cStart | cIdent
		case c >= '0' && c <= '9':
			t[c] |= cIdent | cDigit
		}
	}
	t['$'] |= cIdent
	for _, c := range "+-*/<>=~!@#%^&|" {
		t[c] |= cOp
	}
	return t
}()

// lexer makes the tokens of a whole text, statements and semicolons.
type lexer struct {
	sql   string
	i     int // next byte
	toks  []token
	open  []uint32 // indexes of brackets that wait for their partner
	first int      // index of the first token of the current statement
	hive  bool     // the current statement is Hive DDL: backslashes escape in strings
	rows  int      // inside PATTERN (...): how many brackets are open around it, and one; else 0
	ascii bool
	runeI int // byte offset up to which runes were counted
	runes int // characters before runeI
	err   *fault.Error
}

func lex(sql string) ([]token, *fault.Error) {
	if len(sql) > maxText {
		return nil, fault.New(fault.CodeProgramLimit, "statement is too long: %d bytes", len(sql))
	}
	if !utf8.ValidString(sql) {
		return nil, fault.New(codeBadEncoding, "invalid byte sequence for encoding \"UTF8\": %s", badBytes(sql)).
			At(validRunes(sql) + 1)
	}
	l := lexer{sql: sql, ascii: isASCII(sql), toks: make([]token, 0, len(sql)/4+8)}
	for l.err == nil && l.space() {
		l.next()
	}
	l.emit(kEOF, len(sql), "")
	return l.toks, l.err
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

func validRunes(s string) int {
	n := 0
	for i := 0; i < len(s); n++ {
		r, w := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && w == 1 {
			break
		}
		i += w
	}
	return n
}

// runePos gives the 1-based character position of a byte offset. Offsets must
// not decrease from call to call.
func (l *lexer) runePos(off int) int {
	if l.ascii {
		return off + 1
	}
	l.runes += utf8.RuneCountInString(l.sql[l.runeI:off])
	l.runeI = off
	return l.runes + 1
}

func (l *lexer) fail(start int, format string, args ...any) {
	if l.err == nil {
		l.err = fault.New(fault.CodeSyntax, format, args...).At(l.runePos(start))
	}
}

// emit adds the token that ends before l.i.
func (l *lexer) emit(k kind, start int, word string) {
	l.toks = append(l.toks, token{word: word, start: uint32(start), end: uint32(l.i), pos: uint32(l.runePos(start)), kind: k})
}

// space skips white space and comments; false at the end of the text.
func (l *lexer) space() bool {
	s := l.sql
	for l.i < len(s) {
		switch c := s[l.i]; {
		case byteClass[c]&cSpace != 0:
			l.i++
		case c == '-' && strings.HasPrefix(s[l.i:], "--"):
			n := strings.IndexAny(s[l.i:], "\n\r")
			if n < 0 {
				n = len(s) - l.i
			}
			l.i += n
		case c == '/' && strings.HasPrefix(s[l.i:], "/*"):
			if !l.comment() {
				return false
			}
		default:
			return true
		}
	}
	return false
}

// comment skips a block comment; they nest, as in PostgreSQL.
func (l *lexer) comment() bool {
	start, depth := l.i, 0
	for l.i < len(l.sql) {
		switch {
		case strings.HasPrefix(l.sql[l.i:], "/*"):
			depth++
			l.i += 2
		case strings.HasPrefix(l.sql[l.i:], "*/"):
			depth--
			l.i += 2
			if depth == 0 {
				return true
			}
		default:
			l.i++
		}
	}
	l.fail(start, "unterminated /* comment at or near \"%s\"", clip(l.sql[start:]))
	return false
}

func (l *lexer) peek(n int) byte {
	if l.i+n < len(l.sql) {
		return l.sql[l.i+n]
	}
	return 0
}

// next lexes one token at a byte that is neither space nor comment.
func (l *lexer) next() {
	start, c := l.i, l.sql[l.i]
	switch {
	case byteClass[c]&cStart != 0:
		if !l.prefixedString(c) {
			l.word(start)
		}
	case byteClass[c]&cDigit != 0, c == '.' && byteClass[l.peek(1)]&cDigit != 0:
		l.number(start)
	case c == '\'':
		l.quoted(start, '\'', l.hive, kString, "unterminated quoted string")
	case c == '"':
		l.quoted(start, '"', l.hive, kQuoted, "unterminated quoted identifier")
	case c == '`':
		l.quoted(start, '`', false, kQuoted, "unterminated quoted identifier")
	case c == '$':
		l.dollar(start)
	case byteClass[c]&cOp != 0:
		l.operator(start)
	default:
		l.punct(start, c)
	}
}

func (l *lexer) word(start int) {
	s := l.sql
	for l.i < len(s) && byteClass[s[l.i]]&cIdent != 0 && (s[l.i] != '$' || l.rows == 0) {
		l.i++
	}
	w, cl := foldWord(s[start:l.i])
	l.emit(kWord, start, w)
	l.toks[len(l.toks)-1].class = cl
	if n := len(l.toks) - l.first; n == 2 && !l.hive {
		l.hive = hiveStatement(l.toks[l.first].word, w)
	}
}

// hiveStatement tells by the first two words whether a statement is Hive DDL,
// where a backslash escapes in strings and double quotes hold strings too.
func hiveStatement(first, second string) bool {
	switch first {
	case "create":
		return second == "external" || second == "database" || second == "schema"
	case "alter":
		return second == "table" || second == "database" || second == "schema"
	}
	return false
}

// numberBases are the letters after 0 of integers in other bases, and their digits.
var numberBases = map[byte]string{'x': "0123456789abcdef", 'o': "01234567", 'b': "01"}

// based takes an integer such as 0x1F, 0b1010 or 0o17, whose digits an underscore may
// part. It takes nothing if something else than such a number stands there.
func (l *lexer) based() bool {
	set := numberBases[l.peek(1)|0x20]
	if l.peek(0) != '0' || set == "" {
		return false
	}
	n := 2
	for c := l.peek(n); ; c = l.peek(n) {
		if c == '_' {
			n++
			c = l.peek(n)
		}
		if c == 0 || strings.IndexByte(set, c|0x20) < 0 && strings.IndexByte(set, c) < 0 {
			break
		}
		n++
	}
	if last := l.peek(n - 1); n == 2 || last == '_' || byteClass[l.peek(n)]&cIdent != 0 {
		return false
	}
	l.i += n
	return true
}

func (l *lexer) number(start int) {
	digits := func() {
		for byteClass[l.peek(0)]&cDigit != 0 || l.peek(0) == '_' && byteClass[l.peek(1)]&cDigit != 0 && l.i > start {
			l.i++
		}
	}
	if l.based() {
		l.emit(kNumber, start, "")
		return
	}
	digits()
	if l.peek(0) == '.' && l.peek(1) != '.' {
		l.i++
		digits()
	}
	if c := l.peek(0); c == 'e' || c == 'E' {
		n := 1
		if d := l.peek(1); d == '+' || d == '-' {
			n = 2
		}
		if byteClass[l.peek(n)]&cDigit != 0 {
			l.i += n
			digits()
		}
	}
	if byteClass[l.peek(0)]&cStart != 0 {
		for byteClass[l.peek(0)]&cIdent != 0 {
			l.i++
		}
		l.fail(start, "trailing junk after numeric literal at or near \"%s\"", clip(l.sql[start:l.i]))
		return
	}
	l.emit(kNumber, start, "")
}

// operators are all that the grammar or PostgreSQL's catalog knows, by first
// character, the longest first.
var operators = func() (t [128][]string) {
	for _, op := range strings.Fields(`!~~* !~~ !~* !~ != ## #>> #> #- # % &&& && &< &> & *= * + -|- ->> -> - / <=> <-> <<= << <= <> <@ <^ <
		=> = >>= >> >= >^ > @> @@@ @@ @? @-@ @ ^@ ^ |/ ||/ || |>> |&> | ~~* ~~ ~* ~=~ ~= ~<~ ~>~ ~`) {
		t[op[0]] = append(t[op[0]], op)
	}
	for _, ops := range t {
		slices.SortFunc(ops, func(a, b string) int { return len(b) - len(a) })
	}
	return t
}()

// operator takes the longest known operator. (PostgreSQL takes the longest run
// of operator characters, because users may make operators there; then a||-1
// is an unknown operator.)
func (l *lexer) operator(start int) {
	rest := l.sql[start:]
	for _, op := range operators[rest[0]] {
		if strings.HasPrefix(rest, op) {
			l.i += len(op)
			if op == "!=" {
				op = "<>"
			}
			l.emit(kOp, start, op)
			return
		}
	}
	l.i++
	l.fail(start, "syntax error at or near \"%s\"", rest[:1])
}

func (l *lexer) punct(start int, c byte) {
	l.i++
	switch c {
	case '(', '[':
		if len(l.open) >= MaxDepth {
			l.err = tooDeep(l.runePos(start))
			return
		}
		l.open = append(l.open, uint32(len(l.toks)))
		if n := len(l.toks); c == '(' && l.rows == 0 && n > 0 && l.toks[n-1].word == "pattern" && l.matching() {
			l.rows = len(l.open)
		}
	case ')', ']':
		if l.close(c); len(l.open) < l.rows {
			l.rows = 0
		}
	case ':':
		if n := l.peek(0); n == ':' || n == '=' {
			l.i++
		}
	case ';':
		l.emit(kPunct, start, ";")
		l.first, l.hive, l.open, l.rows = len(l.toks), false, l.open[:0], 0
		return
	case ',', '.', '?', '{', '}':
	default:
		l.fail(start, "syntax error at or near \"%s\"", clip(l.sql[start:l.i]))
		return
	}
	l.emit(kPunct, start, l.sql[start:l.i])
}

// matching reports whether the statement has had a word after which PATTERN ( starts
// a row pattern rather than a call. There a $ is an anchor and no part of names.
func (l *lexer) matching() bool {
	for i := len(l.toks) - 1; i >= l.first; i-- {
		switch l.toks[i].word {
		case "match_recognize", "over", "window":
			return true
		}
	}
	return false
}

// close matches a closing bracket, which will be the next token, with the
// innermost open one if that is of the same kind.
func (l *lexer) close(c byte) {
	n := len(l.open)
	if n == 0 {
		return
	}
	partner := &l.toks[l.open[n-1]]
	if partner.word == "(" == (c == ')') {
		partner.match = uint32(len(l.toks))
	}
	l.open = l.open[:n-1]
}

func tooDeep(pos int) *fault.Error {
	return fault.New(fault.CodeStatementTooComplex, "statement is nested deeper than %d levels", MaxDepth).At(pos).
		WithHint("Simplify the expression, or move parts of it into WITH queries.")
}

// clip shortens the quoted part of a message.
func clip(s string) string {
	const most = 60
	if i := strings.IndexByte(s, '\n'); i >= 0 {
		s = s[:i]
	}
	if len(s) <= most {
		return s
	}
	n := most
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// badBytes shows the first bytes of sql that are no UTF-8, as many as the first
// of them promises.
func badBytes(sql string) string {
	at := 0
	for i, r := range sql {
		if _, n := utf8.DecodeRuneInString(sql[i:]); r == utf8.RuneError && n == 1 {
			at = i
			break
		}
	}
	n := 1
	switch c := sql[at]; {
	case c >= 0xf0 && c < 0xf8:
		n = 4
	case c >= 0xe0 && c < 0xf0:
		n = 3
	case c >= 0xc0 && c < 0xe0:
		n = 2
	}
	var out []string
	for _, c := range []byte(sql[at:min(at+n, len(sql))]) {
		out = append(out, fmt.Sprintf("0x%02x", c))
	}
	return strings.Join(out, " ")
}
