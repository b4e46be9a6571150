package formats

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Registry is the list of formats that a program was built with, in the
// classifier's order. It is made once in cmd and is read-only afterwards.
type Registry struct{ formats []Format }

// NewRegistry makes a registry; the order decides between equal confidences.
func NewRegistry(fs ...Format) *Registry { return &Registry{formats: fs} }

// All gives the formats in order.
func (r *Registry) All() []Format { return r.formats }

// Get finds a format by name.
func (r *Registry) Get(name string) (Format, error) {
	names := make([]string, len(r.formats))
	for i, f := range r.formats {
		if strings.EqualFold(f.Name(), name) {
			return f, nil
		}
		names[i] = f.Name()
	}
	return nil, fault.New(fault.CodeFeatureNotSupported, "file format %q is not supported", name).
		WithHint("Supported formats: %s.", strings.Join(names, ", "))
}
