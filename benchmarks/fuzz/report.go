package main

import (
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/glauxdb/glaux/benchmarks/report"
)

// result is what came of one target.
type result struct {
	Target string
	Result string        // "passed", or what went wrong
	CPU    time.Duration // processor time, in nanoseconds
	Execs  int64         // inputs tried
	Inputs int64         // inputs that reached new code
	PeakMB int64         // resident memory of its largest process
}

type results struct {
	Machine, Go, Date string
	Targets           []result

	failed int
	text   strings.Builder
}

const line = "%-34s %8s %12s %8s %8s  %s\n"

func newReport(c *cli) *results {
	r := &results{Machine: report.Machine(), Go: runtime.Version(), Date: time.Now().Format(time.DateOnly)}
	r.printf("%s, %s, %s; %s of processor time for each target\n", r.Date, r.Machine, r.Go, c.CPU)
	r.printf(line, "target", "cpu min", "inputs", "new", "peak MB", "result")
	return r
}

// printf prints now, and keeps the text for the file.
func (r *results) printf(format string, args ...any) {
	s := fmt.Sprintf(format, args...)
	fmt.Print(s)
	r.text.WriteString(s)
}

func (r *results) add(res result) {
	r.Targets = append(r.Targets, res)
	if res.Result != "passed" {
		r.failed++
	}
	r.printf(line, res.Target, fmt.Sprintf("%.1f", res.CPU.Minutes()), fmt.Sprint(res.Execs), fmt.Sprint(res.Inputs), fmt.Sprint(res.PeakMB), res.Result)
}

func (r *results) finish(out string) error {
	r.printf("%d targets, %d failed\n", len(r.Targets), r.failed)
	if out != "" {
		text := "# Fuzzing of the decoders\n\n`go run ./benchmarks/fuzz`\n\n```\n" + r.text.String() + "```\n"
		if err := report.Write(out, r, text); err != nil {
			return err
		}
	}
	if r.failed > 0 {
		return fmt.Errorf("%d targets failed", r.failed)
	}
	return nil
}
