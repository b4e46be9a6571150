package workgroup

import (
	"strings"
	"time"
	_ "time/tzdata" // a budget's zone must not depend on the machine

	"github.com/glauxdb/glaux/catalog/fault"
)

// Budget bounds what a workgroup, a user or a tag scans in a period of time. The
// YAML names are those of glaux.yaml and of the options of CREATE BUDGET.
type Budget struct {
	Name string `yaml:"name" json:"name"`
	// One of these says whose scans count. EachUser gives every user a budget of
	// their own.
	Workgroup string `yaml:"workgroup" json:"workgroup,omitempty"`
	User      string `yaml:"user" json:"user,omitempty"`
	EachUser  bool   `yaml:"each_user" json:"each_user,omitempty"`
	// Tag is one of the session's setting query_tags, or key=value of the
	// workgroup's tags.
	Tag string `yaml:"tag" json:"tag,omitempty"`

	Limit    Size   `yaml:"limit" json:"limit"`         // bytes of data in one period
	Period   string `yaml:"period" json:"period"`       // hour, day, week (from Monday) or month
	TimeZone string `yaml:"time_zone" json:"time_zone"` // in which periods begin; "": UTC
	// Action is what happens at the limit: warn (a NOTICE), queue (wait for the
	// next period) or reject. WarnAt is the percentage of the limit from which
	// queries get a NOTICE; 0: none.
	Action string `yaml:"action" json:"action"`
	WarnAt int    `yaml:"warn_at" json:"warn_at,omitempty"`
}

// What happens to a query at the limit of a budget.
const (
	Warn   = "warn"
	Queue  = "queue"
	Reject = "reject"
)

// The periods of a budget.
const (
	Hour  = "hour"
	Day   = "day"
	Week  = "week"
	Month = "month"
)

// Validate checks the fields and normalizes them: lower case, "" of the period
// is day, of the action reject, of the zone UTC. Faults: 42602 for the name,
// 22023 for the rest.
func (b *Budget) Validate() error {
	if !nameRule.MatchString(b.Name) {
		return fault.New(fault.CodeInvalidName, "invalid budget name %q", b.Name).
			WithHint("Use 1 to 128 letters, digits, dots, underscores and hyphens.")
	}
	bad := func(format string, args ...any) *fault.Error {
		return fault.New(fault.CodeInvalidParameter, "budget %q: "+format, append([]any{b.Name}, args...)...)
	}
	subjects := 0
	for _, yes := range []bool{b.Workgroup != "", b.User != "", b.EachUser, b.Tag != ""} {
		if yes {
			subjects++
		}
	}
	if subjects != 1 {
		return bad("it must be for exactly one of a workgroup, a user, each user, a tag; it names %d", subjects)
	}
	if strings.ContainsRune(b.Tag, ',') {
		return bad("the tag %q holds a comma, which parts tags", b.Tag)
	}
	if b.Limit <= 0 {
		return bad("it needs a limit of more than 0 bytes, not %d", int64(b.Limit)).
			WithHint("Write limit = '100GB'. Who is to read nothing is put into a workgroup with state = 'DISABLED'.")
	}
	if b.WarnAt < 0 || b.WarnAt > 100 {
		return bad("warn_at is a percentage from 0 to 100, not %d", b.WarnAt)
	}
	if err := word(&b.Period, Day, []string{Hour, Day, Week, Month}); err != "" {
		return bad("the period must be hour, day, week or month, not %q", err)
	}
	if err := word(&b.Action, Reject, []string{Warn, Queue, Reject}); err != "" {
		return bad("the action must be warn, queue or reject, not %q", err)
	}
	if b.TimeZone == "" {
		b.TimeZone = "UTC"
	}
	// "Local" would mean another thing on every server.
	if _, err := time.LoadLocation(b.TimeZone); err != nil || b.TimeZone == "Local" {
		return bad("there is no time zone %q", b.TimeZone).WithHint("Write it as Europe/Berlin or UTC.")
	}
	return nil
}

// word normalizes one of some words, def if it is empty; it gives back a word
// that is none of them.
func word(s *string, def string, words []string) (wrong string) {
	if *s == "" {
		*s = def
	}
	low := strings.ToLower(*s)
	for _, w := range words {
		if w == low {
			*s = w
			return ""
		}
	}
	return *s
}

// principal says whose scans the budget counts for one query's user; "" if the
// query is not the budget's.
func (b *Budget) principal(group *Setting, user string, tags []string) string {
	switch {
	case b.Workgroup != "":
		if b.Workgroup == group.Name {
			return "workgroup " + b.Workgroup
		}
	case b.User != "":
		if b.User == user {
			return "user " + b.User
		}
	case b.EachUser:
		return "user " + user
	default:
		if b.tagged(group, tags) {
			return "tag " + b.Tag
		}
	}
	return ""
}

func (b *Budget) tagged(group *Setting, tags []string) bool {
	for _, t := range tags {
		if t == b.Tag {
			return true
		}
	}
	k, v, ok := strings.Cut(b.Tag, "=")
	have, tagged := group.Tags[k]
	return ok && tagged && have == v
}
