package fn

import (
	"math"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

// mathStatistics are Trino's distribution functions and similarities.
func mathStatistics() []*Entry {
	three := func(name, params, doc string, ex Example, f func(a, b, x float64) (float64, error)) *Entry {
		im := flat(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
			a, b, x, r := vector.Values[float64](args[0]), vector.Values[float64](args[1]), vector.Values[float64](args[2]), vector.Values[float64](out)
			return kernel.EachErr(sel, out.Len, func(i int) (err error) {
				r[i], err = f(a[i], b[i], x[i])
				return err
			})
		})
		return &Entry{Names: []string{name}, Doc: doc + " Arguments: " + params + ".", Examples: []Example{ex}, overs: []overload{{sig: name + "(double, double, double) double", scalar: im}}}
	}
	return []*Entry{
		three("normal_cdf", "mean, standard deviation, value", "The normal distribution's probability of at most the value.", Example{SQL: "normal_cdf(0, 1, 0)", Result: "0.5"}, normalCDF),
		three("inverse_normal_cdf", "mean, standard deviation, probability", "The value below which the normal distribution has the probability.", Example{SQL: "inverse_normal_cdf(3, 1, 0.5)", Result: "3"}, inverseNormalCDF),
		three("beta_cdf", "a, b, value", "The beta distribution's probability of at most the value.", Example{SQL: "round(beta_cdf(2, 2, 0.25), 6)", Result: "0.15625"}, betaCDF),
		three("inverse_beta_cdf", "a, b, probability", "The value below which the beta distribution has the probability.", Example{SQL: "round(inverse_beta_cdf(2, 2, 0.15625), 6)", Result: "0.25"}, inverseBetaCDF),
		wilson("wilson_interval_lower", -1), wilson("wilson_interval_upper", 1),
	}
}

func badArgument(text string) error { return fault.New(fault.CodeInvalidParameter, "%s", text) }

func normalCDF(mean, sd, x float64) (float64, error) {
	if !(sd > 0) {
		return 0, badArgument("the standard deviation must be positive")
	}
	return 0.5 * math.Erfc((mean-x)/(sd*math.Sqrt2)), nil
}

func inverseNormalCDF(mean, sd, p float64) (float64, error) {
	switch {
	case !(p > 0 && p < 1):
		return 0, badArgument("the probability must be above 0 and below 1")
	case !(sd > 0):
		return 0, badArgument("the standard deviation must be positive")
	}
	return mean + sd*math.Sqrt2*math.Erfinv(2*p-1), nil
}

// betaCDF is the regularized incomplete beta function, by its continued fraction
// (NIST Digital Library of Mathematical Functions 8.17.22) with Lentz's method.
func betaCDF(a, b, x float64) (float64, error) {
	switch {
	case !(a > 0 && b > 0):
		return 0, badArgument("a and b must be positive")
	case !(x >= 0 && x <= 1):
		return 0, badArgument("the value must be in the interval [0, 1]")
	case x == 0 || x == 1:
		return x, nil
	}
	la, _ := math.Lgamma(a)
	lb, _ := math.Lgamma(b)
	lab, _ := math.Lgamma(a + b)
	front := math.Exp(lab - la - lb + a*math.Log(x) + b*math.Log1p(-x))
	if x < (a+1)/(a+b+2) {
		return front * betaFraction(a, b, x) / a, nil
	}
	return 1 - front*betaFraction(b, a, 1-x)/b, nil
}

func betaFraction(a, b, x float64) float64 {
	const tiny = 1e-300
	nonzero := func(v float64) float64 {
		if math.Abs(v) < tiny {
			return tiny
		}
		return v
	}
	c, d := 1.0, 1/nonzero(1-(a+b)*x/(a+1))
	f := d
	// It takes about the square root of the greater parameter; NaN ends it too.
	for most, m := min(10000, 200+5*math.Sqrt(max(a, b))), 1.0; m <= most; m++ {
		even := m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		d, c = 1/nonzero(1+even*d), nonzero(1+even/c)
		f *= d * c
		odd := -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		d, c = 1/nonzero(1+odd*d), nonzero(1+odd/c)
		f *= d * c
		if !(math.Abs(d*c-1) >= 1e-16) {
			break
		}
	}
	return f
}

// inverseBetaCDF halves the interval until no double lies between its ends.
func inverseBetaCDF(a, b, p float64) (float64, error) {
	if !(p >= 0 && p <= 1) {
		return 0, badArgument("the probability must be in the interval [0, 1]")
	}
	lo, hi := 0.0, 1.0
	for range 1100 {
		mid := (lo + hi) / 2
		if mid <= lo || mid >= hi {
			break
		}
		q, err := betaCDF(a, b, mid)
		if err != nil {
			return 0, err
		}
		switch {
		case math.IsNaN(q):
			return q, nil
		case q < p:
			lo = mid
		default:
			hi = mid
		}
	}
	if p == 0 || p == 1 {
		return p, nil
	}
	return hi, nil
}

// wilson is a bound of the Wilson score interval of a Bernoulli trial.
func wilson(name string, sign float64) *Entry {
	return &Entry{Names: []string{name}, Doc: "Bound of the Wilson score interval of so many successes in so many trials, at a confidence given by z.",
		Examples: []Example{{SQL: "round(" + name + "(1250, 1310, 1.96), 4)", Result: map[float64]string{-1: "0.9415", 1: "0.9643"}[sign]}},
		overs: []overload{{sig: name + "(bigint, bigint, double) double", scalar: eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
			z, r := kernel.FixedOf[float64](args[2]), vector.Values[float64](out)
			return kernel.EachErr(sel, out.Len, func(i int) error {
				s, n, z := float64(intArg(args, 0, i)), float64(intArg(args, 1, i)), z.At(i)
				if s < 0 || n <= 0 || s > n || z < 0 {
					return badArgument("the number of successes must be between 0 and the number of trials, which must be positive, and z must not be negative")
				}
				p := s / n
				r[i] = (p + z*z/(2*n) + sign*z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))) / (1 + z*z/n)
				return nil
			})
		})}}}
}
