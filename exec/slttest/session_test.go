package slttest

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/users"
	"github.com/glauxdb/glaux/exec"
)

// say runs statements in one session; the last one's rows come back.
func say(t *testing.T, s Session, statements ...string) []string {
	t.Helper()
	var rows []string
	var err error
	for _, sql := range statements {
		if rows, err = s.Query(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	return rows
}

// refuse runs a statement that must fail.
func refuse(t *testing.T, s Session, code fault.Code, sql string) {
	t.Helper()
	if _, err := s.Query(t.Context(), sql); !fault.Is(err, code) {
		t.Errorf("%s: %v, want %s", sql, err, code)
	}
}

func wantRows(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func engine(t *testing.T) *exec.Engine { return Lake(t, filepath.Join(root, "lake"), nil) }

func TestTransactionsOfSessions(t *testing.T) {
	e := engine(t)
	a, b := NewSession(t, e), NewSession(t, e)
	say(t, a, "create schema snap", "begin")
	refuse(t, a, fault.CodeUndefinedTable, "select * from snap.v")
	say(t, a, "rollback", "begin", "savepoint s")
	refuse(t, a, fault.CodeUndefinedTable, "select * from snap.v")
	say(t, b, "create view snap.v as select 1 as x")
	say(t, a, "rollback to s")
	refuse(t, a, fault.CodeUndefinedTable, "select * from snap.v")
	say(t, a, "rollback")
	wantRows(t, say(t, a, "select x from snap.v"), "1")

	say(t, a, "begin", "set work_mem = '1MB'", "savepoint s", "set work_mem = '2MB'", "rollback to s")
	wantRows(t, say(t, a, "show work_mem"), "1MB")
	refuse(t, a, fault.CodeInvalidSavepoint, "release nobody")
	say(t, a, "rollback")
	wantRows(t, say(t, a, "show work_mem"), "4MB")
	say(t, a, "begin read only")
	refuse(t, a, fault.CodeReadOnlyTransaction, "drop view snap.v")
	say(t, a, "rollback and chain")
	wantRows(t, say(t, a, "show transaction_read_only"), "on")
	say(t, a, "commit")
}

func TestAdvisoryLocksOfSessions(t *testing.T) {
	e := engine(t)
	a, b := NewSession(t, e), NewSession(t, e)
	say(t, a, "select pg_advisory_lock(1)", "begin", "select pg_advisory_xact_lock(1, 2)")
	wantRows(t, say(t, b, "select pg_try_advisory_lock(1), pg_try_advisory_lock(1, 2), pg_try_advisory_lock(2)"), "false|false|true")
	say(t, b, "set lock_timeout = 20")
	refuse(t, b, fault.CodeLockNotAvailable, "select pg_advisory_lock(1)")
	say(t, a, "commit")
	wantRows(t, say(t, b, "select pg_try_advisory_lock(1, 2)"), "true")

	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	say(t, b, "set lock_timeout = 0")
	found := make(chan bool, 2) // whichever waits last finds out, and makes way for the other
	wait := func(s Session, lock string) {
		_, err := s.Query(ctx, "select pg_advisory_lock("+lock+")")
		if err != nil && !fault.Is(err, fault.CodeDeadlock) {
			t.Error(err)
		}
		if err != nil {
			_, err = s.Query(ctx, "select pg_advisory_unlock_all()")
			found <- err == nil
			return
		}
		found <- false
	}
	go wait(a, "2")
	wait(b, "1")
	if one, other := <-found, <-found; one == other {
		t.Errorf("deadlock found by both or none: %v", one)
	}
	b.Close()
	a.Close()
	wantRows(t, say(t, NewSession(t, e), "select pg_try_advisory_lock(1), pg_try_advisory_lock(2)"), "true|true")
}

func TestNotifications(t *testing.T) {
	e := engine(t)
	a, b := NewSession(t, e), NewSession(t, e)
	say(t, a, "listen news")
	wantRows(t, say(t, a, "select * from pg_listening_channels()"), "news")
	say(t, b, "begin", "notify news, 'one'", "notify news, 'one'", "savepoint s", "notify news, 'two'", "rollback to s")
	if n := a.TakeNotifications(); len(n) != 0 {
		t.Errorf("told before the commit: %v", n)
	}
	say(t, b, "commit", "select pg_notify('news', 'three')")
	var got []string
	for _, n := range a.TakeNotifications() {
		got = append(got, n.Channel+" "+n.Payload)
	}
	wantRows(t, got, "news one", "news three")
	refuse(t, b, fault.CodeInvalidParameter, "select pg_notify('news', '"+strings.Repeat("x", 8000)+"')")
	say(t, a, "unlisten *")
	say(t, b, "notify news")
	if n := a.TakeNotifications(); len(n) != 0 {
		t.Errorf("told after UNLISTEN: %v", n)
	}
}

func TestRolesAndSignalsOfSessions(t *testing.T) {
	e := engine(t)
	ctx := t.Context()
	for _, name := range []string{"staff", "anna", "boss"} {
		u := users.New(name)
		u.Superuser, u.Login = name == "boss", true
		if _, err := e.Users().Create(ctx, u); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Users().Grant(ctx, "staff", "anna", false); err != nil {
		t.Fatal(err)
	}
	open := func(name string, pid int32, signal func(bool)) Session {
		s, err := e.NewSession(exec.SessionOptions{User: name, BackendPID: pid, ClientAddr: "10.0.0.1:5", Signal: signal})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		return Session{s}
	}
	var heard []bool
	anna, boss := open("anna", 1, func(end bool) { heard = append(heard, end) }), open("boss", 2, nil)
	open("staff", 3, func(bool) {})
	refuse(t, anna, fault.CodeInsufficientPriv, "set role boss")
	refuse(t, anna, fault.CodeInsufficientPriv, "set session authorization boss")
	refuse(t, anna, fault.CodeInvalidParameter, "set role nobody")
	say(t, anna, "set role staff")
	wantRows(t, say(t, anna, "select current_user, session_user"), "staff|anna")
	refuse(t, anna, fault.CodeInsufficientPriv, "select pg_cancel_backend(2)")
	refuse(t, anna, fault.CodeInsufficientPriv, "select pg_cancel_backend(1)")
	say(t, anna, "reset role")
	wantRows(t, say(t, anna, "select pg_cancel_backend(3)"), "true")
	wantRows(t, say(t, boss, "select pg_cancel_backend(1), pg_terminate_backend(1), pg_terminate_backend(99)"), "true|true|false")
	if !slices.Equal(heard, []bool{false, true}) {
		t.Errorf("signals %v", heard)
	}
	wantRows(t, say(t, boss, "set session authorization anna", "show is_superuser"), "off")
	say(t, boss, "reset session authorization")
	if all := e.Activity(); len(all) != 3 || all[0].User != "anna" || all[1].Query != "reset session authorization" {
		t.Errorf("activity %+v", all)
	}
}
