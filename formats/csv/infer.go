package csv

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// Infer finds the dialect, the header and the column types of delimited text
// from the beginning of a file (decompressed). complete says that head is the
// whole file; otherwise its last record is left out. The properties are those
// that Open reads.
//
// The delimiter is the one of , tab | ; \001 that cuts most of the first
// records into the same number of fields; between equals the one that makes
// more fields, then the first of the list.
//
// A column's type is the first of this list that all its non-null fields in
// the sample are:
//
//	boolean    true, false in any case
//	bigint     optional minus, digits; no leading zeros, which mark codes, not numbers
//	double     the same with a fraction or an exponent, or integers that are too large
//	date       YYYY-MM-DD
//	timestamp  a date, a space or T, HH:MM[:SS[.fraction]], an optional Z
//	varchar    anything, and columns without a value
//
// The first record is a header if its fields (but the last) are not empty, all
// differ and none is a number, date or boolean, and either some column's type
// is not varchar, or the names look like names and the values below do not
// (see textHeader). Without a header the columns are col0, col1, ... as Glue
// calls them.
func Infer(head []byte, complete bool) (*types.Schema, map[string]string, error) {
	if err := checkUTF16(head); err != nil {
		return nil, nil, err
	}
	body := trimBOM(head)
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, nil, fault.New(fault.CodeInvalidText, "the file holds no records to infer a schema from")
	}
	g, _ := guessDialect(body, complete)
	if len(g.records) == 0 {
		return nil, nil, fault.New(fault.CodeInvalidText, "the first record is longer than the sample of %d bytes", len(head))
	}
	if _, err := utf8Record(g.records); err != nil {
		return nil, nil, err
	}
	schema, header := g.schema()
	props := map[string]string{
		"field.delim": string(g.d.delim), "quotechar": "", "escapechar": "",
		"serialization.null.format": string(g.d.null), "malformed.values": "error",
	}
	if g.d.quote != 0 {
		props["quotechar"], props["escapechar"] = string(g.d.quote), string(g.d.escape)
	}
	if header {
		props["skip.header.line.count"] = "1"
	}
	return schema, props, nil
}

func utf8Record(records [][]cell) (int, error) {
	for i, r := range records {
		for _, c := range r {
			if !utf8.Valid(c.text) {
				return i, fault.New(fault.CodeDataCorrupted, "invalid byte sequence for encoding UTF8 in record %d", i+1).
					WithHint("Convert the file to UTF-8, for example with iconv.")
			}
		}
	}
	return 0, nil
}

// cell is a field of the sample.
type cell struct {
	text   []byte
	quoted bool
}

// guess is a dialect with the sample's records as it cuts them.
type guess struct {
	d       dialect
	records [][]cell
	width   int  // the most frequent number of fields
	same    int  // records with that number
	even    bool // at least two records, and nearly all have that number
	broken  bool // quotes do not close, or have text behind them
	quotes  bool // some field is quoted
}

var delimiters = []byte{',', '\t', '|', ';', 1}

const maxSample = 2000 // records that are looked at

// guessDialect chooses delimiter and quoting. ok is false if no delimiter cuts
// the records into two fields or more.
func guessDialect(body []byte, complete bool) (best guess, ok bool) {
	for _, delim := range delimiters {
		g := tryDialect(body, complete, delim)
		if g.width >= 2 && (!ok || g.better(best)) {
			best, ok = g, true
		}
	}
	if !ok {
		best = tryDialect(body, complete, ',')
	}
	best.d.null, best.d.hasNull = nullText(best.records), true
	return best, ok
}

func (g guess) better(o guess) bool {
	a, b := float64(g.same)/float64(len(g.records)), float64(o.same)/float64(len(o.records))
	if a != b {
		return a > b
	}
	return g.width > o.width
}

// tryDialect cuts the sample with quotes and, if these do not work out,
// without.
func tryDialect(body []byte, complete bool, delim byte) guess {
	d := dialect{delim: delim, quote: '"', escape: '"'}
	if bytes.Contains(body, []byte(`\"`)) && !bytes.Contains(body, []byte(`\""`)) {
		d.escape = '\\'
	}
	g := cut(body, complete, d)
	if g.broken || len(g.records) == 0 || !g.quotes && (delim == '\t' || delim == 1) {
		if plain := cut(body, complete, dialect{delim: delim, multi: multiNo}); len(plain.records) > 0 {
			return plain
		}
	}
	return g
}

// cut splits the sample's records into cells and counts them.
func cut(body []byte, complete bool, d dialect) guess {
	g := guess{d: d}
	width := 1 + maxFields(body, d)
	s := splitter{d: &g.d, width: width}
	s.scan(body, len(body), min(maxSample, 1+(1<<20)/width), complete)
	g.broken = s.unclosed >= 0
	c := column{d: &g.d, s: &s, block: body, vec: nil}
	counts := map[int]int{}
	for r := range s.rows {
		var cells []cell
		for c.at = 0; c.at < width; c.at++ {
			f, ok := c.raw(r)
			if !ok {
				break
			}
			cells = append(cells, g.cell(&c, f))
		}
		g.records = append(g.records, cells)
		counts[len(cells)]++
	}
	for n, k := range counts {
		if k > g.same || k == g.same && n > g.width {
			g.width, g.same = n, k
		}
	}
	g.even = len(g.records) >= 2 && g.width >= 2 && g.same*10 >= len(g.records)*9
	return g
}

// maxFields bounds the fields of a record by the delimiters in the longest
// line, and by what a table may have.
func maxFields(body []byte, d dialect) int {
	most := 0
	for line := range bytes.Lines(body[:min(len(body), 256<<10)]) {
		most = max(most, bytes.Count(line, []byte{d.delim}))
	}
	return min(most+8, 5000)
}

func (g *guess) cell(c *column, f []byte) cell {
	if g.d.quote == 0 || len(f) == 0 || f[0] != g.d.quote {
		return cell{f, false}
	}
	g.quotes = true
	out, _, err := c.unescape(nil, f)
	g.broken = g.broken || err != nil
	return cell{out, true}
}

// nullText gives the text that stands for NULL in the sample: \N or NULL where
// one is seen unquoted, else nothing at all.
func nullText(records [][]cell) []byte {
	for _, word := range []string{`\N`, "NULL", "null"} {
		for _, r := range records {
			for _, c := range r {
				if !c.quoted && string(c.text) == word {
					return []byte(word)
				}
			}
		}
	}
	return nil
}

// schema names and types the columns.
func (g guess) schema() (*types.Schema, bool) {
	kinds := make([]cellKind, g.width)
	for _, r := range g.records[min(1, len(g.records)):] {
		g.widen(kinds, r)
	}
	header := g.header(kinds)
	if !header {
		g.widen(kinds, g.records[0])
	}
	s := &types.Schema{Fields: make([]types.Field, g.width)}
	seen := map[string]bool{}
	for i := range s.Fields {
		name := fmt.Sprintf("col%d", i)
		if header && i < len(g.records[0]) {
			if h := strings.TrimSpace(string(g.records[0][i].text)); h != "" {
				name = h
			}
		}
		s.Fields[i] = types.Field{Name: unique(name, seen), Type: kinds[i].typ()}
	}
	return s, header
}

// unique adds _2, _3, ... to names that differ in no more than case.
func unique(name string, seen map[string]bool) string {
	out := name
	for n := 2; seen[strings.ToLower(out)]; n++ {
		out = fmt.Sprintf("%s_%d", name, n)
	}
	seen[strings.ToLower(out)] = true
	return out
}

func (g guess) widen(kinds []cellKind, record []cell) {
	for i, c := range record[:min(len(record), len(kinds))] {
		if len(c.text) == 0 || !c.quoted && bytes.Equal(c.text, g.d.null) {
			continue
		}
		kinds[i] = kinds[i].join(kindOf(c.text))
	}
}

func (g guess) header(kinds []cellKind) bool {
	first := g.records[0]
	if len(first) == 0 || len(first) != g.width || len(g.records) == 1 && g.width == 1 {
		return false
	}
	seen := map[string]bool{}
	for i, c := range first {
		name := strings.ToLower(strings.TrimSpace(string(c.text)))
		if name == "" && i == len(first)-1 {
			continue
		}
		if name == "" || seen[name] || len(name) > 150 || kindOf(c.text) != kindText {
			return false
		}
		seen[name] = true
	}
	for _, k := range kinds {
		if k != kindNone && k != kindText {
			return true
		}
	}
	return g.textHeader()
}

// textHeader decides about a header over columns of text: every field must
// read like an identifier and occur nowhere below it, and at least one must
// differ in form from all values below: none of them is an identifier, or
// only the name has an underscore, or only the values have digits, spaces or
// capital first letters.
func (g guess) textHeader() bool {
	evidence := false
	for i, h := range g.records[0] {
		name := bytes.TrimSpace(h.text)
		if len(name) == 0 {
			continue
		}
		if !identifier(name) {
			return false
		}
		f := formOf(name)
		differs, rows := ^form(0), 0
		for _, r := range g.records[1:] {
			if i >= len(r) || len(r[i].text) == 0 {
				continue
			}
			if bytes.EqualFold(r[i].text, name) {
				return false
			}
			differs &= f.against(formOf(r[i].text))
			rows++
		}
		evidence = evidence || rows > 0 && differs != 0
	}
	return evidence || len(g.records) == 1
}

// form is a set of marks by which names and values differ.
type form uint8

const (
	formPlain  form = 1 << iota // an identifier
	formUnder                   // has an underscore
	formDigit                   // has a digit
	formUpper                   // begins with a capital letter
	formPhrase                  // has a space
)

func formOf(s []byte) (f form) {
	if identifier(s) {
		f |= formPlain
	}
	if bytes.IndexByte(s, '_') >= 0 {
		f |= formUnder
	}
	if bytes.ContainsAny(s, "0123456789") {
		f |= formDigit
	}
	if len(s) > 0 && s[0] >= 'A' && s[0] <= 'Z' {
		f |= formUpper
	}
	if bytes.IndexByte(s, ' ') >= 0 {
		f |= formPhrase
	}
	return f
}

// against gives the marks in which a name differs from a value in the way that
// names do.
func (name form) against(value form) form {
	onlyName := name &^ value & (formPlain | formUnder)
	onlyValue := value &^ name & (formDigit | formUpper | formPhrase)
	return onlyName | onlyValue
}

func identifier(s []byte) bool {
	if len(s) == 0 || len(s) > 64 {
		return false
	}
	for i, c := range s {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c >= 0x80
		if !letter && (i == 0 || !(c >= '0' && c <= '9' || c == ' ' || c == '-' || c == '.')) {
			return false
		}
	}
	return true
}

// cellKind is a type of the lattice: none below all, text above all, bigint
// below double, date below timestamp.
type cellKind uint8

const (
	kindNone cellKind = iota
	kindBool
	kindInt
	kindFloat
	kindDate
	kindTime
	kindText
)

func (k cellKind) join(o cellKind) cellKind {
	a, b := min(k, o), max(k, o)
	if a == b || a == kindNone || a == kindInt && b == kindFloat || a == kindDate && b == kindTime {
		return b
	}
	return kindText
}

func (k cellKind) typ() types.Type {
	return [...]types.Type{kindNone: types.TVarchar, kindBool: types.TBoolean, kindInt: types.TBigInt, kindFloat: types.TDouble,
		kindDate: types.TDate, kindTime: types.TTimestamp, kindText: types.TVarchar}[k]
}

func kindOf(s []byte) cellKind {
	switch {
	case bytes.EqualFold(s, []byte("true")), bytes.EqualFold(s, []byte("false")):
		return kindBool
	case isNumber(s):
		if _, err := strconv.ParseInt(string(s), 10, 64); err == nil {
			return kindInt
		}
		if _, err := strconv.ParseFloat(string(s), 64); err == nil {
			return kindFloat
		}
	case len(s) >= 10 && s[4] == '-' && s[7] == '-':
		return dateKind(s)
	}
	return kindText
}

// isNumber accepts what JSON calls a number.
func isNumber(s []byte) bool {
	s = bytes.TrimPrefix(s, []byte{'-'})
	digits := func() int {
		n := 0
		for n < len(s) && s[n] >= '0' && s[n] <= '9' {
			n++
		}
		s = s[n:]
		return n
	}
	if len(s) > 1 && s[0] == '0' && s[1] >= '0' && s[1] <= '9' || digits() == 0 {
		return false
	}
	if len(s) > 0 && s[0] == '.' {
		if s = s[1:]; digits() == 0 {
			return false
		}
	}
	if len(s) > 0 && (s[0] == 'e' || s[0] == 'E') {
		if s = s[1:]; len(s) > 0 && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		if digits() == 0 {
			return false
		}
	}
	return len(s) == 0
}

func dateKind(s []byte) cellKind {
	if _, err := types.ParseDate(s[:10]); err != nil {
		return kindText
	}
	if len(s) == 10 {
		return kindDate
	}
	if len(s) < 16 || s[10] != ' ' && s[10] != 'T' || s[13] != ':' {
		return kindText
	}
	if _, err := types.ParseTimestamp(s, types.TTimestamp); err != nil || len(bytes.Trim(s[11:], "0123456789:.Z")) > 0 {
		return kindText
	}
	return kindTime
}
