package rule

import (
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
)

// required are the rules that make a plan executable or right, rather than better. The
// others may be left out by name.
var required = []string{"decorrelate", "single_to_left", "attach_files", "settle_limits", "guard_filtered"}

// Optional gives the names of the rules that may be left out, sorted.
func Optional() []string {
	var out []string
	for _, p := range phases() {
		for _, r := range p.rules {
			if !slices.Contains(required, r.Name) {
				out = append(out, r.Name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Disabled reads a list of rules that are to be left out, apart by commas; 22023 if
// one of them is no rule, or a required one.
func Disabled(list string) (map[string]bool, error) {
	var out map[string]bool
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.ToLower(strings.TrimSpace(name)); name == "" {
			continue
		}
		if known := Optional(); !slices.Contains(known, name) {
			return nil, fault.New(fault.CodeInvalidParameter, "there is no rule %q that may be left out", name).
				WithHint("The rules are %s.", strings.Join(known, ", "))
		}
		if out == nil {
			out = map[string]bool{}
		}
		out[name] = true
	}
	return out, nil
}
