package csv

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// verdict is a judgement about the first record.
type verdict struct {
	found bool
	score float64
	note  string
}

// header decides whether the first record names the columns: as the classifier
// says, or because it is the classifier's names, or by its score.
func (f Format) header(g guess) verdict {
	switch {
	case f.Header == HeaderPresent:
		return verdict{found: true, score: 1}
	case f.Header == HeaderAbsent:
		return verdict{}
	case len(f.Names) > 0 && sameNames(f.Names, g.records[0]):
		return verdict{true, 1, "header found: the classifier's names"}
	}
	return g.scoreHeader()
}

func sameNames(names []string, record []cell) bool {
	for i, n := range names {
		if i >= len(record) || !strings.EqualFold(strings.TrimSpace(n), string(bytes.TrimSpace(record[i].text))) {
			return false
		}
	}
	return true
}

// The weights of what speaks for a header (positive) or against it, per column.
// They were set so that the labelled tables of the tests come out right with
// room on both sides.
const (
	weightTyped     = 4.0  // a word over numbers, dates or booleans
	weightWord      = 1.2  // a word that columns are often called, and values are not
	weightName      = 0.25 // reads like a name
	weightNoName    = -1.5 // holds what names don't: an address, a sentence
	weightMissing   = -2.0 // a mark for a missing value
	weightBelow     = -3.0 // the same text occurs below
	weightClass     = 0.8  // each class of characters that all values have and the name lacks
	mostClass       = 1.6
	weightUnder     = 1.0  // an underscore that no value has
	weightFlat      = -0.5 // digits that no value has
	weightLength    = 1.0  // another length than that of all values
	weightSameLen   = -0.4
	weightPhrases   = 0.6 // a short text over long ones
	weightCategory  = 1.0 // values repeat, and this is none of them
	headerThreshold = 1.0 // what speaks for a header must outweigh so much
	headerFloor     = 0.8 // of Glue's rule: words over at least one typed column
)

// scoreHeader gives how surely the first record is a header, between 0 and 1,
// from 0.5 on it is one. The evidence of the columns is added up, divided by
// the root of their number (neighbouring columns say much the same), and put
// through the logistic function. A record that cannot be a header scores 0.
func (g guess) scoreHeader() verdict {
	if why := g.noHeader(); why != "" {
		return verdict{note: "no header, score 0.00: " + why}
	}
	stats := g.columns(true, false)
	years := yearRun(g.records[0])
	sum, floor := 0.0, false
	for i, h := range g.records[0] {
		name := bytes.TrimSpace(h.text)
		if len(name) == 0 || years && kindOf(name) == kindInt {
			continue
		}
		if stats[i].kind != kindNone && stats[i].kind != kindText && !missingMark(name) {
			sum += weightTyped * confidence(stats[i].values)
			floor = true
			continue
		}
		sum += g.textEvidence(i, name)
	}
	// Exports of joins have one name for several columns. Without values of
	// another type below, equal texts are rather values.
	if text := twice(g.records[0]); text != "" && !floor {
		return verdict{note: fmt.Sprintf("no header, score 0.00: %q occurs twice in the first record", text)}
	}
	score := 1 / (1 + math.Exp(headerThreshold-sum/math.Sqrt(float64(len(g.records[0])))))
	if floor {
		score = max(score, headerFloor)
	}
	if score >= 0.5 {
		return verdict{true, score, fmt.Sprintf("header found, score %.2f", score)}
	}
	return verdict{false, score, fmt.Sprintf("no header, score %.2f", score)}
}

// confidence grows with the number of values that were seen.
func confidence(n int) float64 { return float64(n) / (float64(n) + 0.5) }

// maxName is how many bytes a column's name may have (Glue's rule).
const maxName = 150

// noHeader says why the first record cannot be a header; "" if it can.
func (g guess) noHeader() string {
	first := g.records[0]
	switch {
	case len(first) == 0 || len(first) != g.width:
		return fmt.Sprintf("the first record has %d fields, most have %d", len(first), g.width)
	case len(g.records) == 1 && g.width == 1:
		return "there is one field only"
	}
	years := yearRun(first)
	for i, c := range first {
		name := bytes.TrimSpace(c.text)
		switch k := kindOf(c.text); {
		case len(name) == 0 && i == len(first)-1:
		case len(name) == 0:
			return fmt.Sprintf("field %d of the first record is empty", i+1)
		case len(name) > maxName:
			return fmt.Sprintf("field %d of the first record has %d characters", i+1, len(name))
		case k != kindText && !(years && k == kindInt):
			return fmt.Sprintf("field %d of the first record is a value of type %s", i+1, k)
		}
	}
	return ""
}

// twice gives a text that occurs twice in a record, but for its case; "" if
// none does.
func twice(record []cell) string {
	seen := map[string]bool{}
	for _, c := range record {
		name := strings.ToLower(strings.TrimSpace(string(c.text)))
		if seen[name] {
			return string(clip(c.text))
		}
		seen[name] = true
	}
	return ""
}

// yearRun recognizes consecutive years, which head the columns of tables that
// have a column a year; other fields must be words.
func yearRun(record []cell) bool {
	last, n := 0, 0
	for _, c := range record {
		y, err := strconv.Atoi(string(bytes.TrimSpace(c.text)))
		switch {
		case err != nil:
			continue
		case y < 1800 || y > 2200 || n > 0 && y != last+1:
			return false
		}
		last = y
		n++
	}
	return n >= 2 && n < len(record)
}

// textEvidence compares a name with the texts below it.
func (g guess) textEvidence(i int, name []byte) float64 {
	if missingMark(name) {
		return weightMissing
	}
	below := g.below(i, name)
	e := weightName
	if !identifier(name) {
		e = weightNoName
	}
	if below.same > 0 {
		return e + weightBelow
	}
	if hasWord(name) {
		e += weightWord * (1 - below.share(below.words))
	}
	if below.n == 0 {
		return e
	}
	return e + confidence(below.n)*below.differences(name)
}

// texts is what the fields below a name have in common.
type texts struct {
	n, same, words int
	all, some      class
	minLen, maxLen int
	bytes          int
	distinct       int
}

func (t texts) share(k int) float64 { return float64(k) / float64(max(t.n, 1)) }

func (g guess) below(i int, name []byte) texts {
	t := texts{all: ^class(0), minLen: math.MaxInt}
	seen := map[string]bool{}
	for _, r := range g.records[1:] {
		if i >= len(r) || len(r[i].text) == 0 || !r[i].quoted && bytes.Equal(r[i].text, g.d.null) {
			continue
		}
		v := bytes.TrimSpace(r[i].text)
		t.n++
		if bytes.EqualFold(v, name) {
			t.same++
		}
		if hasWord(v) {
			t.words++
		}
		c := classOf(v)
		t.all, t.some = t.all&c, t.some|c
		t.minLen, t.maxLen = min(t.minLen, len(v)), max(t.maxLen, len(v))
		t.bytes += len(v)
		seen[string(v)] = true
	}
	t.distinct = len(seen)
	return t
}

// differences weighs how a name differs from the texts.
func (t texts) differences(name []byte) (e float64) {
	c := classOf(name)
	e = min(weightClass*float64((t.all&^c).count()), mostClass)
	only := c &^ t.some
	if only&classUnder != 0 {
		e += weightUnder
	}
	if only&classDigit != 0 {
		e += weightFlat
	}
	switch {
	case t.n >= 3 && t.minLen == t.maxLen && len(name) == t.minLen:
		e += weightSameLen
	case t.n >= 3 && t.minLen == t.maxLen:
		e += weightLength
	case t.bytes > t.n*(3*len(name)+10):
		e += weightPhrases
	}
	if t.n >= 4 && 2*t.distinct <= t.n {
		e += weightCategory
	}
	return e
}

// class is a set of kinds of characters.
type class uint16

const (
	classLower class = 1 << iota
	classUpper
	classDigit
	classSpace
	classUnder
	classHyphen
	classPoint
	classAt
	classSlash
	classColon
	classOther
)

func (c class) count() (n int) {
	for ; c != 0; c &= c - 1 {
		n++
	}
	return n
}

func classOf(s []byte) (c class) {
	for _, b := range s {
		switch {
		case b >= 'a' && b <= 'z' || b >= 0x80:
			c |= classLower
		case b >= 'A' && b <= 'Z':
			c |= classUpper
		case b >= '0' && b <= '9':
			c |= classDigit
		case b == ' ':
			c |= classSpace
		case b == '_':
			c |= classUnder
		case b == '-':
			c |= classHyphen
		case b == '.':
			c |= classPoint
		case b == '@':
			c |= classAt
		case b == '/':
			c |= classSlash
		case b == ':':
			c |= classColon
		default:
			c |= classOther
		}
	}
	return c
}

// identifier reports whether a text reads like a column's name: letters,
// digits, and what people put between words.
func identifier(s []byte) bool {
	if len(s) == 0 || len(s) > 64 || bytes.Count(s, []byte{' '}) > 6 {
		return false
	}
	for i, c := range s {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c >= 0x80
		if !letter && (i == 0 && c != '#' && c != '%' && c != '$' || bytes.IndexByte([]byte("0123456789 -./()#%$&:"), c) < 0) {
			return false
		}
	}
	last := s[len(s)-1]
	return last != '.' && last != ':' && !bytes.Contains(s, []byte("://"))
}

// missingMark recognizes texts that stand for a missing value.
func missingMark(s []byte) bool {
	switch strings.ToLower(string(s)) {
	case "n/a", "na", "n.a.", "nan", "nil", "null", "none", "missing", "unknown", "undefined", "-", "--", "---", "?", ".", "*", "#n/a":
		return true
	}
	return false
}

// typed reports whether some column is of another type than text.
func typed(columns []columnStat) bool {
	for _, c := range columns {
		if c.kind != kindNone && c.kind != kindText {
			return true
		}
	}
	return false
}
