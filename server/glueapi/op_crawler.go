package glueapi

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sort"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"

	"github.com/glauxdb/glaux/catalog/crawl"
	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/glue/model"

	"github.com/glauxdb/glaux/server/awsapi"
)

// errNoCrawlers is the answer where the server runs without crawlers.
var errNoCrawlers = awsapi.NewException(model.OperationNotSupported, "This server has no crawlers.")

// crawlerOther is what crawler.Crawler.Other holds: settings of Glue that mean
// nothing to Glaux.
type crawlerOther struct {
	Role                         *string                               `json:",omitempty"`
	LineageConfiguration         *gluetypes.LineageConfiguration       `json:",omitempty"`
	LakeFormationConfiguration   *gluetypes.LakeFormationConfiguration `json:",omitempty"`
	CrawlerSecurityConfiguration *string                               `json:",omitempty"`
	Connections                  map[string]string                     `json:",omitempty"` // of targets, by path
}

// crawler finds a crawler.
func (s *Server) crawler(ctx context.Context, name string) (*crawler.Crawler, error) {
	if s.crawlers == nil {
		return nil, errNoCrawlers
	}
	return s.crawlers.Get(ctx, name)
}

// crawlerException gives the exception that Glue has for what a crawler is
// doing; false for other errors.
func crawlerException(err error) (name string, ok bool) {
	for _, e := range []struct {
		is   error
		name string
	}{
		{crawler.ErrRunning, "CrawlerRunningException"},
		{crawler.ErrNotRunning, "CrawlerNotRunningException"},
		{crawler.ErrStopping, "CrawlerStoppingException"},
		{crawler.ErrNoSchedule, "NoScheduleException"},
		{crawler.ErrSchedulerRunning, "SchedulerRunningException"},
		{crawler.ErrSchedulerStopped, "SchedulerNotRunningException"},
	} {
		if errors.Is(err, e.is) {
			return e.name, true
		}
	}
	return "", false
}

// targetsOf reads what a crawler is to crawl. Only files can be.
func (s *Server) targetsOf(in *gluetypes.CrawlerTargets, other *crawlerOther) ([]crawl.Target, error) {
	for _, no := range []struct {
		what string
		n    int
	}{{"JdbcTargets", len(in.JdbcTargets)}, {"CatalogTargets", len(in.CatalogTargets)}, {"DeltaTargets", len(in.DeltaTargets)},
		{"DynamoDBTargets", len(in.DynamoDBTargets)}, {"MongoDBTargets", len(in.MongoDBTargets)},
		{"HudiTargets", len(in.HudiTargets)}, {"IcebergTargets", len(in.IcebergTargets)}} {
		if no.n > 0 {
			return nil, invalid("Crawlers of Glaux crawl S3Targets; %s are not supported.", no.what)
		}
	}
	out := make([]crawl.Target, 0, len(in.S3Targets))
	other.Connections = nil
	for _, t := range in.S3Targets {
		if aws.ToString(t.EventQueueArn) != "" || aws.ToString(t.DlqEventQueueArn) != "" {
			return nil, invalid("Target %s has an event queue, which is not supported: a run after the first looks only into what has changed.", awsapi.Clip(aws.ToString(t.Path)))
		}
		if err := s.readable(aws.ToString(t.Path)); err != nil {
			return nil, err
		}
		if c := aws.ToString(t.ConnectionName); c != "" {
			if other.Connections == nil {
				other.Connections = map[string]string{}
			}
			other.Connections[aws.ToString(t.Path)] = c
		}
		out = append(out, crawl.Target{Location: aws.ToString(t.Path), Exclusions: t.Exclusions, SampleSize: int(aws.ToInt32(t.SampleSize))})
	}
	return out, nil
}

func (s *Server) createCrawler(ctx context.Context, in *glue.CreateCrawlerInput) (*glue.CreateCrawlerOutput, error) {
	if s.crawlers == nil {
		return nil, errNoCrawlers
	}
	var c checks
	c.name("name", in.Name)
	c.Present("role", in.Role)
	c.Present("targets", in.Targets)
	c.tags("tags", in.Tags)
	if err := c.Err(); err != nil {
		return nil, err
	}
	cr := &crawler.Crawler{Name: *in.Name, ScheduleState: ""}
	err := s.fillCrawler(cr, &glue.UpdateCrawlerInput{Name: in.Name, Classifiers: in.Classifiers, Configuration: in.Configuration,
		CrawlerSecurityConfiguration: in.CrawlerSecurityConfiguration, DatabaseName: in.DatabaseName, Description: in.Description,
		LakeFormationConfiguration: in.LakeFormationConfiguration, LineageConfiguration: in.LineageConfiguration,
		RecrawlPolicy: in.RecrawlPolicy, Role: in.Role, Schedule: in.Schedule, SchemaChangePolicy: in.SchemaChangePolicy,
		TablePrefix: in.TablePrefix, Targets: in.Targets})
	if err != nil {
		return nil, err
	}
	if _, err := s.crawlers.Create(ctx, cr); err != nil {
		return nil, err
	}
	return &glue.CreateCrawlerOutput{}, s.setTags(ctx, resource("crawler", *in.Name), in.Tags)
}

// fillCrawler sets what a request says and leaves the rest as it is.
func (s *Server) fillCrawler(c *crawler.Crawler, in *glue.UpdateCrawlerInput) error {
	var other crawlerOther
	if c.Other != "" {
		if err := json.Unmarshal([]byte(c.Other), &other); err != nil {
			return fault.Wrap(err, fault.CodeDataCorrupted, "the catalog holds a damaged crawler %s: %v", c.Name, err)
		}
	}
	if in.Targets != nil {
		var err error
		if c.Targets, err = s.targetsOf(in.Targets, &other); err != nil {
			return err
		}
	}
	for _, f := range []struct {
		to   *string
		from *string
	}{{&c.Configuration, in.Configuration}, {&c.Database, in.DatabaseName}, {&c.Description, in.Description},
		{&c.Schedule, in.Schedule}, {&c.TablePrefix, in.TablePrefix}} {
		if f.from != nil {
			*f.to = *f.from
		}
	}
	if in.Classifiers != nil {
		c.Classifiers = in.Classifiers
	}
	if p := in.RecrawlPolicy; p != nil {
		c.Recrawl = crawler.Recrawl(p.RecrawlBehavior)
	}
	if p := in.SchemaChangePolicy; p != nil {
		c.SchemaChange = crawler.SchemaChange{Update: crawler.UpdateBehavior(p.UpdateBehavior), Delete: crawler.DeleteBehavior(p.DeleteBehavior)}
	}
	if in.Role != nil {
		other.Role = in.Role
	}
	if in.LineageConfiguration != nil {
		other.LineageConfiguration = in.LineageConfiguration
	}
	if in.LakeFormationConfiguration != nil {
		other.LakeFormationConfiguration = in.LakeFormationConfiguration
	}
	if in.CrawlerSecurityConfiguration != nil {
		other.CrawlerSecurityConfiguration = in.CrawlerSecurityConfiguration
	}
	b, err := json.Marshal(other)
	c.Other = string(b)
	return err
}

func (s *Server) updateCrawler(ctx context.Context, in *glue.UpdateCrawlerInput) (*glue.UpdateCrawlerOutput, error) {
	if s.crawlers == nil {
		return nil, errNoCrawlers
	}
	var c checks
	c.name("name", in.Name)
	if err := c.Err(); err != nil {
		return nil, err
	}
	_, err := s.crawlers.Update(ctx, *in.Name, func(cr *crawler.Crawler) error { return s.fillCrawler(cr, in) })
	if err != nil {
		return nil, err
	}
	return &glue.UpdateCrawlerOutput{}, nil
}

func (s *Server) deleteCrawler(ctx context.Context, in *glue.DeleteCrawlerInput) (*glue.DeleteCrawlerOutput, error) {
	var c checks
	c.name("name", in.Name)
	if err := c.Err(); err != nil {
		return nil, err
	}
	if s.crawlers == nil {
		return nil, errNoCrawlers
	}
	if err := s.crawlers.Delete(ctx, *in.Name); err != nil {
		return nil, err
	}
	return &glue.DeleteCrawlerOutput{}, s.dropTags(ctx, resource("crawler", *in.Name))
}

// glueCrawler writes a crawler with what it is doing.
func (s *Server) glueCrawler(ctx context.Context, c *crawler.Crawler) (*gluetypes.Crawler, error) {
	var other crawlerOther
	if c.Other != "" {
		if err := json.Unmarshal([]byte(c.Other), &other); err != nil {
			return nil, fault.Wrap(err, fault.CodeDataCorrupted, "the catalog holds a damaged crawler %s: %v", c.Name, err)
		}
	}
	st, err := s.crawlers.Status(ctx, c.Name)
	if err != nil {
		return nil, err
	}
	g := &gluetypes.Crawler{Name: aws.String(c.Name), Role: other.Role, Description: optional(c.Description), DatabaseName: aws.String(c.Database),
		TablePrefix: optional(c.TablePrefix), Classifiers: append([]string{}, c.Classifiers...), Configuration: optional(c.Configuration),
		CrawlerSecurityConfiguration: other.CrawlerSecurityConfiguration, CreationTime: optionalTime(c.Created), LastUpdated: optionalTime(c.Updated),
		LineageConfiguration: other.LineageConfiguration, LakeFormationConfiguration: other.LakeFormationConfiguration,
		RecrawlPolicy: &gluetypes.RecrawlPolicy{RecrawlBehavior: gluetypes.RecrawlBehavior(c.Recrawl)},
		SchemaChangePolicy: &gluetypes.SchemaChangePolicy{UpdateBehavior: gluetypes.UpdateBehavior(c.SchemaChange.Update),
			DeleteBehavior: gluetypes.DeleteBehavior(c.SchemaChange.Delete)},
		Targets: targets(c, other.Connections), State: gluetypes.CrawlerState(st.State), CrawlElapsedTime: st.Elapsed.Milliseconds(), Version: c.Version}
	if g.LineageConfiguration == nil {
		g.LineageConfiguration = &gluetypes.LineageConfiguration{CrawlerLineageSettings: gluetypes.CrawlerLineageSettingsDisable}
	}
	if c.Schedule != "" {
		g.Schedule = &gluetypes.Schedule{ScheduleExpression: aws.String(c.Schedule), State: gluetypes.ScheduleState(c.ScheduleState)}
	}
	if r := st.Last; r != nil {
		g.LastCrawl = &gluetypes.LastCrawlInfo{Status: lastStatus(r.State), ErrorMessage: optional(r.Error), StartTime: optionalTime(r.Started),
			MessagePrefix: aws.String(r.ID)}
	}
	return g, nil
}

// targets writes all lists of targets, of which clients expect each.
func targets(c *crawler.Crawler, connections map[string]string) *gluetypes.CrawlerTargets {
	t := &gluetypes.CrawlerTargets{S3Targets: []gluetypes.S3Target{}, JdbcTargets: []gluetypes.JdbcTarget{}, MongoDBTargets: []gluetypes.MongoDBTarget{},
		DynamoDBTargets: []gluetypes.DynamoDBTarget{}, CatalogTargets: []gluetypes.CatalogTarget{}, DeltaTargets: []gluetypes.DeltaTarget{},
		IcebergTargets: []gluetypes.IcebergTarget{}, HudiTargets: []gluetypes.HudiTarget{}}
	for _, x := range c.Targets {
		s3 := gluetypes.S3Target{Path: aws.String(x.Location), Exclusions: append([]string{}, x.Exclusions...), ConnectionName: optional(connections[x.Location])}
		if x.SampleSize > 0 {
			s3.SampleSize = aws.Int32(int32(x.SampleSize))
		}
		t.S3Targets = append(t.S3Targets, s3)
	}
	return t
}

func lastStatus(s crawler.RunState) gluetypes.LastCrawlStatus {
	switch s {
	case crawler.RunCompleted:
		return gluetypes.LastCrawlStatusSucceeded
	case crawler.RunStopped:
		return gluetypes.LastCrawlStatusCancelled
	}
	return gluetypes.LastCrawlStatusFailed
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func optionalTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (s *Server) getCrawler(ctx context.Context, in *glue.GetCrawlerInput) (*glue.GetCrawlerOutput, error) {
	var c checks
	c.name("name", in.Name)
	if err := c.Err(); err != nil {
		return nil, err
	}
	cr, err := s.crawler(ctx, *in.Name)
	if err != nil {
		return nil, err
	}
	g, err := s.glueCrawler(ctx, cr)
	return &glue.GetCrawlerOutput{Crawler: g}, err
}

// crawlersPage gives one page of the crawlers that keep passes, by name.
func (s *Server) crawlersPage(ctx context.Context, scope string, max *int32, token *string, keep func(string) (bool, error)) ([]*crawler.Crawler, *string, error) {
	if s.crawlers == nil {
		return nil, nil, errNoCrawlers
	}
	var c checks
	limit := c.Between("maxResults", max, 1, 1000, 100)
	if err := c.Err(); err != nil {
		return nil, nil, err
	}
	after, err := resume(scope, token, 1)
	if err != nil {
		return nil, nil, err
	}
	all, err := s.crawlers.List(ctx)
	if err != nil {
		return nil, nil, err
	}
	if after != nil {
		all = all[sort.Search(len(all), func(i int) bool { return all[i].Name > after[0] }):]
	}
	var out []*crawler.Crawler
	for _, x := range all {
		ok, err := keep(x.Name)
		if err != nil {
			return nil, nil, err
		}
		if !ok {
			continue
		}
		if len(out) == limit {
			return out, awsapi.NextToken(scope, out[limit-1].Name), nil
		}
		out = append(out, x)
	}
	return out, nil, nil
}

func everyCrawler(string) (bool, error) { return true, nil }

func (s *Server) getCrawlers(ctx context.Context, in *glue.GetCrawlersInput) (*glue.GetCrawlersOutput, error) {
	page, token, err := s.crawlersPage(ctx, awsapi.Scope("GetCrawlers"), in.MaxResults, in.NextToken, everyCrawler)
	if err != nil {
		return nil, err
	}
	out := &glue.GetCrawlersOutput{Crawlers: []gluetypes.Crawler{}, NextToken: token}
	for _, x := range page {
		g, err := s.glueCrawler(ctx, x)
		if err != nil {
			return nil, err
		}
		out.Crawlers = append(out.Crawlers, *g)
	}
	return out, nil
}

func (s *Server) listCrawlers(ctx context.Context, in *glue.ListCrawlersInput) (*glue.ListCrawlersOutput, error) {
	scope := awsapi.Scope("ListCrawlers", key(sortedTags(in.Tags)))
	page, token, err := s.crawlersPage(ctx, scope, in.MaxResults, in.NextToken, func(name string) (bool, error) {
		if len(in.Tags) == 0 {
			return true, nil
		}
		var set tagSet
		_, err := s.docs.Read(ctx, spaceTags, resource("crawler", name), &set)
		for k, v := range in.Tags {
			if got, ok := set.Tags[k]; !ok || got != v {
				return false, err
			}
		}
		return true, err
	})
	if err != nil {
		return nil, err
	}
	out := &glue.ListCrawlersOutput{CrawlerNames: []string{}, NextToken: token}
	for _, x := range page {
		out.CrawlerNames = append(out.CrawlerNames, x.Name)
	}
	return out, nil
}

func sortedTags(tags map[string]string) []string {
	var out []string
	for k, v := range tags {
		out = append(out, k+"="+v)
	}
	slices.Sort(out)
	return out
}

func (s *Server) batchGetCrawlers(ctx context.Context, in *glue.BatchGetCrawlersInput) (*glue.BatchGetCrawlersOutput, error) {
	if s.crawlers == nil {
		return nil, errNoCrawlers
	}
	var c checks
	if c.Present("crawlerNames", in.CrawlerNames) {
		c.Count("crawlerNames", len(in.CrawlerNames), 0, 100)
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	out := &glue.BatchGetCrawlersOutput{Crawlers: []gluetypes.Crawler{}, CrawlersNotFound: []string{}}
	for _, name := range in.CrawlerNames {
		cr, err := s.crawlers.Get(ctx, name)
		if fault.Is(err, fault.CodeUndefinedObject) {
			out.CrawlersNotFound = append(out.CrawlersNotFound, name)
			continue
		}
		if err != nil {
			return nil, err
		}
		g, err := s.glueCrawler(ctx, cr)
		if err != nil {
			return nil, err
		}
		out.Crawlers = append(out.Crawlers, *g)
	}
	return out, nil
}
