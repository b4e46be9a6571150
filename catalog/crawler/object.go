package crawler

import (
	"time"

	"github.com/glauxdb/glaux/catalog/crawl"
)

// Crawler is the definition of a crawler. It is a value: what the Service
// returned is the caller's.
type Crawler struct {
	Name        string         `json:"name"`
	Description string         `json:"description,omitempty"`
	Targets     []crawl.Target `json:"targets"`
	// Database gets the tables; it is made by the first run if it is missing.
	Database    string `json:"database"`
	TablePrefix string `json:"table_prefix,omitempty"`
	// Classifiers are names of custom classifiers, asked in this order before
	// the built-in ones.
	Classifiers  []string     `json:"classifiers,omitempty"`
	SchemaChange SchemaChange `json:"schema_change"`
	Recrawl      Recrawl      `json:"recrawl"`
	// Configuration is Glue's JSON text; "": none. See ParseConfiguration.
	Configuration string `json:"configuration,omitempty"`
	// Schedule is cron(...) or rate(...); "": none.
	Schedule      string        `json:"schedule,omitempty"`
	ScheduleState ScheduleState `json:"schedule_state,omitempty"`
	// ScheduleSince is when the schedule was set or started: earlier due times
	// were not missed.
	ScheduleSince time.Time `json:"schedule_since,omitzero"`
	// StringKeys types all partition keys as varchar, as Glue does.
	StringKeys bool `json:"string_keys,omitempty"`
	// SampleFiles is how many files of each table are looked into; 0: the
	// crawler's choice.
	SampleFiles int `json:"sample_files,omitempty"`
	// Other is a JSON object of what a Glue client said and Glaux only keeps:
	// Role, LineageConfiguration; "": nothing.
	Other   string    `json:"other,omitempty"`
	Created time.Time `json:"created"`
	Updated time.Time `json:"updated"`
	// Version is 1 for a new crawler and increases with every change.
	Version int64 `json:"version"`
}

// SchemaChange says what a run does about tables that are not what it finds.
// New tables, partitions are always written.
type SchemaChange struct {
	Update UpdateBehavior `json:"update"`
	Delete DeleteBehavior `json:"delete"`
}

// UpdateBehavior is Glue's: what happens to a table whose files have changed.
type UpdateBehavior string

// The update behaviours.
const (
	UpdateInDatabase UpdateBehavior = "UPDATE_IN_DATABASE" // the default
	UpdateLog        UpdateBehavior = "LOG"                // it is only reported
)

// DeleteBehavior is Glue's: what happens to tables and partitions that a run of
// this crawler has made and whose files are gone.
type DeleteBehavior string

// The delete behaviours.
const (
	DeleteDeprecate DeleteBehavior = "DEPRECATE_IN_DATABASE" // the default: they get the parameter DEPRECATED_BY_CRAWLER
	DeleteDrop      DeleteBehavior = "DELETE_FROM_DATABASE"
	DeleteLog       DeleteBehavior = "LOG"
)

// Recrawl is Glue's RecrawlBehavior.
type Recrawl string

// The recrawl behaviours.
const (
	CrawlEverything Recrawl = "CRAWL_EVERYTHING" // the default
	CrawlNewFolders Recrawl = "CRAWL_NEW_FOLDERS_ONLY"
	CrawlEvents     Recrawl = "CRAWL_EVENT_MODE" // refused
)

// ScheduleState is Glue's state of a schedule.
type ScheduleState string

// The states of a schedule. Without a schedule the state is "".
const (
	Scheduled    ScheduleState = "SCHEDULED"
	NotScheduled ScheduleState = "NOT_SCHEDULED"
)

// State is what a crawler is doing.
type State string

// The states of a crawler.
const (
	Ready    State = "READY"
	Running  State = "RUNNING"
	Stopping State = "STOPPING"
)

// setDefaults fills in what Glue's API fills in.
func (c *Crawler) setDefaults() {
	if c.SchemaChange == (SchemaChange{}) && c.Recrawl == CrawlNewFolders {
		c.SchemaChange = SchemaChange{UpdateLog, DeleteLog}
	}
	if c.SchemaChange.Update == "" {
		c.SchemaChange.Update = UpdateInDatabase
	}
	if c.SchemaChange.Delete == "" {
		c.SchemaChange.Delete = DeleteDeprecate
	}
	if c.Recrawl == "" {
		c.Recrawl = CrawlEverything
	}
}
