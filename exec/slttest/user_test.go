package slttest

import (
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/users"
	"github.com/glauxdb/glaux/exec"
)

// TestPasswordsStayHidden looks for passwords wherever a statement's text is kept
// or repeated.
func TestPasswordsStayHidden(t *testing.T) {
	e := engine(t)
	s := NewSession(t, e)
	const secret = "xyzzy123"
	for _, sql := range []string{
		"create user hidden login password 'xyzzy123'",
		"alter user hidden encrypted password $$xyzzy123$$",
		"prepare p as alter user hidden password 'xyzzy123'",
		"create user hidden password 'xyzzy123' password 'xyzzy123'",
		"create user other password xyzzy123",
		"create user other password 'xyzzy123",
		"create user other password 'a' 'xyzzy123'",
		"alter user nobody password 'xyzzy123'",
		"create user hidden password 'xyzzy123'",
	} {
		_, err := s.Query(t.Context(), sql)
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", sql, err)
		}
		if got := e.Activity()[0].Query; strings.Contains(got, secret) {
			t.Errorf("activity has %q", got)
		}
	}
	u, err := e.Users().User(t.Context(), "hidden")
	if err != nil {
		t.Fatal(err)
	}
	if v, err := users.ParseVerifier(u.Password); err != nil || v.Method != users.SCRAM || !v.Matches("hidden", secret) {
		t.Errorf("%q, %v", u.Password, err)
	}
}

// TestFirstUser makes the first users from a session that no role stands behind,
// and gives one of them settings.
func TestFirstUser(t *testing.T) {
	e := engine(t)
	say(t, NewSession(t, e), "create user first superuser", "create user second", "alter user second set work_mem = '6MB'",
		"alter user second set datestyle = 'German'")
	say(t, NewSession(t, e), "alter user second password 'md5a9f0e61a137d86aa9db53465e0801612'") // the verifier of an empty password
	if u, err := e.Users().User(t.Context(), "second"); err != nil || u.Password != "" {
		t.Errorf("%+v, %v", u, err)
	}
	s, err := e.NewSession(exec.SessionOptions{User: "second", ClientAddr: "10.0.0.1:5"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	second := Session{s}
	wantRows(t, say(t, second, "show work_mem"), "6MB")
	wantRows(t, say(t, second, "set work_mem = '1MB'", "reset work_mem", "show work_mem"), "6MB")
	refuse(t, second, "42501", "create user third")
	wantRows(t, say(t, second, "show is_superuser"), "off")
}
