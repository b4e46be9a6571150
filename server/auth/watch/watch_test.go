package watch

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestValue(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	write := func(s string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	load := func() (string, error) {
		b, err := os.ReadFile(path)
		if err == nil && strings.HasPrefix(string(b), "bad") {
			err = errors.New("it is bad")
		}
		return string(b), err
	}
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	if _, err := New(log, "thing", load, path); err == nil {
		t.Fatal("a file that is missing was loaded")
	}
	write("one")
	v, err := New(log, "thing", load, path)
	if err != nil || v.Get() != "one" {
		t.Fatal(v.Get(), err)
	}
	write("two!")
	if v.Get() != "one" {
		t.Error("the file is looked at too often")
	}
	v.every = time.Nanosecond
	if v.Get() != "two!" {
		t.Error("the change was not seen")
	}
	write("bad")
	for range 3 {
		if v.Get() != "two!" {
			t.Error("a bad file replaced a good one")
		}
	}
	if n := strings.Count(out.String(), "it is bad"); n != 1 {
		t.Errorf("logged %d times", n)
	}
	os.Remove(path)
	if v.Get() != "two!" {
		t.Error("a missing file replaced a good one")
	}
	write("three")
	if v.Get() != "three" {
		t.Error("the repaired file was not loaded")
	}
}
