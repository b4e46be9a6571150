package csv

import (
	"strings"
	"sync"
	"unicode"
)

// columnWords are words that columns are often called by, alone or as a part
// of a name (order_id, customerName). Words that are common as values, such as
// active, open or home, are left out.
var columnWords = sync.OnceValue(func() map[string]bool {
	return wordSet(`
	id uid uuid guid key code no nr num number index idx ref reference sku isbn ean upc serial
	name title label alias username login nickname surname firstname lastname fullname middlename
	description desc comment comments note notes remark remarks text message msg body subject summary details abstract
	type kind category class group tag tags status state stage level priority severity rank grade
	date time datetime timestamp day month year week quarter hour minute second period created updated modified deleted
	birthday birthdate dob timezone duration age start end begin since until expiry
	address addr street city town zip zipcode postcode postal country county region province district continent location place
	latitude longitude lat lon lng geo coordinates
	email mail phone mobile fax tel url uri link website domain host hostname ip port path file filename folder directory
	price cost amount total sum subtotal tax vat discount fee charge balance salary income revenue profit currency unit units
	quantity qty count size length width height weight volume area distance speed score rating percent percentage ratio rate
	value values min max avg mean median average
	user customer client account employee manager owner author editor publisher vendor supplier buyer seller member contact person
	company organization organisation department dept team division office branch store shop
	product item order invoice payment transaction shipment delivery purchase sale sales
	gender sex nationality language lang locale capital occupation job position role
	version source target origin destination parent child column field attribute property parameter variable
	method action event session request response agent device browser os platform model brand make color colour
	hash checksum token password secret format encoding mime content
	question answer word definition term keyword keywords genre artist album track song movie film book
	species genus family symbol ticker exchange sector industry
`)
})

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// maxWordy is the longest text that is looked at for a word: names are short.
const maxWordy = 40

// hasWord reports whether a text is a name made with one of columnWords: its
// last or first part is one. Parts are separated by what is no letter, and by
// capitals.
func hasWord(s []byte) bool {
	if len(s) == 0 || len(s) > maxWordy {
		return false
	}
	parts := nameParts(string(s))
	if len(parts) == 0 || len(parts) > 4 {
		return false
	}
	words := columnWords()
	return words[parts[len(parts)-1]] || words[parts[0]]
}

func nameParts(s string) []string {
	var out []string
	part := []rune{}
	flush := func() {
		if len(part) > 0 {
			out = append(out, strings.ToLower(string(part)))
			part = part[:0]
		}
	}
	lower := false
	for _, r := range s {
		switch {
		case !unicode.IsLetter(r):
			flush()
		case unicode.IsUpper(r) && lower:
			flush()
			part = append(part, r)
		default:
			part = append(part, r)
		}
		lower = unicode.IsLower(r)
	}
	flush()
	return out
}
