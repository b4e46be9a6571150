package grok

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// Limits of a pattern. The first two are Glue's.
const (
	MaxPattern  = 2048      // bytes of a pattern
	MaxCustom   = 16_000    // bytes of the custom patterns
	maxDepth    = 32        // of patterns that name patterns
	maxExpanded = 256 << 10 // bytes of the expression
	maxFields   = 1000
)

// Pattern is a compiled grok pattern. It is immutable and safe for concurrent
// use.
type Pattern struct {
	Text    string // as it was given
	Custom  string
	Fields  []Field
	re      *regexp.Regexp
	machine *machine
	// byPosition: fields have no names, columns take them in order.
	byPosition bool
	hidden     map[string]int // lower-case name of a pattern without a field -> its group
}

// Field is a field of a pattern, a column of the table.
type Field struct {
	Name string
	Type types.Type
	// groups are the expression's groups that hold it: a name may stand in
	// several branches; the first that takes part counts.
	groups []int
}

// Compile makes an expression of a grok pattern: %{NAME}, %{NAME:field} and
// %{NAME:field:type} stand for named patterns, all else is a regular
// expression (see translator). custom defines patterns, one a line: a name, a
// blank, the pattern. Types are byte, boolean, double, short, int, long, float
// and string. A pattern matches anywhere in a line unless it has ^ and $.
func Compile(pattern, custom string) (*Pattern, error) {
	if pattern == "" {
		return nil, badPattern("it is empty")
	}
	if len(pattern) > MaxPattern || len(custom) > MaxCustom {
		return nil, badPattern("a pattern has at most %d bytes, custom patterns %d", MaxPattern, MaxCustom)
	}
	e := &expander{hidden: map[string]string{}, index: map[string]int{}}
	var err error
	if e.custom, err = parseCustom(custom); err != nil {
		return nil, err
	}
	var out strings.Builder
	if err := e.expand(&out, pattern); err != nil {
		return nil, err
	}
	re, err := regexp.Compile(out.String())
	if err != nil {
		return nil, fault.Wrap(err, fault.CodeInvalidRegexp, "invalid grok pattern: %v", err)
	}
	p := &Pattern{Text: pattern, Custom: custom, re: re, hidden: map[string]int{}}
	if p.machine, err = newMachine(out.String()); err != nil {
		return nil, fault.Wrap(err, fault.CodeInvalidRegexp, "invalid grok pattern: %v", err)
	}
	for _, f := range e.fields {
		field := Field{Name: f.name, Type: f.typ}
		for _, g := range f.groups {
			field.groups = append(field.groups, re.SubexpIndex(g))
		}
		p.Fields = append(p.Fields, field)
	}
	for name, group := range e.hidden {
		p.hidden[name] = re.SubexpIndex(group)
	}
	return p, nil
}

// parseCustom reads definitions of patterns, one a line.
func parseCustom(text string) (map[string]string, error) {
	out := map[string]string{}
	for _, line := range strings.Split(strings.ReplaceAll(text, "\r", ""), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, def, ok := strings.Cut(line, " ")
		if tab := strings.IndexByte(line, '\t'); tab >= 0 && tab < len(name) {
			name, def, ok = line[:tab], line[tab+1:], true
		}
		if def = strings.TrimSpace(def); !ok || def == "" || !isName(name) {
			return nil, badPattern("custom pattern %q is not a name, a blank and a pattern", clip(line))
		}
		out[name] = def
	}
	return out, nil
}

func isName(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '.') {
			return false
		}
	}
	return s != ""
}

// expander writes out what a pattern's names stand for.
type expander struct {
	custom map[string]string
	fields []pending
	index  map[string]int    // lower-case field name -> place in fields
	hidden map[string]string // lower-case pattern name -> group
	groups int
	depth  int
	plain  bool // a regular expression: no %{NAME}, and groups keep their numbers
}

type pending struct {
	name   string
	typ    types.Type
	typed  bool
	groups []string
}

func (e *expander) expand(out *strings.Builder, pattern string) error {
	if e.depth == maxDepth {
		return badPattern("patterns name each other deeper than %d levels", maxDepth)
	}
	e.depth++
	t := translator{e: e, in: pattern, out: out}
	err := t.run()
	e.depth--
	if err == nil && out.Len() > maxExpanded {
		return badPattern("written out it has more than %d bytes", maxExpanded)
	}
	return err
}

// reference writes what NAME:field:type stands for.
func (e *expander) reference(out *strings.Builder, ref string) error {
	name, rest, named := strings.Cut(ref, ":")
	def, ok := e.custom[name]
	if !ok {
		def, ok = library[name]
	}
	if !ok {
		err := badPattern("there is no pattern %q", clip(name))
		if near := fault.Nearest(name, e.names()); near != "" {
			err.WithHint("Did you mean %s?", near)
		}
		return err
	}
	open := "(?:"
	switch {
	case named:
		field, typ, _ := strings.Cut(rest, ":")
		if i := strings.IndexByte(rest, ';'); i >= 0 {
			field, typ = rest[:i], rest[i+1:]
		}
		group, err := e.field(field, typ)
		if err != nil {
			return err
		}
		open = "(?P<" + group + ">"
	case e.depth == 1:
		if low := strings.ToLower(name); e.hidden[low] == "" {
			e.hidden[low] = e.group()
			open = "(?P<" + e.hidden[low] + ">"
		}
	}
	out.WriteString(open)
	if err := e.expand(out, def); err != nil {
		return err
	}
	out.WriteByte(')')
	return nil
}

func (e *expander) names() []string {
	var out []string
	for n := range e.custom {
		out = append(out, n)
	}
	for n := range library {
		out = append(out, n)
	}
	return out
}

// fieldTypes are the types that a pattern can give a field.
var fieldTypes = map[string]types.Type{
	"": types.TVarchar, "string": types.TVarchar, "byte": types.TTinyInt, "boolean": types.TBoolean, "short": types.TSmallInt,
	"int": types.TInteger, "long": types.TBigInt, "float": types.TReal, "double": types.TDouble,
}

// group makes a group's name.
func (e *expander) group() string {
	e.groups++
	return "g" + strconv.Itoa(e.groups)
}

// field notes a field and gives the name of the group that holds it.
func (e *expander) field(name, typ string) (group string, err error) {
	t, ok := fieldTypes[strings.ToLower(strings.TrimSpace(typ))]
	if !ok {
		return "", badPattern("field %q has the type %q: types are byte, boolean, double, short, int, long, float, string", clip(name), clip(typ))
	}
	if name = strings.TrimSpace(name); name == "" {
		return "", badPattern("a field without a name")
	}
	low := strings.ToLower(name)
	i, seen := e.index[low]
	if !seen {
		if i = len(e.fields); i == maxFields {
			return "", badPattern("more than %d fields", maxFields)
		}
		e.index[low] = i
		e.fields = append(e.fields, pending{name: name, typ: t, typed: typ != ""})
	}
	f := &e.fields[i]
	switch {
	case typ != "" && !f.typed:
		f.typ, f.typed = t, true
	case typ != "" && f.typ.Kind != t.Kind:
		return "", badPattern("field %q has two types", clip(name))
	}
	group = e.group()
	f.groups = append(f.groups, group)
	return group, nil
}
