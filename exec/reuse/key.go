package reuse

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/planner/plan"
)

// Key names everything that a result depends on. Equal keys: the same answer.
type Key [sha256.Size]byte

// KeyOf gives the key of an optimized query whose scans know their files. more is
// what its rows depend on besides: the user, roles, settings. If the result cannot
// be given again, why says so.
//
// Names of columns and tables' aliases do not count, nor does how the planner
// numbered its columns. The plan is walked by reflection: a field that a node gets
// one day counts unless it is listed in unseen, so that forgetting one costs a hit
// and never a right answer.
func KeyOf(q *plan.Query, more []string) (k Key, why string) {
	e := &encoder{cols: map[plan.ColID]uint64{}, seen: map[pointer]uint64{}}
	e.number(uint64(len(more)))
	for _, m := range more {
		e.text(m)
	}
	e.value(reflect.ValueOf(&q.Root).Elem())
	e.number(uint64(len(q.Columns)))
	for i := range q.Columns {
		e.column(q.Columns[i].ID)
		e.value(reflect.ValueOf(q.Columns[i].Type))
	}
	if e.why == "" && e.files == 0 {
		e.why = "it reads no files"
	}
	return sha256.Sum256(e.out), e.why
}

// encoder writes a plan as bytes, such that different plans have different ones.
type encoder struct {
	out   []byte
	cols  map[plan.ColID]uint64 // numbered by first appearance
	seen  map[pointer]uint64    // what was written already, likewise: shared parts are written once
	files int
	why   string // why the result cannot be kept; "": it can
}

// pointer is the address of something of a type: a struct and its first field
// have the same address.
type pointer struct {
	at uintptr
	t  reflect.Type
}

// special are the types that count otherwise than by their fields.
var special map[reflect.Type]func(e *encoder, v reflect.Value)

func init() {
	special = map[reflect.Type]func(e *encoder, v reflect.Value){
		reflect.TypeFor[plan.Pos]():        func(*encoder, reflect.Value) {},
		reflect.TypeFor[plan.ColID]():      func(e *encoder, v reflect.Value) { e.column(plan.ColID(v.Int())) },
		reflect.TypeFor[plan.Func]():       (*encoder).function,
		reflect.TypeFor[plan.Virtual]():    func(e *encoder, _ reflect.Value) { e.refuse("it reads tables of the server or of the session") },
		reflect.TypeFor[lake.File]():       (*encoder).file,
		reflect.TypeFor[plan.ScanSample](): func(e *encoder, _ reflect.Value) { e.refuse("it reads a sample of a table") },
	}
}

// unseen are fields that no row depends on: names, and what planning guessed or
// counted.
var unseen = map[reflect.Type][]string{
	reflect.TypeFor[plan.Column]():    {"Name"},
	reflect.TypeFor[plan.Col]():       {"Name"},
	reflect.TypeFor[plan.Scan]():      {"Alias", "Pos"},
	reflect.TypeFor[plan.With]():      {"Name"},
	reflect.TypeFor[plan.CTERef]():    {"Name"},
	reflect.TypeFor[plan.Recursive](): {"Name"},
	reflect.TypeFor[plan.WorkTable](): {"Name"},
	reflect.TypeFor[plan.Join]():      {"Rows"},
	reflect.TypeFor[plan.ScanSource](): {"PartitionsTotal", "PartitionsRead", "FilesTotal", "Selects", "Rows", "Exact",
		"BytesLower", "BytesUpper", "BytesExpected", "Unopened", "Columns"},
	// A change of the definition is a new Version; the times are only told.
	reflect.TypeFor[catalog.Table](): {"Accessed", "Analyzed", "Created", "Updated"},
	// The kernels of a function: its name and types choose them.
	reflect.TypeFor[plan.Func](): {"Impl"},
}

// fieldsOf remembers what counted found: reflect.Type -> []int.
var fieldsOf sync.Map

// counted gives the positions of the fields of a struct that count.
func counted(t reflect.Type) []int {
	if list, ok := fieldsOf.Load(t); ok {
		return list.([]int)
	}
	list := []int{}
	for i := range t.NumField() {
		if !slices.Contains(unseen[t], t.Field(i).Name) {
			list = append(list, i)
		}
	}
	fieldsOf.Store(t, list)
	return list
}

func (e *encoder) refuse(why string) {
	if e.why == "" {
		e.why = why
	}
}

func (e *encoder) number(n uint64) { e.out = binary.AppendUvarint(e.out, n) }

func (e *encoder) text(s string) {
	e.number(uint64(len(s)))
	e.out = append(e.out, s...)
}

func (e *encoder) column(id plan.ColID) {
	n, ok := e.cols[id]
	if !ok {
		n = uint64(len(e.cols))
		e.cols[id] = n
	}
	e.number(n)
}

// function refuses all calls but those that give the same for the same arguments:
// what is left of stable functions depends on more than the key knows (the clock,
// the catalog), and their constants were folded.
func (e *encoder) function(v reflect.Value) {
	if plan.Volatility(v.FieldByName("Volatility").Uint()) != plan.Immutable {
		e.refuse(fmt.Sprintf("it calls %s()", v.FieldByName("Name").String()))
	}
	e.fields(v)
}

// file writes an object's identity and how it is read.
func (e *encoder) file(v reflect.Value) {
	f, ok := v.Addr().Interface().(*lake.File)
	if !ok {
		e.refuse("a file is not one")
		return
	}
	e.files++
	e.out = f.AppendIdentity(e.out)
	e.text(f.Format.Name())
	for _, name := range []string{"Options", "Keys", "differs"} { // Partition is a position among others
		e.value(v.FieldByName(name))
	}
}

func (e *encoder) value(v reflect.Value) {
	if f := special[v.Type()]; f != nil {
		f(e, v)
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		if v.Bool() {
			e.number(1)
		} else {
			e.number(0)
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		e.number(uint64(v.Int()))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		e.number(v.Uint())
	case reflect.Float32, reflect.Float64:
		e.number(math.Float64bits(v.Float()))
	case reflect.String:
		e.text(v.String())
	case reflect.Struct:
		e.fields(v)
	case reflect.Slice, reflect.Array:
		e.number(uint64(v.Len()))
		for i := range v.Len() {
			e.value(v.Index(i))
		}
	case reflect.Map:
		e.table(v)
	case reflect.Pointer, reflect.Interface:
		e.follow(v)
	default:
		e.refuse("its plan has a " + v.Type().String())
	}
}

func (e *encoder) fields(v reflect.Value) {
	for _, i := range counted(v.Type()) {
		e.value(v.Field(i))
	}
}

// follow writes what a pointer or an interface holds, and of which type.
func (e *encoder) follow(v reflect.Value) {
	if v.IsNil() {
		e.text("")
		return
	}
	if v.Kind() == reflect.Interface {
		v = v.Elem()
		e.text(v.Type().String())
		e.value(v)
		return
	}
	p := pointer{v.Pointer(), v.Type()}
	if n, ok := e.seen[p]; ok {
		e.text("seen")
		e.number(n)
		return
	}
	e.seen[p] = uint64(len(e.seen))
	e.text("new")
	e.value(v.Elem())
}

// table writes a map of texts in the order of its keys. Properties are shared by
// the files of a table.
func (e *encoder) table(v reflect.Value) {
	p := pointer{v.Pointer(), v.Type()}
	if n, ok := e.seen[p]; ok && v.Len() > 0 {
		e.text("seen")
		e.number(n)
		return
	}
	e.seen[p] = uint64(len(e.seen))
	keys := v.MapKeys()
	for _, k := range keys {
		if k.Kind() != reflect.String {
			e.refuse("its plan has a " + v.Type().String())
			return
		}
	}
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	e.text("map")
	e.number(uint64(len(keys)))
	for _, k := range keys {
		e.text(k.String())
		e.value(v.MapIndex(k))
	}
}
