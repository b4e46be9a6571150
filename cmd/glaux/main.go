// Command glaux is the data-lake query engine: crawler, catalog, query engine
// and PostgreSQL server in one binary.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"reflect"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/mattn/go-runewidth"

	"github.com/glauxdb/glaux/catalog/fault"
	_ "github.com/glauxdb/glaux/cmd/glaux/early" // before all that allocates
	"github.com/glauxdb/glaux/server"
)

// Exit codes, documented in docs/cli.md.
const (
	exitOK          = 0
	exitUser        = 1   // the statement or the request is wrong
	exitUsage       = 2   // the command line is wrong
	exitLimit       = 3   // a limit was reached: bytes scanned, memory
	exitExternal    = 4   // a store, a file or a peer failed
	exitInternal    = 5   // a bug
	exitCrawlFailed = 6   // "crawler run --due": a run failed
	exitTempFail    = 75  // another process does it; try again later
	exitInterrupted = 130 // Ctrl-C
)

// cli is the command line. Flags that several commands share are in the
// embedded structs.
type cli struct {
	Demo       demoCmd       `cmd:"" help:"Crawl a sample lake, show an answer, and serve it to psql."`
	Crawl      crawlCmd      `cmd:"" help:"Find the tables of a location and put them into the catalog."`
	Crawler    crawlerCmd    `cmd:"" help:"Keep, schedule and run crawlers."`
	Classifier classifierCmd `cmd:"" help:"Define custom classifiers."`
	Serve      serveCmd      `cmd:"" help:"Serve the catalog over the PostgreSQL protocol."`
	Query      queryCmd      `cmd:"" help:"Run SQL and print the result."`
	Top        topCmd        `cmd:"" help:"Watch the queries of a running server, and cancel them."`
	Workgroup  workgroupCmd  `cmd:"" help:"Define workgroups: who may scan how much."`
	Budget     budgetCmd     `cmd:"" help:"Define budgets: what may be scanned in a period."`
	History    historyCmd    `cmd:"" help:"List the queries that were run, and look at one."`
	Advise     adviseCmd     `cmd:"" help:"Find in the query history what wastes bytes, with the SQL that changes it."`
	Catalog    catalogCmd    `cmd:"" help:"Look into the catalog, import and export it."`
	User       userCmd       `cmd:"" help:"Create, change and list the users of the server."`
	Version    versionCmd    `cmd:"" help:"Print the version."`
}

// terminal is what a command may write to and read from.
type terminal struct {
	in       io.Reader
	out, err io.Writer
	outTTY   bool // results go to a person
	errTTY   bool // progress may be shown
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(t *terminal) error {
	_, err := fmt.Fprintln(t.out, "glaux "+server.Version)
	return err
}

func main() {
	os.Exit(run(untilSignal(), os.Args[1:], newTerminal(os.Stdin, os.Stdout, os.Stderr)))
}

// untilSignal gives a context that ends with the first signal; a second one ends the
// program at once, also where the shell made it ignore Ctrl-C (a job in the background).
func untilSignal() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		cancel()
		<-signals
		os.Exit(exitInterrupted)
	}()
	return ctx
}

// run parses the arguments, runs the command and gives the exit code.
func run(ctx context.Context, args []string, t *terminal) int {
	exited := -1
	parser, err := kong.New(grammar(args),
		kong.Name("glaux"),
		kong.Description("SQL over the files of a data lake: crawl, query, serve to any PostgreSQL client."),
		kong.UsageOnError(),
		kong.Writers(t.out, t.err),
		kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(t))
	if err != nil {
		return report(t, err)
	}
	k, err := parser.Parse(args)
	if exited >= 0 { // --help
		return exited
	}
	if err != nil {
		fmt.Fprintf(t.err, "glaux: %v\n", err)
		var pe *kong.ParseError
		if errors.As(err, &pe) && pe.Context != nil && pe.Context.Command() != "" {
			fmt.Fprintf(t.err, "Try: glaux %s --help\n", firstWord(pe.Context.Command()))
		} else {
			fmt.Fprintln(t.err, "Try: glaux --help")
		}
		return exitUsage
	}
	if err := k.Run(); err != nil {
		var c coded
		if errors.As(err, &c) {
			if c.error != nil {
				report(t, c.error)
			}
			return c.code
		}
		var in placed
		if errors.As(err, &in) {
			return reportIn(t, err, in.sql)
		}
		return report(t, err)
	}
	return exitOK
}

// grammar gives the part of the command line that the arguments need: their first
// word's command alone, if there is one. To read the tags of all commands takes a third
// of the time to the first answer.
func grammar(args []string) any {
	t := reflect.TypeFor[cli]()
	for i := range t.NumField() {
		if f := t.Field(i); len(args) > 0 && strings.ToLower(f.Name) == args[0] {
			return reflect.New(reflect.StructOf([]reflect.StructField{f})).Interface()
		}
	}
	return new(cli)
}

func firstWord(s string) string {
	w, _, _ := strings.Cut(s, " ")
	return w
}

// report prints an error for a person and gives its exit code.
func report(t *terminal, err error) int {
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(t.err, "glaux: interrupted")
		return exitInterrupted
	}
	e := fault.As(err)
	fmt.Fprintf(t.err, "ERROR:  %s: %s\n", e.Code, e.Error())
	if e.Detail != "" {
		fmt.Fprintf(t.err, "DETAIL:  %s\n", e.Detail)
	}
	if e.Hint != "" {
		fmt.Fprintf(t.err, "HINT:  %s\n", e.Hint)
	}
	switch e.Kind {
	case fault.User:
		return exitUser
	case fault.Resource:
		return exitLimit
	case fault.External:
		return exitExternal
	case fault.Canceled:
		return exitInterrupted
	}
	return exitInternal
}

// reportIn prints an error of a statement with the line it is in and a caret
// below the place.
func reportIn(t *terminal, err error, sql string) int {
	e := fault.As(err)
	code := report(t, err)
	if e.Pos <= 0 {
		return code
	}
	line, col, start := lineOfPlace([]rune(sql), e.Pos)
	text := []rune(sql)[start:]
	if end := slices.IndexFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }); end >= 0 {
		text = text[:end]
	}
	for i, r := range text {
		if r == '\t' {
			text[i] = ' ' // so that the caret is where it should be
		}
	}
	prefix := fmt.Sprintf("LINE %d: ", line)
	shown, col := clip(text, min(col, len(text)))
	under := runewidth.StringWidth(string([]rune(shown)[:col]))
	fmt.Fprintf(t.err, "%s%s\n%s^\n", prefix, shown, strings.Repeat(" ", len(prefix)+under))
	return code
}

// lineOfPlace gives the line of a 1-based position, the characters before it in that
// line, and those before the line.
func lineOfPlace(text []rune, pos int) (line, col, start int) {
	line = 1
	for i, r := range text[:min(pos-1, len(text))] {
		if r == '\n' {
			line, start = line+1, i+1
		}
	}
	return line, min(pos-1, len(text)) - start, start
}

// clip cuts a long line to a window of 80 characters around the column.
func clip(line []rune, col int) (string, int) {
	const width = 80
	if len(line) <= width {
		return string(line), col
	}
	from := max(0, min(col-width/2, len(line)-width))
	return string(line[from : from+width]), col - from
}
