package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/crawl"
	"github.com/glauxdb/glaux/catalog/meta"
	glaux "github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/server"
)

// request and answer are the lines that a worker reads and writes.
type request struct {
	SQL string `json:"sql"`
}

type answer struct {
	Version string      `json:"version,omitempty"`
	MS      float64     `json:"ms,omitempty"`
	Rows    [][]*string `json:"rows,omitempty"`
	Bytes   int64       `json:"bytes,omitempty"`
	Error   string      `json:"error,omitempty"`
}

// peer is an engine in a process of its own, so that its memory and its reads
// can be told apart.
type peer struct {
	name    string
	version string
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
}

// start runs a worker and waits for its first line.
func start(ctx context.Context, name string, args ...string) (*peer, error) {
	p := &peer{name: name, cmd: exec.CommandContext(ctx, args[0], args[1:]...)}
	p.cmd.Stderr = os.Stderr
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReaderSize(out, 1<<20)
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	a, err := p.read()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	p.version = a.Version
	return p, nil
}

func (p *peer) read() (answer, error) {
	line, err := p.out.ReadBytes('\n')
	if err != nil {
		return answer{}, err
	}
	var a answer
	return a, json.Unmarshal(line, &a)
}

// run runs one statement and adds the peak memory of the process during it and
// the bytes it read from files.
func (p *peer) run(sql string) (a answer, memory, bytes int64, err error) {
	pid := p.cmd.Process.Pid
	// 5 resets the peak resident set size (proc(5), clear_refs).
	resetErr := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0)
	before := procField(pid, "io", "rchar:")
	line, err := json.Marshal(request{sql})
	if err != nil {
		return a, 0, 0, err
	}
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return a, 0, 0, err
	}
	if a, err = p.read(); err != nil {
		return a, 0, 0, fmt.Errorf("%s: %w", p.name, err)
	}
	if resetErr == nil {
		memory = procField(pid, "status", "VmHWM:") * 1024
	}
	return a, memory, procField(pid, "io", "rchar:") - before, nil
}

// stop ends the worker.
func (p *peer) stop() {
	p.in.Close()
	if err := p.cmd.Wait(); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", p.name, err)
	}
}

// procField reads a number from a file of /proc; 0 where there is none.
func procField(pid int, file, field string) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == field {
			if n, err := strconv.ParseInt(f[1], 10, 64); err == nil {
				return n
			}
		}
	}
	return 0
}

// serveWorker is the Glaux side: it crawls the lake into a catalog in memory
// and answers requests.
func serveWorker(ctx context.Context, lake string, threads int) error {
	in, err := server.Open(ctx, server.Config{DataDir: meta.Memory, Workers: threads})
	if err != nil {
		return err
	}
	defer in.Close()
	if _, err := in.Crawl(ctx, crawl.Options{Location: lake, Database: "bench"}); err != nil {
		return err
	}
	s, err := in.Engine.NewSession(glaux.SessionOptions{User: "glaux", Database: "bench"})
	if err != nil {
		return err
	}
	defer s.Close()
	out := json.NewEncoder(os.Stdout)
	if err := out.Encode(answer{Version: "Glaux " + server.Version}); err != nil {
		return err
	}
	lines := bufio.NewReader(os.Stdin)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		var r request
		if err := errors.Join(err, json.Unmarshal(line, &r)); err != nil {
			return err
		}
		a, err := runHere(ctx, s, r.SQL)
		if err != nil {
			a = answer{Error: err.Error()}
		}
		if err := out.Encode(a); err != nil {
			return err
		}
	}
}

// runHere runs a statement in this process and keeps its rows as text.
func runHere(ctx context.Context, s *glaux.Session, sql string) (a answer, err error) {
	begin := time.Now()
	p, err := s.Prepare(ctx, sql, nil)
	if err != nil {
		return a, err
	}
	r, err := s.Execute(ctx, p, nil)
	if err != nil {
		return a, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	text := s.TextOptions()
	var b vector.Batch
	for {
		err := r.Next(ctx, &b)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return a, err
		}
		for i := range b.Rows() {
			if b.Sel != nil {
				i = int(b.Sel[i])
			}
			row := make([]*string, len(b.Cols))
			for c, v := range b.Cols {
				if !v.IsNull(i) {
					t := string(text.AppendText(nil, v, i))
					row[c] = &t
				}
			}
			a.Rows = append(a.Rows, row)
		}
	}
	a.MS = float64(time.Since(begin)) / float64(time.Millisecond)
	a.Bytes = r.Stats().BytesScanned + r.Stats().BytesMetadata
	return a, nil
}
