package fn

import "math"

func mathEntries() []*Entry {
	return []*Entry{
		{Names: []string{"pi"}, Doc: "The ratio of a circle's circumference to its diameter.", Examples: []Example{{SQL: "pi()", Result: "3.141592653589793"}},
			overs: []overload{{sig: "pi() double", scalar: floatConst(math.Pi)}}},
	}
}
