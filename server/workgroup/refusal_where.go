package workgroup

import (
	"fmt"
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec"
)

// suggestion is a condition with which the query would pass.
type suggestion struct {
	Where      string `json:"where"`
	BytesUpper int64  `json:"bytes_upper"` // what the whole query reads with it, at most
}

// help says what would let the query pass: a condition on the largest table's
// partition keys under which all that it reads fits.
func (r *refusal) help(t *exec.TableEstimate, others int64) string {
	name := types.QuoteIdent(t.Database) + "." + types.QuoteIdent(t.Table)
	if len(t.PartitionKeys) == 0 {
		return fmt.Sprintf("Table %s has no partitions: select fewer columns, or ask for a larger limit.", name)
	}
	if t.Parts == nil {
		return withoutParts(t, name)
	}
	room := r.room - others
	if room <= 0 {
		return fmt.Sprintf("What the query reads beside %s is %s, which leaves nothing for it: filter the other tables too.", name, Bytes(others))
	}
	parts := t.Parts()
	where, bytes := narrow(t.PartitionKeys, parts, room)
	if where == "" {
		smallest := int64(-1)
		for _, p := range parts {
			if smallest < 0 || p.Bytes < smallest {
				smallest = p.Bytes
			}
		}
		return fmt.Sprintf("No partition of %s fits into %s, the smallest has %s: select fewer columns, or ask for a larger limit.", name, Bytes(room), Bytes(smallest))
	}
	r.Try = &suggestion{Where: where, BytesUpper: bytes + others}
	return fmt.Sprintf("Filter %s by its partition keys, for example: WHERE %s (the query reads %s at most then).", name, where, Bytes(bytes+others))
}

func withoutParts(t *exec.TableEstimate, name string) string {
	if len(t.Unfiltered) == 0 {
		return fmt.Sprintf("The query already filters every partition key of %s: choose fewer partitions or fewer columns.", name)
	}
	for i, k := range t.PartitionKeys {
		if k == t.Unfiltered[0] && i < len(t.Example) {
			return fmt.Sprintf("Filter %s by its partition key, for example: WHERE %s", name, t.Example[i])
		}
	}
	return fmt.Sprintf("Filter %s by its partition key %q.", name, t.Unfiltered[0])
}

// narrow writes the condition that selects the latest partitions which fit into
// room together: the last values of the first key, else within its last value
// those of the next key. If not even the last partition fits, it is the last one
// that does; "" if there is none. parts are in the order of their keys.
func narrow(keys []string, parts []exec.PartEstimate, room int64) (where string, bytes int64) {
	var conds []string
	list := parts
	for level := 0; level < len(keys) && len(list) > 0; level++ {
		from, bytes := latest(list, level, room)
		if from < len(list) {
			op := ">="
			if value := list[from].Keys[level]; value == list[len(list)-1].Keys[level] {
				op = "="
			}
			return strings.Join(append(conds, condition(keys[level], op, list[from].Keys[level])), " AND "), bytes
		}
		last := list[len(list)-1].Keys[level]
		conds = append(conds, condition(keys[level], "=", last))
		for list[0].Keys[level] != last {
			list = list[1:]
		}
	}
	for i := len(parts) - 1; i >= 0; i-- {
		if parts[i].Bytes <= room {
			conds = conds[:0]
			for k, v := range parts[i].Keys {
				conds = append(conds, condition(keys[k], "=", v))
			}
			return strings.Join(conds, " AND "), parts[i].Bytes
		}
	}
	return "", 0
}

// latest gives where the last values of a key begin that fit into room together;
// the end of the list if not one does. NULL is no value that >= finds.
func latest(list []exec.PartEstimate, level int, room int64) (from int, bytes int64) {
	from = len(list)
	for from > 0 {
		value := list[from-1].Keys[level]
		at, sum := from, bytes
		for at > 0 && list[at-1].Keys[level] == value {
			at--
			sum += list[at].Bytes
			if sum > room || sum < 0 {
				return from, bytes
			}
		}
		if value == "" && from < len(list) {
			return from, bytes
		}
		from, bytes = at, sum
	}
	return from, bytes
}

func condition(key, op, literal string) string {
	if literal == "" {
		return types.QuoteIdent(key) + " IS NULL"
	}
	return types.QuoteIdent(key) + " " + op + " " + literal
}

func quoted(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = types.QuoteIdent(n)
	}
	return strings.Join(out, ", ")
}
