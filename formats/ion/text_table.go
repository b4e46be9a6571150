package ion

import (
	"strconv"
	"strings"
)

// annotations passes those before a value.
func (p *textParser) annotations() error {
	for {
		if err := p.space(); err != nil {
			return err
		}
		at := p.i
		if c := p.peek(); c != '\'' && class[c]&(classWord|classDigit) != classWord || p.has("'''") {
			return nil
		}
		annotation, _, err := p.word(nil)
		if err != nil {
			return err
		}
		if !annotation {
			p.i = at
			return nil
		}
	}
}

// table reads a local symbol table, which holds from the next value on.
func (p *textParser) table() error {
	var t tableBuilder
	if p.has("null.struct") {
		p.i += len("null.struct")
		p.next = new(symbols)
		return nil
	}
	err := p.each('}', func() error {
		name, err := p.tableField()
		switch {
		case err != nil:
			return err
		case name == systemSymbols[symbolImports]:
			if err := t.begin(&t.sawImports, name); err != nil {
				return err
			}
			return p.imports(&t)
		case name == systemSymbols[symbolSymbols]:
			if err := t.begin(&t.sawSymbols, name); err != nil {
				return err
			}
			return p.ownSymbols(&t)
		}
		return p.skip()
	})
	if err != nil {
		return err
	}
	made, err := t.table()
	p.next = &made
	return err
}

// tableField reads a field's name and goes to its value.
func (p *textParser) tableField() (string, error) {
	s, err := p.fieldName()
	if err != nil {
		return "", err
	}
	name := strings.Clone(string(s))
	if err := p.colon(); err != nil {
		return "", err
	}
	return name, p.annotations()
}

// each calls f at each member of the struct or list at the parser's place.
func (p *textParser) each(closer byte, f func() error) error {
	p.i++
	for {
		if err := p.space(); err != nil {
			return err
		}
		if p.peek() == closer {
			p.i++
			return nil
		}
		if err := f(); err != nil {
			return err
		}
		if err := p.comma(closer); err != nil {
			return err
		}
	}
}

// skip passes a value of which nothing is wanted.
func (p *textParser) skip() error {
	_, err := p.value(nil, 1, false)
	return err
}

// ownSymbols reads the texts of a table's symbols. What is no string has no
// text.
func (p *textParser) ownSymbols(t *tableBuilder) error {
	if p.peek() != '[' {
		return p.skip()
	}
	return p.each(']', func() error {
		if err := p.annotations(); err != nil {
			return err
		}
		s, ok, err := p.string()
		if err != nil {
			return err
		}
		if !ok {
			s = unknownText
		}
		return t.add(s)
	})
}

// string reads a value; ok if it is a string.
func (p *textParser) string() (s string, ok bool, err error) {
	if p.peek() != '"' && !p.has("'''") {
		return "", false, p.skip()
	}
	text, err := p.text(false)
	return string(text), true, err
}

// imports reads what a table imports: others, or the one before it.
func (p *textParser) imports(t *tableBuilder) error {
	switch c := p.peek(); {
	case c == '[':
		return p.each(']', func() error { return p.oneImport(t) })
	case c == '\'' && !p.has("'''"), class[c]&(classWord|classDigit) == classWord:
		from := p.i
		s, literal, err := p.symbol()
		if err != nil {
			return err
		}
		if string(s) == systemSymbols[symbolTable] {
			t.imported = p.symbols
			return nil
		}
		if literal {
			p.i = from
			return p.skip()
		}
		return nil
	}
	return p.skip()
}

// oneImport reads the struct that names a shared table.
func (p *textParser) oneImport(t *tableBuilder) error {
	if err := p.annotations(); err != nil {
		return err
	}
	if p.peek() != '{' || p.has("{{") {
		return p.skip()
	}
	var use tableImport
	err := p.each('}', func() error {
		name, err := p.tableField()
		switch {
		case err != nil:
			return err
		case name == systemSymbols[symbolName]:
			use.name, _, err = p.string()
			return err
		case name == systemSymbols[symbolMaxID]:
			from := p.i
			if err := p.skip(); err != nil {
				return err
			}
			use.maxID, err = strconv.ParseUint(string(p.b[from:p.i]), 0, 64)
			use.counted = err == nil
			return nil
		}
		return p.skip()
	})
	if err != nil {
		return err
	}
	return t.use(use)
}
