package grok

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/formattest"
)

const suite = "testdata/logstash-patterns-core/"

// misses are the patterns whose lines are not all read as they should be, and
// why; the number of their lines is counted.
var misses = map[string]string{
	"HAPROXYHTTP":      lookAhead,
	"HAPROXYHTTPBASE":  lookAhead,
	"HAPROXYTCP":       lookAhead,
	"SYSLOGPAMSESSION": lookAhead,
	"MONGO_SLOWQUERY":  "look-behind",
	"REDISLOG":         "ours has the message too",
}

const lookAhead = "look-ahead"

// logstashCase is a line of logstash-patterns-core's tests and what Ruby finds
// in it (expect.rb).
type logstashCase struct {
	Pattern, Line string
	Match         bool
	Fields        map[string]string
}

// TestConformance matches the lines of logstash-patterns-core's tests: with our
// patterns of their names where there are such, with Logstash's own as custom
// patterns where there are not.
func TestConformance(t *testing.T) {
	score := formattest.Score{Format: "grok", Files: "logstash-patterns-core: the lines of its tests, its legacy patterns where Glaux has none of the name", As: "Ruby's regular expressions", Misses: map[string]string{},
		Left: "lines with line breaks; patterns of ECS"}
	definitions := logstashPatterns(t)
	data, err := os.ReadFile(suite + "cases.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	missed := map[string]int{}
	for line := range bytes.Lines(data) {
		var c logstashCase
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		score.All++
		err := c.conform(definitions)
		name := strings.Trim(c.Pattern, "^%{}$")
		switch why, known := misses[name]; {
		case err == nil:
			score.Right++
		case known:
			missed[why+"\x00"+name]++
		default:
			t.Errorf("%s on %q: %v", c.Pattern, c.Line, err)
		}
	}
	for name, why := range misses {
		if missed[why+"\x00"+name] == 0 {
			t.Errorf("all lines of %s are read right, but it is listed as a miss: %s", name, why)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(missed)) {
		why, name, _ := strings.Cut(key, "\x00")
		score.Misses[fmt.Sprintf("%d of %s", missed[key], name)] = why
	}
	score.Report(t)
}

func logstashPatterns(t *testing.T) map[string]string {
	data, err := os.ReadFile(suite + "patterns.tsv")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for line := range strings.Lines(string(data)) {
		name, definition, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		out[name] = definition
	}
	return out
}

var named = regexp.MustCompile(`%\{(\w+)`)

// custom writes the definitions that a pattern needs and we have not.
func custom(out *strings.Builder, definitions map[string]string, pattern string, seen map[string]bool) {
	for _, m := range named.FindAllStringSubmatch(pattern, -1) {
		name := m[1]
		if _, ours := library[name]; ours || seen[name] {
			continue
		}
		seen[name] = true
		fmt.Fprintf(out, "%s %s\n", name, definitions[name])
		custom(out, definitions, definitions[name], seen)
	}
}

func (c *logstashCase) conform(definitions map[string]string) error {
	var own strings.Builder
	custom(&own, definitions, c.Pattern, map[string]bool{})
	p, err := Compile(c.Pattern, own.String())
	if err != nil {
		return fault.As(err)
	}
	line := []byte(c.Line)
	m := p.matcher().match(line)
	if (m != nil) != c.Match {
		return fmt.Errorf("it matches %v, want %v", m != nil, c.Match)
	}
	if m == nil {
		return nil
	}
	got := map[string]string{}
	for _, f := range p.Fields {
		for _, g := range f.groups {
			if m[2*g] >= 0 {
				got[f.Name] = string(line[m[2*g]:m[2*g+1]])
				break
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Fields)) {
		if v, ok := got[name]; !ok || v != c.Fields[name] {
			return fmt.Errorf("%s is %q, want %q", name, v, c.Fields[name])
		}
	}
	for name := range got {
		if _, ok := c.Fields[name]; !ok {
			return fmt.Errorf("%s is %q, want nothing", name, got[name])
		}
	}
	return nil
}
