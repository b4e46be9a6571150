package template

import (
	"fmt"
	"strings"
)

// Advise judges by the names of the folders that are at the table's location now
// whether the table will find its files there; "" if so, or if there are none.
func (p *Place) Advise(names []string) string {
	if p.omitted != nil {
		if name := first(names, *p.omitted); name != "" {
			return fmt.Sprintf("folder %s is an %s's, whose logs this table does not read: end the location there, or write WITH (%s = '%s')",
				name, p.omitted.key, p.omitted.key, name)
		}
	}
	switch {
	case len(names) == 0:
		return ""
	case len(p.below) > 0 && first(names, p.below[0]) != "":
		return ""
	}
	if text := p.otherLayout(names); text != "" || len(p.below) == 0 {
		return text
	}
	return fmt.Sprintf("the table expects folders %s at its location, where there are others: %s", p.below[0].text(), few(names))
}

// otherLayout tells of a layout that the folders fit.
func (p *Place) otherLayout(names []string) string {
	for _, l := range p.t.Layouts {
		below, _, _, ok := l.match(folderNames(p.location))
		if !ok { // it may begin here
			below = l.folders
		}
		if len(below) == 0 || below[0].key != "" && below[0].before == "" {
			continue // any folder would do
		}
		name := first(names, below[0])
		switch {
		case name == "":
		case !ok:
			return fmt.Sprintf("there is a folder %s, as in %s: end the location there to have partitions", name, l.text)
		default:
			return fmt.Sprintf("folder %s is one of the layout %s: write WITH (%s = '%s')", name, l.Name, OptionLayout, l.Name)
		}
	}
	return ""
}

// first gives the first of the names that a folder can have, "" for none.
func first(names []string, f folder) string {
	for _, n := range names {
		if f.takes([]string{n}) {
			return n
		}
	}
	return ""
}

// few gives some names as a text.
func few(names []string) string {
	const most = 5
	if len(names) > most {
		return strings.Join(names[:most], ", ") + " ..."
	}
	return strings.Join(names, ", ")
}
