package jsontext

import (
	"errors"
	"sort"
)

// ErrSyntax says that a text is not JSON.
var ErrSyntax = errors.New("invalid JSON text")

// Merge appends x || y: objects merged (y wins), arrays and scalars joined.
func Merge(b, x, y []byte) ([]byte, error) {
	if Kind(x) == '{' && Kind(y) == '{' {
		members := map[string][]byte{}
		add := func(k, v []byte) bool { members[string(k)] = v; return true }
		if !Each(x, add) || !Each(y, add) {
			return b, ErrSyntax
		}
		keys := make([]string, 0, len(members))
		for k := range members {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		b = append(b, '{')
		for i, k := range keys {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(append(append(b, k...), ':'), members[k]...)
		}
		return append(b, '}'), nil
	}
	b = append(b, '[')
	first := true
	for _, part := range [][]byte{x, y} {
		put := func(_, v []byte) bool {
			if !first {
				b = append(b, ',')
			}
			first = false
			b = append(b, v...)
			return true
		}
		if Kind(part) != '[' {
			put(nil, part)
		} else if !Each(part, put) {
			return b, ErrSyntax
		}
	}
	return append(b, ']'), nil
}

// Change says what Edit does at the end of a path.
type Change uint8

// The changes.
const (
	Delete       Change = iota // take the value out
	Replace                    // put another in its place, if there is one
	Set                        // the same, or add it where there is none
	InsertBefore               // add an element; a member only where there is none
	InsertAfter
)

// Edit appends v with a change at a path of names and positions. A path that leads
// nowhere changes nothing, but that Set and the inserts add the last step: at an
// array's ends where the position lies beyond them.
func Edit(b, v []byte, path []Step, how Change, fresh []byte) ([]byte, error) {
	k := Kind(v)
	if len(path) == 0 || k != '{' && k != '[' {
		return append(b, v...), nil
	}
	if k == '{' {
		return editObject(b, v, path, how, fresh)
	}
	return editArray(b, v, path, how, fresh)
}

// ErrExists says that an insert found a member of that name.
var ErrExists = errors.New("cannot replace existing key")

// ErrNotIndex says that a step into an array is no integer.
var ErrNotIndex = errors.New("path element is not an integer")

type parts struct {
	b     []byte
	first bool
}

func (p *parts) add(key, val []byte) {
	if !p.first {
		p.b = append(p.b, ',')
	}
	p.first = false
	if key != nil {
		p.b = append(append(p.b, key...), ':')
	}
	p.b = append(p.b, val...)
}

func editObject(b, v []byte, path []Step, how Change, fresh []byte) (_ []byte, err error) {
	p, found := parts{append(b, '{'), true}, false
	last := len(path) == 1
	Each(v, func(key, val []byte) bool {
		switch {
		case !KeyIs(key, path[0].Name):
			p.add(key, val)
			return true
		case !last:
			var part []byte
			if part, err = Edit(nil, val, path[1:], how, fresh); err == nil {
				p.add(key, part)
			}
		case how == Replace || how == Set:
			p.add(key, fresh)
		case how != Delete:
			err = ErrExists
		}
		found = true
		return err == nil
	})
	if !found && last && how >= Set {
		p.add(AppendQuoted(nil, []byte(path[0].Name)), fresh)
	}
	return append(p.b, '}'), err
}

func editArray(b, v []byte, path []Step, how Change, fresh []byte) (_ []byte, err error) {
	if !path[0].IsIndex {
		return b, ErrNotIndex
	}
	n, at, last := Len(v), path[0].Index, len(path) == 1
	if at < 0 {
		at += n
	}
	p, i := parts{append(b, '['), true}, int64(0)
	if last && at < 0 && how >= Set {
		p.add(nil, fresh)
	}
	Each(v, func(_, val []byte) bool {
		here := i == at
		i++
		switch {
		case !here:
			p.add(nil, val)
		case !last:
			var part []byte
			if part, err = Edit(nil, val, path[1:], how, fresh); err == nil {
				p.add(nil, part)
			}
		case how == Replace || how == Set:
			p.add(nil, fresh)
		case how == InsertBefore:
			p.add(nil, fresh)
			p.add(nil, val)
		case how == InsertAfter:
			p.add(nil, val)
			p.add(nil, fresh)
		}
		return err == nil
	})
	if last && at >= n && how >= Set {
		p.add(nil, fresh)
	}
	return append(p.b, ']'), err
}
