package exec

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/write"
	"github.com/glauxdb/glaux/planner/plan"
)

// lakeWriter runs a plan.Write: the query's pipelines end in op.Write instead of
// in a client's stream. The catalog hears of the files last, in one change; on an
// error they are removed.
type lakeWriter struct {
	s     *Session
	stmt  *plan.Write
	table *catalog.Table // with its location
	spec  *write.Spec
	root  folder

	encryption store.Encryption    // of the files
	parts      *catalog.Partitions // that an existing table has; nil: none

	mu    sync.Mutex // guards the rest
	files []*outFile
	fresh map[string]catalog.Partition // by path
	seq   int
	id    string // of the query
}

const (
	// fileTarget is the size that files of the lake grow to, in bytes.
	fileTarget = 256 << 20
	// maxOpenFiles is how many files of one statement are open at a time.
	maxOpenFiles = 64
)

// write runs CREATE TABLE AS, INSERT INTO a table of the lake, and UNLOAD.
func (s *Session) write(ctx context.Context, sql string, stmt *plan.Write, params []types.Value) (*Result, error) {
	if err := s.mayWrite(writeCommand[stmt.Kind]); err != nil {
		return nil, err
	}
	if s.e.o.Stores == nil {
		return nil, fault.New(fault.CodeFeatureNotSupported, "%s needs the files of the lake, which are not here", writeCommand[stmt.Kind])
	}
	if r, err := s.exists(ctx, stmt); r != nil || err != nil {
		return r, err
	}
	r, err := s.start(ctx, DML, sql)
	if err != nil {
		return nil, err
	}
	res, err := s.writeUnder(r, stmt, params)
	if err != nil {
		return nil, r.fail(err)
	}
	s.changedCatalog()
	st := r.stats()
	st.RowsReturned = res.written
	r.end(st, nil)
	res.fin = &st
	if w := r.query.Rejects.Warning(); w != nil {
		res.notices = append(res.notices, w)
	}
	if s.reportsScan() {
		res.notices = append(res.notices, scanReport(st))
	}
	res.notices = append(res.notices, s.takeNotices()...)
	return res, nil
}

// writeCommand names the statements in messages.
var writeCommand = [...]string{plan.CreateTableAs: "CREATE TABLE AS", plan.InsertInto: "INSERT", plan.Unload: "UNLOAD"}

// exists answers CREATE TABLE AS of a table that is there.
func (s *Session) exists(ctx context.Context, stmt *plan.Write) (*Result, error) {
	if stmt.Kind != plan.CreateTableAs {
		return nil, nil
	}
	t, err := s.e.o.Catalog.Table(ctx, stmt.Table.Database, stmt.Table.Name)
	switch {
	case fault.Is(err, fault.CodeUndefinedTable):
		return nil, nil
	case err != nil:
		return nil, err
	case stmt.IfNotExists:
		return done(stmt.Tag(), fault.New(fault.CodeDuplicateTable, "relation %q already exists, skipping", t.Name)), nil
	}
	return nil, fault.New(fault.CodeDuplicateTable, "relation %q already exists", t.Name)
}

// writeUnder does the work of a query that was taken on.
func (s *Session) writeUnder(r *running, stmt *plan.Write, params []types.Value) (*Result, error) {
	w, err := s.newLakeWriter(r, stmt)
	if err != nil {
		return nil, err
	}
	var rows int64
	var warn bool
	if !stmt.NoData {
		rows, warn, err = w.run(r, params)
	}
	if err == nil {
		err = w.makeFolder(r.ctx)
	}
	if err == nil {
		err = w.commit(r.ctx)
	}
	if err != nil {
		return nil, w.undo(r.ctx, err)
	}
	res := w.result(rows)
	if warn {
		res.notices = append(res.notices, warning(fault.CodeWarning, "rows whose partition key is an empty text are in the partition of NULL"))
	}
	return res, nil
}

// newLakeWriter finds out where and how files are written.
func (s *Session) newLakeWriter(r *running, stmt *plan.Write) (*lakeWriter, error) {
	loc, err := s.target(r, stmt)
	if err != nil {
		return nil, err
	}
	t := *stmt.Table
	t.Storage.Location = loc
	w := &lakeWriter{s: s, stmt: stmt, table: &t, id: r.id, fresh: map[string]catalog.Partition{}, encryption: r.profile.Encryption}
	if w.spec, err = specOf(&t, stmt); err != nil {
		return nil, err
	}
	if w.root, err = s.openFolder(loc); err != nil {
		return nil, err
	}
	if stmt.Kind != plan.InsertInto {
		return w, w.root.checkEmpty(r.ctx)
	}
	if keepsPartitions(&t) {
		w.parts, err = s.e.o.Catalog.Partitions(r.ctx, &t)
	}
	return w, err
}

// specOf says how a table's files are written.
func specOf(t *catalog.Table, stmt *plan.Write) (*write.Spec, error) {
	spec := &write.Spec{Format: t.Format, Compression: stmt.Compression, Level: stmt.Level, Schema: &types.Schema{}, Properties: map[string]string{}}
	for _, c := range t.Columns {
		spec.Schema.Fields = append(spec.Schema.Fields, types.Field{Name: c.Name, Type: c.Type})
	}
	spec.FieldIDs = lake.FieldIDs(t.Columns)
	for _, m := range []map[string]string{t.Parameters, t.Storage.SerDeParams} {
		for k, v := range m {
			spec.Properties[strings.ToLower(k)] = v
		}
	}
	if t.Storage.SerDe != "" {
		spec.Properties["serialization.lib"] = t.Storage.SerDe
	}
	return spec, spec.Check()
}

// run executes the query into files and gives the number of rows, and whether
// keys were empty texts.
func (w *lakeWriter) run(r *running, params []types.Value) (rows int64, empty bool, err error) {
	q, err := r.plan(w.stmt.Source, params)
	if err != nil {
		return 0, false, err
	}
	p, err := r.pipelines(q, false)
	if err != nil {
		return 0, false, err
	}
	sink := &op.Write{Data: len(w.table.Columns), Open: w.open, Mem: r.mem, Target: fileTarget, MaxOpen: maxOpenFiles}
	for _, c := range w.table.AllColumns() {
		sink.Types, sink.Names = append(sink.Types, c.Type), append(sink.Names, c.Name)
	}
	p.Root.Sink = sink
	err = p.Root.Run(r.ctx, r.query)
	if r.ctx.Err() != nil {
		err = context.Cause(r.ctx)
	}
	return sink.Rows.Load(), sink.EmptyKeys.Load(), err
}

// open makes a file for op.Write.
func (w *lakeWriter) open(ctx context.Context, keys []string) (op.OutFile, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	in := w.root
	if len(keys) > 0 {
		var fresh bool
		var err error
		if in, fresh, err = w.partFolder(keys); err != nil {
			return nil, err
		}
		if fresh {
			w.fresh[in.prefix] = catalog.Partition{Values: keys}
		}
	}
	w.seq++
	f, err := newOutFile(ctx, in.store, fmt.Sprintf("%s%s-%05d%s", in.prefix, w.id, w.seq, w.spec.Extension()), w.spec, w.encryption)
	if err != nil {
		return nil, err
	}
	w.files = append(w.files, f)
	return f, nil
}

// makeFolder makes the folder of a new table without files where readers want
// one to be there.
func (w *lakeWriter) makeFolder(ctx context.Context) error {
	if w.stmt.Kind != plan.CreateTableAs || len(w.files) > 0 || w.root.prefix == "" {
		return nil
	}
	switch m := w.root.store.(type) {
	case interface {
		MakeFolder(ctx context.Context, key string) error
	}:
		return m.MakeFolder(ctx, w.root.prefix)
	case interface {
		PutFolder(ctx context.Context, key string, o store.PutOptions) error
	}:
		return m.PutFolder(ctx, w.root.prefix, store.PutOptions{Encryption: w.encryption})
	}
	return nil
}

// commit tells the catalog, all at once.
func (w *lakeWriter) commit(ctx context.Context) error {
	if w.stmt.Kind == plan.Unload {
		return nil
	}
	c := catalog.Change{Table: w.table, Define: w.stmt.Kind == plan.CreateTableAs}
	if keepsPartitions(w.table) {
		for _, p := range w.fresh {
			c.Add = append(c.Add, p)
		}
	}
	if !c.Define && len(c.Add) == 0 {
		return nil
	}
	changer, ok := w.s.e.o.Catalog.(catalog.Changer)
	if !ok {
		return fault.New(fault.CodeFeatureNotSupported, "this catalog cannot make a table and its partitions at once")
	}
	_, err := changer.Apply(ctx, c)
	return err
}

// undoTime is how long the removal of files may take.
const undoTime = 30 * time.Second

// undo removes the files of a statement that failed, and says in the error what
// is left if that fails too.
func (w *lakeWriter) undo(ctx context.Context, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoTime)
	defer cancel()
	var left []string
	removed := 0
	for _, f := range w.files {
		f.abort(cause)
		if err := f.store.Delete(ctx, f.key); err != nil {
			left = append(left, f.store.URL(f.key))
			continue
		}
		removed++
		w.prune(ctx, f)
	}
	if w.stmt.Kind == plan.CreateTableAs {
		w.prune(ctx, &outFile{store: w.root.store, key: w.root.prefix + "x"})
	}
	e := *fault.As(cause)
	switch {
	case len(left) > 0:
		more := ""
		if n := len(left) - 10; n > 0 {
			left, more = left[:10], fmt.Sprintf(" and %d more", n)
		}
		e.Detail = strings.TrimSpace(e.Detail + " Files of the statement could not be removed: " + strings.Join(left, ", ") + more + ".")
	case removed > 0:
		e.Detail = strings.TrimSpace(fmt.Sprintf("%s Files that it had begun were removed: %d.", e.Detail, removed))
	}
	return &e
}

// prune removes the folders that a removed file has left empty. Those of a table
// and of partitions that were there before stay: readers want them. What cannot
// be removed is no harm.
func (w *lakeWriter) prune(ctx context.Context, f *outFile) {
	p, ok := f.store.(interface {
		Prune(key string) error
		MakeFolder(ctx context.Context, key string) error
	})
	if !ok {
		return
	}
	if w.stmt.Kind != plan.InsertInto {
		_ = p.Prune(f.key)
		return
	}
	if _, fresh := w.fresh[f.key[:strings.LastIndexByte(f.key, '/')+1]]; fresh {
		_ = p.Prune(f.key)
		_ = p.MakeFolder(ctx, w.root.prefix)
	}
}

// result makes the statement's result, with PostgreSQL's tags.
func (w *lakeWriter) result(rows int64) *Result {
	r := done(fmt.Sprintf([...]string{plan.CreateTableAs: "SELECT %d", plan.InsertInto: "INSERT 0 %d", plan.Unload: "UNLOAD %d"}[w.stmt.Kind], rows))
	if w.stmt.NoData {
		r.tag = w.stmt.Tag()
	}
	r.written = rows
	for _, f := range w.files {
		r.files = append(r.files, WrittenFile{Location: f.store.URL(f.key), Rows: f.rows, Bytes: f.size.Load()})
	}
	return r
}
