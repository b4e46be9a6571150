package main

import (
	"fmt"
	"runtime"
	"strings"
	"time"

	results "github.com/glauxdb/glaux/benchmarks/report"
	"github.com/glauxdb/glaux/server"
	"github.com/glauxdb/glaux/server/workgroup"
)

// report is what is kept of a run.
type report struct {
	Date    string `json:"date"`
	Machine string `json:"machine"`
	Version string `json:"version"`
	Lake    string `json:"lake"`
	Results []line `json:"results"`
}

// line is one measurement and what the project set itself.
type line struct {
	Name  string `json:"name"`
	What  string `json:"what"`
	Limit string `json:"limit,omitempty"`
	result
}

const header = "what                                                       time      limit           peak memory  S3 requests  count"

func newReport(c *cli) *report {
	r := &report{Date: time.Now().UTC().Format(time.DateOnly), Machine: results.Machine(), Version: "Glaux " + server.Version + " (" + runtime.Version() + ")",
		Lake: fmt.Sprintf("%d objects in %d folders of %d tables; %d partitions; S3 server in another process on the same cores, %s before each answer",
			c.Tables*c.Folders*c.Files, c.Tables*c.Folders, c.Tables, c.Partitions, c.Latency)}
	fmt.Printf("%s, %s\n%s\n%s\n", r.Machine, r.Version, r.Lake, header)
	return r
}

func (r *report) add(m measurement, res *result) {
	r.Results = append(r.Results, line{m.name, m.what, m.limit, *res})
	fmt.Println(r.Results[len(r.Results)-1].text())
}

func (l line) text() string {
	took := fmt.Sprintf("%.2f s", l.Seconds)
	if l.Seconds < 0.1 {
		took = fmt.Sprintf("%.1f ms", l.Seconds*1000)
	}
	note := ""
	if l.Note != "" {
		note = "; " + l.Note
	}
	return fmt.Sprintf("%-57s  %-8s  %-14s  %11s  %11d  %d %s%s", l.What, took, l.Limit, workgroup.Bytes(l.Peak), l.Requests, l.Count, l.Unit, note)
}

// finish writes the files.
func (r *report) finish(out string) error {
	if out == "" {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s, %s. %s.\n\n```\n%s\n", r.Date, r.Machine, r.Version, r.Lake, header)
	for _, l := range r.Results {
		b.WriteString(l.text() + "\n")
	}
	b.WriteString("```\n")
	return results.Write(out, r, b.String())
}
