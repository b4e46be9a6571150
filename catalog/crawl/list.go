package crawl

import (
	"context"

	"github.com/glauxdb/glaux/formats/store"
)

// listFailure is a folder that could not be listed.
type listFailure struct {
	key string
	err error
}

// read lists the target.
func (t *tree) read(ctx context.Context, f *finder) error {
	ctx = store.WithReadKind(ctx, store.ReadList)
	t.root = newRoot(t.key)
	if t.root.name == "" {
		t.root.name = lastSegment(t.target.Location)
	}
	for o, err := range store.Under(ctx, t.store, t.key) {
		if err != nil {
			return err
		}
		if t.listed++; t.listed%1000 == 0 {
			f.step(func(p *Progress) { p.Listed += 1000 })
		}
		rel := t.root.relative(o.Key)
		t.root.markLog(rel)
		if why := t.judge(o); why == skipNot {
			t.root.add(rel, o)
		} else if why != skipCovered {
			t.pass(why, o.Key, 1)
		}
	}
	f.step(func(p *Progress) { p.Listed += int(t.listed % 1000) })
	t.root.finish(t.target.SampleSize)
	return nil
}
