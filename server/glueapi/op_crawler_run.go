package glueapi

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"

	"github.com/glauxdb/glaux/catalog/crawler"
)

// named checks the name of a crawler for an operation on it.
func (s *Server) named(member string, name *string) error {
	var c checks
	c.name(member, name)
	if err := c.err(); err != nil {
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
	c.count("crawlerNameList", len(in.CrawlerNameList), 0, 100)
	if err := c.err(); err != nil {
		return nil, err
	}
	wanted := map[string]bool{}
	for _, n := range in.CrawlerNameList {
		wanted[n] = true
	}
	scope := scopeOf("GetCrawlerMetrics", key(in.CrawlerNameList))
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
	limit := c.between("maxResults", in.MaxResults, 1, 1000, 20)
	for i, f := range in.Filters {
		at := fmt.Sprintf("filters.%d.member", i+1)
		oneOf(&c, at+".fieldName", f.FieldName, f.FieldName.Values())
		oneOf(&c, at+".filterOperator", f.FilterOperator, f.FilterOperator.Values())
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	if _, err := s.crawlers.Get(ctx, *in.CrawlerName); err != nil {
		return nil, err
	}
	scope := scopeOf("ListCrawls", *in.CrawlerName)
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
		ok, err := passes(r, in.Filters)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		if n := len(out.Crawls); n == limit {
			out.NextToken = next(scope, *out.Crawls[n-1].CrawlId)
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

// passes tests a run against the filters of ListCrawls. Times are milliseconds
// since 1970.
func passes(r *crawler.Run, filters []gluetypes.CrawlsFilter) (bool, error) {
	for _, f := range filters {
		var d int
		value := aws.ToString(f.FieldValue)
		switch f.FieldName {
		case gluetypes.FieldNameCrawlId:
			d = strings.Compare(r.ID, value)
		case gluetypes.FieldNameState:
			d = strings.Compare(string(r.State), strings.ToUpper(value))
		case gluetypes.FieldNameStartTime, gluetypes.FieldNameEndTime, gluetypes.FieldNameDpuHour:
			n, err := strconv.ParseFloat(value, 64)
			if err != nil {
				return false, invalid("Value '%s' of the filter %s is not a number.", clip(value), f.FieldName)
			}
			have := 0.0 // nothing here costs DPU hours
			switch f.FieldName {
			case gluetypes.FieldNameStartTime:
				have = float64(r.Started.UnixMilli())
			case gluetypes.FieldNameEndTime:
				have = float64(r.Ended.UnixMilli())
			}
			switch {
			case have < n:
				d = -1
			case have > n:
				d = 1
			}
		default:
			return false, invalid("A filter needs a FieldName.")
		}
		if !holds(f.FilterOperator, d) {
			return false, nil
		}
	}
	return true, nil
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
