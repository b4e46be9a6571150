package mem

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
)

func TestPercentFor(t *testing.T) {
	for _, c := range []struct {
		live int64
		want int
	}{
		{0, 1600}, {4 << 20, 1600}, {64 << 20, 100}, {128 << 20, 50}, {192 << 20, 50}, {384 << 20, 50}, {1 << 30, 18}, {100 << 30, 5},
	} {
		if got := percentFor(c.live); got != c.want {
			t.Errorf("%d live bytes: %d %%, want %d", c.live, got, c.want)
		}
	}
}

// TestMemoryLimitOfProcess: the runtime collects in time for the account's limit, unless the
// environment says otherwise. In processes of their own: only the first call counts.
func TestMemoryLimitOfProcess(t *testing.T) {
	if text := os.Getenv("GLAUX_TEST_ACCOUNT"); text != "" {
		limit, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		LimitProcess(limit)
		fmt.Printf("limit %d\n", debug.SetMemoryLimit(-1))
		return
	}
	for _, c := range []struct {
		account int64
		env     string
		want    int64
	}{{4 << 30, "", 5 << 30}, {4 << 30, "GOMEMLIMIT=3GiB", 3 << 30}, {64 << 20, "", math.MaxInt64}} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestMemoryLimitOfProcess$")
		cmd.Env = append(os.Environ(), fmt.Sprintf("GLAUX_TEST_ACCOUNT=%d", c.account), "GOMEMLIMIT=")
		if c.env != "" {
			cmd.Env = append(cmd.Env, c.env)
		}
		out, err := cmd.CombinedOutput()
		if want := fmt.Sprintf("limit %d\n", c.want); err != nil || !strings.Contains(string(out), want) {
			t.Errorf("an account of %d bytes, environment %q: %v, %s, want %s", c.account, c.env, err, out, want)
		}
	}
}
