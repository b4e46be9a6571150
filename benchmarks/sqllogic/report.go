package main

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	results "github.com/glauxdb/glaux/benchmarks/report"
	"github.com/glauxdb/glaux/server"
)

// report is what is kept of a run.
type report struct {
	Date     string    `json:"date"`
	Machine  string    `json:"machine"`
	Version  string    `json:"version"`
	Records  int       `json:"queries"`
	Passed   int       `json:"passed"`
	Seconds  float64   `json:"seconds"`
	Folders  []*folder `json:"folders"`
	Reasons  []*reason `json:"reasons"`
	Slowest  float64   `json:"slowest_ms"`
	SlowName string    `json:"slowest"`

	show  int
	begin time.Time
}

// folder counts the queries of a folder. NotOurs are for other engines.
type folder struct {
	Name       string  `json:"name"`
	Queries    int     `json:"queries"`
	Passed     int     `json:"passed"`
	NotOurs    int     `json:"not_for_postgresql"`
	Statements int     `json:"statements"`
	Failed     int     `json:"statements_failed"`
	Seconds    float64 `json:"seconds"`
}

// reason is one way of not answering as expected, with some who did.
type reason struct {
	Reason    string   `json:"reason"`
	Statement bool     `json:"statement,omitempty"` // of statements, not of queries
	Count     int      `json:"count"`
	Examples  []string `json:"examples"`
}

func newReport(c *cli) *report {
	return &report{Date: time.Now().UTC().Format(time.DateOnly), Machine: results.Machine(),
		Version: "Glaux " + server.Version + " (" + runtime.Version() + ")", show: c.Show, begin: time.Now()}
}

func (r *report) folder(name string) *folder {
	for _, f := range r.Folders {
		if f.Name == name {
			return f
		}
	}
	r.Folders = append(r.Folders, &folder{Name: name})
	return r.Folders[len(r.Folders)-1]
}

// add counts one record.
func (r *report) add(s script, rec *record, o outcome, took time.Duration) {
	f := r.folder(s.folder)
	f.Seconds += took.Seconds()
	ok := o.reason == ""
	switch {
	case rec.query:
		f.Queries++
		r.Records++
		if ok {
			f.Passed++
			r.Passed++
		}
	default:
		f.Statements++
		if !ok {
			f.Failed++
		}
	}
	if ms := float64(took) / 1e6; ms > r.Slowest {
		r.Slowest, r.SlowName = ms, fmt.Sprintf("%s:%d", s.name, rec.line)
	}
	if !ok {
		r.fail(o, rec, fmt.Sprintf("%s:%d: %s\n%s", s.name, rec.line, o.detail, rec.sql))
	}
}

func (r *report) fail(o outcome, rec *record, example string) {
	i := slices.IndexFunc(r.Reasons, func(x *reason) bool { return x.Reason == o.reason && x.Statement == !rec.query })
	if i < 0 {
		i = len(r.Reasons)
		r.Reasons = append(r.Reasons, &reason{Reason: o.reason, Statement: !rec.query})
	}
	x := r.Reasons[i]
	if x.Count++; len(x.Examples) < r.show {
		x.Examples = append(x.Examples, example)
	}
}

// finish prints the counts and writes the files.
func (r *report) finish(out string) error {
	r.Seconds = time.Since(r.begin).Seconds()
	slices.SortFunc(r.Folders, func(a, b *folder) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortStableFunc(r.Reasons, func(a, b *reason) int { return cmp.Compare(b.Count, a.Count) })
	text := r.text()
	fmt.Print(text)
	if out == "" {
		return nil
	}
	return results.Write(out, r, text)
}

func (r *report) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s, %s. SQLite's sqllogictest scripts: %d of %d queries answer as expected (%.3f %%), in %.0f s; the slowest took %.0f ms (%s).\n\n",
		r.Date, r.Machine, r.Version, r.Passed, r.Records, 100*float64(r.Passed)/float64(max(1, r.Records)), r.Seconds, r.Slowest, r.SlowName)
	b.WriteString("| scripts | queries | as expected | for other engines | statements | of them not as expected | seconds |\n| --- | --- | --- | --- | --- | --- | --- |\n")
	for _, f := range r.Folders {
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d | %.1f |\n", f.Name, f.Queries, f.Passed, f.NotOurs, f.Statements, f.Failed, f.Seconds)
	}
	if len(r.Reasons) > 0 {
		b.WriteString("\nThe others, by reason:\n")
	}
	for _, x := range r.Reasons {
		what := "queries"
		if x.Statement {
			what = "statements"
		}
		fmt.Fprintf(&b, "\n- %d %s: %s\n", x.Count, what, x.Reason)
		for _, e := range x.Examples {
			b.WriteString("\n      " + strings.ReplaceAll(e, "\n", "\n      ") + "\n")
		}
	}
	return b.String()
}
