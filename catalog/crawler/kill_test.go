package crawler

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/crawl"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/csv"
	"github.com/glauxdb/glaux/formats/json"
	"github.com/glauxdb/glaux/formats/store"
)

// killData and killLake are set in the processes that TestKill starts of this
// test program.
const (
	killData = "GLAUX_CRAWLER_TEST_DATA"
	killLake = "GLAUX_CRAWLER_TEST_LAKE"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(killData); dir != "" {
		if err := crawlDir(dir, os.Getenv(killLake), func() { fmt.Println("begun") }); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// openDir opens the catalog and the service of a data directory.
func openDir(dir, lake string) (*meta.Store, *Service, error) {
	cat, err := meta.Open(context.Background(), dir)
	if err != nil {
		return nil, nil, err
	}
	stores, err := store.NewRegistry(store.Config{Locations: []string{lake}})
	if err != nil {
		return nil, nil, err
	}
	return cat, New(Options{Catalog: cat, Stores: stores, Formats: formats.NewRegistry(json.Format{}, csv.Format{})}), nil
}

// crawlDir runs the crawler "c" once. begun is called when the first file is
// looked into.
func crawlDir(dir, lake string, begun func()) error {
	cat, s, err := openDir(dir, lake)
	if err != nil {
		return err
	}
	defer cat.Close()
	defer s.Close()
	said := false
	_, err = s.Run(context.Background(), "c", RunOptions{Progress: func(p Progress) {
		if p.Sampled > 0 && !said {
			said = true
			begun()
		}
	}})
	return err
}

const (
	killTables     = 25
	killPartitions = 20
)

// killFiles writes one generation of the lake: each table gets another column
// and more partitions.
func killFiles(t *testing.T, lake string, generation int) {
	t.Helper()
	for n := range killTables {
		for p := range killPartitions * generation {
			file := filepath.Join(lake, fmt.Sprintf("t%d/k=%d/1.json", n, p))
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			text := `{"a":1`
			for g := range generation {
				text += fmt.Sprintf(`,"g%d":"x"`, g+1)
			}
			if err := os.WriteFile(file, []byte(text+"}\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestKill kills crawls at random moments: the catalog opens, each table is
// wholly old or wholly new, the run counts as failed, and the next run ends in
// the state that an undisturbed one ends in.
func TestKill(t *testing.T) {
	rounds := 10
	if os.Getenv("GLAUX_LONG") != "" {
		rounds = 100
	}
	lake, old := t.TempDir(), t.TempDir()
	killFiles(t, lake, 1)
	cat, s, err := openDir(old, lake)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Create(t.Context(), &Crawler{Name: "c", Database: "d", Targets: []crawl.Target{{Location: lake}}}); err != nil {
		t.Fatal(err)
	}
	cat.Close()
	if err := crawlDir(old, lake, func() {}); err != nil {
		t.Fatal(err)
	}
	before := dump(t, old, lake)
	killFiles(t, lake, 2)
	whole := copyDir(t, old)
	begun := time.Now()
	if err := crawlDir(whole, lake, func() { begun = time.Now() }); err != nil {
		t.Fatal(err)
	}
	took := time.Since(begun)
	after := dump(t, whole, lake)
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	partly := 0
	for round := range rounds {
		dir := copyDir(t, old)
		killed := killCrawl(t, dir, lake, time.Duration(r.Int64N(int64(took)*5/4)))
		changed := 0
		now := dump(t, dir, lake)
		for name, text := range now {
			switch text {
			case before[name]:
			case after[name]:
				changed++
			default:
				t.Fatalf("round %d: table %s is neither old nor new: %s", round, name, cmp.Diff(before[name], text))
			}
		}
		if changed > 0 && changed < killTables {
			partly++
		}
		checkKilled(t, dir, lake, killed)
		if err := crawlDir(dir, lake, func() {}); err != nil {
			t.Fatalf("round %d: the next run: %v", round, err)
		}
		if diff := cmp.Diff(after, dump(t, dir, lake)); diff != "" {
			t.Fatalf("round %d: after the next run: %s", round, diff)
		}
		os.RemoveAll(dir)
	}
	t.Logf("%d of %d crawls were killed between tables", partly, rounds)
	if rounds >= 100 && partly == 0 {
		t.Error("no crawl was killed between tables")
	}
}

// killCrawl runs a crawl in a process of its own and kills it some time after
// it has begun. It reports whether it was killed before it ended.
func killCrawl(t *testing.T, dir, lake string, after time.Duration) bool {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), killData+"="+dir, killLake+"="+lake)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if lines.Scan() {
		time.Sleep(after)
	}
	cmd.Process.Kill() // it may have ended
	err = cmd.Wait()
	if errs.Len() > 0 {
		t.Fatalf("the crawl failed by itself: %s", errs.String())
	}
	return err != nil
}

// checkKilled: the record of a killed run is marked by whoever looks next.
func checkKilled(t *testing.T, dir, lake string, killed bool) {
	t.Helper()
	cat, s, err := openDir(dir, lake)
	if err != nil {
		t.Fatal(err)
	}
	defer cat.Close()
	defer s.Close()
	st, err := s.Status(t.Context(), "c")
	if err != nil {
		t.Fatal(err)
	}
	if st.State != Ready || st.Current != nil || st.Last == nil {
		t.Fatalf("%+v", st)
	}
	runs, err := s.Runs(t.Context(), "c", "", 0)
	if err != nil || len(runs) != 2 {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	// A process may be killed after it wrote the end of the run.
	if got := runs[0].State; got != RunFailed && got != RunCompleted || !killed && got != RunCompleted {
		t.Fatalf("the run is %s, killed: %v", got, killed)
	}
}

// dump spells each table of a catalog with all that goes with it, but for what
// differs from run to run.
func dump(t *testing.T, dir, lake string) map[string]string {
	t.Helper()
	ctx := t.Context()
	cat, s, err := openDir(dir, lake)
	if err != nil {
		t.Fatal(err)
	}
	defer cat.Close()
	defer s.Close()
	tables, err := cat.Tables(ctx, "d")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, tab := range tables {
		p := clone(tab.Parameters)
		delete(p, paramRun)
		text := fmt.Sprintf("%s\n%s\n%v\n%v\n", columnText(tab.Columns), columnText(tab.PartitionKeys), p, tab.Storage)
		ps, err := cat.PartitionsAfter(ctx, tab, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range ps {
			text += fmt.Sprintf("%v %s %v\n", part.Values, part.Location, part.Parameters)
		}
		b, err := readBase(ctx, cat, tab.ID)
		if err != nil || b == nil {
			t.Fatalf("table %s: nothing is remembered: %v", tab.Name, err)
		}
		text += fmt.Sprintf("%s %s\n", b.Fingerprint, columnText(tableColumns(b.Table.Columns)))
		drift, err := DriftOf(ctx, cat, tab.ID)
		if err != nil {
			t.Fatal(err)
		}
		out[tab.Name] = text + fmt.Sprint(drift)
	}
	return out
}

// copyDir copies a data directory that nobody has open.
func copyDir(t *testing.T, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "data")
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}
