package glueapi

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"
	"github.com/glauxdb/glaux/server/awsapi/awstest"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// lake makes a folder with JSON lines in partitions, which may be read.
func (w *world) lake() string {
	w.t.Helper()
	dir := filepath.Join(w.t.TempDir(), "lake")
	for _, d := range []string{"2024-01-01", "2024-01-02"} {
		folder := filepath.Join(dir, "events", "dt="+d)
		if err := os.MkdirAll(folder, 0o755); err != nil {
			w.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "a.json"), []byte("{\"id\":1,\"s\":\"x\"}\n{\"id\":2,\"s\":\"y\"}\n"), 0o644); err != nil {
			w.t.Fatal(err)
		}
	}
	if err := w.stores.Allow(dir); err != nil {
		w.t.Fatal(err)
	}
	return dir
}

func crawlerInput(name, path string) *glue.CreateCrawlerInput {
	return &glue.CreateCrawlerInput{Name: aws.String(name), Role: aws.String("arn:aws:iam::1:role/x"), DatabaseName: aws.String("Found"), Description: aws.String("about"),
		Targets: &gluetypes.CrawlerTargets{S3Targets: []gluetypes.S3Target{{Path: aws.String(path), Exclusions: []string{"**.tmp"}, SampleSize: aws.Int32(3)}}},
		Tags:    map[string]string{"team": "x"}, TablePrefix: aws.String("p_"), Configuration: aws.String(`{"Version":1.0,"CrawlerOutput":{"Partitions":{"AddOrUpdateBehavior":"InheritFromTable"}}}`),
		SchemaChangePolicy: &gluetypes.SchemaChangePolicy{UpdateBehavior: "LOG", DeleteBehavior: "LOG"}, RecrawlPolicy: &gluetypes.RecrawlPolicy{RecrawlBehavior: "CRAWL_EVERYTHING"},
		LineageConfiguration: &gluetypes.LineageConfiguration{CrawlerLineageSettings: "ENABLE"}}
}

func (w *world) crawler(name string) *gluetypes.Crawler {
	w.t.Helper()
	return must[*glue.GetCrawlerOutput](w.t)(w.GetCrawler(context.Background(), &glue.GetCrawlerInput{Name: aws.String(name)})).Crawler
}

func TestCrawlers(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	in := crawlerInput("c1", w.lake())
	must[*glue.CreateCrawlerOutput](t)(w.CreateCrawler(ctx, in))
	_, err := w.CreateCrawler(ctx, in)
	refused[*gluetypes.AlreadyExistsException](t, err, "Crawler with name c1 already exists.")
	want := &gluetypes.Crawler{Name: in.Name, Role: in.Role, DatabaseName: aws.String("found"), Description: in.Description, Targets: in.Targets, TablePrefix: in.TablePrefix,
		Configuration: in.Configuration, SchemaChangePolicy: in.SchemaChangePolicy, RecrawlPolicy: in.RecrawlPolicy, LineageConfiguration: in.LineageConfiguration,
		State: "READY", Version: 1}
	if diff := cmp.Diff(want, w.crawler("c1"), awstest.SDK, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(gluetypes.Crawler{}, "CreationTime", "LastUpdated")); diff != "" {
		t.Errorf("crawler (-want +got):\n%s", diff)
	}

	must[*glue.UpdateCrawlerOutput](t)(w.UpdateCrawler(ctx, &glue.UpdateCrawlerInput{Name: in.Name, Description: aws.String("new"),
		SchemaChangePolicy: &gluetypes.SchemaChangePolicy{UpdateBehavior: "UPDATE_IN_DATABASE", DeleteBehavior: "LOG"}}))
	if got := w.crawler("c1"); *got.Description != "new" || *got.Role != *in.Role || got.Version != 2 || *got.TablePrefix != "p_" || got.SchemaChangePolicy.UpdateBehavior != "UPDATE_IN_DATABASE" {
		t.Errorf("updated = %+v", got)
	}

	must[*glue.StartCrawlerOutput](t)(w.StartCrawler(ctx, &glue.StartCrawlerInput{Name: in.Name}))
	for w.crawler("c1").State != gluetypes.CrawlerStateReady {
		time.Sleep(5 * time.Millisecond)
	}
	last := w.crawler("c1").LastCrawl
	if last == nil || last.Status != "SUCCEEDED" || last.StartTime == nil {
		t.Errorf("last crawl = %+v", last)
	}
	runs := must[*glue.ListCrawlsOutput](t)(w.ListCrawls(ctx, &glue.ListCrawlsInput{CrawlerName: in.Name})).Crawls
	if len(runs) != 1 || runs[0].State != "COMPLETED" || aws.ToString(runs[0].Summary) != `{"PARTITION":{"ADD":{"Count":2}},"TABLE":{"ADD":{"Count":1,"Details":{"names":["p_events"]}}}}` {
		t.Errorf("runs = %+v %s", runs, aws.ToString(runs[0].Summary))
	}
	tab := must[*glue.GetTableOutput](t)(w.GetTable(ctx, &glue.GetTableInput{DatabaseName: aws.String("found"), Name: aws.String("p_events")})).Table
	if tab.Parameters["classification"] != "json" || tab.Parameters["UPDATED_BY_CRAWLER"] != "c1" || len(tab.PartitionKeys) != 1 {
		t.Errorf("table = %+v", tab)
	}
	m := must[*glue.GetCrawlerMetricsOutput](t)(w.GetCrawlerMetrics(ctx, &glue.GetCrawlerMetricsInput{CrawlerNameList: []string{"c1", "nope"}})).CrawlerMetricsList
	if len(m) != 1 || m[0].TablesCreated != 1 || m[0].StillEstimating {
		t.Errorf("metrics = %+v", m)
	}
	_, err = w.StopCrawler(ctx, &glue.StopCrawlerInput{Name: in.Name})
	refused[*gluetypes.CrawlerNotRunningException](t, err, "")

	must[*glue.DeleteCrawlerOutput](t)(w.DeleteCrawler(ctx, &glue.DeleteCrawlerInput{Name: in.Name}))
	for _, err := range []error{
		second(w.GetCrawler(ctx, &glue.GetCrawlerInput{Name: in.Name})), second(w.StartCrawler(ctx, &glue.StartCrawlerInput{Name: in.Name})),
		second(w.ListCrawls(ctx, &glue.ListCrawlsInput{CrawlerName: in.Name})), second(w.DeleteCrawler(ctx, &glue.DeleteCrawlerInput{Name: in.Name})),
		second(w.UpdateCrawler(ctx, &glue.UpdateCrawlerInput{Name: in.Name})),
	} {
		refused[*gluetypes.EntityNotFoundException](t, err, "Crawler with name c1 does not exist.")
	}
}

func second[T any](_ T, err error) error { return err }

func TestCrawlerFaults(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	dir := w.lake()
	for _, c := range []struct {
		what, name string
		change     func(*glue.CreateCrawlerInput)
		exception  string
	}{
		{"a table of DynamoDB", "c", func(in *glue.CreateCrawlerInput) {
			in.Targets.DynamoDBTargets = []gluetypes.DynamoDBTarget{{Path: aws.String("t")}}
		}, "InvalidInputException"},
		{"an event queue", "c", func(in *glue.CreateCrawlerInput) { in.Targets.S3Targets[0].EventQueueArn = aws.String("arn:x") }, "InvalidInputException"},
		{"no targets", "c", func(in *glue.CreateCrawlerInput) { in.Targets.S3Targets = nil }, "InvalidInputException"},
		{"a place that may not be read", "c", func(in *glue.CreateCrawlerInput) { in.Targets.S3Targets[0].Path = aws.String("/etc") }, "AccessDeniedException"},
		{"no database", "c", func(in *glue.CreateCrawlerInput) { in.DatabaseName = nil }, "InvalidInputException"},
		{"a bad schedule", "c", func(in *glue.CreateCrawlerInput) { in.Schedule = aws.String("cron(* * * * *)") }, "InvalidInputException"},
		{"a bad configuration", "c", func(in *glue.CreateCrawlerInput) { in.Configuration = aws.String(`{"Version":1.0,"Foo":1}`) }, "InvalidInputException"},
		{"new folders and updates", "c", func(in *glue.CreateCrawlerInput) {
			in.RecrawlPolicy.RecrawlBehavior, in.SchemaChangePolicy.UpdateBehavior = "CRAWL_NEW_FOLDERS_ONLY", "UPDATE_IN_DATABASE"
		}, "InvalidInputException"},
		{"an unknown classifier", "c", func(in *glue.CreateCrawlerInput) { in.Classifiers = []string{"nope"} }, "EntityNotFoundException"},
		{"a long name", strings.Repeat("n", 256), func(*glue.CreateCrawlerInput) {}, "ValidationException"},
	} {
		in := crawlerInput(c.name, dir)
		c.change(in)
		_, err := w.CreateCrawler(ctx, in)
		t.Log(c.what, err)
		code(t, err, c.exception)
	}
	none := newWorld(t, func(c *Config) { c.Crawlers = nil })
	_, err := none.GetCrawlers(ctx, &glue.GetCrawlersInput{})
	refused[*gluetypes.OperationNotSupportedException](t, err, "This server has no crawlers.")
	_, err = none.CreateCrawler(ctx, crawlerInput("c", dir))
	refused[*gluetypes.OperationNotSupportedException](t, err, "")
	_, err = none.GetClassifiers(ctx, &glue.GetClassifiersInput{})
	refused[*gluetypes.OperationNotSupportedException](t, err, "")
}

func TestCrawlerLists(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	dir := w.lake()
	for _, n := range []string{"b", "c", "a"} {
		in := crawlerInput(n, dir)
		in.Tags = map[string]string{"is": n}
		must[*glue.CreateCrawlerOutput](t)(w.CreateCrawler(ctx, in))
	}
	var names, full []string
	for p := glue.NewListCrawlersPaginator(w.Client, &glue.ListCrawlersInput{MaxResults: aws.Int32(2)}); p.HasMorePages(); {
		names = append(names, must[*glue.ListCrawlersOutput](t)(p.NextPage(ctx)).CrawlerNames...)
	}
	for p := glue.NewGetCrawlersPaginator(w.Client, &glue.GetCrawlersInput{MaxResults: aws.Int32(1)}); p.HasMorePages(); {
		for _, c := range must[*glue.GetCrawlersOutput](t)(p.NextPage(ctx)).Crawlers {
			full = append(full, *c.Name)
		}
	}
	if diff := cmp.Diff([][]string{{"a", "b", "c"}, {"a", "b", "c"}}, [][]string{names, full}); diff != "" {
		t.Error(diff)
	}
	if got := must[*glue.ListCrawlersOutput](t)(w.ListCrawlers(ctx, &glue.ListCrawlersInput{Tags: map[string]string{"is": "b"}})); len(got.CrawlerNames) != 1 || got.CrawlerNames[0] != "b" {
		t.Errorf("tagged: %v", got.CrawlerNames)
	}
	batch := must[*glue.BatchGetCrawlersOutput](t)(w.BatchGetCrawlers(ctx, &glue.BatchGetCrawlersInput{CrawlerNames: []string{"c", "x", "a"}}))
	if len(batch.Crawlers) != 2 || *batch.Crawlers[0].Name != "c" || len(batch.CrawlersNotFound) != 1 {
		t.Errorf("batch = %+v", batch)
	}
	// Runs, filtered and paged.
	for range 3 {
		must[*glue.StartCrawlerOutput](t)(w.StartCrawler(ctx, &glue.StartCrawlerInput{Name: aws.String("a")}))
		for w.crawler("a").State != gluetypes.CrawlerStateReady {
			time.Sleep(5 * time.Millisecond)
		}
	}
	count := func(max int32, filters ...gluetypes.CrawlsFilter) (n int) {
		t.Helper()
		in := &glue.ListCrawlsInput{CrawlerName: aws.String("a"), MaxResults: aws.Int32(max), Filters: filters}
		for {
			page := must[*glue.ListCrawlsOutput](t)(w.ListCrawls(ctx, in))
			n += len(page.Crawls)
			if in.NextToken = page.NextToken; in.NextToken == nil {
				return n
			}
		}
	}
	filter := func(f gluetypes.FieldName, op gluetypes.FilterOperator, v string) gluetypes.CrawlsFilter {
		return gluetypes.CrawlsFilter{FieldName: f, FilterOperator: op, FieldValue: aws.String(v)}
	}
	for _, c := range []struct{ got, want int }{
		{count(2), 3}, {count(1), 3}, {count(5, filter("STATE", "EQ", "COMPLETED")), 3}, {count(5, filter("STATE", "NE", "COMPLETED")), 0},
		{count(1, filter("START_TIME", "GT", "0"), filter("DPU_HOUR", "LE", "0")), 3}, {count(5, filter("END_TIME", "LT", "0")), 0},
		{count(5, filter("END_TIME", "GT", "2001-01-01T00:00:00.5")), 3}, {count(5, filter("START_TIME", "LT", "2001-01-01")), 0},
	} {
		if c.got != c.want {
			t.Errorf("%d runs, want %d", c.got, c.want)
		}
	}
	for _, c := range []struct {
		filter gluetypes.CrawlsFilter
		want   string
	}{
		{filter("START_TIME", "GT", "soon"), "Value 'soon' of the filter START_TIME cannot be read."},
		{filter("STATE", "LE", "RUNNING"), "Only EQ or NE operator is allowed for field : STATE"},
		{gluetypes.CrawlsFilter{FieldName: "CRAWL_ID", FilterOperator: "NE"}, "Invalid Filter Provided: FieldName: CRAWL_ID, FilterOperator: NE, FieldValue: null"},
	} {
		_, err := w.ListCrawls(ctx, &glue.ListCrawlsInput{CrawlerName: aws.String("a"), Filters: []gluetypes.CrawlsFilter{c.filter}})
		refused[*gluetypes.InvalidInputException](t, err, c.want)
	}
}

func TestCrawlerSchedules(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	name := aws.String("c")
	must[*glue.CreateCrawlerOutput](t)(w.CreateCrawler(ctx, crawlerInput("c", w.lake())))
	start := func() error {
		return second(w.StartCrawlerSchedule(ctx, &glue.StartCrawlerScheduleInput{CrawlerName: name}))
	}
	stop := func() error {
		return second(w.StopCrawlerSchedule(ctx, &glue.StopCrawlerScheduleInput{CrawlerName: name}))
	}
	refused[*gluetypes.NoScheduleException](t, start(), "")
	set := func(s string) error {
		return second(w.UpdateCrawlerSchedule(ctx, &glue.UpdateCrawlerScheduleInput{CrawlerName: name, Schedule: aws.String(s)}))
	}
	if err := set("cron(15 12 * * ? *)"); err != nil {
		t.Fatal(err)
	}
	refused[*gluetypes.InvalidInputException](t, set("cron(every day)"), "")
	refused[*gluetypes.SchedulerRunningException](t, start(), "")
	if got := w.crawler("c").Schedule; *got.ScheduleExpression != "cron(15 12 * * ? *)" || got.State != "SCHEDULED" {
		t.Errorf("schedule = %+v", got)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	refused[*gluetypes.SchedulerNotRunningException](t, stop(), "")
	if got := w.crawler("c").Schedule; got.State != "NOT_SCHEDULED" {
		t.Errorf("schedule = %+v", got)
	}
	if err := start(); err != nil {
		t.Error(err)
	}
}

func TestClassifiers(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	create := []*glue.CreateClassifierInput{
		{GrokClassifier: &gluetypes.CreateGrokClassifierRequest{Name: aws.String("g"), Classification: aws.String("mylog"), GrokPattern: aws.String("%{WORD:a} %{MINE:b}"), CustomPatterns: aws.String("MINE [0-9]+")}},
		{XMLClassifier: &gluetypes.CreateXMLClassifierRequest{Name: aws.String("x"), Classification: aws.String("xml"), RowTag: aws.String("row")}},
		{JsonClassifier: &gluetypes.CreateJsonClassifierRequest{Name: aws.String("j"), JsonPath: aws.String("$.records[*]")}},
		{CsvClassifier: &gluetypes.CreateCsvClassifierRequest{Name: aws.String("c"), Delimiter: aws.String("|"), QuoteSymbol: aws.String("'"), ContainsHeader: "ABSENT", Header: []string{"a", "b"},
			CustomDatatypeConfigured: aws.Bool(true), CustomDatatypes: []string{"INT", "STRING"}, AllowSingleColumn: aws.Bool(true), DisableValueTrimming: aws.Bool(false), Serde: "OpenCSVSerDe"}},
	}
	for _, in := range create {
		must[*glue.CreateClassifierOutput](t)(w.CreateClassifier(ctx, in))
		_, err := w.CreateClassifier(ctx, in)
		refused[*gluetypes.AlreadyExistsException](t, err, "")
	}
	get := func(name string) *gluetypes.Classifier {
		t.Helper()
		return must[*glue.GetClassifierOutput](t)(w.GetClassifier(ctx, &glue.GetClassifierInput{Name: aws.String(name)})).Classifier
	}
	want := &gluetypes.CsvClassifier{Name: aws.String("c"), Delimiter: aws.String("|"), QuoteSymbol: aws.String("'"), ContainsHeader: "ABSENT", Header: []string{"a", "b"},
		CustomDatatypeConfigured: aws.Bool(true), CustomDatatypes: []string{"INT", "STRING"}, AllowSingleColumn: aws.Bool(true), DisableValueTrimming: aws.Bool(false), Serde: "OpenCSVSerDe", Version: 1}
	if diff := cmp.Diff(want, get("c").CsvClassifier, awstest.SDK, cmpopts.IgnoreFields(gluetypes.CsvClassifier{}, "CreationTime", "LastUpdated")); diff != "" {
		t.Error(diff)
	}
	must[*glue.UpdateClassifierOutput](t)(w.UpdateClassifier(ctx, &glue.UpdateClassifierInput{CsvClassifier: &gluetypes.UpdateCsvClassifierRequest{Name: aws.String("c"), Delimiter: aws.String(";"), CustomDatatypeConfigured: aws.Bool(false)}}))
	must[*glue.UpdateClassifierOutput](t)(w.UpdateClassifier(ctx, &glue.UpdateClassifierInput{GrokClassifier: &gluetypes.UpdateGrokClassifierRequest{Name: aws.String("g"), Classification: aws.String("other")}}))
	must[*glue.UpdateClassifierOutput](t)(w.UpdateClassifier(ctx, &glue.UpdateClassifierInput{XMLClassifier: &gluetypes.UpdateXMLClassifierRequest{Name: aws.String("x"), RowTag: aws.String("item")}}))
	must[*glue.UpdateClassifierOutput](t)(w.UpdateClassifier(ctx, &glue.UpdateClassifierInput{JsonClassifier: &gluetypes.UpdateJsonClassifierRequest{Name: aws.String("j"), JsonPath: aws.String("$[*]")}}))
	if c := get("c").CsvClassifier; *c.Delimiter != ";" || *c.QuoteSymbol != "'" || c.CustomDatatypes != nil || c.Version != 2 {
		t.Errorf("csv = %+v", c)
	}
	if g := get("g").GrokClassifier; *g.Classification != "other" || *g.GrokPattern != "%{WORD:a} %{MINE:b}" || *g.CustomPatterns != "MINE [0-9]+" {
		t.Errorf("grok = %+v", g)
	}
	if x := get("x").XMLClassifier; *x.RowTag != "item" || *x.Classification != "xml" {
		t.Errorf("xml = %+v", x)
	}
	if j := get("j").JsonClassifier; *j.JsonPath != "$[*]" {
		t.Errorf("json = %+v", j)
	}
	n := 0
	for p := glue.NewGetClassifiersPaginator(w.Client, &glue.GetClassifiersInput{MaxResults: aws.Int32(3)}); p.HasMorePages(); {
		n += len(must[*glue.GetClassifiersOutput](t)(p.NextPage(ctx)).Classifiers)
	}
	if n != 4 {
		t.Errorf("%d classifiers", n)
	}
	for _, in := range []*glue.CreateClassifierInput{{}, {JsonClassifier: create[2].JsonClassifier, XMLClassifier: create[1].XMLClassifier},
		{GrokClassifier: &gluetypes.CreateGrokClassifierRequest{Name: aws.String("bad"), Classification: aws.String("x"), GrokPattern: aws.String("%{NOSUCH:a}")}}} {
		_, err := w.CreateClassifier(ctx, in)
		refused[*gluetypes.InvalidInputException](t, err, "")
	}
	_, err := w.UpdateClassifier(ctx, &glue.UpdateClassifierInput{JsonClassifier: &gluetypes.UpdateJsonClassifierRequest{Name: aws.String("x")}})
	refused[*gluetypes.InvalidInputException](t, err, "Classifier x is of the kind xml, not json.")
	must[*glue.DeleteClassifierOutput](t)(w.DeleteClassifier(ctx, &glue.DeleteClassifierInput{Name: aws.String("j")}))
	_, err = w.GetClassifier(ctx, &glue.GetClassifierInput{Name: aws.String("j")})
	refused[*gluetypes.EntityNotFoundException](t, err, "")
}
