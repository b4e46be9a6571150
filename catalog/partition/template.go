package partition

import (
	"strings"

	"github.com/glauxdb/glaux/catalog"
)

// template is a storage.location.template: literal texts with ${key} between.
type template struct {
	parts []templatePart
}

// templatePart is a literal text, or the value of a key.
type templatePart struct {
	text string
	key  int // -1: text
}

// parseTemplate reads a template, which must have every partition key.
func parseTemplate(t *catalog.Table, text string) (*template, error) {
	out := &template{}
	used := make([]bool, len(t.PartitionKeys))
	rest := text
	for {
		before, after, ok := strings.Cut(rest, "${")
		if before != "" {
			out.parts = append(out.parts, templatePart{text: before, key: -1})
		}
		if !ok {
			break
		}
		name, behind, ok := strings.Cut(after, "}")
		if !ok {
			return nil, templateFault(t, text, "a ${ is not closed")
		}
		key := -1
		for k, col := range t.PartitionKeys {
			if strings.EqualFold(col.Name, strings.TrimSpace(name)) {
				key = k
			}
		}
		if key < 0 {
			return nil, templateFault(t, text, "${"+name+"} is not a partition column")
		}
		used[key] = true
		out.parts = append(out.parts, templatePart{key: key})
		rest = behind
	}
	for k, ok := range used {
		if !ok {
			return nil, templateFault(t, text, "the placeholder ${"+t.PartitionKeys[k].Name+"} is missing; every partition column needs one")
		}
	}
	return out, nil
}

func templateFault(t *catalog.Table, text, what string) error {
	return projectionFault(t, "", "INVALID_TABLE_PROPERTY: table %s.%s: property %s: %s: %s", t.Database, t.Name, PropertyTemplate, text, what)
}

// escapes reports whether %XX in the template's locations stands for a byte, as
// in file URLs: a value with a percent sign would mean another folder.
func (t *template) escapes() bool { return strings.HasPrefix(t.parts[0].text, "file:") }

// location gives the folder of one partition, values as they are: a date's
// slashes make folders.
func (t *template) location(texts []string) string {
	var b strings.Builder
	for _, p := range t.parts {
		if p.key < 0 {
			b.WriteString(p.text)
		} else {
			b.WriteString(texts[p.key])
		}
	}
	if s := b.String(); !strings.HasSuffix(s, "/") {
		return s + "/"
	}
	return b.String()
}
