package workgroup

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	osexec "os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/catalog/meta/metatest"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/store"
)

// These are set in the processes that tests start of this test program: their
// data directory, and the limit of the budget that they spend.
const (
	childDir   = "GLAUX_WORKGROUP_TEST_DIR"
	childLimit = "GLAUX_WORKGROUP_TEST_LIMIT"
)

func TestMain(m *testing.M) {
	dir := os.Getenv(childDir)
	if dir == "" {
		os.Exit(m.Run())
	}
	limit, err := strconv.ParseInt(os.Getenv(childLimit), 10, 64)
	if err == nil {
		err = spendAll(dir, limit)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// openStore opens the store of a directory, or the schema of a PostgreSQL that
// stands for it.
func openStore(ctx context.Context, dir string) (*meta.Store, error) {
	if !metatest.InPostgres() {
		return meta.Open(ctx, dir)
	}
	at, err := metatest.URL(ctx, dir)
	if err != nil {
		return nil, err
	}
	return meta.OpenPostgres(ctx, at)
}

// shared is a governor over the ledger of a data directory, as one server has it.
type shared struct {
	*Governor
	store *meta.Store
}

func openShared(dir string, bs ...Budget) (shared, error) {
	cat, err := openStore(context.Background(), dir)
	if err != nil {
		return shared{}, err
	}
	ledger, err := cat.OpenBudgets(context.Background())
	if err != nil {
		cat.Close()
		return shared{}, err
	}
	g, err := New(nil, nil, ledger, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		cat.Close()
		return shared{}, err
	}
	return shared{g, cat}, g.ApplyBudgets(bs)
}

func (s shared) close() error {
	s.Governor.Close()
	return s.store.Close()
}

// spendAll reads under the budget "b" with four readers until not one byte is
// left, and tells of each read after it was granted. It begins when its standard
// input ends.
func spendAll(dir string, limit int64) error {
	s, err := openShared(dir, Budget{Name: "b", Workgroup: Primary, Limit: Size(limit), Period: Month})
	if err != nil {
		return err
	}
	q, err := s.Begin(bg, exec.QueryInfo{})
	if err != nil {
		return err
	}
	fmt.Println("ready")
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	most := max(64<<10, limit>>15)
	var mu sync.Mutex // guards stdout and err
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for n := 1 + rand.Int64N(most); n > 0; {
				e := q.Reserve(bg, store.ReadData, n)
				mu.Lock()
				switch {
				case e == nil:
					fmt.Println(n)
					n = 1 + rand.Int64N(most)
				case fault.Is(e, fault.CodeLimitExceeded):
					n /= 2
				default:
					err, n = e, 0
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	q.End(exec.Stats{}, nil)
	if e := s.close(); err == nil {
		err = e
	}
	return err
}

// spender is such a process.
type spender struct {
	cmd   *osexec.Cmd
	begin io.Closer
	ready chan struct{} // closed when it can begin, or has ended
	done  chan struct{} // closed when all that it told is counted
	told  int64         // valid after done
	errs  strings.Builder
}

func startSpender(t *testing.T, dir string, limit int64) *spender {
	t.Helper()
	p := &spender{cmd: osexec.Command(os.Args[0]), ready: make(chan struct{}), done: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), childDir+"="+dir, fmt.Sprintf("%s=%d", childLimit, limit))
	p.cmd.Stderr = &p.errs
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		p.begin, err = p.cmd.StdinPipe()
	}
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.done)
		open := sync.OnceFunc(func() { close(p.ready) })
		defer open()
		for lines := bufio.NewScanner(out); lines.Scan(); open() {
			if n, err := strconv.ParseInt(lines.Text(), 10, 64); err == nil {
				p.told += n
			}
		}
	}()
	return p
}

// startSpenders starts processes that begin together.
func startSpenders(t *testing.T, dir string, limit int64, n int) []*spender {
	t.Helper()
	var ps []*spender
	for range n {
		ps = append(ps, startSpender(t, dir, limit))
	}
	for _, p := range ps {
		<-p.ready
	}
	for _, p := range ps {
		p.begin.Close()
	}
	return ps
}

// wait gives what the process told until its end.
func (p *spender) wait(t *testing.T, killed bool) int64 {
	t.Helper()
	<-p.done
	if err := p.cmd.Wait(); (err == nil) == killed || p.errs.Len() > 0 {
		t.Errorf("a process ended with %v: %s", err, p.errs.String())
	}
	return p.told
}

// TestLedgerOfProcesses lets three processes of four readers race for one budget:
// together they get all of it, and not a byte more.
func TestLedgerOfProcesses(t *testing.T) {
	const limit = 500_000_003
	dir := t.TempDir()
	ps := startSpenders(t, dir, limit, 3)
	sum, least := int64(0), int64(limit)
	for _, p := range ps {
		n := p.wait(t, false)
		sum, least = sum+n, min(least, n)
	}
	t.Logf("the process that got least read %d bytes", least)
	if sum != limit {
		t.Errorf("%d bytes were read under a budget of %d", sum, limit)
	}
	if spent, leased := standing(t, dir, limit); spent != limit || leased != 0 {
		t.Errorf("the ledger says %d spent, %d leased; %d were read", spent, leased, sum)
	}
}

// TestLedgerIsKilled kills processes in the middle of their reads, again and again:
// what they had read stays spent, and no more than the budget is read by all of
// them and the one that spends the rest.
func TestLedgerIsKilled(t *testing.T) {
	const limit = 1 << 35
	dir := t.TempDir()
	sum := int64(0)
	for round := range 5 {
		ps := startSpenders(t, dir, limit, 2)
		for i, p := range ps {
			time.AfterFunc(time.Duration(5+20*round+8*i)*time.Millisecond, func() { p.cmd.Process.Kill() })
		}
		sum += ps[0].wait(t, true) + ps[1].wait(t, true)
		if spent, leased := standing(t, dir, limit); spent+leased < sum || spent+leased > limit {
			t.Fatalf("round %d: the ledger says %d spent, %d leased of %d; %d were read", round, spent, leased, limit, sum)
		}
	}
	last := startSpenders(t, dir, limit, 1)[0].wait(t, false)
	spent, leased := standing(t, dir, limit)
	t.Logf("%d bytes read by 10 processes that were killed, %d by the last; %d were leased and never read", sum, last, spent-sum-last)
	if sum+last > limit || spent != limit || leased != 0 {
		t.Errorf("%d bytes were read under a budget of %d; the ledger says %d spent, %d leased", sum+last, limit, spent, leased)
	}
	// A lease is topped up when half of it is left. And what four readers were granted and could not tell.
	if lost := limit - sum - last; lost > 10*(maxLease/2+maxLease+4<<20) {
		t.Errorf("%d bytes are lost with ten processes: more than the leases of ten", lost)
	}
}

// standing gives what the ledger says of the budget "b".
func standing(t *testing.T, dir string, limit int64) (spent, leased int64) {
	t.Helper()
	s, err := openShared(dir, Budget{Name: "b", Workgroup: Primary, Limit: Size(limit), Period: Month})
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	us, err := s.BudgetUsage(bg)
	if err != nil || len(us) > 1 {
		t.Fatalf("%v, %d counters", err, len(us))
	}
	if len(us) == 0 { // killed before it read anything
		return 0, 0
	}
	return us[0].Spent, us[0].Leased
}
