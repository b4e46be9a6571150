package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/users"
)

// TestUserCommands walks through "glaux user" on one data directory.
func TestUserCommands(t *testing.T) {
	dir := t.TempDir()
	glaux := func(code int, in string, args ...string) string {
		t.Helper()
		var out bytes.Buffer
		args = append([]string{"user"}, append(args, "--data-dir", dir)...)
		if got := run(t.Context(), args, &terminal{in: strings.NewReader(in), out: &out, err: &out}); got != code {
			t.Fatalf("%q: exit code %d, want %d\n%s", args, got, code, &out)
		}
		return out.String()
	}
	glaux(exitUser, "", "create", "ana") // no terminal to ask on
	t.Setenv(passwordEnv, "one")
	glaux(exitOK, "", "create", "ana", "--superuser")
	glaux(exitUser, "", "create", "ana")
	glaux(exitUser, "", "create", "pg_ana")
	glaux(exitOK, "", "create", "readers", "--no-login")
	glaux(exitOK, "two\n", "create", "bob", "--password-stdin", "--member-of", "readers", "--valid-until", "2030-01-01T00:00:00Z")
	glaux(exitOK, "", "alter", "bob", "--connection-limit", "7", "--create-role")
	glaux(exitUser, "", "alter", "bob")
	glaux(exitUsage, "", "password", "bob", "--password-stdin", "--no-password")
	glaux(exitOK, "three\n", "password", "bob", "--password-stdin")
	list := glaux(exitOK, "", "list")
	for _, want := range []string{"ana", "scram-sha-256", "readers", "2030-01-01 00:00:00Z"} {
		if !strings.Contains(list, want) {
			t.Errorf("the list lacks %q:\n%s", want, list)
		}
	}
	a, store, err := dataFlags{DataDir: dir}.roles(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	bob, err := store.User(t.Context(), "bob")
	if err != nil {
		t.Fatal(err)
	}
	v, err := users.ParseVerifier(bob.Password)
	if err != nil || !v.Matches("bob", "three") || bob.ConnLimit != 7 || !bob.CreateRole || bob.Superuser {
		t.Errorf("%+v, %v", bob, err)
	}
	glaux(exitUser, "", "drop", "bob", "nobody")
	glaux(exitOK, "", "drop", "bob", "ana", "readers")
	if out := glaux(exitOK, "", "list"); !strings.Contains(out, "no users") {
		t.Error(out)
	}
}
