package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/zeebo/xxh3"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/ddl"
	"github.com/glauxdb/glaux/catalog/fault"
)

// header is the first line of every file that WriteDDL writes.
const header = "-- Written by glaux catalog export.\n\n"

// Sink takes the text of the statements. Begin starts the part of one object:
// database, and table or "". End comes last; whole says whether nothing is missing.
type Sink interface {
	Begin(database, table string) error
	io.Writer
	End(whole bool) error
}

// WriteDDL writes what a catalog describes as statements of Hive's data definition:
// databases with their tables and partitions by name, then the views. The same
// catalog gives the same bytes. What cannot be said is noted in the report.
func WriteDDL(ctx context.Context, from Source, to Sink, o Options) (*Report, error) {
	e := &exporter{from: from, to: to, o: o, rep: &Report{}}
	err := e.run(ctx)
	return e.rep, errors.Join(err, to.End(err == nil))
}

type exporter struct {
	from Source
	to   Sink
	o    Options
	rep  *Report
}

func (e *exporter) run(ctx context.Context) error {
	c := copier{o: e.o}
	dbs, err := e.from.Databases(ctx)
	if err != nil {
		return err
	}
	var views []*catalog.Table
	for _, d := range dbs {
		if !c.wanted(d.Name) {
			continue
		}
		if err := e.statement(d.Name, "", ddl.Database(d)); err != nil {
			return err
		}
		e.rep.Databases.Created++
		if without(d.Other, "CreateTableDefaultPermissions") != "" {
			e.rep.note(d.Name, "DDL has no words for fields of Glue")
		}
		ts, err := e.from.Tables(ctx, d.Name)
		if err != nil {
			return err
		}
		for _, t := range ts {
			if t.Kind == catalog.VirtualView {
				views = append(views, t)
				continue
			}
			if err := e.table(ctx, t); err != nil {
				return err
			}
		}
	}
	for _, t := range views {
		if err := e.view(t); err != nil {
			return err
		}
	}
	return nil
}

// statement writes one. The semicolon has a line of its own where the statement
// is a query that may end in a comment.
func (e *exporter) statement(database, table, text string) error {
	if err := e.to.Begin(database, table); err != nil {
		return err
	}
	end := ";\n\n"
	if strings.HasPrefix(text, "CREATE VIEW") {
		end = "\n;\n\n"
	}
	_, err := io.WriteString(e.to, text+end)
	return err
}

func (e *exporter) table(ctx context.Context, t *catalog.Table) error {
	name := t.Database + "." + t.Name
	if e.o.Progress != nil {
		e.o.Progress(name)
	}
	if why := ddl.Gap(t); why != "" {
		e.rep.Tables.Skipped++
		e.rep.note(name, "left out: %s", why)
		return nil
	}
	if lost := ddl.Losses(t); len(lost) > 0 {
		e.rep.note(name, "DDL has no words for: %s", strings.Join(lost, ", "))
	}
	if err := e.statement(t.Database, t.Name, ddl.Table(t)); err != nil {
		return err
	}
	e.rep.Tables.Created++
	return e.partitions(ctx, t)
}

func (e *exporter) partitions(ctx context.Context, t *catalog.Table) error {
	if len(t.PartitionKeys) == 0 {
		return nil
	}
	var after []string
	lossy := 0
	for {
		ps, err := e.from.PartitionsAfter(ctx, t, after, pagePartitions)
		if err != nil {
			return err
		}
		if len(ps) == 0 {
			break
		}
		for i := range ps {
			if ddl.PartitionLoss(&ps[i]) {
				lossy++
			}
		}
		if err := e.statement(t.Database, t.Name, ddl.Partitions(t, ps)); err != nil {
			return err
		}
		e.rep.Partitions.Created += len(ps)
		after = ps[len(ps)-1].Values
	}
	if lossy > 0 {
		e.rep.note(t.Database+"."+t.Name, "DDL has no words for the parameters, formats or descriptors of %d partitions", lossy)
	}
	return nil
}

func (e *exporter) view(t *catalog.Table) error {
	why, text := ddl.Gap(t), t.ViewText
	if why == "" && e.o.Query != nil {
		var ok bool
		if text, ok = e.o.Query(text); !ok {
			why = "its text is not one query"
		}
	}
	if why != "" {
		e.rep.Views.Skipped++
		e.rep.note(t.Database+"."+t.Name, "left out: %s", why)
		return nil
	}
	database := t.ViewDatabase
	if database == "" {
		database = t.Database
	}
	if err := e.statement(t.Database, t.Name, "USE "+ddl.Ident(database)); err != nil {
		return err
	}
	e.rep.Views.Created++
	return e.statement(t.Database, t.Name, ddl.View(t, text, true))
}

// Stream is a Sink that is one text.
func Stream(w io.Writer) Sink { return &stream{Writer: w} }

type stream struct {
	io.Writer
	begun bool
}

// Begin writes the header before the first object.
func (s *stream) Begin(string, string) error {
	if s.begun {
		return nil
	}
	s.begun = true
	_, err := io.WriteString(s.Writer, header)
	return err
}

// End has nothing to close: the stream is the caller's.
func (s *stream) End(bool) error { return nil }

// Folder is a Sink with a file for each object: database.sql, and
// database/table.sql. A file is replaced when its text is whole. Files of objects
// that are no more stay: Stale lists them.
type Folder struct {
	dir     string
	current string // file being written, "" for none
	tmp     *os.File
	written map[string]bool
}

// NewFolder makes the directory if it is missing.
func NewFolder(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fault.Wrap(err, fault.CodeIO, "cannot make %s: %v", dir, err)
	}
	return &Folder{dir: dir, written: map[string]bool{}}, nil
}

// Begin starts or goes on with the file of an object.
func (f *Folder) Begin(database, table string) error {
	name := fileName(database) + ".sql"
	if table != "" {
		name = path.Join(fileName(database), fileName(table)+".sql")
	}
	if name == f.current {
		return nil
	}
	if err := f.finish(); err != nil {
		return err
	}
	full := filepath.Join(f.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(full), 0o777); err != nil {
		return fault.Wrap(err, fault.CodeIO, "cannot make %s: %v", filepath.Dir(full), err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(full), ".export-*")
	if err != nil {
		return fault.Wrap(err, fault.CodeIO, "cannot write %s: %v", full, err)
	}
	f.tmp, f.current = tmp, name
	_, err = f.Write([]byte(header))
	return err
}

// Write writes to the file that Begin started.
func (f *Folder) Write(p []byte) (int, error) {
	n, err := f.tmp.Write(p)
	if err != nil {
		return n, fault.Wrap(err, fault.CodeIO, "cannot write %s: %v", f.current, err)
	}
	return n, nil
}

// finish puts the file in its place.
func (f *Folder) finish() error {
	if f.current == "" {
		return nil
	}
	full := filepath.Join(f.dir, filepath.FromSlash(f.current))
	err := f.tmp.Chmod(0o644)
	if closed := f.tmp.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.tmp.Name(), full)
	}
	if err != nil {
		os.Remove(f.tmp.Name())
		return fault.Wrap(err, fault.CodeIO, "cannot write %s: %v", full, err)
	}
	f.written[f.current] = true
	f.current = ""
	return nil
}

// End finishes the last file, or leaves it as it was.
func (f *Folder) End(whole bool) error {
	if whole || f.current == "" {
		return f.finish()
	}
	f.current = ""
	return errors.Join(f.tmp.Close(), os.Remove(f.tmp.Name()))
}

// Stale gives the files that an earlier export wrote and this one did not.
func (f *Folder) Stale() ([]string, error) {
	var out []string
	err := filepath.WalkDir(f.dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(p) != ".sql" {
			return err
		}
		rel, err := filepath.Rel(f.dir, p)
		if err != nil || f.written[filepath.ToSlash(rel)] {
			return err
		}
		ours, err := startsWithHeader(p)
		if ours {
			out = append(out, rel)
		}
		return err
	})
	return out, err
}

func startsWithHeader(name string) (bool, error) {
	in, err := os.Open(name)
	if err != nil {
		return false, err
	}
	defer in.Close()
	head := make([]byte, len(header))
	n, err := io.ReadFull(in, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return false, err
	}
	return string(head[:n]) == header, nil
}

// maxFileName is less than what file systems take, in bytes.
const maxFileName = 200

// fileName spells a name so that every file system takes it: other bytes than
// letters, digits and a few signs are written as %XX, a long name is cut and told
// apart by a hash.
func fileName(name string) string {
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '_', c == '-', c == '.' && i > 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	s := b.String()
	if len(s) <= maxFileName {
		return s
	}
	return fmt.Sprintf("%s-%016x", s[:maxFileName-17], xxh3.HashString(name))
}
