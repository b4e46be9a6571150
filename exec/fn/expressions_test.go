package fn_test

import (
	"bufio"
	"os"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec/slttest"
)

// TestExpressions evaluates the lines of testdata/expressions.txt: dialect (pg,
// athena or both), expression, result ("!" and the SQLSTATE for an error),
// separated by tabs.
func TestExpressions(t *testing.T) {
	pg, athena := sessions(t)
	f, err := os.Open("testdata/expressions.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	for n := 1; sc.Scan(); n++ {
		line := sc.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.Split(line, "\t")
		if len(parts) != 3 {
			t.Fatalf("line %d: %q", n, line)
		}
		if parts[0] != "athena" {
			checkExpression(t, n, pg, parts[1], parts[2])
		}
		if parts[0] != "pg" {
			checkExpression(t, n, athena, parts[1], parts[2])
		}
	}
}

func checkExpression(t *testing.T, line int, s slttest.Session, sql, want string) {
	t.Helper()
	got, err := value(t, s, sql)
	if err != nil {
		got = "!" + string(fault.As(err).Code)
	}
	if got != want {
		t.Errorf("line %d: %s = %s, want %s (%v)", line, sql, got, want, err)
	}
}
