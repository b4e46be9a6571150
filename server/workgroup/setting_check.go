package workgroup

import (
	"maps"
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
)

// nameRule is Athena's rule for workgroup names.
var nameRule = regexp.MustCompile(`^[a-zA-Z0-9._-]{1,128}$`)

// invalid makes the error of a value that an option does not take.
func invalid(format string, args ...any) *fault.Error {
	return fault.New(fault.CodeInvalidParameter, format, args...)
}

// settingChecks look at the options of a workgroup and normalize them; Athena's
// limits where it has one.
var settingChecks = []func(*Setting) error{
	func(s *Setting) error {
		if utf8.RuneCountInString(s.Description) > 1024 {
			return invalid("the description has more than 1024 characters")
		}
		return nil
	},
	func(s *Setting) error { return oneOf("state", &s.State, strings.ToUpper, Enabled, Enabled, Disabled) },
	func(s *Setting) error {
		return oneOf("result_encryption", &s.Encryption, strings.ToUpper, "", "", "SSE_S3", "SSE_KMS")
	},
	func(s *Setting) error {
		if (s.KMSKey != "") != (s.Encryption == "SSE_KMS") {
			return invalid("kms_key and result_encryption = 'SSE_KMS' need each other")
		}
		return nil
	},
	func(s *Setting) error {
		return oneOf("dialect", &s.Dialect, strings.ToLower, "", "", "postgres", "athena")
	},
	func(s *Setting) error {
		if p := s.PricePerTB; p < 0 || math.IsNaN(p) || math.IsInf(p, 0) {
			return invalid("price_per_tb must be a number that is not negative")
		}
		return nil
	},
	checkSigns,
	checkLocation,
	checkTags,
	func(s *Setting) error { return checkMembers("users", &s.Users) },
	func(s *Setting) error { return checkMembers("groups", &s.Groups) },
	func(s *Setting) error { return checkMembers("allow_users", &s.AllowUsers) },
	func(s *Setting) error { return checkMembers("allow_groups", &s.AllowGroups) },
}

// checkSigns refuses negative numbers.
func checkSigns(s *Setting) error {
	for _, n := range []struct {
		option string
		n      int64
	}{{"bytes_scanned_cutoff_per_query", int64(s.Cutoff)}, {"query_timeout", int64(s.QueryTimeout)},
		{"queue_timeout", int64(s.QueueTimeout)}, {"memory_per_query", int64(s.Memory)}, {"concurrency", int64(s.Concurrency)},
		{"queue_length", int64(s.QueueLength)}, {"short_query_bytes", int64(s.ShortQuery)},
		{"require_partition_filter_over", int64(s.PartitionFilterOver)}, {"result_reuse", int64(s.ResultReuse)}} {
		if n.n < 0 {
			return invalid("%s must not be negative", n.option)
		}
	}
	return nil
}

// Validate checks the fields and normalizes them. Faults: 42602 for the name,
// 22023 for the rest.
func (s *Setting) Validate() error {
	if !nameRule.MatchString(s.Name) {
		return fault.New(fault.CodeInvalidName, "invalid workgroup name %q", clip(s.Name)).
			WithHint("Use 1 to 128 letters, digits, dots, underscores and hyphens.")
	}
	for _, check := range settingChecks {
		if err := check(s); err != nil {
			e := *fault.As(err)
			e.Message = `workgroup "` + s.Name + `": ` + e.Message
			return &e
		}
	}
	return nil
}

// oneOf normalizes a word by fold and wants it among words; "" becomes def.
func oneOf(option string, value *string, fold func(string) string, def string, words ...string) error {
	v := fold(*value)
	if v == "" {
		v = def
	}
	if !slices.Contains(words, v) {
		named := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == "" })
		return invalid("%s must be %s, not %q", option, strings.Join(named, " or "), clip(*value))
	}
	*value = v
	return nil
}

func checkLocation(s *Setting) error {
	l := s.ResultLocation
	if rest, ok := strings.CutPrefix(l, "s3://"); ok {
		if bucket, _, _ := strings.Cut(rest, "/"); bucket == "" {
			return invalid("result_location %q names no bucket", clip(l))
		}
		return nil
	}
	if l != "" && (strings.Contains(l, "://") || !filepath.IsAbs(l)) {
		return invalid("result_location must be s3://bucket/prefix/ or the absolute path of a directory, not %q", clip(l))
	}
	if l != "" && s.Encryption != "" {
		return invalid("result_encryption needs a result_location in S3: nothing encrypts what is written into a directory")
	}
	return nil
}

// maxTags is Athena's limit.
const maxTags = 50

func checkTags(s *Setting) error {
	if len(s.Tags) > maxTags {
		return invalid("a workgroup has at most %d tags", maxTags)
	}
	for k := range maps.Keys(s.Tags) {
		if k == "" || strings.Contains(k, "=") {
			return invalid("%q cannot be the key of a tag", clip(k))
		}
	}
	return nil
}

// checkMembers sorts a list of names and drops what is there twice.
func checkMembers(option string, names *[]string) error {
	if slices.Contains(*names, "") {
		return invalid("%s has an empty name", option)
	}
	sorted := slices.Clone(*names)
	slices.Sort(sorted)
	if *names = slices.Compact(sorted); len(sorted) == 0 {
		*names = nil
	}
	return nil
}

// For says whose scans count, as CREATE BUDGET has it.
func (b *Budget) For() string {
	switch {
	case b.Workgroup != "":
		return "WORKGROUP " + sqlName(b.Workgroup)
	case b.User != "":
		return "USER " + sqlName(b.User)
	case b.EachUser:
		return "EACH USER"
	}
	return "TAG " + quote(b.Tag)
}
