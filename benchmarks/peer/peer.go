// Package peer runs SQL in engines that are processes of their own, so that
// their memory, their reads and their crashes can be told apart. A worker reads
// one JSON request a line and writes one JSON answer a line.
//
//	command -> Peer -> worker process: Serve (Glaux) or worker.py (DuckDB, ClickHouse, DataFusion)
package peer

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

//go:embed worker.py
var worker string

// Engines are the names of the engines that StartEngine knows.
var Engines = []string{"duckdb", "clickhouse", "datafusion"}

// Requirements are the Python packages of the engines at pinned versions.
//
//go:embed requirements.txt
var Requirements string

// request and Answer are the lines that a worker reads and writes.
type request struct {
	SQL   string        `json:"sql"`
	Limit time.Duration `json:"limit,omitempty"`
}

// Answer is the line that a worker writes for a Request: times in milliseconds,
// rows as text (nil for NULL), bytes that it read and with how many requests.
type Answer struct {
	Version string      `json:"version,omitempty"`
	MS      float64     `json:"ms,omitempty"`
	Rows    [][]*string `json:"rows,omitempty"`
	Bytes   int64       `json:"bytes,omitempty"`
	Reads   int64       `json:"reads,omitempty"` // requests to the store; Glaux alone
	Error   string      `json:"error,omitempty"`
	Stopped bool        `json:"stopped,omitempty"` // the error is that the peer's limit was reached
}

// Peer is an engine in a process of its own, so that its memory and its reads
// can be told apart.
type Peer struct {
	Name    string
	Version string
	Limit   time.Duration // for each statement; 0 is none; Glaux alone
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
}

// Start runs a worker and waits for its first line.
func Start(ctx context.Context, name string, args ...string) (*Peer, error) {
	p := &Peer{Name: name, cmd: exec.CommandContext(ctx, args[0], args[1:]...)}
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
	p.Version = a.Version
	return p, nil
}

// StartEngine runs a worker in another engine over the folders of Parquet files
// in lake; python has the engine's package. Memory is the engine's limit in
// bytes, 0 for its own choice.
func StartEngine(ctx context.Context, engine, python, lake string, threads int, memory int64) (*Peer, error) {
	args := []string{python, "-c", worker, engine, lake, strconv.Itoa(threads)}
	if memory > 0 {
		args = append(args, strconv.FormatInt(memory, 10))
	}
	return Start(ctx, engine, args...)
}

func (p *Peer) read() (Answer, error) {
	line, err := p.out.ReadBytes('\n')
	if err != nil {
		return Answer{}, err
	}
	var a Answer
	return a, json.Unmarshal(line, &a)
}

// Run runs one statement and adds the peak memory of the process during it and
// the bytes it read from files.
func (p *Peer) Run(sql string) (a Answer, memory, bytes int64, err error) {
	pid := p.cmd.Process.Pid
	// 5 resets the peak resident set size (proc(5), clear_refs).
	resetErr := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0)
	before := procField(pid, "io", "rchar:")
	line, err := json.Marshal(request{sql, p.Limit})
	if err != nil {
		return a, 0, 0, err
	}
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return a, 0, 0, err
	}
	if a, err = p.read(); err != nil {
		return a, 0, 0, fmt.Errorf("%s: %w", p.Name, err)
	}
	if resetErr == nil {
		memory = procField(pid, "status", "VmHWM:") * 1024
	}
	return a, memory, procField(pid, "io", "rchar:") - before, nil
}

// CPU gives the milliseconds that the process has computed so far, in all its
// threads; 0 where /proc does not tell. It counts hundredths of a second.
func (p *Peer) CPU() float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	// utime and stime are fields 14 and 15; the second may hold spaces (proc(5)).
	rest := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(rest) < 13 {
		return 0
	}
	user, _ := strconv.ParseFloat(rest[11], 64)
	system, _ := strconv.ParseFloat(rest[12], 64)
	return (user + system) * 10
}

// Stop ends the worker.
func (p *Peer) Stop() {
	p.in.Close()
	if err := p.cmd.Wait(); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", p.Name, err)
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
