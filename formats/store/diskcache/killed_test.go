package diskcache

import (
	"bufio"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// fillEnv names the folder that a process of this test fills until it is killed.
const fillEnv = "GLAUX_TEST_CACHE_TO_FILL"

const fillSize = 200_000 // of a range: several writes long

// TestMain is the process that fills, if it is asked to be.
func TestMain(m *testing.M) {
	dir := os.Getenv(fillEnv)
	if dir == "" {
		os.Exit(m.Run())
	}
	c, err := Open(dir, 8<<20, slog.New(slog.DiscardHandler))
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	fmt.Println("filling")
	for i := 0; ; i++ {
		c.Put(key(i, fillSize), data(i, fillSize))
	}
}

// TestKilledWhileFilling: a process that is killed amid its writes leaves a folder
// that the next start takes over: whole ranges, no more of them than the limit, and
// nothing temporary.
func TestKilledWhileFilling(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	kept := 0
	for round := range 8 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), fillEnv+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(out).ReadString('\n')
		if line != "filling\n" {
			t.Fatalf("the process that fills says %q, %v", line, err)
		}
		time.Sleep(time.Duration(3+7*round) * time.Millisecond) // somewhere amid a write
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err == nil {
			t.Fatal("it ended by itself")
		}
		kept += leftBehind(t, dir)
	}
	if kept == 0 {
		t.Error("no round left a range behind: nothing was tried")
	}
}

// leftBehind opens the folder, checks what it has, and gives how many ranges.
func leftBehind(t *testing.T, dir string) (n int) {
	t.Helper()
	c, log := open(t, dir, 8<<20)
	defer c.Close()
	for _, f := range files(t, dir) {
		if strings.Contains(filepath.Base(f), "tmp") {
			t.Errorf("%s was left behind", f)
		}
	}
	buf := make([]byte, fillSize)
	for i := range 5000 { // far more than a process writes within its time
		if !c.Get(key(i, fillSize), buf) {
			continue
		}
		n++
		if want := data(i, fillSize); string(buf) != string(want) {
			t.Fatalf("range %d came back wrong", i)
		}
	}
	if n*fillSize > 8<<20 || c.Counts().Damaged > 0 {
		t.Errorf("%d ranges, %d damaged; log: %s", n, c.Counts().Damaged, log)
	}
	return n
}
