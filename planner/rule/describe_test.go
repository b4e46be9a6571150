package rule_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/planner/plantest"
	"github.com/glauxdb/glaux/planner/rule"
)

// TestEveryRuleIsTold checks that each rule is described and has a golden plan in which
// it fires.
func TestEveryRuleIsTold(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	var golden strings.Builder
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		golden.Write(text)
	}
	for _, name := range rule.Names() {
		if rule.Describe(name) == "" {
			t.Errorf("nothing is said of rule %s", name)
		}
		if !strings.Contains(golden.String(), "# rule: "+name+"\n") {
			t.Errorf("rule %s has no golden plan", name)
		}
	}
}

// TestTableOfRules compares the table in docs/optimizer.md; -rewrite writes it.
func TestTableOfRules(t *testing.T) {
	const path, begin, end = "../../docs/optimizer.md", "<!-- rules -->\n", "<!-- end -->"
	var table strings.Builder
	if err := rule.WriteTable(&table); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok1 := strings.Cut(string(text), begin)
	old, tail, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("%s has no place for the rules", path)
	}
	if old == table.String() {
		return
	}
	if !plantest.Rewriting() {
		t.Fatalf("%s is not as the rules are; write it with go test ./planner/rule -run TestTableOfRules -rewrite", path)
	}
	if err := os.WriteFile(path, []byte(head+begin+table.String()+end+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}
