package ion

import (
	"errors"
	"fmt"
	"strconv"
)

// systemSymbols are those of the specification's system table, by their IDs.
var systemSymbols = []string{unknownText, "$ion", "$ion_1_0", "$ion_symbol_table", "name", "version", "imports", "symbols", "max_id", "$ion_shared_symbol_table"}

// The symbols that version markers and tables are made with.
const (
	symbolVersion = 2
	symbolTable   = 3
	symbolName    = 4
	symbolImports = 6
	symbolSymbols = 7
	symbolMaxID   = 8
)

// What bounds the symbols of a file.
const (
	maxSymbols = 1 << 20 // whose texts one table defines
	maxRuns    = 1 << 12
	maxID      = 1 << 40
)

// unknownText stands for a symbol that has an ID but no text that is known:
// symbol zero, a slot of null, or one of a shared table, which are not at
// hand. No text of a file is it, as it is no UTF-8.
const unknownText = "\xff"

// symbols are those that a file has defined, from behind the system's on, in
// runs of rising IDs.
type symbols []symbolRun

// symbolRun is what one table, or one import, defines.
type symbolRun struct {
	first, n uint64
	texts    []string // nil: none is known
}

// end is the ID behind the last symbol.
func (s symbols) end() uint64 {
	if len(s) == 0 {
		return uint64(len(systemSymbols))
	}
	return s[len(s)-1].first + s[len(s)-1].n
}

// with gives the symbols with n more, whose texts may not be known.
func (s symbols) with(n uint64, texts []string) (symbols, error) {
	if n > maxID-s.end() || len(s) == maxRuns {
		return nil, errTooManySymbols
	}
	return append(s[:len(s):len(s)], symbolRun{first: s.end(), n: n, texts: texts}), nil
}

// text gives a symbol's text: its number where it is not known.
func (s symbols) text(sid uint64) (string, error) {
	if sid < uint64(len(systemSymbols)) && sid > 0 {
		return systemSymbols[sid], nil
	}
	if sid >= s.end() {
		return "", fmt.Errorf("symbol %d is in no symbol table", sid)
	}
	for i := len(s) - 1; i >= 0; i-- {
		if run := &s[i]; sid >= run.first {
			if run.texts == nil || run.texts[sid-run.first] == unknownText {
				break
			}
			return run.texts[sid-run.first], nil
		}
	}
	return "$" + strconv.FormatUint(sid, 10), nil
}

var errTooManySymbols = errors.New("a symbol table that is too large")

// tableBuilder makes the table that a struct annotated as one defines
// (section "Local Symbol Tables").
type tableBuilder struct {
	imported   symbols
	own        []string
	sawImports bool
	sawSymbols bool
}

// begin notes a field of the struct; each may be there once.
func (t *tableBuilder) begin(seen *bool, name string) error {
	if *seen {
		return fmt.Errorf("a symbol table with more than one field %s", name)
	}
	*seen = true
	return nil
}

// add appends a symbol.
func (t *tableBuilder) add(text string) error {
	if len(t.own) == maxSymbols {
		return errTooManySymbols
	}
	t.own = append(t.own, text)
	return nil
}

// tableImport is what an import says of the table that it names.
type tableImport struct {
	name    string // "": none, so that the import means nothing
	maxID   uint64
	counted bool // max_id is an integer and not negative
}

// use takes an import. The tables that it names are not at hand: their symbols
// are known by number alone, which needs the import to say how many they are.
func (t *tableBuilder) use(i tableImport) error {
	switch {
	case i.name == "" || i.name == systemSymbols[1]:
		return nil
	case !i.counted:
		return fmt.Errorf("the import of symbol table %q does not say its max_id", i.name)
	}
	imported, err := t.imported.with(i.maxID, nil)
	t.imported = imported
	return err
}

// table gives the symbols: the imported ones before the table's own.
func (t *tableBuilder) table() (symbols, error) {
	if len(t.own) == 0 {
		return t.imported, nil
	}
	return t.imported.with(uint64(len(t.own)), t.own)
}
