package fn

import "math"

// The functions of angles in degrees are exact where PostgreSQL's are: at whole
// multiples of 30 and 45 degrees. Results are scaled by what the plain function
// gives at 30, 45 or 60 degrees, so that its error there cancels out.

// perDegree is a variable, so that no product with it is computed more exactly than others.
var perDegree = math.Pi / 180

var (
	sin30     = math.Sin(30 * perDegree)
	versine60 = 1 - math.Cos(60*perDegree)
	asinHalf  = math.Asin(0.5)
	acosHalf  = math.Acos(0.5)
	atanOne   = math.Atan(1)
	tan45     = sinDegrees(45) / cosDegrees(45)
	cot45     = cosDegrees(45) / sinDegrees(45)
)

// smallSine is the sine of 0 to 30 degrees, smallCosine the cosine of 0 to 60.
func smallSine(x float64) float64   { return math.Sin(x*perDegree) / sin30 / 2 }
func smallCosine(x float64) float64 { return 1 - (1-math.Cos(x*perDegree))/versine60/2 }

// quarterSine is the sine of 0 to 90 degrees, quarterCosine the cosine.
func quarterSine(x float64) float64 {
	if x <= 30 {
		return smallSine(x)
	}
	return smallCosine(90 - x)
}

func quarterCosine(x float64) float64 {
	if x <= 60 {
		return smallCosine(x)
	}
	return smallSine(90 - x)
}

// reduced gives x modulo 360 as an angle of 0 to 90 degrees with the signs of its
// sine and cosine.
func reduced(x float64) (angle, sinSign, cosSign float64) {
	x = math.Mod(x, 360)
	sinSign, cosSign = 1, 1
	if x < 0 {
		x, sinSign = -x, -1
	}
	if x > 180 {
		x, sinSign = 360-x, -sinSign
	}
	if x > 90 {
		x, cosSign = 180-x, -1
	}
	return x, sinSign, cosSign
}

func sinDegrees(x float64) float64 {
	a, s, _ := reduced(x)
	return s * quarterSine(a)
}

func cosDegrees(x float64) float64 {
	a, _, c := reduced(x)
	return c * quarterCosine(a)
}

func tanDegrees(x float64) float64 {
	a, s, c := reduced(x)
	return s * c * (quarterSine(a) / quarterCosine(a) / tan45)
}

func cotDegrees(x float64) float64 {
	a, s, c := reduced(x)
	return s * c * (quarterCosine(a) / quarterSine(a) / cot45)
}

func asinDegrees(x float64) float64 {
	switch {
	case x < 0:
		return -asinDegrees(-x)
	case x <= 0.5:
		return math.Asin(x) / asinHalf * 30
	}
	return 90 - math.Acos(x)/acosHalf*60
}

func acosDegrees(x float64) float64 {
	if x < 0 {
		return 90 + asinDegrees(-x)
	}
	if x <= 0.5 {
		return 90 - math.Asin(x)/asinHalf*30
	}
	return math.Acos(x) / acosHalf * 60
}

func atanDegrees(x float64) float64 { return math.Atan(x) / atanOne * 45 }

func atan2Degrees(y, x float64) float64 { return math.Atan2(y, x) / atanOne * 45 }
