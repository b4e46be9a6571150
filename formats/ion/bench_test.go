package ion

import (
	"bytes"
	"io"
	"testing"

	"github.com/glauxdb/glaux/formats/formattest"
)

// BenchmarkDecode makes JSON lines of the values of all_types, again and again.
func BenchmarkDecode(b *testing.B) {
	for _, name := range []string{"all_types.ion", "all_types.10n"} {
		data := bytes.Repeat(formattest.Data(b, name), 1000)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := io.Copy(io.Discard, decode(bytes.NewReader(data))); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
