package athenaerr

import (
	"regexp"
	"sync"
)

// pattern is a regular expression that is compiled when it is asked for first: all
// of them together take milliseconds of the start of programs that never meet an
// error.
type pattern func() *regexp.Regexp

// patterns are all of the package, for the test that compiles them.
var patterns []pattern

func lazily(text string) pattern {
	p := pattern(sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) }))
	patterns = append(patterns, p)
	return p
}
