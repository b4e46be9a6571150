package main

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/glauxdb/glaux/benchmarks/peer"
	results "github.com/glauxdb/glaux/benchmarks/report"
	"github.com/glauxdb/glaux/server/workgroup"
)

// report is what is kept of a run.
type report struct {
	Date    string   `json:"date"`
	Machine string   `json:"machine"`
	Threads int      `json:"threads"`
	Rows    int      `json:"rows"`
	Files   int      `json:"files"`
	Formats []result `json:"formats"`
}

// result is one format. Ratio is Glaux's median time over the other's.
type result struct {
	Name       string  `json:"name"`
	Bytes      int64   `json:"bytes"`
	Glaux      side    `json:"glaux"`
	Other      side    `json:"other"`
	Ratio      float64 `json:"ratio"`
	Target     float64 `json:"target"`
	Difference string  `json:"difference,omitempty"`
}

// side is one reader's part: milliseconds, and bytes of memory at the peak of
// any run.
type side struct {
	Version    string    `json:"version"`
	Median     float64   `json:"median_ms"`
	Runs       []float64 `json:"runs_ms"`
	CPU        float64   `json:"cpu_ms"` // of all threads, the mean of the timed runs
	PeakMemory int64     `json:"peak_memory"`
}

func (s *side) run(p *peer.Peer, sql string, timed bool) ([][]*string, error) {
	before := p.CPU()
	a, memory, _, err := p.Run(sql)
	if err != nil {
		return nil, err
	}
	if a.Error != "" {
		return nil, fmt.Errorf("%s: %s", p.Name, a.Error)
	}
	s.PeakMemory = max(s.PeakMemory, memory)
	if timed {
		s.Runs = append(s.Runs, a.MS)
		s.CPU += (p.CPU() - before - s.CPU) / float64(len(s.Runs))
	}
	return a.Rows, nil
}

func (r *result) finish() {
	r.Glaux.Median, r.Other.Median = median(r.Glaux.Runs), median(r.Other.Runs)
	if r.Other.Median > 0 {
		r.Ratio = r.Glaux.Median / r.Other.Median
	}
}

func median(runs []float64) float64 {
	if len(runs) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(runs))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

const header = "format              size   glaux ms   other ms  ratio  target  glaux cpu  other cpu   glaux mem   other mem  other              rows"

func newReport(c *cli) *report {
	r := &report{Date: time.Now().UTC().Format(time.DateOnly), Machine: results.Machine(), Threads: c.Threads, Rows: c.Rows, Files: c.Files}
	fmt.Println(r.title() + "\n" + header)
	return r
}

func (r *report) title() string {
	return fmt.Sprintf("%s, %s, %d threads, %s; %d rows of %d columns in %d files", r.Date, r.Machine, r.Threads, runtime.Version(), r.Rows, len(table), r.Files)
}

func (r *report) add(x result) {
	r.Formats = append(r.Formats, x)
	fmt.Println(x.line())
}

func (r result) line() string {
	same := "same"
	if r.Difference != "" {
		same = "DIFFER: " + r.Difference
	}
	return fmt.Sprintf("%-14s  %8s  %9.1f  %9.1f  %5.2f  %6.1f  %9.1f  %9.1f  %10s  %10s  %-17s  %s", r.Name, workgroup.Bytes(r.Bytes), r.Glaux.Median, r.Other.Median,
		r.Ratio, r.Target, r.Glaux.CPU, r.Other.CPU, workgroup.Bytes(r.Glaux.PeakMemory), workgroup.Bytes(r.Other.PeakMemory), r.Other.Version, same)
}

// finish prints the summary and writes the files. Other rows are an error; a ratio
// above its target is said.
func (r *report) finish(out string) error {
	var slow, bad []string
	for _, f := range r.Formats {
		if f.Difference != "" {
			bad = append(bad, f.Name)
		}
		if f.Ratio > f.Target {
			slow = append(slow, f.Name)
		}
	}
	summary := fmt.Sprintf("%d of %d formats within the target", len(r.Formats)-len(slow), len(r.Formats))
	if len(slow) > 0 {
		summary += "; not: " + strings.Join(slow, ", ")
	}
	fmt.Println(summary)
	if out != "" {
		if err := r.write(out, summary); err != nil {
			return err
		}
	}
	if len(bad) > 0 {
		return fmt.Errorf("other rows in %s", strings.Join(bad, ", "))
	}
	return nil
}

func (r *report) write(out, summary string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s. Each run reads every column (`%s`). Ratio below 1: Glaux is faster. cpu: milliseconds of all threads together, which other load on the machine changes less.\n\n```\n%s\n", r.title(), question("t"), header)
	for _, f := range r.Formats {
		b.WriteString(f.line() + "\n")
	}
	fmt.Fprintf(&b, "```\n\n%s\n", summary)
	return results.Write(out, r, b.String())
}
