package describe

import (
	"fmt"
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/formats/write"
)

func schemaOf(name string, t types.Type) *types.Schema {
	return &types.Schema{Fields: []types.Field{{Name: name, Type: t}}}
}

// abilities are what scans of a format can leave unread. Each is true if some
// sample shows it.
type abilities struct {
	splits     bool // a file is read by several workers
	count      bool // the number of rows is known before any is read
	columns    bool // only the columns that are asked for are read
	fields     bool // and of a row only the fields
	fileBounds bool // minima and maxima of whole files
	partBounds bool // of row groups or stripes
	pageBounds bool // of parts within these
	blooms     bool // row groups or stripes are skipped by Bloom filters
	dictionary bool // a filter is asked once per distinct value
	late       bool // other columns are read where rows passed only
}

// watcher is a predicate that lets nothing through and notes what it was asked.
type watcher struct{ bounds, dictionary bool }

func (w *watcher) Columns() []int { return []int{0} }

func (w *watcher) KeepBounds(bounds func(int) formats.Bounds) formats.Tri {
	w.bounds = w.bounds || bounds(0).HasMinMax
	return formats.Maybe
}

func (w *watcher) KeepDict(int, *vector.Vector) (vector.Bitmap, bool, bool) {
	w.dictionary = true
	return nil, false, false
}

func (w *watcher) Keep(*vector.Batch, vector.Sel) (vector.Sel, error) { return vector.Sel{}, nil }

// pointed is a watcher that wants a value which no sample holds.
type pointed struct {
	watcher
	value types.Value
}

func (p *pointed) Points(int) ([]types.Value, bool) { return []types.Value{p.value}, true }

// nowhere gives a value of a type that no sample holds; false of most types.
func nowhere(t types.Type) (types.Value, bool) {
	switch t.Kind {
	case types.Varchar:
		return types.StringOf(t, "nowhere"), true
	case types.Integer, types.BigInt:
		return types.IntOf(t, 1234567891), true
	}
	return types.Value{}, false
}

// abilitiesOf reads the samples in the ways that could spare bytes.
func (p *prober) abilitiesOf(e *entry) (a abilities, err error) {
	files, err := e.files(p)
	if err != nil {
		return a, err
	}
	if len(files) == 0 {
		return a, fmt.Errorf("format %s has no sample: put one into formats/%s/testdata/*%s", e.name, e.name, e.suffix)
	}
	switch e.name {
	case "orc":
		in, err := p.one("orc", "apache/over1k_bloom.orc")
		if err != nil {
			return a, err
		}
		files = append(files, in)
	case "parquet":
		in, err := bloomSample()
		if err != nil {
			return a, err
		}
		files = append(files, in)
	}
	for _, in := range files {
		f, err := p.open(in)
		if err != nil {
			return a, fmt.Errorf("%s: %w", in.name, err)
		}
		if err := a.see(f); err != nil {
			return a, fmt.Errorf("%s: %w", in.name, err)
		}
		if err := f.Close(); err != nil {
			return a, err
		}
	}
	return a, nil
}

func (a *abilities) see(f *opened) error {
	splits := f.Splits(1)
	a.splits = a.splits || len(splits) > 1
	if st := f.Stats(); st != nil {
		a.count = a.count || st.Rows > 0
		a.fileBounds = a.fileBounds || anyBounds(st)
	}
	for _, s := range splits {
		a.partBounds = a.partBounds || s.Stats != nil && anyBounds(s.Stats)
	}
	var all []formats.Projection
	for i, c := range f.Schema().Fields {
		all = append(all, formats.Projection{Column: i, Type: c.Type})
	}
	if len(all) == 0 {
		return nil
	}
	whole, err := f.dataBytes(formats.ScanRequest{Columns: all})
	if err != nil {
		return err
	}
	for i, c := range f.Schema().Fields {
		if err := a.seeColumn(f, all[i:i+1], whole, len(all)); err != nil {
			return err
		}
		if c.Type.Kind == types.Row && len(c.Type.Fields) > 1 {
			if err := a.seeField(f, i, c.Type); err != nil {
				return err
			}
		}
	}
	w := &watcher{}
	passed, err := f.dataBytes(formats.ScanRequest{Columns: all, Pred: w})
	a.late = a.late || passed < whole
	return err
}

func (a *abilities) seeColumn(f *opened, one []formats.Projection, whole int64, of int) error {
	w := &watcher{}
	n, err := f.dataBytes(formats.ScanRequest{Columns: one, Pred: w})
	a.columns = a.columns || of > 1 && n < whole
	a.pageBounds = a.pageBounds || w.bounds
	a.dictionary = a.dictionary || w.dictionary
	v, ok := nowhere(one[0].Type)
	if err != nil || !ok {
		return err
	}
	fewer, err := f.dataBytes(formats.ScanRequest{Columns: one, Pred: &pointed{value: v}})
	a.blooms = a.blooms || fewer < n
	return err
}

func (a *abilities) seeField(f *opened, col int, row types.Type) error {
	whole, err := f.dataBytes(formats.ScanRequest{Columns: []formats.Projection{{Column: col, Type: row}}})
	if err != nil {
		return err
	}
	field := row.Fields[0]
	n, err := f.dataBytes(formats.ScanRequest{Columns: []formats.Projection{{Column: col, Path: []string{field.Name}, Type: field.Type}}})
	if err != nil {
		return nil // the format reads rows as a whole
	}
	a.fields = a.fields || n < whole
	return nil
}

func anyBounds(s *formats.Stats) bool {
	for _, b := range s.Columns {
		if b.HasMinMax {
			return true
		}
	}
	return false
}

// formatsTable is what each format can do.
func formatsTable(p *prober) (string, error) {
	var b strings.Builder
	b.WriteString("| format | one file, several workers | rows counted without reading | only the columns asked for | only the fields of rows asked for | " +
		"skipped by minima and maxima of | by Bloom filters | filters by dictionary | other columns only where rows pass | compression inside | written, with |\n")
	b.WriteString("|---|---|---|---|---|---|---|---|---|---|---|\n")
	for _, e := range entries() {
		a, err := p.abilitiesOf(&e)
		if err != nil {
			return "", err
		}
		inside, err := p.inside(&e)
		if err != nil {
			return "", err
		}
		var skips []string
		for _, s := range []struct {
			ok   bool
			name string
		}{{a.fileBounds, "files"}, {a.partBounds, "row groups"}, {a.pageBounds, "parts of these"}} {
			if s.ok {
				skips = append(skips, s.name)
			}
		}
		cells := []string{e.title, yes(a.splits), yes(a.count), yes(a.columns), yes(a.fields), orNo(skips), yes(a.blooms), yes(a.dictionary), yes(a.late),
			orNo(inside), orNo(writtenWith(e.name))}
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	return b.String(), nil
}

func yes(ok bool) string {
	if ok {
		return "yes"
	}
	return "-"
}

func orNo(list []string) string {
	if len(list) == 0 {
		return "-"
	}
	return strings.Join(list, ", ")
}

// inOther are samples of compressions that others' files have, whose names do
// not say so.
var inOther = []struct{ format, codec, file string }{
	{"orc", "lzo", "apache/TestVectorOrcFile.testLzo.orc"},
	{"parquet", "lz4_hadoop", "parquet-testing/data/hadoop_lz4_compressed.parquet"},
}

// inside gives the compressions of a format's own blocks: those of the samples
// named codec_NAME, those of others' files, and those that are written.
func (p *prober) inside(e *entry) (out []string, err error) {
	if e.text {
		return nil, nil
	}
	files, err := p.testdata(e.name, "codec_*"+e.suffix)
	seen := map[string]bool{}
	add := func(name string) {
		if !seen[name] {
			out = append(out, name)
		}
		seen[name] = true
	}
	for _, in := range files {
		if _, rows, err := p.read(in); err != nil || rows == 0 {
			return nil, fmt.Errorf("%s: %d rows, %w", in.name, rows, err)
		}
		add(strings.TrimSuffix(strings.TrimPrefix(in.name, "codec_"), e.suffix))
	}
	for _, x := range inOther {
		if x.format != e.name {
			continue
		}
		in, err := p.one(x.format, x.file)
		if err != nil {
			return nil, err
		}
		if _, rows, err := p.read(in); err != nil || rows == 0 {
			return nil, fmt.Errorf("%s: %d rows, %w", x.file, rows, err)
		}
		add(x.codec)
	}
	for _, name := range writtenWith(e.name) {
		add(name)
	}
	return out, err
}

// writtenWith gives the compressions with which a format is written.
func writtenWith(format string) (out []string) {
	names := []string{"none"}
	for c := codec.Codec(1); c.String() != "unknown"; c++ {
		names = append(names, c.String())
	}
	for _, name := range names {
		s := write.Spec{Format: format, Compression: name, Schema: schemaOf("c", types.TBigInt)}
		if s.Check() == nil && (s.Compression == name) {
			out = append(out, name)
		}
	}
	return out
}
