package template

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/partition"
)

// The options of a table that is made from a template, besides the names of its
// layouts' keys.
const (
	// OptionLayout names the layout.
	OptionLayout = "layout"
	// OptionSince is the first day of which there are files, as yyyy-MM-dd.
	OptionSince = "since"
	// OptionFields are the fields that the files have, where their owner chose them.
	OptionFields = "fields"
)

// Place says where the partitions of one table are.
type Place struct {
	Keys []Key // all of them text
	// Properties are those of the table, of partition projection and discovery.
	Properties map[string]string
	// Note tells the owner what he may not expect; "" for nothing.
	Note string

	t        *Template
	location string
	below    []folder // that the table's files are expected in; the first is one at the location
	omitted  *folder  // one that need not be there, and was taken not to be
}

// WithoutKeys gives what is left where the owner partitions the table himself.
func (p *Place) WithoutKeys() *Place {
	out := &Place{Properties: map[string]string{}}
	if list, ok := p.Properties[exclusions]; ok {
		out.Properties[exclusions] = list
	}
	return out
}

// Key is a partition key.
type Key struct{ Name, Comment string }

// Place finds the partitions of a table at a location. Of options it uses those
// that name a layout, a day or keys: for an account or a region the values there
// are, with commas between them. What is wrong with them is 22023.
func (t *Template) Place(location string, options map[string]string) (*Place, error) {
	l, below, inside, err := t.layout(location, options)
	if err != nil {
		return nil, err
	}
	p := &placing{t: t, location: strings.TrimRight(location, "/") + "/", options: maps.Clone(options), below: below,
		out: &Place{Properties: map[string]string{}, t: t, location: location}}
	delete(p.options, OptionLayout)
	delete(p.options, OptionFields)
	if since, err := p.since(); err != nil {
		return nil, err
	} else if l != nil && !inside {
		if err := p.folders(since); err != nil {
			return nil, err
		}
	}
	if err := p.exclude(); err != nil {
		return nil, err
	}
	if err := p.rest(); err != nil {
		return nil, err
	}
	if len(t.Layouts) > 0 && l == nil {
		p.out.Note = "the location has none of the folders " + t.Layouts[0].text +
			": the table has no partitions, and its queries read all files below it"
	}
	return p.out, nil
}

// layout chooses the layout that knows most of the location.
func (t *Template) layout(location string, options map[string]string) (best *Layout, below []folder, inside bool, err error) {
	names, most := folderNames(location), 0
	want, chosen := options[OptionLayout]
	var all []string
	for _, l := range t.Layouts {
		all = append(all, l.Name)
		if chosen && !strings.EqualFold(l.Name, want) {
			continue
		}
		b, known, in, ok := l.match(names)
		ok = ok || chosen && l.folders[0].before == "" // its first folder may have any name
		if chosen && !ok {
			return nil, nil, false, fault.New(fault.CodeInvalidParameter, "location %q has none of the folders of the layout %s: %s", location, l.Name, l.text).
				WithHint("End the location at a folder of the layout, for example %s/.", strings.TrimSuffix(l.folders[0].text(), "/"))
		}
		if ok && (best == nil || known > most) {
			best, below, inside, most = l, b, in, known
		}
	}
	if chosen && best == nil {
		return nil, nil, false, unknown("layout", want, all)
	}
	return best, below, inside, nil
}

func unknown(what, name string, known []string) error {
	e := fault.New(fault.CodeInvalidParameter, "unknown %s %q", what, name)
	if near := fault.Nearest(name, known); near != "" {
		return e.WithHint("Did you mean %q?", near)
	}
	if len(known) == 0 {
		return e.WithHint("This template has none.")
	}
	return e.WithHint("Known: %s.", strings.Join(known, ", "))
}

// folderNames gives the folders of a location, without its bucket.
func folderNames(location string) []string {
	if _, rest, ok := strings.Cut(location, "://"); ok {
		_, location, _ = strings.Cut(rest, "/")
	}
	return strings.FieldsFunc(location, func(r rune) bool { return r == '/' })
}

// placing is a Place that is being made.
type placing struct {
	t        *Template
	location string
	options  map[string]string // those that were not used yet
	below    []folder
	out      *Place
}

// since gives the first day of projected dates.
func (p *placing) since() (time.Time, error) {
	text, ok := p.options[OptionSince]
	if !ok {
		return p.t.Since, nil
	}
	delete(p.options, OptionSince)
	day, err := time.Parse(time.DateOnly, strings.ReplaceAll(text, "/", "-"))
	if err != nil {
		return day, fault.New(fault.CodeInvalidParameter, "option since is %q: expected a day such as 2024-01-31", text)
	}
	return day, nil
}

// folders makes keys of the folders below the location.
func (p *placing) folders(since time.Time) error {
	var path strings.Builder
	hive, plain := true, false // k=v folders alone; folders without keys
	for _, f := range p.below {
		if f.optional {
			value, ok := p.options[f.key]
			if !ok {
				p.out.omitted = &f
				continue
			}
			delete(p.options, f.key)
			if !kindOf(f.key).shape[0].MatchString(value) {
				return badValue(f.key, value)
			}
			path.WriteString(value + "/")
			p.out.below = append(p.out.below, folder{before: value})
			plain = true
			continue
		}
		path.WriteString(f.text() + "/")
		p.out.below = append(p.out.below, f)
		if f.key == "" {
			plain = true
			continue
		}
		hive = hive && f.hive()
		p.out.Keys = append(p.out.Keys, Key{f.key, kindOf(f.key).comment})
	}
	if len(p.out.Keys) == 0 {
		return nil
	}
	if !hive || plain {
		p.out.Properties[partition.PropertyTemplate] = p.location + path.String()
	}
	if hive {
		p.out.Properties[partition.PropertyDiscovery] = "auto"
		return nil
	}
	return p.project(since)
}

// project writes the properties of a projection. Keys whose values nobody told
// are injected, and their folders are listed.
func (p *placing) project(since time.Time) error {
	props := p.out.Properties
	props[partition.PropertyProjection] = "true"
	for _, key := range p.out.Keys {
		kind, name := kindOf(key.Name), "projection."+key.Name+"."
		values, told := p.options[key.Name]
		switch {
		case kind.format != "":
			from := since.Format("2006/01/02")
			if strings.HasSuffix(kind.format, "HH") {
				from += "/00"
			}
			props[name+"type"], props[name+"format"], props[name+"range"] = "date", kind.format, from+",NOW"
			props[name+"interval"], props[name+"interval.unit"] = "1", kind.unit
		case told:
			list, err := valuesOf(kind, values)
			if err != nil {
				return err
			}
			delete(p.options, key.Name)
			props[name+"type"], props[name+"values"] = "enum", strings.Join(list, ",")
		default:
			props[name+"type"] = "injected"
			props[partition.PropertyDiscovery] = "auto"
		}
	}
	return nil
}

func valuesOf(kind keyKind, text string) ([]string, error) {
	var out []string
	for _, v := range strings.Split(text, ",") {
		if v = strings.TrimSpace(v); !kind.shape[0].MatchString(v) {
			return nil, badValue(kind.name, v)
		}
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out, nil
}

func badValue(key, value string) error {
	return fault.New(fault.CodeInvalidParameter, "option %s: %q is none", key, value).
		WithHint("Give the names of folders, with commas between several.")
}

// exclusions is the table property that names files that are not the table's, as
// crawlers write it too (catalog/lake).
const exclusions = "exclusions"

// exclude names the files that are others' logs, wherever the table lies.
func (p *placing) exclude() error {
	if len(p.t.Exclude) == 0 {
		return nil
	}
	list, err := json.Marshal(p.t.Exclude)
	if err != nil {
		return err
	}
	p.out.Properties[exclusions] = string(list)
	return nil
}

// rest refuses options that nothing has used.
func (p *placing) rest() error {
	names := slices.Sorted(maps.Keys(p.options))
	if len(names) == 0 {
		return nil
	}
	known := []string{OptionLayout, OptionSince}
	if p.t.Choosable {
		known = append(known, OptionFields)
	}
	for _, l := range p.t.Layouts {
		keys := l.Keys()
		if slices.Contains(keys, names[0]) {
			return fault.New(fault.CodeInvalidParameter, "option %s says what the location or its folders say already", names[0])
		}
		known = append(known, keys...)
	}
	return unknown("option", names[0], known)
}
