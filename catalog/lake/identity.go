package lake

import (
	"strconv"
	"time"
)

// AppendIdentity appends what tells the object's content from any other: its
// location, ETag, size and time of change, and those of the files that name rows
// which were deleted from it. How it is read is in Format and Options.
func (f *File) AppendIdentity(dst []byte) []byte {
	dst = strconv.AppendQuote(dst, f.URL())
	dst = strconv.AppendQuote(dst, f.Info.ETag)
	dst = strconv.AppendInt(dst, f.Info.Size, 10)
	dst = append(dst, ' ')
	dst = f.Info.Modified.UTC().AppendFormat(dst, time.RFC3339Nano)
	if f.flushed != nil {
		dst = strconv.AppendQuote(append(dst, " as far as "...), f.flushed.ETag)
		dst = strconv.AppendInt(dst, f.flushed.Size, 10)
	}
	if f.acid != nil {
		for _, d := range f.acid.gone.files {
			dst = d.AppendIdentity(append(dst, " less "...))
		}
	}
	return dst
}
