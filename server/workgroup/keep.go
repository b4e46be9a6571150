package workgroup

import (
	"context"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
)

// lookEvery is how often a governor looks for changes that other processes made
// while no query asks. Every query that begins looks itself.
const lookEvery = time.Second

// Keep makes docs the home of the workgroups and budgets, in place of what New was
// given: what is stored there counts from now on, and what statements, files and
// other processes change there. It may be called once.
func (g *Governor) Keep(ctx context.Context, docs catalog.Documents) error {
	g.store = NewStore(docs)
	if err := g.refresh(ctx); err != nil {
		return err
	}
	g.looking = make(chan struct{})
	go g.look()
	return nil
}

// look takes over changes until the governor is closed.
func (g *Governor) look() {
	defer close(g.looking)
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	failed := false
	for {
		select {
		case <-g.stopped:
			return
		case <-tick.C:
		}
		err := g.refresh(context.Background())
		if err != nil && !failed { // once, not every second
			g.log.Error("workgroups cannot be read; those known before stay in force", "error", err)
		}
		failed = err != nil
	}
}

// refresh takes over what the store has now.
func (g *Governor) refresh(ctx context.Context) error {
	if g.store == nil {
		return nil
	}
	d, err := g.store.Definitions(ctx)
	if err != nil || g.applied.Load() == d {
		return err
	}
	g.applying.Lock()
	defer g.applying.Unlock()
	if old := g.applied.Load(); old != nil && old.stamp >= d.stamp {
		return nil // another was faster
	}
	if err := g.use(d); err != nil {
		return err
	}
	g.applied.Store(d)
	return nil
}

// use puts definitions into force.
func (g *Governor) use(d *Definitions) error {
	settings := make([]Setting, 0, len(d.groups))
	for _, s := range d.Workgroups() {
		settings = append(settings, *s)
	}
	if err := g.Apply(settings); err != nil {
		return err
	}
	budgets := make([]Budget, 0, len(d.budgets))
	for _, b := range d.Budgets() {
		budgets = append(budgets, *b)
	}
	return g.ApplyBudgets(budgets)
}

// Change edits the stored definitions as Store.Change does, and puts the result into
// force at once. The caller has found that the user may.
func (g *Governor) Change(ctx context.Context, f func(*Edit) error) error {
	if g.store == nil {
		return fault.New(fault.CodeFeatureNotSupported, "this server keeps no workgroups")
	}
	if err := g.store.Change(ctx, f); err != nil {
		return err
	}
	return g.refresh(ctx)
}

// Definitions gives all workgroups and budgets as they are now.
func (g *Governor) Definitions(ctx context.Context) (*Definitions, error) {
	if g.store != nil {
		return g.store.Definitions(ctx)
	}
	d := &Definitions{groups: map[string]*Setting{}, budgets: map[string]*Budget{}}
	for _, s := range g.Settings() {
		d.groups[s.Name] = &s
	}
	d.complete()
	return d, nil
}
