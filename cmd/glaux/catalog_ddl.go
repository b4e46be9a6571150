package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/catalog/transfer"
	"github.com/glauxdb/glaux/exec"
)

// ddl runs the statements of the files over an overlay of the catalog, and
// copies what they describe if all of them were understood.
func (c *catalogImportCmd) ddl(ctx context.Context, t *terminal, a *app) (*transfer.Report, error) {
	store, err := meta.Open(ctx, meta.Memory)
	if err != nil {
		return nil, err
	}
	over := transfer.NewOverlay(store, a.Catalog)
	defer over.Close()
	engine, err := a.EngineOver(over)
	if err != nil {
		return nil, err
	}
	defer engine.Close()
	run := &ddlRun{engine: engine, database: c.Default, all: c.Continue}
	if err := run.files(ctx, t, c.Files); err != nil {
		return nil, err
	}
	o := c.options(t)
	if n := len(run.failed); n > 0 && !c.Continue {
		return nil, run.failed[0].err
	}
	rep, err := transfer.Copy(ctx, a.Catalog, over.Written(), o)
	if rep != nil {
		rep.Notes = append(run.notes, rep.Notes...)
		for _, f := range run.failed {
			rep.Failures = append(rep.Failures, transfer.Note{Object: f.where(), Text: f.text()})
		}
	}
	return rep, err
}

// ddlRun runs files of DDL. What fails because something is not there yet is
// tried again when the rest has been run: the order of files does not matter.
type ddlRun struct {
	engine   *exec.Engine
	database string // that comes first in the search path
	all      bool   // go on after a failure
	waiting  []*ddlStatement
	failed   []*ddlFailure
	notes    []transfer.Note
}

// ddlStatement is one statement of a file, in the session that its file has.
type ddlStatement struct {
	file     string
	line     int
	sql      string
	settings map[string]string // search_path and dialect when it was reached
	rest     []*ddlStatement   // of a USE that failed: what comes after it
}

// ddlFailure is a statement that could not be run.
type ddlFailure struct {
	st  *ddlStatement
	err error // a fault without a position, its message with file and line
}

func (f *ddlFailure) where() string { return fmt.Sprintf("%s:%d", f.st.file, f.st.line) }

func (f *ddlFailure) text() string {
	return strings.TrimPrefix(fault.As(f.err).Error(), f.where()+": ")
}

// The tags of statements that describe something, and of those around them that
// do no harm.
var ddlTags = []string{"CREATE DATABASE", "CREATE TABLE", "CREATE VIEW", "ALTER TABLE", "MSCK REPAIR TABLE", "SET", "RESET", "BEGIN", "COMMIT", ""}

func (r *ddlRun) files(ctx context.Context, t *terminal, names []string) error {
	paths, err := ddlFiles(names)
	if err != nil {
		return err
	}
	for _, name := range paths {
		text, err := readDDL(t, name)
		if err != nil {
			return err
		}
		if err := r.file(ctx, name, text); err != nil {
			return err
		}
	}
	for len(r.waiting) > 0 && ctx.Err() == nil {
		before, again := len(r.waiting)+len(r.failed), r.waiting
		r.waiting = nil
		for _, st := range again {
			if err := r.again(ctx, st); err != nil {
				return err
			}
		}
		if len(r.waiting)+len(r.failed) >= before {
			break
		}
	}
	for _, st := range r.waiting { // what they need never came
		if err := r.final(ctx, st); err != nil {
			return err
		}
	}
	sort.SliceStable(r.failed, func(i, j int) bool { return r.failed[i].st.file < r.failed[j].st.file })
	return ctx.Err()
}

// ddlFiles gives the files in the order of their paths, directories with
// everything below them.
func ddlFiles(names []string) ([]string, error) {
	var out []string
	for _, name := range names {
		if name == "-" {
			out = append(out, name)
			continue
		}
		st, err := os.Stat(name)
		if err != nil {
			return nil, fault.Wrap(err, fault.CodeUndefinedFile, "cannot read %s: %v", name, err)
		}
		if !st.IsDir() {
			out = append(out, name)
			continue
		}
		var below []string
		err = filepath.WalkDir(name, func(p string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && slices.Contains([]string{".sql", ".hql", ".ddl"}, strings.ToLower(filepath.Ext(p))) {
				below = append(below, p)
			}
			return err
		})
		if err != nil {
			return nil, fault.Wrap(err, fault.CodeIO, "cannot read %s: %v", name, err)
		}
		if len(below) == 0 {
			return nil, fault.New(fault.CodeUndefinedFile, "there are no files of DDL in %s", name).WithHint("Their names end in .sql, .hql or .ddl.")
		}
		sort.Strings(below)
		out = append(out, below...)
	}
	return out, nil
}

func readDDL(t *terminal, name string) (string, error) {
	var b []byte
	var err error
	if name == "-" {
		b, err = io.ReadAll(t.in)
	} else {
		b, err = os.ReadFile(name)
	}
	if err != nil {
		return "", fault.Wrap(err, fault.CodeUndefinedFile, "cannot read %s: %v", name, err)
	}
	return strings.TrimPrefix(string(b), "\ufeff"), nil
}

func (r *ddlRun) session(settings map[string]string) (*exec.Session, error) {
	return r.engine.NewSession(exec.SessionOptions{User: "glaux", Database: r.database, Application: "glaux catalog import", Settings: settings})
}

// file runs the statements of one file in one session.
func (r *ddlRun) file(ctx context.Context, name, text string) error {
	s, err := r.session(nil)
	if err != nil {
		return err
	}
	defer s.Close()
	split, err := s.Split(text)
	if err != nil {
		line, _ := lineOf(text, max(fault.As(err).Pos, 1))
		return r.fail(&ddlStatement{file: name, line: line}, err)
	}
	stmts := make([]*ddlStatement, len(split))
	for i, p := range split {
		line, _ := lineOf(text, p.Pos)
		stmts[i] = &ddlStatement{file: name, line: line, sql: p.SQL}
	}
	return r.statements(ctx, s, stmts)
}

func (r *ddlRun) statements(ctx context.Context, s *exec.Session, stmts []*ddlStatement) error {
	for i, st := range stmts {
		st.settings = map[string]string{}
		for _, k := range []string{"search_path", "dialect"} {
			if v, ok := s.Setting(k); ok {
				st.settings[k] = v
			}
		}
		err := r.run(ctx, s, st)
		if err == nil {
			continue
		}
		if !mayCome(err) {
			if err := r.fail(st, err); err != nil {
				return err
			}
			continue
		}
		r.waiting = append(r.waiting, st)
		if isUse(st.sql) {
			st.rest = stmts[i+1:]
			return nil
		}
	}
	return nil
}

// mayCome tells errors that are about something that another file may make.
func mayCome(err error) bool {
	return fault.Is(err, fault.CodeUndefinedTable) || fault.Is(err, fault.CodeInvalidSchemaName)
}

func isUse(sql string) bool {
	word, _, _ := strings.Cut(sql, " ")
	return strings.EqualFold(strings.TrimSpace(word), "use")
}

// again runs a statement that has waited, as its session was then.
func (r *ddlRun) again(ctx context.Context, st *ddlStatement) error {
	s, err := r.session(st.settings)
	if err != nil {
		return err
	}
	defer s.Close()
	rest := st.rest
	st.rest = nil
	return r.statements(ctx, s, append([]*ddlStatement{st}, rest...))
}

// final lists the failure of a statement whose need nobody met.
func (r *ddlRun) final(ctx context.Context, st *ddlStatement) error {
	s, err := r.session(st.settings)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := r.run(ctx, s, st); err != nil {
		return r.fail(st, err)
	}
	return nil
}

// fail lists a failure, with file and line instead of a position; it gives the error
// back only if it ends the import.
func (r *ddlRun) fail(st *ddlStatement, err error) error {
	if f := fault.As(err); f.Kind == fault.Canceled {
		return err
	}
	placed := *fault.As(err)
	if placed.Pos > 0 && st.sql != "" {
		at := *st
		line, _ := lineOf(st.sql, placed.Pos)
		at.line += line - 1
		st = &at
	}
	f := &ddlFailure{st: st}
	placed.Message, placed.Pos = f.where()+": "+placed.Message, 0
	f.err = &placed
	r.failed = append(r.failed, f)
	if r.all {
		return nil
	}
	return f.err
}

// run runs one statement if it is of the kind that an import takes.
func (r *ddlRun) run(ctx context.Context, s *exec.Session, st *ddlStatement) error {
	p, err := s.Prepare(ctx, st.sql, nil)
	if err != nil {
		return err
	}
	switch {
	case strings.HasPrefix(p.Tag, "DROP "):
		r.notes = append(r.notes, transfer.Note{Object: fmt.Sprintf("%s:%d", st.file, st.line),
			Text: p.Tag + " is passed over: --on-conflict says what becomes of what is there"})
		return nil
	case !slices.Contains(ddlTags, p.Tag) || len(p.Params) > 0:
		return fault.New(fault.CodeFeatureNotSupported, "%s is not a part of an import", p.Tag).At(1).
			WithHint("Files of DDL hold CREATE DATABASE, CREATE EXTERNAL TABLE, CREATE VIEW and ALTER TABLE ... ADD PARTITION.")
	}
	res, err := s.Execute(ctx, p, nil)
	if err != nil {
		return err
	}
	return errors.Join(drain(ctx, res, nil), res.Close())
}

// lineOf gives the line and column, from 1 on, of the pos-th character.
func lineOf(text string, pos int) (line, col int) {
	line, col = 1, 1
	for _, r := range text {
		if pos--; pos <= 0 {
			break
		}
		if col++; r == '\n' {
			line, col = line+1, 1
		}
	}
	return line, col
}
