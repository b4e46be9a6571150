package parse

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestStatementsAreDocumented looks for the first word of every statement in the
// code of docs/syntax.md.
func TestStatementsAreDocumented(t *testing.T) {
	data, err := os.ReadFile("../../docs/syntax.md")
	if err != nil {
		t.Fatal(err)
	}
	code := strings.Join(regexp.MustCompile("`[^`]+`").FindAllString(string(data), -1), " ")
	for _, word := range statements {
		if !regexp.MustCompile(`\b` + word + `\b`).MatchString(code) {
			t.Errorf("docs/syntax.md says nothing of %s", word)
		}
	}
}
