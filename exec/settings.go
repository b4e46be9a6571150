package exec

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// Setting is a run-time setting by the name that clients see, and its value.
type Setting struct{ Name, Value string }

// settingDef is one setting of the table below.
type settingDef struct {
	name     string // as SHOW ALL and ParameterStatus spell it
	def      string
	reported bool                                     // clients hear of every change
	fixed    bool                                     // cannot be changed: 55P02
	check    func(name, value string) (string, error) // nil: any text
	about    string
}

// settingDefs is every setting that a session has.
var settingDefs = []settingDef{
	{name: "application_name", reported: true, about: "Sets the application name to be reported in statistics and logs."},
	{name: "bytea_output", def: "hex", check: oneOf("hex", "escape"), about: "Sets the output format for bytea."},
	{name: "check_function_bodies", def: "on", check: boolean, about: "Has no effect."},
	{name: "client_encoding", def: "UTF8", reported: true, check: encoding, about: "Sets the client's character set encoding: UTF8."},
	{name: "client_min_messages", def: "notice", check: oneOf("debug5", "debug4", "debug3", "debug2", "debug1", "debug", "log", "notice", "warning", "error"), about: "Sets the message levels that are sent to the client."},
	{name: "DateStyle", def: "ISO, MDY", reported: true, check: dateStyle, about: "Sets the display format for date and time values, and the order in which ambiguous ones are read."},
	{name: "default_tablespace", about: "Has no effect."},
	{name: "default_table_access_method", def: "heap", about: "Has no effect."},
	{name: "default_transaction_isolation", def: "read committed", check: isolation, about: "Has no effect: a statement sees one snapshot."},
	{name: "default_transaction_read_only", def: "off", reported: true, check: boolean, about: "Has no effect."},
	{name: "dialect", def: "postgres", check: oneOf("postgres", "athena"), about: "Chooses what counts where PostgreSQL and Athena (Trino) mean different things."},
	{name: "escape_string_warning", def: "on", check: boolean, about: "Has no effect."},
	{name: "extra_float_digits", def: "1", check: integer(-15, 3), about: "Sets the number of digits displayed for floating-point values."},
	{name: "geqo", def: "on", check: boolean, about: "Has no effect."},
	{name: "idle_in_transaction_session_timeout", def: "0", check: duration, about: "Has no effect."},
	{name: "in_hot_standby", def: "off", reported: true, fixed: true, about: "Shows whether hot standby is active."},
	{name: "integer_datetimes", def: "on", reported: true, fixed: true, about: "Shows whether datetimes are integer based."},
	{name: "IntervalStyle", def: "postgres", reported: true, check: oneOf("postgres", "postgres_verbose", "sql_standard", "iso_8601"), about: "Sets the display format for interval values."},
	{name: "jit", def: "off", check: boolean, about: "Has no effect."},
	{name: "lc_collate", def: "C", fixed: true, about: "Shows the collation order locale."},
	{name: "lc_ctype", def: "C.UTF-8", fixed: true, about: "Shows the character classification locale."},
	{name: "lc_messages", def: "C", about: "Has no effect."},
	{name: "lc_monetary", def: "C", about: "Has no effect."},
	{name: "lc_numeric", def: "C", about: "Has no effect."},
	{name: "lc_time", def: "C", about: "Has no effect."},
	{name: "lock_timeout", def: "0", check: duration, about: "Has no effect."},
	{name: "max_identifier_length", def: "63", fixed: true, about: "Shows the maximum identifier length."},
	{name: "max_index_keys", def: "32", fixed: true, about: "Shows the maximum number of index keys."},
	{name: "max_prepared_transactions", def: "0", fixed: true, about: "Shows the maximum number of prepared transactions."},
	{name: "max_recursion_depth", def: "100000", check: integer(0, 1<<31-1), about: "Sets the number of rounds after which a recursive query fails; 0 turns it off."},
	{name: "role", def: "none", about: "Has no effect."},
	{name: "row_format", def: "text", about: "Chooses how the columns of row values print."},
	{name: "row_security", def: "on", check: boolean, about: "Has no effect."},
	{name: "search_path", check: searchPath, about: "Sets the schemas (databases) in which a bare name is looked for; * stands for every one."},
	{name: "server_encoding", def: "UTF8", reported: true, fixed: true, about: "Shows the server's character set encoding."},
	{name: "server_version", def: "15.0", reported: true, fixed: true, about: "Shows the PostgreSQL version whose behaviour this server follows."},
	{name: "server_version_num", def: "150000", fixed: true, about: "Shows the same version as a number."},
	{name: "session_authorization", reported: true, fixed: true, about: "Shows the session's user."},
	{name: "is_superuser", def: "off", reported: true, fixed: true, about: "Shows whether the user is a superuser."},
	{name: "standard_conforming_strings", def: "on", reported: true, check: onlyOn, about: "Backslashes are ordinary in '...' strings: always on."},
	{name: "statement_timeout", def: "0", check: duration, about: "Sets the time after which a statement is canceled, in milliseconds; 0 turns it off."},
	{name: "synchronize_seqscans", def: "on", check: boolean, about: "Has no effect."},
	{name: "temp_table_memory", def: "0", check: memorySetting, about: "Sets how much memory the session's temporary tables may take, before the first is made; 0 is a quarter of the engine's."},
	{name: "TimeZone", def: "UTC", reported: true, check: timeZone, about: "Sets the time zone in which instants are shown and read."},
	{name: "transaction_isolation", def: "read committed", check: isolation, about: "Has no effect."},
	{name: "transaction_read_only", def: "off", check: boolean, about: "Has no effect."},
	{name: "work_mem", def: "4MB", about: "Has no effect."},
	{name: "workgroup", about: "Chooses the workgroup whose limits hold for the queries that follow."},
	{name: "xmloption", def: "content", check: oneOf("content", "document"), about: "Has no effect."},
}

func findSetting(name string) *settingDef {
	for i := range settingDefs {
		if strings.EqualFold(settingDefs[i].name, name) {
			return &settingDefs[i]
		}
	}
	return nil
}

// settings are a session's values. The keys are lower-case names; a setting
// that is not among them has its default. One goroutine uses it at a time.
type settings struct {
	vals    map[string]string
	defs    map[string]string  // this session's own defaults, from its start-up
	saved   map[string]string  // vals as they were at BEGIN; nil outside a transaction
	local   map[string]*string // what COMMIT goes back to where SET LOCAL changed something; nil: unset
	changed map[string]bool    // reported settings that changed
}

func newSettings() *settings {
	return &settings{vals: map[string]string{}, defs: map[string]string{}, local: map[string]*string{}, changed: map[string]bool{}}
}

// get gives a setting; ok is false for a name that nobody has set or defined.
func (s *settings) get(name string) (string, bool) {
	name = strings.ToLower(name)
	if v, ok := s.vals[name]; ok {
		return v, true
	}
	if v, ok := s.defs[name]; ok {
		return v, true
	}
	if d := findSetting(name); d != nil {
		return d.def, true
	}
	return "", false
}

// judge checks a setting's value and gives it as it is stored.
func judge(name, value string) (string, error) {
	key := strings.ToLower(name)
	d := findSetting(key)
	switch {
	case d == nil && !strings.Contains(key, "."):
		return "", unknownSetting(name)
	case d != nil && d.fixed:
		return "", fault.New(fault.CodeCantChangeParam, "parameter %q cannot be changed", d.name)
	case d != nil && d.check != nil:
		return d.check(d.name, value)
	}
	return value, nil
}

// set checks and changes a setting.
func (s *settings) set(name, given string, local bool) error {
	value, err := judge(name, given)
	if err != nil {
		return err
	}
	key := strings.ToLower(name)
	d := findSetting(key)
	if key == "datestyle" { // what it leaves out stays
		current, _ := s.get(key)
		value = dateStyleOver(current, given)
	}
	s.keepLocal(key, local)
	s.vals[key] = value
	s.note(d)
	return nil
}

// reset gives a setting its default again; "all" resets every one.
func (s *settings) reset(name string, local bool) error {
	key := strings.ToLower(name)
	if key == "all" {
		for k := range s.vals {
			s.note(findSetting(k))
		}
		clear(s.vals)
		return nil
	}
	d := findSetting(key)
	if _, ok := s.get(key); !ok {
		return unknownSetting(name)
	}
	s.keepLocal(key, local)
	delete(s.vals, key)
	s.note(d)
	return nil
}

func (s *settings) note(d *settingDef) {
	if d != nil && d.reported {
		s.changed[d.name] = true
	}
}

func unknownSetting(name string) error {
	e := fault.New(fault.CodeUndefinedObject, "unrecognized configuration parameter %q", name)
	names := make([]string, len(settingDefs))
	for i, d := range settingDefs {
		names[i] = d.name
	}
	if near := fault.Nearest(name, names); near != "" {
		return e.WithHint("Did you mean %q?", near)
	}
	return e
}

// keepLocal remembers what a setting goes back to when the transaction ends.
func (s *settings) keepLocal(key string, local bool) {
	if s.saved == nil {
		return
	}
	if !local {
		delete(s.local, key)
		return
	}
	if _, ok := s.local[key]; !ok {
		s.local[key] = nil
		if v, ok := s.vals[key]; ok {
			s.local[key] = &v
		}
	}
}

func (s *settings) beginTx() { s.saved = maps.Clone(s.vals) }

// endTx ends the transaction: a rollback undoes every change, a commit those of
// SET LOCAL.
func (s *settings) endTx(commit bool) {
	before := maps.Clone(s.vals)
	if commit {
		for k, v := range s.local {
			if v == nil {
				delete(s.vals, k)
			} else {
				s.vals[k] = *v
			}
		}
	} else if s.saved != nil {
		s.vals = s.saved
	}
	s.saved = nil
	clear(s.local)
	for k, v := range before {
		if s.vals[k] != v {
			s.note(findSetting(k))
		}
	}
	for k := range s.vals {
		if _, ok := before[k]; !ok {
			s.note(findSetting(k))
		}
	}
}

// take gives the reported settings that changed since the last call.
func (s *settings) take() []Setting {
	var out []Setting
	for _, name := range slices.Sorted(maps.Keys(s.changed)) {
		v, _ := s.get(name)
		out = append(out, Setting{name, v})
	}
	clear(s.changed)
	return out
}

func badValue(name, value string) *fault.Error {
	return fault.New(fault.CodeInvalidParameter, "invalid value for parameter %q: %q", name, value)
}

func oneOf(words ...string) func(name, value string) (string, error) {
	return func(name, value string) (string, error) {
		if v := strings.ToLower(value); slices.Contains(words, v) {
			return v, nil
		}
		return "", badValue(name, value).WithHint("Available values: %s.", strings.Join(words, ", "))
	}
}

func boolean(name, value string) (string, error) {
	b, err := types.ParseBool([]byte(value))
	if err != nil {
		return "", fault.New(fault.CodeInvalidParameter, "parameter %q requires a Boolean value", name)
	}
	if b {
		return "on", nil
	}
	return "off", nil
}

func onlyOn(name, value string) (string, error) {
	v, err := boolean(name, value)
	if err == nil && v != "on" {
		return "", badValue(name, value)
	}
	return v, err
}

func integer(lo, hi int) func(name, value string) (string, error) {
	return func(name, value string) (string, error) {
		n, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || n < lo || n > hi {
			if err == nil {
				return "", fault.New(fault.CodeInvalidParameter, "%d is outside the valid range for parameter %q (%d .. %d)", n, name, lo, hi)
			}
			return "", badValue(name, value).WithHint("The value lies between %d and %d.", lo, hi)
		}
		return strconv.Itoa(n), nil
	}
}

func isolation(name, value string) (string, error) {
	return oneOf("serializable", "repeatable read", "read committed", "read uncommitted")(name, value)
}

func encoding(name, value string) (string, error) {
	switch v := strings.ToUpper(strings.ReplaceAll(value, "-", "")); v {
	case "UTF8", "UNICODE", "SQL_ASCII":
		return "UTF8", nil
	}
	return "", badValue(name, value).WithHint("The only encoding is UTF8.")
}

func timeZone(name, value string) (string, error) {
	if strings.EqualFold(value, "local") || strings.EqualFold(value, "default") {
		return "UTC", nil
	}
	if hours, err := strconv.Atoi(strings.TrimSpace(value)); err == nil && hours > -16 && hours < 16 {
		value = types.HoursZone(hours)
		return value, nil
	}
	loc, ok := types.LoadZone(value)
	if _, named := strings.CutPrefix(value, "<"); ok && named {
		return value, nil
	}
	if !ok {
		return "", fault.New(fault.CodeInvalidParameter, "invalid value for parameter %q: %q", name, value).
			WithHint("Give a name such as Europe/Berlin or an offset such as +02:00.")
	}
	return loc.String(), nil
}

// duration takes milliseconds or a number with a unit, and gives milliseconds.
func duration(name, value string) (string, error) {
	d, err := parseDuration(value)
	if err != nil || d < 0 {
		return "", badValue(name, value).WithHint("Give milliseconds or a number with a unit: ms, s, min, h, d.")
	}
	return strconv.FormatInt(d.Milliseconds(), 10), nil
}

func parseDuration(value string) (time.Duration, error) {
	value = strings.TrimSpace(value)
	if n, err := strconv.ParseInt(value, 10, 64); err == nil {
		return time.Duration(n) * time.Millisecond, nil
	}
	for _, u := range []struct {
		suffix string
		unit   time.Duration
	}{{"ms", time.Millisecond}, {"us", time.Microsecond}, {"min", time.Minute}, {"s", time.Second}, {"h", time.Hour}, {"d", 24 * time.Hour}} {
		if num, ok := strings.CutSuffix(value, u.suffix); ok {
			f, err := strconv.ParseFloat(strings.TrimSpace(num), 64)
			return time.Duration(f * float64(u.unit)), err
		}
	}
	return time.ParseDuration(value)
}

func searchPath(name, value string) (string, error) {
	if _, err := splitPath(value); err != nil {
		return "", badValue(name, value)
	}
	return value, nil
}

// splitPath cuts a search path into names, folding those that are not quoted.
func splitPath(value string) ([]string, error) {
	var out []string
	rest := strings.TrimSpace(value)
	for rest != "" {
		var word string
		if rest[0] == '"' {
			end := 1
			for ; end < len(rest); end++ {
				if rest[end] != '"' {
					continue
				}
				if end+1 == len(rest) || rest[end+1] != '"' {
					break
				}
				end++
			}
			if end >= len(rest) {
				return nil, fault.New(fault.CodeInvalidParameter, "unterminated quoted name in %q", value)
			}
			word, rest = strings.ReplaceAll(rest[1:end], `""`, `"`), rest[end+1:]
		} else {
			end := strings.IndexByte(rest, ',')
			if end < 0 {
				end = len(rest)
			}
			word, rest = strings.ToLower(strings.TrimSpace(rest[:end])), rest[end:]
		}
		if word != "" {
			out = append(out, word)
		}
		rest = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(rest), ","))
	}
	return out, nil
}
