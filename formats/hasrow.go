package formats

import (
	"context"
	"errors"
	"io"

	"github.com/glauxdb/glaux/formats/vector"
)

// HasRow reports whether a file has a row: its metadata say so, or one row is
// read.
func HasRow(ctx context.Context, f File) (bool, error) {
	if st := f.Stats(); st != nil && st.Rows >= 0 {
		return st.Rows > 0, nil
	}
	const probe = 1 << 20
	for _, split := range f.Splits(probe) {
		has, err := splitHasRow(ctx, f, split)
		if err != nil || has {
			return has, err
		}
	}
	return false, nil
}

func splitHasRow(ctx context.Context, f File, split Split) (bool, error) {
	src, err := f.Scan(ctx, ScanRequest{Split: split, Limit: 1})
	if err != nil {
		return false, err
	}
	defer src.Close()
	var b vector.Batch
	err = src.Next(ctx, &b)
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	return err == nil, err
}
