package meta

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
)

func TestTryLock(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	for name, stores := range map[string][2]string{"two stores of a directory": {dir, dir}, "one store in memory": {Memory, ""}} {
		a := must[*Store](t)(openAt(ctx, stores[0]))
		defer a.Close()
		b := a
		if stores[1] != "" {
			b = must[*Store](t)(openAt(ctx, stores[1]))
			defer b.Close()
		}
		unlock, ok, err := a.TryLock(ctx, "crawler/x y")
		if err != nil || !ok {
			t.Fatal(name, ok, err)
		}
		for _, s := range []*Store{a, b} {
			if _, ok, err := s.TryLock(ctx, "crawler/x y"); ok || err != nil {
				t.Errorf("%s: held twice, %v", name, err)
			}
		}
		guarded, release := a.Guard(ctx, "crawler/x y")
		if guarded.Err() != nil {
			t.Errorf("%s: %v", name, context.Cause(guarded))
		}
		release()
		other, ok, err := b.TryLock(ctx, "crawler/xy") // the same letters, another name
		if err != nil || !ok {
			t.Errorf("%s: another name is held too, %v", name, err)
		}
		unlock()
		again, ok, err := b.TryLock(ctx, "crawler/x y")
		if err != nil || !ok {
			t.Fatalf("%s: still held, %v", name, err)
		}
		unlock() // a second time: not the lock that somebody else has now
		if _, ok, _ := a.TryLock(ctx, "crawler/x y"); ok {
			t.Errorf("%s: unlocking twice took another's lock away", name)
		}
		again()
		other()
	}
	private := must[*Store](t)(Open(ctx, Memory))
	defer private.Close()
	_, _, err := private.TryLock(ctx, "")
	wantFault(t, err, fault.CodeInvalidName, "")
}

// TestLockEndsWithProcess kills a process that has a lock.
func TestLockEndsWithProcess(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	s := must[*Store](t)(openAt(ctx, dir))
	defer s.Close()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir, childTask+"=lock")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); strings.TrimSpace(line) != "locked" {
		t.Fatal(line, err)
	}
	if _, ok, err := s.TryLock(ctx, "mine"); ok || err != nil {
		t.Errorf("the other process's lock was taken, %v", err)
	}
	cmd.Process.Kill()
	cmd.Wait()
	eventually(t, "the lock of a killed process is free", func() bool {
		unlock, ok, err := s.TryLock(ctx, "mine")
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			unlock()
		}
		return ok
	})
}
