package pgcatalog

import (
	_ "embed" // for the functions of PostgreSQL 15
	"hash/fnv"
	"slices"
	"strings"
	"sync"

	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/planner/plan"
	"github.com/glauxdb/glaux/server/pgtype"
)

//go:embed data/procs.tsv
var procsTSV string

// proc is a row of pg_proc.
type proc struct {
	oid        uint32
	name, kind string // f, a, w
	args       []uint32
	ret        uint32
	set        bool
	volatile   string // i, s, v
	strict     bool
	variadic   uint32
	argNames   []string
	allArgs    []uint32
	argModes   []string
	defaults   int64
	leakproof  bool
	parallel   string
	own        bool // not one of PostgreSQL's
}

// procSet are functions by OID and name. Immutable.
type procSet struct {
	list   []*proc // by OID
	byOID  map[uint32]*proc
	byName map[string][]*proc
}

func (s *procSet) add(p *proc) {
	if s.byOID[p.oid] != nil {
		return
	}
	s.list = append(s.list, p)
	s.byOID[p.oid] = p
	s.byName[p.name] = append(s.byName[p.name], p)
}

func newProcSet() *procSet {
	return &procSet{byOID: map[uint32]*proc{}, byName: map[string][]*proc{}}
}

// find gives the function with exactly these arguments, nil if there is none.
func (s *procSet) find(name string, args []uint32) *proc {
	for _, p := range s.byName[name] {
		if slices.Equal(p.args, args) {
			return p
		}
	}
	return nil
}

// pgProcs are PostgreSQL's functions in pg_catalog.
var pgProcs = sync.OnceValue(func() *procSet {
	s := newProcSet()
	for _, f := range lines(procsTSV) {
		s.add(&proc{oid: number(f[0]), name: f[1], kind: f[2], args: numbers(f[3], " "), ret: number(f[4]), set: f[5] == "t",
			volatile: f[6], strict: f[7] == "t", variadic: number(f[8]), argNames: texts(f[9]), allArgs: numbers(strings.Trim(f[10], "{}"), ","),
			argModes: texts(f[11]), defaults: int64(number(f[12])), leakproof: f[13] == "t", parallel: f[14]})
	}
	return s
})

// numbers splits a list of OIDs.
func numbers(s, sep string) []uint32 {
	if s == "" {
		return nil
	}
	var out []uint32
	for _, w := range strings.Split(s, sep) {
		out = append(out, number(w))
	}
	return out
}

// texts splits an array of words as PostgreSQL prints it.
func texts(s string) []string {
	s = strings.Trim(s, "{}")
	if s == "" {
		return nil
	}
	out := strings.Split(s, ",")
	for i, w := range out {
		out[i] = strings.Trim(w, `"`)
	}
	return out
}

// hashOID makes an OID for what has none in PostgreSQL: from its name, above
// all others, so that it is the same on every server.
func hashOID(name string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(name))
	return 1<<30 | h.Sum32()>>2
}

// allProcs are the functions that a session can call, under PostgreSQL's OIDs
// where it has the same, and those of PostgreSQL that its types, operators and
// casts refer to.
var allProcs = sync.OnceValue(func() *procSet {
	s, pg := newProcSet(), pgProcs()
	for _, sig := range fn.NewRegistry().Signatures(plan.Postgres) {
		if !isName(sig.Name) {
			continue
		}
		for _, p := range procsOf(sig) {
			if known := pg.find(p.name, p.args); known != nil {
				p = known
			}
			s.add(p)
		}
	}
	for _, ty := range pgTypes() {
		for _, name := range []string{ty.input, ty.output, ty.receive, ty.send, ty.modIn, ty.modOut, ty.subscript} {
			for _, p := range pg.byName[name] {
				s.add(p)
			}
		}
	}
	for _, o := range operators() {
		if p := pg.byOID[o.code]; p != nil {
			s.add(p)
		}
	}
	for _, c := range casts() {
		if p := pg.byOID[c.function]; p != nil {
			s.add(p)
		}
	}
	slices.SortFunc(s.list, func(a, b *proc) int { return int(int64(a.oid) - int64(b.oid)) })
	return s
})

// isName tells a function's name from an operator's.
func isName(s string) bool { return s[0] >= 'a' && s[0] <= 'z' || s[0] == '_' }

// numberTypes are what "number" in a signature stands for.
var numberTypes = []uint32{pgtype.Int2, pgtype.Int4, pgtype.Int8, pgtype.Numeric, pgtype.Float4, pgtype.Float8}

// procsOf gives the functions of a signature: one, or one for each type of
// number.
func procsOf(sig fn.Signature) []*proc {
	if !slices.Contains(append(sig.Params, sig.Ret), "number") {
		return []*proc{procOf(sig, 0)}
	}
	var out []*proc
	for _, t := range numberTypes {
		out = append(out, procOf(sig, t))
	}
	return out
}

func procOf(sig fn.Signature, number uint32) *proc {
	p := &proc{name: sig.Name, kind: "f", set: sig.Kind == plan.TableFunc, strict: sig.Strict, parallel: "s", own: true}
	p.volatile = [...]string{plan.Immutable: "i", plan.Stable: "s", plan.Volatile: "v"}[sig.Volatility]
	switch sig.Kind {
	case plan.AggregateFunc, plan.OrderedSetFunc:
		p.kind, p.strict = "a", false
	case plan.WindowFunc:
		p.kind = "w"
	}
	typ := func(name string) uint32 {
		if name == "number" {
			return number
		}
		return signatureType(name)
	}
	for _, a := range sig.Params {
		p.args = append(p.args, typ(a))
	}
	p.ret = typ(sig.Ret)
	key := sig.Name + "(" + strings.Join(sig.Params, ",") + ")"
	if number != 0 {
		key += "/" + string(rune('0'+slices.Index(numberTypes, number)))
	}
	if n := len(p.args); sig.Variadic && n > 0 {
		if p.variadic = p.args[n-1]; p.variadic != oidAny {
			p.args[n-1] = pgtype.Array(p.variadic)
		}
	}
	p.oid = hashOID(key)
	return p
}

// The pseudo types that signatures need.
const (
	oidAny        = 2276
	oidAnyArray   = 2277
	oidAnyElement = 2283
)

// sigTypes are the names of types in signatures as PostgreSQL's.
var sigTypes = map[string]uint32{
	"boolean": pgtype.Bool, "tinyint": pgtype.Int2, "smallint": pgtype.Int2, "integer": pgtype.Int4, "bigint": pgtype.Int8,
	"real": pgtype.Float4, "double": pgtype.Float8, "varchar": pgtype.Text, "varbinary": pgtype.Bytea, "date": pgtype.Date,
	"time": pgtype.Time, "timestamp": pgtype.Timestamp, "datetime": pgtype.Timestamp, "timestamptz": pgtype.Timestamptz,
	"interval": pgtype.Interval, "yearmonth": pgtype.Interval, "daysecond": pgtype.Interval, "uuid": pgtype.UUID, "json": pgtype.JSON, "jsonb": pgtype.JSONB,
	"oid": pgtype.Oid, "name": pgtype.Name, "unknown": pgtype.Unknown, "numeric": pgtype.Numeric, "decimal": pgtype.Numeric,
	"regclass": pgtype.Regclass, "regtype": pgtype.Regtype, "regproc": pgtype.Regproc, "regnamespace": pgtype.Regnsp,
	"regrole": pgtype.Regrole, "map": pgtype.JSON, "row": pgtype.Record, "any": oidAny, "function": oidAny,
}

// signatureType maps a type of a signature; type variables are anyelement.
func signatureType(name string) uint32 {
	head, args, nested := strings.Cut(name, "(")
	if nested && head == "array" {
		elem := signatureType(strings.TrimSuffix(args, ")"))
		if elem == oidAnyElement || elem == oidAnyArray {
			return oidAnyArray
		}
		if array := pgtype.Array(elem); array != 0 {
			return array
		}
		return oidAnyArray
	}
	if t, ok := sigTypes[head]; ok {
		return t
	}
	return oidAnyElement
}

// procOID gives the OID of the function with a name, 0 for "-" and what is not
// there: the one of PostgreSQL's if there are several.
func (t *Tables) procOID(name string) uint32 {
	if ps := allProcs().byName[name]; len(ps) > 0 {
		return ps[0].oid
	}
	return 0
}
