// Package check is what the Go programs of this folder share: lines "ok CHECK"
// and "fail CHECK reason" for the runner.
package check

import (
	"fmt"
	"os"
	"strings"
)

// Slow takes long enough to be canceled.
const Slow = "select count(*) from lineitem a, lineitem b, lineitem c where a.l_comment < b.l_comment and b.l_comment < c.l_comment"

var failed bool

// Run runs a check and prints its line; f gives what is worth telling.
func Run(name string, f func() (string, error)) {
	detail, err := f()
	if err != nil {
		failed = true
		fmt.Println("fail", name, strings.Join(strings.Fields(err.Error()), " "))
		return
	}
	fmt.Println("ok", name, detail)
}

// End ends the program.
func End() {
	if failed {
		os.Exit(1)
	}
}

// Same compares what was got with what is wanted.
func Same(got, want any) error {
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		return fmt.Errorf("got %s, want %s", g, w)
	}
	return nil
}
