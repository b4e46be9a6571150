package lake

import (
	"encoding/binary"
	"os"
	"slices"
	"testing"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/orc"
	"github.com/glauxdb/glaux/formats/store"
)

// TestFlushLength reads files of streams that are still written: up to the last
// length that is whole.
func TestFlushLength(t *testing.T) {
	data, err := os.ReadFile("../../testdata/acid/accounts/delta_0000009_0000009_0000/bucket_00000")
	if err != nil {
		t.Fatal(err)
	}
	half := slices.Concat(data, []byte("ORC and half of a stripe"))
	length := func(ns ...int) (b []byte) {
		for _, n := range ns {
			b = binary.BigEndian.AppendUint64(b, uint64(n))
		}
		return b
	}
	for _, c := range []struct {
		name string
		data []byte
		side []byte // nil: none
		rows int64  // -1: an error
	}{
		{"closed", data, nil, 1},
		{"without its length", half, nil, -1},
		{"after one transaction", half, length(len(data)), 1},
		{"after two", half, length(3, len(data)), 1},
		{"while a length is written", half, append(length(len(data)), 0, 0, 0), 1},
		{"before the first transaction", half, []byte{0, 0}, 0},
		{"longer than it is", data, length(len(data) + 10), 1},
		{"cut", half, length(len(data) - 1), -1},
	} {
		mem := store.NewMemory("lake")
		files := []*File{{Store: mem, Info: mem.Set("t/delta_0000001_0000002/bucket_00000", c.data), Format: orc.Format{}, Partition: -1}}
		if c.side != nil {
			files = append(files, &File{Store: mem, Info: mem.Set("t/delta_0000001_0000002/bucket_00000_flush_length", c.side), Format: orc.Format{}, Partition: -1})
		}
		l := New(nil, formats.NewRegistry())
		files = l.snapshot(files)
		if len(files) != 1 {
			t.Fatalf("%s: %d files", c.name, len(files))
		}
		f, err := l.Open(t.Context(), files[0])
		if (err != nil) != (c.rows < 0) {
			t.Errorf("%s: %v", c.name, err)
		}
		if err == nil && f.Stats().Rows != c.rows {
			t.Errorf("%s: %d rows, want %d", c.name, f.Stats().Rows, c.rows)
		}
	}
}

// TestFlushLengthElsewhere: only in a transactional folder such a name says
// something.
func TestFlushLengthElsewhere(t *testing.T) {
	read, _ := snapshotOf(t, "t/a_flush_length", "t/delta_0000001_0000001/bucket_00001_flush_length", "t/delta_0000001_0000001/bucket_00001")
	if want := []string{"t/a_flush_length", "t/delta_0000001_0000001/bucket_00001"}; !slices.Equal(read, want) {
		t.Errorf("%v", read)
	}
}
