package glueapi

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"

	"github.com/glauxdb/glaux/catalog"

	"github.com/glauxdb/glaux/server/awsapi"
)

// searchTables looks through all tables of all databases. A text is found in
// names, descriptions, columns and parameters; in double quotes it must be the
// whole of one of them.
func (s *Server) searchTables(ctx context.Context, in *glue.SearchTablesInput) (*glue.SearchTablesOutput, error) {
	q, limit, err := newSearch(in)
	if err != nil {
		return nil, err
	}
	scope := awsapi.Scope("SearchTables", fmt.Sprint(q.text, q.exact), fmt.Sprint(q.filters), fmt.Sprint(q.order))
	after, err := resume(scope, in.NextToken, 1)
	if err != nil {
		return nil, err
	}
	first := 0
	if after != nil {
		if first, err = strconv.Atoi(after[0]); err != nil || first < 0 {
			return nil, invalid("The continuation token is not one that this operation gave for this request.")
		}
	}
	found, err := s.search(ctx, q)
	if err != nil {
		return nil, err
	}
	out := &glue.SearchTablesOutput{TableList: []gluetypes.Table{}}
	for i := first; i < len(found); i++ {
		if len(out.TableList) == limit {
			out.NextToken = awsapi.NextToken(scope, strconv.Itoa(i))
			break
		}
		out.TableList = append(out.TableList, *s.glueTable(ctx, found[i]))
	}
	return out, nil
}

// search is a checked request of SearchTables.
type search struct {
	text    string // lower case; "": everything
	exact   bool
	filters []searchFilter
	order   []searchOrder
}

type searchFilter struct {
	key, value string // lower case
	comparator gluetypes.Comparator
	when       time.Time // value as a time, where the key is one
}

type searchOrder struct {
	field string
	desc  bool
}

// searchFields are what tables can be ordered by, and filtered by besides
// columns and parameters.
var searchFields = map[string]func(t *catalog.Table) string{
	"name":         func(t *catalog.Table) string { return t.Name },
	"tablename":    func(t *catalog.Table) string { return t.Name },
	"databasename": func(t *catalog.Table) string { return t.Database },
	"description":  func(t *catalog.Table) string { return t.Description },
	"owner":        func(t *catalog.Table) string { return t.Owner },
	"tabletype":    func(t *catalog.Table) string { return string(t.Kind) },
	"location":     func(t *catalog.Table) string { return t.Storage.Location },
	"createtime":   func(t *catalog.Table) string { return t.Created.UTC().Format(time.RFC3339Nano) },
	"updatetime":   func(t *catalog.Table) string { return t.Updated.UTC().Format(time.RFC3339Nano) },
}

// searchTimes are the keys whose values are times.
var searchTimes = map[string]func(t *catalog.Table) time.Time{
	"createtime":     func(t *catalog.Table) time.Time { return t.Created },
	"updatetime":     func(t *catalog.Table) time.Time { return t.Updated },
	"lastaccesstime": func(t *catalog.Table) time.Time { return t.Accessed },
}

func newSearch(in *glue.SearchTablesInput) (*search, int, error) {
	var c checks
	limit := c.Between("maxResults", in.MaxResults, 1, 1000, 100)
	c.text("searchText", in.SearchText, 1024)
	c.Count("sortCriteria", len(in.SortCriteria), 0, 1)
	q := &search{text: strings.ToLower(strings.TrimSpace(aws.ToString(in.SearchText)))}
	if n := len(q.text); n >= 2 && q.text[0] == '"' && q.text[n-1] == '"' {
		q.text, q.exact = q.text[1:n-1], true
	}
	for i, f := range in.Filters {
		at := fmt.Sprintf("filters.%d.member", i+1)
		awsapi.OneOf(&c.Checks, at+".comparator", f.Comparator, f.Comparator.Values())
		c.text(at+".value", f.Value, 1024)
		q.filters = append(q.filters, searchFilter{key: strings.ToLower(aws.ToString(f.Key)), value: strings.ToLower(aws.ToString(f.Value)),
			comparator: cmp.Or(f.Comparator, gluetypes.ComparatorEquals)})
	}
	for _, o := range in.SortCriteria {
		awsapi.OneOf(&c.Checks, "sortCriteria.sort", o.Sort, o.Sort.Values())
		q.order = append(q.order, searchOrder{strings.ToLower(aws.ToString(o.FieldName)), o.Sort == gluetypes.SortDescending})
	}
	if err := c.Err(); err != nil {
		return nil, 0, err
	}
	for _, o := range q.order {
		if searchFields[o.field] == nil {
			return nil, 0, invalid("Tables cannot be sorted by %s.", awsapi.Clip(o.field))
		}
	}
	for i := range q.filters {
		if err := q.filters[i].check(); err != nil {
			return nil, 0, err
		}
	}
	return q, limit, nil
}

func (f *searchFilter) check() error {
	if searchTimes[f.key] == nil {
		if f.comparator != gluetypes.ComparatorEquals {
			return invalid("The comparator %s is for times; %s is none.", f.comparator, awsapi.Clip(f.key))
		}
		return nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", time.DateTime, time.DateOnly} {
		if t, err := time.Parse(layout, strings.ToUpper(f.value)); err == nil {
			f.when = t
			return nil
		}
	}
	if sec, err := strconv.ParseFloat(f.value, 64); err == nil && sec > -awsapi.MaxSeconds && sec < awsapi.MaxSeconds {
		f.when = time.UnixMilli(int64(sec * 1000))
		return nil
	}
	return invalid("%s is not a time.", awsapi.Clip(f.value))
}

func (s *Server) search(ctx context.Context, q *search) ([]*catalog.Table, error) {
	dbs, err := s.cat.Databases(ctx)
	if err != nil {
		return nil, err
	}
	var found []*catalog.Table
	for _, d := range dbs {
		tables, err := s.cat.Tables(ctx, d.Name)
		if err != nil {
			return nil, err
		}
		for _, t := range tables {
			if q.passes(t) {
				found = append(found, t)
			}
		}
	}
	if len(q.order) > 0 {
		o := q.order[0]
		slices.SortStableFunc(found, func(a, b *catalog.Table) int {
			d := cmp.Compare(searchFields[o.field](a), searchFields[o.field](b))
			if o.desc {
				return -d
			}
			return d
		})
	}
	return found, nil
}

func (q *search) passes(t *catalog.Table) bool {
	for i := range q.filters {
		if !q.filters[i].passes(t) {
			return false
		}
	}
	if q.text == "" {
		return true
	}
	for text := range texts(t) {
		text = strings.ToLower(text)
		if text == q.text || !q.exact && strings.Contains(text, q.text) {
			return true
		}
	}
	return false
}

// texts gives all that a table can be found by.
func texts(t *catalog.Table) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for _, s := range []string{t.Name, t.Database, t.Description, t.Owner, t.Storage.Location} {
			if s != "" && !yield(s) {
				return
			}
		}
		for _, c := range t.AllColumns() {
			if !yield(c.Name) || c.Comment != "" && !yield(c.Comment) {
				return
			}
		}
		for k, v := range t.Parameters {
			if !yield(k) || !yield(v) {
				return
			}
		}
	}
}

func (f *searchFilter) passes(t *catalog.Table) bool {
	if at := searchTimes[f.key]; at != nil {
		d := at(t).Compare(f.when)
		switch f.comparator {
		case gluetypes.ComparatorGreaterThan:
			return d > 0
		case gluetypes.ComparatorLessThan:
			return d < 0
		case gluetypes.ComparatorGreaterThanEquals:
			return d >= 0
		case gluetypes.ComparatorLessThanEquals:
			return d <= 0
		}
		return d == 0
	}
	if field := searchFields[f.key]; field != nil {
		return strings.EqualFold(field(t), f.value)
	}
	if f.key == "column" || f.key == "columnname" {
		return slices.ContainsFunc(t.AllColumns(), func(c catalog.Column) bool { return strings.EqualFold(c.Name, f.value) })
	}
	for k, v := range t.Parameters { // any other key is a parameter's
		if strings.EqualFold(k, f.key) && strings.EqualFold(v, f.value) {
			return true
		}
	}
	return false
}
