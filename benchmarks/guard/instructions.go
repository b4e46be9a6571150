package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	osexec "os/exec"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/glauxdb/glaux/exec"
)

// A process under valgrind runs a query few and many times; the difference is what
// runs cost, without the start.
const (
	fewTimes  = 2
	manyTimes = 6
)

// count counts the instructions of the queries that are marked so. Valgrind has one idea of a processor, whatever the
// machine's is: amd64's; other architectures have other numbers.
func (c *cli) count(ctx context.Context, dir string, all []query) (out []count, err error) {
	valgrind, err := osexec.LookPath("valgrind")
	if err != nil {
		return nil, nil // compare counts what is missing
	}
	out = make([]count, len(all))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.NumCPU())
	for i, q := range all {
		if !q.counted {
			continue
		}
		g.Go(func() error {
			few, err := c.refs(ctx, valgrind, dir, q, fewTimes)
			if err != nil {
				return err
			}
			many, err := c.refs(ctx, valgrind, dir, q, manyTimes)
			out[i] = count{q.name, instructions, (many - few) / (manyTimes - fewTimes)}
			return err
		})
	}
	err = g.Wait()
	return slices.DeleteFunc(out, func(n count) bool { return n.query == "" }), err
}

var refsLine = regexp.MustCompile(`I\s+refs:\s+([0-9,]+)`)

// refs runs a query in a process under valgrind and gives its instructions.
func (c *cli) refs(ctx context.Context, valgrind, dir string, q query, times int) (int64, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	cmd := osexec.CommandContext(ctx, valgrind, "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null",
		self, "--tpch", c.TPCH, "--only", q.name, "--worker", dir, "--times", strconv.Itoa(times))
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1", "GOGC=off", "GODEBUG=asyncpreemptoff=1")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return 0, fmt.Errorf("%s under valgrind: %w\n%s", q.name, err, out.String())
	}
	m := refsLine.FindStringSubmatch(out.String())
	if m == nil {
		return 0, errors.New("valgrind does not tell the instructions:\n" + out.String())
	}
	return strconv.ParseInt(strings.ReplaceAll(m[1], ",", ""), 10, 64)
}

// work is the process under valgrind.
func (c *cli) work(ctx context.Context, all []query) (err error) {
	in, err := open(ctx, c.Worker)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	s, err := in.Engine.NewSession(exec.SessionOptions{User: "glaux", Database: "guard"})
	if err != nil {
		return err
	}
	defer s.Close()
	for _, q := range all {
		if q.name != c.Only {
			continue
		}
		for range c.Times {
			if _, err := run(ctx, s, q.sql); err != nil {
				return err
			}
		}
	}
	return nil
}
