package diskcache

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"os"
)

// A file is a header, the key's text, and the bytes of the range:
//
//	"GLXRNG1\n"   8 bytes
//	CRC-32C       4 bytes, little endian, of key and data
//	key's length  4 bytes
//	key, data
const (
	fileMagic  = "GLXRNG1\n"
	headerSize = 16
)

var errDamaged = errors.New("the file is not what was written")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func entrySize(k *Key) int64 { return headerSize + int64(len(k.text())) + k.Len }

func writeEntry(w io.Writer, k *Key, data []byte) error {
	key := k.text()
	head := make([]byte, headerSize, headerSize+len(key))
	copy(head, fileMagic)
	sum := crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, data)
	binary.LittleEndian.PutUint32(head[8:], sum)
	binary.LittleEndian.PutUint32(head[12:], uint32(len(key)))
	if _, err := w.Write(append(head, key...)); err != nil {
		return err
	}
	_, err := w.Write(data)
	return err
}

// readEntry fills buf with the range of a file, if the file is that range, whole and
// unchanged.
func readEntry(path string, k *Key, buf []byte) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	want := k.text()
	head := make([]byte, headerSize+len(want))
	if _, err := io.ReadFull(f, head); err != nil {
		return errors.Join(errDamaged, err)
	}
	if string(head[:8]) != fileMagic || int(binary.LittleEndian.Uint32(head[12:])) != len(want) || !bytes.Equal(head[headerSize:], want) {
		return errDamaged
	}
	if _, err := io.ReadFull(f, buf); err != nil {
		return errors.Join(errDamaged, err)
	}
	if fi, err := f.Stat(); err != nil || fi.Size() != int64(len(head)+len(buf)) {
		return errDamaged
	}
	if crc32.Update(crc32.Checksum(want, castagnoli), castagnoli, buf) != binary.LittleEndian.Uint32(head[8:]) {
		return errDamaged
	}
	return nil
}
