package bson

import (
	"bytes"
	"encoding/hex"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/formattest"
)

// misses are the documents that are not read as PyMongo reads them, and why.
var misses = map[string]string{}

// TestConformance reads documents of every type, and those that other bytes
// make of them, as PyMongo does (testdata/cases, expect.py): as the same
// values, or not at all.
func TestConformance(t *testing.T) {
	data, err := os.ReadFile("testdata/cases/cases.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	score := formattest.Score{Format: "bson", Files: "our own: documents of every type, and with other bytes in them", As: "PyMongo", Misses: map[string]string{},
		Left: "MongoDB's bson-corpus, whose licence forbids it (GLAUX_BSON_CORPUS names a folder with it)"}
	for line := range bytes.Lines(data) {
		var c struct {
			Name, Hex, Error string
			Value            any
		}
		if err := stdjson.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		score.All++
		doc, err := hex.DecodeString(c.Hex)
		if err != nil {
			t.Fatal(err)
		}
		if c.Error != "" {
			score.Refused++
		}
		err = conform(doc, c.Value, c.Error != "")
		why, known := misses[c.Name]
		switch {
		case err == nil && known:
			t.Errorf("%s is read right, but is listed as a miss: %s", c.Name, why)
		case err == nil:
			score.Right++
		case known:
			score.Misses[c.Name] = why
		default:
			t.Errorf("%s (%s): %v (%s)", c.Name, c.Hex, err, c.Error)
		}
	}
	score.Report(t)
}

// conform reads one document.
func conform(doc []byte, want any, bad bool) error {
	out, err := io.ReadAll(decode(bytes.NewReader(doc)))
	switch {
	case bad && err == nil:
		return fmt.Errorf("it is read as %s", out)
	case bad:
		if e := fault.As(err); e == nil || e.Code != fault.CodeDataCorrupted {
			return fmt.Errorf("another error: %v", err)
		}
		return nil
	case err != nil:
		return err
	}
	d := stdjson.NewDecoder(bytes.NewReader(out))
	d.UseNumber()
	var got any
	if err := d.Decode(&got); err != nil {
		return fmt.Errorf("%q is no JSON: %v", out, err)
	}
	if d.More() {
		return errors.New("more than one document")
	}
	if got, want := same(got), same(want); !reflect.DeepEqual(got, want) {
		return fmt.Errorf("%v, want %v", got, want)
	}
	return nil
}

// same makes one text of each number, which expect.py writes as {"#": text}.
func same(v any) any {
	switch v := v.(type) {
	case stdjson.Number:
		return formattest.Number(v.String())
	case []any:
		for i := range v {
			v[i] = same(v[i])
		}
	case map[string]any:
		if n, ok := v["#"].(string); ok && len(v) == 1 {
			return formattest.Number(n)
		}
		out := maps.Clone(v)
		for k := range out {
			out[k] = same(out[k])
		}
		return out
	}
	return v
}

// TestCorpus reads MongoDB's own corpus, where it is at hand: what is valid is
// read, what is not is an error.
func TestCorpus(t *testing.T) {
	folder := os.Getenv("GLAUX_BSON_CORPUS")
	if folder == "" {
		t.Skip("GLAUX_BSON_CORPUS names no folder with MongoDB's source/bson-corpus/tests")
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in %s, %v", folder, err)
	}
	type example struct {
		Description string `json:"description"`
		Canonical   string `json:"canonical_bson"`
		Degenerate  string `json:"degenerate_bson"`
		BSON        string `json:"bson"`
	}
	right, all := 0, 0
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var suite struct {
			Valid        []example `json:"valid"`
			DecodeErrors []example `json:"decodeErrors"`
		}
		if err := stdjson.Unmarshal(data, &suite); err != nil {
			t.Fatal(err)
		}
		check := func(e example, text string, bad bool) {
			if text == "" {
				return
			}
			doc, err := hex.DecodeString(text)
			if err != nil {
				t.Fatal(err)
			}
			all++
			out, err := io.ReadAll(decode(bytes.NewReader(doc)))
			if right++; (err != nil) != bad {
				right--
				t.Errorf("%s: %s: %q, %v", filepath.Base(path), e.Description, out, err)
			}
		}
		for _, e := range suite.Valid {
			check(e, e.Canonical, false)
			check(e, e.Degenerate, false)
		}
		for _, e := range suite.DecodeErrors {
			check(e, e.BSON, true)
		}
	}
	t.Logf("%d of %d", right, all)
}
