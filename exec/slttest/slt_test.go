package slttest

import (
	"flag"
	"fmt"
	"log/slog"
	"testing"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/server/workgroup"
)

var rewrite = flag.Bool("rewrite", false, "write the answers that come out into the scripts")

func TestScripts(t *testing.T) {
	for _, workers := range []int{1, 4} {
		if testing.Short() && workers == 1 {
			continue
		}
		t.Run(fmt.Sprint("workers=", workers), func(t *testing.T) {
			RunDir(t, root+"slt", *rewrite && workers == 1, func(t *testing.T) DB {
				return NewSession(t, Lake(t, root+"lake", func(o *exec.Options) {
					o.Workers, o.Governor = workers, governor(t, o.Catalog.(catalog.Documents))
				}))
			})
		})
	}
}

// governor makes a governor whose workgroups are kept in docs.
func governor(t *testing.T, docs catalog.Documents) exec.Governor {
	t.Helper()
	g, err := workgroup.New(nil, nil, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	if err := g.Keep(t.Context(), docs); err != nil {
		t.Fatal(err)
	}
	return g
}

// TestFormatIsParse checks that what Format writes Parse reads.
func TestFormatIsParse(t *testing.T) {
	text := "# a comment\n\nquery rowsort\nSELECT 1\n----\n1|a\n\nstatement error 22012\nSELECT 1/0\n"
	rs, err := Parse("x", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(Format(rs)); got != text {
		t.Errorf("got %q, want %q", got, text)
	}
}
