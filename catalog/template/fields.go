package template

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Choose gives the names of the columns that files with some fields have: those
// of the option "fields", as the service's console shows them or as the file's
// first line has them (${version} ${account-id}, or version,account-id).
func (t *Template) Choose(option string, given bool) ([]string, error) {
	list := t.Fields
	switch {
	case given && !t.Choosable:
		return nil, fault.New(fault.CodeInvalidParameter, "files of template %s have no fields to be chosen", t.Name)
	case given:
		list = strings.FieldsFunc(option, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' || r == '\n' || r == '\r' })
		if len(list) == 0 {
			return nil, fault.New(fault.CodeInvalidParameter, "option %s names no field", OptionFields)
		}
	case t.Choosable && len(list) == 0:
		return nil, fault.New(fault.CodeInvalidParameter, "template %s needs the fields that the files have", t.Name).
			WithHint("Give %s: WITH (%s = '...').", t.Ask, OptionFields)
	}
	names := make([]string, len(list))
	for i, f := range list {
		if names[i] = ColumnName(f); names[i] == "" {
			return nil, fault.New(fault.CodeInvalidParameter, "option %s: %q is no field", OptionFields, f)
		}
	}
	return names, nil
}

// ColumnName makes a column's name of a field's: ${account-id} is account_id,
// lineItem/UsageAmount is line_item_usage_amount.
func ColumnName(field string) string {
	field = strings.Trim(field, `"'`)
	if inner, ok := strings.CutPrefix(field, "${"); ok {
		field = strings.TrimSuffix(inner, "}")
	}
	var b strings.Builder
	prev := byte('_')
	for i := 0; i < len(field); i++ {
		c := field[i]
		switch {
		case c >= 'A' && c <= 'Z':
			if prev >= 'a' && prev <= 'z' || prev >= '0' && prev <= '9' ||
				prev >= 'A' && prev <= 'Z' && i+1 < len(field) && field[i+1] >= 'a' && field[i+1] <= 'z' {
				b.WriteByte('_')
			}
			b.WriteByte(c + 'a' - 'A')
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			b.WriteByte(c)
		case prev != '_':
			b.WriteByte('_')
			c = '_'
		default:
			c = '_'
		}
		prev = c
	}
	return strings.Trim(b.String(), "_")
}
