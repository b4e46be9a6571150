package meta

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
)

// childDir is set in the processes that TestKill starts of this test program.
const childDir = "GLAUX_META_TEST_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := writeForever(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// batch is how many partitions the child adds in one call.
const batch = 300

// writeForever adds batches of partitions and tells each one's number after the
// call returned.
func writeForever(dir string) error {
	ctx := context.Background()
	s, err := Open(ctx, dir)
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
	s := must[*Store](t)(Open(ctx, dir))
	tab := textKeys(t, s, types.TBigInt)
	told := -1
	for round := range 6 {
		told = max(told, runAndKill(t, dir, time.Duration(20+30*round)*time.Millisecond))
		p := must[*catalog.Partitions](t)(s.Partitions(ctx, tab))
		if p.N%batch != 0 || p.N < (told+1)*batch {
			t.Fatalf("%d partitions after batch %d was told", p.N, told)
		}
		if round == 2 { // the next process opens the file alone
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			told = max(told, runAndKill(t, dir, 50*time.Millisecond))
			s = must[*Store](t)(Open(ctx, dir))
		}
	}
	defer s.Close()
	if told < 5 {
		t.Errorf("the children wrote only %d batches", told+1)
	}
	var check string
	if err := s.read.QueryRow("PRAGMA integrity_check").Scan(&check); err != nil || check != "ok" {
		t.Errorf("integrity: %s, %v", check, err)
	}
}

// runAndKill starts a writer, lets it write for a while after its first batch
// and kills it. It gives the last batch that it told of.
func runAndKill(t *testing.T, dir string, after time.Duration) int {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
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

// TestManyOpenAtOnce opens one fresh directory many times at the same moment,
// as processes that start together do.
func TestManyOpenAtOnce(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			s, err := Open(context.Background(), dir)
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
	s := must[*Store](t)(Open(context.Background(), dir))
	defer s.Close()
	if all := must[[]*catalog.Database](t)(s.Databases(context.Background())); len(all) != 6 {
		t.Errorf("%d databases", len(all))
	}
}
