package slttest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/exec"
)

// writable is a session whose lake has a database "out" in a directory that may
// be written. $OUT in a statement stands for that directory.
type writable struct {
	Session
	dir string
}

func (w writable) Query(ctx context.Context, sql string) ([]string, error) {
	return w.Session.Query(ctx, strings.ReplaceAll(sql, "$OUT", w.dir))
}

func openWritable(t *testing.T, change func(*exec.Options)) writable {
	t.Helper()
	w := writable{dir: t.TempDir()}
	e := Lake(t, root+"lake", func(o *exec.Options) {
		if err := o.Stores.AllowWrite(w.dir); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Catalog.CreateDatabase(t.Context(), &catalog.Database{Name: "out", Location: w.dir}); err != nil {
			t.Fatal(err)
		}
		if change != nil {
			change(o)
		}
	})
	w.Session = NewSession(t, e)
	return w
}

// TestWriteScripts runs the scripts that write tables.
func TestWriteScripts(t *testing.T) {
	for _, workers := range []int{1, 4} {
		t.Run(fmt.Sprint("workers=", workers), func(t *testing.T) {
			RunDir(t, root+"slt/write", *rewrite && workers == 1, func(t *testing.T) DB {
				return openWritable(t, func(o *exec.Options) { o.Workers = workers })
			})
		})
	}
}
