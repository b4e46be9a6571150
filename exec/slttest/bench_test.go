package slttest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkTPCH runs the queries over the lake that GLAUX_BENCH_LAKE names, for
// example one of scale 1.
func BenchmarkTPCH(b *testing.B) {
	dir := os.Getenv("GLAUX_BENCH_LAKE")
	if dir == "" {
		b.Skip("GLAUX_BENCH_LAKE is not set")
	}
	e := Lake(b, dir, nil)
	s := NewSession(b, e)
	for q := 1; q <= 22; q++ {
		name := fmt.Sprintf("q%02d", q)
		b.Run(name, func(b *testing.B) {
			sql, err := os.ReadFile(filepath.Join(root, "tpch/queries", name+".sql"))
			if err != nil {
				b.Fatal(err)
			}
			text := strings.TrimRight(strings.TrimSpace(string(sql)), ";")
			for b.Loop() {
				if _, err := s.Query(context.Background(), text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
