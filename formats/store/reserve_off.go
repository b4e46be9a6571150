//go:build nometer

package store

import "context"

// Reserve asks nobody: benchmarks/meter measures the meter against this. The
// program cannot be built so (cmd/glaux/nometer.go).
func Reserve(context.Context, int64) error { return nil }
