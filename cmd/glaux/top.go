package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/term"

	"github.com/glauxdb/glaux/catalog/fault"
)

// topCmd is "glaux top".
type topCmd struct {
	URL   string        `name:"url" env:"GLAUX_URL" placeholder:"URL" help:"Server, as postgres://ana@host:5439/sales; by default what PGHOST, PGPORT, PGUSER and the like say, else 127.0.0.1:5439."`
	Once  bool          `help:"Print one table and exit, as in a pipe."`
	Every time.Duration `default:"1s" help:"How often to look."`
}

// Help is shown by --help after the flags.
func (topCmd) Help() string {
	return `Examples:
  glaux top
  glaux top --url postgres://ana@warehouse:5439/sales
  glaux top --once | grep QUEUED

Keys: up and down choose a query, k cancels it (y confirms), q quits.`
}

// Run shows the server until the user has seen enough.
func (c *topCmd) Run(ctx context.Context, t *terminal) error {
	if c.Every < 100*time.Millisecond {
		return fault.New(fault.CodeInvalidParameter, "--every must be at least 100ms, not %s", c.Every)
	}
	conn, err := pgx.Connect(ctx, serverURL(c.URL, os.Getenv))
	if err != nil {
		return unreachable(err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	v := &topView{conn: conn}
	in, ok := t.in.(*os.File)
	if c.Once || !t.outTTY || !ok || !term.IsTerminal(int(in.Fd())) {
		if err := v.look(ctx); err != nil {
			return err
		}
		for _, l := range v.lines(0, 0) {
			fmt.Fprintln(t.out, l)
		}
		return nil
	}
	return v.live(ctx, t, in, c.Every)
}

// serverURL is where a server is: the flag, with Glaux's own defaults for what
// neither it nor the environment says.
func serverURL(url string, getenv func(string) string) string {
	if url != "" {
		return url
	}
	var parts []string
	for _, d := range [][3]string{{"PGHOST", "host", "127.0.0.1"}, {"PGPORT", "port", "5439"}, {"PGUSER", "user", "glaux"}, {"PGDATABASE", "dbname", "glaux"}} {
		if getenv(d[0]) == "" {
			parts = append(parts, d[1]+"="+d[2])
		}
	}
	return strings.Join(append(parts, "application_name='glaux top'"), " ")
}

// resizeEvery is how often the size of the terminal is looked at; not every system has
// a signal for its change.
const resizeEvery = 100 * time.Millisecond

// live redraws until q or the end of ctx, and obeys keys.
func (v *topView) live(ctx context.Context, t *terminal, in *os.File, every time.Duration) error {
	old, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return fault.Wrap(err, fault.CodeIO, "cannot read keys: %v", err)
	}
	fmt.Fprint(t.out, "\x1b[?1049h\x1b[?25l") // a screen of its own, without a cursor
	defer func() {
		fmt.Fprint(t.out, "\x1b[?25h\x1b[?1049l")
		_ = term.Restore(int(in.Fd()), old)
	}()
	keys := make(chan string)
	go readKeys(ctx, in, keys) // ends with the process: a read of a terminal cannot be stopped
	tick, resize := time.NewTicker(every), time.NewTicker(resizeEvery)
	defer tick.Stop()
	defer resize.Stop()
	for {
		if err := v.look(ctx); err != nil {
			return err
		}
		v.draw(t, in)
		for again := true; again; {
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
				again = false
			case <-resize.C:
				if w, h, err := term.GetSize(int(in.Fd())); err == nil && (w != v.width || h != v.height) {
					v.draw(t, in)
				}
			case key, ok := <-keys:
				if !ok || key == "q" || key == "\x03" {
					return nil
				}
				if err := v.key(ctx, key); err != nil {
					return err
				}
				v.draw(t, in)
			}
		}
	}
}

func readKeys(ctx context.Context, in *os.File, keys chan<- string) {
	defer close(keys)
	var b [16]byte
	for {
		n, err := in.Read(b[:])
		if err != nil {
			return
		}
		select {
		case keys <- string(b[:n]):
		case <-ctx.Done():
			return
		}
	}
}

// key obeys a key.
func (v *topView) key(ctx context.Context, key string) error {
	if v.asked != "" {
		id := v.asked
		v.asked, v.said = "", ""
		if key != "y" {
			return nil
		}
		var ok bool
		err := v.conn.QueryRow(ctx, "SELECT glaux_cancel_query($1)", id).Scan(&ok)
		switch {
		case ctx.Err() != nil || v.conn.IsClosed():
			return err
		case err != nil:
			v.said = err.Error()
		case ok:
			v.said = "canceled " + id
		default:
			v.said = id + " has ended"
		}
		return nil
	}
	switch key {
	case "\x1b[A", "\x1bOA":
		v.at--
	case "\x1b[B", "\x1bOB":
		v.at++
	case "k":
		if v.at < len(v.queries) {
			v.asked = v.queries[v.at].id
			v.said = "cancel " + v.asked + "? y/n"
		}
	}
	v.at = max(0, min(v.at, len(v.queries)-1))
	return nil
}

// draw writes the whole screen.
func (v *topView) draw(t *terminal, in *os.File) {
	width, height, err := term.GetSize(int(in.Fd()))
	if err != nil {
		width, height = 80, 24
	}
	var b strings.Builder
	b.WriteString("\x1b[H")
	for i, l := range v.lines(width, max(1, height)) {
		if i > 0 {
			b.WriteString("\r\n") // not after the last line: the screen would scroll
		}
		b.WriteString(l + "\x1b[K")
	}
	b.WriteString("\x1b[J")
	v.width, v.height = width, height
	fmt.Fprint(t.out, b.String())
}
