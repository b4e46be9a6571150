package slttest

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/exec"
)

const root = "../../testdata/"

// TestTPCH runs the 22 queries and compares them with DuckDB's answers, with
// one worker and with four.
func TestTPCH(t *testing.T) {
	for _, workers := range []int{1, 4} {
		e := Lake(t, root+"lake", func(o *exec.Options) { o.Workers = workers })
		for q := 1; q <= 22; q++ {
			name := fmt.Sprintf("q%02d", q)
			t.Run(fmt.Sprintf("%s/workers=%d", name, workers), func(t *testing.T) {
				sql, err := os.ReadFile(filepath.Join(root, "tpch/queries", name+".sql"))
				if err != nil {
					t.Fatal(err)
				}
				got, err := NewSession(t, e).Query(t.Context(), strings.TrimRight(strings.TrimSpace(string(sql)), ";"))
				if err != nil {
					t.Fatal(err)
				}
				compareAnswer(t, filepath.Join(root, "tpch/answers", name+".csv"), got)
			})
		}
	}
}

func compareAnswer(t *testing.T, file string, got []string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want = want[1:] // the header
	if len(got) != len(want) {
		t.Fatalf("%d rows, want %d; first: %v", len(got), len(want), got[:min(3, len(got))])
	}
	for i := range want {
		vals := strings.Split(got[i], "|")
		for c := range want[i] {
			if c >= len(vals) || !sameValue(vals[c], want[i][c]) {
				t.Fatalf("row %d: got %s\nwant %s", i+1, got[i], strings.Join(want[i], "|"))
			}
		}
	}
}

// sameValue compares as text, or as numbers that agree in 12 digits: the two
// engines differ in the type of avg.
func sameValue(a, b string) bool {
	if a == b || a == "(empty)" && b == "" || a == "NULL" && b == `\N` {
		return true
	}
	x, err1 := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return err1 == nil && err2 == nil && math.Abs(x-y) <= 1e-12*math.Max(math.Abs(x), math.Abs(y))
}
