package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/crawler"
)

// shell runs commands of the program in this process.
type shell struct {
	*testing.T
	dir, lake string
	ctx       context.Context
}

func newShell(t *testing.T) *shell {
	t.Helper()
	sh := &shell{T: t, dir: t.TempDir(), lake: t.TempDir(), ctx: t.Context()}
	t.Setenv("GLAUX_DATA_DIR", sh.dir)
	sh.file("t/dt=2026-03-01/1.csv", "id,name\n1,ann\n2,bob\n")
	sh.file("u/1.json", `{"a":1}`)
	return sh
}

func (sh *shell) file(name, text string) string {
	sh.Helper()
	path := filepath.Join(sh.lake, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		sh.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		sh.Fatal(err)
	}
	return path
}

// run gives a command's output, its errors and its exit code.
func (sh *shell) run(args ...string) (out, errs string, code int) {
	sh.Helper()
	var o, e bytes.Buffer
	code = run(sh.ctx, args, &terminal{in: strings.NewReader(""), out: &o, err: &e})
	return o.String(), e.String(), code
}

// want runs a command and looks for words in its output.
func (sh *shell) want(code int, words string, args ...string) string {
	sh.Helper()
	out, errs, got := sh.run(args...)
	if got != code {
		sh.Errorf("%s: exit code %d, want %d: %s%s", strings.Join(args, " "), got, code, out, errs)
	}
	for _, w := range strings.Split(words, "|") {
		if w != "" && !strings.Contains(out+errs, w) {
			sh.Errorf("%s: no %q in %s%s", strings.Join(args, " "), w, out, errs)
		}
	}
	return out
}

func TestCrawlCommand(t *testing.T) {
	sh := newShell(t)
	sh.want(0, "├─ t|└─ u|table t|+ table t (csv, partitioned by dt)|+ partition dt = 2026-03-01|column id: bigint", "crawl", sh.lake, "--dry-run")
	sh.want(0, "The catalog has no tables", "catalog", "ls")
	sh.want(0, "created", "crawl", sh.lake)
	sh.file("t/dt=2026-03-02/1.csv", "id,name,n\n1,ann,5\n")
	sh.want(0, "~ table t|column n added: bigint|+ partition dt = 2026-03-02|= 1 table unchanged", "crawl", sh.lake, "-n")
	sh.want(0, "column n added: bigint, 1 partition added|unchanged", "crawl", sh.lake)
	var rep crawler.Report
	if err := json.Unmarshal([]byte(sh.want(0, "", "crawl", sh.lake, "--json")), &rep); err != nil || rep.Counts.Tables.Unchanged != 2 {
		t.Errorf("%+v, %v", rep.Counts, err)
	}
	sh.want(exitLimit, "more than", "crawl", sh.lake, "--database", "x", "--max-tables", "1", "--dry-run")
	sh.want(1, "Classifier with name none does not exist", "crawl", sh.lake, "--classifier", "none")
	sh.want(2, "--on-delete", "crawl", sh.lake, "--on-delete", "x")
	if err := os.Remove(filepath.Join(sh.lake, "u/1.json")); err != nil {
		t.Fatal(err)
	}
	sh.want(0, "not done: its files are gone", "crawl", sh.lake)
	sh.want(0, "deleted", "crawl", sh.lake, "--on-delete", "delete")
}

// TestNamesOnTheTerminal: a name with control characters stays on its line.
func TestNamesOnTheTerminal(t *testing.T) {
	sh := newShell(t)
	sh.file("new\nline/1.csv", "id,name\n1,ann\n2,bob\n")
	sh.file("bell\a\x1b[2J/1.bin", "\x00\x01\x02")
	sh.want(0, `├─ new\nline|table new_line (csv) at|bell\x07\x1B[2J|no table`, "crawl", sh.lake, "--dry-run")
	sh.want(0, `new_line|LEFT OUT:  `+sh.lake+`/bell\x07\x1B[2J/1.bin`, "crawl", sh.lake)
	sh.want(0, `default`, "catalog", "ls")
}

// TestNotices: what a statement has to say besides its rows is printed.
func TestNotices(t *testing.T) {
	sh := newShell(t)
	sh.want(0, "", "crawl", sh.lake)
	sh.file("t/dt=soon/1.csv", "id,name\n1,ann\n2,bob\n")
	sh.file("t/dt=2026-03-02/1.csv", "id,name\n1,ann\n2,bob\n")
	sh.want(0, "NOTICE:  2 partitions found, 1 added|WARNING:  "+sh.lake+"/t/dt=soon", "query", `MSCK REPAIR TABLE "default".t`)
}

func TestCrawlerCommands(t *testing.T) {
	sh := newShell(t)
	sh.want(0, "There are no crawlers", "crawler", "ls")
	sh.want(0, "crawler:       c|database:      d|next at", "crawler", "create", "c", "--target", sh.lake, "-d", "D", "--schedule", "rate(1 hour)", "--exclude", "u/**")
	sh.want(1, "42710", "crawler", "create", "c", "--target", sh.lake, "-d", "d")
	sh.want(1, "22023", "crawler", "create", "e", "--target", sh.lake, "-d", "d", "--schedule", "daily")
	sh.want(1, "no targets", "crawler", "create", "e", "-d", "d")
	sh.want(0, "has not run yet", "crawler", "history", "c")
	sh.want(0, "COMPLETED|t      csv     2        dt              1           1      created", "crawler", "run", "c")
	sh.want(0, "c        d         "+sh.lake, "crawler", "ls")
	sh.want(0, "+1", "crawler", "history", "c")
	var runs []crawler.Run
	if err := json.Unmarshal([]byte(sh.want(0, "", "crawler", "history", "c", "--json")), &runs); err != nil || len(runs) != 1 {
		t.Fatalf("%v, %v", runs, err)
	}
	sh.want(0, "created", "crawler", "history", "c", runs[0].ID[:6])
	sh.want(1, "no run zz", "crawler", "history", "c", "zz")
	sh.want(0, "delete: DELETE_FROM_DATABASE|never|", "crawler", "update", "c", "--on-delete", "delete", "--schedule", "cron(0 0 30 2 ? *)")
	sh.want(0, "", "crawler", "pause", "c")
	sh.want(1, "not running", "crawler", "pause", "c")
	sh.want(0, "paused", "crawler", "show", "c")
	sh.want(0, "", "crawler", "resume", "c")
	sh.want(1, "isn't running", "crawler", "stop", "c")
	sh.want(1, "name a crawler", "crawler", "run")
	sh.want(1, "name a crawler", "crawler", "run", "c", "--due")
	sh.want(0, "", "crawler", "delete", "c")
	sh.want(1, "42704", "crawler", "show", "c")
	file := sh.file("c.yaml", "name: y\ndatabase: d\ntargets: [{location: "+sh.lake+"/u, exclusions: ['**.tmp'], depth: 3}]\n"+
		"schema_change: {update: log, delete: LOG}\nrecrawl: new-folders\nconfiguration: {Version: 1.0, Grouping: {TableLevelConfiguration: 2}}\n")
	sh.want(0, "without **.tmp, 3 levels deep|recrawl: CRAWL_NEW_FOLDERS_ONLY|TableLevelConfiguration", "crawler", "create", "--file", file)
	sh.want(1, `defines crawler "y", not "z"`, "crawler", "create", "z", "--file", file)
	bad := sh.file("bad.yaml", "name: y\ntarget: x\n")
	sh.want(1, "bad.yaml|target", "crawler", "create", "--file", bad)
}

// TestDueCommand checks what cron sees: nothing while all is well, a failure
// with its code, and another code while somebody else works.
func TestDueCommand(t *testing.T) {
	sh := newShell(t)
	quiet := func(code int) {
		t.Helper()
		if out, errs, got := sh.run("crawler", "run", "--due"); got != code || out+errs != "" {
			t.Errorf("exit code %d: %s%s", got, out, errs)
		}
	}
	quiet(0)
	sh.want(0, "", "crawler", "create", "c", "--target", sh.lake, "-d", "d", "--schedule", "rate(5 minutes)")
	quiet(0)
	overdue(t, sh, "c")
	quiet(0)
	sh.want(0, "COMPLETED", "crawler", "history", "c")
	overdue(t, sh, "c")
	sh.want(0, "COMPLETED|2 tables unchanged", "crawler", "run", "--due", "--verbose")
	sh.want(0, "", "crawler", "create", "bad", "--target", filepath.Join(sh.lake, "none"), "-d", "d", "--schedule", "rate(5 minutes)")
	sh.want(0, "", "crawler", "update", "bad", "--max-tables", "1", "--target", sh.lake)
	overdue(t, sh, "bad")
	sh.want(exitCrawlFailed, "crawler bad failed|glaux crawler history bad", "crawler", "run", "--due")
	a, err := open(sh.ctx, dataFlags{}, &config{DataDir: sh.dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	unlock, ok, err := a.Meta.TryLock(sh.ctx, "crawlers due")
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	quiet(exitTempFail)
	unlock()
	unlock, _, err = a.Meta.TryLock(sh.ctx, "crawler/c")
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	sh.want(exitTempFail, "already started", "crawler", "run", "c")
}

// overdue makes a crawler due by moving the start of its schedule and its
// runs back.
func overdue(t *testing.T, sh *shell, name string) {
	t.Helper()
	a, err := open(sh.ctx, dataFlags{}, &config{DataDir: sh.dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	back := crawler.New(crawler.Options{Catalog: a.Catalog, Stores: a.Stores, Formats: a.Formats, Now: func() time.Time { return time.Now().Add(-time.Hour) }})
	defer back.Close()
	c, err := back.Get(sh.ctx, name)
	if err == nil {
		err = back.Delete(sh.ctx, name)
	}
	if err == nil {
		_, err = back.Create(sh.ctx, c)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestClassifierCommands(t *testing.T) {
	sh := newShell(t)
	sh.want(0, "There are no custom classifiers", "classifier", "ls")
	patterns := sh.file("patterns", "LEVEL (INFO|WARN)\n")
	sh.want(0, "", "classifier", "create", "g", "--grok", "%{LEVEL:level} %{NUMBER:n:int}", "--classification", "app", "--patterns", patterns)
	sh.want(0, "", "classifier", "create", "j", "--json-path", "$.Records[*]")
	sh.want(0, "", "classifier", "create", "x", "--xml-row-tag", "order", "--classification", "orders")
	sh.want(0, "", "classifier", "create", "v", "--csv", "--delimiter", "tab", "--names", "a,b", "--types", "long,string", "--header", "absent")
	sh.want(0, `app: %{LEVEL:level}|$.Records[*]|orders: <order>|header absent, delimiter "\t", columns a, b`, "classifier", "ls")
	sh.want(0, `"row_tag": "order"`, "classifier", "show", "x")
	sh.want(1, "42710", "classifier", "create", "j", "--json-path", "$")
	sh.want(1, "classification", "classifier", "create", "k", "--grok", "%{WORD:w}")
	sh.want(2, "", "classifier", "create", "k")
	sh.want(2, "can't be used together", "classifier", "create", "k", "--csv", "--json-path", "$")
	sh.want(0, "", "crawler", "create", "c", "--target", sh.lake, "-d", "d", "--classifier", "v")
	sh.want(1, "used by crawlers: c", "classifier", "delete", "v")
	sh.want(0, "", "crawler", "update", "c", "--classifier", "")
	sh.want(0, "", "classifier", "delete", "v")
	sh.want(1, "42704", "classifier", "show", "v")
}
