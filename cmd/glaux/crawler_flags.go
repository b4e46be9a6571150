package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/glauxdb/glaux/catalog/crawl"
	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/catalog/fault"
)

// updateBehaviors and deleteBehaviors are the words of the command line.
var (
	updateBehaviors = map[string]crawler.UpdateBehavior{"update": crawler.UpdateInDatabase, "log": crawler.UpdateLog}
	deleteBehaviors = map[string]crawler.DeleteBehavior{
		"log": crawler.DeleteLog, "deprecate": crawler.DeleteDeprecate, "delete": crawler.DeleteDrop}
	recrawls = map[string]crawler.Recrawl{"all": crawler.CrawlEverything, "new-folders": crawler.CrawlNewFolders}
)

// grouping are the flags that Glue has in its Configuration.
type grouping struct {
	combine    bool
	tableLevel int
	merge      bool
	maxTables  int
}

// configuration lays the flags over a Configuration text.
func (g grouping) configuration(text string) (string, error) {
	if g == (grouping{}) {
		return text, nil
	}
	root := map[string]any{}
	if text != "" {
		if err := json.Unmarshal([]byte(text), &root); err != nil {
			return "", fault.Wrap(err, fault.CodeInvalidParameter, "Configuration is not a JSON object: %v", err)
		}
	}
	root["Version"] = 1.0
	set := func(value any, path ...string) {
		o := root
		for _, k := range path[:len(path)-1] {
			next, ok := o[k].(map[string]any)
			if !ok {
				next = map[string]any{}
				o[k] = next
			}
			o = next
		}
		o[path[len(path)-1]] = value
	}
	if g.combine {
		set("CombineCompatibleSchemas", "Grouping", "TableGroupingPolicy")
	}
	if g.tableLevel != 0 {
		set(g.tableLevel, "Grouping", "TableLevelConfiguration")
	}
	if g.merge {
		set("MergeNewColumns", "CrawlerOutput", "Tables", "AddOrUpdateBehavior")
	}
	if g.maxTables != 0 {
		set(g.maxTables, "CrawlerOutput", "Tables", "TableThreshold")
	}
	out, err := json.Marshal(root)
	return string(out), err
}

// crawlerFlags are what "crawler create" and "crawler update" set. What is not
// given stays as it is.
type crawlerFlags struct {
	File          string   `type:"existingfile" placeholder:"FILE" help:"Definition in YAML; flags win over it."`
	Target        []string `sep:"none" placeholder:"LOCATION" help:"s3://bucket/prefix or a directory; may be given more than once."`
	Exclude       []string `sep:"none" placeholder:"GLOB" help:"Leave these files of all targets out (Glue's globs); may be given more than once."`
	SampleSize    *int     `placeholder:"N" help:"Files of each leaf folder that count (0: all)."`
	Depth         *int     `placeholder:"N" help:"Levels of folders to follow (0: all)."`
	Database      *string  `short:"d" help:"Database that gets the tables."`
	Prefix        *string  `help:"Before every new table's name."`
	Description   *string  `help:"What it is for."`
	Classifier    []string `placeholder:"NAME" help:"Custom classifier to ask before the built-in ones; may be given more than once, in their order; empty: none."`
	OnUpdate      string   `enum:"update,log," default:"" placeholder:"update|log" help:"Tables whose files have changed: update, log."`
	OnDelete      string   `enum:"log,deprecate,delete," default:"" placeholder:"log|deprecate|delete" help:"Tables and partitions whose files are gone: log, deprecate, delete."`
	Recrawl       string   `enum:"all,new-folders," default:"" placeholder:"all|new-folders" help:"What later runs look at: all, new-folders (needs --on-update=log --on-delete=log)."`
	Configuration *string  `placeholder:"JSON" help:"Glue's Configuration."`
	TableLevel    int      `placeholder:"N" help:"Level of the folders that are tables, the bucket being 1."`
	Combine       bool     `help:"One table for each target."`
	MergeColumns  bool     `help:"Only add columns to tables (MergeNewColumns)."`
	MaxTables     int      `placeholder:"N" help:"Fail rather than make more tables."`
	StringKeys    *bool    `help:"All partition keys are text, as in Glue."`
	Sample        *int     `placeholder:"N" help:"Files of each table to look into (0: the crawler's choice)."`
	Schedule      *string  `placeholder:"EXPR" help:"cron(minutes hours day month weekday year) or rate(n unit), in UTC; empty: none."`
}

// apply changes a crawler as the file and the flags say.
func (f *crawlerFlags) apply(c *crawler.Crawler) error {
	if f.File != "" {
		if err := readCrawlerFile(f.File, c); err != nil {
			return err
		}
	}
	if f.Target != nil {
		c.Targets = nil
		for _, l := range f.Target {
			c.Targets = append(c.Targets, crawl.Target{Location: absolute(l)})
		}
	}
	for i := range c.Targets {
		if f.Exclude != nil {
			c.Targets[i].Exclusions = f.Exclude
		}
		given(&c.Targets[i].SampleSize, f.SampleSize)
		given(&c.Targets[i].Depth, f.Depth)
	}
	given(&c.Database, f.Database)
	given(&c.TablePrefix, f.Prefix)
	given(&c.Description, f.Description)
	given(&c.Configuration, f.Configuration)
	given(&c.StringKeys, f.StringKeys)
	given(&c.SampleFiles, f.Sample)
	given(&c.Schedule, f.Schedule)
	if f.Classifier != nil {
		c.Classifiers = nil
		for _, name := range f.Classifier {
			if name != "" {
				c.Classifiers = append(c.Classifiers, name)
			}
		}
	}
	if f.OnUpdate != "" {
		c.SchemaChange.Update = updateBehaviors[f.OnUpdate]
	}
	if f.OnDelete != "" {
		c.SchemaChange.Delete = deleteBehaviors[f.OnDelete]
	}
	if f.Recrawl != "" {
		c.Recrawl = recrawls[f.Recrawl]
	}
	var err error
	c.Configuration, err = grouping{f.Combine, f.TableLevel, f.MergeColumns, f.MaxTables}.configuration(c.Configuration)
	return err
}

func given[T any](to *T, v *T) {
	if v != nil {
		*to = *v
	}
}

// crawlerFile is a crawler in YAML.
type crawlerFile struct {
	Name        string   `yaml:"name"`
	Description *string  `yaml:"description"`
	Database    *string  `yaml:"database"`
	TablePrefix *string  `yaml:"table_prefix"`
	Classifiers []string `yaml:"classifiers"`
	Targets     []struct {
		Location   string   `yaml:"location"`
		Exclusions []string `yaml:"exclusions"`
		SampleSize int      `yaml:"sample_size"`
		Depth      int      `yaml:"depth"`
	} `yaml:"targets"`
	SchemaChange struct {
		Update string `yaml:"update"`
		Delete string `yaml:"delete"`
	} `yaml:"schema_change"`
	Recrawl       string  `yaml:"recrawl"`
	Configuration any     `yaml:"configuration"` // Glue's JSON as a text, or the same as YAML
	Schedule      *string `yaml:"schedule"`
	StringKeys    *bool   `yaml:"string_keys"`
	SampleFiles   *int    `yaml:"sample_files"`
}

// readCrawlerFile lays a definition over a crawler. An unknown key is an error
// that names its line.
func readCrawlerFile(path string, c *crawler.Crawler) error {
	var f crawlerFile
	if err := readYAML(path, &f); err != nil {
		return err
	}
	if f.Name != "" && c.Name != "" && f.Name != c.Name {
		return fault.New(fault.CodeInvalidParameter, "%s defines crawler %q, not %q", path, f.Name, c.Name)
	}
	if c.Name == "" {
		c.Name = f.Name
	}
	given(&c.Description, f.Description)
	given(&c.Database, f.Database)
	given(&c.TablePrefix, f.TablePrefix)
	given(&c.Schedule, f.Schedule)
	given(&c.StringKeys, f.StringKeys)
	given(&c.SampleFiles, f.SampleFiles)
	if f.Classifiers != nil {
		c.Classifiers = f.Classifiers
	}
	if f.Targets != nil {
		c.Targets = nil
		for _, t := range f.Targets {
			c.Targets = append(c.Targets, crawl.Target{Location: absolute(t.Location), Exclusions: t.Exclusions, SampleSize: t.SampleSize, Depth: t.Depth})
		}
	}
	word(&c.SchemaChange.Update, f.SchemaChange.Update, updateBehaviors)
	word(&c.SchemaChange.Delete, f.SchemaChange.Delete, deleteBehaviors)
	word(&c.Recrawl, f.Recrawl, recrawls)
	switch conf := f.Configuration.(type) {
	case nil:
	case string:
		c.Configuration = conf
	default:
		text, err := json.Marshal(conf)
		if err != nil {
			return fault.Wrap(err, fault.CodeInvalidParameter, "%s: configuration is not what JSON can say: %v", path, err)
		}
		c.Configuration = string(text)
	}
	return nil
}

// word takes a word of the command line or Glue's own, which is checked later.
func word[T ~string](to *T, text string, words map[string]T) {
	if v, ok := words[strings.ToLower(text)]; ok {
		*to = v
	} else if text != "" {
		*to = T(text)
	}
}

func readYAML(path string, into any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fault.Wrap(err, fault.CodeUndefinedFile, "cannot read %s: %v", path, err)
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return fault.New(fault.CodeInvalidParameter, "%s is empty", path)
	}
	if err := yaml.UnmarshalWithOptions(text, into, yaml.Strict()); err != nil {
		return fault.Wrap(err, fault.CodeInvalidParameter, "%s: %s", path, yaml.FormatError(err, false, true))
	}
	return nil
}
