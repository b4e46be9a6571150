package window

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// ranking computes the functions that see no frame, partition by partition.
type ranking struct {
	c *Call
	f func(p *part) error
}

// part is a partition: rows from to end of the morsel, and the starts of its groups
// of peers with end behind them.
type part struct {
	m         *Morsel
	c         *Call
	from, end uint32
	peers     []uint32
	out       *vector.Vector
	at        int // where the partition's results start in out
}

// rankings are the functions, by name.
var rankings = map[string]func(p *part) error{
	"row_number": rowNumber, "rank": rank, "dense_rank": denseRank, "percent_rank": percentRank, "cume_dist": cumeDist, "ntile": ntile,
}

func (r ranking) Eval(m *Morsel, out *vector.Vector) error {
	base := out.Len
	out.Resize(base + m.N)
	parts := m.Starts(r.c.Partition)
	peers := m.Starts(r.c.Partition + r.c.Order)
	k := 0
	for i := 0; i+1 < len(parts); i++ {
		p := part{m: m, c: r.c, from: parts[i], end: parts[i+1], out: out, at: base + int(parts[i])}
		if r.c.Order == 0 {
			p.peers = parts[i : i+2]
		} else {
			first := k
			for peers[k] < p.end {
				k++
			}
			p.peers = peers[first : k+1]
		}
		if err := r.f(&p); err != nil {
			return err
		}
	}
	return nil
}

func (p *part) rows() int { return int(p.end - p.from) }

// each gives every group of peers one value.
func each[T vector.Fixed](p *part, f func(group int, from, to uint32) T) {
	dst := vector.Values[T](p.out)[p.at:]
	for g := 0; g+1 < len(p.peers); g++ {
		from, to := p.peers[g]-p.from, p.peers[g+1]-p.from
		x := f(g, from, to)
		for i := from; i < to; i++ {
			dst[i] = x
		}
	}
}

func rowNumber(p *part) error {
	dst := vector.Values[int64](p.out)[p.at : p.at+p.rows()]
	for i := range dst {
		dst[i] = int64(i) + 1
	}
	return nil
}

func rank(p *part) error {
	each(p, func(_ int, from, _ uint32) int64 { return int64(from) + 1 })
	return nil
}

func denseRank(p *part) error {
	each(p, func(g int, _, _ uint32) int64 { return int64(g) + 1 })
	return nil
}

func percentRank(p *part) error {
	others := float64(max(p.rows()-1, 1))
	each(p, func(_ int, from, _ uint32) float64 { return float64(from) / others })
	return nil
}

func cumeDist(p *part) error {
	all := float64(p.rows())
	each(p, func(_ int, _, to uint32) float64 { return float64(to) / all })
	return nil
}

// ntile takes the number of buckets from the partition's first row.
func ntile(p *part) error {
	arg := p.m.Cols[p.c.Args[0]]
	if arg.IsNull(int(p.from)) {
		for i := range p.rows() {
			p.out.SetNull(p.at + i)
		}
		return nil
	}
	n := vector.ValueAt(arg, int(p.from)).I
	if n <= 0 {
		return fault.New("22014", "argument of ntile must be greater than zero")
	}
	rows := int64(p.rows())
	size, larger := rows/n, rows%n // the first buckets have one row more
	bucket, left := int64(0), int64(0)
	for i := range p.rows() {
		if left == 0 {
			bucket++
			left = size
			if bucket <= larger {
				left++
			}
		}
		left--
		if p.out.Type.Phys() == types.PhysInt32 {
			vector.Values[int32](p.out)[p.at+i] = int32(bucket)
		} else {
			vector.Values[int64](p.out)[p.at+i] = bucket
		}
	}
	return nil
}
