package fn

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"hash/crc32"
	"math/bits"

	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/exec/sketch"
)

// hashEntries are hashes of binary values.
func hashEntries() []*Entry {
	binary1 := func(name, doc, want string, f func(b, s []byte) []byte) *Entry {
		return &Entry{Names: []string{name}, Doc: doc, Examples: []Example{{SQL: name + "('abc'::varbinary)", Result: want}},
			overs: []overload{{sig: name + "(varbinary) varbinary", scalar: mapText(f)}}}
	}
	mac := func(name, want string, h func() hash.Hash) *Entry {
		return &Entry{Names: []string{name}, Doc: "Keyed hash (HMAC) of the data; the key is the second argument.", Examples: []Example{{SQL: "substr(to_hex(" + name + "('abc'::varbinary, 'k'::varbinary)), 1, 8)", Result: want}},
			overs: []overload{{sig: name + "(varbinary, varbinary) varbinary", scalar: textFn(func(b []byte, s []kernel.Strings, i int) ([]byte, error) {
				m := hmac.New(h, s[1].At(i))
				m.Write(s[0].At(i))
				return m.Sum(b), nil
			})}}}
	}
	md5Text := mapText(func(b, s []byte) []byte { h := md5.Sum(s); return hex.AppendEncode(b, h[:]) })
	return []*Entry{
		{Names: []string{"md5"}, Doc: "MD5 hash: as hexadecimal text in the postgres dialect, binary in the athena dialect.",
			Examples: []Example{{SQL: "md5('abc')", Result: "900150983cd24fb0d6963f7d28e17f72"}, {SQL: "md5(to_utf8('abc'))", Result: `\x900150983cd24fb0d6963f7d28e17f72`, Athena: true}},
			overs: []overload{
				{sig: "md5(varchar) varchar", dialect: pgOnly, scalar: md5Text},
				{sig: "md5(varbinary) varchar", dialect: pgOnly, scalar: md5Text},
				{sig: "md5(varbinary) varbinary", dialect: athenaOnly, scalar: mapText(func(b, s []byte) []byte { h := md5.Sum(s); return append(b, h[:]...) })},
			}},
		binary1("sha1", "SHA-1 hash.", `\xa9993e364706816aba3e25717850c26c9cd0d89d`, func(b, s []byte) []byte { h := sha1.Sum(s); return append(b, h[:]...) }),
		binary1("sha224", "SHA-224 hash.", `\x23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7`, func(b, s []byte) []byte { h := sha256.Sum224(s); return append(b, h[:]...) }),
		binary1("sha256", "SHA-256 hash.", `\xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad`, func(b, s []byte) []byte { h := sha256.Sum256(s); return append(b, h[:]...) }),
		binary1("sha384", "SHA-384 hash.", `\xcb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7`, func(b, s []byte) []byte { h := sha512.Sum384(s); return append(b, h[:]...) }),
		binary1("sha512", "SHA-512 hash.", `\xddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f`, func(b, s []byte) []byte { h := sha512.Sum512(s); return append(b, h[:]...) }),
		binary1("xxhash64", "xxHash (64 bits, seed 0), big-endian.", `\x44bc2cf5ad770999`, func(b, s []byte) []byte { return binary.BigEndian.AppendUint64(b, xxhash64(s)) }),
		binary1("spooky_hash_v2_64", "SpookyHash V2 (64 bits, seed 0), big-endian.", `\x8aab15f77537c967`, func(b, s []byte) []byte { return binary.BigEndian.AppendUint64(b, spooky64(s)) }),
		binary1("spooky_hash_v2_32", "SpookyHash V2 (32 bits, seed 0), big-endian.", `\x7537c967`, func(b, s []byte) []byte { return binary.BigEndian.AppendUint32(b, uint32(spooky64(s))) }),
		binary1("murmur3", "MurmurHash3 (128 bits for 64-bit machines, seed 0).", `\x6778ad3f3f3f96b4522dca264174a23b`, murmur3),
		mac("hmac_md5", "75972C9C", md5.New), mac("hmac_sha1", "F9BEF091", sha1.New), mac("hmac_sha256", "342E519C", sha256.New), mac("hmac_sha512", "BB9EC770", sha512.New),
		{Names: []string{"crc32"}, Doc: "CRC-32 of binary (polynomial of IEEE 802.3).", Examples: []Example{{SQL: "crc32('abc'::varbinary)", Result: "891568578"}},
			overs: []overload{{sig: "crc32(varbinary) bigint", scalar: intFn(func(s []kernel.Strings, i int) (int64, error) {
				return int64(crc32.ChecksumIEEE(s[0].At(i))), nil
			})}}},
	}
}

// The primes of xxHash, from its specification.
const (
	xx1 = 0x9E3779B185EBCA87
	xx2 = 0xC2B2AE3D27D4EB4F
	xx3 = 0x165667B19E3779F9
	xx4 = 0x85EBCA77C2B2AE63
	xx5 = 0x27D4EB2F165667C5
)

func xxRound(acc, lane uint64) uint64 { return bits.RotateLeft64(acc+lane*xx2, 31) * xx1 }

// xxhash64 is XXH64 with seed 0, after the xxHash specification (version 0.2.0).
func xxhash64(s []byte) uint64 {
	h, n := uint64(xx5), uint64(len(s))
	if len(s) >= 32 {
		prime1 := uint64(xx1)
		v := [4]uint64{prime1 + xx2, xx2, 0, -prime1}
		for ; len(s) >= 32; s = s[32:] {
			for k := range v {
				v[k] = xxRound(v[k], binary.LittleEndian.Uint64(s[8*k:]))
			}
		}
		h = bits.RotateLeft64(v[0], 1) + bits.RotateLeft64(v[1], 7) + bits.RotateLeft64(v[2], 12) + bits.RotateLeft64(v[3], 18)
		for _, x := range v {
			h = (h^xxRound(0, x))*xx1 + xx4
		}
	}
	h += n
	for ; len(s) >= 8; s = s[8:] {
		h = bits.RotateLeft64(h^xxRound(0, binary.LittleEndian.Uint64(s)), 27)*xx1 + xx4
	}
	if len(s) >= 4 {
		h = bits.RotateLeft64(h^uint64(binary.LittleEndian.Uint32(s))*xx1, 23)*xx2 + xx3
		s = s[4:]
	}
	for _, c := range s {
		h = bits.RotateLeft64(h^uint64(c)*xx5, 11) * xx1
	}
	h = (h ^ h>>33) * xx2
	h = (h ^ h>>29) * xx3
	return h ^ h>>32
}

// murmur3 appends MurmurHash3_x64_128 with seed 0; the two halves are
// little-endian.
func murmur3(b, s []byte) []byte {
	h1, h2 := sketch.Murmur3(s)
	return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(b, h1), h2)
}
