package exec

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/charset"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// Setting is a run-time setting by the name that clients see, and its value.
type Setting struct{ Name, Value string }

// settings are a session's values. The keys are lower-case names; a setting
// that is not among them has its default. One goroutine uses it at a time.
type settings struct {
	vals    map[string]string
	defs    map[string]string  // this session's own defaults, from its start-up
	saved   []savedSettings    // as they were at BEGIN and at each savepoint since; nil outside a transaction
	local   map[string]*string // what COMMIT goes back to where SET LOCAL changed something; nil: unset
	changed map[string]bool    // reported settings that changed
	frozen  *settings          // what freeze gave last
}

// savedSettings is what a rollback goes back to.
type savedSettings struct {
	vals  map[string]string
	local map[string]*string
}

func newSettings() *settings {
	return &settings{vals: map[string]string{}, defs: map[string]string{}, local: map[string]*string{}, changed: map[string]bool{}}
}

// get gives a setting as it is stored; ok is false for a name that nobody has set
// or defined.
func (s *settings) get(name string) (string, bool) {
	name = settingKey(name)
	if v, ok := s.vals[name]; ok {
		return v, true
	}
	if v, ok := s.defs[name]; ok {
		return v, true
	}
	if of, ok := strings.CutPrefix(name, "transaction_"); ok { // outside a transaction: as the next one will be
		return s.get("default_transaction_" + of)
	}
	if d := findSetting(name); d != nil {
		return d.def, true
	}
	return "", false
}

// given reports whether the session, or its start-up, has set a setting.
func (s *settings) given(key string) bool {
	_, set := s.vals[key]
	_, def := s.defs[key]
	return set || def
}

// shown gives a setting as SHOW prints it.
func (s *settings) shown(name string) (string, bool) {
	v, ok := s.get(name)
	if d := findSetting(name); ok && d != nil {
		v = d.show(v)
	}
	return v, ok
}

// freeze gives a copy of the values that nobody changes any more; the same one as
// long as they are the same.
func (s *settings) freeze() *settings {
	if f := s.frozen; f == nil || !maps.Equal(f.vals, s.vals) || !maps.Equal(f.defs, s.defs) {
		s.frozen = &settings{vals: maps.Clone(s.vals), defs: maps.Clone(s.defs)}
	}
	return s.frozen
}

// judge checks a setting's value and gives it as it is stored.
func judge(name, value string) (string, error) {
	d := findSetting(name)
	if d == nil {
		return value, checkCustomName(name)
	}
	if err := d.changeable(); err != nil {
		return "", err
	}
	return d.value(value)
}

// set checks and changes a setting.
func (s *settings) set(name, given string, local bool) error {
	value, err := judge(name, given)
	if err != nil {
		return err
	}
	key := settingKey(name)
	d := findSetting(key)
	if key == "datestyle" { // what it leaves out stays
		current, _ := s.get(key)
		value = dateStyleOver(current, given)
	}
	s.keepLocal(key, local)
	s.vals[key] = value
	s.note(d)
	s.leaveRole(key, local)
	return nil
}

// keptByReset are the settings that RESET ALL leaves alone.
var keptByReset = []string{"role", "session_authorization", "transaction_isolation", "transaction_read_only", "transaction_deferrable"}

// reset gives a setting its default again; "all" resets every one. One of nobody's
// stays known, without a value.
func (s *settings) reset(name string, local bool) error {
	key := settingKey(name)
	if key == "all" {
		for k := range s.vals {
			if !slices.Contains(keptByReset, k) {
				s.clear(k, false)
			}
		}
		return nil
	}
	if d := findSetting(key); d == nil {
		if _, ok := s.get(key); !ok {
			return unknownSetting(name)
		}
	} else if err := d.changeable(); err != nil {
		return err
	}
	s.clear(key, local)
	s.leaveRole(key, local)
	return nil
}

// leaveRole ends SET ROLE when the session gets another user.
func (s *settings) leaveRole(changed string, local bool) {
	if _, ok := s.vals["role"]; ok && changed == "session_authorization" {
		s.clear("role", local)
	}
}

func (s *settings) clear(key string, local bool) {
	s.keepLocal(key, local)
	delete(s.vals, key)
	d := findSetting(key)
	if _, ok := s.defs[key]; d == nil && !ok {
		s.vals[key] = ""
	}
	s.note(d)
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

// beginTx begins a transaction or, in one, a savepoint: it gives what to go back to.
func (s *settings) beginTx() {
	s.saved = append(s.saved, savedSettings{maps.Clone(s.vals), maps.Clone(s.local)})
}

// rollbackTo goes back to the n-th savepoint, which stays.
func (s *settings) rollbackTo(n int) {
	to := s.saved[n]
	s.saved = s.saved[:n+1]
	s.become(maps.Clone(to.vals))
	s.local = maps.Clone(to.local)
}

// release forgets the n-th savepoint and those behind it.
func (s *settings) release(n int) { s.saved = s.saved[:n] }

// endTx ends the transaction: a rollback undoes every change, a commit those of
// SET LOCAL.
func (s *settings) endTx(commit bool) {
	if len(s.saved) == 0 {
		return
	}
	after := s.saved[0].vals
	if commit {
		after = maps.Clone(s.vals)
		for k, v := range s.local {
			if v == nil {
				delete(after, k)
			} else {
				after[k] = *v
			}
		}
	}
	s.saved = nil
	clear(s.local)
	s.become(after)
}

// become replaces all values.
func (s *settings) become(vals map[string]string) {
	before := s.vals
	s.vals = vals
	for k, v := range before {
		if now, ok := vals[k]; !ok || now != v {
			s.note(findSetting(k))
		}
	}
	for k := range vals {
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

func encoding(name, value string) (string, error) {
	cs, ok := charset.Lookup(value)
	switch {
	case !ok:
		return "", badValue(name, value)
	case !cs.Supported():
		e := badValue(name, value).WithDetail("Conversion between %s and UTF8 is not supported.", cs.Name)
		e.Code = fault.CodeFeatureNotSupported
		return "", e
	case value == "UNICODE": // PostgreSQL leaves it so, for old drivers that look
		return value, nil
	}
	return cs.Name, nil
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
