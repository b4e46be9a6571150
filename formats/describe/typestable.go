package describe

import (
	"bytes"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/formats/write"
)

// typesTable says which types each format has.
func typesTable(p *prober) (string, error) {
	es := entries()
	var head, rule []string
	for _, e := range es {
		head, rule = append(head, e.title), append(rule, "---")
	}
	for _, f := range writable() {
		head, rule = append(head, f+" written"), append(rule, "---")
	}
	var b strings.Builder
	b.WriteString("| type | " + strings.Join(head, " | ") + " |\n|---|" + strings.Join(rule, "|") + "|\n")
	for _, s := range samples {
		cells := []string{typeName(s.typ)}
		for _, e := range es {
			cell, err := p.typeCell(&e, s)
			if err != nil {
				return "", err
			}
			cells = append(cells, cell)
		}
		for _, f := range writable() {
			cells = append(cells, writeCell(f, s))
		}
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	return b.String(), nil
}

// writable gives the formats that are written.
func writable() (out []string) {
	for _, e := range entries() {
		if len(writtenWith(e.name)) > 0 {
			out = append(out, e.name)
		}
	}
	return out
}

func (p *prober) typeCell(e *entry, s sample) (string, error) {
	if e.text {
		return p.textCell(e, s)
	}
	stored, err := p.storedTypes(e)
	if err != nil {
		return "", err
	}
	if slices.Contains(stored, typeName(s.typ)) {
		return "yes", nil
	}
	from, err := p.convertsFrom(e, s.typ)
	if err != nil {
		return "", err
	}
	if len(from) > 0 {
		return "declared", nil
	}
	return "-", nil
}

// textCell reads the type's sample value as a table that declares the type.
func (p *prober) textCell(e *entry, s sample) (string, error) {
	first, rows, err := p.read(input{format: e.name, name: "sample." + e.name, data: s.in(e.name), opt: e.options(s)})
	if err != nil {
		f, err := refusal(err)
		if err != nil {
			return "", err
		}
		return string(f.Code), nil
	}
	if rows != 1 || first[0].Null {
		return "NULL", nil
	}
	if got := string(types.AppendValue(nil, first[0])); s.text != "" && got != s.text {
		return "`" + got + "`", nil
	}
	return "yes", nil
}

// storedTypes gives the types of the columns, at any depth, of a format's
// samples.
func (p *prober) storedTypes(e *entry) ([]string, error) {
	var out []string
	var add func(t types.Type)
	add = func(t types.Type) {
		out = append(out, typeName(t))
		for _, f := range t.Fields {
			add(f.Type)
		}
	}
	files, err := e.files(p)
	for _, in := range files {
		f, err := p.open(in)
		if err != nil {
			return nil, err
		}
		for _, c := range f.Schema().Fields {
			add(c.Type)
		}
		if err := f.Close(); err != nil {
			return nil, err
		}
	}
	return out, err
}

// convertsFrom gives the types of stored columns of which a table may declare
// that they are of type t: those of the samples whose values, not all NULL, can
// be read so.
func (p *prober) convertsFrom(e *entry, t types.Type) ([]string, error) {
	files, err := e.files(p)
	var out []string
	for _, in := range files {
		own, err := p.open(in)
		if err != nil {
			return nil, err
		}
		for i, c := range own.Schema().Fields {
			name := typeName(c.Type)
			if slices.Contains(out, name) || name == typeName(t) || c.Type.IsNested() {
				continue
			}
			schema := &types.Schema{Fields: slices.Clone(own.Schema().Fields)}
			schema.Fields[i].Type = t
			declared := in
			declared.opt.Schema = schema
			if p.reads(declared, i) {
				out = append(out, name)
			}
		}
		if err := own.Close(); err != nil {
			return nil, err
		}
	}
	return out, err
}

// reads says whether one column of a file can be read and holds a value.
func (p *prober) reads(in input, col int) bool {
	f, err := p.open(in)
	if err != nil {
		return false
	}
	defer f.Close()
	found := false
	for _, s := range f.Splits(1 << 20) {
		r := formats.ScanRequest{Split: s, Columns: []formats.Projection{{Column: col, Type: f.Schema().Fields[col].Type}}}
		err := f.batches(r, func(b *vector.Batch) {
			for i := range b.N {
				found = found || !vector.ValueAt(b.Cols[0], i).Null
			}
		})
		if err != nil {
			return false
		}
	}
	return found
}

// declaredTable says what a table may declare of columns that files with types
// of their own store.
func declaredTable(p *prober) (string, error) {
	var columnar []entry
	head, rule := "| declared |", "|---|"
	for _, e := range entries() {
		if !e.text {
			columnar = append(columnar, e)
			head, rule = head+" "+e.title+" |", rule+"---|"
		}
	}
	var b strings.Builder
	b.WriteString(head + "\n" + rule + "\n")
	for _, s := range samples {
		cells := []string{typeName(s.typ)}
		any := false
		for _, e := range columnar {
			from, err := p.convertsFrom(&e, s.typ)
			if err != nil {
				return "", err
			}
			any = any || len(from) > 0
			cells = append(cells, orNo(from))
		}
		if any {
			b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
		}
	}
	return b.String(), nil
}

// writeCell writes one value of the type.
func writeCell(format string, s sample) string {
	spec := &write.Spec{Format: format, Compression: "none", Schema: schemaOf("c", s.typ)}
	err := spec.Check()
	if err == nil {
		err = writeNull(spec)
	}
	if err != nil {
		return string(fault.As(err).Code)
	}
	return "yes"
}

func writeNull(spec *write.Spec) error { return writeNullTo(&bytes.Buffer{}, spec) }

// writeNullTo writes one row of NULL, if there is a column.
func writeNullTo(to *bytes.Buffer, spec *write.Spec) error {
	w, err := write.New(to, spec)
	if err != nil {
		return err
	}
	v := vector.New(spec.Schema.Fields[0].Type, 1)
	v.AppendNull()
	if err := w.Write(&vector.Batch{Cols: []*vector.Vector{v}, N: v.Len}); err != nil {
		return err
	}
	return w.Close()
}
