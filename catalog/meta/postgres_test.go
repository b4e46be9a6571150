package meta

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/meta/metatest"
)

// psql runs statements in the PostgreSQL of the tests, outside of any store.
func psql(t *testing.T, statements ...string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), os.Getenv(metatest.Postgres))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for _, s := range statements {
		if _, err := conn.Exec(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func TestOpenPostgresFaults(t *testing.T) {
	postgresOnly(t)
	at := func(change func(u *url.URL, q url.Values)) string {
		u, err := url.Parse(os.Getenv(metatest.Postgres))
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		change(u, q)
		u.RawQuery = q.Encode()
		return u.String()
	}
	newer := t.TempDir()
	s := must[*Store](t)(openAt(t.Context(), newer))
	if _, err := s.write.Exec("INSERT INTO glaux_catalog_version (version_id, is_applied) VALUES (99999, true)"); err != nil {
		t.Fatal(err)
	}
	s.Close()
	psql(t, "drop database if exists latin", "create database latin encoding 'LATIN1' lc_ctype 'C' template template0")
	for name, c := range map[string]struct {
		url  string
		code fault.Code
		hint string
	}{
		"no URL":        {"postgres://glaux:secret@[", fault.CodeInvalidParameter, "Write it as"},
		"no server":     {at(func(u *url.URL, q url.Values) { u.Host = "127.0.0.1:1" }), fault.CodeConnectionFailure, ""},
		"no database":   {at(func(u *url.URL, q url.Values) { u.Path = "/nowhere" }), fault.CodeInvalidCatalogName, "Create"},
		"no user":       {at(func(u *url.URL, q url.Values) { u.User = url.User("nobody") }), fault.CodeInvalidAuth, "password"},
		"no schema":     {at(func(u *url.URL, q url.Values) { q.Set("search_path", "nowhere") }), fault.CodeObjectNotReady, "search_path"},
		"other charset": {at(func(u *url.URL, q url.Values) { u.Path = "/latin" }), fault.CodeObjectNotReady, "UTF8"},
		"newer":         {must[string](t)(metatest.URL(t.Context(), newer)), fault.CodeObjectNotReady, "newer version"},
		"a standby":     {at(func(u *url.URL, q url.Values) { q.Set("default_transaction_read_only", "on") }), fault.CodeInsufficientPriv, "primary"},
	} {
		s, err := OpenPostgres(t.Context(), c.url)
		if err == nil {
			s.Close()
		}
		if f := fault.As(err); f == nil || f.Code != c.code || !strings.Contains(f.Hint, c.hint) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v (%s), want %s", name, err, fault.As(err).Hint, c.code)
		}
	}
}

// TestSameSchema compares the tables of PostgreSQL with SQLite's.
func TestSameSchema(t *testing.T) {
	postgresOnly(t)
	columns := func(db *sql.DB, query string) map[string][]string {
		rows, err := db.Query(query)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		out := map[string][]string{}
		for rows.Next() {
			var table, column string
			var null bool
			if err := rows.Scan(&table, &column, &null); err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(table, "sqlite_") || strings.HasSuffix(table, "_version") || table == "goose_db_version" || table == oldHistoryTable {
				continue
			}
			out[table] = append(out[table], fmt.Sprint(column, " null=", null))
		}
		for _, list := range out {
			slices.Sort(list)
		}
		return out
	}
	lite := must[*Store](t)(Open(t.Context(), t.TempDir()))
	defer lite.Close()
	const inLite = `SELECT m.name, i.name, i."notnull" = 0 AND i.pk = 0 FROM sqlite_master m, pragma_table_info(m.name) i WHERE m.type = 'table'`
	want := columns(lite.read, inLite)
	for table, list := range columns(lite.history.read, inLite) {
		want[table] = list
	}
	s := openTest(t)
	got := columns(s.read, "SELECT table_name, column_name, is_nullable = 'YES' FROM information_schema.columns WHERE table_schema = current_schema()")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error("SQLite -, PostgreSQL +: ", diff)
	}
}

// TestPostgresBusy makes a writer wait for another that never ends its
// transaction.
func TestPostgresBusy(t *testing.T) {
	postgresOnly(t)
	dir := t.TempDir()
	a, b := must[*Store](t)(openAt(t.Context(), dir)), must[*Store](t)(openAt(t.Context(), dir))
	defer a.Close()
	defer b.Close()
	if _, err := b.write.Exec("SET lock_timeout = 50"); err != nil {
		t.Fatal(err)
	}
	tx, err := a.write.Begin()
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.CreateDatabase(t.Context(), &catalog.Database{Name: "d"})
	wantFault(t, err, fault.CodeLockNotAvailable, "Try again")
	if _, err := b.Databases(t.Context()); err != nil {
		t.Errorf("readers must not wait: %v", err)
	}
	ledger := must[*Budgets](t)(b.OpenBudgets(t.Context()))
	must[[]BudgetCount](t)(ledger.Claim(t.Context(), BudgetClaim{Limit: 10, Least: 1, Want: 1})) // budgets must not wait
	if err := ledger.Close(); err != nil {
		t.Error(err)
	}
	tx.Rollback()
	must[*catalog.Database](t)(b.CreateDatabase(t.Context(), &catalog.Database{Name: "d"}))
}

// TestPostgresTexts writes what PostgreSQL does not take: a name is refused, the
// text of a query is kept as far as that is possible.
func TestPostgresTexts(t *testing.T) {
	postgresOnly(t)
	s := openTest(t)
	for _, text := range []string{"a\x00b", "a\xffb"} {
		_, err := s.CreateDatabase(t.Context(), &catalog.Database{Name: "d", Description: text})
		wantFault(t, err, fault.CodeBadEncoding, "")
		_, err = s.Document(t.Context(), "s", text)
		wantFault(t, err, fault.CodeBadEncoding, "")
		if err := s.InsertQueries(t.Context(), QueryRecord{ID: "x", SQL: text, Started: time.Unix(1, 0)}); err != nil {
			t.Fatal(err)
		}
		if q := must[[]QueryRecord](t)(s.Queries(t.Context(), HistoryFilter{})); len(q) != 1 || q[0].SQL != "a\uFFFDb" {
			t.Errorf("%+v", q)
		}
	}
	_, err := s.PutDocuments(t.Context(), catalog.Document{Space: "s", Key: randomText(10_000), Data: []byte("{}")})
	wantFault(t, err, fault.CodeProgramLimit, "")
}

// randomText does not get shorter when it is compressed.
func randomText(n int) string {
	b, x := make([]byte, n), uint64(1)
	for i := range b {
		x = x*6364136223846793005 + 1442695040888963407
		b[i] = 'a' + byte(x>>33)%26
	}
	return string(b)
}

// TestPostgresFeed reads what is known without asking, hears of others' changes, and
// asks again while it cannot hear.
func TestPostgresFeed(t *testing.T) {
	postgresOnly(t)
	ctx := t.Context()
	dir := t.TempDir()
	a, b := must[*Store](t)(openAt(ctx, dir)), must[*Store](t)(openAt(ctx, dir))
	defer a.Close()
	defer b.Close()
	withOrders(t, a)
	key := catalog.Document{Space: "s", Key: "k", Version: catalog.AnyVersion}
	read := func(s *Store) string {
		tab, err := s.Table(ctx, "sales", "orders")
		if err != nil {
			return err.Error()
		}
		d := must[*catalog.Document](t)(s.Document(ctx, "s", "k"))
		if d == nil {
			return tab.Description
		}
		return tab.Description + " " + string(d.Data)
	}
	eventually(t, "both listen", func() bool { return a.watch.feed.fresh() && b.watch.feed.fresh() })
	eventually(t, "b knows the table", func() bool { return read(b) == "all orders" })

	// While the generation cannot be asked for, what is known is still there.
	watch, pool := b.watch.db, b.read
	closed := sql.OpenDB(pgConnector{Connector: brokenConnector{}})
	b.watch.db, b.read = closed, closed
	for range 3 {
		if got := read(b); got != "all orders" {
			t.Errorf("asked: %s", got)
		}
	}
	b.watch.db, b.read = watch, pool

	key.Data = []byte("1")
	must[[]int64](t)(a.PutDocuments(ctx, key))
	if got := read(a); got != "all orders 1" {
		t.Errorf("the own change is not seen: %s", got)
	}
	eventually(t, "b hears of the document", func() bool { return read(b) == "all orders 1" })

	// Without a feed that lives every change is seen at once.
	b.watch.feed.close()
	for i := range 5 {
		tab := *must[*catalog.Table](t)(a.Table(ctx, "sales", "orders"))
		tab.Description = fmt.Sprint("v", i)
		must[*catalog.Table](t)(a.UpdateTable(ctx, &tab))
		key.Data = []byte(tab.Description)
		must[[]int64](t)(a.PutDocuments(ctx, key))
		if got, want := read(b), tab.Description+" "+tab.Description; got != want {
			t.Errorf("read %s, want %s", got, want)
		}
	}
	b.watch.feed.stop = func() {}
}

// brokenConnector connects to nothing.
type brokenConnector struct{ driver.Connector }

// Connect implements driver.Connector.
func (brokenConnector) Connect(context.Context) (driver.Conn, error) {
	return nil, errors.New("asked PostgreSQL")
}

// TestPostgresRestarts breaks all connections: the store goes on, except for what
// hung on one of them.
func TestPostgresRestarts(t *testing.T) {
	postgresOnly(t)
	ctx := context.Background()
	dir := t.TempDir()
	s, other := must[*Store](t)(openAt(ctx, dir)), must[*Store](t)(openAt(ctx, dir))
	defer s.Close()
	defer other.Close()
	withOrders(t, s)
	snap := must[catalog.Snapshot](t)(s.Snapshot(ctx))
	defer snap.Close()
	unlock, ok, err := s.TryLock(ctx, "l")
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	guarded, release := s.Guard(ctx, "l")
	defer release()
	if guarded.Err() != nil {
		t.Error(guarded.Err())
	}
	psql(t, "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'glaux'")
	if _, err := snap.Table(ctx, "sales", "lineitem"); !fault.Is(err, fault.CodeConnectionFailure) {
		t.Errorf("the snapshot's transaction is gone, but: %v", err)
	}
	<-guarded.Done()
	if !fault.Is(context.Cause(guarded), fault.CodeConnectionFailure) {
		t.Errorf("the lock is lost: %v", context.Cause(guarded))
	}
	// A statement on a connection that was used a moment ago meets the end of it.
	for what, f := range map[string]func() error{
		"read":    func() error { _, err := s.Document(ctx, "a", "b"); return err },
		"tables":  func() error { _, err := s.Table(ctx, "sales", "orders"); return err },
		"write":   func() error { _, err := s.CreateDatabase(ctx, &catalog.Database{Name: "d"}); return err },
		"history": func() error { return s.InsertQueries(ctx, QueryRecord{ID: "x"}) },
	} {
		eventually(t, what, func() bool {
			err := f()
			if err != nil && !fault.Is(err, fault.CodeConnectionFailure) {
				t.Fatal(err)
			}
			return err == nil
		})
	}
	again, ok, err := other.TryLock(ctx, "l")
	if !ok || err != nil {
		t.Errorf("the lock is still held: %v", err)
	}
	unlock() // it is another's now
	if _, ok, err := s.TryLock(ctx, "l"); ok || err != nil {
		t.Errorf("locked twice: %v", err)
	}
	again()
}
