package ion

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/json"
)

// The properties of IonHiveSerDe that say how columns are found, in lower case.
const (
	propertyPrefix = "ion."
	propertyPath   = ".path_extractor"
	propertyCase   = "ion.path_extractor.case_sensitive"
	propertyIgnore = "ion.ignore_malformed"
)

// columns reads them. Its other properties are about writing, or allow what is
// never done here: integers that silently lose what does not fit.
func columns(props map[string]string) (json.Columns, *fault.Error) {
	c := json.Columns{
		Paths:     map[string][]string{},
		ExactCase: strings.EqualFold(props[propertyCase], "true"),
		Nulls:     strings.EqualFold(props[propertyIgnore], "true"),
	}
	for k, v := range props {
		name, ok := strings.CutPrefix(k, propertyPrefix)
		if !ok {
			continue
		}
		if name, ok = strings.CutSuffix(name, propertyPath); !ok {
			continue
		}
		path, ok := parseExtractor(v)
		if !ok {
			return c, fault.New(fault.CodeFeatureNotSupported, "property %q is %q: only names of fields are supported in paths", k, v).
				WithHint("Write the names from the value at the top to the field: (a b c).")
		}
		c.Paths[strings.ToLower(name)] = path
	}
	return c, nil
}

// parseExtractor reads a path extractor's search path, an s-expression of symbols
// and strings. Ordinals, wildcards and annotations are none.
func parseExtractor(text string) (path []string, ok bool) {
	s := strings.TrimSpace(text)
	if len(s) < 2 || s[0] != '(' && s[0] != '[' || s[len(s)-1] != map[byte]byte{'(': ')', '[': ']'}[s[0]] {
		return nil, false
	}
	s = s[1 : len(s)-1]
	for {
		if s = strings.TrimLeft(s, " \t\r\n,"); s == "" {
			return path, len(path) > 0
		}
		var name string
		if s[0] == '\'' || s[0] == '"' {
			end := strings.IndexByte(s[1:], s[0])
			if end < 0 || strings.Contains(s[1:1+end], `\`) {
				return nil, false
			}
			name, s = s[1:1+end], s[end+2:]
		} else {
			end := strings.IndexAny(s, " \t\r\n,'\"")
			if end < 0 {
				end = len(s)
			}
			name, s = s[:end], s[end:]
			if !isIdentifier(name) {
				return nil, false
			}
		}
		path = append(path, name)
	}
}

func isIdentifier(s string) bool {
	for i, c := range []byte(s) {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == '$'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}
