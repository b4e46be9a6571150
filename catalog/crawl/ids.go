package crawl

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog"
)

// idParameter is the parameter of a column that holds the ID by which a file
// knows it, whatever it is called there.
const idParameter = "parquet.field.id"

// numbered is a file that may number its columns.
type numbered interface {
	FieldIDs() []int32 // parallel to its schema; 0: none
	CreatedBy() string
}

// withIDs gives columns the IDs that a file has for them, unless its writer
// numbers the columns of each file by position.
func withIDs(cols []catalog.Column, f numbered) (positional bool) {
	ids := f.FieldIDs()
	if len(ids) != len(cols) || !slices.ContainsFunc(ids, func(id int32) bool { return id > 0 }) {
		return false
	}
	for i, id := range ids {
		if id > 0 {
			cols[i].Parameters = map[string]string{idParameter: strconv.Itoa(int(id))}
		}
	}
	return byPlace(f.CreatedBy())
}

// byPlace reports whether a writer is one that made field IDs up: Arrow's C++
// library did so until version 6.
func byPlace(createdBy string) bool {
	rest, ok := strings.CutPrefix(createdBy, "parquet-cpp")
	if !ok {
		return false
	}
	rest, ok = strings.CutPrefix(rest, "-arrow version ")
	major, _, _ := strings.Cut(rest, ".")
	n, err := strconv.Atoi(major)
	return !ok || err != nil || n < 6
}

// settleIDs takes the IDs off the columns of files that do not agree on them:
// one of them numbers by position, or a name has two IDs.
func settleIDs(samples []*sample) {
	id := map[string]string{}
	trusted := true
	for _, m := range samples {
		trusted = trusted && !m.positional
		for _, c := range m.columns {
			if v := c.Parameters[idParameter]; v != "" {
				if had, ok := id[c.Name]; ok && had != v {
					trusted = false
				}
				id[c.Name] = v
			}
		}
	}
	if trusted || len(id) == 0 {
		return
	}
	for _, m := range samples {
		m.columns = slices.Clone(m.columns)
		for i := range m.columns {
			if p := m.columns[i].Parameters; p != nil {
				p = maps.Clone(p)
				if delete(p, idParameter); len(p) == 0 {
					p = nil
				}
				m.columns[i].Parameters = p
			}
		}
		m.positional = false
	}
}
