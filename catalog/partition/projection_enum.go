package partition

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
)

// enum is a projection whose values are listed.
type enum struct {
	values []candidate // by value
}

func parseEnum(k keyProps) (projectedKey, error) {
	text, ok := k.props[k.name("values")] // white space counts
	if !ok || text == "" {
		_, err := k.need("values")
		return nil, err
	}
	var e enum
	seen := map[string]bool{}
	for _, t := range strings.Split(text, ",") {
		if seen[t] {
			continue
		}
		seen[t] = true
		v, err := ParseValue(k.col.Type, t)
		if err != nil { // a number with a space before it
			v, err = ParseValue(k.col.Type, strings.TrimSpace(t))
		}
		if err != nil {
			return nil, k.fault("values", "%q is not a value of the column's type %s", t, k.col.Type.Hive())
		}
		e.values = append(e.values, candidate{t, v})
	}
	sortCandidates(e.values)
	return e, nil
}

func (e enum) series(int64) series { return e }

func (e enum) count() int64 { return int64(len(e.values)) }

func (e enum) at(i int64) candidate { return e.values[i] }

func (e enum) ascending() bool { return true }

func (e enum) find(types.Value) int64 { return -1 }
