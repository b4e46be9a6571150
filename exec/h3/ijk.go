package h3

// Digits are directions: a cell has its children there, and its neighbors.
const (
	dirCenter = iota
	dirK
	dirJ
	dirJK
	dirI
	dirIK
	dirIJ
	dirNone // of resolutions that a cell does not have
)

// ijk are coordinates on three axes 120 degrees apart, none negative and at least
// one 0 when normal.
type ijk struct{ i, j, k int }

// units are the coordinates of the directions.
var units = [7]ijk{{0, 0, 0}, {0, 0, 1}, {0, 1, 0}, {0, 1, 1}, {1, 0, 0}, {1, 0, 1}, {1, 1, 0}}

func (a ijk) add(b ijk) ijk     { return ijk{a.i + b.i, a.j + b.j, a.k + b.k} }
func (a ijk) sub(b ijk) ijk     { return ijk{a.i - b.i, a.j - b.j, a.k - b.k} }
func (a ijk) scale(n int) ijk   { return ijk{a.i * n, a.j * n, a.k * n} }
func (a ijk) normal() ijk       { m := min(a.i, a.j, a.k); return ijk{a.i - m, a.j - m, a.k - m} }
func (a ijk) turn(m matrix) ijk { return m.of(a) }

// matrix are the images of the three axes.
type matrix [3]ijk

func (m matrix) of(a ijk) ijk {
	return m[0].scale(a.i).add(m[1].scale(a.j)).add(m[2].scale(a.k)).normal()
}

// Turns by 60 degrees, and the grids below: seven times as fine, turned one way (to
// class III) or the other, and three times as fine, for the corners of cells.
var (
	ccw         = matrix{{1, 1, 0}, {0, 1, 1}, {1, 0, 1}}
	cw          = matrix{{1, 0, 1}, {1, 1, 0}, {0, 1, 1}}
	downSeven   = matrix{{3, 0, 1}, {1, 3, 0}, {0, 1, 3}}
	downSevenR  = matrix{{3, 1, 0}, {0, 3, 1}, {1, 0, 3}}
	downThree   = matrix{{2, 0, 1}, {1, 2, 0}, {0, 1, 2}}
	downThreeR  = matrix{{2, 1, 0}, {0, 2, 1}, {1, 0, 2}}
	downToClass = [2]matrix{downSevenR, downSeven} // by the class of the finer grid
)

// up gives the cell of the next coarser grid in which a cell of class class lies.
func (a ijk) up(class int) ijk {
	i, j := a.i-a.k, a.j-a.k
	if class == 1 {
		return ijk{seventh(3*i - j), seventh(i + 2*j), 0}.normal()
	}
	return ijk{seventh(2*i + j), seventh(3*j - i), 0}.normal()
}

// seventh is n / 7 rounded.
func seventh(n int) int {
	if n < 0 {
		return -((3 - n) / 7)
	}
	return (n + 3) / 7
}

// digit gives the direction of unit coordinates, dirNone if they are none.
func (a ijk) digit() int {
	a = a.normal()
	if a.i|a.j|a.k > 1 {
		return dirNone
	}
	return a.i<<2 | a.j<<1 | a.k
}

// distance is the least number of steps from the origin.
func (a ijk) distance() int {
	a = a.normal()
	return max(a.i, a.j, a.k)
}

// turns of the digits.
var (
	digitCCW = [8]int{0, dirIK, dirJK, dirK, dirIJ, dirI, dirJ, dirNone}
	digitCW  = [8]int{0, dirJK, dirIJ, dirJ, dirIK, dirK, dirI, dirNone}
)
