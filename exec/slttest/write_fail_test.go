package slttest

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/store"
)

// memoryLake is a session that may write to memory://lake/.
func memoryLake(t *testing.T) (writable, *store.Memory) {
	t.Helper()
	m := store.NewMemory("lake")
	w := openWritable(t, func(o *exec.Options) {
		if err := errors.Join(o.Stores.Mount("memory://lake", m), o.Stores.AllowWrite("memory://lake/t")); err != nil {
			t.Fatal(err)
		}
	})
	return w, m
}

func objects(t *testing.T, m *store.Memory) (n int) {
	t.Helper()
	for _, err := range m.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}

const parted = "CREATE TABLE out.t WITH (external_location = 'memory://lake/t/', partitioned_by = ARRAY['k']) AS SELECT l_orderkey, l_orderkey % 200 AS k FROM lineitem"

// TestWriteManyPartitions writes 200 partitions, a file in each.
func TestWriteManyPartitions(t *testing.T) {
	w, m := memoryLake(t)
	say(t, w.Session, parted)
	wantRows(t, say(t, w.Session, "SELECT count(*) = (SELECT count(*) FROM lineitem), count(DISTINCT k) FROM out.t"), "true|200")
	if n := objects(t, m); n != 200 {
		t.Errorf("%d files for 200 partitions", n)
	}
	refuse(t, w.Session, fault.CodeInsufficientPriv, "CREATE TABLE out.u WITH (external_location = 'memory://lake/u/') AS SELECT 1 AS a")
}

// TestWriteFails has the store fail at some file: no table and no file are left.
func TestWriteFails(t *testing.T) {
	w, m := memoryLake(t)
	var puts atomic.Int32
	m.FailWith(func(op, _ string) error {
		if op == "put" && puts.Add(1) == 50 {
			return fault.New(fault.CodeDiskFull, "no space left")
		}
		return nil
	})
	_, err := w.Query(t.Context(), parted)
	if !fault.Is(err, fault.CodeDiskFull) || !strings.Contains(fault.As(err).Detail, "were removed") {
		t.Errorf("%v, detail %q", err, fault.As(err).Detail)
	}
	if n := objects(t, m); n != 0 {
		t.Errorf("%d files are left", n)
	}
	refuse(t, w.Session, fault.CodeUndefinedTable, "TABLE out.t")

	puts.Store(0)
	m.FailWith(func(op, _ string) error {
		if op == "delete" || op == "put" && puts.Add(1) == 3 {
			return fault.New(fault.CodeIO, "the store is away")
		}
		return nil
	})
	_, err = w.Query(t.Context(), parted)
	if !fault.Is(err, fault.CodeIO) || !strings.Contains(fault.As(err).Detail, "could not be removed: memory://lake/t/k=") {
		t.Errorf("%v, detail %q", err, fault.As(err).Detail)
	}
}

// TestWriteCanceled cancels while files are being written.
func TestWriteCanceled(t *testing.T) {
	w, m := memoryLake(t)
	ctx, cancel := context.WithCancel(t.Context())
	var puts atomic.Int32
	m.FailWith(func(op, _ string) error {
		if op == "put" && puts.Add(1) == 20 {
			cancel()
		}
		return nil
	})
	if _, err := w.Query(ctx, parted); !fault.Is(err, fault.CodeQueryCanceled) {
		t.Errorf("%v", err)
	}
	if n := objects(t, m); n != 0 || puts.Load() < 20 {
		t.Errorf("%d files are left of %d", n, puts.Load())
	}
	refuse(t, w.Session, fault.CodeUndefinedTable, "TABLE out.t")
}

// TestWriteLeavesNoFolders: what fails in a directory leaves it as it was.
func TestWriteLeavesNoFolders(t *testing.T) {
	w := openWritable(t, nil)
	if _, err := w.Query(t.Context(), "CREATE TABLE out.t WITH (partitioned_by = ARRAY['k']) AS SELECT 1 / (n_nationkey - 24) AS x, n_nationkey AS k FROM nation"); !fault.Is(err, fault.CodeDivisionByZero) {
		t.Errorf("%v", err)
	}
	if left, err := os.ReadDir(w.dir); err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
	say(t, w.Session, "CREATE TABLE out.none WITH (partitioned_by = ARRAY['k']) AS SELECT 1 AS a, 2 AS k WHERE false",
		"CREATE TABLE out.nodata AS SELECT 1 AS a WITH NO DATA")
	refuse(t, w.Session, fault.CodeDivisionByZero, "INSERT INTO out.nodata SELECT 1 / (n_nationkey - 24) FROM nation")
	refuse(t, w.Session, fault.CodeDivisionByZero, "INSERT INTO out.none SELECT 1 / (n_nationkey - 24), n_nationkey FROM nation")
	wantRows(t, say(t, w.Session, "SELECT count(*) FROM out.none, out.nodata"), "0")
	err := filepath.WalkDir(w.dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			t.Errorf("%s is left", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
