package types

import (
	"encoding/binary"
	"strings"
)

// systemColors are the colours of terminals that have a name, by their number.
var systemColors = [...]string{"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"}

// AppendColorBytes appends the bytes of a color: 0xRRGGBB, or -1 and down for the
// colours with a name.
func AppendColorBytes(b []byte, c int32) []byte { return binary.BigEndian.AppendUint32(b, uint32(c)) }

// ColorOf reads the bytes of a color.
func ColorOf(data []byte) int32 { return int32(binary.BigEndian.Uint32(data)) }

// AppendColor prints a color as #rrggbb or its name.
func AppendColor(b, data []byte) []byte {
	if len(data) != 4 {
		return AppendHex(b, data)
	}
	c := ColorOf(data)
	if c < 0 && int(-c) <= len(systemColors) {
		return append(b, systemColors[-c-1]...)
	}
	b = append(b, '#')
	for shift := 20; shift >= 0; shift -= 4 {
		b = append(b, hexDigits[c>>shift&15])
	}
	return b
}

// ParseColor reads #rgb or the name of a colour in any case.
func ParseColor(s string) (int32, bool) {
	for i, name := range systemColors {
		if strings.EqualFold(s, name) {
			return int32(-i - 1), true
		}
	}
	if len(s) != 4 || s[0] != '#' {
		return 0, false
	}
	c := int32(0)
	for i := 1; i < 4; i++ {
		d, ok := hexValue(s[i])
		if !ok {
			return 0, false
		}
		c = c<<8 | int32(d)*0x11
	}
	return c, true
}
