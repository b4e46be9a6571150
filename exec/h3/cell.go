package h3

import (
	"math/bits"
	"strconv"
)

// Cell is the 64-bit index of a cell. From the highest bit: a 0, four bits of mode
// (1: a cell), three that are 0, four of resolution, seven of base cell, and fifteen
// digits of three bits, 7 below the resolution.
type Cell uint64

// MaxResolution is the finest one, with cells of about a square metre.
const MaxResolution = 15

const (
	modeCell      = Cell(1) << 59
	resShift      = 52
	baseShift     = 45
	noDigits      = Cell(1)<<45 - 1
	highBits      = Cell(0b1_1111_111) << 56
	pentagonFirst = dirK // the digit that no pentagon's descendant begins with
)

// baseCell is a cell of resolution 0.
type baseCell struct {
	face      int
	at        ijk
	pentagon  bool
	clockwise [2]int8
}

func newCell(base, res int) Cell {
	return modeCell | Cell(res)<<resShift | Cell(base)<<baseShift | noDigits
}

// Resolution is 0 to 15.
func (c Cell) Resolution() int { return int(c >> resShift & 15) }

// Base is the cell of resolution 0 that it lies in, 0 to 121.
func (c Cell) Base() int { return int(c >> baseShift & 127) }

func (c Cell) digit(r int) int { return int(c >> (3 * (MaxResolution - r)) & 7) }

func (c Cell) withDigit(r, d int) Cell {
	s := 3 * (MaxResolution - r)
	return c&^(7<<s) | Cell(d)<<s
}

func (c Cell) withBase(b int) Cell { return c&^(127<<baseShift) | Cell(b)<<baseShift }

// Valid reports whether c is a cell. The other methods want valid ones.
func (c Cell) Valid() bool {
	res := c.Resolution()
	if c&highBits != modeCell || c.Base() >= len(bases) {
		return false
	}
	first := 0
	for r := 1; r <= res; r++ {
		d := c.digit(r)
		if d == dirNone {
			return false
		}
		if first == 0 {
			first = d
		}
	}
	below := Cell(1)<<(3*(MaxResolution-res)) - 1
	return c&below == below && !(bases[c.Base()].pentagon && first == pentagonFirst)
}

// leading gives the first digit that is not 0.
func (c Cell) leading() int {
	digits := c & noDigits >> (3 * (MaxResolution - c.Resolution()))
	if digits == 0 {
		return 0
	}
	return int(digits >> ((bits.Len64(uint64(digits)) - 1) / 3 * 3))
}

// Pentagon reports whether c has five neighbors: twelve cells of each resolution.
func (c Cell) Pentagon() bool { return bases[c.Base()].pentagon && c.leading() == 0 }

// ClassIII reports whether the resolution is odd.
func (c Cell) ClassIII() bool { return c.Resolution()&1 == 1 }

// Parent gives the cell of a coarser resolution that c belongs to.
func (c Cell) Parent(res int) Cell {
	return c&^(15<<resShift) | Cell(res)<<resShift | (Cell(1)<<(3*(MaxResolution-res)) - 1)
}

// CenterChild gives the descendant in the middle.
func (c Cell) CenterChild(res int) Cell {
	n := res - c.Resolution()
	below := Cell(1)<<(3*(MaxResolution-c.Resolution())) - 1
	keep := Cell(1)<<(3*(MaxResolution-c.Resolution()-n)) - 1
	return c&^(15<<resShift)&^below | Cell(res)<<resShift | keep
}

// ChildCount is the number of descendants in a finer resolution.
func (c Cell) ChildCount(res int) int64 {
	n := int64(1)
	for range res - c.Resolution() {
		n *= 7
	}
	if c.Pentagon() {
		return 1 + 5*(n-1)/6
	}
	return n
}

// AppendChildren appends the descendants in a finer resolution, ascending.
func (c Cell) AppendChildren(out []Cell, res int) []Cell {
	at := c.Resolution() + 1
	if at > res {
		return append(out, c)
	}
	pentagon := c.Pentagon()
	next := c&^(15<<resShift) | Cell(at)<<resShift
	for d := range 7 {
		if !(pentagon && d == pentagonFirst) {
			out = next.withDigit(at, d).AppendChildren(out, res)
		}
	}
	return out
}

// String gives the usual form: hexadecimal without leading zeros.
func (c Cell) String() string { return strconv.FormatUint(uint64(c), 16) }

// Parse reads what String gives. The number need not be a valid cell.
func Parse(s string) (Cell, bool) {
	x, err := strconv.ParseUint(s, 16, 64)
	return Cell(x), err == nil
}

// turn turns the digits by 60 degrees.
func (c Cell) turn(to *[8]int) Cell {
	for r := 1; r <= c.Resolution(); r++ {
		c = c.withDigit(r, to[c.digit(r)])
	}
	return c
}

// turnPentagon is turn about the middle of a pentagon: it leaps over direction k.
func (c Cell) turnPentagon(to *[8]int) Cell {
	c = c.turn(to)
	if c.leading() == pentagonFirst {
		c = c.turn(to)
	}
	return c
}

// NumCells is how many cells there are in a resolution.
func NumCells(res int) int64 {
	n := int64(1)
	for range res {
		n *= 7
	}
	return 2 + 120*n
}
