package fn

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/glauxdb/glaux/planner/plan"
)

// WriteMarkdown writes the reference of all functions: docs/functions.md.
func (r *Registry) WriteMarkdown(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprint(b, `# Functions

<!-- Made by go run ./exec/fn/docgen; do not edit. -->

Functions of both dialects may be called in either. Where a name means something different in the two, the row says so:
(pg) marks what holds in the postgres dialect, (athena) what holds in the athena dialect. T, U, K, V stand for any type, number
for any integer, decimal, real or double.

`)
	r.writeTrino(b)
	family := ""
	for _, e := range r.list {
		if e.Family != family {
			family = e.Family
			fmt.Fprintf(b, "\n## %s\n\n| function | what it does | example |\n|---|---|---|\n", family)
		}
		fmt.Fprintf(b, "| %s | %s%s | %s |\n", markdownSignatures(e), kindNote(e.Kind), markdownCell(alsoNamed(e)+e.Doc), markdownExamples(e))
	}
	return b.Flush()
}

func kindNote(k plan.FuncKind) string {
	if k == plan.TableFunc {
		return "Set of rows. "
	}
	return ""
}

func alsoNamed(e *Entry) string {
	if len(e.Names) == 1 {
		return ""
	}
	return "Also `" + strings.Join(e.Names[1:], "`, `") + "`. "
}

// markdownSignatures lists the overloads; one that only the dialect tells apart is
// named once.
func markdownSignatures(e *Entry) string {
	var out []string
	seen := map[string]int{}
	for _, o := range e.overs {
		mark := map[dialects]string{both: "", pgOnly: " (pg)", athenaOnly: " (athena)"}[o.dialect]
		text := o.sig
		if strings.HasPrefix(text, "f(") {
			text = e.Names[0] + " " + text[1:]
		}
		if i, ok := seen[text]; ok {
			out[i] = "`" + text + "`"
			continue
		}
		seen[text] = len(out)
		out = append(out, "`"+text+"`"+mark)
	}
	return strings.ReplaceAll(strings.Join(out, "<br>"), "|", `\|`)
}

func markdownExamples(e *Entry) string {
	var out []string
	for _, x := range e.Examples {
		mark := ""
		if x.Athena {
			mark = " (athena)"
		}
		out = append(out, fmt.Sprintf("`%s` → `%s`%s", x.SQL, x.Result, mark))
	}
	return markdownCell(strings.Join(out, "<br>"))
}

func markdownCell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
