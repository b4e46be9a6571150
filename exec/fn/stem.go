package fn

import (
	"slices"
	"strings"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/danish"
	"github.com/blevesearch/snowballstem/dutch"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/finnish"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/hungarian"
	"github.com/blevesearch/snowballstem/italian"
	"github.com/blevesearch/snowballstem/norwegian"
	"github.com/blevesearch/snowballstem/portuguese"
	"github.com/blevesearch/snowballstem/romanian"
	"github.com/blevesearch/snowballstem/russian"
	"github.com/blevesearch/snowballstem/spanish"
	"github.com/blevesearch/snowballstem/swedish"
	"github.com/blevesearch/snowballstem/turkish"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec/kernel"
)

// stemmers are Snowball's algorithms by ISO 639-1 codes.
var stemmers = map[string]func(*snowballstem.Env) bool{
	"da": danish.Stem, "de": german.Stem, "en": english.Stem, "es": spanish.Stem, "fi": finnish.Stem, "fr": french.Stem, "hu": hungarian.Stem,
	"it": italian.Stem, "nl": dutch.Stem, "no": norwegian.Stem, "pt": portuguese.Stem, "ro": romanian.Stem, "ru": russian.Stem, "sv": swedish.Stem, "tr": turkish.Stem,
}

func stemEntries() []*Entry {
	return []*Entry{{Names: []string{"word_stem"}, Doc: "The stem of a word that is in lower case: English, or of the language whose code is the second argument (da, de, en, es, fi, fr, hu, it, nl, no, pt, ro, ru, sv, tr).",
		Examples: []Example{{SQL: "word_stem('authorization')", Result: "author"}, {SQL: "word_stem('ganhando', 'pt')", Result: "ganh"}},
		overs: []overload{
			{sig: "word_stem(varchar) varchar", scalar: mapText(func(b, s []byte) []byte { return appendStem(b, s, english.Stem) })},
			{sig: "word_stem(varchar, varchar) varchar", scalar: textFn(func(b []byte, s []kernel.Strings, i int) ([]byte, error) {
				stem, ok := stemmers[strings.ToLower(string(s[1].At(i)))]
				if !ok {
					var known []string
					for code := range stemmers {
						known = append(known, code)
					}
					slices.Sort(known)
					return b, fault.New(fault.CodeInvalidParameter, "unknown stemmer language: %q", s[1].At(i)).WithHint("Known are %s.", strings.Join(known, ", "))
				}
				return appendStem(b, s[0].At(i), stem), nil
			})},
		}}}
}

func appendStem(b, word []byte, stem func(*snowballstem.Env) bool) []byte {
	env := snowballstem.NewEnv(string(word))
	stem(env)
	return append(b, env.Current()...)
}
