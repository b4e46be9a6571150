package kernel

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// LikeMatcher matches one LIKE pattern: % any run, _ one character, an escape
// character before either (and itself) takes it literally. The pattern is split
// at its % into segments; the first and last are anchored, those between are
// searched from left to right, which needs no backtracking.
type LikeMatcher struct {
	kind    likeKind
	lit     []byte // the text of exact, prefix and suffix
	needle  Needle // of a pattern that begins with %: a text that every match holds, if there is one
	segs    []likeSeg
	minLen  int // bytes that every match has at least
	fold    bool
	scratch []byte
}

type likeKind uint8

const (
	likeExact    likeKind = iota
	likePrefix            // abc%
	likeSuffix            // %abc
	likeContains          // %abc%
	likeAll               // %
	likeGeneral
)

// likeSeg is a run of literal text and single-character wildcards.
type likeSeg struct {
	text []byte // with any == nil: literal
	any  []bool // per character of text: matches any one character
}

// NewLikeMatcher compiles a pattern. escape is the escape character, "" for none.
// 22025 if the pattern ends with the escape character or escape is longer than
// one character.
func NewLikeMatcher(pattern, escape string, fold bool) (*LikeMatcher, error) {
	if utf8.RuneCountInString(escape) > 1 {
		return nil, fault.New(fault.CodeInvalidEscape, "invalid escape string").WithHint("Escape string must be empty or one character.")
	}
	esc := rune(-1)
	if escape != "" {
		esc, _ = utf8.DecodeRuneInString(escape)
	}
	m := &LikeMatcher{fold: fold}
	segs := []likeSeg{{}}
	rs := []rune(pattern)
	for i := 0; i < len(rs); i++ {
		cur := &segs[len(segs)-1]
		switch r := rs[i]; {
		case r == esc:
			if i++; i == len(rs) {
				return nil, fault.New(fault.CodeInvalidEscape, "LIKE pattern must not end with escape character")
			}
			cur.add(rs[i], false, fold)
		case r == '%':
			segs = append(segs, likeSeg{})
		case r == '_':
			cur.add('_', true, fold)
		default:
			cur.add(r, false, fold)
		}
	}
	m.classify(segs)
	return m, nil
}

func (s *likeSeg) add(r rune, wild, fold bool) {
	if fold {
		r = unicode.ToLower(r)
	}
	s.text = utf8.AppendRune(s.text, r)
	if wild && s.any == nil {
		s.any = make([]bool, utf8.RuneCount(s.text)-1)
	}
	if s.any != nil {
		s.any = append(s.any, wild)
	}
}

func (m *LikeMatcher) classify(segs []likeSeg) {
	wild := false
	for i := range segs {
		wild = wild || segs[i].any != nil
		if segs[i].any == nil {
			m.minLen += len(segs[i].text)
		} else {
			m.minLen += len(segs[i].any)
		}
	}
	// %% in the middle: drop empty segments there.
	kept := segs[:1]
	for i := 1; i < len(segs); i++ {
		if len(segs[i].text) > 0 || i == len(segs)-1 {
			kept = append(kept, segs[i])
		}
	}
	m.segs, m.kind = kept, likeGeneral
	if len(kept) > 2 && len(kept[0].text) == 0 {
		m.needle = NewNeedle(longest(kept[1 : len(kept)-1]))
	}
	if wild {
		return
	}
	first, last := kept[0].text, kept[len(kept)-1].text
	switch {
	case len(kept) == 1:
		m.kind, m.lit = likeExact, first
	case len(kept) == 2 && len(first) == 0 && len(last) == 0:
		m.kind = likeAll
	case len(kept) == 2 && len(last) == 0:
		m.kind, m.lit = likePrefix, first
	case len(kept) == 2 && len(first) == 0:
		m.kind, m.lit = likeSuffix, last
	case len(kept) == 3 && len(first) == 0 && len(last) == 0:
		m.kind = likeContains
	}
}

// longest gives the longest text without wildcards of segments, nil without one.
func longest(segs []likeSeg) (text []byte) {
	for _, s := range segs {
		if s.any == nil && len(s.text) > len(text) {
			text = s.text
		}
	}
	return text
}

// Prefix gives the literal text with which every match begins; exact tells that
// only this text matches. Nothing is known of a folding matcher.
func (m *LikeMatcher) Prefix() (prefix []byte, exact bool) {
	if m.fold {
		return nil, false
	}
	s := m.segs[0]
	if s.any == nil {
		return s.text, len(m.segs) == 1
	}
	n, end := 0, 0
	for n < len(s.any) && !s.any[n] {
		_, w := utf8.DecodeRune(s.text[end:])
		end += w
		n++
	}
	return s.text[:end], false
}

// Match reports whether s matches.
func (m *LikeMatcher) Match(s []byte) bool {
	if m.fold {
		s = m.lower(s)
	} else if len(s) < m.minLen {
		return false
	}
	switch m.kind {
	case likeExact:
		return string(s) == string(m.lit)
	case likePrefix:
		return bytes.HasPrefix(s, m.lit)
	case likeSuffix:
		return bytes.HasSuffix(s, m.lit)
	case likeContains:
		return m.needle.Index(s) >= 0
	case likeAll:
		return true
	}
	return m.general(s)
}

func (m *LikeMatcher) lower(s []byte) []byte {
	m.scratch = m.scratch[:0]
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c >= 'A' && c <= 'Z' {
				c += 'a' - 'A'
			}
			m.scratch = append(m.scratch, c)
			i++
			continue
		}
		r, w := utf8.DecodeRune(s[i:])
		m.scratch = utf8.AppendRune(m.scratch, unicode.ToLower(r))
		i += w
	}
	return m.scratch
}

func (m *LikeMatcher) general(s []byte) bool {
	n, ok := m.segs[0].at(s)
	if !ok {
		return false
	}
	if len(m.segs) == 1 {
		return n == len(s)
	}
	s = s[n:]
	for i := 1; i < len(m.segs)-1; i++ {
		if n = m.segs[i].find(s); n < 0 {
			return false
		}
		s = s[n:]
	}
	return m.segs[len(m.segs)-1].ends(s)
}

// at matches at the start of s and gives the length of the match.
func (g *likeSeg) at(s []byte) (int, bool) {
	if g.any == nil {
		return len(g.text), bytes.HasPrefix(s, g.text)
	}
	i, t := 0, 0
	for _, wild := range g.any {
		if i >= len(s) {
			return 0, false
		}
		_, tw := utf8.DecodeRune(g.text[t:])
		if wild {
			_, w := utf8.DecodeRune(s[i:])
			i += w
		} else {
			if !bytes.HasPrefix(s[i:], g.text[t:t+tw]) {
				return 0, false
			}
			i += tw
		}
		t += tw
	}
	return i, true
}

// find gives the end of the first match in s, -1 if there is none.
func (g *likeSeg) find(s []byte) int {
	if g.any == nil {
		i := bytes.Index(s, g.text)
		if i < 0 {
			return -1
		}
		return i + len(g.text)
	}
	for i := 0; i < len(s); {
		if n, ok := g.at(s[i:]); ok {
			return i + n
		}
		_, w := utf8.DecodeRune(s[i:])
		i += w
	}
	return -1
}

// ends reports whether s ends with a match.
func (g *likeSeg) ends(s []byte) bool {
	if g.any == nil {
		return bytes.HasSuffix(s, g.text)
	}
	i := len(s)
	for range g.any { // the match has exactly len(any) characters
		if i == 0 {
			return false
		}
		_, w := utf8.DecodeLastRune(s[:i])
		i -= w
	}
	n, ok := g.at(s[i:])
	return ok && n == len(s)-i
}

// filter selects the rows of a string vector that match, or do not.
func (m *LikeMatcher) filter(v *vector.Vector, n int, sel vector.Sel, want bool, out vector.Sel) vector.Sel {
	s := StringsOf(v)
	out = copySel(out, sel, n)
	k := 0
	if m.needle.Empty() || m.fold {
		for _, p := range out {
			out[k] = p
			k += b2i(m.Match(s.At(int(p))) == want)
		}
		return out[:k]
	}
	find := NewSearch(&s, &m.needle, sel, n)
	for _, p := range out {
		out[k] = p
		k += b2i((find.Has(int(p)) && (m.kind == likeContains || m.Match(s.At(int(p))))) == want)
	}
	return out[:k]
}

// LikeImpl makes the implementation of LIKE, NOT LIKE, ILIKE and NOT ILIKE: x,
// pattern and an optional escape, which is defEscape without.
func LikeImpl(op LikeOp, defEscape string) *Impl {
	im := &Impl{Like: &op}
	im.New = func(*EvalCtx, *plan.Func, []*types.Value) (Instance, error) {
		return newLike(op, defEscape), nil
	}
	return im
}

// newLike compiles a pattern when it first sees it and keeps it as long as the
// rows have the same.
func newLike(op LikeOp, defEscape string) Instance {
	var m *LikeMatcher
	var last, lastEsc []byte
	have := false
	get := func(pattern, escape []byte) (*LikeMatcher, error) {
		if have && string(pattern) == string(last) && string(escape) == string(lastEsc) {
			return m, nil
		}
		var err error
		if m, err = NewLikeMatcher(string(pattern), string(escape), op.Fold); err != nil {
			return nil, err
		}
		last, lastEsc, have = append(last[:0], pattern...), append(lastEsc[:0], escape...), true
		return m, nil
	}
	return Instance{Filter: func(_ *EvalCtx, args []*vector.Vector, n int, sel vector.Sel, want bool, out vector.Sel) (vector.Sel, error) {
		want = want != op.Not
		constant := args[1].Form == vector.Const && (len(args) < 3 || args[2].Form == vector.Const)
		esc := func(i int) []byte {
			if len(args) < 3 {
				return []byte(defEscape)
			}
			s := StringsOf(args[2])
			return s.At(i)
		}
		pats := StringsOf(args[1])
		if constant {
			m, err := get(pats.At(0), esc(0))
			if err != nil {
				return nil, err
			}
			return m.filter(args[0], n, sel, want, out), nil
		}
		s := StringsOf(args[0])
		out = copySel(out, sel, n)
		k := 0
		for _, p := range out {
			m, err := get(pats.At(int(p)), esc(int(p)))
			if err != nil {
				return nil, err
			}
			out[k] = p
			k += b2i(m.Match(s.At(int(p))) == want)
		}
		return out[:k], nil
	}}
}
