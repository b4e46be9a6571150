package workgroup

import (
	"context"
	"encoding/json"
	"maps"
	"sync"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
)

// The documents that definitions are: one for each workgroup and budget, by name.
// One more counts: every change of any of them writes it, so that its version tells
// whether what was read before is still true, in this process and in others, and no
// two changes can pass each other.
const (
	spaceGroup  = "workgroup"
	spaceBudget = "budget"
	spaceCount  = "workgroup.count"
	keyCount    = "last"
)

// maxTries is how often a change that another was faster than is done again.
const maxTries = 20

// Store keeps workgroups and budgets as documents of a catalog. Safe for
// concurrent use.
type Store struct {
	docs catalog.Documents

	mu    sync.Mutex // guards known
	known *Definitions
}

// NewStore keeps definitions in docs.
func NewStore(docs catalog.Documents) *Store { return &Store{docs: docs} }

// Definitions gives all workgroups and budgets as they are now. It reads one small
// document if nothing has changed since the last time, whoever changes it.
func (s *Store) Definitions(ctx context.Context) (*Definitions, error) {
	for range maxTries {
		stamp, err := s.stamp(ctx)
		if err != nil {
			return nil, err
		}
		s.mu.Lock()
		known := s.known
		s.mu.Unlock()
		if known != nil && known.stamp == stamp {
			return known, nil
		}
		d, err := s.read(ctx, stamp)
		if err != nil {
			return nil, err
		}
		if again, err := s.stamp(ctx); err != nil {
			return nil, err
		} else if again != stamp {
			continue // changed while it was read
		}
		s.mu.Lock()
		s.known = d
		s.mu.Unlock()
		return d, nil
	}
	return nil, fault.New(fault.CodeLockNotAvailable, "workgroups keep being changed").WithHint("Try again.")
}

func (s *Store) stamp(ctx context.Context) (int64, error) {
	d, err := s.docs.Document(ctx, spaceCount, keyCount)
	if err != nil || d == nil {
		return 0, err
	}
	return d.Version, nil
}

func (s *Store) read(ctx context.Context, stamp int64) (*Definitions, error) {
	d := &Definitions{groups: map[string]*Setting{}, budgets: map[string]*Budget{}, stamp: stamp}
	if err := readAll(ctx, s.docs, spaceGroup, d.groups); err != nil {
		return nil, err
	}
	if err := readAll(ctx, s.docs, spaceBudget, d.budgets); err != nil {
		return nil, err
	}
	d.complete()
	return d, nil
}

func readAll[T any](ctx context.Context, docs catalog.Documents, space string, into map[string]*T) error {
	ds, err := docs.DocumentsAfter(ctx, space, "", "", 0)
	if err != nil {
		return err
	}
	for i := range ds {
		x := new(T)
		if err := json.Unmarshal(ds[i].Data, x); err != nil {
			return fault.Wrap(err, fault.CodeDataCorrupted, "the catalog holds a damaged %s %q", space, ds[i].Key)
		}
		into[ds[i].Key] = x
	}
	return nil
}

// Edit is a change of definitions that is being made: what Change gives its
// function.
type Edit struct {
	*Definitions
	changedGroups  map[string]bool // by name; those that are gone were dropped
	changedBudgets map[string]bool
	emptied        map[string]bool // workgroups that were dropped, and whether with what is in them
}

func (d *Definitions) edit() *Edit {
	return &Edit{Definitions: &Definitions{groups: maps.Clone(d.groups), budgets: maps.Clone(d.budgets), stamp: d.stamp},
		changedGroups: map[string]bool{}, changedBudgets: map[string]bool{}, emptied: map[string]bool{}}
}

// Change does all that f does in one transaction, or nothing if f fails or if what
// it leaves contradicts itself. f may be called again if another change was faster:
// it must only look at e.
func (s *Store) Change(ctx context.Context, f func(e *Edit) error) error {
	for try := 0; ; try++ {
		d, err := s.Definitions(ctx)
		if err != nil {
			return err
		}
		e := d.edit()
		if err := f(e); err != nil {
			return err
		}
		if len(e.changedGroups)+len(e.changedBudgets) == 0 {
			return nil
		}
		if err := e.check(); err != nil {
			return err
		}
		for name, cascade := range e.emptied {
			if err := s.mayDrop(ctx, name, cascade); err != nil {
				return err
			}
		}
		err = s.write(ctx, e)
		for name := range e.emptied {
			if err == nil {
				err = s.empty(ctx, name)
			}
		}
		lost := fault.Is(err, fault.CodeObjectNotReady) || fault.Is(err, fault.CodeDuplicateObject) || fault.Is(err, fault.CodeUndefinedObject)
		if !lost || try == maxTries {
			return err
		}
	}
}

// mayDrop refuses to drop a workgroup in which something is, unless that goes too.
func (s *Store) mayDrop(ctx context.Context, name string, cascade bool) error {
	if cascade {
		return nil
	}
	return s.checkEmpty(ctx, name)
}

// write stores what changed.
func (s *Store) write(ctx context.Context, e *Edit) error {
	ds, err := e.documents()
	if err == nil {
		_, err = s.docs.PutDocuments(ctx, ds...)
	}
	return err
}

// documents are those that have to be written. The counting document's version is
// the only one that is compared: it changes with every other.
func (e *Edit) documents() ([]catalog.Document, error) {
	ds := []catalog.Document{{Space: spaceCount, Key: keyCount, Version: e.stamp, Data: []byte("{}")}}
	ds, err := appendChanged(ds, spaceGroup, e.changedGroups, e.groups)
	if err != nil {
		return nil, err
	}
	return appendChanged(ds, spaceBudget, e.changedBudgets, e.budgets)
}

func appendChanged[T any](ds []catalog.Document, space string, changed map[string]bool, now map[string]*T) ([]catalog.Document, error) {
	for name := range changed {
		d := catalog.Document{Space: space, Key: name, Version: catalog.AnyVersion}
		if x := now[name]; x != nil {
			data, err := json.Marshal(x)
			if err != nil {
				return nil, fault.Wrap(err, fault.CodeInternal, "cannot store %s %s", space, name)
			}
			d.Data = data
		}
		ds = append(ds, d)
	}
	return ds, nil
}

// PutWorkgroup creates or replaces a workgroup that was checked.
func (e *Edit) PutWorkgroup(s *Setting) {
	e.groups[s.Name] = s
	e.changedGroups[s.Name] = true
}

// PutBudget creates or replaces a budget that was checked.
func (e *Edit) PutBudget(b *Budget) {
	e.budgets[b.Name] = b
	e.changedBudgets[b.Name] = true
}

// DropWorkgroup removes a workgroup, with cascade its budgets and what is in it too.
// Errors: 42704, 2BP01 for primary and, without cascade, for one that has budgets;
// for one in which something is Change gives it.
func (e *Edit) DropWorkgroup(name string, cascade bool) error {
	if _, err := e.Workgroup(name); err != nil {
		return err
	}
	if name == Primary {
		return fault.New(fault.CodeDependentObjects, "workgroup %q cannot be dropped: it is that of whoever is in no other", Primary).
			WithHint("ALTER WORKGROUP primary SET (state = 'DISABLED') refuses its queries.")
	}
	for _, b := range e.Budgets() {
		if b.Workgroup != name {
			continue
		}
		if !cascade {
			return fault.New(fault.CodeDependentObjects, "cannot drop workgroup %q because other objects depend on it", name).
				WithDetail("budget %q depends on workgroup %q", b.Name, name).
				WithHint("Use DROP ... CASCADE to drop the dependent objects too.")
		}
		e.dropBudget(b.Name)
	}
	delete(e.groups, name)
	e.changedGroups[name], e.emptied[name] = true, cascade
	return nil
}

// DropBudget removes a budget; 42704 if there is none.
func (e *Edit) DropBudget(name string) error {
	if _, err := e.Budget(name); err != nil {
		return err
	}
	e.dropBudget(name)
	return nil
}

func (e *Edit) dropBudget(name string) {
	delete(e.budgets, name)
	e.changedBudgets[name] = true
}
