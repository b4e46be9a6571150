//go:build !nometer

package store

import "context"

// Reserve asks the meter in ctx, if there is one, for n bytes of the kind that
// ctx carries.
func Reserve(ctx context.Context, n int64) error {
	m, _ := ctx.Value(meterKey{}).(Meter)
	if m == nil {
		return nil
	}
	return m.Reserve(ctx, KindOf(ctx), n)
}
