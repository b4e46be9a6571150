package meta

import (
	"context"
	"fmt"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
)

func TestDocumentVersions(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	doc := func(version int64, data string) catalog.Document {
		d := catalog.Document{Space: "crawler", Key: "c", Version: version}
		if data != "" {
			d.Data = []byte(data)
		}
		return d
	}
	for _, c := range []struct {
		name string
		doc  catalog.Document
		code fault.Code // "": none
		want int64
	}{
		{"replace what is not there", doc(3, "{}"), fault.CodeUndefinedObject, 0},
		{"delete what is not there", doc(3, ""), fault.CodeUndefinedObject, 0},
		{"overwrite by nothing what is not there", doc(catalog.AnyVersion, ""), "", 0},
		{"create", doc(0, `{"a":1}`), "", 1},
		{"create again", doc(0, `{"a":2}`), fault.CodeDuplicateObject, 0},
		{"replace", doc(1, `{"a":3}`), "", 2},
		{"replace a stale one", doc(1, `{"a":4}`), fault.CodeObjectNotReady, 0},
		{"overwrite", doc(catalog.AnyVersion, `{"a":5}`), "", 3},
		{"delete a stale one", doc(2, ""), fault.CodeObjectNotReady, 0},
		{"delete", doc(3, ""), "", 0},
		{"overwrite what is not there", doc(catalog.AnyVersion, `{"a":6}`), "", 1},
		{"no key", catalog.Document{Space: "x", Data: []byte("{}")}, fault.CodeInvalidName, 0},
		{"no space", catalog.Document{Key: "x", Data: []byte("{}")}, fault.CodeInvalidName, 0},
		{"of no table", catalog.Document{Space: "x", Key: "y", Table: 77, Data: []byte("{}")}, fault.CodeUndefinedTable, 0},
	} {
		before := must[*catalog.Document](t)(s.Document(ctx, "crawler", "c"))
		got, err := s.PutDocuments(ctx, c.doc)
		after := must[*catalog.Document](t)(s.Document(ctx, "crawler", "c"))
		if c.code != "" {
			if !fault.Is(err, c.code) {
				t.Errorf("%s: %v, want %s", c.name, err, c.code)
			}
			if diff := cmp.Diff(before, after); diff != "" {
				t.Errorf("%s: %s", c.name, diff)
			}
			continue
		}
		if err != nil || len(got) != 1 || got[0] != c.want {
			t.Errorf("%s: versions %v, %v, want %d", c.name, got, err, c.want)
		}
		want := &catalog.Document{Space: "crawler", Key: "c", Version: c.want, Data: c.doc.Data}
		if c.doc.Data == nil {
			want = nil
		}
		if diff := cmp.Diff(want, after); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// TestDocumentsTogether refuses one of several and must have written none.
func TestDocumentsTogether(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	_, err := s.PutDocuments(ctx,
		catalog.Document{Space: "a", Key: "1", Data: []byte("{}")},
		catalog.Document{Space: "a", Key: "2", Version: 4, Data: []byte("{}")})
	wantFault(t, err, fault.CodeUndefinedObject, "")
	if all := must[[]catalog.Document](t)(s.DocumentsAfter(ctx, "a", "", "", 0)); len(all) != 0 {
		t.Errorf("%v is left", all)
	}
}

func TestDocumentsAfter(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	last := "\xff"
	if s.postgres != nil { // which holds nothing but UTF-8
		last = string(utf8.MaxRune)
	}
	keys := []string{"", "a", "a/", "a/1", "a/10", "a/2", "a0", "b", "é", "\uD7FF1", "\uE000", last, last + last + "1"}
	for _, k := range keys[1:] {
		must[[]int64](t)(s.PutDocuments(ctx, catalog.Document{Space: "s", Key: k, Data: []byte(k)},
			catalog.Document{Space: "t", Key: k, Data: []byte{}}))
	}
	for _, c := range []struct {
		prefix, after string
		limit         int
		want          []string
	}{
		{"", "", 0, []string{"a", "a/", "a/1", "a/10", "a/2", "a0", "b", "é", "\uD7FF1", "\uE000", last, last + last + "1"}},
		{"a/", "", 0, []string{"a/", "a/1", "a/10", "a/2"}},
		{"a/", "a/1", 0, []string{"a/10", "a/2"}},
		{"a/", "a/1", 1, []string{"a/10"}},
		{"a/", "zz", 0, nil},
		{"a", "", 3, []string{"a", "a/", "a/1"}},
		{last, "", 0, []string{last, last + last + "1"}},
		{last + last, "", 0, []string{last + last + "1"}},
		{"\uD7FF", "", 0, []string{"\uD7FF1"}},
		{"é", "", 0, []string{"é"}},
		{"%", "", 0, nil},
	} {
		var got []string
		for _, d := range must[[]catalog.Document](t)(s.DocumentsAfter(ctx, "s", c.prefix, c.after, c.limit)) {
			got = append(got, d.Key)
			if string(d.Data) != d.Key || d.Space != "s" || d.Version != 1 {
				t.Errorf("%+v", d)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q after %q, limit %d: %s", c.prefix, c.after, c.limit, diff)
		}
	}
	if d := must[*catalog.Document](t)(s.Document(ctx, "t", "a")); d.Data == nil {
		t.Error("an empty document reads as none")
	}
}

func TestDocumentsGoWithTheirTable(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	tab := withOrders(t, s)
	docs := func() (keys []string) {
		for _, d := range must[[]catalog.Document](t)(s.DocumentsAfter(ctx, "stats", "", "", 0)) {
			keys = append(keys, fmt.Sprintf("%s of %d", d.Key, d.Table))
		}
		return keys
	}
	put := func() {
		must[[]int64](t)(s.PutDocuments(ctx, catalog.Document{Space: "stats", Key: "mine", Table: tab.ID, Version: catalog.AnyVersion, Data: []byte("{}")},
			catalog.Document{Space: "stats", Key: "free", Version: catalog.AnyVersion, Data: []byte("{}")}))
	}
	put()
	if diff := cmp.Diff([]string{"free of 0", fmt.Sprintf("mine of %d", tab.ID)}, docs()); diff != "" {
		t.Error(diff)
	}
	if err := s.DropTable(ctx, "sales", "orders"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"free of 0"}, docs()); diff != "" {
		t.Error(diff)
	}
	tab = must[*catalog.Table](t)(s.CreateTable(ctx, sampleTable()))
	put()
	if err := s.DropDatabase(ctx, "sales", true); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"free of 0"}, docs()); diff != "" {
		t.Error(diff)
	}
}
