package slttest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/exec"
)

// cleansable is a session whose database "out" is in a directory with the files of
// testdata/cleanse, for which $DATA stands in statements.
func cleansable(t *testing.T, change func(*exec.Options)) writable {
	t.Helper()
	w := openWritable(t, change)
	if err := os.CopyFS(w.dir, os.DirFS(root+"cleanse")); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Session.Query(t.Context(), "SET search_path = out"); err != nil {
		t.Fatal(err)
	}
	return w
}

type cleanseDB struct{ writable }

func (d cleanseDB) Query(ctx context.Context, sql string) ([]string, error) {
	return d.Session.Query(ctx, strings.ReplaceAll(sql, "$DATA", filepath.ToSlash(d.dir)))
}

// TestCleanseScripts runs the scripts about data cleansing.
func TestCleanseScripts(t *testing.T) {
	for _, workers := range []int{1, 4} {
		t.Run(fmt.Sprint("workers=", workers), func(t *testing.T) {
			RunDir(t, root+"slt/cleanse", *rewrite && workers == 1, func(t *testing.T) DB {
				return cleanseDB{cleansable(t, func(o *exec.Options) { o.Workers = workers })}
			})
		})
	}
}
