package workgroup

// Budget bounds what a workgroup, a user or a tag scans in a period of time. The
// YAML names are those of glaux.yaml and of the options of CREATE BUDGET.
type Budget struct {
	Name string `yaml:"name" json:"name"`
	// One of these says whose scans count. EachUser gives every user a budget of
	// their own.
	Workgroup string `yaml:"workgroup" json:"workgroup,omitempty"`
	User      string `yaml:"user" json:"user,omitempty"`
	EachUser  bool   `yaml:"each_user" json:"each_user,omitempty"`
	// Tag is one of the session's setting query_tags, or key=value of the
	// workgroup's tags.
	Tag string `yaml:"tag" json:"tag,omitempty"`

	Limit    Size   `yaml:"limit" json:"limit"`         // bytes of data in one period
	Period   string `yaml:"period" json:"period"`       // hour, day, week (from Monday) or month
	TimeZone string `yaml:"time_zone" json:"time_zone"` // in which periods begin; "": UTC
	// Action is what happens at the limit: warn (a NOTICE), queue (wait for the
	// next period) or reject. WarnAt is the percentage of the limit from which
	// queries get a NOTICE; 0: none.
	Action string `yaml:"action" json:"action"`
	WarnAt int    `yaml:"warn_at" json:"warn_at,omitempty"`
}
