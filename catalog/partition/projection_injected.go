package partition

import (
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// injected is a projection whose values the query names.
type injected struct{}

func parseInjected(k keyProps) (projectedKey, error) {
	switch k.col.Type.Kind {
	case types.Varchar, types.Char:
		return injected{}, nil
	}
	return nil, k.fault("type", "an injected column must be a string, %s is %s", types.QuoteIdent(k.col.Name), k.col.Type.Hive())
}

func (injected) series(int64) series { return enum{} }

// injectedValues gives the values that a filter names for key k.
func (p *Projection) injectedValues(k int, f KeyFilter) ([]candidate, error) {
	col := p.table.PartitionKeys[k]
	var values []types.Value
	ok := false
	if f != nil {
		values, ok = f.Values(k)
	}
	if !ok {
		e := fault.New(fault.CodeFeatureNotSupported, "CONSTRAINT_VIOLATION: For the injected projected partition column %s, "+
			"the WHERE clause must contain only static equality conditions, and at least one such condition must be present.", col.Name)
		e.Schema, e.Table, e.Column = p.table.Database, p.table.Name, col.Name
		return nil, e
	}
	var list []candidate
	for _, v := range values {
		if !v.Null && isPlainPath(v.S) && !(p.template != nil && p.template.escapes() && strings.Contains(v.S, "%")) {
			list = append(list, candidate{v.S, v})
		}
	}
	return list, nil
}

// isPlainPath reports whether a value can be a part of a location without
// leading elsewhere: no empty folder's name, no . and no .. in it.
func isPlainPath(s string) bool {
	for _, segment := range strings.Split(s, "/") {
		if segment == "" || segment == "." || segment == ".." {
			return false
		}
	}
	return true
}

// Injected reports whether a query must name the values of key k.
func (p *Projection) Injected(k int) bool {
	_, ok := p.keys[k].(injected)
	return ok
}

// IsDate reports whether key k is a range of dates, whose texts may span several
// folders.
func (p *Projection) IsDate(k int) bool {
	_, ok := p.keys[k].(dates)
	return ok
}

// Inject gives the projection in which injected keys have the values that were
// found for them, in any order and as often as they like.
func (p *Projection) Inject(values map[int][]string) *Projection {
	out := *p
	out.keys = slices.Clone(p.keys)
	for k, texts := range values {
		texts = slices.Clone(texts)
		slices.Sort(texts)
		var e enum
		for _, text := range slices.Compact(texts) {
			e.values = append(e.values, candidate{text, types.StringOf(p.table.PartitionKeys[k].Type, text)})
		}
		out.keys[k] = e
	}
	return &out
}
