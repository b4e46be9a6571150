// Command introspect measures how fast clients see a large catalog: what psql's
// \d and JDBC's getColumns ask of a catalog of ten thousand tables with fifty
// columns each, over the wire.
//
//	go run ./benchmarks/introspect --out benchmarks/results/2026-11-21-introspect
package main

import (
	"context"
	_ "embed" // for what clients ask
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"
	"github.com/jackc/pgx/v5"

	"github.com/glauxdb/glaux/benchmarks/report"
	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/server"
	"github.com/glauxdb/glaux/server/pg"
)

//go:embed actions.sql
var actionsSQL string

type cli struct {
	Databases int    `default:"10" help:"Databases of the catalog."`
	Tables    int    `default:"1000" help:"Tables of each database."`
	Columns   int    `default:"50" help:"Columns of each table."`
	Runs      int    `default:"21" help:"How often each action is timed."`
	Data      string `placeholder:"DIR" help:"Keep the catalog in DIR, or use the one that is there."`
	Out       string `placeholder:"FILE" help:"Write FILE.json and FILE.md, too."`
}

func main() {
	var c cli
	kong.Parse(&c, kong.Description("Measures look-ups in a large catalog."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := c.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "introspect:", err)
		os.Exit(1)
	}
}

func (c *cli) run(ctx context.Context) error {
	dir, forget, err := c.dataDir(ctx)
	if err != nil {
		return err
	}
	defer forget()
	in, err := server.Open(ctx, server.Config{DataDir: dir})
	if err != nil {
		return err
	}
	defer in.Close()
	srv, err := pg.New(pg.Config{Engine: in.Engine})
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()
	results, err := c.measure(ctx, fmt.Sprintf("postgres://postgres@%s/glaux?sslmode=disable", ln.Addr()))
	down, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := errors.Join(err, srv.Shutdown(down), <-served); err != nil {
		return err
	}
	return c.show(results)
}

// dataDir gives a directory with the catalog; forget removes it if nobody wants
// to keep it.
func (c *cli) dataDir(ctx context.Context) (dir string, forget func(), err error) {
	dir, forget = c.Data, func() {}
	if dir == "" {
		if dir, err = os.MkdirTemp("", "glaux-introspect-*"); err != nil {
			return "", nil, err
		}
		forget = func() { os.RemoveAll(dir) }
	} else if _, err := os.Stat(dir); err == nil {
		return dir, forget, nil
	}
	began := time.Now()
	if err := c.fill(ctx, dir); err != nil {
		forget()
		return "", nil, err
	}
	fmt.Printf("%d tables of %d columns made in %.0f s\n", c.Databases*c.Tables, c.Columns, time.Since(began).Seconds())
	return dir, forget, nil
}

// fill makes the catalog.
func (c *cli) fill(ctx context.Context, dir string) error {
	m, err := meta.Open(ctx, dir)
	if err != nil {
		return err
	}
	defer m.Close()
	kinds := []types.Type{types.TBigInt, types.TVarchar, types.DecimalOf(15, 2), types.TTimestamp, types.TDate, types.ArrayOf(types.TVarchar)}
	columns := make([]catalog.Column, c.Columns)
	for i := range columns {
		columns[i] = catalog.Column{Name: fmt.Sprintf("column_%d", i), Type: kinds[i%len(kinds)], Comment: fmt.Sprintf("what column %d holds", i)}
	}
	for d := range c.Databases {
		db := fmt.Sprintf("db%d", d)
		if _, err := m.CreateDatabase(ctx, &catalog.Database{Name: db}); err != nil {
			return err
		}
		for t := range c.Tables {
			tab := &catalog.Table{Database: db, Name: fmt.Sprintf("t%d", d*c.Tables+t), Kind: catalog.ExternalTable, Format: "parquet",
				Columns: columns, Description: "a table of the benchmark"}
			if _, err := m.CreateTable(ctx, tab); err != nil {
				return err
			}
		}
	}
	return nil
}

// result is what an action took.
type result struct {
	Action            string
	Statements, Rows  int
	First, Median, P9 float64 // milliseconds; P9: nine in ten are faster
	Err               string  `json:",omitempty"`
}

func (c *cli) measure(ctx context.Context, dsn string) ([]result, error) {
	var out []result
	for part := range strings.SplitSeq(actionsSQL, "-- action: ") {
		name, text, ok := strings.Cut(part, "\n")
		if !ok || strings.HasPrefix(part, "--") {
			continue
		}
		r, err := c.action(ctx, dsn, name, text)
		if err != nil {
			return nil, err
		}
		fmt.Printf("%-44s %2d statements %7d rows   first %8.1f ms   median %7.1f   90%% %7.1f   %s\n", r.Action, r.Statements, r.Rows, r.First, r.Median, r.P9, r.Err)
		out = append(out, r)
	}
	return out, nil
}

// action runs the statements of one action some times in a new session. A
// statement that fails is noted and left out of the sum.
func (c *cli) action(ctx context.Context, dsn, name, text string) (result, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return result{}, err
	}
	cfg.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return result{}, err
	}
	defer conn.Close(ctx)
	var id uint32
	if err := conn.QueryRow(ctx, "SELECT oid FROM pg_class WHERE relname = 't4042'").Scan(&id); err != nil {
		return result{}, err
	}
	r := result{Action: name}
	var statements []string
	for s := range strings.SplitSeq(strings.ReplaceAll(text, "{oid}", fmt.Sprint(id)), ";\n") {
		if s = strings.TrimSpace(s); s != "" {
			statements = append(statements, s)
		}
	}
	r.Statements = len(statements)
	var times []float64
	for i := range c.Runs {
		began := time.Now()
		r.Rows = 0
		for _, s := range statements {
			n, err := read(ctx, conn, s)
			if err != nil && i == 0 {
				r.Err = err.Error()
			}
			r.Rows += n
		}
		times = append(times, float64(time.Since(began))/1e6)
	}
	r.First = times[0]
	slices.Sort(times)
	r.Median, r.P9 = times[len(times)/2], times[len(times)*9/10]
	return r, nil
}

func read(ctx context.Context, conn *pgx.Conn, sql string) (n int, err error) {
	rows, err := conn.Query(ctx, sql)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		n++
	}
	return n, rows.Err()
}

func (c *cli) show(results []result) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Looking at a catalog of %d tables with %d columns each\n\n", c.Databases*c.Tables, c.Columns)
	fmt.Fprintf(&b, "%s. Each action is what a client sends, over the wire, %d times in one session, in milliseconds.\n", report.Machine(), c.Runs)
	b.WriteString("`go run ./benchmarks/introspect`\n\n| action | statements | rows | first | median | nine in ten |\n|---|---|---|---|---|---|\n")
	for _, r := range results {
		fmt.Fprintf(&b, "| %s | %d | %d | %.1f | %.1f | %.1f |", strings.ReplaceAll(r.Action, `\`, `\\`), r.Statements, r.Rows, r.First, r.Median, r.P9)
		if r.Err != "" {
			fmt.Fprintf(&b, " %s", r.Err)
		}
		b.WriteString("\n")
	}
	if c.Out == "" {
		return nil
	}
	return report.Write(c.Out, results, b.String())
}
