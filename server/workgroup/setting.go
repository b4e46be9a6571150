package workgroup

// Primary is the workgroup of whoever is in no other; it always exists.
const Primary = "primary"

// The states of a workgroup.
const (
	Enabled  = "ENABLED"
	Disabled = "DISABLED" // refuses new queries
)

// Setting describes a workgroup. The YAML names are those of glaux.yaml, of the
// options of CREATE WORKGROUP and of the JSON that is stored.
type Setting struct {
	Name        string `yaml:"name" json:"name"`
	Description string `yaml:"description" json:"description,omitempty"` // at most 1024 characters
	State       string `yaml:"state" json:"state,omitempty"`             // "" is ENABLED
	// Cutoff is the bytes of data that one query may scan; 0: no limit.
	Cutoff Limit `yaml:"bytes_scanned_cutoff_per_query" json:"bytes_scanned_cutoff_per_query,omitempty"`
	// Enforce makes the settings below win over those that a client of the Athena
	// endpoint names for its query.
	Enforce bool `yaml:"enforce_workgroup_configuration" json:"enforce_workgroup_configuration,omitempty"`
	// ResultLocation is where results for the Athena endpoint go, a folder as
	// s3://bucket/prefix/ or a directory; "": they are kept by the server (managed).
	ResultLocation string `yaml:"result_location" json:"result_location,omitempty"`
	Encryption     string `yaml:"result_encryption" json:"result_encryption,omitempty"` // "", SSE_S3 or SSE_KMS
	KMSKey         string `yaml:"kms_key" json:"kms_key,omitempty"`                     // with SSE_KMS
	RequesterPays  bool   `yaml:"requester_pays" json:"requester_pays,omitempty"`
	Dialect        string `yaml:"dialect" json:"dialect,omitempty"` // "", postgres or athena
	// PricePerTB is what 2^40 bytes scanned cost, in whatever currency.
	PricePerTB float64 `yaml:"price_per_tb" json:"price_per_tb,omitempty"`
	// QueryTimeout ends a query that takes longer, QueueTimeout one that waits
	// longer for its turn; 0: no limit.
	QueryTimeout Span `yaml:"query_timeout" json:"query_timeout,omitempty"`
	QueueTimeout Span `yaml:"queue_timeout" json:"queue_timeout,omitempty"`
	// Memory is what one query may hold; 0: what the server has.
	Memory Size `yaml:"memory_per_query" json:"memory_per_query,omitempty"`
	// Concurrency is how many queries of the workgroup run at a time; 0: any number.
	// QueueLength is how many may wait; 0: 1000.
	Concurrency int `yaml:"concurrency" json:"concurrency,omitempty"`
	QueueLength int `yaml:"queue_length" json:"queue_length,omitempty"`
	// ShortQuery is the scan of a query that goes through the short lane: a slot of
	// its own beside Concurrency; 0: there is no such lane.
	ShortQuery Size `yaml:"short_query_bytes" json:"short_query_bytes,omitempty"`
	// PartitionFilterOver refuses a scan of more stored bytes of several partitions
	// if no condition selects among them; 0: never.
	PartitionFilterOver Size `yaml:"require_partition_filter_over" json:"require_partition_filter_over,omitempty"`
	// ResultReuse is the greatest age of a result that may be given again; 0: the
	// session decides.
	ResultReuse Span `yaml:"result_reuse" json:"result_reuse,omitempty"`
	// Tags are for budgets and cost reports, as team: web.
	Tags map[string]string `yaml:"tags" json:"tags,omitempty"`
	// Users and the members of Groups run in this workgroup unless they choose
	// another. AllowUsers and AllowGroups may choose it too. A workgroup that names
	// nobody is open to all.
	Users       []string `yaml:"users" json:"users,omitempty"`
	Groups      []string `yaml:"groups" json:"groups,omitempty"`
	AllowUsers  []string `yaml:"allow_users" json:"allow_users,omitempty"`
	AllowGroups []string `yaml:"allow_groups" json:"allow_groups,omitempty"`
}
