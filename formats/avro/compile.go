package avro

// opcode is what an instruction reads.
type opcode uint8

const (
	opNothing     opcode = iota // no bytes, no value
	opNull                      // no bytes; counts
	opBool                      //
	opInt                       // to i32
	opLong                      // int or long, to i64
	opLongDouble                // int or long, to f64
	opFloat                     //
	opFloatDouble               // float, to f64
	opDouble                    //
	opText                      // bytes or string, to rs
	opFixedText                 // n bytes, to rs
	opFixed                     // n bytes, to b8
	opEnum                      // of n symbols
	opList                      // array or map: body for each entry
	opRecord                    // body
	opUnion                     // one of branches; the one of null is nil
	opUnionRow                  // the same, as a row
	opTag                       // no bytes; the tag n, and nulls for the fields of a union's row but that at place
	opConst                     // no bytes; counts a default
	opNoType                    // a type that the reader's union lacks
	opMark                      // remembers the position
	opBack                      // goes back to it

	opSkipVar   // an int, long or enum
	opSkipText  // bytes or string
	opSkip      // n bytes
	opSkipList  // array or map
	opSkipUnion // one of branches
)

// instr reads one value. With null >= 0 the value is a union of two, null
// being its place there.
type instr struct {
	op       opcode
	null     int8
	n, place int
	min      int64 // opList, opSkipList: least bytes of an entry
	sink     *sink // nil where nothing is kept
	body     *program
	branches []*program
}

// program reads the fields of a record, one after the other.
type program struct{ code []instr }

// want is a binding of a node and where its values go.
type want struct {
	bind *binding
	sink *sink
}

// compiler makes programs. Records that are passed over have one program each,
// which ends the recursion into those that contain themselves.
type compiler struct{ skips map[*node]*program }

// fields makes the program of a record, or of the columns of a file, from what
// is wanted of each field.
func (c *compiler) fields(fs []field, wanted func(i int) []want) *program {
	p := &program{}
	for i, f := range fs {
		p.code = c.field(p.code, f.typ, wanted(i))
	}
	return p
}

// field appends the instructions for one field, which is read once for every
// want.
func (c *compiler) field(code []instr, n *node, ws []want) []instr {
	if len(ws) == 0 {
		return skipping(code, c.value(n, want{}))
	}
	for i, w := range ws {
		if i+1 < len(ws) {
			code = append(code, instr{op: opMark, null: -1})
		}
		code = append(code, c.value(n, w))
		if i+1 < len(ws) {
			code = append(code, instr{op: opBack, null: -1})
		}
	}
	return code
}

// skipping appends an instruction that keeps nothing, joined with its
// neighbour where both pass over a known number of bytes.
func skipping(code []instr, in instr) []instr {
	if in.op == opNothing && in.null < 0 {
		return code
	}
	if k := len(code) - 1; k >= 0 && in.op == opSkip && in.null < 0 && code[k].op == opSkip && code[k].null < 0 {
		code[k].n += in.n
		return code
	}
	return append(code, in)
}

// value gives the instruction that reads a value; without a sink it is passed
// over.
func (c *compiler) value(n *node, w want) instr {
	if w.sink != nil && w.bind.single && n.kind != kindUnion {
		one := choice{null: -1, types: []*node{n}, at: []int{0}}
		return instr{op: opRecord, null: -1, sink: w.sink, body: c.branch(one, 0, n, w)}
	}
	switch n.kind {
	case kindUnion:
		return c.union(n, w)
	case kindRecord:
		return c.record(n, w)
	case kindArray, kindMap:
		return c.list(n, w)
	}
	in := instr{null: -1, sink: w.sink}
	if w.sink == nil {
		in.op, in.n = skipOf(n)
		return in
	}
	in.op, in.n = readOf(n, w.sink.stage)
	return in
}

// skipOf passes over a value without parts.
func skipOf(n *node) (opcode, int) {
	switch n.kind {
	case kindNull:
		return opNothing, 0
	case kindBoolean:
		return opSkip, 1
	case kindInt, kindLong, kindEnum:
		return opSkipVar, 0
	case kindFloat:
		return opSkip, 4
	case kindDouble:
		return opSkip, 8
	case kindFixed:
		return opSkip, n.size
	}
	return opSkipText, 0
}

// readOf reads a value without parts into a stage, which for unions of several
// types may be wider than the value.
func readOf(n *node, to stage) (opcode, int) {
	switch {
	case n.kind == kindNull:
		return opNull, 0
	case n.kind == kindBoolean:
		return opBool, 0
	case to == stageInt:
		return opInt, 0
	case to == stageLong:
		return opLong, 0
	case to == stageDouble && n.kind == kindDouble:
		return opDouble, 0
	case to == stageDouble && n.kind == kindFloat:
		return opFloatDouble, 0
	case to == stageDouble:
		return opLongDouble, 0
	case to == stageFloat:
		return opFloat, 0
	case n.kind == kindEnum:
		return opEnum, len(n.symbols)
	case n.kind == kindFixed && to == stageText:
		return opFixedText, n.size
	case n.kind == kindFixed:
		return opFixed, n.size
	}
	return opText, 0
}

func (c *compiler) record(n *node, w want) instr {
	if w.sink == nil {
		return c.skipRecord(n)
	}
	body := c.fields(n.fields, func(i int) []want { return w.of(i) })
	for _, k := range w.sink.kids {
		if k != nil && k.stage == stageConst {
			body.code = append(body.code, instr{op: opConst, null: -1, sink: k})
		}
	}
	return instr{op: opRecord, null: -1, sink: w.sink, body: body}
}

// of gives what is wanted of the part at a position.
func (w want) of(i int) []want {
	var out []want
	for j, at := range w.bind.at {
		if at == i && w.sink.kids[j] != nil {
			out = append(out, want{w.bind.kids[j], w.sink.kids[j]})
		}
	}
	return out
}

func (c *compiler) skipRecord(n *node) instr {
	p, ok := c.skips[n]
	if !ok {
		p = &program{}
		c.skips[n] = p
		p.code = c.fields(n.fields, func(int) []want { return nil }).code
		if len(p.code) == 1 && p.code[0].op == opSkip && p.code[0].null < 0 {
			return p.code[0]
		}
	}
	return instr{op: opRecord, null: -1, body: p}
}

func (c *compiler) list(n *node, w want) instr {
	in := instr{op: opSkipList, null: -1, sink: w.sink, min: n.items.min, body: &program{}}
	var parts [2][]want
	if w.sink != nil {
		in.op = opList
		parts[0], parts[1] = w.of(0), w.of(1)
	}
	if n.kind == kindMap {
		in.min++
		in.body.code = c.field(nil, &node{kind: kindString}, parts[0])
		parts[0] = parts[1]
	}
	in.body.code = c.field(in.body.code, n.items, parts[0])
	return in
}

func (c *compiler) union(n *node, w want) instr {
	ch := n.choice()
	if len(n.branches) == 2 && ch.null >= 0 && len(ch.types) == 1 {
		in := c.value(ch.types[0], w)
		in.null = int8(ch.null)
		return in
	}
	in := instr{op: opSkipUnion, null: -1, sink: w.sink}
	asRow := len(ch.types) > 1 && !ch.wide
	switch {
	case w.sink == nil:
	case asRow:
		in.op = opUnionRow
	default:
		in.op = opUnion
	}
	for i, b := range n.branches {
		switch {
		case i == ch.null:
			in.branches = append(in.branches, nil)
		case w.sink != nil && asRow:
			in.branches = append(in.branches, c.branch(ch, i, b, w))
		default:
			in.branches = append(in.branches, &program{skipping(nil, c.value(b, w))})
		}
	}
	return in
}

// branch makes the program of a union's type seen as a row: its tag, nulls for
// the other fields, its own field.
func (c *compiler) branch(ch choice, at int, n *node, w want) *program {
	p := &program{}
	place := 0
	for ch.at[place] != at {
		place++
	}
	tag := place
	if w.bind.tags != nil {
		if tag = w.bind.tags[place]; tag < 0 {
			p.code = []instr{{op: opNoType, null: -1}}
			return p
		}
	}
	p.code = []instr{{op: opTag, null: -1, n: tag, place: place, sink: w.sink}}
	p.code = c.field(p.code, n, w.of(place))
	return p
}
