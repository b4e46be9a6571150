package crawl

import (
	"fmt"
	"hash/fnv"
	"path"
	"strings"
	"unicode"
)

// tableName makes a name of a folder's or file's: lower case, and _ for what is
// no letter, digit or _.
func tableName(prefix, name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(prefix + name) {
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
func freeName(name, above, location string, taken map[string]bool) string {
	if !taken[name] {
		return name
	}
	if above != "" {
		if long := tableName("", above+"_"+name); !taken[long] {
			return long
		}
	}
	h := fnv.New32a()
	h.Write([]byte(location)) // never fails
	hashed := fmt.Sprintf("%s_%08x", name, h.Sum32())
	for n := 2; taken[hashed]; n++ {
		hashed = fmt.Sprintf("%s_%08x_%d", name, h.Sum32(), n)
	}
	return hashed
}

// lastSegment gives the last part of a location: the folder, or the bucket.
func lastSegment(location string) string {
	_, rest, ok := strings.Cut(location, "://")
	if !ok {
		rest = location
	}
	return path.Base(strings.TrimRight(rest, "/"))
}

// parentName gives the name of the folder above a folder's key, "" at the root.
func parentName(key string) string {
	dir := path.Dir(strings.TrimSuffix(key, "/"))
	if dir == "." || dir == "/" {
		return ""
	}
	return path.Base(dir)
}
