package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

// The commands that administer workgroups, budgets and the history say what they
// want in SQL, to an engine on the data directory or to a running server. Who may do
// what, and what it says when it is wrong, is so the same everywhere:
//
//	glaux workgroup ... ── SQL ──> desk ──┬── session of the engine here   (--data-dir)
//	                                      └── connection to a server       (--url)

// adminFlags say which Glaux a command administers.
type adminFlags struct {
	dataFlags
	URL string `name:"url" env:"GLAUX_URL" placeholder:"URL" help:"A running server, as postgres://ana@host:5439, instead of the data directory."`
	As  string `short:"U" placeholder:"USER" default:"glaux" help:"User name on the data directory; that of a server is in its URL."`
}

// formatFlag is how a command prints rows.
type formatFlag struct {
	Format string `enum:"table,csv,json,ndjson" default:"table" help:"Output format: table for people; csv, json or ndjson for programs, with every column and exact values."`
}

// desk takes SQL.
type desk interface {
	// ask runs a statement. The reply is to be closed before the next one.
	ask(ctx context.Context, sql string) (reply, error)
	// text is how values are shown.
	text() *kernel.TextOptions
	close()
}

// reply is what a statement gives; an *exec.Result is one.
type reply interface {
	Columns() []exec.Column
	Next(ctx context.Context, b *vector.Batch) error
	Notices() []*fault.Error
	Tag() string
	Close() error
}

// at opens a desk, has work done there, and closes it. The server sees the command
// as application.
func (f *adminFlags) at(ctx context.Context, application string, work func(d desk) error) error {
	d, err := f.open(ctx, application)
	if err != nil {
		return err
	}
	defer d.close()
	return work(d)
}

func (f *adminFlags) open(ctx context.Context, application string) (desk, error) {
	remote, err := f.remote(os.Getenv)
	if err != nil {
		return nil, err
	}
	if remote {
		conf, err := pgconn.ParseConfig(serverURL(f.URL, os.Getenv))
		if err != nil {
			return nil, fault.Wrap(err, fault.CodeInvalidParameter, "%q does not say where a server is: %v", f.URL, err).
				WithHint("Write it as postgres://ana@host:5439/sales.")
		}
		conf.RuntimeParams["application_name"] = application
		return dialDesk(ctx, conf)
	}
	a, err := open(ctx, f.dataFlags, nil, nil)
	if err != nil {
		return nil, err
	}
	s, err := a.Engine.NewSession(exec.SessionOptions{User: f.As, Application: application})
	if err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return &localDesk{a, s}, nil
}

// remote reports whether a server is meant and not a data directory. What a flag
// says wins over what a variable says.
func (f *adminFlags) remote(getenv func(string) string) (bool, error) {
	url, dir := f.URL != "" && f.URL != getenv("GLAUX_URL"), f.DataDir != "" && f.DataDir != getenv("GLAUX_DATA_DIR")
	switch {
	case f.URL == "" || f.DataDir == "":
		return f.URL != "", nil
	case url != dir:
		return url, nil
	}
	return false, fault.New(fault.CodeInvalidParameter, "a server (%s) and a data directory (%s) are named", f.URL, f.DataDir).
		WithHint("Name one with --url or --data-dir; GLAUX_URL and GLAUX_DATA_DIR stand for them.")
}

// localDesk is a session of an engine in this process.
type localDesk struct {
	app *app
	s   *exec.Session
}

func (d *localDesk) ask(ctx context.Context, sql string) (reply, error) {
	p, err := d.s.Prepare(ctx, sql, nil)
	if err != nil {
		return nil, err
	}
	r, err := d.s.Execute(ctx, p, nil)
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (d *localDesk) text() *kernel.TextOptions { return d.s.TextOptions() }

func (d *localDesk) close() {
	d.s.Close()
	d.app.Close()
}

// told runs a statement, gives its reply to use, and prints its notices.
func told(ctx context.Context, t *terminal, d desk, sql string, use func(reply) error) (err error) {
	r, err := d.ask(ctx, sql)
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, r.Close())
		printNotices(t, r.Notices())
	}()
	return use(r)
}

// order runs a statement that changes something, and says what was done.
func order(ctx context.Context, t *terminal, d desk, sql, doneText string, args ...any) error {
	skipped := false
	err := told(ctx, t, d, sql, func(r reply) error {
		err := drain(ctx, r, nil)
		for _, n := range r.Notices() { // IF EXISTS, IF NOT EXISTS
			skipped = skipped || n.Code == fault.CodeSuccess || n.Code == fault.CodeDuplicateObject
		}
		return err
	})
	if err == nil && !skipped {
		fmt.Fprintf(t.err, doneText+"\n", args...)
	}
	return err
}

// collect gives the rows of a statement as texts; NULL is "".
func collect(ctx context.Context, t *terminal, d desk, sql string) (rows [][]string, err error) {
	err = told(ctx, t, d, sql, func(r reply) (err error) {
		rows, err = texts(ctx, d, r)
		return err
	})
	return rows, err
}

// texts gives the rows of a reply as texts.
func texts(ctx context.Context, d desk, r reply) (rows [][]string, err error) {
	o := d.text()
	var buf []byte
	err = drain(ctx, r, func(b *vector.Batch) error {
		for i := range b.Rows() {
			at := i
			if b.Sel != nil {
				at = int(b.Sel[i])
			}
			row := make([]string, len(b.Cols))
			for c, v := range b.Cols {
				buf = o.AppendText(buf[:0], v, at)
				row[c] = string(buf)
			}
			rows = append(rows, row)
		}
		return nil
	})
	return rows, err
}

// export prints the rows of a statement for programs.
func export(ctx context.Context, t *terminal, d desk, sql, format string) error {
	return told(ctx, t, d, sql, func(r reply) error {
		w, err := newResultWriter(t, d.text(), format, r.Columns())
		if err != nil {
			return err
		}
		if err := drain(ctx, r, w.Write); err != nil {
			return err
		}
		return w.Close()
	})
}
