package store

import (
	"context"
	"iter"
	"strings"
)

// Folders yields the names of the folders directly in a folder (a prefix with a
// slash at its end, or ""), each once, without slashes. A store that is no
// Leveler is asked for every object below.
func Folders(ctx context.Context, s Store, folder string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for e, err := range levelIn(ctx, s, folder) {
			if err != nil {
				yield("", err)
				return
			}
			if e.Folder != "" && !yield(strings.TrimSuffix(e.Folder[len(folder):], "/"), nil) {
				return
			}
		}
	}
}

func levelIn(ctx context.Context, s Store, folder string) iter.Seq2[Entry, error] {
	if l, ok := s.(Leveler); ok {
		return l.Level(ctx, folder)
	}
	return levelOf(s.List(ctx, folder), folder)
}

// levelOf makes one level of a listing of everything below a folder.
func levelOf(list iter.Seq2[Info, error], folder string) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		last := ""
		for o, err := range list {
			if err != nil {
				yield(Entry{}, err)
				return
			}
			e := Entry{Info: o}
			if at := strings.IndexByte(o.Key[len(folder):], '/'); at >= 0 {
				if e = (Entry{Folder: o.Key[:len(folder)+at+1]}); e.Folder == last {
					continue
				}
				last = e.Folder
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}
