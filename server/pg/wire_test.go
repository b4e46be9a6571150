package pg

import (
	"bytes"
	"net"
	"testing"
)

// TestWire reads messages of all lengths around that of the first read, in pieces
// of all kinds: every byte comes once.
func TestWire(t *testing.T) {
	var all []byte
	var want []frame
	for _, n := range []int{0, 1, 50, 58, 59, 60, 61, 200, readBuffer, 3 * readBuffer} {
		f := frame{'Q', bytes.Repeat([]byte{byte(n)}, n)}
		want = append(want, f)
		all = append(all, 'Q', 0, 0, byte((n+4)>>8), byte(n+4))
		all = append(all, f.body...)
	}
	for _, piece := range []int{1, 3, 63, 64, 65, 1000, len(all)} {
		client, server := net.Pipe()
		go func() {
			for b := all; len(b) > 0; b = b[min(piece, len(b)):] {
				client.Write(b[:min(piece, len(b))])
			}
			client.Close()
		}()
		w := newWire(server)
		for i, f := range want {
			if err := w.wait(); err != nil {
				t.Fatal(err)
			}
			got, err := readFrame(w.Reader, maxLarge)
			if err != nil || got.kind != f.kind || !bytes.Equal(got.body, f.body) {
				t.Fatalf("pieces of %d: message %d has %d bytes, not %d: %v", piece, i, len(got.body), len(f.body), err)
			}
		}
		if err := w.wait(); err == nil {
			t.Error("something came after the end")
		}
		w.release()
	}
}
