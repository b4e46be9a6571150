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

// operator opens a session of a superuser who is at the machine.
func operator(t *testing.T, in *server.Instance) *exec.Session {
	t.Helper()
	s, err := in.Engine.NewSession(exec.SessionOptions{})
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

// TestWhoIsWhere puts users into workgroups by name, by group, by choice, and closes
// primary.
func TestWhoIsWhere(t *testing.T) {
	in := openLake(t)
	s := newSession(t, in)
	script(t, s, "CREATE ROLE team", "CREATE ROLE staff", "CREATE USER ana IN ROLE team", "CREATE USER bob IN ROLE team, staff", "CREATE USER carl",
		"CREATE USER dora", "GRANT pg_monitor TO dora",
		"CREATE WORKGROUP b_team WITH (groups = ('team'))", "CREATE WORKGROUP a_staff WITH (groups = ('staff'))",
		"CREATE WORKGROUP c WITH (users = ('bob'), allow_groups = ('staff'))", "CREATE WORKGROUP secret WITH (allow_users = ('nobody'))",
		"CREATE BUDGET bt FOR WORKGROUP b_team WITH (limit = '1GB')", "CREATE BUDGET bs FOR WORKGROUP secret WITH (limit = '1GB')",
		"CREATE BUDGET each FOR EACH USER WITH (limit = '1GB')", "CREATE BUDGET u FOR USER ana WITH (limit = '1GB')")
	where := func(user string) string {
		t.Helper()
		u := guest(t, in, user)
		if _, err := run(t, u, "SELECT sum(n_nationkey) FROM demo.nation"); err != nil {
			return string(fault.As(err).Code) + " " + fault.As(err).Message + ": " + fault.As(err).Hint
		}
		rows, err := run(t, s, "SELECT workgroup FROM glaux_catalog.query_history WHERE user_name = '"+user+"' ORDER BY started DESC LIMIT 1")
		if err != nil || len(rows) != 1 {
			t.Fatal(rows, err)
		}
		return rows[0][0]
	}
	for user, want := range map[string]string{"ana": "b_team", "bob": "c", "carl": "primary"} {
		if got := where(user); got != want {
			t.Errorf("%s is in %s, want %s", user, got, want)
		}
	}
	script(t, s, "ALTER WORKGROUP c DROP USER bob") // of two groups the first by name
	if got := where("bob"); got != "a_staff" {
		t.Errorf("bob is in %s, want a_staff", got)
	}

	ana, bob, carl, dora := guest(t, in, "ana"), guest(t, in, "bob"), guest(t, in, "carl"), guest(t, in, "dora")
	const groups, budgets = "SELECT name FROM glaux_catalog.workgroups ORDER BY 1", "SELECT name FROM glaux_catalog.budgets ORDER BY 1"
	want(t, ana, groups, "b_team", "primary")
	want(t, bob, groups, "a_staff", "b_team", "c", "primary")
	want(t, carl, "SHOW WORKGROUPS", "primary|ENABLED||")
	want(t, dora, groups, "a_staff", "b_team", "c", "primary", "secret") // a monitor sees all, and may use no more than others
	wantFault(t, dora, "SET workgroup = secret", fault.CodeInsufficientPriv, "Choose one with SET workgroup: primary.")
	want(t, ana, budgets, "bt", "each", "u")
	want(t, carl, budgets, "each")
	want(t, dora, "SHOW BUDGETS LIKE 'b%'", "bs|WORKGROUP secret|1GB|day|UTC|reject|", "bt|WORKGROUP b_team|1GB|day|UTC|reject|")
	want(t, carl, "SELECT counts FROM glaux_catalog.budget_usage WHERE budget = 'each'", "user carl") // and nobody else's
	wantFault(t, carl, "SHOW WORKGROUP secret", fault.CodeUndefinedObject, `workgroup "secret" does not exist`)
	wantFault(t, carl, "SHOW CREATE WORKGROUP b_team", fault.CodeUndefinedObject, "There are: primary.")
	wantFault(t, carl, "SHOW BUDGET bt", fault.CodeUndefinedObject, `budget "bt" does not exist`)
	wantFault(t, carl, "CREATE WORKGROUP mine", fault.CodeInsufficientPriv, "must be superuser")
	wantFault(t, carl, "ALTER WORKGROUPS AS '{}'", fault.CodeInsufficientPriv, "must be superuser")
	wantFault(t, dora, "DROP BUDGET bt", fault.CodeInsufficientPriv, "must be superuser")

	// Primary is closed: whoever is in no other workgroup is told which they may choose.
	script(t, s, "ALTER WORKGROUP primary ADD USER ana")
	if got := where("carl"); got != `42501 user "carl" is in no workgroup: Ask an administrator to add you: ALTER WORKGROUP ... ADD USER carl.` {
		t.Errorf("carl: %s", got)
	}
	script(t, s, "ALTER WORKGROUP c ADD USER carl")
	if got := where("carl"); got != `42501 user "carl" is in no workgroup: Choose one with SET workgroup: c.` {
		t.Errorf("carl: %s", got)
	}
	script(t, carl, "SET workgroup = c", "SELECT count(*) FROM demo.nation", "SHOW WORKGROUPS")
	script(t, s, "ALTER WORKGROUP c RESET (allow_users, allow_groups)", "DROP WORKGROUP c")
	wantFault(t, carl, "SELECT 1", fault.CodeUndefinedObject, `workgroup "c" does not exist`)
	script(t, carl, "RESET workgroup")
	wantFault(t, carl, "SELECT 1", fault.CodeInsufficientPriv, "is in no workgroup")
	want(t, carl, "SHOW WORKGROUPS") // the list is there for them too, and empty
}

// TestWorkgroupOfARole sets the workgroup that a role's sessions start in.
func TestWorkgroupOfARole(t *testing.T) {
	in := openLake(t)
	s := newSession(t, in)
	script(t, s, "CREATE USER ana", "CREATE USER bob", "CREATE WORKGROUP w WITH (allow_users = ('ana'))", "ALTER ROLE ana SET workgroup = w")
	want(t, guest(t, in, "ana"), "SHOW workgroup", "w")
	for sql, want := range map[string]string{"ALTER ROLE bob SET workgroup = w": `permission denied for workgroup "w"`,
		"ALTER ROLE bob SET workgroup = nowhere": `workgroup "nowhere" does not exist`, "ALTER ROLE ana SET workgroup = w": ""} {
		if got := notices(t, s, sql); got != want {
			t.Errorf("%s: told %q, want %q", sql, got, want)
		}
	}
	script(t, s, "DROP WORKGROUP w")
	ana := guest(t, in, "ana") // they come in, and their queries say what is wrong
	wantFault(t, ana, "SELECT 1", fault.CodeUndefinedObject, `workgroup "w" does not exist`)
	script(t, ana, "SET workgroup = 'primary'", "SELECT 1", "RESET workgroup")
	wantFault(t, ana, "SELECT 1", fault.CodeUndefinedObject, `workgroup "w" does not exist`)
	script(t, s, "ALTER ROLE ana RESET workgroup")
	script(t, guest(t, in, "ana"), "SELECT 1")
}
