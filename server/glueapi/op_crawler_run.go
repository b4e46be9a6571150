package glueapi

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"

	"github.com/glauxdb/glaux/catalog/crawler"

	"github.com/glauxdb/glaux/server/awsapi"
)

// named checks the name of a crawler for an operation on it.
func (s *Server) named(member string, name *string) error {
	var c checks
	c.name(member, name)
	if err := c.Err(); err != nil {
		return err
	}
	if s.crawlers == nil {
		return errNoCrawlers
	}
	return nil
}

func (s *Server) startCrawler(ctx context.Context, in *glue.StartCrawlerInput) (*glue.StartCrawlerOutput, error) {
	if err := s.named("name", in.Name); err != nil {
		return nil, err
	}
	if _, err := s.crawlers.Start(ctx, *in.Name); err != nil {
		return nil, err
	}
	return &glue.StartCrawlerOutput{}, nil
}

func (s *Server) stopCrawler(ctx context.Context, in *glue.StopCrawlerInput) (*glue.StopCrawlerOutput, error) {
	if err := s.named("name", in.Name); err != nil {
		return nil, err
	}
	if err := s.crawlers.Stop(ctx, *in.Name); err != nil {
		return nil, err
	}
	return &glue.StopCrawlerOutput{}, nil
}

func (s *Server) startSchedule(ctx context.Context, in *glue.StartCrawlerScheduleInput) (*glue.StartCrawlerScheduleOutput, error) {
	if err := s.named("crawlerName", in.CrawlerName); err != nil {
		return nil, err
	}
	if err := s.crawlers.StartSchedule(ctx, *in.CrawlerName); err != nil {
		return nil, err
	}
	return &glue.StartCrawlerScheduleOutput{}, nil
}

func (s *Server) stopSchedule(ctx context.Context, in *glue.StopCrawlerScheduleInput) (*glue.StopCrawlerScheduleOutput, error) {
	if err := s.named("crawlerName", in.CrawlerName); err != nil {
		return nil, err
	}
	if err := s.crawlers.StopSchedule(ctx, *in.CrawlerName); err != nil {
		return nil, err
	}
	return &glue.StopCrawlerScheduleOutput{}, nil
}

func (s *Server) updateSchedule(ctx context.Context, in *glue.UpdateCrawlerScheduleInput) (*glue.UpdateCrawlerScheduleOutput, error) {
	if err := s.named("crawlerName", in.CrawlerName); err != nil {
		return nil, err
	}
	if err := s.crawlers.SetSchedule(ctx, *in.CrawlerName, aws.ToString(in.Schedule)); err != nil {
		return nil, err
	}
	return &glue.UpdateCrawlerScheduleOutput{}, nil
}

func (s *Server) getCrawlerMetrics(ctx context.Context, in *glue.GetCrawlerMetricsInput) (*glue.GetCrawlerMetricsOutput, error) {
	var c checks
	c.Count("crawlerNameList", len(in.CrawlerNameList), 0, 100)
	if err := c.Err(); err != nil {
		return nil, err
	}
	wanted := map[string]bool{}
	for _, n := range in.CrawlerNameList {
		wanted[n] = true
	}
	scope := awsapi.Scope("GetCrawlerMetrics", key(in.CrawlerNameList))
	page, token, err := s.crawlersPage(ctx, scope, in.MaxResults, in.NextToken, func(name string) (bool, error) {
		return len(wanted) == 0 || wanted[name], nil
	})
	if err != nil {
		return nil, err
	}
	out := &glue.GetCrawlerMetricsOutput{CrawlerMetricsList: []gluetypes.CrawlerMetrics{}, NextToken: token}
	for _, x := range page {
		m, err := s.crawlers.Metrics(ctx, x.Name)
		if err != nil {
			return nil, err
		}
		out.CrawlerMetricsList = append(out.CrawlerMetricsList, gluetypes.CrawlerMetrics{CrawlerName: aws.String(x.Name),
			TimeLeftSeconds: m.TimeLeft.Seconds(), StillEstimating: m.StillEstimates, LastRuntimeSeconds: m.LastRuntime.Seconds(),
			MedianRuntimeSeconds: m.MedianRuntime.Seconds(), TablesCreated: int32(m.TablesCreated), TablesUpdated: int32(m.TablesUpdated),
			TablesDeleted: int32(m.TablesDeleted)})
	}
	return out, nil
}

func (s *Server) listCrawls(ctx context.Context, in *glue.ListCrawlsInput) (*glue.ListCrawlsOutput, error) {
	if err := s.named("crawlerName", in.CrawlerName); err != nil {
		return nil, err
	}
	var c checks
	limit := c.Between("maxResults", in.MaxResults, 1, 1000, 20)
	for i, f := range in.Filters {
		at := fmt.Sprintf("filters.%d.member", i+1)
		awsapi.OneOf(&c.Checks, at+".fieldName", f.FieldName, f.FieldName.Values())
		awsapi.OneOf(&c.Checks, at+".filterOperator", f.FilterOperator, f.FilterOperator.Values())
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	filters, err := runFilters(in.Filters)
	if err != nil {
		return nil, err
	}
	if _, err := s.crawlers.Get(ctx, *in.CrawlerName); err != nil {
		return nil, err
	}
	scope := awsapi.Scope("ListCrawls", *in.CrawlerName)
	after, err := resume(scope, in.NextToken, 1)
	if err != nil {
		return nil, err
	}
	last := ""
	if after != nil {
		last = after[0]
	}
	if _, err := s.crawlers.Status(ctx, *in.CrawlerName); err != nil { // marks what a killed process left running
		return nil, err
	}
	runs, err := s.crawlers.Runs(ctx, *in.CrawlerName, last, 0)
	if err != nil {
		return nil, err
	}
	out := &glue.ListCrawlsOutput{Crawls: []gluetypes.CrawlerHistory{}}
	for _, r := range runs {
		if slices.ContainsFunc(filters, func(f runFilter) bool { return !f.passes(r) }) {
			continue
		}
		if n := len(out.Crawls); n == limit {
			out.NextToken = awsapi.NextToken(scope, *out.Crawls[n-1].CrawlId)
			break
		}
		out.Crawls = append(out.Crawls, history(r))
	}
	return out, nil
}

// history writes the record of a run.
func history(r *crawler.Run) gluetypes.CrawlerHistory {
	return gluetypes.CrawlerHistory{CrawlId: aws.String(r.ID), State: gluetypes.CrawlerHistoryState(r.State), StartTime: optionalTime(r.Started),
		EndTime: optionalTime(r.Ended), ErrorMessage: optional(r.Error), MessagePrefix: aws.String(r.ID), Summary: summary(r.Report)}
}

// summary counts what a run did, in the form that Glue's history has:
// {"TABLE":{"ADD":{"Count":1,"Details":{"names":["t"]}}},"PARTITION":{...}}.
func summary(r *crawler.Report) *string {
	if r == nil {
		return nil
	}
	type entry struct {
		Count   int
		Details *struct {
			Names []string `json:"names"`
		} `json:",omitempty"`
	}
	tables, parts := map[string]*entry{}, map[string]*entry{}
	for _, t := range r.Tables {
		name, ok := map[crawler.Action]string{crawler.Added: "ADD", crawler.Updated: "UPDATE", crawler.Deprecated: "UPDATE", crawler.Deleted: "DELETE"}[t.Action]
		if !ok {
			continue
		}
		e := tables[name]
		if e == nil {
			e = &entry{Details: &struct {
				Names []string `json:"names"`
			}{}}
			tables[name] = e
		}
		e.Details.Names = append(e.Details.Names, t.Table)
	}
	counts := r.Counts
	for _, c := range []struct {
		in   map[string]*entry
		name string
		n    int
	}{{tables, "ADD", counts.Tables.Added}, {tables, "UPDATE", counts.Tables.Updated + counts.Tables.Deprecated}, {tables, "DELETE", counts.Tables.Deleted},
		{parts, "ADD", counts.Partitions.Added}, {parts, "UPDATE", counts.Partitions.Updated + counts.Partitions.Deprecated}, {parts, "DELETE", counts.Partitions.Deleted}} {
		if c.n > 0 {
			if c.in[c.name] == nil {
				c.in[c.name] = &entry{}
			}
			c.in[c.name].Count = c.n
		}
	}
	out := map[string]map[string]*entry{}
	if len(tables) > 0 {
		out["TABLE"] = tables
	}
	if len(parts) > 0 {
		out["PARTITION"] = parts
	}
	b, err := json.Marshal(out)
	if err != nil {
		return nil
	}
	return aws.String(string(b))
}

// runFilter is a filter of ListCrawls.
type runFilter struct {
	field gluetypes.FieldName
	op    gluetypes.FilterOperator
	text  string
	n     float64 // text as a number: of times the milliseconds since 1970
}

// runFilters checks filters.
func runFilters(in []gluetypes.CrawlsFilter) ([]runFilter, error) {
	var out []runFilter
	for _, f := range in {
		if f.FieldName == "" || f.FilterOperator == "" || f.FieldValue == nil {
			null := func(s string) string { return cmp.Or(s, "null") }
			return nil, invalid("Invalid Filter Provided: FieldName: %s, FilterOperator: %s, FieldValue: %s", null(string(f.FieldName)),
				null(string(f.FilterOperator)), null(awsapi.Clip(aws.ToString(f.FieldValue))))
		}
		x := runFilter{field: f.FieldName, op: f.FilterOperator, text: *f.FieldValue}
		ok := true
		switch x.field {
		case gluetypes.FieldNameCrawlId, gluetypes.FieldNameState:
			if x.op != gluetypes.FilterOperatorEq && x.op != gluetypes.FilterOperatorNe {
				return nil, invalid("Only EQ or NE operator is allowed for field : %s", x.field)
			}
		case gluetypes.FieldNameStartTime, gluetypes.FieldNameEndTime:
			x.n, ok = milliseconds(x.text)
		default:
			var err error
			x.n, err = strconv.ParseFloat(x.text, 64)
			ok = err == nil
		}
		if !ok {
			return nil, invalid("Value '%s' of the filter %s cannot be read.", awsapi.Clip(x.text), x.field)
		}
		out = append(out, x)
	}
	return out, nil
}

// milliseconds reads a time: milliseconds since 1970, or ISO 8601, in UTC where
// no zone is given.
func milliseconds(text string) (float64, bool) {
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return n, true
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", time.DateTime, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return float64(t.UnixMicro()) / 1000, true
		}
	}
	return 0, false
}

func (f *runFilter) passes(r *crawler.Run) bool {
	switch f.field {
	case gluetypes.FieldNameCrawlId:
		return holds(f.op, strings.Compare(r.ID, f.text))
	case gluetypes.FieldNameState:
		return holds(f.op, strings.Compare(string(r.State), strings.ToUpper(f.text)))
	case gluetypes.FieldNameStartTime:
		return holds(f.op, cmp.Compare(float64(r.Started.UnixMilli()), f.n))
	case gluetypes.FieldNameEndTime:
		return !r.Ended.IsZero() && holds(f.op, cmp.Compare(float64(r.Ended.UnixMilli()), f.n))
	}
	return holds(f.op, cmp.Compare(0, f.n)) // nothing here costs DPU hours
}

func holds(op gluetypes.FilterOperator, d int) bool {
	switch op {
	case gluetypes.FilterOperatorGt:
		return d > 0
	case gluetypes.FilterOperatorGe:
		return d >= 0
	case gluetypes.FilterOperatorLt:
		return d < 0
	case gluetypes.FilterOperatorLe:
		return d <= 0
	case gluetypes.FilterOperatorNe:
		return d != 0
	}
	return d == 0
}
