package h3

// Distance gives the number of steps between two cells of a resolution. ok is false
// where it is not known: the cells lie in base cells that do not touch, or a pentagon
// between them cannot be unfolded.
func Distance(from, to Cell) (steps int, ok bool) {
	if from.Resolution() != to.Resolution() {
		return 0, false
	}
	a, ok := from.seenFrom(from)
	if !ok {
		return 0, false
	}
	b, ok := to.seenFrom(from)
	return b.sub(a).distance(), ok
}

// seenFrom gives coordinates of c around the middle of the base cell of origin. They
// fold the plane out around a pentagon as origin's side of it has it.
func (c Cell) seenFrom(origin Cell) (ijk, bool) {
	home, base := origin.Base(), c.Base()
	if home == base {
		at := c.within(ijk{})
		if !bases[base].pentagon {
			return at, true
		}
		lead, other := origin.leading(), c.leading()
		return turned(at, pentagonTurns[lead][other]), !pentagonFails[lead][other]
	}
	dir, back := directionTo(home, base), directionTo(base, home)
	if dir == dirNone {
		return ijk{}, false
	}
	onPentagon := bases[base].pentagon
	for range baseTurns[home][dir] {
		back = digitCW[back]
		if !onPentagon {
			c = c.turn(&digitCW)
			continue
		}
		if c = c.turnPentagon(&digitCW); back == dirK {
			back = digitCW[back]
		}
	}
	at, turns, offsetTurns := c.within(ijk{}), int8(0), int8(0)
	switch {
	case bases[home].pentagon:
		lead := origin.leading()
		if pentagonFails[lead][dir] {
			return ijk{}, false
		}
		turns = pentagonTurns[lead][dir]
		offsetTurns = turns
	case onPentagon:
		lead := c.leading()
		if pentagonFails[lead][back] {
			return ijk{}, false
		}
		turns = pentagonTurns[back][lead]
	}
	offset := units[dir]
	for r := 1; r <= c.Resolution(); r++ {
		offset = downToClass[r&1].of(offset)
	}
	return turned(at, turns).add(turned(offset, offsetTurns)).normal(), true
}

func turned(at ijk, turns int8) ijk {
	for ; turns > 0; turns-- {
		at = at.turn(cw)
	}
	return at
}

// directionTo gives the direction in which a base cell has another, dirNone if they
// do not touch.
func directionTo(base, other int) int {
	for dir, b := range baseNeighbors[base] {
		if int(b) == other {
			return dir
		}
	}
	return dirNone
}
