package fn

import (
	"math"
	"strconv"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

// colorReset ends what ansiColor began.
const colorReset = "\x1b[0m"

// Trino's functions of colours on a terminal of 256: 16 named ones and a cube of
// six shades of red, green and blue.
func colorEntries() []*Entry {
	lerp := func(fraction func(x []kernel.Fixed[float64], i int) float64, floats int) *kernel.Impl {
		return eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
			x, w := make([]kernel.Fixed[float64], floats), kernel.NewTextOut(out)
			for k := range x {
				x[k] = kernel.FixedOf[float64](args[k])
			}
			lo, hi := kernel.StringsOf(args[floats]), kernel.StringsOf(args[floats+1])
			return kernel.EachErr(sel, out.Len, func(i int) error {
				from, to := types.ColorOf(lo.At(i)), types.ColorOf(hi.At(i))
				if from < 0 || to < 0 {
					return fault.New(fault.CodeInvalidParameter, "a colour between two needs both as #rgb")
				}
				return w.End(i, types.AppendColorBytes(w.Start(), between(float32(clamp01(fraction(x, i))), from, to)))
			})
		})
	}
	return []*Entry{
		{Names: []string{"color"}, Doc: "A colour: of its name (black, red, green, yellow, blue, magenta, cyan, white) or #rgb, or between two at a fraction, or where a value stands between two others.",
			Examples: []Example{{SQL: "cast(color('red') as varchar)", Result: "red"}, {SQL: "cast(color('#0f8') as varchar)", Result: "#00ff88"}, {SQL: "cast(color(0.5, color('#f00'), color('#0f0')) as varchar)", Result: "#ffff00"}},
			overs: []overload{
				{sig: "color(varchar) color", scalar: textFn(func(b []byte, s []kernel.Strings, i int) ([]byte, error) {
					c, ok := types.ParseColor(string(s[0].At(i)))
					if !ok {
						return b, fault.New(fault.CodeInvalidParameter, "invalid color: %q", s[0].At(i)).WithHint("Write a name, such as red, or three hexadecimal digits, such as #f80.")
					}
					return types.AppendColorBytes(b, c), nil
				})},
				{sig: "color(double, color, color) color", scalar: lerp(func(x []kernel.Fixed[float64], i int) float64 { return x[0].At(i) }, 1)},
				{sig: "color(double, double, double, color, color) color", scalar: lerp(func(x []kernel.Fixed[float64], i int) float64 {
					return (x[0].At(i) - x[1].At(i)) / (x[2].At(i) - x[1].At(i))
				}, 3)},
			}},
		{Names: []string{"rgb"}, Doc: "The colour of three numbers from 0 to 255.", Examples: []Example{{SQL: "cast(rgb(255, 128, 0) as varchar)", Result: "#ff8000"}},
			overs: []overload{{sig: "rgb(bigint, bigint, bigint) color", scalar: eval(rgb)}}},
		{Names: []string{"render"}, Doc: "A value in a colour, by the escape sequences of terminals; a boolean as a green check mark or a red cross.",
			overs: []overload{
				{sig: "render(varchar, color) varchar", scalar: eval(render)}, {sig: "render(bigint, color) varchar", scalar: eval(render)},
				{sig: "render(double, color) varchar", scalar: eval(render)}, {sig: "render(boolean) varchar", scalar: eval(renderBool)},
			}},
		{Names: []string{"bar"}, Doc: "A bar of so many characters for a value from 0 to 1, from red to green or between two other colours.",
			overs: []overload{{sig: "bar(double, bigint) varchar", scalar: eval(bar)}, {sig: "bar(double, bigint, color, color) varchar", scalar: eval(bar)}}},
	}
}

func clamp01(x float64) float64 {
	if !(x > 0) { // NaN too, as in Java's conversion to integers
		return 0
	}
	return math.Min(x, 1)
}

func rgb(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	w := kernel.NewTextOut(out)
	var parts [3]kernel.Fixed[int64]
	for k := range parts {
		parts[k] = kernel.FixedOf[int64](args[k])
	}
	return kernel.EachErr(sel, out.Len, func(i int) error {
		c := int32(0)
		for k, name := range [...]string{"red", "green", "blue"} {
			x := parts[k].At(i)
			if x < 0 || x > 255 {
				return fault.New(fault.CodeInvalidParameter, "%s must be between 0 and 255, not %d", name, x)
			}
			c = c<<8 | int32(x)
		}
		return w.End(i, types.AppendColorBytes(w.Start(), c))
	})
}

// ansiColor appends the escape sequence that turns a colour on.
func ansiColor(b []byte, c int32) []byte {
	n := int64(-c - 1)
	if c >= 0 {
		shade := func(shift int) int64 { return int64(c>>shift&255) * 6 / 256 }
		n = 16 + 36*shade(16) + 6*shade(8) + shade(0)
	}
	return append(strconv.AppendInt(append(b, "\x1b[38;5;"...), n, 10), 'm')
}

func render(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	w, colors := kernel.NewTextOut(out), kernel.StringsOf(args[1])
	opt := kernel.TextOptions{Style: types.TrinoStyle}
	return kernel.EachErr(sel, out.Len, func(i int) error {
		b := ansiColor(w.Start(), types.ColorOf(colors.At(i)))
		return w.End(i, append(opt.AppendText(b, args[0], i), colorReset...))
	})
}

func renderBool(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	w, x := kernel.NewTextOut(out), kernel.FixedOf[bool](args[0])
	return kernel.EachErr(sel, out.Len, func(i int) error {
		mark, c := "✗", int32(-2)
		if x.At(i) {
			mark, c = "✓", -3
		}
		return w.End(i, append(append(ansiColor(w.Start(), c), mark...), colorReset...))
	})
}

// maxBar bounds the width of a bar.
const maxBar = 10000

func bar(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	w, percent, width := kernel.NewTextOut(out), kernel.FixedOf[float64](args[0]), kernel.FixedOf[int64](args[1])
	ends := func(int) (lo, hi int32) { return 0xff0000, 0x00ff00 }
	if len(args) == 4 {
		lo, hi := kernel.StringsOf(args[2]), kernel.StringsOf(args[3])
		ends = func(i int) (int32, int32) { return types.ColorOf(lo.At(i)), types.ColorOf(hi.At(i)) }
	}
	return kernel.EachErr(sel, out.Len, func(i int) error {
		n := width.At(i)
		lo, hi := ends(i)
		switch {
		case n > maxBar:
			return fault.New(fault.CodeProgramLimit, "a bar of %d characters is wider than %d", n, maxBar)
		case lo < 0 || hi < 0:
			return fault.New(fault.CodeInvalidParameter, "a colour between two needs both as #rgb")
		}
		b, full := w.Start(), int64(clamp01(percent.At(i))*float64(n))
		for k := range full {
			fraction := float32(0)
			if n > 1 {
				fraction = float32(float64(k) / float64(n-1))
			}
			b = append(ansiColor(b, between(fraction, lo, hi)), "█"...)
		}
		b = append(b, colorReset...)
		for k := full; k < n; k++ {
			b = append(b, ' ')
		}
		return w.End(i, b)
	})
}

// between gives the colour at a fraction of the way between two, through hue,
// saturation and brightness.
func between(fraction float32, lo, hi int32) int32 {
	a, b := toHSB(lo), toHSB(hi)
	for k := range a {
		a[k] += fraction * (b[k] - a[k])
	}
	return fromHSB(a)
}

// toHSB gives hue, saturation and brightness, each from 0 to 1 (Smith 1978).
func toHSB(c int32) [3]float32 {
	r, g, b := float32(c>>16&255), float32(c>>8&255), float32(c&255)
	most, least := max(r, g, b), min(r, g, b)
	if most == least {
		return [3]float32{0, 0, most / 255}
	}
	span, hue := most-least, float32(0)
	switch most {
	case r:
		hue = (g - b) / span
	case g:
		hue = 2 + (b-r)/span
	default:
		hue = 4 + (r-g)/span
	}
	if hue /= 6; hue < 0 {
		hue++
	}
	return [3]float32{hue, span / most, most / 255}
}

func fromHSB(c [3]float32) int32 {
	sixth := (c[0] - float32(math.Floor(float64(c[0])))) * 6
	f := sixth - float32(math.Floor(float64(sixth)))
	v := c[2]
	p, q, t := v*(1-c[1]), v*(1-c[1]*f), v*(1-c[1]*(1-f))
	rgb := [6][3]float32{{v, t, p}, {q, v, p}, {p, v, t}, {p, q, v}, {t, p, v}, {v, p, q}}[min(int(sixth), 5)]
	out := int32(0)
	for _, x := range rgb {
		out = out<<8 | int32(x*255+0.5)
	}
	return out
}
