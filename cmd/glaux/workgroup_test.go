package main

import (
	"context"
	"encoding/json"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
)

// serve runs a server on the shell's data directory and gives its URL for a user.
func (sh *shell) serve(user string) string {
	sh.Helper()
	conf := &config{DataDir: sh.dir, Listen: "127.0.0.1:0"}
	(&doorFlags{}).overlay(&conf.Door, "")
	a, err := open(sh.ctx, dataFlags{}, conf, []string{sh.lake})
	if err != nil {
		sh.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	up, down := make(chan string, 1), make(chan error, 1)
	go func() {
		down <- a.serve(ctx, &terminal{out: &strings.Builder{}, err: &strings.Builder{}}, func(at net.Addr) { up <- at.String() })
	}()
	sh.Cleanup(func() {
		stop()
		if err := <-down; err != nil {
			sh.Error(err)
		}
		a.Close()
	})
	select {
	case addr := <-up:
		return "postgres://" + user + "@" + addr + "?sslmode=disable"
	case err := <-down:
		sh.Fatal(err)
	case <-time.After(10 * time.Second):
		sh.Fatal("the server does not start")
	}
	return ""
}

// TestWorkgroupCommands gives the same commands to a data directory and to a server
// on another one: they say the same.
func TestWorkgroupCommands(t *testing.T) {
	for _, where := range []string{"here", "at a server"} {
		t.Run(where, func(t *testing.T) {
			sh := newShell(t)
			if where == "at a server" {
				t.Setenv("GLAUX_URL", sh.serve("glaux"))
				t.Setenv("GLAUX_DATA_DIR", "")
			}
			workgroups(sh)
		})
	}
}

func workgroups(sh *shell) {
	g := func(code int, words string, args ...string) string {
		sh.Helper()
		return sh.want(code, words, append([]string{"workgroup"}, args...)...)
	}
	g(0, "Created workgroup analysts.", "create", "analysts", "--set", "bytes_scanned_cutoff_per_query=10GB", "--set", "users=ana, bob",
		"--set", "tags=team=web,cost=12", "--set", "description=it's, theirs")
	g(1, `42710: workgroup "analysts" already exists`, "create", "analysts")
	g(0, `NOTICE:  workgroup "analysts" already exists, skipping`, "create", "analysts", "--if-not-exists")
	g(1, `42704: unrecognized option "users "|HINT:  Did you mean "users"?`, "create", "bad", "--set", "users =ana")
	g(1, "22023: bytes_scanned_cutoff_per_query: a limit of zero bytes", "create", "bad", "--set", "bytes_scanned_cutoff_per_query=0")
	g(1, "--set description has no value", "create", "bad", "--set", "description")
	g(1, `42602: invalid workgroup name "no good"`, "create", "no good")
	g(2, "", "create", "bad", "--if-not-exists", "--or-replace")
	g(0, "NAME|STATE|10 GB|ana, bob|(all)|it's, theirs", "list")
	g(0, "bytes_scanned_cutoff_per_query  10GB\n|cost=12, team=web", "show", "analysts")
	g(1, `workgroup "analyst" does not exist|Did you mean "analysts"?`, "show", "analyst")
	sql := g(0, "CREATE WORKGROUP analysts WITH (|description = 'it''s, theirs'|);", "show", "analysts", "--format", "sql")
	g(0, "Dropped workgroup analysts.", "drop", "analysts")
	if !strings.HasPrefix(sql, "CREATE ") || strings.Contains(sql, "HINT") {
		sh.Errorf("not a statement: %s", sql)
	}
	g(0, "", "create", "analysts", "--set", "users=ana,bob")
	g(0, `WARNING:  role "carl" does not exist|Changed workgroup analysts.`, "alter", "analysts", "--add-user", "carl,dora", "--default")
	g(0, "", "alter", "analysts", "--drop-user", "ana")
	g(1, "22023: --default goes with", "alter", "analysts", "--drop-user", "bob", "--default")
	g(1, "nothing to change", "alter", "analysts")
	g(2, "", "alter", "analysts", "--set", "state=disabled", "--reset", "users")
	g(0, "", "alter", "analysts", "--set", "query_timeout=90s")
	g(0, "", "alter", "analysts", "--set", "price_per_tb=5.5")
	g(0, "", "alter", "analysts", "--set", "state=disabled")
	g(0, "", "alter", "analysts", "--reset", "price_per_tb,description")
	var list []struct {
		Name    string
		State   string
		Users   []string
		Timeout string   `json:"query_timeout"`
		Price   *float64 `json:"price_per_tb"`
	}
	if err := json.Unmarshal([]byte(g(0, "", "show", "analysts", "--format", "json")), &list); err != nil || len(list) != 1 ||
		strings.Join(list[0].Users, " ") != "bob carl dora" || list[0].Timeout != "00:01:30" || list[0].State != "DISABLED" || list[0].Price != nil {
		sh.Errorf("%+v, %v", list, err)
	}
	file := sh.file("conf/glaux.yaml", "listen: 127.0.0.1:1\nworkgroups:\n  - name: analysts\n    users: [bob, carl]\n    query_timeout: 90s\n  - {name: etl}\nbudgets:\n  - {name: w, workgroup: etl, limit: 1TB}\n")
	g(0, "changed workgroup analysts: state DISABLED -> ENABLED, users bob, carl, dora -> bob, carl\ncreated workgroup etl\ncreated budget w\n", "apply", "-f", file, "--dry-run")
	g(1, "42704", "show", "etl")
	sh.want(0, "", "workgroup", "list", "--config", file) // which defines nothing
	g(1, "42704", "show", "etl")
	g(0, `{"change":"created","kind":"workgroup","name":"etl","details":""}`, "apply", "-f", file, "--format", "ndjson")
	g(0, "unchanged workgroup analysts\nunchanged workgroup etl\nunchanged budget w\n", "apply", "-f", file)
	less := sh.file("conf/less.yaml", "workgroups:\n  - name: analysts\n    state: disabled\n")
	g(0, "dropped budget w\ndropped workgroup etl\n", "apply", "-f", less, "--prune")
	g(1, "22023|bad.yaml: [3:20] invalid length of time|HINT:  Write it as 90s", "apply", "-f", sh.file("conf/bad.yaml", "workgroups:\n  - name: x\n    query_timeout: soon\n"))
	g(0, "defines no workgroups", "apply", "-f", "-")
	g(0, "name,description,state|analysts,,DISABLED", "list", "--format", "csv")
	g(1, "2BP01", "drop", "primary")
	g(0, `NOTICE:  workgroup "nobody" does not exist, skipping`, "drop", "nobody", "--if-exists")
	g(1, "42704", "drop", "nobody")
}

func TestServerOrDirectory(t *testing.T) {
	env := map[string]string{"GLAUX_URL": "u", "GLAUX_DATA_DIR": "d"}
	none := map[string]string{}
	for _, c := range []struct {
		url, dir string
		env      map[string]string
		remote   bool
		bad      bool
	}{{env: none}, {url: "x", env: none, remote: true}, {dir: "x", env: none}, {url: "x", dir: "x", env: none, bad: true},
		{url: "u", dir: "d", env: env, bad: true}, {url: "x", dir: "d", env: env, remote: true}, {url: "u", dir: "x", env: env}} {
		remote, err := (&adminFlags{URL: c.url, dataFlags: dataFlags{DataDir: c.dir}}).remote(func(k string) string { return c.env[k] })
		if remote != c.remote || fault.Is(err, fault.CodeInvalidParameter) != c.bad {
			t.Errorf("%+v: %v, %v", c, remote, err)
		}
	}
}
