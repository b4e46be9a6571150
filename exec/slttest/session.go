package slttest

import (
	"context"
	"io"
	"path/filepath"
	"testing"

	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/builtin"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
)

// Lake opens an engine over the test data's lake (a directory), whose tables it
// crawls into the database "lake", and the directory "formats" beside it, whose
// tables go into the database "formats", and "acid" into "acid"; "templates", "text" and "udf" may be read. change may
// alter the options.
func Lake(t testing.TB, dir string, change func(*exec.Options)) *exec.Engine {
	t.Helper()
	ctx := t.Context()
	cat, err := meta.Open(ctx, meta.Memory)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cat.Close() })
	formatsDir, acidDir := filepath.Join(filepath.Dir(dir), "formats"), filepath.Join(filepath.Dir(dir), "acid")
	stores, err := store.NewRegistry(store.Config{Locations: []string{dir, formatsDir, acidDir, filepath.Join(filepath.Dir(dir), "templates"), filepath.Join(filepath.Dir(dir), "text"),
		filepath.Join(filepath.Dir(dir), "udf")}})
	if err != nil {
		t.Fatal(err)
	}
	fs := builtin.Registry()
	crawlers := crawler.New(crawler.Options{Catalog: cat, Stores: stores, Formats: fs})
	t.Cleanup(crawlers.Close)
	for database, location := range map[string]string{"lake": dir, "formats": formatsDir, "acid": acidDir} {
		if _, err := crawlers.Crawl(ctx, crawler.At(location, database)); err != nil {
			t.Fatal(err)
		}
	}
	o := exec.Options{Catalog: cat, Formats: fs, Stores: stores, Lake: lake.New(stores, fs)}
	if change != nil {
		change(&o)
	}
	e, err := exec.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

// Session is a DB that runs in process.
type Session struct{ *exec.Session }

// NewSession opens a session on the database "lake".
func NewSession(t testing.TB, e *exec.Engine) Session {
	t.Helper()
	s, err := e.NewSession(exec.SessionOptions{User: "test", Database: "lake"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return Session{s}
}

// Query implements DB.
func (s Session) Query(ctx context.Context, sql string) ([]string, error) {
	p, err := s.Prepare(ctx, sql, nil)
	if err != nil {
		s.FailTransaction()
		return nil, err
	}
	r, err := s.Execute(ctx, p, nil)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	rows, err := Rows(ctx, r)
	if err != nil {
		s.FailTransaction()
	}
	return rows, err
}

// Rows reads a result to its end and writes its rows as scripts do.
func Rows(ctx context.Context, r *exec.Result) ([]string, error) {
	var text kernel.TextOptions
	var out []string
	var b vector.Batch
	for {
		err := r.Next(ctx, &b)
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		for k := range b.Rows() {
			p := k
			if b.Sel != nil {
				p = int(b.Sel[k])
			}
			out = append(out, row(&text, &b, p))
		}
	}
}

func row(text *kernel.TextOptions, b *vector.Batch, p int) string {
	var line []byte
	for c, v := range b.Cols {
		if c > 0 {
			line = append(line, '|')
		}
		if v.IsNull(p) {
			line = append(line, "NULL"...)
			continue
		}
		n := len(line)
		if line = text.AppendText(line, v, p); len(line) == n {
			line = append(line, "(empty)"...)
		}
	}
	return string(line)
}
