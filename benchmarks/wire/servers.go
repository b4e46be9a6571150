package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	_ "net/http/pprof" // the worker's profiles
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/server"
	"github.com/glauxdb/glaux/server/pg"
	"github.com/glauxdb/glaux/server/pg/pgdiff/postgres"
)

// target is a server that is measured.
type target struct {
	name, addr, database string
	table                string
}

// bench is the two servers.
type bench struct {
	*cli
	glaux, postgres target
	worker          *exec.Cmd
	stdin           io.Closer // the worker ends when it is closed
	debug           string    // where the worker answers HTTP
	cluster         *postgres.Cluster
}

// open makes the data and starts both servers.
func (c *cli) open(ctx context.Context) (_ *bench, err error) {
	bin := postgres.Find()
	if bin == "" {
		return nil, errors.New("PostgreSQL 15 is not installed")
	}
	dir := filepath.Join(c.Data, strconv.Itoa(c.Rows))
	if err := os.MkdirAll(filepath.Join(dir, "postgres"), 0o755); err != nil {
		return nil, err
	}
	if err := os.Chmod(c.Data, 0o755); err != nil { // PostgreSQL runs as another user
		return nil, err
	}
	b := &bench{cli: c}
	defer func() {
		if err != nil {
			b.close()
		}
	}()
	fmt.Println("making the data")
	if err := parquetFile(dir, c.Rows); err != nil {
		return nil, err
	}
	b.cluster, err = postgres.Start(ctx, bin, filepath.Join(dir, "postgres"), "shared_buffers=2GB", "max_wal_size=8GB",
		"max_connections="+strconv.Itoa(c.Clients+20))
	if err != nil {
		return nil, err
	}
	b.postgres = target{"PostgreSQL", b.cluster.Addr, "postgres", "measures"}
	if err := postgresTable(ctx, "postgres://postgres@"+b.cluster.Addr+"/postgres?sslmode=disable", c.Rows); err != nil {
		return nil, err
	}
	return b, b.startWorker(dir)
}

// startWorker starts Glaux as a process of its own.
func (b *bench) startWorker(dir string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	limit := b.Clients + b.Idle + 100
	b.worker = exec.Command(self, "--worker", "--data", filepath.Join(dir, "lake"), "--clients", strconv.Itoa(limit))
	b.worker.Stderr = os.Stderr
	if b.stdin, err = b.worker.StdinPipe(); err != nil {
		return err
	}
	out, err := b.worker.StdoutPipe()
	if err != nil {
		return err
	}
	if err := b.worker.Start(); err != nil {
		return err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return fmt.Errorf("no start of Glaux: %w", err)
	}
	addr, debug, _ := strings.Cut(strings.TrimSpace(line), " ")
	b.glaux, b.debug = target{"Glaux", addr, "glaux", "bench.measures"}, debug
	return nil
}

func (b *bench) close() {
	if b.worker != nil && b.worker.Process != nil {
		b.stdin.Close()
		b.worker.Wait()
	}
	if b.cluster != nil {
		b.cluster.Stop()
	}
}

// work is the process of Glaux: the folder Data, served until standard input ends.
func (c *cli) work(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "glaux-wire-catalog-*") // in memory the history would count as the server's
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	in, err := server.Open(ctx, server.Config{DataDir: dir})
	if err != nil {
		return err
	}
	defer in.Close()
	if _, err := in.Crawl(ctx, crawler.At(c.Data, "bench")); err != nil {
		return err
	}
	srv, err := pg.New(pg.Config{Engine: in.Engine, MaxConnections: c.Clients})
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	web, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	http.HandleFunc("/memory", serveMemory)
	go http.Serve(web, nil)
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()
	fmt.Println(ln.Addr(), web.Addr())
	io.Copy(io.Discard, os.Stdin)
	down, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if err := srv.Shutdown(down); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return <-served
}

// heap is the memory that Go counts: used after a collection, by what the program
// made and by stacks.
type heap struct{ Heap, Stacks int64 }

func serveMemory(w http.ResponseWriter, _ *http.Request) {
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	json.NewEncoder(w).Encode(heap{int64(m.HeapAlloc), int64(m.StackInuse)})
}

// heap asks Glaux for its memory.
func (b *bench) heap() (h heap, err error) {
	r, err := http.Get("http://" + b.debug + "/memory")
	if err != nil {
		return h, err
	}
	defer r.Body.Close()
	return h, json.NewDecoder(r.Body).Decode(&h)
}

// profile writes a CPU profile of the next seconds, if profiles are wanted; the
// function that it gives waits for it.
func (b *bench) profile(name string, seconds int) (wait func()) {
	if b.Profile == "" {
		return func() {}
	}
	done := make(chan error, 1)
	go func() {
		r, err := http.Get(fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", b.debug, seconds))
		if err != nil {
			done <- err
			return
		}
		defer r.Body.Close()
		text, err := io.ReadAll(r.Body)
		if err == nil {
			err = os.WriteFile(filepath.Join(b.Profile, name+".pprof"), text, 0o644)
		}
		done <- err
	}()
	return func() {
		if err := <-done; err != nil {
			fmt.Println("no profile:", err)
		}
	}
}

// resident gives the bytes of a process in memory: now, and of its own (not
// shared, not files).
func resident(pid int) (all, own int64) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0
	}
	for line := range bytes.Lines(text) {
		f := strings.Fields(string(line))
		if len(f) < 2 {
			continue
		}
		n, _ := strconv.ParseInt(f[1], 10, 64)
		switch f[0] {
		case "VmRSS:":
			all = n << 10
		case "RssAnon:":
			own = n << 10
		}
	}
	return all, own
}

// cpu gives the seconds of processor time that a server has used: Glaux's process,
// or PostgreSQL's with its children, dead ones too.
func (b *bench) cpu(s target) float64 {
	if s.name == b.glaux.name {
		own, _ := processorTime(b.worker.Process.Pid)
		return own
	}
	own, dead := processorTime(b.cluster.PID())
	for _, pid := range children(b.cluster.PID()) {
		alive, _ := processorTime(pid)
		own += alive
	}
	return own + dead
}

// processorTime gives the seconds that a process has used, and those of children
// that have ended (proc(5), stat: utime, stime, cutime, cstime, in 1/100 s).
func processorTime(pid int) (own, dead float64) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0
	}
	f := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(f) < 15 {
		return 0, 0
	}
	var ticks [4]float64
	for i := range ticks {
		ticks[i], _ = strconv.ParseFloat(f[11+i], 64)
	}
	return (ticks[0] + ticks[1]) / 100, (ticks[2] + ticks[3]) / 100
}

// children gives the processes that a process has started.
func children(pid int) (out []int) {
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, l := range lists {
		text, _ := os.ReadFile(l)
		for _, f := range strings.Fields(string(text)) {
			if child, err := strconv.Atoi(f); err == nil {
				out = append(out, child)
			}
		}
	}
	return out
}

// watch samples the memory of Glaux until the function that it gives is called,
// which gives the most that was seen.
func (b *bench) watch() (peak func() int64) {
	stop, out := make(chan struct{}), make(chan int64)
	go func() {
		most := int64(0)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			now, _ := resident(b.worker.Process.Pid)
			most = max(most, now)
			select {
			case <-stop:
				out <- most
				return
			case <-tick.C:
			}
		}
	}()
	return func() int64 {
		close(stop)
		return <-out
	}
}
