package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// pkg is a package with fuzz targets.
type pkg struct {
	ImportPath, Dir           string
	TestGoFiles, XTestGoFiles []string
	Targets                   []string
}

var declared = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`)

// find lists the packages that have targets which only matches.
func find(ctx context.Context, patterns []string, only string) ([]*pkg, error) {
	wanted, err := regexp.Compile(only)
	if err != nil {
		return nil, fmt.Errorf("--only: %w", err)
	}
	out, err := exec.CommandContext(ctx, "go", append([]string{"list", "-json=ImportPath,Dir,TestGoFiles,XTestGoFiles"}, patterns...)...).Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", explain(err))
	}
	var found []*pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		p := &pkg{}
		if err := d.Decode(p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		for _, name := range append(p.TestGoFiles, p.XTestGoFiles...) {
			src, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				return nil, err
			}
			for _, m := range declared.FindAllSubmatch(src, -1) {
				if wanted.MatchString(p.short() + "." + string(m[1])) {
					p.Targets = append(p.Targets, string(m[1]))
				}
			}
		}
		if p.Targets != nil {
			found = append(found, p)
		}
	}
	if found == nil {
		return nil, errors.New("no fuzz target is there")
	}
	return found, nil
}

// short is the package's path in the module.
func (p *pkg) short() string {
	_, path, _ := strings.Cut(p.ImportPath, "/glaux/")
	return path
}

// build compiles the package's tests with the counters that guide the fuzzer.
func (p *pkg) build(ctx context.Context, dir string) (string, error) {
	binary := filepath.Join(dir, "fuzz.test")
	cmd := exec.CommandContext(ctx, "go", "test", "-c", "-fuzz=.", "-o", binary, p.ImportPath)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the tests of %s: %w\n%s", p.ImportPath, err, out)
	}
	return binary, nil
}

// slice is how long a target runs before its processor time is looked at.
const slice = 30 * time.Second

var progress = regexp.MustCompile(`execs: (\d+) .*new interesting: (\d+)`)

// target runs one target in slices until it has used its processor time.
func (c *cli) target(ctx context.Context, p *pkg, binary, name string) (result, error) {
	res := result{Target: p.short() + "." + name, Result: "passed"}
	for res.CPU < c.CPU && res.Result == "passed" {
		if err := c.slice(ctx, p, binary, name, &res); err != nil {
			return res, err
		}
	}
	return res, nil
}

func (c *cli) slice(ctx context.Context, p *pkg, binary, name string, res *result) error {
	limited, cancel := context.WithTimeout(ctx, slice+time.Minute)
	defer cancel()
	cmd := exec.CommandContext(limited, binary,
		"-test.fuzz=^"+name+"$", "-test.run=^$", "-test.fuzztime="+slice.String(), "-test.fuzzminimizetime=5x",
		"-test.parallel="+strconv.Itoa(c.Workers), "-test.fuzzcachedir="+filepath.Join(c.Corpus, p.short()))
	cmd.Dir = p.Dir
	// Its workers are killed with it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	res.note(cmd.ProcessState, string(out))
	switch {
	case limited.Err() != nil:
		res.Result = "hangs"
	case err != nil:
		res.Result = "failed"
	case res.PeakMB > c.Memory:
		res.Result = "too much memory"
	}
	if res.Result != "passed" {
		fmt.Printf("%s\n", out)
	}
	return nil
}

// note adds what a slice used and tried. The usage of a process that ended has
// that of its children in it.
func (r *result) note(state *os.ProcessState, out string) {
	r.CPU += state.UserTime() + state.SystemTime()
	if u, ok := state.SysUsage().(*syscall.Rusage); ok {
		r.PeakMB = max(r.PeakMB, u.Maxrss/1024)
	}
	if all := progress.FindAllStringSubmatch(out, -1); all != nil {
		last := all[len(all)-1]
		execs, _ := strconv.ParseInt(last[1], 10, 64)
		found, _ := strconv.ParseInt(last[2], 10, 64)
		r.Execs, r.Inputs = r.Execs+execs, r.Inputs+found
	}
}

// explain is the error of a command with what it said of it.
func explain(err error) error {
	if e := (*exec.ExitError)(nil); errors.As(err, &e) {
		return fmt.Errorf("%w: %s", err, e.Stderr)
	}
	return err
}
