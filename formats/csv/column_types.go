package csv

import (
	"math"

	"github.com/glauxdb/glaux/formats/textval"
	"github.com/glauxdb/glaux/formats/vector"
)

// The loops of the usual types are written out: a function value per row costs
// as much as the parsing of a short number.

func (c *column) bigints(sel vector.Sel) error {
	out := vector.Values[int64](c.vec)
	for _, r := range sel {
		f, ok, err := c.field(int(r))
		if err != nil {
			return err
		}
		if !ok {
			c.vec.SetNull(int(r))
			continue
		}
		if out[r], err = textval.Int64(f); err != nil {
			if err := c.bad(int(r), f, err); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *column) integers(sel vector.Sel) error {
	out := vector.Values[int32](c.vec)
	for _, r := range sel {
		f, ok, err := c.field(int(r))
		if err != nil {
			return err
		}
		if !ok {
			c.vec.SetNull(int(r))
			continue
		}
		v, err := textval.Int(f, math.MinInt32, math.MaxInt32)
		if out[r] = int32(v); err != nil {
			if err := c.bad(int(r), f, err); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *column) doubles(sel vector.Sel) error {
	out := vector.Values[float64](c.vec)
	for _, r := range sel {
		f, ok, err := c.field(int(r))
		if err != nil {
			return err
		}
		if !ok {
			c.vec.SetNull(int(r))
			continue
		}
		if out[r], err = textval.Float64(f); err != nil {
			if err := c.bad(int(r), f, err); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *column) decimals(sel vector.Sel) error {
	out := vector.Values[int64](c.vec)
	for _, r := range sel {
		f, ok, err := c.field(int(r))
		if err != nil {
			return err
		}
		if !ok {
			c.vec.SetNull(int(r))
			continue
		}
		if out[r], err = textval.Short(f, c.typ); err != nil {
			if err := c.bad(int(r), f, err); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *column) dates(sel vector.Sel) error {
	out := vector.Values[int32](c.vec)
	for _, r := range sel {
		f, ok, err := c.field(int(r))
		if err != nil {
			return err
		}
		if !ok {
			c.vec.SetNull(int(r))
			continue
		}
		if out[r], err = textval.Date(f); err != nil {
			if err := c.bad(int(r), f, err); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *column) timestamps(sel vector.Sel) error {
	out := vector.Values[int64](c.vec)
	for _, r := range sel {
		f, ok, err := c.field(int(r))
		if err != nil {
			return err
		}
		if !ok {
			c.vec.SetNull(int(r))
			continue
		}
		if out[r], err = c.d.epoch.Timestamp(f, c.typ); err != nil {
			if err := c.bad(int(r), f, err); err != nil {
				return err
			}
		}
	}
	return nil
}
