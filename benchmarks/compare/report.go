package main

import (
	"fmt"
	"math"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/glauxdb/glaux/benchmarks/peer"
	results "github.com/glauxdb/glaux/benchmarks/report"
	"github.com/glauxdb/glaux/catalog/size"
)

// report is what is kept of a comparison.
type report struct {
	Comparison string   `json:"comparison"` // what was compared, as people say it
	Date       string   `json:"date"`
	Machine    string   `json:"machine"`
	Threads    int      `json:"threads"`
	Memory     string   `json:"memory_limit,omitempty"`
	Versions   []string `json:"versions"` // Glaux's first
	Queries    []result `json:"queries"`
	Summary    []versus `json:"summary"` // one for each peer

	LongestPlanName string  `json:"longest_planned_query"`
	LongestPlan     float64 `json:"longest_plan_ms"`
}

// versus is Glaux beside one peer over all queries that both answered.
type versus struct {
	Engine     string  `json:"engine"`
	Compared   int     `json:"compared"`
	Same       int     `json:"same_rows"`
	GeoMean    float64 `json:"geometric_mean_ratio"`
	Cold       float64 `json:"geometric_mean_ratio_cold,omitempty"`
	Worst      float64 `json:"worst_ratio"`
	WorstName  string  `json:"worst_query"`
	Memory     int64   `json:"glaux_peak_memory"` // the largest of any query
	PeerMemory int64   `json:"peak_memory"`
}

// result is one query: Glaux's side first. Plan is how many milliseconds of
// Glaux's are spent before anything runs, that is EXPLAIN's.
type result struct {
	Name  string  `json:"name"`
	Plan  float64 `json:"plan_ms"`
	Sides []side  `json:"engines"`
}

// side is one engine's part: milliseconds and bytes. Ratio is Glaux's median
// over this one's; Difference is where its rows are not Glaux's.
type side struct {
	Engine     string    `json:"engine"`
	Cold       float64   `json:"cold_ms,omitempty"`
	Median     float64   `json:"median_ms"`
	Runs       []float64 `json:"runs_ms"`
	Ratio      float64   `json:"ratio,omitempty"`
	BytesRead  int64     `json:"bytes_read"`
	PeakMemory int64     `json:"peak_memory"`
	Error      string    `json:"error,omitempty"`
	Difference string    `json:"difference,omitempty"`
}

// add keeps a run's time: the first is cold or not counted.
func (s *side) add(ms float64, run int, cold bool) {
	switch {
	case run > 0:
		s.Runs = append(s.Runs, ms)
	case cold:
		s.Cold = ms
	}
}

// cold is the time of the cold run, "-" without --cold.
func (s *side) cold() string {
	if s.Cold == 0 {
		return "-"
	}
	return strconv.FormatFloat(s.Cold, 'f', 1, 64)
}

// check compares the rows of each peer with Glaux's.
func (r *result) check(answers []peer.Answer) {
	for i := 1; i < len(answers); i++ {
		if answers[0].Error == "" && answers[i].Error == "" {
			r.Sides[i].Difference = peer.Difference(answers[0].Rows, answers[i].Rows)
		}
	}
}

func (r *result) finish() {
	for i := range r.Sides {
		s := &r.Sides[i]
		if s.Median = median(s.Runs); i > 0 && s.Median > 0 && r.Sides[0].Error == "" {
			s.Ratio = r.Sides[0].Median / s.Median
		}
	}
}

func (c *cli) newReport(e *engines) *report {
	r := &report{Comparison: c.Label, Date: time.Now().UTC().Format(time.DateOnly), Machine: results.Machine(), Threads: c.Threads, Memory: c.Memory}
	for i, p := range e.peers {
		v := p.Version
		if i == 0 {
			v += " (" + runtime.Version() + ")"
		} else {
			r.Summary = append(r.Summary, versus{Engine: p.Name})
		}
		r.Versions = append(r.Versions, v)
	}
	return r
}

// head is what is printed above the queries.
func (r *report) head() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s, %d threads, %s\n", r.Comparison, r.Machine, r.Threads, strings.Join(r.Versions, ", "))
	b.WriteString("query     plan ms   glaux cold       ms    memory      read")
	for _, v := range r.Summary {
		fmt.Fprintf(&b, " | %10s cold       ms  ratio    memory      read", v.Engine)
	}
	b.WriteString("\n")
	return b.String()
}

func (r result) line() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-8s %8.1f ", r.Name, r.Plan)
	for i, s := range r.Sides {
		switch {
		case i == 0 && s.Error != "":
			return fmt.Sprintf("%-8s glaux: error: %s", r.Name, s.Error)
		case i == 0:
			fmt.Fprintf(&b, "%12s %8.1f %9s %9s", s.cold(), s.Median, size.Text(s.PeakMemory), size.Text(s.BytesRead))
		case s.Error != "":
			fmt.Fprintf(&b, " | %s: error: %.60s", s.Engine, strings.ReplaceAll(s.Error, "\n", " "))
		default:
			fmt.Fprintf(&b, " | %15s %8.1f  %5.2f %9s %9s", s.cold(), s.Median, s.Ratio, size.Text(s.PeakMemory), size.Text(s.BytesRead))
			if s.Difference != "" {
				b.WriteString(" DIFFER: " + s.Difference)
			}
		}
	}
	return b.String()
}

// summarize fills Summary from the queries.
func (r *report) summarize() {
	for i := range r.Summary {
		v := &r.Summary[i]
		warm, cold := mean{}, mean{}
		for _, q := range r.Queries {
			ours, theirs := q.Sides[0], q.Sides[i+1]
			v.Memory, v.PeerMemory = max(v.Memory, ours.PeakMemory), max(v.PeerMemory, theirs.PeakMemory)
			if theirs.Ratio == 0 {
				continue
			}
			v.Compared++
			if theirs.Difference == "" {
				v.Same++
			}
			if warm.add(theirs.Ratio); theirs.Ratio > v.Worst {
				v.Worst, v.WorstName = theirs.Ratio, q.Name
			}
			if theirs.Cold > 0 {
				cold.add(ours.Cold / theirs.Cold)
			}
		}
		v.GeoMean, v.Cold = warm.geometric(), cold.geometric()
	}
	for _, q := range r.Queries {
		if q.Plan > r.LongestPlan {
			r.LongestPlan, r.LongestPlanName = q.Plan, q.Name
		}
	}
}

// mean adds up logarithms.
type mean struct {
	logs float64
	n    int
}

func (m *mean) add(v float64) { m.logs += math.Log(v); m.n++ }

func (m *mean) geometric() float64 {
	if m.n == 0 {
		return 0
	}
	return math.Exp(m.logs / float64(m.n))
}

// foot is what is printed below the queries.
func (r *report) foot() string {
	var b strings.Builder
	for _, v := range r.Summary {
		fmt.Fprintf(&b, "against %s: geometric mean of the ratios %.2f", v.Engine, v.GeoMean)
		if v.Cold > 0 {
			fmt.Fprintf(&b, " (cold %.2f)", v.Cold)
		}
		fmt.Fprintf(&b, ", worst %.2f (%s), %d of %d queries with the same rows, peak memory %s against %s\n", v.Worst, v.WorstName, v.Same, len(r.Queries),
			size.Text(v.Memory), size.Text(v.PeerMemory))
	}
	fmt.Fprintf(&b, "planned in at most %.1f ms (%s)\n", r.LongestPlan, r.LongestPlanName)
	return b.String()
}

// failed tells of queries that Glaux or the first peer did not answer, or not alike.
func (r *report) failed() error {
	bad := 0
	for _, q := range r.Queries {
		if q.Sides[0].Error != "" || len(q.Sides) > 1 && (q.Sides[1].Error != "" || q.Sides[1].Difference != "") {
			bad++
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d queries failed or gave other rows", bad)
	}
	return nil
}

func (r *report) write(out string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s. Milliseconds; a ratio below 1: Glaux is faster.\n\n```\n%s", r.Date, r.head())
	for _, q := range r.Queries {
		b.WriteString(q.line() + "\n")
	}
	fmt.Fprintf(&b, "```\n\n%s", r.foot())
	if err := results.Write(out, r, b.String()); err != nil {
		return err
	}
	return writePage(filepath.Dir(out))
}
