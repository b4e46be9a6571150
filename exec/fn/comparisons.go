package fn

import "github.com/glauxdb/glaux/catalog/types"

// comparing is what a function does with the values of an argument.
type comparing uint8

const (
	byEquality comparing = 1 + iota
	byOrder
)

// comparisons names the functions of any type that compare values, and which of
// their arguments: others only carry them. Opaque types cannot all be compared.
var comparisons = map[string]struct {
	arg int // -1: all
	how comparing
}{
	"min": {-1, byOrder}, "max": {-1, byOrder}, "greatest": {-1, byOrder}, "least": {-1, byOrder},
	"min_by": {1, byOrder}, "max_by": {1, byOrder}, "approx_percentile": {0, byOrder},
	"array_min": {0, byOrder}, "array_max": {0, byOrder}, "array_sort": {0, byOrder},
	"array_distinct": {0, byEquality}, "array_except": {0, byEquality}, "array_intersect": {0, byEquality}, "array_union": {0, byEquality},
	"arrays_overlap": {0, byEquality}, "deep_equal": {-1, byEquality}, "contains": {0, byEquality}, "contains_sequence": {0, byEquality},
	"array_position": {0, byEquality}, "array_positions": {0, byEquality}, "array_remove": {0, byEquality}, "array_replace": {0, byEquality},
	"array_histogram": {0, byEquality}, "json_array_contains": {1, byEquality},
	"@>": {-1, byEquality}, "<@": {-1, byEquality}, "&&": {-1, byEquality},
	"map": {0, byEquality}, "map_agg": {0, byEquality}, "multimap_agg": {0, byEquality}, "histogram": {0, byEquality},
	"map_from_entries": {0, byEquality}, "multimap_from_entries": {0, byEquality},
	"approx_distinct": {0, byEquality}, "approx_most_frequent": {1, byEquality}, "mode": {0, byOrder}, "checksum": {0, byEquality},
	"= any": {-1, byEquality}, "= all": {-1, byEquality}, "<> any": {-1, byEquality}, "<> all": {-1, byEquality},
	"< any": {-1, byOrder}, "< all": {-1, byOrder}, "<= any": {-1, byOrder}, "<= all": {-1, byOrder},
	"> any": {-1, byOrder}, "> all": {-1, byOrder}, ">= any": {-1, byOrder}, ">= all": {-1, byOrder},
}

// canCompare reports whether a function can do with arguments of these types what
// it does.
func canCompare(name string, params []types.Type) bool {
	c, ok := comparisons[name]
	if !ok {
		return true
	}
	for i, t := range params {
		if c.arg >= 0 && c.arg != i {
			continue
		}
		if !t.HasEquality() || c.how == byOrder && !t.HasOrder() {
			return false
		}
	}
	return true
}
