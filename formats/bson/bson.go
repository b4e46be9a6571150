// Package bson reads files of BSON documents one behind another, as mongodump
// writes them (bsonspec.org, version 1.1).
//
//	bytes ── reader: document by document ── appendDocument ──> JSON lines ── formats/json ──> Batch
//
// A document is what its JSON says: object IDs are 24 hexadecimal digits,
// binary data base64, points in time timestamps in UTC, 128-bit decimals
// numbers; what stands for nothing (undefined, the least and the greatest key)
// is null. Line numbers in errors are numbers of documents.
package bson

import (
	"encoding/binary"
	"errors"
	"io"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/json"
	"github.com/glauxdb/glaux/formats/lines"
)

// Format is the bson format.
func Format() json.Encoding {
	return json.Encoding{Classification: "bson", Recognize: sniff, Decode: decode}
}

const (
	minDocument = 5 // a length and the end
	// maxDocument is more than MongoDB's limit of 16 MiB, which some writers pass.
	maxDocument = 48 << 20
)

// sniff reads the first document, as far as it is there.
func sniff(_ string, head []byte) float64 {
	if len(head) < minDocument {
		return 0
	}
	n := int64(binary.LittleEndian.Uint32(head))
	if n < minDocument+2 || n > maxDocument {
		return 0
	}
	whole := n <= int64(len(head))
	p := parser{b: head[:min(n, int64(len(head)))]}
	_, err := p.document(nil, 0)
	switch {
	case err == nil && whole:
		return 1
	case !whole && errors.Is(err, errShort) && p.elements > 0:
		return 0.9
	}
	return 0
}

func decode(r io.Reader) io.Reader {
	d := &reader{src: r}
	return json.Lines(d.next)
}

// reader makes JSON lines of documents.
type reader struct {
	src  io.Reader
	doc  []byte
	text []byte
}

// next reads one document.
func (r *reader) next() ([]byte, error) {
	var size [4]byte
	if _, err := io.ReadFull(r.src, size[:]); err != nil {
		return nil, cutShort(err)
	}
	n := int64(binary.LittleEndian.Uint32(size[:]))
	if n < minDocument || n > maxDocument {
		return nil, fault.New(fault.CodeDataCorrupted, "invalid BSON: a document of %d bytes", n)
	}
	r.doc = append(r.doc[:0], size[:]...)
	for int64(len(r.doc)) < n { // memory grows with what is there, not with what the length claims
		at := len(r.doc)
		step := int(min(n-int64(at), max(64<<10, int64(at))))
		if err := lines.Grow(r.src, cap(r.doc), at+step); err != nil {
			return nil, err
		}
		if at+step > cap(r.doc) {
			r.doc = append(make([]byte, 0, at+step), r.doc...)
		}
		r.doc = r.doc[:at+step]
		if _, err := io.ReadFull(r.src, r.doc[at:]); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, cutShort(err)
		}
	}
	p := parser{b: r.doc}
	text, err := p.document(r.text[:0], 0)
	if err != nil {
		return nil, fault.Wrap(err, fault.CodeDataCorrupted, "invalid BSON: %v", err)
	}
	r.text = append(text, '\n')
	return r.text, nil
}

// cutShort makes a fault of a file that ends inside a document.
func cutShort(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fault.Wrap(err, fault.CodeDataCorrupted, "invalid BSON: the file ends inside a document")
	}
	return err
}
