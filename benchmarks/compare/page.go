package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"math"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/glauxdb/glaux/catalog/size"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"bytes": size.Text,
	"ms":    func(v float64) string { return fmt.Sprintf("%.1f", v) },
	"ratio": func(v float64) string { return fmt.Sprintf("%.2f", v) },
	"chart": chartOf,
	"join":  strings.Join,
}).Parse(pageText))

// writePage writes index.html of a folder: every comparison that it holds, the
// newest of each name, as plots and tables. It loads nothing from elsewhere.
func writePage(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return err
	}
	newest := map[string]*report{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		r := new(report)
		// Results of other commands are in the folder, too: they have no comparison.
		if err := json.Unmarshal(text, r); err != nil || r.Comparison == "" {
			continue
		}
		key := r.Comparison + r.Memory
		if old := newest[key]; old == nil || old.Date <= r.Date {
			newest[key] = r
		}
	}
	reports := make([]*report, 0, len(newest))
	for _, r := range newest {
		reports = append(reports, r)
	}
	sort.Slice(reports, func(i, j int) bool {
		return reports[i].Comparison+reports[i].Memory < reports[j].Comparison+reports[j].Memory
	})
	var b strings.Builder
	if err := pageTemplate.Execute(&b, reports); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "index.html"), []byte(b.String()), 0o644)
}

// A chart's units are pixels; ratios beyond 8 times are cut there.
const (
	chartWidth, chartHeight = 960.0, 120.0
	chartMax                = 3.0 // of the logarithm to the base two
)

// chart is one peer's ratios as bars from the line of 1: down where Glaux is faster.
type chart struct {
	Engine        string
	Width, Height float64
	Middle        float64
	Lines         []chartLine
	Bars          []bar
}

type chartLine struct {
	Y    float64
	Text string
}

type bar struct {
	X, Y, W, H float64
	Faster     bool
	Title      string
}

// chartOf draws the ratios to the i-th peer.
func chartOf(r *report, i int) chart {
	scale := chartHeight / 2 / chartMax
	c := chart{Engine: r.Versions[i+1], Width: chartWidth, Height: chartHeight, Middle: chartHeight / 2}
	for _, l := range []struct {
		power float64
		text  string
	}{{2, "4× slower"}, {1, "2×"}, {0, "1"}, {-1, "½"}, {-2, "4× faster"}} {
		c.Lines = append(c.Lines, chartLine{c.Middle - l.power*scale, l.text})
	}
	step := (chartWidth - 70) / float64(len(r.Queries))
	for n, q := range r.Queries {
		s := q.Sides[i+1]
		if s.Ratio == 0 {
			continue
		}
		h := math.Max(-chartMax, math.Min(chartMax, math.Log2(s.Ratio))) * scale
		c.Bars = append(c.Bars, bar{X: 70 + float64(n)*step, Y: c.Middle - math.Max(h, 0), W: step * 0.8, H: math.Max(math.Abs(h), 0.5), Faster: h < 0,
			Title: fmt.Sprintf("%s: %.1f ms against %.1f ms, ratio %.2f", q.Name, q.Sides[0].Median, s.Median, s.Ratio)})
	}
	return c
}
