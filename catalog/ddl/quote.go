package ddl

import (
	"fmt"
	"sort"
	"strings"
)

// Ident writes a name in Hive's quotes.
func Ident(s string) string { return "`" + strings.ReplaceAll(s, "`", "``") + "`" }

// String writes a string constant of Hive's data definition. Backslashes escape
// there, so that what is between the quotes stays on one line.
func String(s string) string { return quoted(s, `\'`) }

// viewString writes a string constant of CREATE VIEW, which is lexed as a query
// is: a backslash does not shield a quote there.
func viewString(s string) string { return quoted(s, `''`) }

func quoted(s, quote string) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteByte('\'')
	for _, r := range s {
		switch {
		case r == '\'':
			b.WriteString(quote)
		case r == '\\':
			b.WriteString(`\\`)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x20 || r == 0x7F || r == 0x2028 || r == 0x2029:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('\'')
	return b.String()
}

// properties writes 'key'='value' a line, by key.
func properties(m map[string]string, str func(string) string) string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	lines := make([]string, len(keys))
	for i, k := range keys {
		lines[i] = "  " + str(k) + "=" + str(m[k])
	}
	return strings.Join(lines, ",\n")
}
