package main

import (
	"fmt"
	"slices"
	"strings"
)

// text writes the result for people.
func (r *result) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Estimates against what is read

%s, web logs of %d rows; %s. Each query is estimated by EXPLAIN (ESTIMATE), which reads no data, and
then run. It never reads fewer bytes than the lower bound nor more than the upper one, and exactly those of an estimate
whose tier is exact: the run fails otherwise. `+"`go run ./benchmarks/estimate`"+` repeats it.

The requests tables are one folder of files, the days tables have a partition a day (30), the hours tables one an hour (720, of
which the planner opens a sample). CSV and JSON are compressed with gzip.

## By data

| data | queries | exact | upper_bound | heuristic | upper/actual: median | worst | expected/actual: median | within 2x |
|---|---|---|---|---|---|---|---|---|
`, r.Label, r.Rows, r.Machine)
	for _, data := range r.datas() {
		r.summary(&b, data, func(o *outcome) bool { return o.Data == data })
	}
	r.summary(&b, "all", func(*outcome) bool { return true })
	b.WriteString("\nRatios are of the queries that read anything. What they are depends on how many rows pass a filter: the bounds hold\nwhatever the data are.\n\n## Each query\n\n")
	b.WriteString("| data | query | lower | expected | upper | actual | tier | upper/actual |\n|---|---|---|---|---|---|---|---|\n")
	for i := range r.Queries {
		o := &r.Queries[i]
		ratio := "-"
		if o.Actual > 0 {
			ratio = fmt.Sprintf("%.2f", float64(o.Upper)/float64(o.Actual))
		}
		fmt.Fprintf(&b, "| %s | %s | %d | %d | %d | %d | %s | %s |\n", o.Data, o.Query, o.Lower, o.Expected, o.Upper, o.Actual, o.Tier, ratio)
	}
	return b.String()
}

// datas lists the sets of data in their order.
func (r *result) datas() []string {
	var out []string
	for i := range r.Queries {
		if d := r.Queries[i].Data; !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out
}

// summary writes the row of some queries.
func (r *result) summary(b *strings.Builder, name string, in func(*outcome) bool) {
	tiers := map[string]int{}
	var upper, expected []float64
	n, near := 0, 0
	for i := range r.Queries {
		o := &r.Queries[i]
		if !in(o) {
			continue
		}
		n++
		tiers[o.Tier]++
		if o.Actual == 0 {
			continue
		}
		e := float64(o.Expected) / float64(o.Actual)
		upper, expected = append(upper, float64(o.Upper)/float64(o.Actual)), append(expected, e)
		if e >= 0.5 && e <= 2 {
			near++
		}
	}
	slices.Sort(upper)
	slices.Sort(expected)
	fmt.Fprintf(b, "| %s | %d | %d | %d | %d | %.2f | %.2f | %.2f | %d of %d |\n", name, n, tiers["exact"], tiers["upper_bound"], tiers["heuristic"],
		median(upper), upper[len(upper)-1], median(expected), near, len(expected))
}

func median(sorted []float64) float64 { return sorted[len(sorted)/2] }
