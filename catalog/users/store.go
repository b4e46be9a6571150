package users

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
)

// The documents that roles are.
const (
	spaceUser  = "user"
	spaceCount = "user.count"
	keyCount   = "last"
)

// maxTries is how often a change that another was faster than is done again.
const maxTries = 20

// Store keeps roles as documents of a catalog. Safe for concurrent use.
type Store struct {
	docs catalog.Documents
	now  func() time.Time

	followers []Follower

	mu    sync.Mutex // guards known
	known *Roles
}

// NewStore keeps roles in docs.
func NewStore(docs catalog.Documents) *Store { return &Store{docs: docs, now: time.Now} }

// count is the document that every change writes.
type count struct {
	Last int64 `json:"last"`
}

// Roles gives all roles as they are now. It reads one small document if nothing
// has changed since the last time, whoever changes it.
func (s *Store) Roles(ctx context.Context) (*Roles, error) {
	for range maxTries {
		stamp, c, err := s.count(ctx)
		if err != nil {
			return nil, err
		}
		s.mu.Lock()
		known := s.known
		s.mu.Unlock()
		if known != nil && known.stamp == stamp {
			return known, nil
		}
		r, err := s.read(ctx, stamp, c.Last)
		if err != nil {
			return nil, err
		}
		if again, _, err := s.count(ctx); err != nil {
			return nil, err
		} else if again != stamp {
			continue // changed while it was read
		}
		s.mu.Lock()
		s.known = r
		s.mu.Unlock()
		return r, nil
	}
	return nil, fault.New(fault.CodeLockNotAvailable, "roles keep being changed").WithHint("Try again.")
}

func (s *Store) count(ctx context.Context) (stamp int64, c count, err error) {
	d, err := s.docs.Document(ctx, spaceCount, keyCount)
	if err != nil || d == nil {
		return 0, c, err
	}
	return d.Version, c, decode(d, &c)
}

func (s *Store) read(ctx context.Context, stamp, last int64) (*Roles, error) {
	ds, err := s.docs.DocumentsAfter(ctx, spaceUser, "", "", 0)
	if err != nil {
		return nil, err
	}
	r := &Roles{byName: make(map[string]*User, len(ds)+3), stamp: stamp, last: last}
	for _, u := range Predefined() {
		r.byName[u.Name] = u
	}
	for i := range ds {
		u := new(User)
		if err := decode(&ds[i], u); err != nil {
			return nil, err
		}
		r.sorted, r.byName[u.Name] = append(r.sorted, u), u
	}
	slices.SortFunc(r.sorted, func(a, b *User) int { return cmp.Compare(a.Name, b.Name) })
	return r, nil
}

func decode(d *catalog.Document, out any) error {
	if err := json.Unmarshal(d.Data, out); err != nil {
		return fault.Wrap(err, fault.CodeDataCorrupted, "the catalog holds a damaged %s %q", d.Space, d.Key)
	}
	return nil
}

// Users gives every role by name.
func (s *Store) Users(ctx context.Context) ([]*User, error) {
	r, err := s.Roles(ctx)
	if err != nil {
		return nil, err
	}
	return r.All(), nil
}

// User gives a role by its exact name; 42704 if there is none.
func (s *Store) User(ctx context.Context, name string) (*User, error) {
	r, err := s.Roles(ctx)
	if err != nil {
		return nil, err
	}
	return r.Get(name)
}

// Follower keeps names of roles elsewhere in the same catalog. It is asked before
// roles get other names or are dropped: it gives the documents that have to change
// with them, in the same transaction, or refuses. As the function of Change it may
// be called again.
type Follower func(ctx context.Context, e *Edit) ([]catalog.Document, error)

// Follow adds a follower. It must not be called while the store is in use.
func (s *Store) Follow(f Follower) { s.followers = append(s.followers, f) }

// Edit is a change of roles that is being made: what Change gives its function.
type Edit struct {
	*Roles
	now     time.Time
	changed map[string]*User // by the name of the document; nil: deleted
	renamed [][2]string
	dropped []string
}

// Renamed gives the names before and after, in the order in which roles got them.
func (e *Edit) Renamed() [][2]string { return e.renamed }

// Dropped gives the names of the roles that were dropped.
func (e *Edit) Dropped() []string { return e.dropped }

// Change does all that f does in one transaction, or nothing if f fails. f may be
// called again if another change was faster: it must only look at e.
func (s *Store) Change(ctx context.Context, f func(e *Edit) error) error {
	for try := 0; ; try++ {
		r, err := s.Roles(ctx)
		if err != nil {
			return err
		}
		e := r.edit(s.now().UTC().Truncate(time.Microsecond))
		if err := f(e); err != nil {
			return err
		}
		if len(e.changed) == 0 {
			return nil
		}
		err = s.write(ctx, e)
		lost := fault.Is(err, fault.CodeObjectNotReady) || fault.Is(err, fault.CodeDuplicateObject) || fault.Is(err, fault.CodeUndefinedObject)
		if !lost || try == maxTries {
			return err
		}
	}
}

// write stores what changed. The counting document's version is the only one that
// is compared: it changes with every other.
func (s *Store) write(ctx context.Context, e *Edit) error {
	put := func(space, key string, version int64, v any) (catalog.Document, error) {
		data, err := json.Marshal(v)
		if err != nil {
			return catalog.Document{}, fault.Wrap(err, fault.CodeInternal, "cannot store %s %s", space, key)
		}
		return catalog.Document{Space: space, Key: key, Version: version, Data: data}, nil
	}
	d, err := put(spaceCount, keyCount, e.stamp, count{Last: e.last})
	if err != nil {
		return err
	}
	ds := []catalog.Document{d}
	if len(e.renamed)+len(e.dropped) > 0 {
		for _, f := range s.followers {
			more, err := f(ctx, e)
			if err != nil {
				return err
			}
			ds = append(ds, more...)
		}
	}
	for key, u := range e.changed {
		d := catalog.Document{Space: spaceUser, Key: key, Version: catalog.AnyVersion}
		if u != nil {
			if d, err = put(spaceUser, key, catalog.AnyVersion, u); err != nil {
				return err
			}
		}
		ds = append(ds, d)
	}
	_, err = s.docs.PutDocuments(ctx, ds...)
	return err
}

// Create makes a role and gives it with its ID. A name that is taken is 42710.
func (s *Store) Create(ctx context.Context, u *User) (*User, error) {
	var out *User
	err := s.Change(ctx, func(e *Edit) (err error) {
		out, err = e.Create(u)
		return err
	})
	return out, err
}

// Alter changes a role: change gets a copy of it and may be called again. The
// name, the ID and the memberships stay.
func (s *Store) Alter(ctx context.Context, name string, change func(*User) error) error {
	return s.Change(ctx, func(e *Edit) error { return e.Alter(name, change) })
}

// Rename gives a role another name. An md5 verifier holds for the old one and is
// cleared.
func (s *Store) Rename(ctx context.Context, from, to string) error {
	return s.Change(ctx, func(e *Edit) error { return e.Rename(from, to) })
}

// Drop removes a role and all memberships in it.
func (s *Store) Drop(ctx context.Context, name string) error {
	return s.Change(ctx, func(e *Edit) error { return e.Drop(name) })
}

// Grant makes member a member of role. A cycle is 0LP01.
func (s *Store) Grant(ctx context.Context, role, member string, admin bool) error {
	return s.Change(ctx, func(e *Edit) error {
		_, err := e.Grant(role, member, admin)
		return err
	})
}

// Revoke ends a membership, or with adminOnly the right to grant it.
func (s *Store) Revoke(ctx context.Context, role, member string, adminOnly bool) error {
	return s.Change(ctx, func(e *Edit) error {
		_, err := e.Revoke(role, member, adminOnly)
		return err
	})
}
