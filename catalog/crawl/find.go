package crawl

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
)

const (
	// DefaultSampleFiles is how many files of each table are looked into.
	DefaultSampleFiles = 16
	// DefaultWorkers is how many files are looked into, and folders listed, at once.
	DefaultWorkers = 16
)

// Options say what to look through and how. Stores, Formats and Targets are
// needed.
type Options struct {
	Stores  *store.Registry
	Formats *formats.Registry
	// Classifiers are asked before the formats, in their order. The first that
	// is sure decides; else the surest of all, the earlier of equals.
	Classifiers []formats.Format
	Targets     []Target
	Grouping    Grouping
	Known       []Known
	// NewOnly keeps a crawl from looking into what is known: files below tables
	// without partitions, and partitions that Known.Has tells of. Found has the
	// new partitions alone.
	NewOnly     bool
	SampleFiles int // looked into for each table; 0: DefaultSampleFiles
	Workers     int // 0: DefaultWorkers
	// Salt is what else the outcome depends on (the classifiers' settings): with
	// another Salt no fingerprint is the same.
	Salt     string
	Progress func(Progress)
	Logger   *slog.Logger // nil: silent
}

// Progress counts what a crawl has done so far. Calls come from one goroutine
// at a time.
type Progress struct {
	Listed     int // files
	Sampled    int // files looked into
	Tables     int // tables found
	Partitions int // partitions of those
}

// finder is one run of Find.
type finder struct {
	Options
	trees []*tree
	known map[string]*Known // by normalized location
	notes notes
	fail  []string // Findings.Unlisted
	// scores say how folders were decided.
	scores map[*node]string

	mu       sync.Mutex // guards progress and calls of Options.Progress
	progress Progress
}

// Find looks through the targets and gives what their files show; it writes
// nothing. Files that cannot be read or recognized and folders that cannot be
// listed are left out and told of. An error are targets that cannot be opened
// or understood, more tables than Grouping.MaxTables, the end of ctx, and a
// listing that fails where there is nothing else to crawl.
func Find(ctx context.Context, o Options) (*Findings, error) {
	f, err := newFinder(o)
	if err != nil {
		return nil, err
	}
	if err := f.readTrees(ctx); err != nil {
		return nil, err
	}
	p := &planner{finder: f, units: map[*node]*unit{}, odd: map[*node][]*node{}, later: map[*node][]*node{}}
	for _, t := range f.trees {
		if t.root != nil {
			p.tree = t
			p.plan(t.root, f.SampleFiles)
		}
	}
	if err := f.sampleAll(ctx, p.units); err != nil {
		return nil, err
	}
	d := &decider{planner: p, files: map[*node]int{}}
	found, err := d.decide(ctx)
	if err != nil {
		return nil, err
	}
	return f.findings(d, found)
}

func newFinder(o Options) (*finder, error) {
	if len(o.Targets) == 0 {
		return nil, fault.New(fault.CodeInvalidParameter, "a crawl needs a target")
	}
	if o.SampleFiles <= 0 {
		o.SampleFiles = DefaultSampleFiles
	}
	if o.Workers <= 0 {
		o.Workers = DefaultWorkers
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	f := &finder{Options: o, known: make(map[string]*Known, len(o.Known)), scores: map[*node]string{}}
	for _, t := range o.Targets {
		tr, err := newTree(o.Stores, t)
		if err != nil {
			return nil, err
		}
		f.trees = append(f.trees, tr)
	}
	nest(f.trees)
	for i := range o.Known {
		if t := o.Known[i].Table; t.Kind != catalog.VirtualView && t.Storage.Location != "" {
			f.known[Normalize(t.Storage.Location)] = &o.Known[i]
		}
	}
	return f, nil
}

// Normalize makes locations comparable: with or without a slash at the end,
// s3a and s3n, file URLs and paths are the same.
func Normalize(location string) string {
	for _, p := range []string{"s3a://", "s3n://"} {
		if rest, ok := strings.CutPrefix(location, p); ok {
			location = "s3://" + rest
		}
	}
	if rest, ok := strings.CutPrefix(location, "file://"); ok {
		location = rest
	}
	return strings.TrimRight(location, "/")
}

func (f *finder) knownAt(location string) *Known { return f.known[Normalize(location)] }

// step changes the progress and shows it.
func (f *finder) step(change func(*Progress)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(&f.progress)
	if f.Progress != nil {
		f.Progress(f.progress)
	}
}

// readTrees lists the targets. A target that cannot be listed is an error only
// if all others can't be either.
func (f *finder) readTrees(ctx context.Context) error {
	var first error
	listed := 0
	for _, t := range f.trees {
		if t.covered() {
			f.notes.note("target %s lies in another target", t.target.Location)
			listed++
			continue
		}
		err := t.read(ctx, f)
		switch {
		case ctx.Err() != nil:
			return cmp.Or(err, ctx.Err())
		case err == nil:
			listed++
			f.tellSkipped(t)
		default:
			first = cmp.Or(first, err)
			t.root = nil
			f.unlisted(strings.TrimRight(t.store.URL(t.key), "/")+"/", err)
		}
	}
	if listed == 0 {
		return first
	}
	return nil
}

// unlisted tells of a folder, or a link, of which nothing is known.
func (f *finder) unlisted(location string, err error) {
	f.fail = append(f.fail, location)
	f.notes.leave(location, "it cannot be listed: "+reason(err), 0)
}

// reason gives an error's message for a report that names the place itself.
func reason(err error) string {
	if e := fault.As(err); e != nil {
		return e.Message
	}
	return err.Error()
}

func (f *finder) tellSkipped(t *tree) {
	for why, s := range t.skipped {
		f.notes.leave(t.store.URL(s.first), skipWhy[why], s.count)
	}
	for _, l := range t.unlisted {
		location := strings.TrimRight(t.store.URL(l.key), "/")
		if strings.HasSuffix(l.key, "/") {
			location += "/"
		}
		f.unlisted(location, l.err)
	}
	if t.root.total == 0 && len(t.root.kids) == 0 {
		f.notes.leave(t.target.Location, "no files were found", 0)
	}
}

// sampleAll looks into the files of all units, some at a time. The results
// stand in the units in the order of the files.
func (f *finder) sampleAll(ctx context.Context, units map[*node]*unit) error {
	g, each := errgroup.WithContext(ctx)
	g.SetLimit(f.Workers)
	for _, u := range units {
		if u.samples != nil {
			continue
		}
		u.samples = make([]*sample, len(u.files))
		for i, o := range u.files {
			if each.Err() != nil {
				break
			}
			g.Go(func() (err error) {
				u.samples[i], err = f.look(each, u.tree, o)
				return err
			})
		}
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// lookAll looks into files, some at a time; the samples are parallel to them.
func (f *finder) lookAll(ctx context.Context, t *tree, files []store.Info) ([]*sample, error) {
	u := &unit{tree: t, files: files}
	err := f.sampleAll(ctx, map[*node]*unit{nil: u})
	return u.samples, err
}

func (f *finder) look(ctx context.Context, t *tree, o store.Info) (*sample, error) {
	to, err := f.follow(ctx, t.store, o)
	if err != nil {
		return &sample{store: t.store, info: o, rows: -1, err: err}, ctx.Err()
	}
	m, err := look(ctx, f.formats(), len(f.Classifiers), t.store, o, to)
	f.step(func(p *Progress) { p.Sampled++ })
	return m, err
}

// formats are the classifiers and the formats, in the order of asking.
func (f *finder) formats() []formats.Format {
	if len(f.Classifiers) == 0 {
		return f.Formats.All()
	}
	return slices.Concat(f.Classifiers, f.Formats.All())
}

// findings puts together what was found.
func (f *finder) findings(d *decider, cs []*candidate) (*Findings, error) {
	out := &Findings{Trees: []*Folder{}}
	for _, c := range cs {
		found := d.describe(c)
		out.Tables = append(out.Tables, found)
		f.step(func(p *Progress) {
			p.Tables++
			p.Partitions += len(found.Partitions)
		})
	}
	slices.SortStableFunc(out.Tables, func(a, b *Found) int {
		return cmp.Compare(a.Table.Storage.Location, b.Table.Storage.Location)
	})
	if most := f.Grouping.MaxTables; most > 0 && len(out.Tables) > most {
		return nil, fault.New(fault.CodeProgramLimit, "the crawl found %d tables, which is more than its table threshold of %d", len(out.Tables), most).
			WithHint("Nothing was written. Look at the tables in a dry run, and set a table level or combine schemas, or raise the threshold.")
	}
	for _, t := range f.trees {
		out.Trees = append(out.Trees, d.show(t))
		out.Objects += t.listed
		if t.root != nil {
			out.Bytes += t.root.bytes
		}
	}
	out.LeftOut = f.notes.leftOut()
	out.Notes = sorted(f.notes.notes, maxNotes, "notes")
	slices.Sort(f.fail)
	out.Unlisted = slices.Compact(f.fail)
	out.Sampled = f.progress.Sampled
	f.Logger.Info("looked through targets", "targets", len(f.trees), "objects", out.Objects, "sampled", out.Sampled,
		"tables", len(out.Tables), "left_out", len(out.LeftOut), "unlisted", len(out.Unlisted))
	return out, nil
}

// optionsText is what else than the files a table's description depends on.
func (f *finder) optionsText(t *tree) string {
	names := make([]string, 0, 20)
	for _, g := range f.formats() {
		names = append(names, g.Name())
	}
	return fmt.Sprintf("%d\n%s\n%+v\n%d %d\n%s\n%q", inferenceVersion, strings.Join(names, ","), f.Grouping, f.SampleFiles,
		t.target.SampleSize, f.Salt, t.target.Exclusions)
}

// inferenceVersion goes up whenever the same files would give another table:
// what earlier versions wrote is then looked at again.
const inferenceVersion = 1
