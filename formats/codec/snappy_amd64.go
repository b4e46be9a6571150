package codec

// snappyRuns tells that there is a snappyRun.
const snappyRuns = true

// snappyRun decodes the elements from src[s:] on to dst[d:] until one is too near
// to an end (runDst, runSrc), is a literal of more than 60 bytes, has an offset of
// four bytes or reaches back too far, and gives the positions then; s < 0: an
// element is malformed. d must be at least 8. Bytes of dst after the first may be
// overwritten.
//
//go:noescape
func snappyRun(tags *[256]uint64, dst, src []byte, d, s int) (d2, s2 int)
