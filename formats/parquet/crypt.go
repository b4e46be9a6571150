package parquet

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
)

// This file is modular encryption (Encryption.md): AES_GCM_V1 and
// AES_GCM_CTR_V1, with encrypted and with plaintext footers. Keys are known by
// the IDs that files name in their key metadata; those that a key service has
// wrapped are refused by name. Of encrypted columns neither page indexes nor Bloom
// filters are used.

// The properties of a table whose files are encrypted.
const (
	// propertyKey names the footer's key where files do not.
	propertyKey = "parquet.encryption.footer.key"
	// propertyAAD is the prefix of the additional data that files do not store.
	propertyAAD = "parquet.encryption.aad.prefix"
)

// The kinds of modules, a byte of the additional data.
const (
	moduleFooter = iota
	moduleColumnMeta
	moduleDataPage
	moduleDictPage
	moduleDataHeader
	moduleDictHeader
	moduleColumnIndex
	moduleOffsetIndex
	moduleBloomHeader
	moduleBloomBits
)

const (
	nonceLen = 12
	tagLen   = 16
)

var errSealed = errors.New("an encrypted part does not open with its key")

// cryptMeta is an EncryptionAlgorithm with what goes with it.
type cryptMeta struct {
	algorithm int16 // 1: AES_GCM_V1, 2: AES_GCM_CTR_V1; 0: none
	prefix    []byte
	unique    []byte
	supply    bool   // the prefix is not stored
	key       []byte // metadata of the footer's key
}

// decodeAlgorithm reads an EncryptionAlgorithm.
func decodeAlgorithm(t *thrift, c *cryptMeta) {
	t.fields(func(kind int16, typ byte) {
		c.algorithm = kind
		if typ != tStruct {
			t.skip(typ)
			return
		}
		t.fields(func(id int16, typ byte) {
			switch {
			case id == 1 && typ == tBinary:
				c.prefix = t.binary()
			case id == 2 && typ == tBinary:
				c.unique = t.binary()
			case id == 3 && (typ == tTrue || typ == tFalse):
				c.supply = typ == tTrue
			default:
				t.skip(typ)
			}
		})
	})
}

// decodeFileCrypt reads a FileCryptoMetaData and gives its length.
func decodeFileCrypt(b []byte) (c cryptMeta, n int, err error) {
	t := &thrift{b: b}
	t.fields(func(id int16, typ byte) {
		switch {
		case id == 1 && typ == tStruct:
			decodeAlgorithm(t, &c)
		case id == 2 && typ == tBinary:
			c.key = t.binary()
		default:
			t.skip(typ)
		}
	})
	return c, t.p, t.err
}

// chunkCrypt is a ColumnCryptoMetaData with the ColumnMetaData that it hides.
type chunkCrypt struct {
	ownKey bool
	key    []byte // its metadata
	sealed []byte // the encrypted ColumnMetaData; nil: it is not encrypted
}

func decodeChunkCrypt(t *thrift, c *chunkCrypt) {
	t.fields(func(kind int16, typ byte) {
		if kind != 2 || typ != tStruct {
			t.skip(typ)
			return
		}
		c.ownKey = true
		t.fields(func(id int16, typ byte) {
			if id == 2 && typ == tBinary {
				c.key = t.binary()
				return
			}
			t.skip(typ)
		})
	})
}

// fileCrypt opens the modules of one file.
type fileCrypt struct {
	url    string
	keys   map[string][]byte
	ctr    bool
	aad    []byte
	footer *moduleKey // nil: its key is not known
	named  string     // the footer's key as a person knows it
}

// moduleKey is a key made ready.
type moduleKey struct {
	aead  cipher.AEAD
	block cipher.Block // of pages' bytes with AES_GCM_CTR_V1; nil otherwise
}

// newFileCrypt prepares for a file's algorithm. A footer's key that is not known
// is no error yet.
func (f Format) newFileCrypt(url string, m *cryptMeta, opt formats.Options) (*fileCrypt, error) {
	c := &fileCrypt{url: url, keys: f.Keys, ctr: m.algorithm == 2}
	if m.algorithm != 1 && m.algorithm != 2 {
		return nil, fault.New(fault.CodeFeatureNotSupported, "the Parquet file is encrypted with algorithm %d, which is not supported", m.algorithm).In(url)
	}
	prefix := m.prefix
	if p := opt.Properties[propertyAAD]; p != "" {
		prefix = []byte(p)
	} else if m.supply && len(prefix) == 0 {
		return nil, fault.New(fault.CodeFeatureNotSupported, "the Parquet file is encrypted with a prefix that it does not store").In(url).
			WithHint("Give the table the property '" + propertyAAD + "'.")
	}
	c.aad = slices.Concat(prefix, m.unique)
	id := m.key
	if len(id) == 0 {
		id = []byte(opt.Properties[propertyKey])
	}
	c.named = keyName(id)
	var err error
	if key, ok := f.Keys[string(id)]; ok {
		c.footer, err = c.ready(key)
	}
	return c, err
}

// keyName shows key metadata in messages.
func keyName(meta []byte) string {
	switch {
	case len(meta) == 0:
		return "a key without a name"
	case meta[0] == '{' || !utf8.Valid(meta) || len(meta) > 100:
		return "a key that a key service has wrapped"
	}
	return fmt.Sprintf("key %q", meta)
}

// ready makes ciphers of a key.
func (c *fileCrypt) ready(key []byte) (*moduleKey, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fault.Wrap(err, fault.CodeInvalidParameter, "a Parquet key has %d bytes; AES takes 16, 24 or 32", len(key)).In(c.url)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	k := &moduleKey{aead: aead}
	if c.ctr {
		k.block = block
	}
	return k, nil
}

// locked is the error for what is encrypted with a key that is not configured.
func locked(what, key string) *fault.Error {
	return fault.New(fault.CodeFeatureNotSupported, "the Parquet %s is encrypted with %s, which is not configured", what, key).
		WithHint("Name the key and its bytes under parquet.keys in the configuration.")
}

// moduleAAD gives the additional data of a module; ordinals below zero are left out.
func (c *fileCrypt) moduleAAD(kind byte, group, column, page int) []byte {
	b := append(slices.Clip(slices.Clone(c.aad)), kind)
	for _, n := range [3]int{group, column, page} {
		if n >= 0 {
			b = binary.LittleEndian.AppendUint16(b, uint16(n))
		}
	}
	return b
}

// module takes the bytes of the first module of b: a length and so many.
func module(b []byte) (body, rest []byte, err error) {
	if len(b) < 4 {
		return nil, nil, errSealed
	}
	n := binary.LittleEndian.Uint32(b)
	if uint64(n) > uint64(len(b)-4) || n < nonceLen {
		return nil, nil, errSealed
	}
	return b[4 : 4+n], b[4+n:], nil
}

// open decrypts a module with GCM.
func (k *moduleKey) open(body, aad []byte) ([]byte, error) {
	if len(body) < nonceLen+tagLen {
		return nil, errSealed
	}
	out, err := k.aead.Open(nil, body[:nonceLen], body[nonceLen:], aad)
	if err != nil {
		return nil, errSealed
	}
	return out, nil
}

// openPage decrypts a page's bytes, with the algorithm that is for them.
func (k *moduleKey) openPage(body, aad []byte) ([]byte, error) {
	if k.block == nil {
		return k.open(body, aad)
	}
	iv := [aes.BlockSize]byte{15: 1}
	copy(iv[:], body[:nonceLen])
	out := make([]byte, len(body)-nonceLen)
	cipher.NewCTR(k.block, iv[:]).XORKeyStream(out, body[nonceLen:])
	return out, nil
}

// openFooter decrypts the footer of a file that ends with PARE.
func (f Format) openFooter(url string, b []byte, opt formats.Options) ([]byte, *fileCrypt, error) {
	m, n, err := decodeFileCrypt(b)
	if err != nil || m.algorithm == 0 {
		return nil, nil, fault.New(fault.CodeFeatureNotSupported, "the Parquet file is encrypted").In(url)
	}
	c, err := f.newFileCrypt(url, &m, opt)
	if err != nil {
		return nil, nil, err
	}
	if c.footer == nil {
		return nil, nil, locked("file", c.named).In(url)
	}
	body, _, err := module(b[n:])
	if err == nil {
		body, err = c.footer.open(body, c.moduleAAD(moduleFooter, -1, -1, -1))
	}
	if err != nil {
		return nil, nil, fault.Wrap(err, fault.CodeDataCorrupted, "the footer of the Parquet file does not open with %s", c.named).In(url)
	}
	return body, c, nil
}

// verify checks the signature behind a plaintext footer, if its key is known.
func (c *fileCrypt) verify(footer []byte) error {
	at := len(footer) - nonceLen - tagLen
	if at < 0 {
		return fault.Corrupt(c.url, "the Parquet footer has no signature")
	}
	if c.footer == nil {
		return nil
	}
	nonce, tag := footer[at:at+nonceLen], footer[at+nonceLen:]
	made := c.footer.aead.Seal(nil, nonce, footer[:at], c.moduleAAD(moduleFooter, -1, -1, -1))
	if string(made[len(made)-tagLen:]) != string(tag) {
		return fault.Corrupt(c.url, "the signature of the Parquet footer is not of %s", c.named)
	}
	return nil
}

// unlock finds the keys of the encrypted column chunks and reads their metadata.
// What stays locked is an error for those who read it.
func (c *fileCrypt) unlock(m *fileMeta, leaves []*leaf) error {
	ready := map[string]*moduleKey{}
	for g := range m.groups {
		for i := range m.groups[g].chunks {
			ch := &m.groups[g].chunks[i]
			if !ch.encrypted {
				continue
			}
			key, err := c.chunkKey(&ch.crypt, ready)
			if err != nil {
				return err
			}
			if key == nil {
				ch.lockedBy = c.named
				if ch.crypt.ownKey {
					ch.lockedBy = keyName(ch.crypt.key)
				}
				continue
			}
			ordinal := g
			if m.groups[g].hasOrdinal {
				ordinal = int(m.groups[g].ordinal)
			}
			ch.open = &chunkOpener{file: c, key: key, group: ordinal, column: i}
			if err := ch.open.metadata(ch); err != nil {
				e := fault.Wrap(err, fault.CodeDataCorrupted, "corrupt Parquet metadata: %v", err).In(c.url)
				if i < len(leaves) {
					e = e.InColumn(leaves[i].path)
				}
				return e
			}
			ch.encrypted = false
		}
	}
	return nil
}

// chunkKey gives the key of a chunk; nil: it is not known.
func (c *fileCrypt) chunkKey(m *chunkCrypt, ready map[string]*moduleKey) (*moduleKey, error) {
	if !m.ownKey {
		return c.footer, nil
	}
	if k, ok := ready[string(m.key)]; ok {
		return k, nil
	}
	key, ok := c.keys[string(m.key)]
	if !ok {
		return nil, nil
	}
	k, err := c.ready(key)
	ready[string(m.key)] = k
	return k, err
}

// chunkOpener opens the modules of one column chunk.
type chunkOpener struct {
	file          *fileCrypt
	key           *moduleKey
	group, column int
}

// metadata reads the ColumnMetaData that is encrypted by itself.
func (o *chunkOpener) metadata(ch *chunkMeta) error {
	if ch.crypt.sealed == nil {
		return nil
	}
	body, _, err := module(ch.crypt.sealed)
	if err != nil {
		return err
	}
	plain, err := o.key.open(body, o.file.moduleAAD(moduleColumnMeta, o.group, o.column, -1))
	if err != nil {
		return err
	}
	t := &thrift{b: plain}
	ch.hasMeta = true
	decodeColumnMeta(t, ch)
	return t.err
}

// whole opens bytes that are one module: an index, or a part of a Bloom filter.
func (o *chunkOpener) whole(b []byte, kind byte) (plain, rest []byte, err error) {
	body, rest, err := module(b)
	if err == nil {
		plain, err = o.key.open(body, o.file.moduleAAD(kind, o.group, o.column, -1))
	}
	return plain, rest, err
}

// page opens the modules of a page, whose header it leaves in h, and gives what
// follows them. A data page is known by its number, the dictionary by -1.
func (o *chunkOpener) page(b []byte, number int, h *pageHeader) (body, rest []byte, err error) {
	header, kind := byte(moduleDataHeader), byte(moduleDataPage)
	if number < 0 {
		header, kind = moduleDictHeader, moduleDictPage
	}
	sealed, rest, err := module(b)
	if err != nil {
		return nil, nil, err
	}
	plain, err := o.key.open(sealed, o.file.moduleAAD(header, o.group, o.column, number))
	if err != nil {
		return nil, nil, err
	}
	if _, err := decodePageHeader(plain, h); err != nil {
		return nil, nil, err
	}
	if h.compressed < 0 || h.uncompressed < 0 || h.values < 0 || int(h.compressed) > len(rest) {
		return nil, nil, errPageSize
	}
	if sealed, _, err = module(rest[:h.compressed]); err != nil {
		return nil, nil, err
	}
	rest = rest[h.compressed:]
	if body, err = o.key.openPage(sealed, o.file.moduleAAD(kind, o.group, o.column, number)); err != nil {
		return nil, nil, err
	}
	h.compressed, h.hasCRC = int32(len(body)), false // what GCM opens is whole
	return body, rest, nil
}

// walkSealed finds the pages in the encrypted bytes of a whole chunk, which are
// copied as they are opened.
func (c *column) walkSealed(b []byte) error {
	if err := c.holds(holdSealed, len(b)); err != nil {
		return err
	}
	seen, number := int64(0), 0
	for first := true; len(b) > 0 && seen < c.meta.values; first = false {
		var h pageHeader
		body, rest, err := c.meta.open.page(b, number, &h)
		if first && err == errSealed {
			number = -1
			body, rest, err = c.meta.open.page(b, number, &h)
		}
		if err != nil {
			return err
		}
		number++
		n, err := c.addPage(&h, body)
		if err != nil {
			return err
		}
		b, seen = rest, seen+n
	}
	if seen != c.meta.values {
		return errRows
	}
	return c.numberRows(false)
}

// openPages replaces the dictionary and the pages that the offset index located
// by what they hold.
func (c *column) openPages(b *chunkBytes) error {
	total := len(b.dict)
	for _, p := range b.pages {
		total += len(p)
	}
	if err := c.holds(holdSealed, total); err != nil {
		return err
	}
	if len(b.dict) > 0 {
		var h pageHeader
		body, _, err := c.meta.open.page(b.dict, -1, &h)
		if err != nil {
			return err
		}
		if h.typ != pageDict {
			return errLocation
		}
		if err := c.loadDict(&h, body); err != nil {
			return err
		}
	}
	for i, l := range b.locs {
		p := page{row: l.row, rows: pageEnd(b.locs, i, c.groupRows) - l.row}
		if b.pages[i] != nil {
			var err error
			if p.body, _, err = c.meta.open.page(b.pages[i], i, &p.hdr); err != nil {
				return err
			}
			if h := &p.hdr; h.typ != pageData && h.typ != pageDataV2 || c.leaf.maxRep == 0 && int64(h.values) != p.rows {
				return errLocation
			}
		}
		c.pages = append(c.pages, p)
	}
	return nil
}
