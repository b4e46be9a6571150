// Command docgen writes docs/functions.md from the function registry. Run it at
// the root of the repository after functions have changed:
//
//	go run ./exec/fn/docgen
package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/glauxdb/glaux/exec/fn"
)

func main() {
	var b bytes.Buffer
	err := fn.NewRegistry().WriteMarkdown(&b)
	if err == nil {
		err = os.WriteFile("docs/functions.md", b.Bytes(), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "docgen:", err)
		os.Exit(1)
	}
}
