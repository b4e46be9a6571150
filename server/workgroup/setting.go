package workgroup

import (
	"regexp"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Primary is the workgroup of whoever is in no other; it always exists.
const Primary = "primary"

// The states of a workgroup.
const (
	Enabled  = "ENABLED"
	Disabled = "DISABLED" // refuses new queries
)

// Setting describes a workgroup. The YAML names are those of glaux.yaml.
type Setting struct {
	Name        string `yaml:"name" json:"name"`
	Description string `yaml:"description" json:"description,omitempty"`
	State       string `yaml:"state" json:"state,omitempty"` // "" is ENABLED
	// Cutoff is the bytes of data that one query may scan, as ParseBytes reads
	// it; "" and "0" mean no limit.
	Cutoff string `yaml:"bytes_scanned_cutoff_per_query" json:"bytes_scanned_cutoff_per_query,omitempty"`
	// Users run in this workgroup unless they choose another.
	Users []string `yaml:"users" json:"users,omitempty"`
}

// nameRule is Athena's rule for workgroup names.
var nameRule = regexp.MustCompile(`^[a-zA-Z0-9._-]{1,128}$`)

// Validate checks the fields and normalizes the state.
func (s *Setting) Validate() error {
	if !nameRule.MatchString(s.Name) {
		return fault.New(fault.CodeInvalidName, "invalid workgroup name %q", s.Name).
			WithHint("Use 1 to 128 letters, digits, dots, underscores and hyphens.")
	}
	s.State = strings.ToUpper(s.State)
	if s.State == "" {
		s.State = Enabled
	}
	if s.State != Enabled && s.State != Disabled {
		return fault.New(fault.CodeInvalidParameter, "workgroup %q: state must be ENABLED or DISABLED, not %q", s.Name, s.State)
	}
	_, err := s.cutoff()
	return err
}

func (s *Setting) cutoff() (int64, error) {
	if s.Cutoff == "" {
		return 0, nil
	}
	return ParseBytes(s.Cutoff)
}
