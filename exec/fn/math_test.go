package fn_test

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

func TestMathPostgres(t *testing.T) {
	pg, _ := sessions(t)
	run(t, pg, []check{
		{sql: "pg_typeof(round(5)) || ' ' || round(5)", want: "double precision 5"},
		{sql: "round(0.5), round(-0.5), round(1.5::float8), round(-2.5::float8)", want: "1|-1|2|-2"},
		{sql: "round(1.005, 2), round(-1.005, 2), round(1.5, 3), round(5, 2)", want: "1.01|-1.01|1.500|5.00"},
		{sql: "round(999.995, 2), round(99999999999999999.5), round(149, -2), round(150, -2)", want: "1000.00|100000000000000000|100|200"},
		{sql: "round(1.5, -39), trunc(-1.99, 1), trunc(12345.678, -2), trunc(1e30::numeric(38,2))", want: "0|-1.9|12300|1000000000000000000000000000000"},
		{sql: "ceil(1.1), ceil(-1.1), ceil(2.0), floor(1.1), floor(-1.1), ceil(0.1::float8)", want: "2|-1|2|1|-2|1"},
		{sql: "round(x, 1) FROM (VALUES (1.25), (NULL), (-1.25)) t(x) ORDER BY 1 LIMIT 1", want: "-1.3"},
		{sql: "abs(-5), abs(-5.5), abs(-5.5::float8), abs(5::smallint)", want: "5|5.5|5.5|5"},
		{sql: "abs((-2147483648)::integer)", code: "22003"},
		{sql: "abs((-9223372036854775808)::bigint)", code: "22003"},
		{sql: "sign(-3), sign(0), sign(2.5), sign(0.0)", want: "-1|0|1|0"},
		{sql: "sqrt(-1)", code: "2201F"}, {sql: "ln(0)", code: "2201E"}, {sql: "ln(-1)", code: "2201E"}, {sql: "log(0)", code: "2201E"},
		{sql: "acos(2)", code: "22003"}, {sql: "exp(1000)", code: "22003"}, {sql: "power(0, -1)", code: "2201F"},
		{sql: "power(-8, 0.5)", code: "2201F"}, {sql: "power(10, 400)", code: "22003"}, {sql: "log(1, 5)", code: "22012"},
		{sql: "log(2, 0)", code: "2201E"}, {sql: "sin('Infinity'::float8)", code: "22003"},
		{sql: "gcd(-12, 18), gcd(0, 0), gcd(0, 5), lcm(-4, 6), lcm(0, 3)", want: "6|0|5|12|0"},
		{sql: "gcd(-9223372036854775808, -1)", want: "1"},
		{sql: "lcm(2147483647, 2147483646)", code: "22003"},
		{sql: "factorial(0), factorial(33)", want: "1|8683317618811886495518194401280000000"},
		{sql: "factorial(34)", code: "22003"}, {sql: "factorial(-1)", code: "22003"},
		{sql: "div(-7, 2), div(7, -2.5)", want: "-3|-2"}, {sql: "div(1, 0)", code: "22012"},
		{sql: "1 << 33, 1::bigint << 33, -1 >> 40, ~ 0, 5 & 3, 5 | 3, 5 # 3", want: "2|8589934592|-1|-1|1|7|6"},
		{sql: "width_bucket(0, 0, 10, 5), width_bucket(10, 0, 10, 5), width_bucket(-1, 0, 10, 5), width_bucket(10, 10, 0, 5), width_bucket(0, 10, 0, 5)", want: "1|6|0|1|6"},
		{sql: "width_bucket(1, 1, 1, 5)", code: "2201G"}, {sql: "width_bucket(1, 0, 1, 0)", code: "2201G"},
		{sql: "random() >= 0 AND random() < 1 AND random(10) < 10 AND random(5, 6) = 5", want: "true"},
		{sql: "random(0)", code: "22023"},
		{sql: "count(DISTINCT random()) > 90 FROM generate_series(1, 100)", want: "true"},
	})
}

func TestMathAthena(t *testing.T) {
	_, athena := sessions(t)
	run(t, athena, []check{
		{sql: "typeof(round(5)), typeof(ceil(bigint '5')), typeof(round(5.55, 1)), typeof(ceil(5.55)), typeof(sqrt(4))", want: "integer|bigint|decimal(4,2)|decimal(2,0)|double"},
		{sql: "round(5.55, 1), round(155, -1), round(cast(2.675 as real), 1), round(1.2e300, 20)", want: "5.60|160|2.7|1.2e+300"},
		{sql: "sqrt(-1), ln(0), exp(1000), power(0, -1), acos(2)", want: "NaN|-Infinity|Infinity|Infinity|NaN"},
		{sql: "round(tinyint '127', -1)", code: "22003"},
		{sql: "truncate(-1.99e0), truncate(123.456, 1), truncate(123, -1)", want: "-1|123.400|120"},
		{sql: "sign(-2.5e0), typeof(sign(2)), sign(nan())", want: "-1|integer|NaN"},
		{sql: "bitwise_left_shift(1, 40), bitwise_right_shift(-1, 31), bitwise_right_shift_arithmetic(-1, 70)", want: "0|1|-1"},
		{sql: "bit_count(9, 64), bit_count(-1, 2)", want: "2|2"}, {sql: "bit_count(8, 3)", code: "22023"},
		{sql: "to_base(-255, 2), from_base('-zz', 36)", want: "-11111111|-1295"},
		{sql: "from_base('9', 8)", code: "22023"}, {sql: "to_base(1, 37)", code: "22023"},
		{sql: "inverse_normal_cdf(0, 1, 0)", code: "22023"}, {sql: "beta_cdf(0, 1, 0.5)", code: "22023"},
		{sql: "round(normal_cdf(0, 1, 1.96), 4), round(beta_cdf(3, 3.6, 0.9), 4), round(beta_cdf(3, 3.6, inverse_beta_cdf(3, 3.6, 0.95)), 10), round(inverse_beta_cdf(2, 5, 0.95), 4)", want: "0.975|0.9973|0.95|0.5818"},
		{sql: "cosine_similarity(array[0.0], array[1.0])", want: "NULL"},
	})
}

// TestRoundDecimals compares rounding with the slow way over big numbers.
func TestRoundDecimals(t *testing.T) {
	pg, _ := sessions(t)
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		p := 1 + r.IntN(30)
		s := r.IntN(p + 1)
		unscaled := new(big.Int)
		for range p {
			unscaled.Add(unscaled.Mul(unscaled, big.NewInt(10)), big.NewInt(int64(r.IntN(10))))
		}
		if r.IntN(2) == 0 {
			unscaled.Neg(unscaled)
		}
		x := new(big.Rat).SetFrac(unscaled, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(s)), nil))
		n := r.IntN(7) - 2
		sql := fmt.Sprintf("round(cast('%s' as decimal(%d,%d)), %d)", x.FloatString(s), p, s, n)
		run(t, pg, []check{{sql: sql, want: slowRound(x, n)}})
	}
}

func slowRound(x *big.Rat, n int) string {
	if n >= 0 {
		return minusZero(x.FloatString(n)) // halves away from zero
	}
	ten := new(big.Rat).SetInt64(int64(math.Pow10(-n)))
	q, _ := new(big.Rat).SetString(new(big.Rat).Quo(x, ten).FloatString(0))
	return minusZero(new(big.Rat).Mul(q, ten).FloatString(0))
}

func minusZero(s string) string {
	if x, _ := new(big.Rat).SetString(s); x.Sign() == 0 && s[0] == '-' {
		return s[1:]
	}
	return s
}
