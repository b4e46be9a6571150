package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/glauxdb/glaux/benchmarks/peer"
	results "github.com/glauxdb/glaux/benchmarks/report"
	"github.com/glauxdb/glaux/server"
)

// report counts how the queries of one run ended.
type report struct {
	Date         string    `json:"date"`
	Machine      string    `json:"machine"`
	Glaux        string    `json:"glaux"`
	Oracle       string    `json:"oracle"`
	Seed         uint64    `json:"seed"`
	From         int       `json:"from"`
	Queries      int       `json:"queries"`
	Same         int       `json:"same"`
	Rows         int       `json:"rows"`
	Failed       int       `json:"errors_in_both"`
	Refused      int       `json:"errors_of_the_other_alone"`
	Stopped      int       `json:"stopped"` // after the limit, compared with nobody
	Differ       int       `json:"differ"`
	Seconds      float64   `json:"seconds"`
	GlauxSeconds float64   `json:"glaux_seconds"` // of all ways together
	OtherSeconds float64   `json:"other_seconds"`
	Slow         []slow    `json:"slow,omitempty"`
	Refusals     []refusal `json:"errors_of_the_other,omitempty"`

	begin time.Time
}

// slow is a query that took Glaux five times as long as DuckDB, and more than 20 ms.
type slow struct {
	Number int     `json:"number"`
	Glaux  float64 `json:"glaux_ms"`
	Other  float64 `json:"other_ms"`
	SQL    string  `json:"sql"`
}

// refusal is an error that only the other engine has.
type refusal struct {
	Error string `json:"error"`
	Count int    `json:"count"`
	SQL   string `json:"sql"`
}

func newReport(c *cli, e *engines) *report {
	return &report{Date: time.Now().UTC().Format(time.DateOnly), Machine: results.Machine(), Glaux: "Glaux " + server.Version + " (" + runtime.Version() + ")",
		Oracle: e.oracle.version(), Seed: c.Seed, From: c.From, begin: time.Now()}
}

// add counts one query.
func (r *report) add(i int, ours, others, what string, one, other peer.Answer) {
	r.Queries++
	switch {
	case what != "":
		r.Differ++
	case one.Error != "":
		r.Failed++
	case other.Error != "":
		r.Refused++
		r.refuse(other.Error, others)
	default:
		r.Same++
		r.Rows += len(one.Rows)
	}
	if one.MS > 20 && other.MS > 0 && one.MS > 5*other.MS {
		r.Slow = append(r.Slow, slow{i, one.MS, other.MS, ours})
	}
}

// stopped counts a query that took longer than it may.
func (r *report) stopped(begin time.Time) {
	r.Queries++
	r.Stopped++
	r.GlauxSeconds += time.Since(begin).Seconds()
}

func (r *report) refuse(text, sql string) {
	text, _, _ = strings.Cut(text, "\n")
	text = text[:min(len(text), 60)]
	k := slices.IndexFunc(r.Refusals, func(x refusal) bool { return x.Error == text })
	if k < 0 {
		k = len(r.Refusals)
		r.Refusals = append(r.Refusals, refusal{Error: text, SQL: sql})
	}
	r.Refusals[k].Count++
}

// maxSlow is how many slow queries a report keeps.
const maxSlow = 10

// finish prints the counts and adds the run to those in out.
func (r *report) finish(out string) error {
	r.Seconds = time.Since(r.begin).Seconds()
	slices.SortFunc(r.Slow, func(a, b slow) int { return cmp.Compare(b.Glaux/b.Other, a.Glaux/a.Other) })
	all := len(r.Slow)
	r.Slow = r.Slow[:min(maxSlow, all)]
	slices.SortFunc(r.Refusals, func(a, b refusal) int { return cmp.Compare(b.Count, a.Count) })
	r.Refusals = r.Refusals[:min(maxSlow, len(r.Refusals))]
	fmt.Println(r.line())
	for _, x := range r.Refusals {
		fmt.Printf("%5d only the other: %s\n      %s\n", x.Count, x.Error, x.SQL)
	}
	for _, s := range r.Slow {
		fmt.Printf("-- %d: %.0f ms, the other %.1f ms\n%s;\n", s.Number, s.Glaux, s.Other, s.SQL)
	}
	if out != "" {
		if err := r.write(out); err != nil {
			return err
		}
	}
	if r.Differ > 0 {
		return fmt.Errorf("%d queries differ", r.Differ)
	}
	return nil
}

func (r *report) line() string {
	return fmt.Sprintf("%s, %s: seed %d, from %d: %d queries, %d with the same rows (%d rows in all), %d with an error in both, %d with one in the other alone, %d stopped, %d differ, %.0f s",
		r.Date, r.Oracle, r.Seed, r.From, r.Queries, r.Same, r.Rows, r.Failed, r.Refused, r.Stopped, r.Differ, r.Seconds)
}

// write adds the run to the ones that were written before.
func (r *report) write(out string) error {
	var runs []*report
	if data, err := os.ReadFile(out + ".json"); err == nil {
		if err := json.Unmarshal(data, &runs); err != nil {
			return err
		}
	}
	runs = append(runs, r)
	var b strings.Builder
	fmt.Fprintf(&b, "Random queries, %s, %s. Each runs with one worker, with four, and with small batches and without one of the optimizer's rules; after %s it is stopped.\n\n", r.Machine, r.Glaux, limit)
	b.WriteString("| date | compared with | seed | from | queries | same rows | rows | error in both | error in the other alone | stopped | differ | seconds |\n")
	b.WriteString("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for _, x := range runs {
		fmt.Fprintf(&b, "| %s | %s | %d | %d | %d | %d | %d | %d | %d | %d | %d | %.0f |\n", x.Date, x.Oracle, x.Seed, x.From, x.Queries, x.Same, x.Rows, x.Failed, x.Refused, x.Stopped, x.Differ, x.Seconds)
	}
	return results.Write(out, runs, b.String())
}
