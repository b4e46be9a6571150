package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/server/workgroup"
)

// newTerminal looks which of the files are terminals.
func newTerminal(in, out, err *os.File) *terminal {
	return &terminal{in: in, out: out, err: err, outTTY: term.IsTerminal(int(out.Fd())), errTTY: term.IsTerminal(int(err.Fd()))}
}

// progressDelay is how long a query runs before a line about it appears.
const progressDelay = 500 * time.Millisecond

// progress shows one line about a running query on a terminal: rows, bytes
// read, bytes of the limit, elapsed. In a pipe it shows nothing.
type progress struct {
	once sync.Once
	quit chan struct{}
	done chan struct{}
}

func newProgress(t *terminal, r *exec.Result) *progress {
	p := &progress{quit: make(chan struct{}), done: make(chan struct{})}
	if !t.errTTY {
		close(p.done)
		return p
	}
	go p.show(t.err, r)
	return p
}

// stop removes the line. It may be called twice.
func (p *progress) stop() {
	p.once.Do(func() { close(p.quit) })
	<-p.done
}

func (p *progress) show(w io.Writer, r *exec.Result) {
	defer close(p.done)
	select {
	case <-p.quit:
		return
	case <-time.After(progressDelay):
	}
	started := time.Now().Add(-progressDelay)
	bars := mpb.New(mpb.WithOutput(w), mpb.WithRefreshRate(150*time.Millisecond))
	bar := bars.New(0, mpb.SpinnerStyle(), mpb.BarRemoveOnComplete(), mpb.AppendDecorators(decor.Any(func(decor.Statistics) string {
		st := r.Stats()
		line := fmt.Sprintf(" %d rows read, %s scanned", st.RowsRead, workgroup.Bytes(st.BytesScanned))
		if st.BytesLimit > 0 {
			line += " of " + workgroup.Bytes(st.BytesLimit)
		}
		return fmt.Sprintf("%s, %s", line, time.Since(started).Round(100*time.Millisecond))
	})))
	<-p.quit
	bar.Abort(true)
	bars.Wait()
}

// summary prints what a query cost, for a person.
func summary(t *terminal, r *exec.Result, d time.Duration) {
	st := r.Stats()
	line := fmt.Sprintf("%d rows, %s scanned", st.RowsReturned, workgroup.Bytes(st.BytesScanned))
	if st.PartitionsTotal > 0 {
		line += fmt.Sprintf(", %d of %d partitions", st.PartitionsRead, st.PartitionsTotal)
	}
	fmt.Fprintf(t.err, "(%s, %s)\n", line, d.Round(time.Millisecond))
}
