package exec

import (
	"math"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
)

// unitFamily are units of one kind, the largest first, by what they hold of the
// smallest. PostgreSQL spells them in exactly this case.
type unitFamily struct {
	units []unit
	hint  string
}

type unit struct {
	name  string
	size  float64
	shown bool // SHOW uses it
}

var (
	timeUnits = unitFamily{[]unit{{"d", 86400e6, true}, {"h", 3600e6, true}, {"min", 60e6, true}, {"s", 1e6, true}, {"ms", 1e3, true}, {"us", 1, true}},
		`Valid units for this parameter are "us", "ms", "s", "min", "h", and "d".`}
	byteUnits = unitFamily{[]unit{{"TB", 1 << 40, true}, {"GB", 1 << 30, true}, {"MB", 1 << 20, true}, {"8kB", 8 << 10, false}, {"kB", 1 << 10, true}, {"B", 1, true}},
		`Valid units for this parameter are "B", "kB", "MB", "GB", and "TB".`}
)

// family gives the units that a setting may be given in, and the size of its own.
func (d *settingDef) family() (*unitFamily, float64) {
	for _, f := range []*unitFamily{&timeUnits, &byteUnits} {
		for _, u := range f.units {
			if u.name == d.unit {
				return f, u.size
			}
		}
	}
	return nil, 1
}

// value checks a value by the setting's kind and gives it as it is stored.
func (d *settingDef) value(value string) (string, error) {
	var err error
	switch d.kind {
	case "bool":
		value, err = boolean(d.name, value)
	case "integer", "real":
		value, err = d.number(value)
	case "enum":
		value, err = oneOf(d.words...)(d.name, value)
	}
	if err == nil && d.check != nil {
		return d.check(d.name, value)
	}
	return value, err
}

// number reads a number with or without a unit and gives it in the setting's own.
func (d *settingDef) number(value string) (string, error) {
	text := strings.TrimSpace(value)
	end := strings.LastIndexAny(text, "0123456789.") + 1
	if hex, ok := strings.CutPrefix(text, "0x"); ok {
		if n, err := strconv.ParseInt(hex, 16, 64); err == nil {
			text = strconv.FormatInt(n, 10)
			end = len(text)
		}
	}
	v, err := strconv.ParseFloat(text[:end], 64)
	if err != nil || math.IsNaN(v) {
		return "", badValue(d.name, value)
	}
	if word := strings.TrimSpace(text[end:]); word != "" {
		f, own := d.family()
		size := 0.0
		if f != nil {
			for _, u := range f.units {
				if u.name == word && u.name != "8kB" {
					size = u.size
				}
			}
		}
		if size == 0 {
			e := badValue(d.name, value)
			if f != nil {
				e = e.WithHint("%s", f.hint)
			}
			return "", e
		}
		v = v * size / own
	}
	if d.kind == "integer" {
		v = math.RoundToEven(v)
	}
	if v < d.lo || v > d.hi {
		return "", d.outside(v)
	}
	return strconv.FormatFloat(v, 'f', -1, 64), nil
}

func (d *settingDef) outside(v float64) *fault.Error {
	unit := ""
	if d.unit != "" {
		unit = " " + d.unit
	}
	text := func(f float64) string { return strconv.FormatFloat(f, 'g', 15, 64) }
	return fault.New(fault.CodeInvalidParameter, "%s%s is outside the valid range for parameter %q (%s .. %s)", text(v), unit, d.name, text(d.lo), text(d.hi))
}

// show gives a stored value as SHOW prints it: in the largest unit that needs no
// fraction. Zero and negative numbers, which mean something special, have none.
func (d *settingDef) show(value string) string {
	f, own := d.family()
	v, err := strconv.ParseFloat(value, 64)
	if f == nil || err != nil || v <= 0 {
		return value
	}
	for _, u := range f.units {
		if n := v * own / u.size; u.shown && n == math.Trunc(n) {
			return strconv.FormatFloat(n, 'f', -1, 64) + u.name
		}
	}
	return value
}

// checkCustomName refuses names of settings that nobody has defined: 42704, and
// 42602 for what is not identifiers with dots.
func checkCustomName(name string) error {
	if !strings.Contains(name, ".") {
		return unknownSetting(name)
	}
	for _, part := range strings.Split(name, ".") {
		for i, r := range part {
			letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0x80
			if !letter && (i == 0 || r != '$' && (r < '0' || r > '9')) {
				part = ""
			}
		}
		if part == "" {
			return fault.New(fault.CodeInvalidName, "invalid configuration parameter name %q", name).
				WithDetail("Custom parameter names must be two or more simple identifiers separated by dots.")
		}
	}
	return nil
}
