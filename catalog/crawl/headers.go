package crawl

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/csv"
)

// headerProperty says that a file's first record is its header.
const headerProperty = "skip.header.line.count"

// agreeOnHeaders settles, for the CSV files of one table, whether they have a
// header: one file alone may be too short to tell, or hold words that look like
// names. A file without is read again as one with a header, which it has if its
// first record is that of another; if after that more than 7 of 10 files have
// none, those of words alone that seemed to are read again as files without.
func (d *decider) agreeOnHeaders(ctx context.Context, u *unit) error {
	if slices.ContainsFunc(d.Classifiers, func(f formats.Format) bool { return f.Name() == "csv" }) {
		return nil // its owner has said
	}
	with, without := u.headers()
	if len(with) == 0 || len(without) == 0 {
		return nil
	}
	heads := map[string]bool{}
	for _, i := range with {
		heads[namesText(u.samples[i].columns)] = true
	}
	had := func(m *sample) bool { return heads[namesText(m.columns)] }
	if err := d.lookAgain(ctx, u, without, csv.HeaderPresent, had); err != nil {
		return err
	}
	with, without = u.headers()
	with = slices.DeleteFunc(with, func(i int) bool { return !allText(u.samples[i].columns) })
	if len(with) == 0 || 10*len(without) <= minRatio*(len(with)+len(without)) {
		return nil
	}
	width := len(u.samples[without[0]].columns)
	return d.lookAgain(ctx, u, with, csv.HeaderAbsent, func(m *sample) bool { return len(m.columns) == width })
}

// headers gives the CSV samples that have a header, and those that have none.
func (u *unit) headers() (with, without []int) {
	for i, m := range u.samples {
		switch {
		case m == nil || !m.ok() || m.format != "csv":
		case m.props[headerProperty] != "":
			with = append(with, i)
		case madeUp(m.columns):
			without = append(without, i)
		}
	}
	return with, without
}

// allText reports whether there is nothing but the words to tell a header by.
func allText(cols []catalog.Column) bool {
	return !slices.ContainsFunc(cols, func(c catalog.Column) bool { return !c.Type.IsString() && c.Type.Kind != types.Unknown })
}

// madeUp reports whether columns are called col0, col1, ... for want of a
// header.
func madeUp(cols []catalog.Column) bool {
	for i, c := range cols {
		if c.Name != "col"+strconv.Itoa(i) {
			return false
		}
	}
	return true
}

// nameByPosition gives the columns of CSV files that have no header the names
// that the other partitions' files have there, since that is how they are found.
// (The partitions without a header are described as such.)
func (u *unit) nameByPosition() {
	with, without := u.headers()
	var names []catalog.Column
	for _, i := range with {
		if cols := u.samples[i].columns; len(cols) > len(names) {
			names = cols
		}
	}
	for _, i := range without {
		m := u.samples[i]
		m.columns = slices.Clone(m.columns)
		for k := range m.columns[:min(len(m.columns), len(names))] {
			m.columns[k].Name = names[k].Name
		}
	}
}

func namesText(cols []catalog.Column) string {
	var b strings.Builder
	for _, c := range cols {
		b.WriteString(strings.ToLower(c.Name))
		b.WriteByte(0)
	}
	return b.String()
}

// lookAgain reads samples with the header rule, and keeps what fits.
func (d *decider) lookAgain(ctx context.Context, u *unit, samples []int, rule csv.HeaderRule, fits func(*sample) bool) error {
	fs := []formats.Format{csv.Format{Header: rule}}
	for _, i := range samples {
		m, err := look(ctx, fs, 0, u.tree.store, u.samples[i].info, u.samples[i].linked)
		if err != nil {
			return err
		}
		if m.ok() && fits(m) {
			m.notes = nil // they tell of the rule alone
			u.samples[i] = m
		}
	}
	return nil
}
