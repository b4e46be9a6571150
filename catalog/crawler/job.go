package crawler

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/crawl"
	"github.com/glauxdb/glaux/catalog/fault"
)

// oneOff is what the tables of crawls without a crawler call their maker.
const oneOff = "glaux"

// job is one crawl: of a crawler, or without one.
type job struct {
	*Service
	crawler  *Crawler
	maker    string // UPDATED_BY_CRAWLER of the tables
	run      string // ID
	delete   DeleteBehavior
	dry      bool // nothing is written
	progress func(Progress)

	conf     *Configuration
	settings string // on which the outcome for unchanged files depends
	findings *crawl.Findings
	report   *Report
	taken    map[string]bool // names of tables
	done     Progress
}

// Once describes a crawl without a crawler.
type Once struct {
	Targets       []crawl.Target
	Database      string
	TablePrefix   string
	Classifiers   []string
	SchemaChange  SchemaChange // of Delete, "" is LOG
	Configuration string
	StringKeys    bool
	SampleFiles   int
	DryRun        bool // the catalog stays as it is
	Progress      func(Progress)
}

// At is a crawl of one location with all defaults.
func At(location, database string) Once {
	return Once{Targets: []crawl.Target{{Location: location}}, Database: database}
}

// Crawl crawls without a crawler: nothing is kept of it but the tables. In a
// dry run the Report says what would happen.
func (s *Service) Crawl(ctx context.Context, o Once) (*Report, error) {
	c := &Crawler{Name: "crawl", Targets: o.Targets, Database: strings.ToLower(o.Database), TablePrefix: o.TablePrefix,
		Classifiers: o.Classifiers, SchemaChange: o.SchemaChange, Configuration: o.Configuration, StringKeys: o.StringKeys,
		SampleFiles: o.SampleFiles}
	c.SchemaChange.Delete = cmp.Or(c.SchemaChange.Delete, DeleteLog)
	c.setDefaults()
	if err := c.validate(); err != nil {
		return nil, err
	}
	j := &job{Service: s, crawler: c, maker: oneOff, run: s.newRun("", ByRequest).ID, delete: c.SchemaChange.Delete,
		dry: o.DryRun, progress: o.Progress}
	return j.crawl(ctx)
}

// crawl finds and brings the catalog up to date. With an error comes the Report
// of what was done before, nil if nothing was found yet.
func (j *job) crawl(ctx context.Context) (*Report, error) {
	if j.progress == nil {
		j.progress = func(Progress) {}
	}
	o, err := j.options(ctx)
	if err != nil {
		return nil, err
	}
	if j.findings, err = j.find(ctx, o); err != nil {
		return nil, err
	}
	f := j.findings
	j.report = &Report{LeftOut: f.LeftOut, Notes: f.Notes, Trees: f.Trees,
		Counts: Counts{Objects: f.Objects, Bytes: f.Bytes, Sampled: f.Sampled}}
	unlock, err := j.lockDatabase(ctx)
	if err != nil {
		return j.report, err
	}
	defer unlock()
	if !j.dry {
		guarded, release := j.cat.Guard(ctx, j.databaseLock())
		defer release()
		ctx = guarded
	}
	err = lostLock(ctx, j.apply(ctx))
	slices.SortStableFunc(j.report.Tables, func(a, b TableReport) int { return cmp.Compare(a.Table, b.Table) })
	slices.Sort(j.report.Notes)
	return j.report, err
}

// options are what crawl.Find is asked.
func (j *job) options(ctx context.Context) (crawl.Options, error) {
	c := j.crawler
	var err error
	if j.conf, err = ParseConfiguration(c.Configuration); err != nil {
		return crawl.Options{}, err
	}
	for _, t := range c.Targets {
		if j.dry {
			break
		}
		if err := j.allow(ctx, t.Location); err != nil {
			return crawl.Options{}, err
		}
	}
	o := crawl.Options{Stores: j.stores, Formats: j.formats, Targets: c.Targets, Grouping: j.conf.grouping(c.StringKeys),
		NewOnly: c.Recrawl == CrawlNewFolders, SampleFiles: c.SampleFiles, Logger: j.log,
		Progress: func(p crawl.Progress) {
			j.done.Listed, j.done.Sampled = p.Listed, p.Sampled
			j.progress(j.done)
		}}
	if o.Classifiers, err = j.formatsOf(ctx, c.Classifiers); err != nil {
		return o, err
	}
	if o.Salt, err = j.salt(ctx); err != nil {
		return o, err
	}
	j.settings = j.settingsText()
	o.Known, err = j.known(ctx, o.NewOnly)
	return o, err
}

// salt spells the settings of the custom classifiers.
func (j *job) salt(ctx context.Context) (string, error) {
	var b strings.Builder
	for _, name := range j.crawler.Classifiers {
		c, err := j.Classifier(ctx, name)
		if err != nil {
			return "", err
		}
		c.Created, c.Updated, c.Version = time.Time{}, time.Time{}, 0
		text, err := json.Marshal(c)
		if err != nil {
			return "", fault.Wrap(err, fault.CodeInternal, "cannot spell classifier %s: %v", name, err)
		}
		b.Write(text)
	}
	return b.String(), nil
}

// settingsText spells what decides about a table beside its files.
func (j *job) settingsText() string {
	text, err := json.Marshal(struct {
		Conf   Configuration
		Update UpdateBehavior
	}{*j.conf, j.crawler.SchemaChange.Update})
	if err != nil {
		panic("crawler: settings do not marshal: " + err.Error())
	}
	return string(text)
}

// known gives the tables of the database that lie in the targets, with the
// fingerprints of the last crawl where that would decide in the same way.
func (j *job) known(ctx context.Context, newOnly bool) ([]crawl.Known, error) {
	tables, err := j.tables(ctx)
	if err != nil {
		return nil, err
	}
	var out []crawl.Known
	for _, t := range tables {
		if t.Kind == catalog.VirtualView || !j.within(t.Storage.Location) {
			continue
		}
		k := crawl.Known{Table: t}
		b, err := readBase(ctx, j.cat, t.ID)
		if err != nil {
			return nil, err
		}
		if b != nil && b.Settings == j.settings {
			k.Fingerprint = b.Fingerprint
		}
		if newOnly && len(t.PartitionKeys) > 0 {
			ps, err := j.cat.Partitions(ctx, t)
			if err != nil {
				return nil, err
			}
			k.Has = newPartitionIndex(t.PartitionKeys, t.PartitionKeys, ps).has
		}
		out = append(out, k)
	}
	return out, nil
}

// tables gives the tables of the database; none if it is not there yet.
func (j *job) tables(ctx context.Context) ([]*catalog.Table, error) {
	ts, err := j.cat.Tables(ctx, j.crawler.Database)
	if fault.Is(err, fault.CodeInvalidSchemaName) {
		return nil, nil
	}
	return ts, err
}

// within reports whether a location lies in a target.
func (j *job) within(location string) bool {
	return slices.ContainsFunc(j.crawler.Targets, func(t crawl.Target) bool { return below(location, t.Location) })
}

// below reports whether a location is another one or lies in it.
func below(location, folder string) bool {
	location, folder = crawl.Normalize(location)+"/", crawl.Normalize(folder)+"/"
	return strings.HasPrefix(location, folder)
}

func (j *job) databaseLock() string { return "crawl/" + j.crawler.Database }

// lockDatabase waits until no other crawl writes to the database: names of new
// tables depend on those that are there.
func (j *job) lockDatabase(ctx context.Context) (unlock func(), err error) {
	if j.dry {
		return func() {}, nil
	}
	for {
		unlock, ok, err := j.cat.TryLock(ctx, j.databaseLock())
		if err != nil || ok {
			return unlock, err
		}
		if err := sleep(ctx, 100*time.Millisecond); err != nil {
			return nil, err
		}
	}
}
