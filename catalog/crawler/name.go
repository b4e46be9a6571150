package crawler

import (
	"fmt"
	"hash/fnv"
	"strings"
	"unicode"
)

// tableName makes a table's name of a folder's: lower case, and _ for what is
// no letter, digit or _.
func tableName(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		if r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		} else {
			b.WriteByte('_')
		}
	}
	if strings.Trim(b.String(), "_") == "" {
		return "table"
	}
	return b.String()
}

// freeName gives the name, or where it is taken (two folders may differ only in
// case, or have one name at two places) the name with the folder above before
// it, or with a hash of the location behind it. All depend on the location
// alone.
func freeName(prefix, name, above, location string, taken map[string]bool) string {
	short := tableName(prefix + name)
	if !taken[short] {
		return short
	}
	if above != "" {
		if long := tableName(prefix + above + "_" + name); !taken[long] {
			return long
		}
	}
	h := fnv.New32a()
	h.Write([]byte(location)) // never fails
	hashed := fmt.Sprintf("%s_%08x", short, h.Sum32())
	for n := 2; taken[hashed]; n++ {
		hashed = fmt.Sprintf("%s_%08x_%d", short, h.Sum32(), n)
	}
	return hashed
}
