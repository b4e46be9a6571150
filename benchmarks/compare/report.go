package main

import (
	"fmt"
	"math"
	"runtime"
	"strings"

	"github.com/glauxdb/glaux/benchmarks/peer"
	results "github.com/glauxdb/glaux/benchmarks/report"
	"github.com/glauxdb/glaux/server/workgroup"
)

// report is what is kept of a comparison.
type report struct {
	Date      string   `json:"date"`
	Machine   string   `json:"machine"`
	Threads   int      `json:"threads"`
	Lake      string   `json:"lake"`
	Versions  []string `json:"versions"`
	Queries   []result `json:"queries"`
	GeoMean   float64  `json:"geometric_mean_ratio"`
	WorstName string   `json:"worst_query"`
	Worst     float64  `json:"worst_ratio"`

	LongestPlanName string  `json:"longest_planned_query"`
	LongestPlan     float64 `json:"longest_plan_ms"`
}

// result is one query. Ratio is Glaux's median time over DuckDB's; Plan is how
// many milliseconds of Glaux's are spent before anything runs, that is EXPLAIN's.
type result struct {
	Name       string  `json:"name"`
	Plan       float64 `json:"plan_ms"`
	Glaux      side    `json:"glaux"`
	DuckDB     side    `json:"duckdb"`
	Ratio      float64 `json:"ratio"`
	Difference string  `json:"difference,omitempty"`
}

// side is one engine's part: milliseconds and bytes.
type side struct {
	Median     float64   `json:"median_ms"`
	Runs       []float64 `json:"runs_ms"`
	BytesRead  int64     `json:"bytes_read"`
	PeakMemory int64     `json:"peak_memory"`
	Error      string    `json:"error,omitempty"`
}

func newReport(c *cli, ours, duck *peer.Peer) *report {
	r := &report{Date: today(), Machine: results.Machine(), Threads: c.Threads, Lake: c.Label,
		Versions: []string{ours.Version + " (" + runtime.Version() + ")", duck.Version}}
	fmt.Printf("%s, %d threads, %s\n%s\n", r.Machine, r.Threads, strings.Join(r.Versions, ", "), header)
	return r
}

const header = "query     plan ms   glaux ms  duckdb ms  ratio   glaux read  duckdb read   glaux mem  duckdb mem  rows"

func (r result) line() string {
	if r.Glaux.Error != "" || r.DuckDB.Error != "" {
		return fmt.Sprintf("%-8s  error: glaux %q duckdb %q", r.Name, r.Glaux.Error, r.DuckDB.Error)
	}
	same := "same"
	if r.Difference != "" {
		same = "DIFFER: " + r.Difference
	}
	return fmt.Sprintf("%-8s %8.1f  %9.1f  %9.1f  %5.2f  %11s  %11s  %10s  %10s  %s", r.Name, r.Plan, r.Glaux.Median, r.DuckDB.Median, r.Ratio,
		workgroup.Bytes(r.Glaux.BytesRead), workgroup.Bytes(r.DuckDB.BytesRead), workgroup.Bytes(r.Glaux.PeakMemory), workgroup.Bytes(r.DuckDB.PeakMemory), same)
}

// finish prints the summary and writes the files.
func (r *report) finish(out string) error {
	logs, n, bad := 0.0, 0, 0
	for _, q := range r.Queries {
		if q.Difference != "" || q.Glaux.Error != "" || q.DuckDB.Error != "" {
			bad++
		}
		if q.Ratio > 0 {
			logs += math.Log(q.Ratio)
			n++
		}
		if q.Plan > r.LongestPlan {
			r.LongestPlan, r.LongestPlanName = q.Plan, q.Name
		}
		if q.Ratio > r.Worst {
			r.Worst, r.WorstName = q.Ratio, q.Name
		}
	}
	if n > 0 {
		r.GeoMean = math.Exp(logs / float64(n))
	}
	summary := fmt.Sprintf("geometric mean of the ratios %.2f, worst %.2f (%s), %d of %d queries with the same rows, planned in at most %.1f ms (%s)", r.GeoMean, r.Worst,
		r.WorstName, len(r.Queries)-bad, len(r.Queries), r.LongestPlan, r.LongestPlanName)
	fmt.Println(summary)
	if out != "" {
		if err := r.write(out, summary); err != nil {
			return err
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d queries failed or gave other rows", bad)
	}
	return nil
}

func (r *report) write(out, summary string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s, %d threads, %s. Ratio below 1: Glaux is faster.\n\n```\n%s\n", r.Date, r.Machine, r.Threads, strings.Join(r.Versions, ", "), header)
	for _, q := range r.Queries {
		b.WriteString(q.line() + "\n")
	}
	fmt.Fprintf(&b, "```\n\n%s\n", summary)
	return results.Write(out, r, b.String())
}
