package match

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/plan"
)

// opcode is what an instruction does.
type opcode uint8

// A row of a variable comes next; try x, then y; the partition starts or ends here;
// the pattern is matched.
const (
	opVar opcode = iota
	opSplit
	opStart
	opEnd
	opAccept
)

// instr is an instruction. x is where to go on.
type instr struct {
	op       opcode
	excluded bool // of opVar: ALL ROWS PER MATCH leaves the row out
	x, y     int32
	variable int32
	join     int32 // the number among the instructions where paths meet; -1: not one
}

// Program is a compiled row pattern. It is not changed and may be shared.
type Program struct {
	code  []instr
	entry int32
	joins int
	// loops: a repetition may go round without a row.
	loops bool
}

// maxProgram limits the instructions of a pattern: quantifiers and permutations copy.
const maxProgram = 1 << 20

// Compile makes the program of a pattern. Error: 54000 for one that gets too long.
func Compile(p *plan.RowPattern) (*Program, error) {
	c := compiler{p: &Program{}}
	c.p.entry = c.pattern(p, c.emit(instr{op: opAccept}), false)
	if c.full {
		return nil, fault.New(fault.CodeProgramLimit, "row pattern is too long: quantifiers and permutations make more than %d steps of it", maxProgram)
	}
	c.p.findJoins()
	return c.p, nil
}

type compiler struct {
	p    *Program
	full bool
}

func (c *compiler) emit(in instr) int32 {
	if len(c.p.code) >= maxProgram {
		c.full = true
		return 0
	}
	c.p.code = append(c.p.code, in)
	return int32(len(c.p.code) - 1)
}

// pattern emits p with next behind it and gives where it starts.
func (c *compiler) pattern(p *plan.RowPattern, next int32, excluded bool) int32 {
	if c.full {
		return next
	}
	switch p.Kind {
	case plan.PatternVar:
		return c.emit(instr{op: opVar, variable: int32(p.Var), x: next, excluded: excluded})
	case plan.PatternStart:
		return c.emit(instr{op: opStart, x: next})
	case plan.PatternEnd:
		return c.emit(instr{op: opEnd, x: next})
	case plan.PatternConcat:
		for i := len(p.Parts) - 1; i >= 0; i-- {
			next = c.pattern(p.Parts[i], next, excluded)
		}
	case plan.PatternAlternate:
		entries := make([]int32, len(p.Parts))
		for i, x := range p.Parts {
			entries[i] = c.pattern(x, next, excluded)
		}
		return c.choose(entries)
	case plan.PatternPermute:
		return c.permute(p.Parts, next, excluded)
	case plan.PatternExclude:
		return c.pattern(p.Parts[0], next, true)
	case plan.PatternRepeat:
		return c.repeat(p, next, excluded)
	}
	return next
}

// choose emits splits that try entries in order.
func (c *compiler) choose(entries []int32) int32 {
	at := entries[len(entries)-1]
	for i := len(entries) - 2; i >= 0; i-- {
		at = c.emit(instr{op: opSplit, x: entries[i], y: at})
	}
	return at
}

func (c *compiler) split(at, body, next int32, reluctant bool) {
	if reluctant {
		body, next = next, body
	}
	c.p.code[at].x, c.p.code[at].y = body, next
}

func (c *compiler) repeat(p *plan.RowPattern, next int32, excluded bool) int32 {
	body, least := p.Parts[0], p.Min
	at := next
	if p.Max < 0 {
		c.p.loops = c.p.loops || nullable(body)
		loop := c.emit(instr{op: opSplit})
		first := c.pattern(body, loop, excluded)
		c.split(loop, first, next, p.Reluctant)
		if at = loop; least > 0 {
			at, least = first, least-1
		}
	}
	for i := p.Min; i < p.Max && !c.full; i++ {
		s := c.emit(instr{op: opSplit})
		before := len(c.p.code)
		c.split(s, c.pattern(body, at, excluded), next, p.Reluctant)
		if at = s; len(c.p.code) == before {
			break
		}
	}
	for i := 0; i < least && !c.full; i++ {
		before := len(c.p.code)
		at = c.pattern(body, at, excluded)
		if len(c.p.code) == before { // nothing to repeat
			break
		}
	}
	return at
}

// permute emits the parts in any order, orders that begin as the list does first. Parts
// that can match in one way only may share what comes behind them; others are written
// out, since all ways of one order come before those of the next.
func (c *compiler) permute(parts []*plan.RowPattern, next int32, excluded bool) int32 {
	share := len(parts) <= 31
	for _, p := range parts {
		share = share && oneWay(p)
	}
	if share {
		s := subsets{c: c, parts: parts, excluded: excluded, done: map[uint32]int32{1<<len(parts) - 1: next}}
		return s.rest(0)
	}
	var entries []int32
	used := make([]bool, len(parts))
	order := make([]*plan.RowPattern, 0, len(parts))
	var rest func()
	rest = func() {
		if len(order) == len(parts) {
			entries = append(entries, c.pattern(&plan.RowPattern{Kind: plan.PatternConcat, Parts: order}, next, excluded))
			return
		}
		for i, p := range parts {
			if !used[i] && !c.full {
				used[i], order = true, append(order, p)
				rest()
				used[i], order = false, order[:len(order)-1]
			}
		}
	}
	rest()
	if len(entries) == 0 {
		return next
	}
	return c.choose(entries)
}

// subsets emits a permutation by which parts are done.
type subsets struct {
	c        *compiler
	parts    []*plan.RowPattern
	excluded bool
	done     map[uint32]int32 // where to go on, by the set of the parts that are matched
}

func (s *subsets) rest(set uint32) int32 {
	if at, ok := s.done[set]; ok || s.c.full {
		return at
	}
	var entries []int32
	for i, p := range s.parts {
		if set>>i&1 == 0 {
			entries = append(entries, s.c.pattern(p, s.rest(set|1<<i), s.excluded))
		}
	}
	at := s.c.choose(entries)
	s.done[set] = at
	return at
}

// oneWay reports whether a pattern matches given rows in one way at most.
func oneWay(p *plan.RowPattern) bool {
	switch p.Kind {
	case plan.PatternAlternate, plan.PatternPermute:
		return false
	case plan.PatternRepeat:
		if p.Min != p.Max {
			return false
		}
	}
	for _, x := range p.Parts {
		if !oneWay(x) {
			return false
		}
	}
	return true
}

// nullable reports whether a pattern may match no row.
func nullable(p *plan.RowPattern) bool {
	switch p.Kind {
	case plan.PatternVar:
		return false
	case plan.PatternRepeat:
		return p.Min == 0 || nullable(p.Parts[0])
	case plan.PatternAlternate:
		for _, x := range p.Parts {
			if nullable(x) {
				return true
			}
		}
		return false
	}
	for _, x := range p.Parts {
		if !nullable(x) {
			return false
		}
	}
	return true
}

// findJoins numbers the instructions that several lead to.
func (p *Program) findJoins() {
	from := make([]int32, len(p.code))
	from[p.entry]++
	for _, in := range p.code {
		if in.op != opAccept {
			from[in.x]++
		}
		if in.op == opSplit {
			from[in.y]++
		}
	}
	for i := range p.code {
		if p.code[i].join = -1; from[i] > 1 {
			p.code[i].join = int32(p.joins)
			p.joins++
		}
	}
}

// reach gives for each instruction which variables may come, from it on. It is computed
// for the joins only.
func (p *Program) reach(of func(v int) bool) []bool {
	out := make([]bool, p.joins)
	state := make([]uint8, len(p.code)) // 0: not seen; 1: seen
	var queue []int32
	// Backwards: from the instructions of such variables to all that lead to them.
	before := make([][]int32, len(p.code))
	for i, in := range p.code {
		if in.op != opAccept {
			before[in.x] = append(before[in.x], int32(i))
		}
		if in.op == opSplit {
			before[in.y] = append(before[in.y], int32(i))
		}
		if in.op == opVar && of(int(in.variable)) {
			state[i] = 1
			queue = append(queue, int32(i))
		}
	}
	for len(queue) > 0 {
		at := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if j := p.code[at].join; j >= 0 {
			out[j] = true
		}
		for _, b := range before[at] {
			if state[b] == 0 {
				state[b] = 1
				queue = append(queue, b)
			}
		}
	}
	return out
}
