package awsapi

import (
	"regexp"
	"strings"
)

// Pattern compiles a client's pattern of names, which must match all of a name,
// whatever its case. It is a regular expression, and clients also send what
// Hive takes: a * that repeats nothing stands for any text (p*, *log*). nil passes
// everything.
func Pattern(expr string) (*regexp.Regexp, error) {
	if expr == "" || expr == "*" {
		return nil, nil
	}
	glob, err := regexp.Compile(`(?is)^(?:` + globbed(expr) + `)$`)
	if err != nil {
		return nil, err
	}
	if _, err := regexp.Compile(expr); err != nil {
		return glob, nil
	}
	both, err := regexp.Compile(`(?is)^(?:(?:` + expr + `)|(?:` + globbed(expr) + `))$`)
	if err != nil { // too long together
		return glob, nil
	}
	return both, nil
}

// globbed writes .* for every * behind a character that stands for itself.
func globbed(expr string) string {
	var b strings.Builder
	for i := range len(expr) {
		if expr[i] == '*' && (i == 0 || !strings.ContainsRune(`.)]}\*+?`, rune(expr[i-1]))) {
			b.WriteByte('.')
		}
		b.WriteByte(expr[i])
	}
	return b.String()
}
