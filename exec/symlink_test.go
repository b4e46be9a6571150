package exec_test

import (
	"compress/gzip"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/exec/slttest"
	"github.com/glauxdb/glaux/formats/store"
)

// linkedWorld is a folder of files, in a directory or on S3, and a session that may
// read it.
type linkedWorld struct {
	t    *testing.T
	root string // of the folder, without a slash at its end
	s    slttest.Session
	o    exec.Options
}

// onEachStore runs a test with a world of its own on each kind of store.
func onEachStore(t *testing.T, test func(t *testing.T, w *linkedWorld)) {
	t.Run("directory", func(t *testing.T) {
		dir := t.TempDir()
		test(t, newLinkedWorld(t, dir, func(o *exec.Options) {
			if err := o.Stores.Allow(dir); err != nil {
				t.Fatal(err)
			}
		}))
	})
	t.Run("S3", func(t *testing.T) {
		test(t, newLinkedWorld(t, "s3://lake/some/folder", func(o *exec.Options) {
			o.Stores = slttest.S3Stores(t, "")
			o.Lake = lake.New(o.Stores, o.Formats)
		}))
	})
}

func newLinkedWorld(t *testing.T, root string, open func(*exec.Options)) *linkedWorld {
	t.Helper()
	w := &linkedWorld{t: t, root: root}
	e := slttest.Lake(t, "../testdata/lake", func(o *exec.Options) {
		open(o)
		w.o = *o
	})
	w.s = slttest.NewSession(t, e)
	return w
}

// expand puts the folder in the place of DIR.
func (w *linkedWorld) expand(text string) string {
	if strings.Contains(w.root, "://") {
		text = strings.ReplaceAll(text, "file://DIR", "DIR")
	}
	return strings.ReplaceAll(text, "DIR", w.root)
}

// write makes a file; DIR in its text is the folder.
func (w *linkedWorld) write(name, text string) {
	w.t.Helper()
	if text = w.expand(text); strings.HasSuffix(name, ".gz") {
		var b strings.Builder
		z := gzip.NewWriter(&b)
		if _, err := z.Write([]byte(text)); err != nil {
			w.t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			w.t.Fatal(err)
		}
		text = b.String()
	}
	st, prefix, err := w.o.Stores.Open(w.root + "/")
	if err == nil {
		_, err = st.Put(w.t.Context(), path.Join(prefix, name), strings.NewReader(text), store.PutOptions{})
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *linkedWorld) query(sql string) ([]string, error) {
	w.t.Helper()
	return w.s.Query(w.t.Context(), w.expand(sql))
}

func (w *linkedWorld) expect(sql string, want ...string) {
	w.t.Helper()
	got, err := w.query(sql)
	if err != nil {
		w.t.Fatalf("%s\n%v", sql, err)
	}
	if diff := cmp.Diff(append([]string{}, want...), append([]string{}, got...)); diff != "" {
		w.t.Errorf("%s (-want +got):\n%s", sql, diff)
	}
}

// TestInventory reads the reports of an S3 inventory in the folders where S3 puts
// them: two days, whose files lie side by side and are told apart by manifests.
func TestInventory(t *testing.T) { onEachStore(t, testInventory) }

func testInventory(t *testing.T, w *linkedWorld) {
	w.write("inv/lake/daily/data/a1.csv.gz", "\"lake\",\"x/1.csv\",\"12\",\"2024-01-30T10:00:00.000Z\",\"STANDARD\"\n\"lake\",\"x/2%20b.csv\",\"30\",\"2024-01-30T10:00:01.000Z\",\"GLACIER\"\n")
	w.write("inv/lake/daily/data/a2.csv.gz", "\"lake\",\"y/3.csv\",\"\",\"2024-01-30T11:00:00.000Z\",\"STANDARD\"\n")
	w.write("inv/lake/daily/data/b1.csv.gz", "\"lake\",\"x/1.csv\",\"13\",\"2024-01-31T10:00:00.000Z\",\"STANDARD\"\n")
	w.write("inv/lake/daily/hive/dt=2024-01-30-01-00/symlink.txt", "DIR/inv/lake/daily/data/a1.csv.gz\nfile://DIR/inv/lake/daily/data/a2.csv.gz\n")
	w.write("inv/lake/daily/hive/dt=2024-01-31-01-00/symlink.txt", "DIR/inv/lake/daily/data/b1.csv.gz")
	w.write("inv/lake/daily/2024-01-31T01-00Z/manifest.json", `{"fileSchema": "Bucket, Key, Size, LastModifiedDate, StorageClass"}`)
	w.expect(`CREATE EXTERNAL TABLE inventory FROM TEMPLATE s3_inventory LOCATION 'DIR/inv/lake/daily/hive/' WITH (fields = 'Bucket, Key, Size, LastModifiedDate, StorageClass')`)
	w.expect("SELECT dt, count(*), sum(size), max(last_modified_date) FROM inventory GROUP BY dt ORDER BY dt",
		"2024-01-30-01-00|3|42|2024-01-30T11:00:00.000Z", "2024-01-31-01-00|1|13|2024-01-31T10:00:00.000Z")
	w.expect(`SELECT key, size, storage_class, regexp_extract("$path", '[^/]*$') FROM inventory WHERE dt = '2024-01-30-01-00' ORDER BY key`,
		"x/1.csv|12|STANDARD|a1.csv.gz", "x/2%20b.csv|30|GLACIER|a1.csv.gz", "y/3.csv|NULL|STANDARD|a2.csv.gz")
	w.expect("SELECT count(*) FROM inventory WHERE dt > '2024-01-31-01-00'", "0")
}

// TestCrawledInventory crawls the destination of an inventory, and queries what the
// crawl has made of its manifests.
func TestCrawledInventory(t *testing.T) { onEachStore(t, testCrawledInventory) }

func testCrawledInventory(t *testing.T, w *linkedWorld) {
	w.write("inv/lake/daily/data/a1.csv.gz", "\"lake\",\"x/1.csv\",\"12\"\n\"lake\",\"x/2.csv\",\"30\"\n")
	w.write("inv/lake/daily/data/b1.csv.gz", "\"lake\",\"x/1.csv\",\"13\"\n\"lake\",\"x/4.csv\",\"14\"\n")
	w.write("inv/lake/daily/hive/dt=2024-01-30-01-00/symlink.txt", "DIR/inv/lake/daily/data/a1.csv.gz\n")
	w.write("inv/lake/daily/hive/dt=2024-01-31-01-00/symlink.txt", "DIR/inv/lake/daily/data/b1.csv.gz\n")
	full, ok := w.o.Catalog.(catalog.Full)
	if !ok {
		t.Fatalf("%T", w.o.Catalog)
	}
	crawlers := crawler.New(crawler.Options{Catalog: full, Stores: w.o.Stores, Formats: w.o.Formats})
	t.Cleanup(crawlers.Close)
	if _, err := crawlers.Crawl(t.Context(), crawler.At(w.root+"/inv/lake/daily/", "inventories")); err != nil {
		t.Fatal(err)
	}
	w.expect("SET search_path = inventories")
	w.expect("SELECT dt, count(*), sum(col2) FROM hive GROUP BY dt ORDER BY dt", "2024-01-30-01-00|2|42", "2024-01-31-01-00|2|27")
	w.expect("SELECT count(*) FROM hive WHERE dt = '2024-01-31-01-00' AND col1 = 'x/4.csv'", "1")
}

// TestManifestsOfDelta reads a table of Delta Lake by the manifests that it writes
// for others: files that its log has dropped are not in them.
func TestManifestsOfDelta(t *testing.T) { onEachStore(t, testManifestsOfDelta) }

func testManifestsOfDelta(t *testing.T, w *linkedWorld) {
	w.write("d/k=a/1.json", "{\"v\":1}\n")
	w.write("d/k=a/2.json", "{\"v\":2}\n")
	w.write("d/k=b/3.json", "{\"v\":3}\n{\"v\":4}\n")
	w.write("d/_symlink_format_manifest/k=a/manifest", "DIR/d/k=a/2.json\n")
	w.write("d/_symlink_format_manifest/k=b/manifest", "DIR/d/k=b/3.json\n")
	w.expect(`CREATE EXTERNAL TABLE delta (v bigint) PARTITIONED BY (k string) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
		STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat' OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
		LOCATION 'DIR/d/_symlink_format_manifest'`)
	w.expect("MSCK REPAIR TABLE delta")
	w.expect("SELECT k, count(*), sum(v) FROM delta GROUP BY k ORDER BY k", "a|1|2", "b|2|7")
	w.expect("SELECT sum(v) FROM delta WHERE k = 'a'", "2")

	w.write("d/_symlink_format_manifest/k=b/manifest", "DIR/d/k=b/3.json\nDIR/d/k=b/4.json\n")
	_, err := w.query("SELECT sum(v) FROM delta")
	if want := "which a manifest names (file " + w.root + "/d/_symlink_format_manifest/k=b/manifest, line 2)"; !fault.Is(err, fault.CodeUndefinedFile) || !strings.Contains(err.Error(), want) {
		t.Errorf("a missing file: %v", err)
	}
	w.write("d/_symlink_format_manifest/k=b/manifest", "/etc/passwd\n")
	if _, err := w.query("SELECT sum(v) FROM delta"); !fault.Is(err, fault.CodeInsufficientPriv) {
		t.Errorf("a file that may not be read: %v", err)
	}
	if _, err := w.query("INSERT INTO delta SELECT 1, 'a'"); !fault.Is(err, fault.CodeFeatureNotSupported) {
		t.Errorf("INSERT: %v", err)
	}
}

// TestManifestOfUnload reads a table whose location is a manifest.
func TestManifestOfUnload(t *testing.T) { onEachStore(t, testManifestOfUnload) }

func testManifestOfUnload(t *testing.T, w *linkedWorld) {
	w.write("u/0000_part_00.gz", "1|a\n2|b\n")
	w.write("u/0001_part_00.gz", "3|c\n")
	w.write("u/manifest", `{"entries": [{"url": "DIR/u/0000_part_00.gz", "mandatory": true}, {"url": "DIR/u/none.gz", "mandatory": false}]}`)
	w.expect("CREATE EXTERNAL TABLE unloaded (n bigint, s string) ROW FORMAT DELIMITED FIELDS TERMINATED BY '|' LOCATION 'DIR/u/manifest'")
	w.expect("SELECT count(*), sum(n), max(s) FROM unloaded", "2|3|b")
	if _, err := w.query("INSERT INTO unloaded SELECT 1, 'a'"); !fault.Is(err, fault.CodeFeatureNotSupported) {
		t.Errorf("INSERT: %v", err)
	}
}
