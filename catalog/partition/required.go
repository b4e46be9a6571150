package partition

import (
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/size"
)

// PropertyFilter is the property of a table that may only be read with a condition
// on a partition key: 'required', 'required over 10GB', or 'optional'.
const PropertyFilter = "partition_filter"

// FilterRule says whether the scans of a table need a condition on a partition
// key. The zero value: they do not.
type FilterRule struct {
	Required bool
	Over     int64 // stored bytes that a scan may read without one
}

// FilterRuleOf reads the rule from a table's properties. A value that is none is a
// fault with SQLSTATE 22023.
func FilterRuleOf(t *catalog.Table) (FilterRule, error) {
	for k, v := range t.Parameters {
		if strings.EqualFold(k, PropertyFilter) {
			r, err := parseFilterRule(v)
			if err != nil {
				f := fault.New(fault.CodeInvalidParameter, "table %s.%s: property %s: %s", t.Database, t.Name, PropertyFilter, fault.As(err).Message).
					WithHint("Write 'required', 'required over 10GB' or 'optional'.")
				f.Schema, f.Table = t.Database, t.Name
				return FilterRule{}, f
			}
			return r, nil
		}
	}
	return FilterRule{}, nil
}

func parseFilterRule(text string) (FilterRule, error) {
	words := strings.Fields(strings.ToLower(text))
	switch {
	case len(words) == 1 && words[0] == "optional":
		return FilterRule{}, nil
	case len(words) == 1 && words[0] == "required":
		return FilterRule{Required: true}, nil
	case len(words) > 2 && words[0] == "required" && words[1] == "over":
		n, err := size.Parse(strings.Join(words[2:], " "))
		return FilterRule{Required: true, Over: n}, err
	}
	if len(text) > 80 {
		text = strings.ToValidUTF8(text[:80], "") + "..."
	}
	return FilterRule{}, fault.New(fault.CodeInvalidParameter, "invalid value %q", text)
}
