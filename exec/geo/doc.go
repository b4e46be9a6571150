// Package geo computes with geometries, which come and go as the bytes of package
// shape: relations, overlays, measures, validity, lines, the sphere, Bing's tiles,
// and the formats GeoJSON, KML, Esri's shapes and encoded polylines. Names, limits
// and the words of errors are Trino's, on which Athena's functions are built.
//
// What compares or combines shapes in general is done by simplefeatures' port of
// JTS. Beside it stand short ways over the bytes for what is most frequent, boxes
// and points in polygons; both give the same answers.
//
// X is the longitude and Y the latitude wherever degrees are meant; Bing's functions
// and great_circle_distance take the latitude first, as Trino's do.
package geo

import (
	"fmt"
	"slices"
	"strings"

	"github.com/peterstace/simplefeatures/geom"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types/shape"
)

func invalid(format string, args ...any) *fault.Error {
	return fault.New(fault.CodeInvalidParameter, format, args...)
}

// decode makes the library's object of canonical bytes.
func decode(b []byte) (geom.Geometry, error) {
	g, err := geom.UnmarshalWKB(b, geom.NoValidate{})
	if err != nil {
		return g, fault.Wrap(err, fault.CodeInternal, "a stored geometry cannot be read: %v", err)
	}
	return g, nil
}

func decodePair(a, b []byte) (x, y geom.Geometry, err error) {
	if x, err = decode(a); err == nil {
		y, err = decode(b)
	}
	return x, y, err
}

// appendGeom appends the library's object in the canonical form.
func appendGeom(dst []byte, g geom.Geometry) ([]byte, error) {
	out, err := shape.AppendWKB(dst, g.AsBinary())
	if err != nil {
		return dst, invalid("the result is no geometry: %v", err)
	}
	return out, nil
}

// guard turns a panic of the library, which some shapes that are not valid cause,
// into an error.
func guard[T any](what string, f func() (T, error)) (out T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
		if err != nil {
			if _, known := err.(*fault.Error); !known {
				err = fault.Wrap(err, fault.CodeInvalidParameter, "%s cannot be computed of these geometries", what).
					WithDetail("%v", err).WithHint("See geometry_invalid_reason() of them.")
			}
		}
	}()
	return f()
}

// CheckType refuses geometries whose kind a function does not take.
func CheckType(function string, b []byte, allowed ...shape.Type) error {
	if names, ok := allows(b, allowed); !ok {
		return invalid("%s only applies to %s. Input type is: %s", function, names, shape.TypeOf(b))
	}
	return nil
}

// allows reports whether a geometry is of one of some types and, if not, gives their
// names for a message.
func allows(b []byte, allowed []shape.Type) (string, bool) {
	if slices.Contains(allowed, shape.TypeOf(b)) {
		return "", true
	}
	names := make([]string, len(allowed))
	for i, a := range allowed {
		names[i] = a.String()
	}
	return strings.Join(names, " or "), false
}

// FromText appends the geometry of a well-known text.
func FromText(dst, text []byte) ([]byte, error) {
	dst, err := shape.ParseWKT(dst, text)
	if err != nil {
		return dst, fault.Wrap(err, fault.CodeInvalidParameter, "Invalid WKT: %s", clip(text)).WithDetail("%v", err)
	}
	return dst, nil
}

// FromBinary appends the geometry of well-known binary.
func FromBinary(dst, wkb []byte) ([]byte, error) {
	dst, err := shape.AppendWKB(dst, wkb)
	if err != nil {
		return dst, fault.Wrap(err, fault.CodeInvalidParameter, "Invalid WKB").WithDetail("%v", err)
	}
	return dst, nil
}

// clip shortens a text for a message.
func clip(s []byte) string {
	if len(s) > 200 {
		return strings.ToValidUTF8(string(s[:200]), "") + "..."
	}
	return string(s)
}
