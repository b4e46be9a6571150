// Command docgen makes the tables of docs/formats.md anew. Run it in its parent
// folder, as go generate does:
//
//	go generate ./formats/describe
package main

import (
	"fmt"
	"os"

	"github.com/glauxdb/glaux/formats/describe"
)

const repo = "../.."

func main() {
	if err := run(repo + "/docs/formats.md"); err != nil {
		fmt.Fprintln(os.Stderr, "docgen:", err)
		os.Exit(1)
	}
}

func run(path string) error {
	doc, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	made, err := describe.Update(doc, os.DirFS(repo))
	if err != nil {
		return err
	}
	return os.WriteFile(path, made, 0o644)
}
