package meta

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
)

func TestOpenFaults(t *testing.T) {
	sqliteOnly(t, "files")
	ctx := context.Background()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openAt(ctx, file); !fault.Is(err, fault.CodeIO) {
		t.Errorf("a file for a directory: %v", err)
	}
	damaged := t.TempDir()
	if err := os.WriteFile(filepath.Join(damaged, fileName), []byte(strings.Repeat("not a database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openAt(ctx, damaged); !fault.Is(err, fault.CodeDataCorrupted) {
		t.Errorf("damaged: %v", err)
	}
	newer := t.TempDir()
	s := must[*Store](t)(openAt(ctx, newer))
	if _, err := s.write.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)"); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if _, err := openAt(ctx, newer); !fault.Is(err, fault.CodeObjectNotReady) {
		t.Errorf("a newer catalog: %v", err)
	}
	odd := filepath.Join(t.TempDir(), "a b%20?c#d")
	s = must[*Store](t)(openAt(ctx, odd))
	s.Close()
	if _, err := os.Stat(filepath.Join(odd, fileName)); err != nil {
		t.Errorf("the file is elsewhere: %v", err)
	}
}

// TestBusy makes a writer wait for another process that never ends its
// transaction.
func TestBusy(t *testing.T) {
	sqliteOnly(t, "its locks")
	ctx := context.Background()
	dir := t.TempDir()
	s := must[*Store](t)(openAt(ctx, dir))
	defer s.Close()
	other, err := connect(filepath.Join(dir, fileName), "immediate", 1, busyTimeout)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tx, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := s.write.Exec("PRAGMA busy_timeout = 50"); err != nil {
		t.Fatal(err)
	}
	_, err = s.CreateDatabase(ctx, &catalog.Database{Name: "d"})
	wantFault(t, err, fault.CodeLockNotAvailable, "Try again")
	if _, err := s.Databases(ctx); err != nil {
		t.Errorf("readers must not wait: %v", err)
	}
}

func TestDurability(t *testing.T) {
	sqliteOnly(t, "its settings")
	s := openTest(t)
	for name, c := range map[string]struct {
		db   *sql.DB
		want int
	}{"write": {s.write, 2}, "history": {s.history.write, 1}} {
		var level int
		if err := c.db.QueryRow("PRAGMA synchronous").Scan(&level); err != nil || level != c.want {
			t.Errorf("%s: synchronous=%d, %v, want %d", name, level, err, c.want)
		}
	}
	var mode string
	if err := s.write.QueryRow("PRAGMA journal_mode").Scan(&mode); err != nil || mode != "wal" {
		t.Errorf("journal mode %s, %v", mode, err)
	}
}

func TestLocations(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	for _, l := range []string{"s3://b/x", "/data", "s3://b/x"} {
		if err := s.AddLocation(ctx, l); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"/data", "s3://b/x"}, must[[]string](t)(s.Locations(ctx))); diff != "" {
		t.Error(diff)
	}
}

func TestCancelled(t *testing.T) {
	s := openTest(t)
	tab := withOrders(t, s)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Partitions(ctx, tab); fault.As(err) == nil || fault.As(err).Code != fault.CodeQueryCanceled {
		t.Errorf("%v", err)
	}
	if _, err := s.Table(ctx, "sales", "orders"); fault.As(err) == nil || fault.As(err).Code != fault.CodeQueryCanceled {
		t.Errorf("%v", err)
	}
}
