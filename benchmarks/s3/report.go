package main

import (
	"fmt"
	"strings"
)

func (r *run) line() string {
	line := ""
	if r.Link > 0 {
		line = fmt.Sprintf(", line of %d MB/s", r.Link)
	}
	held := ""
	if r.Limit > 0 {
		held = fmt.Sprintf(", %.2f of %s (%.0f ms; wanted: %.1f)", r.Ratio, r.LimitIs, r.Limit, r.Wanted)
	}
	return fmt.Sprintf("%s%s: %.0f ms%s; %d requests, %.1f MB; processor %.0f ms, the simulator's %.0f ms", r.Name, line, r.Millis, held,
		r.Requests, float64(r.Bytes)/1e6, r.Processor, r.SimProcessor)
}

// text is the report for people.
func (res *results) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Reading from a simulated S3\n\n%s, Glaux %s, %s, load %s\nServer: %s.\n\n", res.Date, res.Version, res.Machine,
		strings.TrimSpace(res.Load), res.Server)
	b.WriteString("| query | line MB/s | median ms | held against | ms | ratio | wanted | requests | MB | connections | processor ms | simulator's | all runs, ms |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|\n")
	for i := range res.Runs {
		r := &res.Runs[i]
		fmt.Fprintf(&b, "| %s | %d | %.0f | %s | %.0f | %.2f | %.1f | %d | %.1f | %d | %.0f | %.0f | %.0f |\n", r.Name, r.Link, r.Millis, r.LimitIs, r.Limit, r.Ratio,
			r.Wanted, r.Requests, float64(r.Bytes)/1e6, r.Counts.Connections, r.Processor, r.SimProcessor, r.All)
	}
	b.WriteString("\nEach run is a new instance over a catalog that is there: no footer, listing or connection is left of the last one.\n")
	return b.String()
}
