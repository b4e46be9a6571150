package plan

import "math"

// UnboundedBytes is an upper bound of bytes that nothing bounds.
const UnboundedBytes = math.MaxInt64

// AddBytes adds two bounds, neither negative. What passes the greatest number is
// unbounded.
func AddBytes(a, b int64) int64 {
	if a > UnboundedBytes-b {
		return UnboundedBytes
	}
	return a + b
}
