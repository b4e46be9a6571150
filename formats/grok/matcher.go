package grok

import (
	"regexp/syntax"
	"unicode/utf8"
)

// machine is an expression's program for matching by backtracking. It explores
// the same choices in the same order as package regexp does for Perl's syntax,
// so that it finds the same match and the same groups; runs of one class of
// characters, of which grok patterns mostly consist, are one step. What takes
// too many steps is left to package regexp, which needs linear time.
type machine struct {
	code     []inst
	start    int
	groups   int // twice the number of groups, the whole match included
	anchored bool
}

type op uint8

const (
	opFail op = iota
	opMatch
	opJump
	opAlt     // out is preferred to arg
	opCapture // arg is the group's side
	opEmpty   // arg is a syntax.EmptyOp
	opClass
	opRun     // as many of the class as there are, and then fewer; out follows
	opLazyRun // as few as possible
)

type inst struct {
	op       op
	out, arg int
	class    *class
	next     int // byte that must follow a run; -1: not known
}

// class is a set of characters.
type class struct {
	ascii [utf8.RuneSelf]bool
	rest  *syntax.Inst // judges the others
}

// width gives the bytes of the character at b[i] if it is in the class, else 0.
func (c *class) width(b []byte, i int) int {
	if i >= len(b) {
		return 0
	}
	if b[i] < utf8.RuneSelf {
		if c.ascii[b[i]] {
			return 1
		}
		return 0
	}
	r, w := utf8.DecodeRune(b[i:])
	if c.rest.MatchRune(r) {
		return w
	}
	return 0
}

// newMachine compiles an expression that package regexp accepts.
func newMachine(expr string) (*machine, error) {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, err
	}
	groups := 2 * (re.MaxCap() + 1)
	prog, err := syntax.Compile(re.Simplify())
	if err != nil {
		return nil, err
	}
	m := &machine{start: prog.Start, groups: groups, code: make([]inst, len(prog.Inst)),
		anchored: prog.StartCond()&syntax.EmptyBeginText != 0}
	for i := range prog.Inst {
		m.code[i] = translate(&prog.Inst[i])
	}
	for i := range m.code {
		m.joinRun(i)
	}
	for i := range m.code {
		if in := &m.code[i]; in.op == opRun || in.op == opLazyRun {
			in.next = m.follows(in.out)
		}
	}
	return m, nil
}

func translate(in *syntax.Inst) inst {
	out := inst{out: int(in.Out), arg: int(in.Arg), next: -1}
	switch in.Op {
	case syntax.InstAlt, syntax.InstAltMatch:
		out.op = opAlt
	case syntax.InstCapture:
		out.op = opCapture
	case syntax.InstEmptyWidth:
		out.op = opEmpty
	case syntax.InstMatch:
		out.op = opMatch
	case syntax.InstNop:
		out.op = opJump
	case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		out.op = opClass
		out.class = classOf(in)
	}
	return out
}

func classOf(in *syntax.Inst) *class {
	c := &class{rest: in}
	for r := range c.ascii {
		switch in.Op {
		case syntax.InstRuneAny:
			c.ascii[r] = true
		case syntax.InstRuneAnyNotNL:
			c.ascii[r] = r != '\n'
		default:
			c.ascii[r] = in.MatchRune(rune(r))
		}
	}
	if in.Op == syntax.InstRuneAny || in.Op == syntax.InstRuneAnyNotNL {
		c.rest = &syntax.Inst{Op: syntax.InstRune, Rune: []rune{0, utf8.MaxRune}}
	}
	return c
}

// joinRun makes one step of a choice between a class that leads back to the
// choice, and what follows.
func (m *machine) joinRun(i int) {
	in := &m.code[i]
	if in.op != opAlt {
		return
	}
	loops := func(j int) bool { return m.code[j].op == opClass && m.code[j].out == i }
	switch {
	case loops(in.out):
		*in = inst{op: opRun, out: in.arg, class: m.code[in.out].class}
	case loops(in.arg):
		*in = inst{op: opLazyRun, out: in.out, class: m.code[in.arg].class}
	}
}

// follows gives the byte with which everything from i on begins; -1 if it is
// more than one.
func (m *machine) follows(i int) int {
	for range m.code {
		in := &m.code[i]
		switch in.op {
		case opJump, opCapture:
			i = in.out
			continue
		case opClass:
			return in.class.only()
		}
		break
	}
	return -1
}

// only gives the one character of a class; -1 if there are more or it is not
// ASCII.
func (c *class) only() int {
	if r := c.rest.Rune; c.rest.Op != syntax.InstRune1 || r[0] >= utf8.RuneSelf {
		return -1
	}
	at := -1
	for i, ok := range c.ascii {
		if ok && at >= 0 {
			return -1
		}
		if ok {
			at = i
		}
	}
	return at
}

// matcher runs a machine. It belongs to one goroutine and keeps its memory.
type matcher struct {
	m     *machine
	p     *Pattern
	b     []byte
	caps  []int
	stack []choice
	steps int
}

// choice is where to go on if what was tried fails.
type choice struct {
	kind choiceKind
	pc   int
	pos  int // kind choiceGroup: what the group's side was
	from int // of a run: where it began
}

type choiceKind uint8

const (
	choiceBranch choiceKind = iota
	choiceGroup
	choiceRun
	choiceLazy
)

func (p *Pattern) matcher() *matcher {
	return &matcher{m: p.machine, p: p, caps: make([]int, p.machine.groups)}
}

// Steps that a line may take: enough for patterns that need little going back.
const (
	baseSteps    = 20_000
	stepsPerByte = 100
)

// match gives the places of the groups as regexp.FindSubmatchIndex does; they
// are valid until the next call. nil is no match.
func (x *matcher) match(b []byte) []int {
	if !utf8.Valid(b) { // bytes that are no characters have rules of their own
		return x.p.re.FindSubmatchIndex(b)
	}
	x.b, x.steps = b, baseSteps+stepsPerByte*len(b)
	for at := 0; at <= len(b); at++ {
		if at > 0 && at < len(b) && !utf8.RuneStart(b[at]) {
			continue
		}
		for i := range x.caps {
			x.caps[i] = -1
		}
		if end := x.run(at); end >= 0 {
			x.caps[0], x.caps[1] = at, end
			return x.caps
		}
		if x.steps <= 0 {
			return x.p.re.FindSubmatchIndex(b)
		}
		if x.m.anchored {
			break
		}
	}
	return nil
}

// run matches at a place and gives the end; -1 if there is no match, or if the
// steps are used up.
func (x *matcher) run(pos int) int {
	x.stack = x.stack[:0]
	pc := x.m.start
	for {
		if x.steps--; x.steps <= 0 {
			return -1
		}
		in := &x.m.code[pc]
		ok := true
		switch in.op {
		case opMatch:
			return pos
		case opJump:
			pc = in.out
		case opAlt:
			x.stack = append(x.stack, choice{kind: choiceBranch, pc: in.arg, pos: pos})
			pc = in.out
		case opCapture:
			x.stack = append(x.stack, choice{kind: choiceGroup, pc: in.arg, pos: x.caps[in.arg]})
			x.caps[in.arg] = pos
			pc = in.out
		case opEmpty:
			if ok = x.empty(syntax.EmptyOp(in.arg), pos); ok {
				pc = in.out
			}
		case opClass:
			w := in.class.width(x.b, pos)
			ok = w > 0
			pos += w
			pc = in.out
		case opRun:
			end := x.runEnd(in, pos)
			if end > pos {
				x.stack = append(x.stack, choice{kind: choiceRun, pc: pc, pos: end, from: pos})
				pos = end
			}
			pc = in.out
		case opLazyRun:
			x.stack = append(x.stack, choice{kind: choiceLazy, pc: pc, pos: pos})
			pc = in.out
		default:
			ok = false
		}
		if !ok {
			if pc, pos = x.back(); pc < 0 {
				return -1
			}
		}
	}
}

// runEnd gives the end of the longest run at pos.
func (x *matcher) runEnd(in *inst, pos int) int {
	b, c := x.b, in.class
	for pos < len(b) {
		if b[pos] < utf8.RuneSelf {
			if !c.ascii[b[pos]] {
				return pos
			}
			pos++
			continue
		}
		w := c.width(b, pos)
		if w == 0 {
			return pos
		}
		pos += w
	}
	return pos
}

// back takes the last choice; -1 if there is none left.
func (x *matcher) back() (pc, pos int) {
	for len(x.stack) > 0 {
		top := &x.stack[len(x.stack)-1]
		switch top.kind {
		case choiceBranch:
			pc, pos = top.pc, top.pos
			x.stack = x.stack[:len(x.stack)-1]
			return pc, pos
		case choiceGroup:
			x.caps[top.pc] = top.pos
			x.stack = x.stack[:len(x.stack)-1]
		case choiceRun:
			in := &x.m.code[top.pc]
			if pos, ok := x.shorter(in, top); ok {
				return in.out, pos
			}
		case choiceLazy:
			in := &x.m.code[top.pc]
			if pos, ok := x.longer(in, top); ok {
				return in.out, pos
			}
		}
	}
	return -1, 0
}

// shorter gives back characters of a run, at least one, to where the byte that
// must follow is.
func (x *matcher) shorter(in *inst, c *choice) (pos int, ok bool) {
	for pos = c.pos - 1; pos >= c.from; pos-- {
		if !utf8.RuneStart(x.b[pos]) || in.next >= 0 && int(x.b[pos]) != in.next {
			continue
		}
		if c.pos = pos; pos == c.from {
			x.stack = x.stack[:len(x.stack)-1]
		}
		return pos, true
	}
	x.stack = x.stack[:len(x.stack)-1]
	return 0, false
}

// longer takes more characters into a run, at least one, up to where the byte
// that must follow is.
func (x *matcher) longer(in *inst, c *choice) (pos int, ok bool) {
	for pos = c.pos; ; {
		w := in.class.width(x.b, pos)
		if w == 0 {
			x.stack = x.stack[:len(x.stack)-1]
			return 0, false
		}
		pos += w
		if in.next < 0 || pos < len(x.b) && int(x.b[pos]) == in.next {
			c.pos = pos
			return pos, true
		}
	}
}

// empty judges what takes no characters: borders of lines and words.
func (x *matcher) empty(op syntax.EmptyOp, pos int) bool {
	before, after := rune(-1), rune(-1)
	if pos > 0 {
		before, _ = utf8.DecodeLastRune(x.b[:pos])
	}
	if pos < len(x.b) {
		after, _ = utf8.DecodeRune(x.b[pos:])
	}
	return op&^syntax.EmptyOpContext(before, after) == 0
}
