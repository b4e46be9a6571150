package main

import (
	"fmt"
	"strings"

	"github.com/glauxdb/glaux/benchmarks/report"
)

// report writes what was measured, if that is wanted.
func (c *cli) report(r *results) error {
	if c.Out == "" {
		return nil
	}
	var b strings.Builder
	b.WriteString("# The wire protocol beside PostgreSQL 15\n\n")
	fmt.Fprintf(&b, "%s, servers and clients on it, over TCP. Processor time is the server's only, of all cores; the clients take theirs from the same cores. PostgreSQL has 2 GB of buffers, with the table in them; Glaux reads Parquet.\n", report.Machine())
	b.WriteString("`go run ./benchmarks/wire`\n")
	fmt.Fprintf(&b, "\nLoad averages of the machine before %s, after %s: above the number of cores, something else ran too; compare processor times then.\n",
		r.Load[0], r.Load[1])
	r.writeThroughput(&b)
	r.writeLoop(&b)
	r.writeOthers(&b)
	return report.Write(c.Out, r, b.String())
}

func (r *results) writeThroughput(b *strings.Builder) {
	if len(r.Throughput) == 0 {
		return
	}
	fmt.Fprintf(b, "\n## SELECT of %d rows\n\n", r.Rows)
	b.WriteString("bigint, double, varchar, date, decimal(15,2), to a client that reads and drops; medians of runs in turns. Both send the same bytes.\n\n")
	b.WriteString("| format | MB | Glaux s | PostgreSQL s | times as fast | processor s: Glaux, PostgreSQL | Glaux: first row ms | memory before, peak MB |\n|---|---|---|---|---|---|---|---|\n")
	for _, t := range r.Throughput {
		fmt.Fprintf(b, "| %s | %s | %.2f | %.2f | **%.2f** | %.2f, %.2f | %.1f | %s, %s |\n", t.Format, megabytes(t.Bytes), t.GlauxS, t.PostgresS, t.Ratio,
			median(t.GlauxCPU), median(t.PostgresCPU), t.FirstMS, megabytes(t.PeakBefore), megabytes(t.PeakMem))
	}
}

func (r *results) writeLoop(b *strings.Builder) {
	if len(r.Loop) == 0 {
		return
	}
	fmt.Fprintf(b, "\n## %d clients that run SELECT 1 for %.0f s\n\nNo query failed.\n\n", r.Loop[0].Clients, r.Loop[0].Seconds)
	b.WriteString("| | queries/s | p50 ms | p99 ms | p99.9 ms | max ms |\n|---|---|---|---|---|---|\n")
	for _, l := range r.Loop {
		l.latency.row(b, fmt.Sprintf("%s (%.0f µs of its processor time each)", l.Name, l.CPU))
	}
}

func (l latency) row(b *strings.Builder, name string) {
	fmt.Fprintf(b, "| %s | %.0f | %.2f | %.2f | %.2f | %.2f |\n", name, l.PerSecond, l.P50, l.P99, l.P999, l.Max)
}

func (r *results) writeOthers(b *strings.Builder) {
	if len(r.Idle) > 0 {
		b.WriteString("\n## Idle connections\n\nBytes of each, after one query.\n\n| | connections | objects | stacks | of the process |\n|---|---|---|---|---|\n")
		for _, i := range r.Idle {
			fmt.Fprintf(b, "| %s | %d | %s | %s | %d |\n", i.Name, i.Connections, orDash(i.Heap), orDash(i.Stacks), i.Own)
		}
	}
	const head = "| | queries/s | p50 ms | p99 ms | p99.9 ms | max ms |\n|---|---|---|---|---|---|\n"
	if s := r.Strangers; s != nil {
		fmt.Fprintf(b, "\n## Queries of %d clients among %d connections that never log in\n\n", strangerClients, s.Strangers)
		b.WriteString(head)
		s.Alone.row(b, "alone")
		s.Among.row(b, "among them")
	}
	if s := r.Stall; s != nil {
		fmt.Fprintf(b, "\n## A client that stops reading for %.0f s amid %d rows\n\n", s.Seconds, r.Rows)
		fmt.Fprintf(b, "Memory of Glaux: %s MB before the query, %s MB when the client stopped, %s MB at most until it went on; it then got all its rows. %d clients that run SELECT 1:\n\n",
			megabytes(s.MemBefore), megabytes(s.MemStart), megabytes(s.MemPeak), strangerClients)
		b.WriteString(head)
		s.Alone.row(b, "before")
		s.Among.row(b, "meanwhile")
	}
}

func orDash(n int64) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprint(n)
}
