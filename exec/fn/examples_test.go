package fn_test

import (
	"maps"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/exec/slttest"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
)

// sessions gives a session of each dialect over an empty catalog.
func sessions(t testing.TB) (pg, athena slttest.Session) {
	t.Helper()
	return sessionsWith(t, 1, nil)
}

// sessionsWith gives them with so many workers and these settings.
func sessionsWith(t testing.TB, workers int, set map[string]string) (pg, athena slttest.Session) {
	t.Helper()
	cat, err := meta.Open(t.Context(), meta.Memory)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cat.Close() })
	stores, err := store.NewRegistry(store.Config{})
	if err != nil {
		t.Fatal(err)
	}
	fs := formats.NewRegistry()
	e, err := exec.New(exec.Options{Catalog: cat, Formats: fs, Stores: stores, Lake: lake.New(stores, fs), Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	open := func(dialect string) slttest.Session {
		settings := map[string]string{"dialect": dialect}
		maps.Copy(settings, set)
		s, err := e.NewSession(exec.SessionOptions{User: "ada", Settings: settings})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		return slttest.Session{Session: s}
	}
	return open("postgres"), open("athena")
}

// value evaluates an expression.
func value(t *testing.T, s slttest.Session, sql string) (string, error) {
	t.Helper()
	rows, err := s.Query(t.Context(), "SELECT "+sql)
	if err != nil {
		return "", err
	}
	if len(rows) != 1 {
		t.Fatalf("%s: %d rows", sql, len(rows))
	}
	if rows[0] == "(empty)" {
		return "", nil
	}
	return rows[0], nil
}

// TestExamples runs every example of the documentation.
func TestExamples(t *testing.T) {
	pg, athena := sessions(t)
	for _, e := range fn.NewRegistry().Entries() {
		for _, ex := range e.Examples {
			s := pg
			if ex.Athena {
				s = athena
			}
			if got, err := value(t, s, ex.SQL); err != nil {
				t.Errorf("%s: %v", ex.SQL, err)
			} else if got != ex.Result {
				t.Errorf("%s = %s, want %s", ex.SQL, got, ex.Result)
			}
		}
	}
}

// check is an expression and its text, or the SQLSTATE of its error.
type check struct {
	sql, want string
	code      fault.Code
}

func run(t *testing.T, s slttest.Session, checks []check) {
	t.Helper()
	for _, c := range checks {
		got, err := value(t, s, c.sql)
		switch {
		case c.code != "" && !fault.Is(err, c.code):
			t.Errorf("%s = %s, %v; want SQLSTATE %s", c.sql, got, err, c.code)
		case c.code == "" && err != nil:
			t.Errorf("%s: %v", c.sql, err)
		case c.code == "" && got != c.want:
			t.Errorf("%s = %s, want %s", c.sql, got, c.want)
		}
	}
}
