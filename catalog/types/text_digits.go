package types

import "strconv"

// pairs are the two digits of 0 to 99, one number after the other.
const pairs = "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849" +
	"5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899"

// appendDigits prints v with exactly n digits, at most 20, the higher ones cut off.
func appendDigits(b []byte, v uint64, n int) []byte {
	const zeros = "00000000000000000000"
	from := len(b)
	b = append(b, zeros[:n]...)
	i := len(b)
	for ; i-2 >= from; i -= 2 {
		p := v % 100 * 2
		b[i-2], b[i-1] = pairs[p], pairs[p+1]
		v /= 100
	}
	if i > from {
		b[from] = byte('0' + v%10)
	}
	return b
}

// appendDecimal64 is AppendDecimal of numbers below 2^63, with a scale of at most
// 18.
func appendDecimal64(b []byte, v int64, scale int) []byte {
	u := uint64(v)
	if v < 0 {
		b = append(b, '-')
		u = -u
	}
	p := uint64(Pow10[scale])
	whole := u / p
	b = strconv.AppendUint(b, whole, 10)
	if scale == 0 {
		return b
	}
	return appendDigits(append(b, '.'), u-whole*p, scale)
}
