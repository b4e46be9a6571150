package crawl

import (
	"path"
	"strings"
	"unicode"
)

// TableName makes a name of a folder's or file's: lower case, and _ for what is
// no letter, digit or _.
func TableName(name string) string {
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
