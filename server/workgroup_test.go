package server_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/server"
)

// guest opens a session of a user who comes from another machine: nobody who is not
// a role is a superuser.
func guest(t *testing.T, in *server.Instance, user string) *exec.Session {
	t.Helper()
	s, err := in.Engine.NewSession(exec.SessionOptions{User: user, ClientAddr: "192.0.2.1:5"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// script runs statements that must work.
func script(t *testing.T, s *exec.Session, statements ...string) {
	t.Helper()
	for _, sql := range statements {
		if _, err := run(t, s, sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

// want runs a query and compares its rows, columns with | between them.
func want(t *testing.T, s *exec.Session, sql string, rows ...string) {
	t.Helper()
	got, err := run(t, s, sql)
	if err != nil {
		t.Errorf("%s: %v", sql, err)
		return
	}
	var lines []string
	for _, r := range got {
		lines = append(lines, strings.Join(r, "|"))
	}
	if diff := cmp.Diff(rows, lines); diff != "" {
		t.Errorf("%s: %s", sql, diff)
	}
}

// wantFault runs a statement that must fail with a code and a text in its message,
// detail or hint.
func wantFault(t *testing.T, s *exec.Session, sql string, code fault.Code, text string) {
	t.Helper()
	_, err := run(t, s, sql)
	if !fault.Is(err, code) {
		t.Errorf("%s: %v, want %s", sql, err, code)
		return
	}
	if f := fault.As(err); !strings.Contains(f.Message+"\n"+f.Detail+"\n"+f.Hint, text) {
		t.Errorf("%s: %s\n%s\n%s\nno %q", sql, f.Message, f.Detail, f.Hint, text)
	}
}

// TestRolesOfWorkgroups renames and drops roles that workgroups and budgets name.
func TestRolesOfWorkgroups(t *testing.T) {
	in := openLake(t)
	s := newSession(t, in)
	script(t, s, "CREATE USER ana", "CREATE USER bob", "CREATE ROLE team", "CREATE USER eve",
		"CREATE WORKGROUP w WITH (users = ('ana'), allow_users = ('bob'), groups = ('team'), allow_groups = ('team'))",
		"CREATE WORKGROUP x WITH (allow_users = ('ana', 'zoe'))", "CREATE BUDGET b FOR USER ana WITH (limit = '1GB')")
	wantFault(t, s, "DROP ROLE ana", fault.CodeDependentObjects, "member of workgroup \"w\"\nmember of workgroup \"x\"\nbudget \"b\"\n"+
		"ALTER WORKGROUP w DROP USER ana; ALTER WORKGROUP x DROP USER ana; DROP BUDGET b;")
	wantFault(t, s, "DROP ROLE eve, team", fault.CodeDependentObjects, "ALTER WORKGROUP w DROP GROUP team;")
	want(t, s, "SELECT rolname FROM pg_roles WHERE rolname = 'eve'", "eve") // nothing was done
	script(t, s, "DROP ROLE eve", "ALTER ROLE ana RENAME TO anna", "ALTER ROLE team RENAME TO crew")
	const lists = "SELECT name, users, groups, allow_users, allow_groups FROM glaux_catalog.workgroups WHERE name <> 'primary' ORDER BY name"
	want(t, s, lists, "w|{anna}|{crew}|{bob}|{crew}", "x|{}|{}|{anna,zoe}|{}")
	want(t, s, "SELECT user_name FROM glaux_catalog.budgets", "anna")
	want(t, guest(t, in, "anna"), "SHOW WORKGROUPS", "primary|ENABLED||", "w|ENABLED||", "x|ENABLED||")

	// The new name may be there already: of a user who was no role. It is there once.
	script(t, s, "ALTER ROLE anna RENAME TO zoe")
	want(t, s, lists, "w|{zoe}|{crew}|{bob}|{crew}", "x|{}|{}|{zoe}|{}")
	// But not as the default of two workgroups.
	script(t, s, "ALTER WORKGROUP x ADD USER yan AS DEFAULT")
	wantFault(t, s, "ALTER ROLE zoe RENAME TO yan", fault.CodeDuplicateObject, "cannot be the default")
	want(t, s, "SELECT rolname FROM pg_roles WHERE rolname IN ('zoe', 'yan')", "zoe")

	// A workgroup that loses its last member is open to all: that is told, and not
	// what dropping a role does.
	script(t, s, "CREATE WORKGROUP last WITH (users = ('bob'))")
	wantFault(t, s, "DROP USER bob", fault.CodeDependentObjects, `member of workgroup "last"`)
	if got := notices(t, s, "ALTER WORKGROUP last DROP USER bob"); got != `workgroup "last" names nobody any more: everybody may choose it` {
		t.Errorf("told %q", got)
	}
	script(t, s, "ALTER WORKGROUP w DROP USER bob", "DROP USER bob")
	if got := notices(t, s, "CREATE WORKGROUP typo WITH (users = ('nobody'))"); got != `role "nobody" does not exist` {
		t.Errorf("told %q", got)
	}
}

// notices runs a statement and gives what it has to say.
func notices(t *testing.T, s *exec.Session, sql string) string {
	t.Helper()
	p, err := s.Prepare(t.Context(), sql, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Execute(t.Context(), p, nil)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	defer r.Close()
	var out []string
	for _, n := range r.Notices() {
		out = append(out, n.Message)
	}
	return strings.Join(out, "\n")
}
