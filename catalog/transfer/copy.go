package transfer

import (
	"context"
	"fmt"
	"path"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
)

// Policy says what becomes of an object that the target has and that differs.
type Policy string

// The policies.
const (
	Skip    Policy = "skip"    // it stays
	Replace Policy = "replace" // it becomes what the source says
	Error   Policy = "error"   // nothing at all is written
)

// Options say how to copy.
type Options struct {
	OnConflict Policy
	DryRun     bool     // compare and count, write nothing
	Continue   bool     // go on after an object that cannot be copied
	Databases  []string // patterns as path.Match has them; none: all
	// Query cuts the text of a view to the query alone, without what stands before
	// and after it; false if it is none (WriteDDL). nil: it stays as it is.
	Query func(text string) (string, bool)
	// Progress is told of each table before it is copied; nil: nobody.
	Progress func(table string)
}

// Source is where descriptions come from.
type Source interface {
	catalog.Reader
	catalog.PartitionScanner
}

// Target is where they go.
type Target interface {
	catalog.Catalog
	catalog.Changer
	catalog.PartitionScanner
}

// pagePartitions is how many partitions are compared at a time; so many or up to
// so many are written in one change.
const (
	pagePartitions   = 1000
	changePartitions = 20_000
)

// Copy brings what a source describes into a target. With the policy Error all
// conflicts are looked for before anything is written.
func Copy(ctx context.Context, to Target, from Source, o Options) (*Report, error) {
	for _, p := range o.Databases {
		if _, err := path.Match(p, ""); err != nil {
			return nil, fault.New(fault.CodeInvalidParameter, "invalid pattern %q of databases", p)
		}
	}
	if o.OnConflict == Error && !o.DryRun {
		dry := o
		dry.DryRun, dry.Progress = true, nil
		rep, err := Copy(ctx, to, from, dry)
		if err != nil {
			return rep, err
		}
		if err := conflict(rep.Conflicts); err != nil {
			return rep, err
		}
	}
	c := &copier{to: to, from: from, o: o, rep: &Report{}, locations: map[string]bool{}}
	err := c.run(ctx)
	c.rep.finish(c.locations)
	return c.rep, err
}

func conflict(found []Note) error {
	if len(found) == 0 {
		return nil
	}
	names := make([]string, 0, 5)
	for _, n := range found[:min(len(found), cap(names))] {
		names = append(names, n.String())
	}
	return fault.New(fault.CodeDuplicateObject, "%d objects are there already and differ; nothing was written: %s", len(found), strings.Join(names, "; ")).
		WithHint("Use --on-conflict=skip to keep them, --on-conflict=replace to overwrite them.")
}

type copier struct {
	to        Target
	from      Source
	o         Options
	rep       *Report
	locations map[string]bool
	// made are databases that a dry run did not make.
	made map[string]bool
}

func (c *copier) run(ctx context.Context) error {
	dbs, err := c.from.Databases(ctx)
	if err != nil {
		return err
	}
	c.made = map[string]bool{}
	var views []*catalog.Table
	for _, d := range dbs {
		if !c.wanted(d.Name) {
			continue
		}
		if err := c.object(d.Name, &c.rep.Databases, func() (outcome, error) { return c.database(ctx, d) }); err != nil {
			return err
		}
		ts, err := c.from.Tables(ctx, d.Name)
		if err != nil {
			return err
		}
		for _, t := range ts {
			if t.Kind == catalog.VirtualView {
				views = append(views, t)
				continue
			}
			if err := c.one(ctx, t, &c.rep.Tables); err != nil {
				return err
			}
		}
	}
	for _, t := range views { // after the tables that they read
		if err := c.one(ctx, t, &c.rep.Views); err != nil {
			return err
		}
	}
	return nil
}

func (c *copier) wanted(database string) bool {
	for _, p := range c.o.Databases {
		if ok, err := path.Match(p, database); ok && err == nil {
			return true
		}
	}
	return len(c.o.Databases) == 0
}

// object does one thing and counts what became of it. What fails ends the copy
// or, with Continue, is listed.
func (c *copier) object(name string, n *Counts, do func() (outcome, error)) error {
	o, err := do()
	switch {
	case err == nil:
		n.add(o)
		return nil
	case fault.As(err).Kind == fault.Canceled || !c.o.Continue:
		named := *fault.As(err)
		named.Message = name + ": " + named.Message
		return &named
	}
	n.Failed++
	c.rep.Failures = append(c.rep.Failures, Note{name, err.Error()})
	return nil
}

func (c *copier) differs(object, format string, args ...any) outcome {
	c.rep.Conflicts = append(c.rep.Conflicts, Note{object, fmt.Sprintf(format, args...)})
	if c.o.OnConflict == Replace {
		return replaced
	}
	return skipped
}

func (c *copier) database(ctx context.Context, d *catalog.Database) (outcome, error) {
	old, err := c.to.Database(ctx, d.Name)
	if fault.Is(err, fault.CodeInvalidSchemaName) {
		c.made[d.Name] = true
		if !c.o.DryRun {
			_, err = c.to.CreateDatabase(ctx, bareDatabase(d))
			return created, err
		}
		return created, nil
	}
	if err != nil {
		return failed, err
	}
	if sameDatabase(d, old) || borrowed(c.from, d) {
		return unchanged, nil
	}
	o := c.differs(d.Name, "its description differs")
	if o == replaced && !c.o.DryRun {
		fresh := *bareDatabase(d)
		fresh.ID, fresh.Created = old.ID, old.Created
		_, err = c.to.UpdateDatabase(ctx, &fresh)
	}
	return o, err
}

func bareDatabase(d *catalog.Database) *catalog.Database {
	out := *d
	out.ID = 0
	return &out
}

// one copies a table or view with its partitions.
func (c *copier) one(ctx context.Context, t *catalog.Table, n *Counts) error {
	name := t.Database + "." + t.Name
	if c.o.Progress != nil {
		c.o.Progress(name)
	}
	if borrowsTable(c.from, t) { // only its partitions come along
		old, err := c.to.Table(ctx, t.Database, t.Name)
		if err != nil {
			return err
		}
		return c.failed(name, c.partitions(ctx, t, old, nil))
	}
	return c.object(name, n, func() (outcome, error) { return c.table(ctx, t) })
}

// failed lists a failure, or gives it back to end the copy.
func (c *copier) failed(name string, err error) error {
	if err == nil {
		return nil
	}
	return c.object(name, &Counts{}, func() (outcome, error) { return failed, err })
}

func (c *copier) table(ctx context.Context, t *catalog.Table) (outcome, error) {
	name := t.Database + "." + t.Name
	old, err := c.oldTable(ctx, t)
	if err != nil {
		return failed, err
	}
	define := &catalog.Change{Table: bareTable(t), Define: true}
	o := created
	switch {
	case old == nil:
	case sameTable(t, old):
		o, define = unchanged, nil
	case (t.Kind == catalog.VirtualView) != (old.Kind == catalog.VirtualView):
		if o = c.differs(name, "it is a %s there", kindOf(old)); o == replaced && !c.o.DryRun {
			if err := c.to.DropTable(ctx, old.Database, old.Name); err != nil {
				return failed, err
			}
			old = nil
		}
	default:
		if o = c.differs(name, "its description differs"); o == replaced {
			define.Table.ID, define.Table.Version, define.Table.Created = old.ID, old.Version, old.Created
			if err := c.otherKeys(ctx, define, old); err != nil {
				return failed, err
			}
		}
	}
	if o == skipped {
		return o, nil
	}
	if t.Storage.Location != "" {
		c.locations[t.Storage.Location] = true
	}
	return o, c.partitions(ctx, t, old, define)
}

func kindOf(t *catalog.Table) string {
	if t.Kind == catalog.VirtualView {
		return "view"
	}
	return "table"
}

func bareTable(t *catalog.Table) *catalog.Table {
	out := *t
	out.ID, out.Version = 0, 0
	return &out
}

// oldTable gives the target's table of that name, nil if there is none.
func (c *copier) oldTable(ctx context.Context, t *catalog.Table) (*catalog.Table, error) {
	if c.o.DryRun && c.made[t.Database] {
		return nil, nil
	}
	old, err := c.to.Table(ctx, t.Database, t.Name)
	if fault.Is(err, fault.CodeUndefinedTable) {
		return nil, nil
	}
	return old, err
}

// otherKeys drops the partitions of a table whose keys are others from now on:
// their values would mean nothing.
func (c *copier) otherKeys(ctx context.Context, define *catalog.Change, old *catalog.Table) error {
	a, b := old.PartitionKeys, define.Table.PartitionKeys
	same := len(a) == len(b)
	for i := 0; same && i < len(a); i++ {
		same = strings.EqualFold(a[i].Name, b[i].Name)
	}
	if same || len(a) == 0 {
		return nil
	}
	var after []string
	for {
		ps, err := c.to.PartitionsAfter(ctx, old, after, pagePartitions)
		if err != nil {
			return err
		}
		if len(ps) == 0 {
			break
		}
		for i := range ps {
			define.Drop = append(define.Drop, ps[i].Values)
		}
		after = ps[len(ps)-1].Values
	}
	if n := len(define.Drop); n > 0 {
		c.rep.note(old.Database+"."+old.Name, "its partition keys are others now: its %d partitions are dropped", n)
	}
	return nil
}
