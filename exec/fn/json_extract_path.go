package fn

import (
	"strconv"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types/jsontext"
)

// parseJSONPath reads a JSONPath of member and index steps: $.a["b"][0].c
func parseJSONPath(s string) ([]jsontext.Step, error) {
	bad := func() ([]jsontext.Step, error) {
		return nil, fault.New(fault.CodeInvalidParameter, "invalid JSON path: %q", s)
	}
	i := 0
	if i < len(s) && s[i] == '$' {
		i++
	} else if s != "" && s[0] != '[' {
		s, i = "."+s, 0
	}
	var out []jsontext.Step
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
			out = append(out, jsontext.Step{Name: name})
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

func jsonBracket(s string, i int) (jsontext.Step, int, bool) {
	if i < len(s) && (s[i] == '"' || s[i] == '\'') {
		q := s[i]
		for j := i + 1; j < len(s); j++ {
			if s[j] == q {
				if j+1 < len(s) && s[j+1] == ']' {
					return jsontext.Step{Name: s[i+1 : j]}, j + 2, true
				}
				break
			}
		}
		return jsontext.Step{}, i, false
	}
	for j := i; j < len(s); j++ {
		if s[j] == ']' {
			n, err := strconv.ParseInt(s[i:j], 10, 32)
			if err != nil {
				return jsontext.Step{Name: s[i:j]}, j + 1, j > i
			}
			return jsontext.Step{Index: n, IsIndex: true, Name: s[i:j]}, j + 1, true
		}
	}
	return jsontext.Step{}, i, false
}

func errBadJSON() error { return fault.New(fault.CodeInvalidJSON, "invalid JSON text") }
