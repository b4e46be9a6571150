package bind

import (
	"fmt"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/template"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/parse"
	"github.com/glauxdb/glaux/planner/plan"
)

// createFromTemplate binds CREATE EXTERNAL TABLE ... FROM TEMPLATE: the
// template's definition, with the partitions that the location has and with what
// the statement says otherwise, is bound as if it had been written out.
func (b *binder) createFromTemplate(s *ast.CreateTable) (plan.Statement, error) {
	t, err := template.Find(s.Template.Name)
	if err != nil {
		return nil, b.located(err, s.Template.Pos)
	}
	if err := b.checkTemplate(s); err != nil {
		return nil, err
	}
	options, err := b.templateOptions(s.With)
	if err != nil {
		return nil, err
	}
	place, err := t.Place(s.Location, options)
	if err != nil {
		return nil, b.located(err, s.Template.Pos)
	}
	whole, err := b.templateTable(t, s, options)
	if err != nil {
		return nil, err
	}
	if s.PartitionedBy != nil {
		place = place.WithoutKeys()
	}
	for _, k := range place.Keys {
		whole.PartitionedBy = append(whole.PartitionedBy, ast.ColumnDef{Name: ast.Ident{Name: k.Name}, Type: ast.TypeName{Name: "string"}, Comment: k.Comment})
	}
	whole.Properties = append(whole.Properties, ast.Property{Key: template.Property, Value: t.Name})
	for _, k := range sortedKeys(place.Properties) {
		whole.Properties = append(whole.Properties, ast.Property{Key: k, Value: place.Properties[k]})
	}
	whole.Properties = overridden(whole.Properties, s.Properties)
	st, err := b.createTable(whole)
	if err != nil {
		return nil, err
	}
	made := st.(*plan.CreateTable)
	made.Note = place.Note
	if s.PartitionedBy == nil {
		made.Advise = place.Advise
	}
	if partition.IsProjected(made.Table) {
		if _, err := partition.ParseProjection(made.Table); err != nil {
			return nil, b.located(err, s.Pos)
		}
	}
	return made, nil
}

// checkTemplate refuses what a template says and a statement cannot.
func (b *binder) checkTemplate(s *ast.CreateTable) error {
	switch {
	case !s.External:
		return b.unsupported(s.Pos, "only external tables can be created").WithHint("Write CREATE EXTERNAL TABLE ... FROM TEMPLATE ... LOCATION '...'.")
	case s.As != nil:
		return b.fail(s.Pos, fault.CodeSyntax, "a table from a template is one over files that are there: AS cannot follow")
	case s.RowFormat != nil || s.StoredAs != "" || s.InputFormat != "" || s.ClusteredBy != nil || s.Transforms != nil:
		return b.fail(s.Pos, fault.CodeSyntax, "a template says how files are stored: ROW FORMAT, STORED AS and CLUSTERED BY cannot stand beside it").
			WithHint("Write what differs in TBLPROPERTIES, or the whole statement without FROM TEMPLATE.")
	case s.Location == "":
		return b.fail(s.Pos, fault.CodeSyntax, "CREATE EXTERNAL TABLE needs a LOCATION")
	}
	return nil
}

// templateOptions reads WITH (name = 'text', ...).
func (b *binder) templateOptions(with []ast.Property) (map[string]string, error) {
	options := map[string]string{}
	for _, o := range with {
		key := strings.ToLower(o.Key)
		if o.X != nil {
			return nil, b.fail(o.Pos, fault.CodeInvalidParameter, "option %s must be a text", key)
		}
		if _, twice := options[key]; twice {
			return nil, b.fail(o.Pos, fault.CodeSyntax, "option %s is given twice", key)
		}
		options[key] = o.Value
	}
	return options, nil
}

// templateTable gives the template's definition with the statement's name,
// columns and comment.
func (b *binder) templateTable(t *template.Template, s *ast.CreateTable, options map[string]string) (*ast.CreateTable, error) {
	parsed, err := parse.ParseOne(t.DDL)
	if err != nil {
		return nil, fmt.Errorf("template %s: %w", t.Name, err)
	}
	whole, ok := parsed.(*ast.CreateTable)
	if !ok {
		return nil, fault.New(fault.CodeInternal, "template %s is no CREATE TABLE", t.Name)
	}
	whole.At, whole.Name, whole.IfNotExists, whole.Location = s.At, s.Name, s.IfNotExists, s.Location
	if whole.Comment == "" {
		whole.Comment = t.Title + ": " + t.Source
	}
	if s.Comment != "" {
		whole.Comment = s.Comment
	}
	whole.PartitionedBy = s.PartitionedBy
	fields, given := options[template.OptionFields]
	switch {
	case s.Columns != nil && given:
		return nil, b.fail(s.Pos, fault.CodeSyntax, "the columns are given twice: as a list, and by option %s", template.OptionFields)
	case s.Columns != nil:
		whole.Columns = s.Columns
		return whole, nil
	case !given && !t.Choosable:
		if len(whole.Columns) == 0 {
			return nil, b.fail(s.Pos, fault.CodeSyntax, "template %s has no columns of its own", t.Name).
				WithHint("Give those of your files: CREATE EXTERNAL TABLE t (id bigint, ...) FROM TEMPLATE %s LOCATION '...'.", t.Name)
		}
		return whole, nil
	}
	names, err := t.Choose(fields, given)
	if err != nil {
		return nil, b.located(err, s.Template.Pos)
	}
	whole.Columns = chosen(whole.Columns, names)
	return whole, nil
}

// overridden gives properties without those that others of the same name, in any
// case, replace; and these.
func overridden(props, by []ast.Property) []ast.Property {
	props = slices.DeleteFunc(props, func(p ast.Property) bool {
		return slices.ContainsFunc(by, func(o ast.Property) bool { return strings.EqualFold(o.Key, p.Key) })
	})
	return append(props, by...)
}

// chosen gives the columns of some names, in their order; one that the template
// does not know is text.
func chosen(all []ast.ColumnDef, names []string) []ast.ColumnDef {
	out := make([]ast.ColumnDef, len(names))
	for i, n := range names {
		at := slices.IndexFunc(all, func(c ast.ColumnDef) bool { return c.Name.Name == n })
		if at >= 0 {
			out[i] = all[at]
			continue
		}
		out[i] = ast.ColumnDef{Name: ast.Ident{Name: n}, Type: ast.TypeName{Name: "string"}}
	}
	return out
}

// showTemplates lists the templates.
func (b *binder) showTemplates(s *ast.Show) (plan.Statement, error) {
	keep, err := b.likeFilter(s)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for _, t := range template.All() {
		if !keep(t.Name) {
			continue
		}
		var layouts []string
		usual := ""
		for i, l := range t.Layouts {
			layouts = append(layouts, l.Name)
			if i == 0 {
				usual = l.String()
			}
		}
		rows = append(rows, []string{t.Name, t.Title, strings.Join(layouts, ", "), usual, t.Source})
	}
	return b.lines("SHOW", []string{"template", "description", "layouts", "folders", "source"}, rows)
}
