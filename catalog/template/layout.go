package template

import (
	"fmt"
	"slices"
	"strings"
)

// Layout is a path of folders:
//
//	AWSLogs           a folder of this name
//	${region}         a folder that is the value of a key; some keys span several: ${day} is yyyy/MM/dd
//	year=${year}      a folder as Hive writes it
//	[${organization}] a folder that need not be there, and is never a partition key
//	./${datehour}     in front: the layout begins at the location itself, whatever that is called
//
// Without ./ a location must have the layout's first folder in it; where it has
// not, nothing is known of the folders below, unless its owner says that they are
// this layout's.
type Layout struct {
	Name     string
	text     string
	anywhere bool // begins with ./
	folders  []folder
}

// folder is a step of a layout.
type folder struct {
	before   string // the text, or what is in front of the key: "year="
	key      string // "": a text alone
	optional bool
}

// hive reports whether the folder is spelled k=v with the key's own name.
func (f folder) hive() bool { return f.before != "" && strings.EqualFold(f.before, f.key+"=") }

// text gives the folder as storage.location.template has it.
func (f folder) text() string {
	if f.key == "" {
		return f.before
	}
	return f.before + "${" + f.key + "}"
}

// span is how many folders of a path it takes.
func (f folder) span() int {
	if f.key == "" {
		return 1
	}
	return len(kindOf(f.key).shape)
}

// takes reports whether it can have some folders of a path, or the first of
// them where the path ends.
func (f folder) takes(names []string) bool {
	if f.key == "" {
		return names[0] == f.before
	}
	for i, shape := range kindOf(f.key).shape {
		if i == len(names) {
			break
		}
		value, ok := strings.CutPrefix(names[i], f.before)
		if !ok || !shape.MatchString(value) {
			return false
		}
	}
	return true
}

func parseLayout(name, text string) (*Layout, error) {
	l := &Layout{Name: name, text: text}
	rest, anywhere := strings.CutPrefix(text, "./")
	l.anywhere = anywhere
	for _, part := range strings.Split(rest, "/") {
		f := folder{}
		if inner, ok := strings.CutPrefix(part, "["); ok {
			f.optional = true
			part = strings.TrimSuffix(inner, "]")
		}
		before, key, ok := strings.Cut(part, "${")
		f.before = before
		if ok {
			if f.key, ok = strings.CutSuffix(key, "}"); !ok || f.key == "" {
				return nil, fmt.Errorf("%q is no placeholder", part)
			}
		}
		if f.before == "" && f.key == "" {
			return nil, fmt.Errorf("%q has an empty folder", text)
		}
		l.folders = append(l.folders, f)
	}
	return l, nil
}

// String gives the layout as its template writes it.
func (l *Layout) String() string { return l.text }

// Keys gives the names of the keys, in the order of the folders.
func (l *Layout) Keys() []string {
	var out []string
	for _, f := range l.folders {
		if f.key != "" {
			out = append(out, f.key)
		}
	}
	return out
}

// match gives the folders that follow a location, whose own folders are names:
// the layout's beginning is looked for in them, as far up as it fits. known is
// how many of them are the layout's, inside says that the location ends within
// the folders of a date. ok is false for a location that has nothing of the
// layout.
func (l *Layout) match(names []string) (below []folder, known int, inside, ok bool) {
	for i := range names {
		for _, folders := range l.variants() {
			if below, inside, ok = follow(folders, names[i:]); ok {
				return below, len(names) - i, inside, true
			}
		}
	}
	return l.folders, 0, false, l.anywhere
}

// variants gives the folders with and without those that need not be there.
func (l *Layout) variants() [][]folder {
	without := slices.DeleteFunc(slices.Clone(l.folders), func(f folder) bool { return f.optional })
	if len(without) == len(l.folders) {
		return [][]folder{without}
	}
	return [][]folder{l.folders, without}
}

// follow goes down a path by a layout's folders.
func follow(folders []folder, names []string) (below []folder, inside, ok bool) {
	for i, f := range folders {
		if len(names) == 0 {
			return folders[i:], false, true
		}
		if !f.takes(names) {
			return nil, false, false
		}
		if n := f.span(); len(names) < n {
			return folders[i+1:], true, true
		} else {
			names = names[n:]
		}
	}
	return nil, true, true // deeper than the layout
}
