package crawl

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/parquet"
)

// corpusLake is a labelled lake of testdata/crawl. See the README there.
type corpusLake struct {
	file, name string
	options    []string // target, exclude, sample, depth, combine, level, stringkeys
	files      map[string][]byte
	want       []string // a line for each table, in order
	also       []string // parts of other lines: left, note, drift, partition, tree, projection
	miss       string   // why the lake is not found as labelled; "": it is
}

// readCorpus reads all lakes.
func readCorpus(t *testing.T) []*corpusLake {
	t.Helper()
	paths, err := filepath.Glob("../../testdata/crawl/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatal("no corpus", err)
	}
	var all []*corpusLake
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range strings.Split("\n"+string(b), "\n=== ")[1:] {
			all = append(all, readLake(t, filepath.Base(p), text))
		}
	}
	return all
}

func readLake(t *testing.T, file, text string) *corpusLake {
	t.Helper()
	name, text, _ := strings.Cut(text, "\n")
	l := &corpusLake{file: file, name: name, files: map[string][]byte{}}
	section, head := "", ""
	var body []string
	end := func() {
		if section == "file" {
			l.addFile(t, head, body)
		}
		body = nil
	}
	for line := range strings.SplitSeq(text, "\n") {
		switch {
		case strings.HasPrefix(line, "-- ") && strings.HasSuffix(line, " --"):
			end()
			section, head = "file", strings.TrimSuffix(strings.TrimPrefix(line, "-- "), " --")
		case line == "want:" || line == "also:":
			end()
			section = line
		case strings.HasPrefix(line, "miss: "):
			end()
			section, l.miss = "", strings.TrimPrefix(line, "miss: ")
		case section == "file":
			body = append(body, line)
		case line == "" || strings.HasPrefix(line, "#"):
		case section == "want:":
			l.want = append(l.want, line)
		case section == "also:":
			l.also = append(l.also, line)
		default:
			l.options = append(l.options, line)
		}
	}
	end()
	return l
}

// addFile makes a file of a head (path and modifiers) and its lines.
func (l *corpusLake) addFile(t *testing.T, head string, body []string) {
	t.Helper()
	words := strings.Fields(head)
	path := strings.NewReplacer(`\s`, " ", `\n`, "\n", `\t`, "\t").Replace(words[0])
	data := []byte(strings.Join(body, "\n"))
	if len(body) > 0 {
		data = append(data, '\n')
	}
	paths := []string{path}
	for _, w := range words[1:] {
		verb, arg, _ := strings.Cut(w, "=")
		switch verb {
		case "and": // another file with the same bytes
			paths = append(paths, arg)
		default:
			data = modify(t, verb, arg, data)
		}
	}
	for _, p := range paths {
		l.files[p] = data
	}
}

// modify changes a file's bytes as a modifier says.
func modify(t *testing.T, verb, arg string, data []byte) []byte {
	t.Helper()
	n, _ := strconv.Atoi(arg)
	switch verb {
	case "base64":
		out, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(data)), ""))
		if err != nil {
			t.Fatal(err)
		}
		return out
	case "parquet":
		return parquetOf(t, strings.TrimSpace(string(data)))
	case "avro":
		return avroOf(strings.TrimSpace(string(data)))
	case "empty":
		return nil
	case "bom":
		return append([]byte("\xef\xbb\xbf"), data...)
	case "crlf":
		return bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n"))
	case "joined":
		return bytes.ReplaceAll(data, []byte("\n"), nil)
	case "tabs":
		return bytes.ReplaceAll(data, []byte(`\t`), []byte("\t"))
	case "soh":
		return bytes.ReplaceAll(data, []byte("^A"), []byte("\x01"))
	case "cut": // the first so many bytes
		return data[:min(n, len(data))]
	case "less": // but the last so many bytes
		return data[:max(0, len(data)-n)]
	case "wide":
		return wide(n)
	case "binary":
		return bytes.Repeat([]byte("\x00\x01\xfe\xffPNG\r\n"), 100)
	}
	c, err := codec.Parse(verb)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w, err := codec.NewWriter(c, &b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// wide makes a CSV file of n columns.
func wide(n int) []byte {
	var b bytes.Buffer
	for row := range 3 {
		for i := range n {
			if i > 0 {
				b.WriteByte(',')
			}
			if row == 0 {
				fmt.Fprintf(&b, "c%d", i)
			} else {
				fmt.Fprintf(&b, "%d", row*i)
			}
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// parquetOf makes a file without rows of the fields of a Hive struct.
func parquetOf(t *testing.T, fields string) []byte {
	t.Helper()
	typ, err := types.ParseHive("struct<" + fields + ">")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w, err := parquet.NewWriter(&b, &types.Schema{Fields: typ.Fields}, parquet.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// avroOf makes an object container file without blocks.
func avroOf(schema string) []byte {
	b := []byte("Obj\x01\x04")
	for _, s := range []string{"avro.schema", schema, "avro.codec", "null"} {
		for n := uint64(len(s)) << 1; ; n >>= 7 {
			if n < 0x80 {
				b = append(b, byte(n))
				break
			}
			b = append(b, byte(n)|0x80)
		}
		b = append(b, s...)
	}
	return append(append(b, 0), "0123456789abcdef"...)
}

// find crawls the lake with the options that it names.
func (l *corpusLake) find(t *testing.T) *Findings {
	t.Helper()
	w := newWorld(t)
	for k, v := range l.files {
		w.mem.Set(k, v)
	}
	o := Options{Stores: w.reg, Formats: allFormats()}
	for _, line := range l.options {
		verb, arg, _ := strings.Cut(line, " ")
		if len(o.Targets) == 0 && (verb == "exclude" || verb == "sample" || verb == "depth") {
			o.Targets = []Target{{Location: "memory://lake/l"}}
		}
		last := &Target{}
		if n := len(o.Targets); n > 0 {
			last = &o.Targets[n-1]
		}
		n, _ := strconv.Atoi(arg)
		switch verb {
		case "target":
			o.Targets = append(o.Targets, Target{Location: "memory://lake/" + arg})
		case "exclude":
			last.Exclusions = append(last.Exclusions, arg)
		case "sample":
			last.SampleSize = n
		case "depth":
			last.Depth = n
		case "combine":
			o.Grouping.Combine = true
		case "level":
			o.Grouping.TableLevel = n
		case "stringkeys":
			o.Grouping.StringKeys = true
		default:
			t.Fatalf("%s: %s: option %q", l.file, l.name, line)
		}
	}
	if o.Targets == nil {
		o.Targets = []Target{{Location: "memory://lake/l"}}
	}
	found, err := Find(context.Background(), o)
	if err != nil {
		t.Fatalf("%s: %s: %v", l.file, l.name, err)
	}
	return found
}

// lines gives what was found as the corpus labels it: the tables, and the rest.
func lines(f *Findings) (tables, rest []string) {
	short := strings.NewReplacer("memory://lake/", "", "\n", `\n`, "\t", `\t`)
	add := func(format string, args ...any) { rest = append(rest, short.Replace(fmt.Sprintf(format, args...))) }
	for _, r := range f.Tables {
		t := r.Table
		columns := columnText(t.Columns)
		if len(t.Columns) > 100 {
			columns = fmt.Sprintf("%d columns", len(t.Columns))
		}
		line := fmt.Sprintf("%s %s (%s)", t.Name, t.Format, columns)
		if len(t.PartitionKeys) > 0 {
			line += fmt.Sprintf(" by (%s) %d partitions", columnText(t.PartitionKeys), len(r.Partitions))
		}
		tables = append(tables, short.Replace(fmt.Sprintf("%s %d files", line, r.Files)))
		for _, p := range r.Partitions {
			if p.Format != "" || p.Descriptor != nil {
				add("partition %s of %s: %s %s", strings.Join(p.Values, "/"), t.Name, p.Format, propsText(p.Descriptor.Storage.SerDeParams))
			} else {
				add("partition %s of %s", strings.Join(p.Values, "/"), t.Name)
			}
		}
		for _, d := range r.Drift {
			add("drift %s %s %q %q %s", d.File, d.Column, d.Declared, d.Found, d.Action)
		}
		for k, v := range r.Projection {
			add("projection %s %s=%s", t.Name, k, v)
		}
		for k, v := range t.Parameters {
			add("parameter %s %s=%s", t.Name, k, v)
		}
		for k, v := range t.Storage.SerDeParams {
			add("serde %s %s=%s", t.Name, k, v)
		}
	}
	for _, l := range f.LeftOut {
		add("left %s (%d): %s", l.Location, l.Count, l.Why)
	}
	for _, n := range f.Notes {
		add("note %s", n)
	}
	for _, tr := range f.Trees {
		for _, l := range treeLines(tr, "tree ") {
			add("%s", l)
		}
	}
	slices.Sort(rest)
	return tables, rest
}

func treeLines(f *Folder, prefix string) []string {
	out := []string{fmt.Sprintf("%s%s: %s [%s]", prefix, f.Name, f.Decision, f.Score)}
	for _, k := range f.Kids {
		out = append(out, treeLines(k, prefix+f.Name+"/")...)
	}
	if f.More > 0 {
		out = append(out, fmt.Sprintf("%s%s: and %d more", prefix, f.Name, f.More))
	}
	return out
}

// TestCorpus crawls the labelled lakes and prints how many are found as they
// are labelled. A miss must be listed as such, with its reason, and a listed
// one must be one.
func TestCorpus(t *testing.T) {
	hits, all := 0, 0
	for _, l := range readCorpus(t) {
		all++
		found := l.find(t)
		tables, rest := lines(found)
		diff := cmp.Diff(l.want, tables)
		for _, f := range found.Tables {
			checkProjection(t, f)
		}
		for _, a := range l.also {
			not := strings.HasPrefix(a, "not ")
			part := strings.TrimPrefix(a, "not ")
			if slices.ContainsFunc(rest, func(s string) bool { return strings.Contains(s, part) }) == not {
				diff += "also: " + a + "\n"
			}
		}
		switch {
		case diff == "" && l.miss == "":
			hits++
		case diff == "":
			t.Errorf("%s: %s is found now; it is listed as a miss: %s", l.file, l.name, l.miss)
		case l.miss != "":
			t.Logf("miss: %s: %s: %s", l.file, l.name, l.miss)
		default:
			t.Errorf("%s: %s:\n%s\nall found:\n%s\n%s", l.file, l.name, diff, strings.Join(tables, "\n"), strings.Join(rest, "\n"))
		}
	}
	t.Logf("score: %d of %d lakes", hits, all)
	if all < 60 {
		t.Errorf("the corpus has %d lakes", all)
	}
}

// checkProjection makes the partitions of a proposed projection: those that
// were found are among them, at their places.
func checkProjection(t *testing.T, f *Found) {
	t.Helper()
	if f.Projection == nil {
		return
	}
	table := *f.Table
	table.Parameters = f.Projection
	p, err := partition.ParseProjection(&table)
	if err != nil {
		t.Errorf("%s: %v", table.Name, err)
		return
	}
	ps, err := p.Partitions(nil, time.Now())
	if err != nil {
		t.Errorf("%s: %v", table.Name, err)
		return
	}
	at := map[string]bool{}
	for i := range ps.N {
		at[ps.Location(i)] = true
	}
	for i := range f.Partitions {
		if where := partition.Location(f.Table, &f.Partitions[i]); !at[where] {
			t.Errorf("%s: the projection %v has no %s", table.Name, f.Projection, where)
		}
	}
}
