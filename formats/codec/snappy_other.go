//go:build !amd64

package codec

// snappyRuns tells that there is no snappyRun: the library decodes whole blocks.
const snappyRuns = false

func snappyRun(_ *[256]uint64, _, _ []byte, d, s int) (int, int) { return d, s }
