package rules

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Entry is a rule in the configuration. Each field is written as in pg_hba.conf;
// what is empty is all, and the type host.
type Entry struct {
	Type     string `yaml:"type"`
	Database string `yaml:"database"`
	User     string `yaml:"user"`
	Address  string `yaml:"address"`
	Method   string `yaml:"method"`
	Options  string `yaml:"options"`
}

// FromEntries reads the rules of a configuration; an error says which entry is
// wrong.
func FromEntries(entries []Entry) (Rules, error) {
	out := Rules{}
	for i, e := range entries {
		rule, err := parser{dir: "."}.line(e.line())
		if err != nil {
			f := fault.As(err)
			f.Message = "rules: " + f.Message
			return nil, f.WithDetail("It is entry %d of the configuration's rules.", i+1)
		}
		if rule == nil {
			return nil, bad("rules: entry %d is empty", i+1)
		}
		rule.Line = i + 1
		out = append(out, *rule)
	}
	return out, nil
}

// line writes the entry as a line of pg_hba.conf.
func (e Entry) line() string {
	parts := []string{orElse(e.Type, string(Host)), orElse(e.Database, "all"), orElse(e.User, "all")}
	if parts[0] != string(Local) {
		parts = append(parts, orElse(e.Address, "all"))
	}
	return strings.ReplaceAll(strings.Join(append(parts, e.Method, e.Options), " "), "\n", " ")
}

func orElse(s, other string) string {
	if strings.TrimSpace(s) == "" {
		return other
	}
	return s
}
