package template

// Suggest gives the names of the templates for a file by its folders alone: those
// of a service whose own folders it lies in. Layouts without such folders suggest
// nothing.
func Suggest(url string) []string {
	names := folderNames(url)
	if len(names) > 0 {
		names = names[:len(names)-1]
	}
	var out []string
	for _, t := range All() {
		for _, l := range t.Layouts {
			if l.owns(names) {
				out = append(out, t.Name)
				break
			}
		}
	}
	return out
}

// owns reports whether a path leads through all folders of the layout that have
// names of their own, of which there are two at least: AWSLogs alone is everybody's.
func (l *Layout) owns(names []string) bool {
	below, known, _, ok := l.match(names)
	if !ok || known == 0 {
		return false
	}
	own := 0
	for _, f := range l.folders {
		if f.key == "" {
			own++
		}
	}
	for _, f := range below {
		if f.key == "" {
			return false
		}
	}
	return own >= 2
}
