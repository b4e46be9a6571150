package types

import (
	"net/netip"
	"strconv"
)

// AppendIP prints the 16 bytes of an ipaddress: an IPv4 address with dots, an
// IPv6 address as RFC 5952 shortens it.
func AppendIP(b, data []byte) []byte {
	if len(data) != 16 {
		return AppendHex(b, data)
	}
	return netip.AddrFrom16([16]byte(data)).Unmap().AppendTo(b)
}

// ParseIP appends the 16 bytes of an address. Addresses with a zone are none.
func ParseIP(dst, s []byte) ([]byte, error) {
	a, err := netip.ParseAddr(string(trim(s)))
	if err != nil || a.Zone() != "" {
		return dst, ErrSyntax
	}
	b := a.As16()
	return append(dst, b[:]...), nil
}

// IPBits gives the length of an address in bits: 32 of an IPv4 address in its 16
// bytes, else 128.
func IPBits(addr []byte) int {
	if netip.AddrFrom16([16]byte(addr)).Is4In6() {
		return 32
	}
	return 128
}

// AppendMaskedIP appends an address with the bits behind the first n (of IPBits)
// set to zero, or with ones to one.
func AppendMaskedIP(dst, addr []byte, n int, ones bool) []byte {
	from := len(dst)
	dst = append(dst, addr...)
	keep := n + 128 - IPBits(addr)
	for i := range 16 {
		mask := byte(0xff)
		if left := keep - 8*i; left > 0 {
			mask >>= min(left, 8)
		}
		if ones {
			dst[from+i] |= mask
		} else {
			dst[from+i] &^= mask
		}
	}
	return dst
}

// AppendIPPrefix prints an ipprefix: its first address and its length.
func AppendIPPrefix(b, data []byte) []byte {
	if len(data) != 17 {
		return AppendHex(b, data)
	}
	b = append(AppendIP(b, data[:16]), '/')
	return strconv.AppendUint(b, uint64(data[16]), 10)
}

// ParseIPPrefix appends the 17 bytes of address/length; bits behind the length
// are set to zero.
func ParseIPPrefix(dst, s []byte) ([]byte, error) {
	s = trim(s)
	at := len(s) - 1
	for at >= 0 && s[at] != '/' {
		at--
	}
	if at < 0 {
		return dst, ErrSyntax
	}
	addr, err := ParseIP(nil, s[:at])
	if err != nil {
		return dst, err
	}
	n, err := strconv.ParseUint(string(s[at+1:]), 10, 8)
	if err != nil || int(n) > IPBits(addr) {
		return dst, ErrSyntax
	}
	return append(AppendMaskedIP(dst, addr, int(n), false), byte(n)), nil
}
