package server_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
)

// BenchmarkSelectOne is the least time that a statement takes over an open
// connection; it should stay far below a millisecond.
func BenchmarkSelectOne(b *testing.B) {
	conn, err := pgx.Connect(b.Context(), serve(b, openLake(b)))
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(context.Background())
	for b.Loop() {
		var one int
		if err := conn.QueryRow(b.Context(), "SELECT 1").Scan(&one); err != nil || one != 1 {
			b.Fatal(one, err)
		}
	}
}
