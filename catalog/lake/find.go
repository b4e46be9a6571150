package lake

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/formats/store"
)

// Found are the partitions that the folders of a table spell.
type Found struct {
	// Partitions in the order of their typed keys, each with its location where
	// that is not the one that its values spell.
	Partitions []catalog.Partition
	// Snapshot is parallel to Partitions, with every location.
	Snapshot *catalog.Partitions
	// Odd are the folders that spell none, by location.
	Odd []OddFolder
}

// OddFolder is a folder that is no partition; Why is "" for one of another form
// than the table's.
type OddFolder struct{ Location, Why string }

// oddities collects what does not fit. A nil one collects nothing.
type oddities struct {
	mu   sync.Mutex // guards list
	list []OddFolder
}

func (o *oddities) add(location, why string) {
	if o == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.list = append(o.list, OddFolder{location, why})
}

// FindPartitions lists all folders of a table as they are now, whatever the
// catalog or a cache says.
func (l *Lake) FindPartitions(ctx context.Context, t *catalog.Table) (*Found, error) {
	layout, err := partition.LayoutOf(t)
	if err != nil {
		return nil, err
	}
	d := &discovery{lake: l, table: t, exact: true, layout: layout, odd: &oddities{}}
	folders, err := d.run(ctx)
	if err != nil {
		return nil, tableFault(err, t)
	}
	b := partition.NewBuilder(t, len(folders))
	for i := range folders {
		b.Add(folders[i].texts)
	}
	f := &Found{Odd: d.odd.list}
	if f.Snapshot, err = b.Build(0, func(row int) string { return d.location(folders[row]) }, nil); err != nil {
		return nil, err
	}
	f.Partitions = make([]catalog.Partition, f.Snapshot.N)
	for i := range f.Partitions {
		p := catalog.Partition{Values: partition.Texts(f.Snapshot, i)}
		if at := f.Snapshot.Location(i); at != partition.Location(t, &p) {
			p.Location = at
		}
		f.Partitions[i] = p
	}
	slices.SortFunc(f.Odd, func(a, b OddFolder) int { return strings.Compare(a.Location, b.Location) })
	return f, nil
}

// InferPartitions proposes a projection of a table's partitions from its
// folders: k=v folders, those that its storage.location.template describes, or
// plain ones, of which one key may span several (2024/01/31).
func (l *Lake) InferPartitions(ctx context.Context, t *catalog.Table) ([]partition.Proposal, error) {
	bare := *t
	bare.ID, bare.Parameters = 0, map[string]string{}
	for k, v := range t.Parameters {
		if strings.EqualFold(k, partition.PropertyTemplate) {
			bare.Parameters[partition.PropertyTemplate] = v
		}
	}
	layout, err := partition.LayoutOf(&bare)
	if err != nil {
		return nil, err
	}
	template := bare.Parameters[partition.PropertyTemplate]
	text := bare // a key's type does not limit what its folders may be called
	text.PartitionKeys = partition.TextKeys(t.PartitionKeys)
	d := &discovery{lake: l, table: &text, exact: true, layout: layout, odd: &oddities{}, limit: partition.MaxProjected}
	folders, err := d.run(ctx)
	if err != nil {
		return nil, tableFault(err, t)
	}
	texts := make([][]string, len(folders))
	for i := range folders {
		texts[i] = folders[i].texts
	}
	if len(texts) == 0 && template == "" || template != "" && layout.Plain() {
		raw, err := l.plainFolders(ctx, d)
		if err != nil {
			return nil, tableFault(err, t)
		}
		if len(texts) == 0 || len(raw) > 0 && len(raw[0]) > layout.Levels() {
			template, texts = partition.SplitFolders(t, layout.Root, raw)
		}
	}
	return partition.Infer(t, template, texts, time.Now()), nil
}

// maxPlainLevels is how deep plain folders are followed.
const maxPlainLevels = 8

// plainFolders lists folders whatever they are called, as deep as the first of
// each level goes, and gives their names.
func (l *Lake) plainFolders(ctx context.Context, d *discovery) ([][]string, error) {
	level := [][]string{nil}
	for range maxPlainLevels {
		below, err := l.plainLevel(ctx, d, level)
		if err != nil {
			return nil, err
		}
		if len(below) == 0 {
			break
		}
		if level = below; len(level) > partition.MaxProjected {
			return nil, partition.LimitFault(d.table, 0, "the listing of the folders", int64(len(level)))
		}
	}
	if len(level) == 1 && level[0] == nil {
		return nil, nil
	}
	return level, nil
}

func (l *Lake) plainLevel(ctx context.Context, d *discovery, above [][]string) ([][]string, error) {
	jobs := make([]int, len(above))
	for i := range jobs {
		jobs[i] = i
	}
	found, err := listAll(ctx, jobs, func(ctx context.Context, i int) ([]foundFile, error) {
		names, err := l.folders(ctx, d.store, d.root+store.Folder(strings.Join(above[i], "/")), 0)
		var out []foundFile
		for _, name := range names {
			if !Hidden(name + "/") {
				out = append(out, foundFile{info: store.Info{Key: name}, row: uint32(i)})
			}
		}
		return out, err
	})
	below := make([][]string, len(found))
	for i, f := range found {
		below[i] = append(slices.Clone(above[f.row]), f.info.Key)
	}
	return below, err
}
