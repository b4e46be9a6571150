package explain

import (
	_ "embed"
	"fmt"
	"html/template"
	"math"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/plan"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

// Page is what HTML says besides the steps.
type Page struct {
	SQL       string
	Facts     []plan.Detail // of the whole query
	Fragments []Fragment    // nil: steps do not tell theirs
}

// HTML gives the steps as one page that needs nothing else: a tree, and beside each
// step its share of the time and of the bytes.
func HTML(s *Step, p Page) ([]string, error) {
	v := viewer{p: p}
	v.total(s)
	doc := struct {
		SQL   string
		Facts []plan.Detail
		Ran   bool
		Top   *stepView
	}{p.SQL, p.Facts, v.ran, v.view(s)}
	var b strings.Builder
	if err := page.Execute(&b, doc); err != nil {
		return nil, fault.Wrap(err, fault.CodeInternal, "EXPLAIN cannot write HTML")
	}
	return strings.Split(strings.TrimRight(b.String(), "\n"), "\n"), nil
}

// viewer makes what the page shows of steps.
type viewer struct {
	p     Page
	ran   bool
	time  time.Duration // of all steps
	most  time.Duration // of one step
	bytes int64
}

type stepView struct {
	Title, Rows, Fragment string
	Hot, Open             bool // it took the most time
	Bars                  []barView
	Details               []plan.Detail
	Inputs                []*stepView
}

type barView struct {
	Class, Text string
	Share       float64 // percent
}

func (v *viewer) total(s *Step) {
	if m := s.Ran; m != nil {
		v.ran = true
		v.time += m.Time
		v.most = max(v.most, m.Time)
		v.bytes += m.Bytes + m.Metadata
	}
	for _, in := range s.Inputs {
		v.total(in)
	}
}

func (v *viewer) view(s *Step) *stepView {
	out := &stepView{Title: s.Title, Rows: s.rowsText(), Details: s.Details}
	if v.p.Fragments != nil {
		out.Fragment = fmt.Sprintf("fragment %d, %s", s.Fragment, v.p.Fragments[s.Fragment].describe())
	}
	if m := s.Ran; m != nil {
		out.Hot = m.Time > 0 && m.Time == v.most
		out.Open = out.Hot
		out.Bars = append(out.Bars, barView{"time", fmt.Sprintf("%s (%s)", shortTime(m.Time), percent(float64(m.Time), float64(v.time))), share(float64(m.Time), float64(v.time))})
		if n := m.Bytes + m.Metadata; n > 0 {
			out.Bars = append(out.Bars, barView{"bytes", fmt.Sprintf("%s (%s)", shortBytes(n), percent(float64(n), float64(v.bytes))), share(float64(n), float64(v.bytes))})
		}
		out.Details = s.details()
	}
	for _, in := range s.Inputs {
		out.Inputs = append(out.Inputs, v.view(in))
	}
	return out
}

// rowsText tells what came out, and what was expected.
func (s *Step) rowsText() string {
	expects := ""
	if s.Rows >= 0 {
		expects = count(s.Rows) + " rows expected"
	}
	if s.Ran == nil {
		return expects
	}
	out := fmt.Sprintf("%d rows", s.Ran.Rows)
	if expects != "" {
		out += ", " + expects
	}
	return out
}

func share(part, all float64) float64 {
	if all <= 0 {
		return 0
	}
	return math.Round(1000*part/all) / 10
}

func percent(part, all float64) string { return fmt.Sprintf("%.0f %%", share(part, all)) }

func shortTime(d time.Duration) string {
	if d >= time.Second {
		return fmt.Sprintf("%.2f s", d.Seconds())
	}
	return fmt.Sprintf("%.2f ms", float64(d)/1e6)
}

func shortBytes(n int64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	x, i := float64(n), 0
	for ; x >= 1024 && i < len(units)-1; i++ {
		x /= 1024
	}
	if i == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", x, units[i])
}
