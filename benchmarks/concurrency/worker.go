package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	_ "net/http/pprof" // profiles of the server
	"os"
	osexec "os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/server"
	"github.com/glauxdb/glaux/server/pg"
)

// work is the server's process: a lake, served until standard input ends.
func (c *cli) work(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "glaux-concurrency-catalog-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	in, err := server.Open(ctx, server.Config{DataDir: dir})
	if err != nil {
		return err
	}
	defer in.Close()
	if _, err := in.Crawl(ctx, crawler.At(c.Worker, "bench")); err != nil {
		return err
	}
	srv, err := pg.New(pg.Config{Engine: in.Engine, MaxConnections: c.Clients + c.Scans + 10})
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

// memory is what the server holds after a collection, in bytes.
type memory struct {
	Heap, Stacks int64
	Goroutines   int
}

func serveMemory(w http.ResponseWriter, _ *http.Request) {
	runtime.GC()
	runtime.GC() // pools give up what they kept through the first one
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	json.NewEncoder(w).Encode(memory{int64(m.HeapAlloc), int64(m.StackInuse), runtime.NumGoroutine()})
}

// worker is the server's process as seen from here.
type worker struct {
	cmd       *osexec.Cmd
	in        io.Closer
	addr, web string
}

func (c *cli) start(lake string) (*worker, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	w := &worker{cmd: osexec.Command(self, "--worker", lake, "--clients", strconv.Itoa(c.Clients), "--scans", strconv.Itoa(c.Scans))}
	w.cmd.Stderr = os.Stderr
	if w.in, err = w.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := w.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := w.cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("the server did not start: %w", err)
	}
	w.addr, w.web, _ = strings.Cut(strings.TrimSpace(line), " ")
	return w, nil
}

func (w *worker) stop() {
	w.in.Close()
	_ = w.cmd.Wait() // it ends with its input
}

func (w *worker) memory() (m memory, err error) {
	r, err := http.Get("http://" + w.web + "/memory")
	if err != nil {
		return m, err
	}
	defer r.Body.Close()
	return m, json.NewDecoder(r.Body).Decode(&m)
}

// keep writes what the server answers to a path of its debugging pages into a file;
// the function that it gives waits for that.
func (w *worker) keep(file, path string) (wait func()) {
	if file == "" {
		return func() {}
	}
	done := make(chan error, 1)
	go func() {
		r, err := http.Get("http://" + w.web + path)
		if err != nil {
			done <- err
			return
		}
		defer r.Body.Close()
		text, err := io.ReadAll(r.Body)
		done <- errors.Join(err, os.WriteFile(file, text, 0o644))
	}()
	return func() {
		if err := <-done; err != nil {
			fmt.Fprintln(os.Stderr, "concurrency:", err)
		}
	}
}

// resident gives the process's most memory so far, in bytes; 0 where /proc is not.
func (w *worker) resident() int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", w.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmHWM:" {
			n, _ := strconv.ParseInt(f[1], 10, 64)
			return n << 10
		}
	}
	return 0
}
