package exec_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/crawl"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/exec/slttest"
)

// catalogOf keeps the catalog that an engine is opened with.
func catalogOf(t *testing.T) (catalog.Full, slttest.Session) {
	t.Helper()
	var cat catalog.Full
	e := slttest.Lake(t, lakeDir, func(o *exec.Options) { cat = o.Catalog.(catalog.Full) })
	return cat, slttest.NewSession(t, e)
}

func ordersTable(t *testing.T, format string, columns ...catalog.Column) *catalog.Table {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join(lakeDir, "orders"))
	if err != nil {
		t.Fatal(err)
	}
	return &catalog.Table{Database: "lake", Name: "t", Kind: catalog.ExternalTable, Format: format, Columns: columns,
		PartitionKeys: []catalog.Column{{Name: "o_orderyear", Type: types.TInteger}},
		Storage:       catalog.Storage{Location: dir}, Parameters: map[string]string{"partition.discovery": "auto"}}
}

// TestUnreadableColumns: a column of a type that Glaux lacks is kept, and only
// refused where a query names it.
func TestUnreadableColumns(t *testing.T) {
	cat, s := catalogOf(t)
	tab := ordersTable(t, "parquet", catalog.Column{Name: "o_orderkey", Type: types.TBigInt}, catalog.Column{Name: "shape", HiveType: "uniontype<int,string>"},
		catalog.Column{Name: "o_custkey", Type: types.TBigInt})
	if _, err := cat.CreateTable(t.Context(), tab); err != nil {
		t.Fatal(err)
	}
	for sql, want := range map[string][]string{
		"SELECT count(*), count(o_custkey) FROM t":                                            {"15000|15000"},
		"SELECT o_orderyear, min(o_orderkey) > 0 FROM t GROUP BY 1 ORDER BY 1 LIMIT 1":        {"1992|true"},
		"SELECT * EXCEPT (shape) FROM t WHERE o_orderyear = 1998 ORDER BY o_orderkey LIMIT 1": nil,
		"SELECT a.o_orderkey = b.o_orderkey FROM t a JOIN t b USING (o_orderkey) LIMIT 1":     {"true"},
		"DESCRIBE t": {"o_orderkey|bigint|(empty)|(empty)", "shape|uniontype<int,string>|(empty)|(empty)", "o_custkey|bigint|(empty)|(empty)", "o_orderyear|integer|partition key|(empty)"},
	} {
		rows, err := s.Query(t.Context(), sql)
		if err != nil || want != nil && !cmp.Equal(rows, want) {
			t.Errorf("%s: %q, %v", sql, rows, err)
		}
	}
	for _, sql := range []string{
		"SELECT * FROM t", "SELECT t.* FROM t", "TABLE t", "SELECT shape FROM t", "SELECT count(*) FROM t WHERE shape IS NULL", "SELECT t FROM t",
		"SELECT count(Shape) FROM t", "SELECT 1 FROM t a JOIN t b USING (shape)", "SELECT 1 FROM t a NATURAL JOIN t b", "SELECT x FROM (SELECT * FROM t) AS q (x)",
		"SELECT o_orderkey FROM t ORDER BY shape", "SELECT (t).shape FROM t", "SELECT * REPLACE (1 AS o_custkey) FROM t",
	} {
		_, err := s.Query(t.Context(), sql)
		if f := fault.As(err); err == nil || f.Code != fault.CodeFeatureNotSupported || !strings.Contains(f.Message, `column "shape" has the type uniontype<int,string>`) {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

// TestNoDataColumns: a table may have nothing but partition keys, or nothing.
func TestNoDataColumns(t *testing.T) {
	cat, s := catalogOf(t)
	tab := ordersTable(t, "parquet")
	if _, err := cat.CreateTable(t.Context(), tab); err != nil {
		t.Fatal(err)
	}
	csv := *tab
	csv.Name, csv.Format, csv.PartitionKeys, csv.Parameters = "u", "csv", nil, nil
	csv.Storage.Location = strings.Replace(tab.Storage.Location, "orders", "products", 1)
	if _, err := cat.CreateTable(t.Context(), &csv); err != nil {
		t.Fatal(err)
	}
	products, err := s.Query(t.Context(), "SELECT count(*) FROM products")
	if err != nil {
		t.Fatal(err)
	}
	lines, err := strconv.Atoi(products[0])
	if err != nil {
		t.Fatal(err)
	}
	for sql, want := range map[string][]string{
		"SELECT count(*) FROM t": {"15000"},
		"SELECT * FROM t WHERE o_orderyear > 1996 ORDER BY 1 LIMIT 1":             {"1997"},
		"SELECT o_orderyear, count(*) FROM t GROUP BY 1 HAVING count(*) < 2000":   {"1998|1346"},
		"SELECT count(*) FROM t WHERE o_orderyear = 1998 AND \"$file_size\" > 10": {"1346"},
		"SELECT count(*) FROM u": {fmt.Sprint(lines + 2)}, // with the files' headers, which nothing declares
		"SELECT count(*) FROM (SELECT * FROM t WHERE o_orderyear = 1998) q": {"1346"},
	} {
		if rows, err := s.Query(t.Context(), sql); err != nil || !cmp.Equal(rows, want) {
			t.Errorf("%s: %q, %v, want %q", sql, rows, err, want)
		}
	}
}

// TestShowDrift shows what a crawl has left.
func TestShowDrift(t *testing.T) {
	cat, s := catalogOf(t)
	tab, err := cat.Table(t.Context(), "lake", "products")
	if err != nil {
		t.Fatal(err)
	}
	id := strconv.FormatInt(tab.ID, 10)
	data, err := json.Marshal([]crawl.Drift{{File: "s3://b/2", Column: "price", Declared: "bigint", Found: "int", Action: crawl.DriftWiden},
		{File: "s3://b/1", Column: "more", Found: "string", Action: crawl.DriftIgnore}, {File: "s3://b/1", Column: "less", Declared: "int", Action: crawl.DriftNull}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cat.PutDocuments(t.Context(), catalog.Document{Space: "drift", Key: id, Table: tab.ID, Version: catalog.AnyVersion, Data: data}); err != nil {
		t.Fatal(err)
	}
	rows, err := s.Query(t.Context(), "SHOW DRIFT FOR products")
	want := []string{"s3://b/1|less|int|NULL|null", "s3://b/1|more|NULL|string|ignored", "s3://b/2|price|bigint|int|cast"}
	if err != nil || !cmp.Equal(rows, want) {
		t.Errorf("%q, %v", rows, err)
	}
	if _, err := cat.PutDocuments(t.Context(), catalog.Document{Space: "drift", Key: id, Table: tab.ID, Version: catalog.AnyVersion, Data: []byte("{")}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Query(t.Context(), "SHOW DRIFT FOR products"); !fault.Is(err, fault.CodeDataCorrupted) {
		t.Errorf("half a document: %v", err)
	}
}

// notices runs a command and gives what it tells.
func notices(t *testing.T, s slttest.Session, sql string) []string {
	t.Helper()
	r, err := start(t, t.Context(), s, sql)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var out []string
	for _, n := range r.Notices() {
		out = append(out, string(n.Code)+" "+n.Message)
	}
	return out
}

func TestRepairNotices(t *testing.T) {
	cat, s := catalogOf(t)
	tab := ordersTable(t, "parquet", catalog.Column{Name: "o_orderkey", Type: types.TBigInt})
	tab.Parameters = nil
	tab, err := cat.CreateTable(t.Context(), tab)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cat.AddPartitions(t.Context(), tab, []catalog.Partition{{Values: []string{"1899"}}}, true); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		sql  string
		want []string
	}{
		{"MSCK REPAIR TABLE t", []string{"00000 7 partitions found, 7 added",
			"01000 partition o_orderyear=1899 is missing from the file system; MSCK REPAIR TABLE t SYNC PARTITIONS drops it"}},
		{"MSCK REPAIR TABLE t SYNC PARTITIONS", []string{"00000 7 partitions found, 0 added, 1 dropped"}},
		{"ALTER TABLE t ADD IF NOT EXISTS PARTITION (o_orderyear = '01998')", nil},
		{"ALTER TABLE t SET TBLPROPERTIES ('partition.discovery' = 'auto')", nil},
		{"ALTER TABLE t ADD PARTITION (o_orderyear = 1)", []string{
			`01000 queries of table "t" do not see the partitions of the catalog, because of its property partition.discovery`}},
	} {
		if diff := cmp.Diff(c.want, notices(t, s, c.sql)); diff != "" {
			t.Errorf("%s: %s", c.sql, diff)
		}
	}
	if rows, err := s.Query(t.Context(), "SELECT min(o_orderyear) FROM t"); err != nil || rows[0] != "1992" {
		t.Errorf("%q, %v", rows, err)
	}
}
