package template

import (
	"bufio"
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Property is the table property that names the template a table was made from.
const Property = "glaux.template"

//go:embed services/*.sql
var services embed.FS

// Template describes the tables of one service's logs. Immutable.
type Template struct {
	Name    string
	Aliases []string
	Title   string
	// Source is the address of the service's own list of fields.
	Source string
	// DDL is a CREATE EXTERNAL TABLE without a location and without partitions.
	DDL string
	// Since is the day before which there can be no files; zero: nobody knows.
	Since time.Time
	// Layouts are the ways in which the folders may lie, the usual one first. None:
	// the files lie as they like.
	Layouts []*Layout
	// Exclude are globs of files below a location that are not the table's: logs of
	// another kind in the same folders.
	Exclude []string
	// Choosable says that files have the columns that their owner chose, in his
	// order; Fields are those that they have where he chose none, nil where there
	// is no such choice.
	Choosable bool
	Fields    []string
	Ask       string // what tells the fields where there are none usual; "" where there are

	columnsOf string // the template whose list of columns this one has, too
}

// all gives the templates by name. They are part of the program: one that
// cannot be read is found by the tests.
var all = sync.OnceValue(func() []*Template {
	entries, err := services.ReadDir("services")
	if err != nil {
		panic(err)
	}
	var out []*Template
	for _, e := range entries {
		data, err := services.ReadFile("services/" + e.Name())
		if err != nil {
			panic(err)
		}
		t, err := parse(strings.TrimSuffix(e.Name(), path.Ext(e.Name())), string(data))
		if err != nil {
			panic(err)
		}
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b *Template) int { return strings.Compare(a.Name, b.Name) })
	for _, t := range out {
		if err := t.borrow(out); err != nil {
			panic(err)
		}
	}
	return out
})

// sameColumns stands in a definition for the columns of another template's.
const sameColumns = "(...)"

// borrow puts the columns of the template that t names into its definition.
func (t *Template) borrow(all []*Template) error {
	if t.columnsOf == "" {
		return nil
	}
	for _, from := range all {
		begin, end := strings.Index(from.DDL, "(\n"), strings.Index(from.DDL, "\n)\n")
		if from.Name != t.columnsOf || begin < 0 || end < 0 {
			continue
		}
		t.DDL = strings.Replace(t.DDL, sameColumns, from.DDL[begin:end+2], 1)
		return nil
	}
	return fmt.Errorf("template %s: there is no list of columns in %q", t.Name, t.columnsOf)
}

// All gives the templates in the order of their names.
func All() []*Template { return all() }

// Find gives the template of a name or alias, in any case, with hyphens for
// underscores or not. One that there is not is 42704, with the nearest name.
func Find(name string) (*Template, error) {
	want := strings.ReplaceAll(strings.ToLower(name), "-", "_")
	var names []string
	of := map[string]string{}
	for _, t := range All() {
		for _, n := range append([]string{t.Name}, t.Aliases...) {
			if n == want {
				return t, nil
			}
			names = append(names, n)
			of[n] = t.Name
		}
	}
	e := fault.New(fault.CodeUndefinedObject, "template %q does not exist", name)
	if near := fault.Nearest(want, names); near != "" {
		return nil, e.WithHint("Did you mean %q? SHOW TEMPLATES lists all of them.", of[near])
	}
	return nil, e.WithHint("SHOW TEMPLATES lists them.")
}

// parse reads a template's file.
func parse(name, text string) (*Template, error) {
	t := &Template{Name: name}
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		line, ok := strings.CutPrefix(lines.Text(), "-- ")
		if !ok {
			break
		}
		key, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("template %s: %q has no colon", name, line)
		}
		if err := t.set(key, strings.TrimSpace(value)); err != nil {
			return nil, fmt.Errorf("template %s: %s: %w", name, key, err)
		}
	}
	at := strings.Index(text, "CREATE EXTERNAL TABLE")
	if at < 0 || t.Title == "" || t.Source == "" {
		return nil, fmt.Errorf("template %s: the title, the source or the definition is missing", name)
	}
	if t.DDL = text[at:]; strings.Contains(t.DDL, sameColumns) != (t.columnsOf != "") {
		return nil, fmt.Errorf("template %s: %s and the word columns go together", name, sameColumns)
	}
	return t, nil
}

func (t *Template) set(key, value string) (err error) {
	switch key {
	case "title":
		t.Title = value
	case "source":
		t.Source = value
	case "alias":
		t.Aliases = append(t.Aliases, strings.Fields(value)...)
	case "since":
		t.Since, err = time.Parse(time.DateOnly, value)
	case "exclude":
		t.Exclude = strings.Fields(value)
	case "columns":
		t.columnsOf = value
	case "ask":
		t.Ask = value
	case "fields":
		t.Choosable, t.Fields = true, strings.Fields(value)
	default:
		name, ok := strings.CutPrefix(key, "layout ")
		if !ok {
			return fmt.Errorf("there is no such word")
		}
		var l *Layout
		l, err = parseLayout(name, value)
		t.Layouts = append(t.Layouts, l)
	}
	return err
}
