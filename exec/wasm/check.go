package wasm

import (
	"encoding/binary"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Limits of what a module may hold, so that compiling and instantiating it stay
// small: the linear memory is charged to queries, these are not.
const (
	maxTable   = 1 << 16   // elements of all tables, grown as far as they may
	maxBody    = 256 << 10 // bytes of one function: compilers are not linear in that
	maxImports = 16
)

// imports are the functions that a module may ask for, module.name.
var imports = map[string]bool{"glaux.fail": true, "env.abort": true}

// magic is how a module of version 1 of the binary format begins.
const magic = "\x00asm\x01\x00\x00\x00"

// Sections of the binary format (section 5.5), those that are looked at.
const (
	sectionImport = 2
	sectionTable  = 4
	sectionMemory = 5
	sectionCode   = 10
)

// kindText names the kinds of imports by their byte.
var kindText = []string{"function", "table", "memory", "global"}

// check looks at what a module asks for and how big it would become, before the
// compiler sees it: imports that do not exist are named, tables and memory are
// bounded. All the rest of the format is the compiler's to check.
func check(module []byte) (*checker, error) {
	switch {
	case len(module) > MaxModule:
		return nil, bad("the module has %d bytes, the limit is %d", len(module), MaxModule).
			WithHint("Build it optimized for size and strip it: wasm-strip, wasm-opt -Oz, or strip = true in Cargo.toml.")
	case !strings.HasPrefix(string(module[:min(len(module), len(magic))]), magic):
		if strings.HasPrefix(string(module[:min(len(module), 8)]), "\x00asm\x0d\x00\x01\x00") {
			return nil, bad("the module is a WebAssembly component, not a core module").WithHint("Build it for wasm32-unknown-unknown.")
		}
		return nil, bad("the module is not WebAssembly: it does not begin as a binary module of version 1").
			WithHint("A module in text form is made binary by wat2wasm.")
	}
	c := &checker{}
	r := &reader{b: module[len(magic):]}
	for len(r.b) > 0 && !r.failed && c.err == nil {
		id := r.byte()
		s := &reader{b: r.bytes(r.uint())}
		switch id {
		case sectionImport:
			c.imports(s)
		case sectionTable:
			c.tables(s)
		case sectionMemory:
			c.memories(s)
		case sectionCode:
			c.bodies(s)
		}
		r.failed = r.failed || s.failed
	}
	if c.err == nil && r.failed {
		return nil, bad("the module is not valid WebAssembly: it is cut off or damaged")
	}
	if c.err == nil && c.asked && !c.remembers {
		c.err = bad("the module imports functions that read its memory, and has none")
	}
	return c, c.err
}

func bad(format string, args ...any) *fault.Error {
	return fault.New(fault.CodeInvalidFunctionDef, format, args...)
}

// checker gathers what the sections say.
type checker struct {
	table     int64 // elements of tables
	memory    int64 // bytes of linear memory that an instance begins with
	remembers bool  // there is a memory
	asked     bool  // there are imports
	err       error
}

func (c *checker) imports(r *reader) {
	n := r.uint()
	if n > maxImports {
		c.err = bad("the module imports %d things, it may import %d", n, maxImports)
		return
	}
	for ; n > 0 && !r.failed; n-- {
		module, field := r.name(), r.name()
		kind := r.byte()
		if r.failed {
			return
		}
		if kind != 0 || !imports[module+"."+field] {
			what := "thing"
			if int(kind) < len(kindText) {
				what = kindText[kind]
			}
			e := bad("the module imports %s %q of %q, which does not exist here", what, clip(field), clip(module)).
				WithDetail("Modules may import the functions glaux.fail and env.abort: they see nothing of the machine.")
			if strings.HasPrefix(module, "wasi") {
				e.Hint = "Build it without WASI: wasm32-unknown-unknown in Rust, -target=wasm-unknown in TinyGo, -nostdlib in C."
			}
			c.err = e
			return
		}
		r.uint() // the type of the function
		c.asked = true
	}
}

func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "..."
	}
	return s
}

func (c *checker) tables(r *reader) {
	for n := r.uint(); n > 0 && !r.failed && c.err == nil; n-- {
		r.byte() // the type of the elements
		least, most, bounded := r.limits()
		if !bounded {
			most = least
			c.err = bad("a table of the module has no maximum").WithHint("Declare one of at most %d elements.", maxTable)
		}
		if c.table += int64(most); c.table > maxTable && bounded {
			c.err = bad("the tables of the module may grow to %d elements, the limit is %d", c.table, maxTable)
		}
	}
}

func (c *checker) memories(r *reader) {
	for n := r.uint(); n > 0 && !r.failed && c.err == nil; n-- {
		c.remembers = true
		least, _, _ := r.limits()
		if c.memory += int64(least) * pageSize; c.memory > maxMemory {
			c.err = bad("the module begins with %d bytes of memory, the limit is %d", c.memory, maxMemory)
		}
	}
}

func (c *checker) bodies(r *reader) {
	for n := r.uint(); n > 0 && !r.failed; n-- {
		size := r.uint()
		if size > maxBody {
			c.err = bad("a function of the module has %d bytes of code, the limit is %d", size, maxBody)
			return
		}
		if n := moves(r.bytes(size)); n > maxMoves {
			c.err = bad("a function of the module fills or copies memory in %d places, the limit is %d", n, maxMoves)
			return
		}
	}
}

// reader reads the binary format; at its end it fails and gives zeros.
type reader struct {
	b      []byte
	failed bool
}

func (r *reader) byte() byte {
	b := r.bytes(1)
	if len(b) == 0 {
		return 0
	}
	return b[0]
}

func (r *reader) bytes(n uint32) []byte {
	if r.failed || uint64(n) > uint64(len(r.b)) {
		r.failed = true
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

// uint reads an unsigned LEB128 of 32 bits.
func (r *reader) uint() uint32 {
	x, n := binary.Uvarint(r.b[:min(len(r.b), 5)])
	if n <= 0 || x>>32 != 0 || r.failed {
		r.failed = true
		return 0
	}
	r.b = r.b[n:]
	return uint32(x)
}

func (r *reader) name() string { return string(r.bytes(r.uint())) }

func (r *reader) limits() (least, most uint32, bounded bool) {
	flags := r.byte()
	least = r.uint()
	if bounded = flags&1 != 0; bounded {
		most = r.uint()
	}
	return least, most, bounded
}
