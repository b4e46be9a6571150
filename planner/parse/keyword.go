package parse

import "strings"

// class says where an unquoted word may stand without quotes.
type class uint8

const (
	// plain words may be anything.
	plain class = iota
	// noAlias words may be columns, tables and functions, but not an alias
	// without AS, because they continue what stands before.
	noAlias
	// soft words are reserved in PostgreSQL but columns in many lakes: an
	// operand may be one (nothing else can start with them there), a table or
	// an alias without AS may not.
	soft
	// funcOnly words may be functions (left(x, 2)) or types, not columns,
	// tables or aliases.
	funcOnly
	// reserved words never name anything without quotes.
	reserved
)

// keywords lists the words that are not plain.
var keywords = func() map[string]keyword {
	m := map[string]keyword{}
	add := func(c class, words string) {
		for _, w := range strings.Fields(words) {
			m[w] = keyword{w, c}
		}
	}
	add(reserved, `all and any array as asymmetric case cast create current_catalog current_date current_role
		current_time current_timestamp current_user distinct else end except false for from group having in
		intersect into lateral localtime localtimestamp not null on or order returning select session_user some
		symmetric table then true union user using variadic when where with`)
	add(soft, `analyse analyze asc authorization binary both check collation column concurrently constraint default
		deferrable desc do fetch foreign freeze grant initially leading limit offset only placing primary
		references to trailing unique verbose window qualify`)
	add(funcOnly, `collate cross full ilike inner is isnull join left like natural notnull outer overlaps right
		similar tablesample`)
	add(noAlias, `between escape filter ignore operator over respect uescape within without`)
	// These are plain, and here so that their common upper-case spelling needs
	// no allocation.
	add(plain, `abs add avg begin bigint boolean by char coalesce comment commit count current_schema date day
		decimal deallocate describe discard double drop exists explain extract external first following float
		format grouping hour if insert int integer interval last location map max min minute month nulls
		numeric partition partitioned position preceding precision prepare range real recursive rename repair
		replace reset rollback row rows schema second set show smallint stored string substring sum tblproperties
		text time timestamp tinyint transaction trim try_cast unbounded unknown unnest update values varchar view year zone`)
	return m
}()

type keyword struct {
	word  string
	class class
}

// foldWord folds an unquoted word to lower case (ASCII only, as PostgreSQL
// does) and gives its class. Known words cost no allocation.
func foldWord(s string) (string, class) {
	var buf [24]byte
	if len(s) <= len(buf) {
		for i := 0; i < len(s); i++ {
			c := s[i]
			if c >= 'A' && c <= 'Z' {
				c += 'a' - 'A'
			}
			buf[i] = c
		}
		if k, ok := keywords[string(buf[:len(s)])]; ok {
			return k.word, k.class
		}
	}
	return foldASCII(s), plain
}

func foldASCII(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= 'A' && s[i] <= 'Z' {
			b := []byte(s)
			for ; i < len(b); i++ {
				if b[i] >= 'A' && b[i] <= 'Z' {
					b[i] += 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}
