package partition

import (
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
)

// maxPushed is how many values of one key an expression lists; more become a
// range.
const maxPushed = 100

// FilterText gives what a filter says of keys, in Glue's grammar, for a catalog
// that selects partitions itself; "" if it says nothing that can be sent. Every
// partition that the filter may want passes the expression; others may too.
//
// Only keys are named that every such catalog understands alike: text, integers
// and dates with plain names, and values without quotes or backslashes.
func FilterText(keys []catalog.Column, f KeyFilter) string {
	if f == nil {
		return ""
	}
	var b []byte
	for k := range keys {
		cond := keyText(&keys[k], f, k)
		if cond == "" || len(b)+len(cond)+len(" AND ") > MaxExpression {
			continue
		}
		if len(b) > 0 {
			b = append(b, " AND "...)
		}
		b = append(b, cond...)
	}
	return string(b)
}

// keyText gives the conditions on one key.
func keyText(col *catalog.Column, f KeyFilter, k int) string {
	if string(appendName(nil, col.Name)) != col.Name || !pushable(col.Type) {
		return ""
	}
	if values, ok := f.Values(k); ok && len(values) > 0 && len(values) <= maxPushed {
		texts := make([]string, len(values))
		for i, v := range values {
			var ok bool
			if texts[i], ok = pushedText(v); !ok {
				return ""
			}
		}
		if len(texts) == 1 {
			return col.Name + " = " + texts[0]
		}
		return col.Name + " IN (" + strings.Join(texts, ", ") + ")"
	} else if ok && len(values) > maxPushed {
		return rangeText(col.Name, values[0], values[len(values)-1], true, true)
	}
	low, high, hasLow, hasHigh := f.Bounds(k)
	return rangeText(col.Name, low, high, hasLow, hasHigh)
}

func rangeText(name string, low, high types.Value, hasLow, hasHigh bool) string {
	var conds []string
	if hasLow {
		if text, ok := pushedText(low); ok {
			conds = append(conds, name+" >= "+text)
		}
	}
	if hasHigh {
		if text, ok := pushedText(high); ok {
			conds = append(conds, name+" <= "+text)
		}
	}
	return strings.Join(conds, " AND ")
}

func pushable(t types.Type) bool {
	return t.Kind == types.Varchar || t.Kind == types.Date || t.IsInteger()
}

// pushedText spells a value: numbers bare, the rest in quotes. Text is sent only
// where all catalogs order and read it alike.
func pushedText(v types.Value) (string, bool) {
	text := string(types.AppendValue(nil, v))
	if v.Type.IsInteger() {
		return text, !v.Null
	}
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '\'' || c == '\\' {
			return "", false
		}
	}
	return "'" + text + "'", !v.Null && text != catalog.HiveNull
}
