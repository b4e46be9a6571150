package meta

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
)

// These are set in the processes that tests start of this test program: their
// data directory, and what they do until they are killed.
const (
	childDir  = "GLAUX_META_TEST_DIR"
	childTask = "GLAUX_META_TEST_TASK"
)

func TestMain(m *testing.M) {
	dir := os.Getenv(childDir)
	if dir == "" {
		os.Exit(m.Run())
	}
	task := map[string]func(string) error{"add": addForever, "apply": applyForever, "lock": lockForever}[os.Getenv(childTask)]
	if err := task(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(1)
}

// lockForever takes a lock and keeps it.
func lockForever(dir string) error {
	s, err := openAt(context.Background(), dir)
	if err != nil {
		return err
	}
	if _, ok, err := s.TryLock(context.Background(), "mine"); !ok || err != nil {
		return fmt.Errorf("not locked: %v", err)
	}
	fmt.Println("locked")
	select {}
}

// batch is how many partitions the child adds in one call.
const batch = 300

// addForever adds batches of partitions and tells each one's number after the
// call returned.
func addForever(dir string) error {
	ctx := context.Background()
	s, err := openAt(ctx, dir)
	if err != nil {
		return err
	}
	t, err := s.Table(ctx, "sales", "parts")
	if err != nil {
		return err
	}
	p, err := s.Partitions(ctx, t)
	if err != nil {
		return err
	}
	for n := p.N / batch; ; n++ {
		ps := make([]catalog.Partition, batch)
		for i := range ps {
			ps[i].Values = []string{strconv.Itoa(i*1_000_000 + n)}
		}
		if _, err := s.AddPartitions(ctx, t, ps, true); err != nil {
			return err
		}
		fmt.Println(n)
	}
}

// TestKill kills a writer again and again: what it had been told to be written
// must be there, whole batches only, and the next one must be able to go on.
func TestKill(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	s := must[*Store](t)(openAt(ctx, dir))
	tab := textKeys(t, s, types.TBigInt)
	told := -1
	for round := range 6 {
		told = max(told, runAndKill(t, dir, "add", time.Duration(20+30*round)*time.Millisecond))
		p := must[*catalog.Partitions](t)(s.Partitions(ctx, tab))
		if p.N%batch != 0 || p.N < (told+1)*batch {
			t.Fatalf("%d partitions after batch %d was told", p.N, told)
		}
		if round == 2 { // the next process opens the file alone
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			told = max(told, runAndKill(t, dir, "add", 50*time.Millisecond))
			s = must[*Store](t)(openAt(ctx, dir))
		}
	}
	defer s.Close()
	if told < 5 {
		t.Errorf("the children wrote only %d batches", told+1)
	}
	checkFile(t, s)
}

// runAndKill starts a writer, lets it write for a while after its first batch
// and kills it. It gives the last batch that it told of.
func runAndKill(t *testing.T, dir, task string, after time.Duration) int {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir, childTask+"="+task)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	last := -1
	var once sync.Once
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if n, err := strconv.Atoi(lines.Text()); err == nil {
			last = n
		}
		once.Do(func() { time.AfterFunc(after, func() { cmd.Process.Kill() }) })
	}
	if err := cmd.Wait(); err == nil || errs.Len() > 0 {
		t.Fatalf("the writer ended by itself: %s", errs.String())
	}
	return last
}

// applyForever makes changes that hold a generation number in everything that
// they touch, and tells each one's number after the call returned.
func applyForever(dir string) error {
	ctx := context.Background()
	s, err := openAt(ctx, dir)
	if err != nil {
		return err
	}
	for {
		generation, err := readGeneration(ctx, s)
		if err != nil {
			return err
		}
		if _, err := s.Apply(ctx, generationChange(generation)); err != nil {
			return err
		}
		fmt.Println(generation.number + 1)
	}
}

// A generation is a table whose description, document and every partition say
// the same number, and whose partitions are those of generationValues.
type generation struct {
	table  *catalog.Table // nil: not there yet
	number int
	doc    int64 // the document's version
}

// generationValues gives the partitions that a generation has: every number has
// others, some stay, and there are enough for several chunks.
func generationValues(n int) map[string]bool {
	values := map[string]bool{}
	for i := range 6600 {
		if (i/7+n)%3 != 0 {
			values[strconv.Itoa(i)] = true
		}
	}
	return values
}

func generationChange(g *generation) catalog.Change {
	next := g.number + 1
	label := fmt.Sprint("generation ", next)
	tab := catalog.Table{Database: "sales", Name: "whole", Columns: []catalog.Column{{Name: "a", Type: types.TBigInt}},
		PartitionKeys: []catalog.Column{{Name: "n", Type: types.TInteger}}}
	old := map[string]bool{}
	if g.table != nil {
		tab, old = *g.table, generationValues(g.number)
	}
	tab.Description = label
	c := catalog.Change{Table: &tab, Define: true, SkipArchive: next%5 != 0, MustBeNew: true,
		Documents: []catalog.Document{{Space: "generation", Key: "whole", Table: -1, Version: g.doc, Data: []byte(label)}}}
	for v := range generationValues(next) {
		p := catalog.Partition{Values: []string{v}, Parameters: map[string]string{"generation": label}}
		if old[v] {
			c.Alter = append(c.Alter, p)
		} else {
			c.Add = append(c.Add, p)
		}
		delete(old, v)
	}
	for v := range old {
		c.Drop = append(c.Drop, []string{v})
	}
	return c
}

// readGeneration reads the generation and checks that it is whole.
func readGeneration(ctx context.Context, s *Store) (*generation, error) {
	g := &generation{}
	d, err := s.Document(ctx, "generation", "whole")
	if err != nil {
		return nil, err
	}
	tables, err := s.Tables(ctx, "sales")
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(tables, func(t *catalog.Table) bool { return t.Name == "whole" })
	if (i >= 0) != (d != nil) {
		return nil, fmt.Errorf("table at %d, document %v", i, d)
	}
	if d == nil {
		return g, nil
	}
	g.table, g.doc = tables[i], d.Version
	if _, err := fmt.Sscanf(g.table.Description, "generation %d", &g.number); err != nil {
		return nil, err
	}
	if string(d.Data) != g.table.Description || d.Table != g.table.ID {
		return nil, fmt.Errorf("the table is of %s, its document of %s", g.table.Description, d.Data)
	}
	ps, err := s.PartitionsAfter(ctx, g.table, nil, 0)
	if err != nil {
		return nil, err
	}
	want := generationValues(g.number)
	if len(ps) != len(want) {
		return nil, fmt.Errorf("%d partitions in generation %d, want %d", len(ps), g.number, len(want))
	}
	for _, p := range ps {
		if !want[p.Values[0]] || p.Parameters["generation"] != g.table.Description {
			return nil, fmt.Errorf("partition %v of %v in generation %d", p.Values, p.Parameters, g.number)
		}
	}
	snapshot, err := s.Partitions(ctx, g.table)
	if err != nil || snapshot.N != len(want) {
		return nil, fmt.Errorf("the snapshot has %d partitions, %v", snapshot.N, err)
	}
	return g, nil
}

// TestKillApply kills a process at random moments of changes that touch a table,
// its partitions and a document: what stays must be one generation, and at
// least the last one that was told of.
func TestKillApply(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	s := must[*Store](t)(openAt(ctx, dir))
	must[*catalog.Database](t)(s.CreateDatabase(ctx, &catalog.Database{Name: "sales"}))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	rounds, told := 20, 0
	if os.Getenv("GLAUX_LONG") != "" {
		rounds = 100
	}
	for round := range rounds {
		told = max(told, runAndKill(t, dir, "apply", time.Duration(rand.IntN(40_000))*time.Microsecond))
		s := must[*Store](t)(openAt(ctx, dir))
		g, err := readGeneration(ctx, s)
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if g.number < told || g.number > told+1 {
			t.Fatalf("round %d: generation %d after %d was told of", round, g.number, told)
		}
		told = g.number
		checkFile(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if told < rounds {
		t.Errorf("only %d generations in %d rounds", told, rounds)
	}
}

// TestManyOpenAtOnce opens one fresh directory many times at the same moment,
// as processes that start together do.
func TestManyOpenAtOnce(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			s, err := openAt(context.Background(), dir)
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			if _, err := s.CreateDatabase(context.Background(), &catalog.Database{Name: fmt.Sprintf("d%d", i)}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	s := must[*Store](t)(openAt(context.Background(), dir))
	defer s.Close()
	if all := must[[]*catalog.Database](t)(s.Databases(context.Background())); len(all) != 6 {
		t.Errorf("%d databases", len(all))
	}
}
