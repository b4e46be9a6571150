package fn

import (
	"bytes"
	"sort"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Reading JSON text in place. The scanner steps over values without building
// them; what it passes that is not JSON gives ok = false, never a panic. What is
// behind the value that is looked for is not looked at.

// maxJSONDepth bounds nesting.
const maxJSONDepth = 1000

func jsonSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// jsonSkip gives the end of the value that starts at i (after white space). It
// checks what it passes (RFC 8259), so that nothing that is no JSON is found in
// a text, but lets raw control characters and bad encoding be, as files' JSON
// has them.
func jsonSkip(b []byte, i int) (int, bool) { return jsonSkipDepth(b, jsonSpace(b, i), 0) }

func jsonSkipDepth(b []byte, i, depth int) (int, bool) {
	if i >= len(b) {
		return i, false
	}
	switch b[i] {
	case '{', '[':
		if depth == maxJSONDepth {
			return i, false
		}
		return jsonSkipNested(b, i, depth+1)
	case '"':
		return jsonString(b, i)
	case 't':
		return jsonWord(b, i, "true")
	case 'f':
		return jsonWord(b, i, "false")
	case 'n':
		return jsonWord(b, i, "null")
	}
	return jsonNumber(b, i)
}

func jsonSkipNested(b []byte, i, depth int) (int, bool) {
	object, closer := b[i] == '{', b[i]+2 // { and }, [ and ] are two apart
	if i = jsonSpace(b, i+1); i < len(b) && b[i] == closer {
		return i + 1, true
	}
	for ok := true; ; i++ {
		i = jsonSpace(b, i)
		if object {
			if i, ok = jsonKey(b, i); !ok {
				return i, false
			}
		}
		if i, ok = jsonSkipDepth(b, i, depth); !ok {
			return i, false
		}
		i = jsonSpace(b, i)
		switch {
		case i >= len(b):
			return i, false
		case b[i] == closer:
			return i + 1, true
		case b[i] != ',':
			return i, false
		}
	}
}

// jsonKey passes a key, its colon and the space behind it.
func jsonKey(b []byte, i int) (int, bool) {
	if i >= len(b) || b[i] != '"' {
		return i, false
	}
	i, ok := jsonString(b, i)
	if i = jsonSpace(b, i); !ok || i >= len(b) || b[i] != ':' {
		return i, false
	}
	return jsonSpace(b, i+1), true
}

func jsonWord(b []byte, i int, word string) (int, bool) {
	if len(b)-i < len(word) || string(b[i:i+len(word)]) != word {
		return i, false
	}
	return i + len(word), true
}

// jsonNumber gives the end of the number at i (RFC 8259, section 6).
func jsonNumber(b []byte, i int) (int, bool) {
	if i < len(b) && b[i] == '-' {
		i++
	}
	from := i
	if i = jsonDigits(b, i); i == from || b[from] == '0' && i > from+1 {
		return i, false
	}
	if i < len(b) && b[i] == '.' {
		from = i + 1
		if i = jsonDigits(b, from); i == from {
			return i, false
		}
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		if i++; i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		from = i
		if i = jsonDigits(b, from); i == from {
			return i, false
		}
	}
	return i, true
}

func jsonDigits(b []byte, i int) int {
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	return i
}

// jsonString gives the end of the string whose quote is at i.
func jsonString(b []byte, i int) (int, bool) {
	for i++; i < len(b); i++ {
		switch b[i] {
		case '\\':
			if i++; i >= len(b) {
				return i, false
			}
			switch b[i] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			case 'u':
				if !jsonHex4(b, i+1) {
					return i, false
				}
				i += 4
			default:
				return i, false
			}
		case '"':
			return i + 1, true
		}
	}
	return i, false
}

func jsonHex4(b []byte, i int) bool {
	if len(b)-i < 4 {
		return false
	}
	for _, c := range b[i : i+4] {
		if c-'0' > 9 && (c|0x20)-'a' > 5 {
			return false
		}
	}
	return true
}

// jsonEach calls f for the members of an object (with the quoted key) or the
// elements of an array (with a nil key); f ends it by giving false.
func jsonEach(b []byte, f func(key, val []byte) bool) bool {
	i := jsonSpace(b, 0)
	if i >= len(b) || b[i] != '{' && b[i] != '[' {
		return false
	}
	object, closer := b[i] == '{', b[i]+2
	if i = jsonSpace(b, i+1); i < len(b) && b[i] == closer {
		return true
	}
	for ok := true; ; i++ {
		i = jsonSpace(b, i)
		var key []byte
		if object {
			from := i
			if i, ok = jsonKey(b, i); !ok {
				return false
			}
			key = b[from : from+1+bytes.LastIndexByte(b[from:i], '"')]
		}
		end, ok := jsonSkip(b, i)
		if !ok {
			return false
		}
		if !f(key, b[i:end]) {
			return true
		}
		if i = jsonSpace(b, end); i >= len(b) || b[i] != ',' {
			return i < len(b) && b[i] == closer
		}
	}
}

// jsonKind gives the first byte of the value: { [ " t f n or a digit.
func jsonKind(b []byte) byte {
	if i := jsonSpace(b, 0); i < len(b) {
		return b[i]
	}
	return 0
}

// jsonUnquote appends the text of a quoted string, whose escapes were checked.
func jsonUnquote(dst, q []byte) []byte {
	if len(q) < 2 {
		return dst
	}
	for q = q[1 : len(q)-1]; ; {
		n := bytes.IndexByte(q, '\\')
		if n < 0 || n+1 >= len(q) {
			return append(dst, q...)
		}
		dst = append(dst, q[:n]...)
		if q[n+1] != 'u' {
			dst, q = append(dst, jsonEscapes[q[n+1]]), q[n+2:]
			continue
		}
		r, rest := jsonRune(q[n+2:])
		dst, q = utf8.AppendRune(dst, r), rest
	}
}

// jsonEscapes are the characters behind a backslash that stand for another.
var jsonEscapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// jsonRune reads the digits behind \u, and a second half of a character; a half
// alone is U+FFFD.
func jsonRune(q []byte) (r rune, rest []byte) {
	hex := func(q []byte) rune {
		if !jsonHex4(q, 0) {
			return utf8.RuneError
		}
		v, _ := strconv.ParseUint(string(q[:4]), 16, 16)
		return rune(v)
	}
	r, rest = hex(q), q[min(4, len(q)):]
	if !utf16.IsSurrogate(r) {
		return r, rest
	}
	if len(rest) >= 6 && rest[0] == '\\' && rest[1] == 'u' {
		if full := utf16.DecodeRune(r, hex(rest[2:])); full != utf8.RuneError {
			return full, rest[6:]
		}
	}
	return utf8.RuneError, rest
}

// jsonKeyIs compares a quoted key with a name.
func jsonKeyIs(key []byte, name string) bool {
	if bytes.IndexByte(key, '\\') < 0 {
		return string(key[1:len(key)-1]) == name
	}
	return string(jsonUnquote(nil, key)) == name
}

// jsonField gives the member of an object; of repeated keys the last.
func jsonField(b []byte, name string) (out []byte, ok bool) {
	if jsonKind(b) != '{' {
		return nil, false
	}
	jsonEach(b, func(k, v []byte) bool {
		if jsonKeyIs(k, name) {
			out, ok = v, true
		}
		return true
	})
	return out, ok
}

// jsonIndex gives element n of an array, from the end if negative.
func jsonIndex(b []byte, n int64) (out []byte, ok bool) {
	if jsonKind(b) != '[' {
		return nil, false
	}
	if n < 0 {
		if n += jsonLen(b); n < 0 {
			return nil, false
		}
	}
	jsonEach(b, func(_, v []byte) bool {
		if n == 0 {
			out, ok = v, true
		}
		n--
		return n >= 0
	})
	return out, ok
}

// jsonLen counts members or elements.
func jsonLen(b []byte) int64 {
	n := int64(0)
	jsonEach(b, func(_, _ []byte) bool { n++; return true })
	return n
}

// jsonStep is one step of a path: a member name, or an index.
type jsonStep struct {
	name  string
	index int64
	isIdx bool
}

// jsonWalk follows a path.
func jsonWalk(b []byte, path []jsonStep) ([]byte, bool) {
	ok := true
	for _, s := range path {
		switch {
		case s.isIdx && jsonKind(b) == '[':
			b, ok = jsonIndex(b, s.index)
		case !s.isIdx || jsonKind(b) == '{':
			b, ok = jsonField(b, s.name)
		default:
			return nil, false
		}
		if !ok {
			return nil, false
		}
	}
	return b, true
}

// parseJSONPath reads a JSONPath of member and index steps: $.a["b"][0].c
func parseJSONPath(s string) ([]jsonStep, error) {
	bad := func() ([]jsonStep, error) {
		return nil, fault.New(fault.CodeInvalidParameter, "invalid JSON path: %q", s)
	}
	i := 0
	if i < len(s) && s[i] == '$' {
		i++
	} else if s != "" && s[0] != '[' {
		s, i = "."+s, 0
	}
	var out []jsonStep
	for i < len(s) {
		switch s[i] {
		case '.':
			from := i + 1
			for i = from; i < len(s) && s[i] != '.' && s[i] != '['; i++ {
			}
			if i == from {
				return bad()
			}
			name := s[from:i]
			if len(name) > 1 && name[0] == '"' && name[len(name)-1] == '"' {
				name = name[1 : len(name)-1]
			}
			out = append(out, jsonStep{name: name})
		case '[':
			step, end, ok := jsonBracket(s, i+1)
			if !ok {
				return bad()
			}
			out, i = append(out, step), end
		default:
			return bad()
		}
	}
	return out, nil
}

func jsonBracket(s string, i int) (jsonStep, int, bool) {
	if i < len(s) && (s[i] == '"' || s[i] == '\'') {
		q := s[i]
		for j := i + 1; j < len(s); j++ {
			if s[j] == q {
				if j+1 < len(s) && s[j+1] == ']' {
					return jsonStep{name: s[i+1 : j]}, j + 2, true
				}
				break
			}
		}
		return jsonStep{}, i, false
	}
	for j := i; j < len(s); j++ {
		if s[j] == ']' {
			n, err := strconv.ParseInt(s[i:j], 10, 32)
			if err != nil {
				return jsonStep{name: s[i:j]}, j + 1, j > i
			}
			return jsonStep{index: n, isIdx: true, name: s[i:j]}, j + 1, true
		}
	}
	return jsonStep{}, i, false
}

// jsonScalarOut appends a value as PostgreSQL's ->> shows it: strings without
// quotes, anything else as JSON. null is reported.
func jsonScalarOut(b, v []byte) (_ []byte, null bool) {
	v = bytes.TrimSpace(v)
	switch {
	case string(v) == "null":
		return b, true
	case len(v) > 0 && v[0] == '"':
		return jsonUnquote(b, v), false
	}
	return append(b, v...), false
}

// jsonEqual compares two values: objects without order, numbers by value.
func jsonEqual(a, b []byte) bool { return jsonContainsDepth(a, b, true, 0) }

// jsonContains reports whether a holds b, as PostgreSQL's @> does.
func jsonContains(a, b []byte) bool {
	if jsonKind(a) == '[' && jsonKind(b) != '[' && jsonKind(b) != '{' { // an array may hold a bare scalar
		found := false
		jsonEach(a, func(_, v []byte) bool {
			found = found || jsonEqual(v, b)
			return !found
		})
		return found
	}
	return jsonContainsDepth(a, b, false, 0)
}

func jsonContainsDepth(a, b []byte, equal bool, depth int) bool {
	ka, kb := jsonKind(a), jsonKind(b)
	if depth > maxJSONDepth {
		return false
	}
	switch {
	case ka == '{' && kb == '{':
		return jsonObjectContains(jsonMembers(a), jsonMembers(b), equal, depth)
	case ka == '[' && kb == '[':
		return jsonArrayContains(a, b, equal, depth)
	case ka == '"' && kb == '"':
		return bytes.Equal(jsonUnquote(nil, bytes.TrimSpace(a)), jsonUnquote(nil, bytes.TrimSpace(b)))
	}
	x, y := bytes.TrimSpace(a), bytes.TrimSpace(b)
	if bytes.Equal(x, y) {
		return true
	}
	f, err1 := strconv.ParseFloat(string(x), 64)
	g, err2 := strconv.ParseFloat(string(y), 64)
	return err1 == nil && err2 == nil && f == g
}

// jsonMembers gives an object's members by name; of repeated names the last.
func jsonMembers(b []byte) map[string][]byte {
	out := map[string][]byte{}
	jsonEach(b, func(k, v []byte) bool {
		out[string(jsonUnquote(nil, k))] = v
		return true
	})
	return out
}

func jsonObjectContains(a, b map[string][]byte, equal bool, depth int) bool {
	if equal && len(a) != len(b) {
		return false
	}
	for k, v := range b {
		if x, has := a[k]; !has || !jsonContainsDepth(x, v, equal, depth+1) {
			return false
		}
	}
	return true
}

func jsonArrayContains(a, b []byte, equal bool, depth int) bool {
	var xs [][]byte
	jsonEach(a, func(_, v []byte) bool { xs = append(xs, v); return true })
	if equal {
		if int64(len(xs)) != jsonLen(b) {
			return false
		}
		i, ok := 0, true
		jsonEach(b, func(_, v []byte) bool {
			ok = jsonContainsDepth(xs[i], v, true, depth+1)
			i++
			return ok
		})
		return ok
	}
	ok := true
	jsonEach(b, func(_, v []byte) bool {
		found := false
		for _, x := range xs {
			if found = jsonContainsDepth(x, v, false, depth+1); found {
				break
			}
		}
		ok = found
		return ok
	})
	return ok
}

// mergeJSON appends x || y: objects merged (y wins), arrays and scalars joined.
func mergeJSON(b, x, y []byte) ([]byte, error) {
	if jsonKind(x) == '{' && jsonKind(y) == '{' {
		members := map[string][]byte{}
		add := func(k, v []byte) bool { members[string(k)] = v; return true }
		if !jsonEach(x, add) || !jsonEach(y, add) {
			return b, errBadJSON()
		}
		keys := make([]string, 0, len(members))
		for k := range members {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		b = append(b, '{')
		for i, k := range keys {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(append(append(b, k...), ':'), members[k]...)
		}
		return append(b, '}'), nil
	}
	b = append(b, '[')
	first := true
	for _, part := range [][]byte{x, y} {
		put := func(_, v []byte) bool {
			if !first {
				b = append(b, ',')
			}
			first = false
			b = append(b, v...)
			return true
		}
		if jsonKind(part) != '[' {
			put(nil, part)
		} else if !jsonEach(part, put) {
			return b, errBadJSON()
		}
	}
	return append(b, ']'), nil
}

func errBadJSON() error { return fault.New(fault.CodeInvalidJSON, "invalid JSON text") }
