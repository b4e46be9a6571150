package glue_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/glue"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/server/glueapi"
)

// server is an endpoint that the suite runs against.
type server struct {
	endpoint string
	strict   bool // UpdateTable compares VersionId, versions can be deleted; moto does neither
}

func (s server) open(t *testing.T, dir string) *glue.Catalog {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", testKey)
	t.Setenv("AWS_SECRET_ACCESS_KEY", testSecret)
	ctx := context.Background()
	local, err := meta.Open(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	c, err := glue.Open(ctx, glue.Config{Region: "us-east-1", Endpoint: s.endpoint}, local, glue.Options{})
	if err != nil {
		local.Close()
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

const (
	testKey    = "AKIAGLAUXTEST"
	testSecret = "test-secret"
)

// TestMoto runs the suite against moto's Glue, which a test's caller starts.
func TestMoto(t *testing.T) {
	endpoint := os.Getenv("GLAUX_TEST_MOTO_ENDPOINT")
	if endpoint == "" {
		t.Skip("GLAUX_TEST_MOTO_ENDPOINT is not set: moto's Glue is not tested")
	}
	suite(t, server{endpoint: endpoint})
}

// TestOwnEndpoint runs the suite against Glaux's own Glue endpoint.
func TestOwnEndpoint(t *testing.T) {
	ctx := context.Background()
	store, err := meta.Open(ctx, meta.Memory)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	handler, err := glueapi.New(glueapi.Config{Catalog: store, Keys: []glueapi.Key{{AccessKey: testKey, SecretKey: testSecret}}})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(handler)
	defer srv.Close()
	suite(t, server{endpoint: srv.URL, strict: true})
}

func suite(t *testing.T, s server) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, server, *glue.Catalog, string)
	}{
		{"databases", testDatabases}, {"tables", testTables}, {"ids", testIDs}, {"partitions", testPartitions},
		{"typed keys", testTypedKeys}, {"apply", testApply}, {"versions", testVersions}, {"documents", testDocuments},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := s.open(t, meta.Memory)
			db := fmt.Sprintf("d%d", time.Now().UnixNano())
			if _, err := c.CreateDatabase(context.Background(), &catalog.Database{Name: db}); err != nil {
				t.Fatal(err)
			}
			test.run(t, s, c, db)
			if err := c.DropDatabase(context.Background(), db, true); err != nil {
				t.Error(err)
			}
		})
	}
}

func wantCode(t *testing.T, err error, code fault.Code) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("got %v, want a fault %s", err, code)
	}
}

func testDatabases(t *testing.T, _ server, c *glue.Catalog, db string) {
	ctx := context.Background()
	name := db + "_more"
	want := &catalog.Database{Name: name, Description: "Größe", Location: "s3://b/p/", Parameters: map[string]string{"k": "v"}}
	got, err := c.CreateDatabase(ctx, want)
	if err != nil {
		t.Fatal(err)
	}
	same := cmpopts.IgnoreFields(catalog.Database{}, "ID", "Created")
	if diff := cmp.Diff(want, got, same); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got.ID == 0 {
		t.Error("the database has no ID")
	}
	_, err = c.CreateDatabase(ctx, want)
	wantCode(t, err, fault.CodeDuplicateSchema)
	change := *got
	change.Description = "other"
	if got, err = c.UpdateDatabase(ctx, &change); err != nil || got.Description != "other" {
		t.Errorf("UpdateDatabase: %+v, %v", got, err)
	}
	change.Name = name + "x"
	_, err = c.UpdateDatabase(ctx, &change)
	wantCode(t, err, fault.CodeFeatureNotSupported)
	_, err = c.Database(ctx, name+"y")
	wantCode(t, err, fault.CodeInvalidSchemaName)
	if f := fault.As(err); f.Hint != fmt.Sprintf("Did you mean %q?", name) {
		t.Errorf("hint %q", f.Hint)
	}
	if _, err = c.CreateTable(ctx, plain(name, "t")); err != nil {
		t.Fatal(err)
	}
	wantCode(t, c.DropDatabase(ctx, name, false), fault.CodeDependentObjects)
	if err := c.DropTable(ctx, name, "t"); err != nil {
		t.Fatal(err)
	}
	if err := c.DropDatabase(ctx, name, false); err != nil {
		t.Fatal(err)
	}
	_, err = c.Database(ctx, name)
	wantCode(t, err, fault.CodeInvalidSchemaName)
	wantCode(t, c.DropDatabase(ctx, name, true), fault.CodeInvalidSchemaName)
}

// plain is a table that reads Parquet.
func plain(db, name string, keys ...catalog.Column) *catalog.Table {
	return &catalog.Table{
		Database: db, Name: name, Kind: catalog.ExternalTable, Format: "parquet",
		Columns:       []catalog.Column{{Name: "id", Type: types.TBigInt}, {Name: "note", Type: types.TVarchar, Comment: "any"}},
		PartitionKeys: append([]catalog.Column{}, keys...),
		Parameters:    map[string]string{"EXTERNAL": "TRUE", "classification": "parquet"},
		Storage: catalog.Storage{Location: "s3://lake/" + name + "/", SerDe: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
			InputFormat:  "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
			OutputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
			SerDeParams:  map[string]string{"serialization.format": "1"}, Parameters: map[string]string{}},
	}
}

var sameTable = []cmp.Option{
	cmpopts.IgnoreFields(catalog.Table{}, "ID", "Created", "Updated", "Version", "Other"), cmpopts.EquateEmpty(),
}

func testTables(t *testing.T, s server, c *glue.Catalog, db string) {
	ctx := context.Background()
	full := plain(db, "orders", catalog.Column{Name: "dt", Type: types.TDate, Comment: "day"})
	full.Columns = append(full.Columns,
		catalog.Column{Name: "u", Type: types.TUUID},
		catalog.Column{Name: "at", Type: types.TimestampTZOf(3), Parameters: map[string]string{"x": "y"}},
		catalog.Column{Name: "deep", Type: types.RowOf(types.Field{Name: "A b", Type: types.ArrayOf(types.TJSON)})},
		catalog.Column{Name: "odd", Type: types.TUnknown, HiveType: "geometry(4326)"})
	full.Description, full.Owner = "with 'quotes'\nand lines", "ana"
	full.Storage.SortColumns = []catalog.SortColumn{{Column: "id", Desc: true}}
	full.Storage.Buckets, full.Storage.BucketColumns = 4, []string{"id"}
	view := &catalog.Table{Database: db, Name: "v", Kind: catalog.VirtualView, ViewText: "select 1 as one", ViewDatabase: db,
		Columns: []catalog.Column{{Name: "one", Type: types.TInteger}}, Parameters: map[string]string{"glaux.dialect": "postgres"}}
	for _, want := range []*catalog.Table{full, view} {
		got, err := c.CreateTable(ctx, want)
		if err != nil {
			t.Fatal(err)
		}
		opts := sameTable
		if want == view {
			opts = append(opts, cmpopts.IgnoreFields(catalog.Table{}, "Parameters", "ViewOriginal", "ViewExpanded"))
		}
		if diff := cmp.Diff(want, got, opts...); diff != "" {
			t.Errorf("%s: -want +got\n%s", want.Name, diff)
		}
		_, err = c.CreateTable(ctx, want)
		wantCode(t, err, fault.CodeDuplicateTable)
	}
	ts, err := c.Tables(ctx, db)
	if err != nil || len(ts) != 2 || ts[0].Name != "orders" || ts[1].Name != "v" {
		t.Fatalf("Tables: %v, %v", ts, err)
	}
	old, err := c.Table(ctx, db, "ORDERS")
	if err != nil {
		t.Fatal(err)
	}
	change := *old
	change.Description = "second"
	now, err := c.UpdateTable(ctx, &change)
	if err != nil || now.Description != "second" || now.ID != old.ID {
		t.Fatalf("UpdateTable: %+v, %v", now, err)
	}
	if s.strict {
		change.Description = "third"
		_, err = c.UpdateTable(ctx, &change)
		wantCode(t, err, fault.CodeObjectNotReady)
	}
	change = *now
	change.Name = "renamed"
	_, err = c.UpdateTable(ctx, &change)
	wantCode(t, err, fault.CodeFeatureNotSupported)
	_, err = c.Table(ctx, db, "order")
	wantCode(t, err, fault.CodeUndefinedTable)
	if f := fault.As(err); f.Hint != `Did you mean "orders"?` {
		t.Errorf("hint %q", f.Hint)
	}
	_, err = c.CreateTable(ctx, plain(db+"_no", "t"))
	wantCode(t, err, fault.CodeInvalidSchemaName)
	_, err = c.Tables(ctx, db+"_no")
	wantCode(t, err, fault.CodeInvalidSchemaName)
}

// testIDs opens the local store again: the IDs are still there, and one that was
// used is not used for another table.
func testIDs(t *testing.T, s server, _ *glue.Catalog, db string) {
	ctx := context.Background()
	dir := filepath.Join(t.TempDir(), "local")
	id := func(again bool) int64 {
		c := s.open(t, dir)
		defer c.Close()
		if again {
			if err := c.DropTable(ctx, db, "t"); err != nil {
				t.Fatal(err)
			}
		}
		tab, err := c.Table(ctx, db, "t")
		if fault.Is(err, fault.CodeUndefinedTable) {
			tab, err = c.CreateTable(ctx, plain(db, "t"))
		}
		if err != nil {
			t.Fatal(err)
		}
		return tab.ID
	}
	first, second := id(false), id(false)
	if first == 0 || first != second {
		t.Errorf("IDs %d and %d of one table", first, second)
	}
	if third := id(true); third == first {
		t.Errorf("a new table has the old one's ID %d", first)
	}
}

func testPartitions(t *testing.T, _ server, c *glue.Catalog, db string) {
	ctx := context.Background()
	tab, err := c.CreateTable(ctx, plain(db, "p", catalog.Column{Name: "dt", Type: types.TVarchar}, catalog.Column{Name: "n", Type: types.TVarchar}))
	if err != nil {
		t.Fatal(err)
	}
	var ps []catalog.Partition
	for i := range 250 {
		p := catalog.Partition{Values: []string{fmt.Sprintf("2024-%03d", i), "ä/b:c%"}}
		switch i {
		case 3:
			p.Location = "s3://elsewhere/x/"
		case 4:
			p.Parameters = map[string]string{"k": "v"}
		case 5:
			s := tab.Storage
			s.Location, s.SerDe = "", "org.apache.hadoop.hive.serde2.OpenCSVSerde"
			p.Descriptor = &catalog.Descriptor{Columns: []catalog.Column{{Name: "id", Type: types.TVarchar}}, Storage: s}
		case 6:
			p.Values[1] = catalog.HiveNull
		}
		ps = append(ps, p)
	}
	n, err := c.AddPartitions(ctx, tab, ps, true)
	if err != nil || n != 250 {
		t.Fatalf("AddPartitions: %d, %v", n, err)
	}
	if n, err = c.AddPartitions(ctx, tab, ps, false); err != nil || n != 0 {
		t.Errorf("AddPartitions again: %d, %v", n, err)
	}
	_, err = c.AddPartitions(ctx, tab, ps[:1], true)
	wantCode(t, err, fault.CodeDuplicateObject)
	snap, err := c.Partitions(ctx, tab)
	if err != nil || snap.N != 250 {
		t.Fatalf("Partitions: %d, %v", snap.N, err)
	}
	if got := snap.Location(3); got != "s3://elsewhere/x/" {
		t.Errorf("location of 3: %s", got)
	}
	if got, want := snap.Location(7), "s3://lake/p/dt=2024-007/n=ä%2Fb%3Ac%25/"; got != want {
		t.Errorf("location of 7: %s, want %s", got, want)
	}
	if d := snap.Descriptor(5); d == nil || d.Storage.SerDe != ps[5].Descriptor.Storage.SerDe || snap.Descriptor(4) != nil {
		t.Errorf("descriptor of 5: %+v, of 4: %+v", d, snap.Descriptor(4))
	}
	same := []cmp.Option{cmpopts.IgnoreFields(catalog.Partition{}, "Created", "ID"), cmpopts.EquateEmpty()}
	var after []string
	var all []catalog.Partition
	for {
		page, err := c.PartitionsAfter(ctx, tab, after, 60)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		all, after = append(all, page...), page[len(page)-1].Values
	}
	if diff := cmp.Diff(ps, all, same...); diff != "" {
		t.Errorf("PartitionsAfter: -want +got\n%s", diff)
	}
	one, err := c.Partition(ctx, tab, ps[3].Values)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&ps[3], one, same...); diff != "" {
		t.Errorf("Partition: -want +got\n%s", diff)
	}
	if one, err = c.Partition(ctx, tab, []string{"no", "no"}); one != nil || err != nil {
		t.Errorf("Partition of none: %v, %v", one, err)
	}
	if n, err = c.DropPartitions(ctx, tab, [][]string{ps[0].Values, {"no", "no"}, ps[9].Values}); err != nil || n != 2 {
		t.Errorf("DropPartitions: %d, %v", n, err)
	}
	if snap, err = c.Partitions(ctx, tab); err != nil || snap.N != 248 {
		t.Errorf("Partitions after dropping: %d, %v", snap.N, err)
	}
}

func testTypedKeys(t *testing.T, _ server, c *glue.Catalog, db string) {
	ctx := context.Background()
	tab, err := c.CreateTable(ctx, plain(db, "k", catalog.Column{Name: "month", Type: types.TInteger}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.AddPartitions(ctx, tab, []catalog.Partition{{Values: []string{"01"}}, {Values: []string{"1"}}, {Values: []string{"10"}}, {Values: []string{"9"}}}, false); err != nil {
		t.Fatal(err)
	}
	snap, err := c.Partitions(ctx, tab)
	if err != nil || snap.N != 4 {
		t.Fatal(err)
	}
	var got []string
	for i := range snap.N {
		got = append(got, snap.Text(0, i))
	}
	if got[2] != "9" || got[3] != "10" {
		t.Errorf("order %q is not that of numbers", got)
	}
	exact, err := c.Apply(ctx, catalog.Change{Table: tab, Drop: [][]string{{"1"}, {"09"}, {"x"}}, DropExact: true})
	if err != nil || exact.Dropped != 1 {
		t.Errorf("dropping exactly 1: %+v, %v", exact, err)
	}
	if p, err := c.Partition(ctx, tab, []string{"01"}); p == nil || err != nil {
		t.Errorf("01 went with 1: %v", err)
	}
	if n, err := c.AddPartitions(ctx, tab, []catalog.Partition{{Values: []string{"1"}}}, true); err != nil || n != 1 {
		t.Errorf("adding 1 again: %d, %v", n, err)
	}
	if n, err := c.DropPartitions(ctx, tab, [][]string{{"1"}}); err != nil || n == 0 {
		t.Errorf("dropping 1: %d, %v", n, err)
	}
	if snap, err = c.Partitions(ctx, tab); err != nil || snap.N != 2 || snap.Text(0, 0) != "9" {
		t.Errorf("after dropping 1 and 01: %d partitions, %v", snap.N, err)
	}
	_, err = c.AddPartitions(ctx, tab, []catalog.Partition{{Values: []string{"soon"}}}, false)
	wantCode(t, err, fault.CodeInvalidText)
	_, err = c.AddPartitions(ctx, tab, []catalog.Partition{{Values: []string{"1", "2"}}}, false)
	wantCode(t, err, fault.CodeInvalidParameter)
}

func testApply(t *testing.T, s server, c *glue.Catalog, db string) {
	ctx := context.Background()
	key := catalog.Column{Name: "dt", Type: types.TVarchar}
	made, err := c.Apply(ctx, catalog.Change{Table: plain(db, "a", key), Define: true,
		Add:       []catalog.Partition{{Values: []string{"1"}}, {Values: []string{"2"}}},
		Documents: []catalog.Document{{Space: "test", Table: -1, Data: []byte(`{"n":1}`)}}})
	if err != nil || made.Added != 2 {
		t.Fatalf("%+v, %v", made, err)
	}
	doc, err := c.Document(ctx, "test", fmt.Sprint(made.Table.ID))
	if err != nil || doc == nil || doc.Table != made.Table.ID {
		t.Fatalf("document %+v, %v", doc, err)
	}
	change := *made.Table
	change.Description = "changed"
	out, err := c.Apply(ctx, catalog.Change{Table: &change, Define: true, Drop: [][]string{{"1"}},
		Alter: []catalog.Partition{{Values: []string{"2"}, Location: "s3://moved/"}}, Add: []catalog.Partition{{Values: []string{"3"}}}})
	if err != nil || out.Added != 1 || out.Altered != 1 || out.Dropped != 1 || out.Table.Description != "changed" {
		t.Fatalf("%+v, %v", out, err)
	}
	two, err := c.Partition(ctx, out.Table, []string{"2"})
	if err != nil || two.Location != "s3://moved/" {
		t.Errorf("%+v, %v", two, err)
	}
	// What is refused changes nothing.
	_, err = c.Apply(ctx, catalog.Change{Table: out.Table, Alter: []catalog.Partition{{Values: []string{"9"}}}, Drop: [][]string{{"3"}}})
	wantCode(t, err, fault.CodeUndefinedObject)
	_, err = c.Apply(ctx, catalog.Change{Table: made.Table, Define: true, Drop: [][]string{{"3"}}})
	if s.strict {
		wantCode(t, err, fault.CodeObjectNotReady)
		if p, err := c.Partition(ctx, out.Table, []string{"3"}); p == nil || err != nil {
			t.Errorf("partition 3 is gone: %v", err)
		}
	}
	other := *out.Table
	other.PartitionKeys = []catalog.Column{{Name: "day", Type: types.TVarchar}}
	_, err = c.Apply(ctx, catalog.Change{Table: &other, Define: true})
	if s.strict {
		wantCode(t, err, fault.CodeFeatureNotSupported)
	}
	// A table whose partitions cannot be made is not made.
	_, err = c.Apply(ctx, catalog.Change{Table: plain(db, "b", catalog.Column{Name: "n", Type: types.TInteger}), Define: true,
		Add: []catalog.Partition{{Values: []string{"x"}}}})
	wantCode(t, err, fault.CodeInvalidText)
	_, err = c.Table(ctx, db, "b")
	wantCode(t, err, fault.CodeUndefinedTable)
}

func testVersions(t *testing.T, s server, c *glue.Catalog, db string) {
	ctx := context.Background()
	tab, err := c.CreateTable(ctx, plain(db, "v"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		change := *tab
		change.Description = fmt.Sprint(i)
		if tab, err = c.UpdateTable(ctx, &change); err != nil {
			t.Fatal(err)
		}
	}
	vs, err := c.TableVersions(ctx, tab, 0, 0)
	if err != nil || len(vs) != 4 {
		t.Fatalf("%d versions, %v", len(vs), err)
	}
	for i, want := range []string{"2", "1", "0", ""} {
		if vs[i].Table.Description != want || (i > 0) == vs[i].Archived.IsZero() || i > 0 && vs[i].Version >= vs[i-1].Version {
			t.Errorf("version %d: %+v", i, vs[i])
		}
	}
	if two, err := c.TableVersions(ctx, tab, vs[0].Version, 2); err != nil || len(two) != 2 || two[0].Version != vs[1].Version {
		t.Errorf("two before the present: %v, %v", two, err)
	}
	if !s.strict {
		return
	}
	gone, err := c.DeleteTableVersions(ctx, tab, []int64{vs[0].Version, vs[3].Version})
	if err != nil || len(gone) != 1 || gone[0] != vs[3].Version {
		t.Errorf("deleted %v, %v", gone, err)
	}
}

func testDocuments(t *testing.T, _ server, c *glue.Catalog, db string) {
	ctx := context.Background()
	tab, err := c.CreateTable(ctx, plain(db, "d"))
	if err != nil {
		t.Fatal(err)
	}
	vs, err := c.PutDocuments(ctx, catalog.Document{Space: "s", Key: "free", Data: []byte("1")},
		catalog.Document{Space: "s", Key: "owned", Table: tab.ID, Data: []byte("2")})
	if err != nil || len(vs) != 2 {
		t.Fatal(vs, err)
	}
	_, err = c.PutDocuments(ctx, catalog.Document{Space: "s", Key: "no", Table: 99_999, Data: []byte("2")})
	wantCode(t, err, fault.CodeUndefinedTable)
	_, err = c.PutDocuments(ctx, catalog.Document{Space: "s", Key: "owned", Table: tab.ID, Data: []byte("2")})
	wantCode(t, err, fault.CodeDuplicateObject)
	ds, err := c.DocumentsAfter(ctx, "s", "", "", 0)
	if err != nil || len(ds) != 2 || ds[0].Table != 0 || ds[1].Table != tab.ID {
		t.Errorf("%+v, %v", ds, err)
	}
	if err := c.DropTable(ctx, db, "d"); err != nil {
		t.Fatal(err)
	}
	ds, err = c.DocumentsAfter(ctx, "s", "", "", 0)
	if err != nil || len(ds) != 1 || ds[0].Key != "free" {
		t.Errorf("after the table was dropped: %+v, %v", ds, err)
	}
}

// TestNoRegion and its kin tell what is missing before anything is asked.
func TestNoRegion(t *testing.T) {
	for _, k := range []string{"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"} {
		t.Setenv(k, "")
	}
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(t.TempDir(), "none"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(t.TempDir(), "none"))
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	_, err := glue.Client(context.Background(), glue.Config{})
	wantCode(t, err, fault.CodeInvalidParameter)
	_, err = glue.Client(context.Background(), glue.Config{Region: "eu-west-1"})
	wantCode(t, err, fault.CodeInvalidAuth)
	if fault.As(err).Hint == "" {
		t.Error("no hint")
	}
}

// TestNobodyThere tells that the endpoint does not answer.
func TestNobodyThere(t *testing.T) {
	c := server{endpoint: "http://127.0.0.1:1"}.open(t, meta.Memory)
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	if _, err := c.Databases(ctx); err == nil {
		t.Error("no error")
	}
}
