package fn

import (
	"crypto/md5"
	"encoding/hex"
)

func miscEntries() []*Entry {
	return []*Entry{
		{Names: []string{"md5"}, Doc: "MD5 hash: as hexadecimal text in the postgres dialect, as binary of binary in the athena dialect.",
			Examples: []Example{{SQL: "md5('a')", Result: "0cc175b9c0f1b6a831c399e269772661"}},
			overs: []overload{
				{sig: "md5(varchar) varchar", dialect: pgOnly, scalar: mapText(func(b, s []byte) []byte {
					h := md5.Sum(s)
					return hex.AppendEncode(b, h[:])
				})},
			}},
	}
}
