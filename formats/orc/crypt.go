package orc

import (
	"errors"

	"github.com/glauxdb/glaux/catalog/fault"
)

// This file is column encryption (specification, "Column Encryption"): a subtree
// of columns is stored twice, encrypted under a key of a key service, and in the
// open with its values masked. Masked values are not the column's, so such columns
// are refused; the others are read as in any file, since streams of a kind of
// their own hold the place of encrypted bytes.

// lock is an EncryptionVariant: the root of the columns that it encrypts, and
// the name of the key.
type lock struct {
	root uint64
	key  string
}

var errLock = errors.New("an encrypted column, or its key, does not exist")

// decodeEncryption reads the Encryption message of a footer.
func decodeEncryption(b []byte) (locks []lock, err error) {
	var keys []string
	var which []uint64 // parallel to locks: positions in keys
	err = each(b, func(m *message) {
		switch m.num {
		case 2:
			name := ""
			m.err = each(m.data, func(in *message) {
				if in.num == 1 {
					name = string(in.data)
				}
			})
			keys = append(keys, name)
		case 3:
			var l lock
			key := uint64(0)
			m.err = each(m.data, func(in *message) {
				switch in.num {
				case 1:
					l.root = in.v
				case 2:
					key = in.v
				}
			})
			locks, which = append(locks, l), append(which, key)
		}
	})
	for i, k := range which {
		if err == nil && k >= uint64(len(keys)) {
			err = errLock
		}
		if err == nil {
			locks[i].key = keys[k]
		}
	}
	return locks, err
}

// lock marks the columns that are encrypted.
func (f *File) lock() error {
	for _, l := range f.foot.locks {
		n := f.root.find(l.root)
		if n == nil {
			return f.corrupt("the footer: %v", errLock)
		}
		n.lock(l.key)
	}
	return nil
}

// find gives the node of a column's number; nil without one.
func (n *node) find(col uint64) *node {
	if uint64(n.col) == col {
		return n
	}
	for _, k := range n.sub {
		if hit := k.find(col); hit != nil {
			return hit
		}
	}
	return nil
}

// lock marks a node and its parts; the first variant's key stays.
func (n *node) lock(key string) {
	if !n.locked {
		n.locked, n.key = true, key
	}
	for _, k := range n.sub {
		k.lock(key)
	}
}

// refuse makes the error of a column that is encrypted.
func (f *File) refuse(n *node) error {
	return fault.New(fault.CodeFeatureNotSupported, "the ORC column is encrypted with key %q", n.key).In(f.url).InColumn(n.path).
		WithHint("Select the columns that are not: keys of ORC files cannot be configured, and what is stored in the open is masked.")
}
