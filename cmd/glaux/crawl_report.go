package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mattn/go-runewidth"

	"github.com/glauxdb/glaux/catalog/crawl"
	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/server/workgroup"
)

// printJSON prints a value for programs.
func printJSON(t *terminal, v any) error {
	e := json.NewEncoder(t.out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// printReport prints one line per table, then what there is to say of them.
func printReport(t *terminal, rep *crawler.Report, all bool) error {
	rows := [][]string{{"table", "format", "columns", "partition keys", "partitions", "files", "change"}}
	for i := range rep.Tables {
		tab := &rep.Tables[i]
		partitions := ""
		if tab.Found > 0 || tab.Found == 0 && len(tab.PartitionKeys) == 0 {
			partitions = fmt.Sprint(tab.Found)
		}
		rows = append(rows, []string{tab.Table, tab.Format, fmt.Sprint(tab.Columns), strings.Join(tab.PartitionKeys, ", "),
			partitions, fmt.Sprint(tab.Files), changeText(tab)})
	}
	if len(rep.Tables) == 0 {
		fmt.Fprintln(t.out, "no tables found")
	} else {
		printGrid(t, rows)
	}
	printConflicts(t, rep)
	printRemarks(t, rep, all)
	return nil
}

// printConflicts prints what was not taken over from the files.
func printConflicts(t *terminal, rep *crawler.Report) {
	for i := range rep.Tables {
		for _, c := range rep.Tables[i].Conflicts {
			fmt.Fprintf(t.err, "CONFLICT:  table %s: %s\n", rep.Tables[i].Table, safe(conflictText(c)))
		}
	}
}

// printRemarks prints what was left out and what else there is to say: all of
// it, or what is out of the ordinary.
func printRemarks(t *terminal, rep *crawler.Report, all bool) {
	var left, notes []string
	for i := range rep.Tables {
		tab := &rep.Tables[i]
		for _, n := range tab.Notes {
			fmt.Fprintf(t.err, "WARNING:  %s\n", safe(n))
		}
	}
	for _, l := range rep.LeftOut {
		if all || !routineWhy(l.Why) {
			left = append(left, leftOutText(l))
		}
	}
	for _, n := range rep.Notes {
		if all || !routineNote(n) {
			notes = append(notes, n)
		}
	}
	printSome(t, "LEFT OUT:  ", left, all)
	printSome(t, "NOTE:  ", notes, all)
	if m := rep.More; m != nil {
		fmt.Fprintf(t.err, "NOTE:  not kept in the history: %d tables, %d lines of what was left out, %d notes\n", m.Tables, m.LeftOut, m.Notes)
	}
}

// routineWhy and routineNote tell what every crawl says again.
func routineWhy(why string) bool {
	return why == "excluded" || strings.HasPrefix(why, "names beginning with")
}

func routineNote(note string) bool {
	return strings.Contains(note, ": header found, score") || strings.Contains(note, ": a partition projection would find")
}

// printSome prints lines, and how many more there are where only some are asked
// for.
func printSome(t *terminal, head string, lines []string, all bool) {
	const some = 20
	shown := lines
	if !all {
		shown = lines[:min(len(lines), some)]
	}
	for _, l := range shown {
		fmt.Fprintf(t.err, "%s%s\n", head, safe(l))
	}
	if more := len(lines) - len(shown); more > 0 {
		fmt.Fprintf(t.err, "%sand %d lines more; --dry-run prints all\n", head, more)
	}
}

func leftOutText(l crawl.LeftOut) string {
	text := l.Location + ": " + l.Why
	if l.Count > 1 {
		text += fmt.Sprintf(" (%d files)", l.Count)
	}
	return text
}

func conflictText(c crawler.Conflict) string {
	text := c.What + " was changed by hand and by the files"
	if c.Before != "" {
		text += ": it was " + c.Before
	}
	return fmt.Sprintf("%s, the files have %s, kept is %s", text, orNone(c.Found), orNone(c.Kept))
}

func orNone(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

// changeText says in few words what happened to a table.
func changeText(tab *crawler.TableReport) string {
	var parts []string
	switch tab.Action {
	case crawler.Added:
		return "created"
	case crawler.Deprecated, crawler.Deleted:
		return string(tab.Action)
	}
	if n := len(tab.Changes); n == 1 {
		parts = append(parts, tab.Changes[0])
	} else if n > 1 {
		parts = append(parts, fmt.Sprintf("%d changes: %s", n, tab.Changes[0]))
	}
	p := tab.Partitions
	for _, c := range []struct {
		n    int
		what string
	}{{p.Added, "added"}, {p.Updated, "updated"}, {p.Deprecated, "deprecated"}, {p.Deleted, "deleted"}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", counted(c.n, "partition"), c.what))
		}
	}
	if len(tab.Logged) > 0 {
		parts = append(parts, "not done: "+tab.Logged[0])
	}
	if parts == nil {
		return "unchanged"
	}
	return strings.Join(parts, ", ")
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// printDryRun prints the folders with the decisions, then what the catalog
// would get.
func printDryRun(t *terminal, database string, rep *crawler.Report) error {
	for _, root := range rep.Trees {
		printTree(t, root)
		fmt.Fprintln(t.out)
	}
	fmt.Fprintf(t.out, "Database %s would change as follows:\n\n", database)
	unchanged := 0
	for i := range rep.Tables {
		tab := &rep.Tables[i]
		if tab.Action == crawler.Unchanged && len(tab.Logged)+len(tab.Conflicts) == 0 {
			unchanged++
			continue
		}
		printDiff(t, tab)
	}
	switch {
	case len(rep.Tables) == 0:
		fmt.Fprintln(t.out, "no tables found")
	case unchanged > 0:
		fmt.Fprintf(t.out, "= %s unchanged\n", counted(unchanged, "table"))
	}
	printRemarks(t, rep, true)
	return nil
}

// printDiff prints what would happen to a table.
func printDiff(t *terminal, tab *crawler.TableReport) {
	mark := map[crawler.Action]string{crawler.Added: "+", crawler.Deleted: "-"}[tab.Action]
	if mark == "" {
		mark = "~"
	}
	head := fmt.Sprintf("%s table %s (%s", mark, tab.Table, tab.Format)
	if len(tab.PartitionKeys) > 0 {
		head += ", partitioned by " + strings.Join(tab.PartitionKeys, ", ")
	}
	fmt.Fprintf(t.out, "%s) at %s\n", safe(head), safe(tableFolder(tab.Location)))
	const shown = 30
	for _, c := range tab.Changes[:min(len(tab.Changes), shown)] {
		fmt.Fprintf(t.out, "    %s\n", safe(c))
	}
	if more := len(tab.Changes) - shown; more > 0 {
		fmt.Fprintf(t.out, "    and %d changes more\n", more)
	}
	for _, l := range tab.Logged {
		fmt.Fprintf(t.out, "    only reported: %s\n", safe(l))
	}
	for _, c := range tab.Conflicts {
		fmt.Fprintf(t.out, "    conflict: %s\n", safe(conflictText(c)))
	}
	keys := strings.Join(tab.PartitionKeys, "/")
	for _, p := range tab.PartitionChanges {
		mark, values, _ := strings.Cut(p, " ")
		fmt.Fprintf(t.out, "    %s partition %s = %s\n", mark, safe(keys), safe(values))
	}
}

// printTree prints a tree of folders with the decisions beside it.
func printTree(t *terminal, root *crawl.Folder) {
	type line struct{ left, right string }
	var lines []line
	width := 0
	var walk func(f *crawl.Folder, indent, branch string)
	walk = func(f *crawl.Folder, indent, branch string) {
		l := line{left: branch + safe(f.Name), right: fmt.Sprintf("%s, %s", counted(int(f.Files), "file"), workgroup.Bytes(f.Bytes))}
		if f.Decision != "" {
			l.right += "  " + safe(f.Decision)
		}
		if f.Score != "" {
			l.right += " (" + safe(f.Score) + ")"
		}
		lines = append(lines, l)
		width = max(width, runewidth.StringWidth(l.left))
		for i, k := range f.Kids {
			last := i == len(f.Kids)-1 && f.More == 0
			if last {
				walk(k, indent+"   ", indent+"└─ ")
			} else {
				walk(k, indent+"│  ", indent+"├─ ")
			}
		}
		if f.More > 0 {
			lines = append(lines, line{left: indent + "└─ ...", right: counted(f.More, "folder") + " more"})
		}
	}
	walk(root, "", "")
	for _, l := range lines {
		fmt.Fprintf(t.out, "%s%s  %s\n", l.left, strings.Repeat(" ", max(width-runewidth.StringWidth(l.left), 0)), l.right)
	}
}

// printGrid prints rows as aligned columns; the first row is the header.
func printGrid(t *terminal, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, c := range r {
			r[i] = safe(c)
			widths[i] = max(widths[i], runewidth.StringWidth(r[i]))
		}
	}
	for n, r := range rows {
		var b strings.Builder
		for i, c := range r {
			if i > 0 {
				b.WriteString("  ")
			}
			b.WriteString(c + strings.Repeat(" ", widths[i]-runewidth.StringWidth(c)))
		}
		line := strings.TrimRight(b.String(), " ")
		if n == 0 {
			line = strings.ToUpper(line)
		}
		fmt.Fprintln(t.out, line)
	}
}

// safe makes a line of names safe for a terminal, as printable does a cell.
func safe(s string) string { return printable([]byte(s)) }

// tableFolder is a table's location as short as it can be shown.
func tableFolder(location string) string {
	if strings.Contains(location, "://") {
		return location
	}
	return filepath.Clean(location)
}

// oneLine joins what may be long for a cell of a grid.
func oneLine(items []string, most int) string {
	if len(items) <= most {
		return strings.Join(items, ", ")
	}
	return strings.Join(slices.Concat(items[:most], []string{fmt.Sprintf("%d more", len(items)-most)}), ", ")
}
