package main

import (
	"reflect"
	"testing"

	"github.com/alecthomas/kong"
)

// TestGrammar: each command is found by its name, and is then the only one that is read.
func TestGrammar(t *testing.T) {
	all, err := kong.New(grammar(nil))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range all.Model.Children {
		g := grammar([]string{n.Name, "--help"})
		if k := reflect.TypeOf(g).Elem().NumField(); k != 1 {
			t.Errorf("%s: %d commands are read", n.Name, k)
		}
		if one, err := kong.New(g); err != nil || one.Model.Children[0].Name != n.Name {
			t.Errorf("%s: %v, %v", n.Name, one, err)
		}
	}
}
