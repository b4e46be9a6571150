package crawler

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/crawl"
	"github.com/glauxdb/glaux/catalog/crawler/cron"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/lake"
)

// The limits of Glue's API.
const (
	maxName        = 255
	maxDescription = 2048
	maxPrefix      = 128
	maxSample      = 249
)

func invalid(format string, args ...any) *fault.Error {
	return fault.New(fault.CodeInvalidParameter, format, args...)
}

// validate checks a crawler whose defaults are set. Whether its classifiers
// exist is the Service's question.
func (c *Crawler) validate() error {
	if err := checkName("crawler", c.Name); err != nil {
		return err
	}
	if utf8.RuneCountInString(c.Description) > maxDescription {
		return invalid("the description of crawler %q is longer than %d characters", c.Name, maxDescription)
	}
	if c.Database == "" {
		return invalid("crawler %q has no database for its tables", c.Name)
	}
	if utf8.RuneCountInString(c.TablePrefix) > maxPrefix {
		return invalid("the table prefix of crawler %q is longer than %d characters", c.Name, maxPrefix)
	}
	if c.Other != "" && !json.Valid([]byte(c.Other)) {
		return invalid("what is kept for clients of crawler %q is not JSON", c.Name)
	}
	if c.SampleFiles < 0 {
		return invalid("the number of files to look into cannot be negative")
	}
	if len(c.Targets) == 0 {
		return invalid("crawler %q has no targets", c.Name)
	}
	for _, t := range c.Targets {
		if err := checkTarget(t); err != nil {
			return err
		}
	}
	if err := c.validatePolicies(); err != nil {
		return err
	}
	if _, err := ParseConfiguration(c.Configuration); err != nil {
		return err
	}
	if c.Schedule == "" {
		return nil
	}
	_, err := cron.Parse(c.Schedule)
	return err
}

func (c *Crawler) validatePolicies() error {
	if !slices.Contains([]UpdateBehavior{UpdateInDatabase, UpdateLog}, c.SchemaChange.Update) {
		return invalid("unknown update behavior %q", c.SchemaChange.Update).WithHint("It is UPDATE_IN_DATABASE or LOG.")
	}
	if !slices.Contains([]DeleteBehavior{DeleteDeprecate, DeleteDrop, DeleteLog}, c.SchemaChange.Delete) {
		return invalid("unknown delete behavior %q", c.SchemaChange.Delete).
			WithHint("It is DEPRECATE_IN_DATABASE, DELETE_FROM_DATABASE or LOG.")
	}
	switch c.Recrawl {
	case CrawlEverything:
	case CrawlNewFolders:
		if c.SchemaChange != (SchemaChange{UpdateLog, DeleteLog}) {
			return invalid(`The SchemaChangePolicy for "Crawl new folders only" Amazon S3 target can have only LOG DeleteBehavior value and LOG UpdateBehavior value.`)
		}
	case CrawlEvents:
		return fault.New(fault.CodeFeatureNotSupported, "recrawl behavior %s is not supported", CrawlEvents).
			WithHint("Use CRAWL_EVERYTHING, whose later runs look only into what has changed, or CRAWL_NEW_FOLDERS_ONLY.")
	default:
		return invalid("unknown recrawl behavior %q", c.Recrawl).WithHint("It is CRAWL_EVERYTHING or CRAWL_NEW_FOLDERS_ONLY.")
	}
	return nil
}

func checkName(what, name string) error {
	if name == "" || utf8.RuneCountInString(name) > maxName {
		return fault.New(fault.CodeInvalidName, "the name of a %s has 1 to %d characters", what, maxName)
	}
	if !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return fault.New(fault.CodeInvalidName, "the name of a %s cannot have control characters: %q", what, name)
	}
	return nil
}

func checkTarget(t crawl.Target) error {
	if strings.TrimSpace(t.Location) == "" {
		return invalid("a target has no location").WithHint("A location is s3://bucket/prefix or a directory.")
	}
	if t.SampleSize < 0 || t.SampleSize > maxSample {
		return invalid("the sample size of target %s is %d: it is from 1 to %d, or 0 for all files", t.Location, t.SampleSize, maxSample)
	}
	if t.Depth < 0 {
		return invalid("the depth of target %s is negative", t.Location)
	}
	for _, e := range t.Exclusions {
		if _, err := lake.ParseGlob(e); err != nil {
			return err
		}
	}
	return nil
}
