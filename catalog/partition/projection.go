package partition

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// MaxProjected is how many partitions a projection makes at most for one scan,
// and how many values of one key it looks at.
const MaxProjected = 1_000_000

// The properties of partition projection (Amazon Athena user guide, "Partition
// projection").
const (
	PropertyProjection = "projection.enabled"
	PropertyTemplate   = "storage.location.template"
)

// Projection makes a table's partitions from its properties instead of reading
// them from the catalog:
//
//	projection.dt.type = date, .range = 2020-01-01,NOW, .format = yyyy-MM-dd ┐
//	storage.location.template = s3://b/p/${dt}/                              ┴─> Projection
//	Projection ── KeyFilter, now ──> only the values that it allows ──> catalog.Partitions
//
// Immutable and safe for concurrent use.
type Projection struct {
	table    *catalog.Table
	keys     []projectedKey
	template *template // nil: the table's location and Hive's path
}

// projectedKey is one key's projection.
type projectedKey interface {
	// series gives the values as they are at a time.
	series(now int64) series
}

// series is an ordered list of values that is computed, not stored.
type series interface {
	// count is the number of values.
	count() int64
	// at gives the i-th value: its text in paths and its typed value.
	at(i int64) candidate
	// ascending: the typed values never go down.
	ascending() bool
	// find gives the place where a value must be, if it is in a series that is
	// not ascending.
	find(v types.Value) int64
}

// candidate is a possible value of a key.
type candidate struct {
	text  string
	value types.Value
}

// IsProjected reports whether a table's partitions are made by a projection.
// Those in the catalog do not count then.
func IsProjected(t *catalog.Table) bool {
	for k, v := range t.Parameters {
		if strings.EqualFold(k, PropertyProjection) {
			return strings.EqualFold(strings.TrimSpace(v), "true")
		}
	}
	return false
}

// ParseProjection reads the projection of a table from its properties. What is
// missing or wrong is a fault with SQLSTATE 22023 that names the property.
func ParseProjection(t *catalog.Table) (*Projection, error) {
	props := make(map[string]string, len(t.Parameters))
	for k, v := range t.Parameters {
		props[strings.ToLower(k)] = v
	}
	p := &Projection{table: t, keys: make([]projectedKey, len(t.PartitionKeys))}
	var missing []string
	for _, col := range t.PartitionKeys {
		if _, ok := props[keyProps{col: col}.name("type")]; !ok {
			missing = append(missing, col.Name)
		}
	}
	if len(missing) > 0 {
		return nil, projectionFault(t, "", "HIVE_METASTORE_ERROR: Table %s.%s is configured for partition projection, "+
			"but the following partition columns are missing projection configuration: [%s]", t.Database, t.Name, strings.Join(missing, ", "))
	}
	for k, col := range t.PartitionKeys {
		key, err := parseKey(keyProps{table: t, col: col, props: props})
		if err != nil {
			return nil, err
		}
		p.keys[k] = key
	}
	if text := strings.TrimSpace(props[PropertyTemplate]); text != "" {
		var err error
		if p.template, err = parseTemplate(t, text); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func projectionFault(t *catalog.Table, column, format string, args ...any) *fault.Error {
	f := fault.New(fault.CodeInvalidParameter, format, args...)
	f.Schema, f.Table, f.Column = t.Database, t.Name, column
	return f
}

// keyProps gives the properties of one key.
type keyProps struct {
	table *catalog.Table
	col   catalog.Column
	props map[string]string
}

func (k keyProps) name(property string) string {
	return "projection." + strings.ToLower(k.col.Name) + "." + property
}

func (k keyProps) get(property string) (string, bool) {
	v, ok := k.props[k.name(property)]
	return v, ok && strings.TrimSpace(v) != ""
}

// fault says what is wrong with a property.
func (k keyProps) fault(property, format string, args ...any) *fault.Error {
	return projectionFault(k.table, k.col.Name, "INVALID_TABLE_PROPERTY: table %s.%s: property %s: %s",
		k.table.Database, k.table.Name, k.name(property), fmt.Sprintf(format, args...))
}

// need gives a property that must be there.
func (k keyProps) need(property string) (string, error) {
	v, ok := k.get(property)
	if !ok {
		return "", k.fault(property, "a partition column of type %s needs it", strings.TrimSpace(k.props[k.name("type")]))
	}
	return v, nil
}

// twoParts splits a range at its middle comma: the format of dates may have
// commas of its own.
func (k keyProps) twoParts(property string) (low, high string, err error) {
	text, err := k.need(property)
	if err != nil {
		return "", "", err
	}
	parts := strings.Split(text, ",")
	if len(parts)%2 != 0 {
		return "", "", k.fault(property, "%q must be two values with a comma between them", text)
	}
	half := len(parts) / 2
	return strings.TrimSpace(strings.Join(parts[:half], ",")), strings.TrimSpace(strings.Join(parts[half:], ",")), nil
}

func parseKey(k keyProps) (projectedKey, error) {
	text, err := k.need("type")
	if err != nil {
		return nil, err
	}
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "enum":
		return parseEnum(k)
	case "integer":
		return parseInteger(k)
	case "date":
		return parseDate(k)
	case "injected":
		return parseInjected(k)
	}
	return nil, k.fault("type", "%q is not enum, integer, date or injected", text)
}

// Partitions makes the partitions that a filter allows (nil: all of them), with
// dates relative to now. More than MaxProjected are refused with SQLSTATE
// 54000, naming the key whose restriction would help most; an injected key
// without equality is refused with 0A000.
func (p *Projection) Partitions(f KeyFilter, now time.Time) (*catalog.Partitions, error) {
	lists := make([][]candidate, len(p.keys))
	for k := range p.keys {
		var err error
		if lists[k], err = p.candidates(k, f, now.UTC().UnixMilli()); err != nil {
			return nil, err
		}
	}
	total := int64(1)
	if slices.ContainsFunc(lists, func(l []candidate) bool { return len(l) == 0 }) {
		total = 0
	}
	for _, l := range lists {
		if total *= int64(len(l)); total > MaxProjected {
			return nil, p.tooMany(lists, f)
		}
	}
	return p.product(lists, int(total)), nil
}

// candidates gives the allowed values of key k, in order, each text once.
func (p *Projection) candidates(k int, f KeyFilter, now int64) ([]candidate, error) {
	if _, ok := p.keys[k].(injected); ok {
		return p.injectedValues(k, f)
	}
	s := p.keys[k].series(now)
	if f == nil {
		return p.list(k, s, 0, s.count())
	}
	var list []candidate
	var err error
	if values, ok := f.Values(k); ok {
		for i := range values {
			list = appendFound(list, s, &values[i])
		}
	} else {
		lo, hi := int64(0), s.count()
		if s.ascending() {
			lo, hi = clip(s, f, k)
		}
		if list, err = p.list(k, s, lo, hi); err != nil {
			return nil, err
		}
	}
	values := make([]types.Value, len(list))
	for i := range list {
		values[i] = list[i].value
	}
	keep, err := f.Keep(k, values)
	if err != nil || keep == nil {
		return list, err
	}
	n := 0
	for i := range list {
		if keep[i] {
			list[n] = list[i]
			n++
		}
	}
	sortCandidates(list[:n])
	return list[:n], nil
}

func sortCandidates(list []candidate) {
	slices.SortStableFunc(list, func(a, b candidate) int { return compareNullLast(&a.value, &b.value) })
}

// list enumerates a part of a series.
func (p *Projection) list(k int, s series, lo, hi int64) ([]candidate, error) {
	if hi-lo > MaxProjected {
		return nil, p.limitFault(k, hi-lo)
	}
	list := make([]candidate, 0, max(hi-lo, 0))
	for i := lo; i < hi; i++ {
		c := s.at(i)
		if n := len(list); n > 0 && list[n-1].text == c.text { // steps finer than the format
			continue
		}
		list = append(list, c)
	}
	if !s.ascending() {
		sortCandidates(list)
		list = slices.CompactFunc(list, func(a, b candidate) bool { return a.text == b.text })
	}
	return list, nil
}

// search gives the first index whose value is not before v (with after: that is
// behind it), of an ascending series.
func search(s series, v *types.Value, after bool) int64 {
	lo, hi := int64(0), s.count()
	for lo < hi {
		mid := lo + (hi-lo)/2
		c := s.at(mid).value.Compare(*v)
		if c < 0 || after && c == 0 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// clip gives the part of an ascending series that lies in the filter's bounds.
func clip(s series, f KeyFilter, k int) (lo, hi int64) {
	hi = s.count()
	low, high, hasLow, hasHigh := f.Bounds(k)
	if hasHigh {
		hi = search(s, &high, true)
	}
	if hasLow {
		lo = min(search(s, &low, false), hi)
	}
	return lo, hi
}

// appendFound adds what a series has of one value.
func appendFound(list []candidate, s series, v *types.Value) []candidate {
	if v.Null {
		return list
	}
	if !s.ascending() {
		if i := s.find(*v); i >= 0 && i < s.count() {
			if c := s.at(i); c.value.Equal(*v) {
				list = append(list, c)
			}
		}
		return list
	}
	lo, hi := search(s, v, false), search(s, v, true)
	for i := lo; i < min(hi, lo+MaxProjected); i++ {
		c := s.at(i)
		if n := len(list); n == 0 || list[n-1].text != c.text {
			list = append(list, c)
		}
	}
	return list
}

// tooMany names the key that is not restricted and has the most values.
func (p *Projection) tooMany(lists [][]candidate, f KeyFilter) error {
	total, key := int64(1), -1
	for k, l := range lists {
		if n := int64(len(l)); n > 0 && total < 1<<62/n {
			total *= n
		}
		if key < 0 || Restricted(f, k) == Restricted(f, key) && len(l) > len(lists[key]) || Restricted(f, key) && !Restricted(f, k) {
			key = k
		}
	}
	return p.limitFault(key, total)
}

func (p *Projection) limitFault(k int, n int64) error {
	return LimitFault(p.table, k, "the partition projection", n)
}

// product makes the partitions of all combinations, the last key fastest.
func (p *Projection) product(lists [][]candidate, n int) *catalog.Partitions {
	ps := &catalog.Partitions{N: n, Keys: make([]catalog.KeyValues, len(lists))}
	stride := make([]int, len(lists))
	size := 1
	for k := len(lists) - 1; k >= 0; k-- {
		stride[k] = size
		size *= max(len(lists[k]), 1)
	}
	for k, list := range lists {
		codes := make([]uint32, len(list))
		kv := catalog.KeyValues{Codes: make([]uint32, n)}
		for i := range list {
			if m := len(kv.Values); m == 0 || compareNullLast(&kv.Values[m-1], &list[i].value) != 0 {
				kv.Values = append(kv.Values, list[i].value)
			}
			codes[i] = uint32(len(kv.Values) - 1)
		}
		for i := range kv.Codes {
			kv.Codes[i] = codes[i/stride[k]%len(list)]
		}
		ps.Keys[k] = kv
	}
	perm := sortRows(ps) // where two texts of a key are one value
	if perm != nil {
		for k := range ps.Keys {
			ps.Keys[k].Codes = permute(ps.Keys[k].Codes, perm)
		}
	}
	ps.Text = func(k, i int) string {
		if perm != nil {
			i = int(perm[i])
		}
		return lists[k][i/stride[k]%len(lists[k])].text
	}
	ps.Location = func(i int) string {
		texts := make([]string, len(lists))
		for k := range texts {
			texts[k] = ps.Text(k, i)
		}
		if p.template != nil {
			return p.template.location(texts)
		}
		return Location(p.table, &catalog.Partition{Values: texts})
	}
	ps.Format = func(int) string { return "" }
	return ps
}
