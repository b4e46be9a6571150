package partition

import (
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// PropertyDiscovery is the table property that makes partitions be found by
// listing folders: "auto". "none", or no property, leaves them to the catalog.
const PropertyDiscovery = "partition.discovery"

// IsDiscovered reports whether a table's partitions are found by listing. Those
// in the catalog do not count then. A value that is neither auto nor none is a
// fault with SQLSTATE 22023.
func IsDiscovered(t *catalog.Table) (bool, error) {
	for k, v := range t.Parameters {
		if !strings.EqualFold(k, PropertyDiscovery) {
			continue
		}
		switch strings.ToLower(strings.TrimSpace(v)) {
		case "auto":
			return true, nil
		case "none", "":
			return false, nil
		}
		return false, projectionFault(t, "", "INVALID_TABLE_PROPERTY: table %s.%s: property %s: %q is not auto or none", t.Database, t.Name, k, v)
	}
	return false, nil
}

// Layout is how the folders below a location spell a table's partition keys,
// level by level: one k=v folder for each key, or what the table's
// storage.location.template says. Immutable.
type Layout struct {
	// Root is the location of the first level, with a slash at its end.
	Root string
	// Suffix follows the last level, with a slash at its end: folders that are
	// the same in every partition. Mostly "".
	Suffix string

	table  *catalog.Table
	levels []layoutLevel
}

// layoutLevel is one folder whose name has keys.
type layoutLevel struct {
	before string         // folders in front of it that are always the same
	hive   int            // the key of a k=v folder; -1: by parts
	parts  []templatePart // texts and keys in turn
}

// LayoutOf gives a table's layout. A template that cannot be read backwards
// (two keys without a text between them) is a fault with SQLSTATE 22023.
func LayoutOf(t *catalog.Table) (*Layout, error) {
	for k, v := range t.Parameters {
		if strings.EqualFold(k, PropertyTemplate) && strings.TrimSpace(v) != "" {
			return templateLayout(t, strings.TrimSpace(v))
		}
	}
	l := &Layout{Root: Join(t.Storage.Location, ""), table: t}
	if !strings.HasSuffix(l.Root, "/") {
		l.Root += "/"
	}
	for k := range t.PartitionKeys {
		l.levels = append(l.levels, layoutLevel{hive: k})
	}
	return l, nil
}

func templateLayout(t *catalog.Table, text string) (*Layout, error) {
	tmpl, err := parseTemplate(t, text)
	if err != nil {
		return nil, err
	}
	l := &Layout{table: t}
	level := layoutLevel{hive: -1}
	finish := func() {
		n := len(level.parts) - 1
		if level.parts[n].text = strings.TrimSuffix(level.parts[n].text, "/"); level.parts[n].text == "" && level.parts[n].key < 0 {
			level.parts = level.parts[:n]
		}
		if !hasKey(level.parts) {
			for _, p := range level.parts {
				level.before += p.text
			}
			level.before += "/"
			level.parts = nil
			return
		}
		l.levels = append(l.levels, level)
		level = layoutLevel{hive: -1}
	}
	for _, p := range tmpl.parts {
		if p.key >= 0 {
			if n := len(level.parts); n > 0 && level.parts[n-1].key >= 0 {
				return nil, templateFault(t, text, "there is no text between two placeholders, so that folders cannot be told apart")
			}
			level.parts = append(level.parts, p)
			continue
		}
		for _, piece := range strings.SplitAfter(p.text, "/") {
			if piece == "" {
				continue
			}
			level.parts = append(level.parts, templatePart{text: piece, key: -1})
			if strings.HasSuffix(piece, "/") {
				finish()
			}
		}
	}
	if len(level.parts) > 0 {
		finish()
	}
	l.Suffix = level.before
	l.Root, l.levels[0].before = l.levels[0].before, ""
	return l, nil
}

func hasKey(parts []templatePart) bool {
	for _, p := range parts {
		if p.key >= 0 {
			return true
		}
	}
	return false
}

// Plain reports whether every level is a key's text and nothing else.
func (l *Layout) Plain() bool {
	for _, lev := range l.levels {
		if lev.hive >= 0 || lev.before != "" || len(lev.parts) != 1 {
			return false
		}
	}
	return l.Suffix == ""
}

// InOrder reports whether the levels are the keys one by one, in their order, so
// that folders nest as the partitions are sorted.
func (l *Layout) InOrder() bool {
	for i := range l.levels {
		if keys := l.Keys(i); len(keys) != 1 || keys[0] != i || l.levels[i].before != "" {
			return false
		}
	}
	return len(l.levels) == len(l.table.PartitionKeys)
}

// Levels gives the number of folders that have keys in their names.
func (l *Layout) Levels() int { return len(l.levels) }

// Before gives the folders in front of a level that are always the same, with
// a slash at their end, or "".
func (l *Layout) Before(level int) string { return l.levels[level].before }

// Keys gives the keys that a level's folder names.
func (l *Layout) Keys(level int) []int {
	lev := &l.levels[level]
	if lev.hive >= 0 {
		return []int{lev.hive}
	}
	var keys []int
	for _, p := range lev.parts {
		if p.key >= 0 {
			keys = append(keys, p.key)
		}
	}
	return keys
}

// Parse reads a folder's name at a level and sets the texts of its keys. It
// reports false for a folder of another form, and for one that contradicts a
// text of a level above.
func (l *Layout) Parse(level int, name string, texts []string) bool {
	lev := &l.levels[level]
	if lev.hive >= 0 {
		kv, ok := ParseSegment(name)
		if !ok || !strings.EqualFold(kv.Key, l.table.PartitionKeys[lev.hive].Name) {
			return false
		}
		texts[lev.hive] = kv.Value
		return true
	}
	for i, p := range lev.parts {
		if p.key < 0 {
			rest, ok := strings.CutPrefix(name, p.text)
			if !ok {
				return false
			}
			name = rest
			continue
		}
		end := len(name)
		switch {
		case i+2 == len(lev.parts): // before the last text
			end = len(name) - len(lev.parts[i+1].text)
		case i+1 < len(lev.parts):
			end = strings.Index(name, lev.parts[i+1].text)
		}
		if end <= 0 {
			return false
		}
		if l.above(level, p.key) && texts[p.key] != name[:end] {
			return false
		}
		texts[p.key] = name[:end]
		name = name[end:]
	}
	return name == ""
}

// above reports whether a level above spells the key too.
func (l *Layout) above(level, key int) bool {
	for i := range level {
		for _, k := range l.Keys(i) {
			if k == key {
				return true
			}
		}
	}
	return false
}

// Spell gives the only name that a level's folder can have for values of its
// keys, of which texts has the texts. It reports false where there may be
// several (01 and 1 of an integer) or none.
func (l *Layout) Spell(level int, texts []string) (string, bool) {
	lev := &l.levels[level]
	for _, k := range l.Keys(level) {
		if !oneSpelling(l.table.PartitionKeys[k].Type) {
			return "", false
		}
	}
	if lev.hive >= 0 {
		text := texts[lev.hive]
		name := string(AppendEscaped(nil, l.table.PartitionKeys[lev.hive].Name))
		value := string(AppendEscaped(nil, text))
		return name + "=" + value, value == text && name == l.table.PartitionKeys[lev.hive].Name
	}
	var b strings.Builder
	for _, p := range lev.parts {
		if p.key < 0 {
			b.WriteString(p.text)
			continue
		}
		if text := texts[p.key]; strings.Contains(text, "/") || !isPlainPath(text) {
			return "", false
		}
		b.WriteString(texts[p.key])
	}
	return b.String(), true
}

// oneSpelling reports whether each value of a type has one text only.
func oneSpelling(t types.Type) bool {
	return t.Kind == types.Varchar || t.Kind == types.Name || t.Kind == types.Date
}

// ParseKey gives the typed value of key k from its text. What is none is a
// fault that names table, key and text.
func ParseKey(t *catalog.Table, k int, text string) (types.Value, error) {
	v, err := ParseValue(t.PartitionKeys[k].Type, text)
	if err != nil {
		return v, keyFault(t, t.PartitionKeys[k], text, err)
	}
	return v, nil
}

// LimitFault is the refusal of more than MaxProjected partitions: how names
// what makes them.
func LimitFault(t *catalog.Table, key int, how string, n int64) *fault.Error {
	col := t.PartitionKeys[key].Name
	f := fault.New(fault.CodeProgramLimit, "HIVE_EXCEEDED_PARTITION_LIMIT: %s of table %s.%s makes %d partitions, more than %d",
		how, t.Database, t.Name, n, MaxProjected).
		WithHint("Restrict partition key %s in the WHERE clause: %s = ..., IN (...), or a range.", types.QuoteIdent(col), types.QuoteIdent(col))
	f.Schema, f.Table, f.Column = t.Database, t.Name, col
	return f
}

// Restricted reports whether a filter names values or an end of key k.
func Restricted(f KeyFilter, k int) bool {
	if f == nil {
		return false
	}
	if _, ok := f.Values(k); ok {
		return true
	}
	_, _, low, high := f.Bounds(k)
	return low || high
}
