package csv

import (
	"math"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/textval"
	"github.com/glauxdb/glaux/formats/vector"
)

// The loops of the usual types are written out: a function value per row costs
// as much as the parsing of a short number. Each first takes the value for what
// such values usually look like (see textval.Word), and reads it with all that the
// dialect allows if it does not.

// unusual reads the value of a row that was not taken for a usual one into its place
// in out.
func unusual[T any](c *column, row int, out []T, read func([]byte) (T, error)) error {
	f, ok, err := c.field(row)
	if err != nil {
		return err
	}
	if !ok {
		c.vec.SetNull(row)
		return nil
	}
	if out[row], err = read(f); err != nil {
		return c.bad(row, f, err)
	}
	return nil
}

// edges gives where a field begins and ends in the block; it begins behind its end
// where the record lacks it.
func (c *column) edges(row int) (from, to int) {
	i := row*c.s.width + c.at
	if c.at == 0 {
		return int(c.s.start[row]), int(c.s.ends[i])
	}
	return int(c.s.ends[i-1] + c.gap), int(c.s.ends[i])
}

func (c *column) bigints(sel vector.Sel) error {
	out, block, plain := vector.Values[int64](c.vec), c.block, c.plain()
	for _, r := range sel {
		row := int(r)
		if from, to := c.edges(row); plain {
			if v, ok := textval.Number(block, from, to); ok {
				out[row] = v
				continue
			}
		}
		if err := unusual(c, row, out, textval.Int64); err != nil {
			return err
		}
	}
	return nil
}

func (c *column) integers(sel vector.Sel) error {
	out, block, plain := vector.Values[int32](c.vec), c.block, c.plain()
	read := func(f []byte) (int32, error) {
		v, err := textval.Int(f, math.MinInt32, math.MaxInt32)
		return int32(v), err
	}
	for _, r := range sel {
		row := int(r)
		if from, to := c.edges(row); plain {
			if v, ok := textval.Number(block, from, to); ok && v == int64(int32(v)) {
				out[row] = int32(v)
				continue
			}
		}
		if err := unusual(c, row, out, read); err != nil {
			return err
		}
	}
	return nil
}

func (c *column) doubles(sel vector.Sel) error {
	out, block, plain := vector.Values[float64](c.vec), c.block, c.plain()
	for _, r := range sel {
		row := int(r)
		if from, to := c.edges(row); plain {
			if v, ok := textval.Double(block, from, to); ok {
				out[row] = v
				continue
			}
		}
		if err := unusual(c, row, out, textval.Float64); err != nil {
			return err
		}
	}
	return nil
}

func (c *column) decimals(sel vector.Sel) error {
	out, block, plain := vector.Values[int64](c.vec), c.block, c.plain()
	limit, scale := types.Pow10[c.typ.P], int(c.typ.S)
	read := func(f []byte) (int64, error) { return textval.Short(f, c.typ) }
	for _, r := range sel {
		row := int(r)
		if from, to := c.edges(row); plain {
			if v, s, ok := textval.Point(block, from, to); ok && s == scale && v < limit && v > -limit {
				out[row] = v
				continue
			}
		}
		if err := unusual(c, row, out, read); err != nil {
			return err
		}
	}
	return nil
}

func (c *column) dates(sel vector.Sel) error {
	out, block, plain := vector.Values[int32](c.vec), c.block, c.plain()
	for _, r := range sel {
		row := int(r)
		if from, to := c.edges(row); plain {
			if v, ok := textval.Days(block, from, to); ok {
				out[row] = v
				continue
			}
		}
		if err := unusual(c, row, out, textval.Date); err != nil {
			return err
		}
	}
	return nil
}

func (c *column) timestamps(sel vector.Sel) error {
	out, block, plain := vector.Values[int64](c.vec), c.block, c.plain() && c.typ.P == 6
	read := func(f []byte) (int64, error) { return c.d.epoch.Timestamp(f, c.typ) }
	for _, r := range sel {
		row := int(r)
		if from, to := c.edges(row); plain {
			if v, ok := textval.Micros(block, from, to); ok {
				out[row] = v
				continue
			}
		}
		if err := unusual(c, row, out, read); err != nil {
			return err
		}
	}
	return nil
}

func (c *column) booleans(sel vector.Sel) error {
	out, block, plain := vector.Values[bool](c.vec), c.block, c.plain()
	for _, r := range sel {
		row := int(r)
		if from, to := c.edges(row); plain {
			if v, ok := textval.Truth(block, from, to); ok {
				out[row] = v
				continue
			}
		}
		if err := unusual(c, row, out, types.ParseBool); err != nil {
			return err
		}
	}
	return nil
}
