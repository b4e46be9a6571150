package main

import (
	"fmt"
	"runtime"
	"strings"
	"time"

	results "github.com/glauxdb/glaux/benchmarks/report"
)

// report is what is kept of a run. The totals are the sums of the queries'
// medians.
type report struct {
	Date    string   `json:"date"`
	Machine string   `json:"machine"`
	Threads int      `json:"threads"`
	Runs    int      `json:"runs"`
	Lake    string   `json:"lake"`
	Go      string   `json:"go"`
	Queries []result `json:"queries"`
	Ratio   float64  `json:"geometric_mean_ratio"`
	Noise   float64  `json:"geometric_mean_noise"`
	Total   float64  `json:"total_ratio"`
	TotalN  float64  `json:"total_noise"`
	Reserve float64  `json:"reserve_ns"` // one reservation
}

// result is one query: medians in milliseconds.
type result struct {
	Name      string  `json:"name"`
	Metered   float64 `json:"metered_ms"`
	Unmetered float64 `json:"unmetered_ms"`
	Control   float64 `json:"control_ms"`
	Ratio     float64 `json:"ratio"` // metered over unmetered
	Noise     float64 `json:"noise"` // control over metered: the same program twice
	Reads     int64   `json:"reads"` // each of them reserved once
}

const header = "query     metered ms  without ms  ratio  the same build again  reads"

func (r result) line() string {
	return fmt.Sprintf("%-8s %11.1f %11.1f  %.3f  %20.3f  %5d", r.Name, r.Metered, r.Unmetered, r.Ratio, r.Noise, r.Reads)
}

func newReport(c *cli) *report {
	r := &report{Date: time.Now().UTC().Format(time.DateOnly), Machine: results.Machine(), Threads: c.Threads, Runs: c.Runs, Lake: c.Label, Go: runtime.Version()}
	fmt.Printf("%s, %d threads, %s, %s\n%s\n", r.Machine, r.Threads, r.Lake, r.Go, header)
	return r
}

// finish prints the summary and writes the files.
func (r *report) finish(out string) error {
	var ratios, noises []float64
	var with, without, again, reads float64
	for _, q := range r.Queries {
		ratios, noises = append(ratios, q.Ratio), append(noises, q.Noise)
		with, without, again, reads = with+q.Metered, without+q.Unmetered, again+q.Control, reads+float64(q.Reads)
	}
	r.Ratio, r.Noise, r.Total, r.TotalN = mean(ratios), mean(noises), with/without, again/with
	summary := fmt.Sprintf("All queries: %.3f times the time without the meter (geometric mean %.3f). The same build against itself: %.3f (%.3f).",
		r.Total, r.Ratio, r.TotalN, r.Noise)
	summary += fmt.Sprintf("\n%.0f reads were reserved, at %.0f ns each: %.4f %% of the time.", reads, r.Reserve, 100*reads*r.Reserve/(with*1e6))
	fmt.Println(summary)
	if out == "" {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s, %d threads, %s, %s, medians of %d runs. With the meter, a limit and three budgets; without: the build tag `nometer`.\n\n```\n%s\n",
		r.Date, r.Machine, r.Threads, r.Lake, r.Go, r.Runs, header)
	for _, q := range r.Queries {
		b.WriteString(q.line() + "\n")
	}
	fmt.Fprintf(&b, "```\n\n%s\n", summary)
	return results.Write(out, r, b.String())
}
