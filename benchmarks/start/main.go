// Command start measures how long the program takes from its start to its first
// answer: SELECT 1, and a count over a file of a local folder.
//
//	go build -o /tmp/glaux ./cmd/glaux
//	go run ./benchmarks/start --glaux /tmp/glaux --out benchmarks/results/2026-11-22-start
//
// The least of many runs says what the program needs, the median what the machine
// gives it.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/glauxdb/glaux/benchmarks/report"
)

type cli struct {
	Glaux string `required:"" help:"The program."`
	Lake  string `default:"testdata/lake" help:"Folder of the sample lake."`
	Runs  int    `default:"30" help:"Of each statement, after three that are not counted."`
	Out   string `placeholder:"FILE" help:"Write FILE.json and FILE.md, too."`
}

// timing is one statement's, in milliseconds: of the clock, and of processors.
type timing struct {
	SQL                string
	Least, Median, CPU float64
	Wanted             float64 // of Least; 0: nothing is
}

func (t timing) wanted() string {
	if t.Wanted == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f", t.Wanted)
}

func main() {
	var c cli
	kong.Parse(&c, kong.Description("From the start of the program to its first answer."))
	if err := c.run(); err != nil {
		fmt.Fprintln(os.Stderr, "start:", err)
		os.Exit(1)
	}
}

func (c *cli) run() error {
	dir, err := os.MkdirTemp("", "glaux-start-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	lake, err := filepath.Abs(c.Lake)
	if err != nil {
		return err
	}
	if out, err := exec.Command(c.Glaux, "crawl", "--data-dir", dir, lake, "--database", "demo").CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	all := []timing{{SQL: "SELECT 1", Wanted: 50}, {SQL: "SELECT count(*) FROM demo.lineitem WHERE l_quantity > 30"}}
	text := fmt.Sprintf("# From the start to the first answer\n\n%s, load averages %s. `go run ./benchmarks/start`, %d runs of `glaux query` each.\n\n"+
		"| statement | least ms | median ms | processor ms | wanted ms |\n|---|---|---|---|---|\n", report.Machine(), load(), c.Runs)
	for i := range all {
		if err := c.measure(dir, &all[i]); err != nil {
			return err
		}
		t := all[i]
		text += fmt.Sprintf("| `%s` | %.1f | %.1f | %.1f | %s |\n", t.SQL, t.Least, t.Median, t.CPU, t.wanted())
	}
	fmt.Print(text)
	if c.Out != "" {
		if err := report.Write(c.Out, all, text); err != nil {
			return err
		}
	}
	if all[0].Least > all[0].Wanted {
		return errors.New("the start takes too long")
	}
	return nil
}

// load gives the load averages of the last 1, 5 and 15 minutes: above the number of
// cores, the clock says more of the machine than of the program.
func load() string {
	text, _ := os.ReadFile("/proc/loadavg") // empty elsewhere
	f := strings.Fields(string(text))
	return strings.Join(f[:min(3, len(f))], " ")
}

func (c *cli) measure(dir string, t *timing) error {
	var wall, cpu []float64
	for i := range c.Runs + 3 {
		cmd := exec.Command(c.Glaux, "query", "--data-dir", dir, t.SQL)
		begin := time.Now()
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		if i >= 3 {
			wall = append(wall, float64(time.Since(begin))/1e6)
			cpu = append(cpu, float64(cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())/1e6)
		}
	}
	slices.Sort(wall)
	slices.Sort(cpu)
	t.Least, t.Median, t.CPU = wall[0], wall[len(wall)/2], cpu[len(cpu)/2]
	return nil
}
