package textval

import (
	"strconv"
	"strings"
)

// Characters gives the bytes that a property means: a number as one byte, an
// escape (\t, \001, \u0001) as what it stands for, any other text as itself.
func Characters(v string, number bool) []byte {
	if n, err := strconv.ParseInt(v, 10, 8); number && err == nil {
		return []byte{byte(n)}
	}
	switch {
	case len(v) == 1:
		return []byte(v)
	case v == `\"` || v == `\'`:
		return []byte(v[1:])
	}
	if n, err := strconv.ParseUint(strings.TrimPrefix(v, `\`), 8, 7); err == nil && v[0] == '\\' {
		return []byte{byte(n)}
	}
	if s, err := strconv.Unquote(`"` + v + `"`); err == nil && s != "" {
		return []byte(s)
	}
	return []byte(v)
}
