package h3

// steps tells, for a grid that is finer than its parents' by a class, what a step from
// a child in a direction leads to: another child, of the parent or of the parent's
// neighbor in a direction.
var steps = func() (out [2][7][7]struct{ digit, parent int }) {
	for class := range out {
		for from := range 7 {
			for dir := range 7 {
				at := units[from].add(units[dir]).normal()
				parent := at.up(class)
				child := at.sub(downToClass[class].of(parent))
				out[class][from][dir].digit, out[class][from][dir].parent = child.digit(), parent.digit()
			}
		}
	}
	return out
}()

// around are the directions in the order of a walk around a cell.
var around = [6]int{dirJ, dirJK, dirK, dirIK, dirI, dirIJ}

// neighbor gives the cell next to c in a direction of c's; ok is false where a
// pentagon has none.
func (c Cell) neighbor(dir int) (next Cell, ok bool) {
	old, lead := c.Base(), c.leading()
	for r := c.Resolution(); r > 0 && dir != dirCenter; r-- {
		s := steps[r&1][c.digit(r)][dir]
		c = c.withDigit(r, s.digit)
		dir = s.parent
	}
	turns := int8(0)
	if dir != dirCenter {
		to := baseNeighbors[old][dir]
		turns = baseTurns[old][dir]
		if to == noBase { // the missing direction: what lies there is the next one's
			to, turns = baseNeighbors[old][dirIK], baseTurns[old][dirIK]
			c = c.turn(&digitCCW)
		}
		c = c.withBase(int(to))
	}
	b := &bases[c.Base()]
	if !b.pentagon {
		for range turns {
			c = c.turn(&digitCCW)
		}
		return c, true
	}
	if c.leading() == pentagonFirst {
		switch {
		case c.Base() == old && lead == dirCenter:
			return 0, false
		case c.Base() == old && lead == dirJK, c.Base() != old && !b.entered(bases[old].face):
			c = c.turn(&digitCCW)
		default:
			c = c.turn(&digitCW)
		}
	}
	for range turns {
		c = c.turnPentagon(&digitCCW)
	}
	return c, true
}

const noBase = 127

// MaxDisk is the number of cells within a distance, if no pentagon is among them.
func MaxDisk(k int64) int64 { return 3*k*(k+1) + 1 }

// Disk gives the cells within k steps, c first, then ring by ring.
func (c Cell) Disk(k int) []Cell {
	out, _ := c.disk(k)
	return out
}

// Ring gives the cells at exactly k steps.
func (c Cell) Ring(k int) []Cell {
	out, last := c.disk(k)
	return out[last:]
}

// disk gives a disk and where its last ring begins. Rings grow by the neighbors that
// were not seen yet, which is right at pentagons, too.
func (c Cell) disk(k int) (out []Cell, ring int) {
	out = append(make([]Cell, 0, min(MaxDisk(int64(k)), 1<<16)), c)
	seen := map[Cell]struct{}{c: {}}
	for range k {
		end := len(out)
		for _, x := range out[ring:end] {
			for _, dir := range around {
				n, ok := x.neighbor(dir)
				if _, known := seen[n]; ok && !known {
					seen[n] = struct{}{}
					out = append(out, n)
				}
			}
		}
		if ring = end; ring == len(out) {
			break
		}
	}
	return out, ring
}
