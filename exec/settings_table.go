package exec

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/planner"
)

// The categories of pg_settings.
const (
	catPreset      = "Preset Options"
	catStatement   = "Client Connection Defaults / Statement Behavior"
	catLocale      = "Client Connection Defaults / Locale and Formatting"
	catLogging     = "Reporting and Logging / What to Log"
	catConnections = "Connections and Authentication / Connection Settings"
	catAuth        = "Connections and Authentication / Authentication"
	catCompatible  = "Version and Platform Compatibility / Previous PostgreSQL Versions"
	catGlaux       = "Customized Options"
)

// settingDef is one setting.
type settingDef struct {
	name     string // as SHOW ALL and ParameterStatus spell it
	def      string // in the unit, without it
	kind     string // as pg_settings.vartype: bool, integer, real, enum, string
	unit     string // of the value that is stored: ms, s, min, B, kB, 8kB, MB; "": none
	lo, hi   float64
	words    []string // of an enum
	context  string   // who may change it, as pg_settings.context; "": user
	category string
	reported bool                                     // clients hear of every change
	check    func(name, value string) (string, error) // beside what kind says; nil: nothing
	about    string
}

// ownSettings are the settings that mean something here.
var ownSettings = []settingDef{
	{name: "application_name", kind: "string", reported: true, category: catLogging, about: "Sets the name of the application that is shown of this session."},
	{name: batchRows, def: "0", kind: "integer", hi: maxInt, category: catGlaux, about: "Sets how many rows operators hand on at most at a time; 0: as many as they like. For tests."},
	{name: "bytea_output", def: "hex", words: []string{"escape", "hex"}, category: catStatement, about: "Sets how bytea values print."},
	{name: "client_encoding", def: "UTF8", reported: true, check: encoding, category: catLocale, about: "Sets the encoding of the text that the client sends and gets."},
	{name: "client_min_messages", def: "notice", words: []string{"debug5", "debug4", "debug3", "debug2", "debug1", "debug", "log", "notice", "warning", "error"}, category: catStatement, about: "Sets which messages are sent to the client."},
	{name: "DateStyle", def: "ISO, MDY", reported: true, check: dateStyle, category: catLocale, about: "Sets how dates and times print, and the order of ambiguous ones."},
	{name: "default_transaction_isolation", def: "read committed", words: isolationLevels, category: catStatement, about: "Sets the isolation level that new transactions show. All of them see one catalog."},
	{name: "default_transaction_read_only", def: "off", kind: "bool", reported: true, category: catStatement, about: "Sets whether new transactions only read."},
	{name: "dialect", def: "postgres", words: []string{"postgres", "athena"}, category: catGlaux, about: "Chooses what counts where PostgreSQL and Athena (Trino) mean different things."},
	{name: planner.DisabledRules, kind: "string", check: disabledRules, category: catGlaux, about: "Lists rules of the optimizer that are left out, separated by commas: to find what a rule does to a plan, or to go round a bug in one."},
	{name: "extra_float_digits", def: "1", kind: "integer", lo: -15, hi: 3, category: catLocale, about: "Sets how many digits floating-point values print with."},
	{name: errorFormat, def: "text", words: []string{"json", "text"}, category: catGlaux, about: "Chooses how the detail of a refused query is written: for people, or as a JSON object for programs."},
	{name: reportSetting, def: "off", kind: "bool", category: catGlaux, about: "Sends a notice with what each query read."},
	{name: "idle_in_transaction_session_timeout", def: "0", kind: "integer", unit: "ms", hi: maxInt, category: catStatement, about: "Ends sessions that have been idle in a transaction for so long; 0: never."},
	{name: "idle_session_timeout", def: "0", kind: "integer", unit: "ms", hi: maxInt, category: catStatement, about: "Ends sessions that have been idle outside a transaction for so long; 0: never."},
	{name: "in_hot_standby", def: "off", kind: "bool", reported: true, context: "internal", category: catPreset, about: "Shows whether the server is a standby."},
	{name: "integer_datetimes", def: "on", kind: "bool", reported: true, context: "internal", category: catPreset, about: "Shows that times are whole numbers in binary form."},
	{name: "IntervalStyle", def: "postgres", reported: true, words: []string{"postgres", "postgres_verbose", "sql_standard", "iso_8601"}, category: catLocale, about: "Sets how intervals print."},
	{name: "is_superuser", def: "off", kind: "bool", reported: true, context: "internal", category: catPreset, about: "Shows whether the current user is a superuser."},
	{name: "lock_timeout", def: "0", kind: "integer", unit: "ms", hi: maxInt, category: catStatement, about: "Sets how long a statement waits for an advisory lock; 0: for ever."},
	{name: "max_identifier_length", def: "63", kind: "integer", lo: 63, hi: 63, context: "internal", category: catPreset, about: "Shows how long names are in PostgreSQL."},
	{name: "max_index_keys", def: "32", kind: "integer", lo: 32, hi: 32, context: "internal", category: catPreset, about: "Shows how many columns an index has in PostgreSQL."},
	{name: "max_recursion_depth", def: "100000", kind: "integer", hi: maxInt, category: catGlaux, about: "Sets the number of rounds after which a recursive query fails; 0 turns it off."},
	{name: "password_encryption", def: "scram-sha-256", words: []string{"md5", "scram-sha-256"}, category: catAuth, about: "Chooses the kind of verifier that CREATE and ALTER USER make of a password."},
	{name: filterSetting, def: "off", kind: "bool", category: catGlaux, about: "Refuses scans of several partitions without a condition that selects among them. Tables and workgroups may ask for one whatever this says."},
	{name: memoryLimitSetting, def: "0", kind: "string", check: memorySetting, category: catGlaux, about: "Sets how much memory a query may hold, as 512MB, if that is less than its workgroup allows; 0: as the workgroup says. What does not fit is spilled to disk."},
	{name: "query_tags", kind: "string", category: catGlaux, about: "Marks the queries that follow with tags, separated by commas, for budgets and the history."},
	{name: reuseSetting, def: "-1", kind: "integer", unit: "s", lo: -1, hi: maxInt, category: catGlaux, about: "Sets how old a kept result may be that is given instead of running a query again, as long as nothing that it was made of has changed; 0: none, -1: as the workgroup says."},
	{name: "role", def: "none", kind: "string", category: catStatement, about: "Sets the current role."},
	{name: "row_format", def: "text", kind: "string", category: catGlaux, about: "Chooses how the columns of row values print."},
	{name: "search_path", kind: "string", check: searchPath, category: catStatement, about: "Sets the schemas (databases) in which a bare name is looked for; * stands for every one."},
	{name: "server_encoding", def: "UTF8", kind: "string", reported: true, context: "internal", category: catPreset, about: "Shows the server's character set encoding."},
	{name: "server_version", def: fn.ServerVersion, kind: "string", reported: true, context: "internal", category: catPreset, about: "Shows the PostgreSQL version whose behaviour this server follows."},
	{name: "server_version_num", def: fn.ServerVersionNum, kind: "integer", lo: 150000, hi: 159999, context: "internal", category: catPreset, about: "Shows the same version as a number."},
	{name: "session_authorization", kind: "string", reported: true, category: catStatement, about: "Sets the session's user."},
	{name: maxErrorSetting, def: "-1", kind: "integer", lo: -1, hi: maxInt, category: catGlaux, about: "Ends a query that leaves out or changes so many rows and values because of their table's data cleansing; -1: none."},
	{name: spillAlwaysSetting, def: "off", kind: "bool", category: catGlaux, about: "Has whatever can be spilled to disk spilled with every batch of rows. For tests."},
	{name: spillEnabledSetting, def: "on", kind: "bool", category: catGlaux, about: "Sets whether queries may write to disk what does not fit their memory; off: they fail."},
	{name: "standard_conforming_strings", def: "on", kind: "bool", reported: true, check: onlyOn, category: catCompatible, about: "Backslashes are ordinary in '...' strings: always on."},
	{name: "statement_timeout", def: "0", kind: "integer", unit: "ms", hi: maxInt, category: catStatement, about: "Cancels statements that have run for so long; 0: none."},
	{name: "TimeZone", def: "UTC", kind: "string", reported: true, check: timeZone, category: catLocale, about: "Sets the time zone in which instants are shown and read."},
	{name: "temp_table_memory", def: "0", kind: "string", check: memorySetting, category: catGlaux, about: "Sets how much memory the session's temporary tables may take, before the first is made; 0 is a quarter of the engine's."},
	{name: "transaction_isolation", def: "read committed", words: isolationLevels, category: catStatement, about: "Shows the transaction's isolation level."},
	{name: "transaction_read_only", def: "off", kind: "bool", category: catStatement, about: "Sets whether the transaction only reads."},
	{name: "workgroup", kind: "string", category: catGlaux, about: "Chooses the workgroup whose limits hold for the queries that follow."},
}

// batchRows is how many rows operators hand on at a time.
const batchRows = "batch_rows"

func disabledRules(_, value string) (string, error) { return value, planner.CheckDisabledRules(value) }

const maxInt = 1<<31 - 1

var isolationLevels = []string{"serializable", "repeatable read", "read committed", "read uncommitted"}

//go:embed settings_accepted.tsv
var acceptedSettings string

// settingDefs is every setting that a session has, by lower-case name.
var settingDefs = allSettings()

// settingsByName finds them.
var settingsByName = func() map[string]*settingDef {
	out := make(map[string]*settingDef, len(settingDefs))
	for i := range settingDefs {
		out[strings.ToLower(settingDefs[i].name)] = &settingDefs[i]
	}
	return out
}()

func allSettings() []settingDef {
	out := slices.Clone(ownSettings)
	for i := range out {
		if d := &out[i]; d.kind == "" {
			d.kind = "string"
			if d.words != nil {
				d.kind = "enum"
			}
		}
	}
	for line := range strings.Lines(acceptedSettings) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") || len(f) != 9 {
			continue
		}
		d := settingDef{name: f[0], def: f[1], kind: f[2], unit: f[3], context: f[7], category: f[8],
			about: "Is accepted for clients of PostgreSQL; it changes nothing."}
		d.lo, _ = strconv.ParseFloat(f[4], 64)
		d.hi, _ = strconv.ParseFloat(f[5], 64)
		if f[6] != "" {
			d.words = strings.Split(f[6], ",")
		}
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b settingDef) int { return strings.Compare(strings.ToLower(a.name), strings.ToLower(b.name)) })
	return out
}

func findSetting(name string) *settingDef { return settingsByName[settingKey(name)] }

// settingKey gives the name under which a setting is stored: in lower case, and
// without the catalog that Trino puts before a setting of its connectors.
func settingKey(name string) string {
	key := strings.ToLower(name)
	if _, ok := strings.CutSuffix(key, "."+filterSetting); ok {
		return filterSetting
	}
	return key
}

// SettingInfo describes a setting as pg_settings does.
type SettingInfo struct {
	Name     string
	Default  string   // in Unit, without it
	Kind     string   // bool, integer, real, enum, string
	Unit     string   // "": none
	Min, Max string   // of numbers, else ""
	Words    []string // of an enum
	Context  string   // internal, postmaster, sighup, superuser-backend, superuser, user
	Category string
	About    string
}

// Settings lists every setting by name, without a session's values: those come
// from plan.Session's Setting, in the form that SHOW has.
func Settings() []SettingInfo {
	out := make([]SettingInfo, len(settingDefs))
	for i := range settingDefs {
		d := &settingDefs[i]
		out[i] = SettingInfo{Name: d.name, Default: d.def, Kind: d.kind, Unit: d.unit, Words: d.words, Context: d.who(), Category: d.category, About: d.about}
		if d.kind == "integer" || d.kind == "real" {
			out[i].Min, out[i].Max = strconv.FormatFloat(d.lo, 'g', 6, 64), strconv.FormatFloat(d.hi, 'g', 6, 64)
			if d.kind == "integer" {
				out[i].Min, out[i].Max = strconv.FormatInt(int64(d.lo), 10), strconv.FormatInt(int64(d.hi), 10)
			}
		}
	}
	return out
}

// Plain gives a value that SHOW printed in the setting's unit, without it: 1500
// for 1500ms.
func (i SettingInfo) Plain(shown string) string {
	d := findSetting(i.Name)
	if d == nil || d.unit == "" {
		return shown
	}
	if v, err := d.number(shown); err == nil {
		return v
	}
	return shown
}

func (d *settingDef) who() string {
	if d.context == "" {
		return "user"
	}
	return d.context
}

// changeable refuses what no session may change: 55P02.
func (d *settingDef) changeable() error {
	tail := ""
	switch d.who() {
	case "user", "superuser":
		return nil
	case "postmaster":
		tail = " without restarting the server"
	case "sighup":
		tail = " now"
	case "superuser-backend", "backend":
		return fault.New(fault.CodeCantChangeParam, "parameter %q cannot be set after connection start", d.name)
	}
	return fault.New(fault.CodeCantChangeParam, "parameter %q cannot be changed%s", d.name, tail)
}
