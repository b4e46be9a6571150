package pg

import (
	"net"
	"os/exec"
	"strings"
	"testing"
)

// TestPsql runs the real client where it is installed.
func TestPsql(t *testing.T) {
	psql, err := exec.LookPath("psql")
	if err != nil {
		t.Skip("psql is not installed")
	}
	_, addr := serveFake(t, &fakeEngine{}, Config{})
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) string {
		cmd := exec.CommandContext(t.Context(), psql, append([]string{"-X", "-h", host, "-p", port, "-U", "u", "-d", "d"}, args...)...)
		cmd.Env = append(cmd.Environ(), "PGOPTIONS=-c workgroup=w", "PGCONNECT_TIMEOUT=5")
		out, _ := cmd.CombinedOutput()
		return string(out)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-Atc", "select 1"}, "1\n"},
		{[]string{"-Atc", "rows 3"}, "0|row 0\n1|row 1\n2|row 2\n"},
		{[]string{"-Atc", "show workgroup"}, "w\n"},
		{[]string{"-Atc", "begin; fail; select 1"}, "BEGIN\nERROR:  division by zero\nLINE 1: begin; fail; select 1\n                 ^\nDETAIL:  by 0\n"},
		{[]string{"-c", "nonsense"}, "ERROR:  syntax error at or near \"nonsense\"\nLINE 1: nonsense\n        ^\nHINT:  Try another.\n"},
		{[]string{"-Atc", "copy (select 1) to stdout csv header"}, "a\n1\n"},
		{[]string{"-Atc", "\\copy (select 1) to stdout"}, "1\n"},
		{[]string{"-c", "set a = b"}, "NOTICE:  set it is\nSET\n"},
	} {
		if got := run(c.args...); got != c.want {
			t.Errorf("psql %s\n got %q\nwant %q", strings.Join(c.args, " "), got, c.want)
		}
	}
}
