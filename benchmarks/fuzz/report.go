package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/glauxdb/glaux/benchmarks/report"
)

// result is what came of one target.
type result struct {
	Target string
	Date   string
	Result string        // "passed", or what went wrong
	CPU    time.Duration // processor time, in nanoseconds
	Execs  int64         // inputs tried
	Inputs int64         // inputs that reached new code
	PeakMB int64         // resident memory of its largest process
}

type results struct {
	Machine, Go string
	Targets     []result
}

const line = "%-34s %-10s %8s %12s %8s %8s  %s\n"

var header = fmt.Sprintf(line, "target", "date", "cpu min", "inputs", "new", "peak MB", "result")

func (r result) line() string {
	return fmt.Sprintf(line, r.Target, r.Date, fmt.Sprintf("%.1f", r.CPU.Minutes()), fmt.Sprint(r.Execs), fmt.Sprint(r.Inputs), fmt.Sprint(r.PeakMB), r.Result)
}

func newReport() *results {
	r := &results{Machine: report.Machine(), Go: runtime.Version()}
	fmt.Printf("%s, %s\n%s", r.Machine, r.Go, header)
	return r
}

func (r *results) add(res result) {
	res.Date = time.Now().Format(time.DateOnly)
	r.Targets = append(r.Targets, res)
	fmt.Print(res.line())
}

// finish writes the results, and with them what the file has of targets that did
// not run.
func (r *results) finish(out string) error {
	failed := 0
	for _, t := range r.Targets {
		if t.Result != "passed" {
			failed++
		}
	}
	fmt.Printf("%d targets, %d failed\n", len(r.Targets), failed)
	if out != "" {
		if err := r.write(out); err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d targets failed", failed)
	}
	return nil
}

func (r *results) write(out string) error {
	var old results
	b, err := os.ReadFile(out + ".json")
	if err == nil {
		err = json.Unmarshal(b, &old)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, t := range old.Targets {
		if !slices.ContainsFunc(r.Targets, func(u result) bool { return u.Target == t.Target }) {
			r.Targets = append(r.Targets, t)
		}
	}
	slices.SortFunc(r.Targets, func(a, b result) int { return cmp.Compare(a.Target, b.Target) })
	var text strings.Builder
	fmt.Fprintf(&text, "# Fuzzing of the decoders\n\n`go run ./benchmarks/fuzz`: %s, %s\n\n```\n%s", r.Machine, r.Go, header)
	for _, t := range r.Targets {
		text.WriteString(t.line())
	}
	text.WriteString("```\n")
	return report.Write(out, r, text.String())
}
