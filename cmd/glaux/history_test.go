package main

import (
	"strings"
	"testing"
	"time"
)

// TestBudgetAndHistoryCommands gives the same commands to a data directory and to a
// server on it.
func TestBudgetAndHistoryCommands(t *testing.T) {
	for _, where := range []string{"here", "at a server"} {
		t.Run(where, func(t *testing.T) {
			sh := newShell(t)
			sh.want(0, "", "crawl", sh.lake, "--database", "lake")
			ask := func(user string) {
				sh.want(0, "", "query", "-U", user, "--workgroup", "w", "SELECT count(name) FROM lake.t WHERE dt = '2026-03-01'")
			}
			if where == "at a server" {
				t.Setenv("GLAUX_URL", sh.serve("glaux"))
				t.Setenv("GLAUX_DATA_DIR", "")
				ask = func(user string) {
					sh.want(0, "", "query", "-U", user, "--data-dir", sh.dir, "--workgroup", "w", "SELECT count(name) FROM lake.t WHERE dt = '2026-03-01'")
				}
			}
			budgets(sh, ask)
			histories(sh)
		})
	}
}

func budgets(sh *shell, ask func(user string)) {
	g := func(code int, words string, args ...string) string {
		sh.Helper()
		return sh.want(code, words, append([]string{"budget"}, args...)...)
	}
	g(0, "There are no budgets", "list")
	g(0, "There are no budgets", "usage")
	g(1, "42704", "create", "b", "--for-workgroup", "w", "--limit", "1GB")
	sh.want(0, "", "workgroup", "create", "w", "--set", "price_per_tb=5")
	g(0, "Created budget b.", "create", "b", "--for-workgroup", "w", "--limit", "1GB", "--set", "period=week", "--set", "warn_at=80")
	g(0, "", "create", "each", "--for-each-user", "--limit", "100MB")
	g(0, "", "create", "u", "--for-user", "ana", "--limit", "1MB", "--set", "action=warn")
	g(0, "", "create", "t", "--for-tag", "team=web", "--limit", "1MB")
	g(1, "22023: the budget is for nobody", "create", "x", "--limit", "1MB")
	g(2, "", "create", "x", "--limit", "1MB", "--for-each-user", "--for-user", "ana")
	g(2, "--limit", "create", "x", "--for-each-user")
	g(1, `22023: limit: invalid size "x"`, "create", "x", "--for-each-user", "--limit", "x")
	g(1, "22023", "create", "x", "--for-each-user", "--limit", "0")
	g(0, "workgroup w   1 GB|each user|user ana|tag team=web|80 %", "list")
	g(0, "0 bytes  0 bytes  1 GB", "usage")
	ask("ana")
	g(0, "b       workgroup w|each    user ana|u       user ana|20 bytes", "usage")
	g(0, `"bytes_used":20,"bytes_leased":0,"bytes_left":1073741804`, "usage", "b", "--format", "json")
	g(1, "42704", "usage", "nobody")
	g(0, "", "alter", "b", "--set", "limit=2GB")
	g(0, "", "alter", "b", "--reset", "warn_at")
	g(1, "nothing to change", "alter", "b")
	g(0, "CREATE BUDGET b FOR WORKGROUP w WITH (|limit = '2GB'", "show", "b", "--format", "sql")
	g(0, "for        WORKGROUP w", "show", "b")
	g(0, "Dropped budget t.", "drop", "t")
	g(1, "42704", "drop", "t")
	g(0, "NOTICE", "drop", "t", "--if-exists")
}

func histories(sh *shell) {
	g := func(code int, words string, args ...string) string {
		sh.Helper()
		return sh.want(code, words, append([]string{"history"}, args...)...)
	}
	g(0, "ID|STARTED|ana|w|SUCCEEDED|20 bytes|10 MB|SELECT count(name) FROM lake.t", "--user", "ana")
	g(0, "CREATE BUDGET b|FAILED 42704", "--kind", "ddl", "--limit", "0")
	g(0, "No finished query matches.", "--user", "ana", "--since", "2100-01-01")
	g(0, "ana", "--user", "ana", "--since", "1h", "--until", "2100-01-01 00:00+01")
	g(1, "--since|no time", "--since", "soon")
	g(1, `no state "CANCELED"|Did you mean "CANCELLED"?`, "--state", "canceled")
	g(1, `no kind "X"|DML, DDL, UTILITY`, "--kind", "x")
	g(1, "--until|no time", "--until", "infinity")
	out := g(0, "", "list", "--workgroup", "w", "--state", "succeeded", "--format", "csv")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) < 2 || !strings.HasPrefix(lines[0], "query_id,user_name") {
		sh.Fatalf("history as CSV: %s", out)
	}
	id, _, _ := strings.Cut(lines[1], ",")
	g(0, id[:12]+"|bytes_scanned     20\nbytes_billed      10485760 (10 MB)|\nquery:\n  SELECT count(name)|\ntables:|\nplan:\n", "show", id[:12])
	g(0, `"query_id":"`+id, "show", id, "--format", "json")
	g(1, "42704", "show", "zzz")
	g(1, "several queries", "show", "")
}

func TestMomentOf(t *testing.T) {
	now := time.Date(2026, 11, 21, 15, 0, 0, 0, time.UTC)
	for in, want := range map[string]string{"90m": "2026-11-21T13:30:00Z", "7d": "2026-11-14T15:00:00Z", "60": "2026-11-21T14:59:00Z",
		"2026-11-20 10:00+01": "2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z": "2026-11-20T10:00:00Z"} {
		if at, err := momentOf(in, now); err != nil || at.UTC().Format(time.RFC3339) != want {
			t.Errorf("%s: %v, %v; want %s", in, at, err, want)
		}
	}
}
