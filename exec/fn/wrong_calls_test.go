package fn_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/exec/slttest"
	"github.com/glauxdb/glaux/planner/plan"
	"github.com/glauxdb/glaux/server/athenaerr"
)

// wrongArguments are values of all kinds; whatever a function wants, most of them are
// something else.
var wrongArguments = []string{"1", "1.5", "'é'", "DATE '2020-01-01'", "TRUE", "ARRAY[1]", "NULL", "MAP(ARRAY[1], ARRAY[2])", "ROW(1, 'a')", "INTERVAL '1' DAY",
	"TIMESTAMP '2020-01-01 00:00:00'", "x -> x", "(x, y) -> x", "CAST('1' AS json)", "1e300", "-9223372036854775807", "ARRAY['a', NULL]"}

// unwanted are functions that wait, or that end sessions: they are bound and not run.
var unwanted = regexp.MustCompile(`^(pg_sleep.*|pg_(cancel|terminate)_backend|pg_advisory.*|pg_try_advisory.*)$`)

const wrongCallsFile = "testdata/wrong_calls.txt"

// TestWrongCalls calls every function of the registry with too few arguments, too many
// and ones of wrong types, in both dialects. Nothing may be an internal error, panic or
// go on for long; what is refused has the words of its dialect. testdata/wrong_calls.txt
// has one refusal of each function.
func TestWrongCalls(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and in one goroutine")
	}
	x := &wrongCaller{t: t, codes: map[fault.Code]int{}}
	x.sessions[plan.Postgres], x.sessions[plan.Athena] = sessions(t)
	var golden bytes.Buffer
	for _, e := range fn.NewRegistry().Entries() {
		for i, name := range e.Names {
			if name[0] < 'a' || name[0] > 'z' {
				continue // operators
			}
			lines := x.function(e, name)
			if i == 0 {
				golden.WriteString(lines)
			}
		}
	}
	t.Logf("%d calls of %d names: %v", x.calls, x.names, x.codes)
	if fn.Rewrite() {
		if err := os.WriteFile(wrongCallsFile, golden.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(wrongCallsFile)
	if err != nil {
		t.Fatal(err)
	}
	a, b := strings.Split(string(want), "\n"), strings.Split(golden.String(), "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Fatalf("%s:%d: %s, want %s; look at the difference after go test ./exec/fn -run TestWrongCalls -rewrite", wrongCallsFile, i+1, b[i], a[i])
		}
	}
	if len(a) != len(b) {
		t.Errorf("%s has %d lines, want %d", wrongCallsFile, len(a), len(b))
	}
}

type wrongCaller struct {
	t            *testing.T
	sessions     [2]slttest.Session
	calls, names int
	codes        map[fault.Code]int
}

// function makes the calls of a name and gives the first refusal in each dialect.
func (x *wrongCaller) function(e *fn.Entry, name string) string {
	x.names++
	var out strings.Builder
	for _, d := range []plan.Dialect{plan.Postgres, plan.Athena} {
		first := ""
		for _, args := range wrongLists() {
			sql := callOf(e, name, args)
			f := x.call(d, name, sql)
			if f != nil && f.Code == fault.CodeUndefinedFunction && (len(args) == 1 || len(args) == 2) && first == "" {
				first = fmt.Sprintf("%-8s %s: %s\n", d, sql, shortLine(x.words(d, f, sql)))
			}
		}
		out.WriteString(first)
	}
	return out.String()
}

func shortLine(s string) string {
	if r := []rune(strings.ReplaceAll(s, "\n", " ")); len(r) > 150 {
		return string(r[:150]) + "..."
	}
	return strings.ReplaceAll(s, "\n", " ")
}

// wrongLists are lists of arguments: none, one of each kind, several of one kind and of
// different ones, and many.
func wrongLists() [][]string {
	out := [][]string{nil, slices.Repeat([]string{"1"}, 12)}
	for n := 1; n <= 3; n++ {
		for i, arg := range wrongArguments {
			if n < 3 {
				out = append(out, slices.Repeat([]string{arg}, n))
			}
			if n == 1 {
				continue
			}
			mixed := make([]string, n)
			for k := range mixed {
				mixed[k] = wrongArguments[(i*(k+1)+3*k)%len(wrongArguments)]
			}
			out = append(out, mixed)
		}
	}
	return out
}

func callOf(e *fn.Entry, name string, args []string) string {
	call := name + "(" + strings.Join(args, ", ") + ")"
	switch e.Kind {
	case plan.OrderedSetFunc:
		return "SELECT " + call + " WITHIN GROUP (ORDER BY 1)"
	case plan.WindowFunc:
		return "SELECT " + call + " OVER (ORDER BY 1)"
	case plan.TableFunc:
		return "SELECT * FROM " + call + " LIMIT 100"
	}
	return "SELECT " + call
}

// call runs a statement and checks what it fails with.
func (x *wrongCaller) call(d plan.Dialect, name, sql string) *fault.Error {
	x.calls++
	ctx, cancel := context.WithTimeout(x.t.Context(), time.Minute)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			x.t.Errorf("%s: %s: panics: %v", d, sql, p)
		}
	}()
	begin := time.Now()
	var err error
	if s := x.sessions[d]; unwanted.MatchString(name) {
		_, err = s.Prepare(ctx, sql, nil)
	} else {
		_, err = s.Query(ctx, sql)
	}
	if took := time.Since(begin); took > 20*time.Second {
		x.t.Errorf("%s: %s: takes %v", d, sql, took)
	}
	f := fault.As(err)
	if f == nil {
		x.codes[fault.CodeSuccess]++
		return nil
	}
	x.codes[f.Code]++
	switch f.Kind {
	case fault.User:
	case fault.Resource:
		if f.Code == fault.CodeProgramLimit || f.Code == fault.CodeTooManyArguments || f.Code == fault.CodeStatementTooComplex {
			break
		}
		fallthrough
	default:
		x.t.Errorf("%s: %s: %s %s", d, sql, f.Code, f.Message)
	}
	if f.Code == fault.CodeUndefinedFunction {
		x.refusal(d, name, sql, f)
	}
	return f
}

func (x *wrongCaller) words(d plan.Dialect, f *fault.Error, sql string) string {
	if d == plan.Athena {
		return athenaerr.Worded(f, sql, "").Message
	}
	return f.Message
}

var (
	refusedInAthena = regexp.MustCompile(`(?s)^(FUNCTION_NOT_FOUND: line \d+:\d+: (Unexpected parameters \(.*\) for function \w+\. Expected: \w+\(.*\)|Function '\w+' not registered)|TYPE_MISMATCH: line \d+:\d+: .*|INVALID_FUNCTION_ARGUMENT: line \d+:\d+: Cannot unnest type: .*)$`)
	refusedInPG     = regexp.MustCompile(`(?s)^(function [\w.]+\(.*\) (does not exist|is not unique)|operator does not exist: .*)$`)
)

// refusal checks the words and the place of a call that fits no overload.
func (x *wrongCaller) refusal(d plan.Dialect, name, sql string, f *fault.Error) {
	pattern := refusedInPG
	if d == plan.Athena {
		pattern = refusedInAthena
	}
	if text := x.words(d, f, sql); !pattern.MatchString(text) {
		x.t.Errorf("%s: %s: %s", d, sql, text)
	}
	if f.Hint == "" && d == plan.Postgres {
		x.t.Errorf("%s: %s: no hint", d, sql)
	}
	if f.Pos == 0 {
		x.t.Errorf("%s: %s: no position", d, sql)
	}
}
