package users

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/meta"
)

func openStore(t *testing.T, dir string) (*Store, *meta.Store) {
	t.Helper()
	m, err := meta.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return NewStore(m), m
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t *testing.T, err error, code fault.Code, message string) {
	t.Helper()
	if !fault.Is(err, code) || fault.As(err).Message != message {
		t.Errorf("error %v, want %s %s", err, code, message)
	}
}

// create makes a role and gives its ID.
func create(t *testing.T, s *Store, name string, memberOf ...string) int64 {
	t.Helper()
	u := New(name)
	u.MemberOf = memberOf
	u, err := s.Create(t.Context(), u)
	must(t, err)
	return u.ID
}

func TestIDsAreNeverUsedAgain(t *testing.T) {
	s, _ := openStore(t, meta.Memory)
	a, b := create(t, s, "a"), create(t, s, "b")
	must(t, s.Drop(t.Context(), "b"))
	if again := create(t, s, "b"); again <= b || b <= a {
		t.Errorf("IDs %d, %d and then %d", a, b, again)
	}
}

func TestNames(t *testing.T) {
	s, _ := openStore(t, meta.Memory)
	create(t, s, "Anna")
	_, err := s.Create(t.Context(), New("Anna"))
	wantCode(t, err, fault.CodeDuplicateObject, `role "Anna" already exists`)
	_, err = s.Create(t.Context(), New("public"))
	wantCode(t, err, fault.CodeReservedName, `role name "public" is reserved`)
	_, err = s.Create(t.Context(), New("pg_x"))
	wantCode(t, err, fault.CodeReservedName, `role name "pg_x" is reserved`)
	_, err = s.Create(t.Context(), New(""))
	if !fault.Is(err, fault.CodeInvalidName) {
		t.Errorf("empty name: %v", err)
	}
	_, err = s.User(t.Context(), "ana")
	wantCode(t, err, fault.CodeUndefinedObject, `role "ana" does not exist`)
	if hint := fault.As(err).Hint; hint != `Did you mean "Anna"?` {
		t.Errorf("hint %q", hint)
	}
}

func TestPasswordsAreVerifiers(t *testing.T) {
	s, _ := openStore(t, meta.Memory)
	create(t, s, "anna")
	err := s.Alter(t.Context(), "anna", func(u *User) error { u.Password = "secret"; return nil })
	if !fault.Is(err, fault.CodeInvalidParameter) {
		t.Errorf("a plain password was stored: %v", err)
	}
}

func TestMemberships(t *testing.T) {
	ctx := t.Context()
	s, _ := openStore(t, meta.Memory)
	create(t, s, "all")
	create(t, s, "some", "all")
	create(t, s, "anna", "some")
	wantCode(t, s.Grant(ctx, "anna", "all", false), fault.CodeInvalidGrant, `role "anna" is a member of role "all"`)
	wantCode(t, s.Grant(ctx, "anna", "anna", false), fault.CodeInvalidGrant, `role "anna" is a member of role "anna"`)
	wantCode(t, s.Grant(ctx, "nobody", "anna", false), fault.CodeUndefinedObject, `role "nobody" does not exist`)
	must(t, s.Grant(ctx, "some", "anna", true))
	r, err := s.Roles(ctx)
	must(t, err)
	if !r.IsMember("anna", "all") || r.IsMember("all", "anna") || !r.MayGrant("anna", "some") || r.MayGrant("anna", "all") {
		t.Error("memberships are wrong")
	}
	must(t, s.Rename(ctx, "some", "few"))
	anna, err := s.User(ctx, "anna")
	must(t, err)
	if diff := cmp.Diff([]string{"few"}, anna.MemberOf); diff != "" {
		t.Error(diff)
	}
	must(t, s.Drop(ctx, "few"))
	if anna, err = s.User(ctx, "anna"); err != nil || len(anna.MemberOf)+len(anna.AdminOf) != 0 {
		t.Errorf("%+v, %v", anna, err)
	}
}

func TestOtherProcessesAreSeen(t *testing.T) {
	dir := t.TempDir()
	one, _ := openStore(t, dir)
	two, _ := openStore(t, dir)
	create(t, one, "anna")
	if _, err := two.User(t.Context(), "anna"); err != nil {
		t.Fatal(err)
	}
	must(t, one.Alter(t.Context(), "anna", func(u *User) error { u.Login = true; return nil }))
	u, err := two.User(t.Context(), "anna")
	must(t, err)
	if !u.Login {
		t.Error("the change of another process is not seen")
	}
}

func TestChangesAtOnce(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	for p := range 3 {
		s, _ := openStore(t, dir)
		wg.Go(func() {
			for i := range 5 {
				if _, err := s.Create(context.Background(), New(fmt.Sprintf("u%d_%d", p, i))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	s, _ := openStore(t, dir)
	all, err := s.Users(t.Context())
	must(t, err)
	var ids []int64
	for _, u := range all {
		ids = append(ids, u.ID)
	}
	slices.Sort(ids)
	if len(slices.Compact(ids)) != 15 {
		t.Errorf("IDs %v", ids)
	}
}

// countingDocs counts the lists that are read.
type countingDocs struct {
	catalog.Documents
	lists int
}

func (c *countingDocs) DocumentsAfter(ctx context.Context, space, prefix, after string, limit int) ([]catalog.Document, error) {
	c.lists++
	return c.Documents.DocumentsAfter(ctx, space, prefix, after, limit)
}

func TestUnchangedRolesAreReadOnce(t *testing.T) {
	_, m := openStore(t, meta.Memory)
	docs := &countingDocs{Documents: m}
	s := NewStore(docs)
	create(t, s, "anna")
	before := docs.lists
	for range 5 {
		if _, err := s.User(t.Context(), "anna"); err != nil {
			t.Fatal(err)
		}
	}
	if docs.lists-before > 1 {
		t.Errorf("read %d times", docs.lists-before)
	}
}
