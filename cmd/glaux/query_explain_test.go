package main

import (
	"testing"

	"github.com/alecthomas/kong"
)

// TestPlanForm reads --explain with and without a value.
func TestPlanForm(t *testing.T) {
	for _, c := range []struct {
		arg, form, sql string
		fails          bool
	}{
		{"--explain", "text", "SELECT 1", false},
		{"--explain=html", "html", "SELECT 1", false},
		{"--explain=png", "", "", true},
		{"-v", "", "SELECT 1", false},
	} {
		var cli struct {
			Verbose bool `short:"v"`
			Explain planForm
			SQL     string `arg:""`
		}
		k, err := kong.New(&cli)
		if err != nil {
			t.Fatal(err)
		}
		_, err = k.Parse([]string{c.arg, "SELECT 1"})
		if c.fails {
			if err == nil {
				t.Errorf("%s was taken", c.arg)
			}
			continue
		}
		if err != nil || string(cli.Explain) != c.form || cli.SQL != c.sql {
			t.Errorf("%s: %q, %q, %v", c.arg, cli.Explain, cli.SQL, err)
		}
	}
}
