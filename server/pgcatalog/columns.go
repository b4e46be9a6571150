package pgcatalog

import (
	_ "embed" // for the facts about PostgreSQL 15
	"strconv"
	"strings"
	"sync"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
)

//go:generate sh -c "test -z \"$PG15\" || (cd data && psql -X -At -F \"$(printf '\\t')\" -f ../dump.sql $PG15)"

//go:embed data/columns.tsv
var columnsTSV string

//go:embed data/types.tsv
var typesTSV string

// relation is a relation of PostgreSQL (or of ours) as declared.
type relation struct {
	schema, name string
	oid          uint32
	kind         string // r, v
	rowType      uint32 // its row type and the array of that, 0: none
	rowArray     uint32
	columns      []catalog.Column
	pgTypes      []string // as PostgreSQL's format_type names them
	notNull      []bool
}

// lines splits a file of tab-separated values.
func lines(tsv string) [][]string {
	var out [][]string
	for line := range strings.Lines(tsv) {
		out = append(out, strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
	}
	return out
}

// pgRelations reads columns.tsv: schema, relation, OID, kind, column, type, not
// null, row type, its array; the columns of a relation are together and in
// order.
var pgRelations = sync.OnceValue(func() []*relation {
	var out []*relation
	for _, f := range lines(columnsTSV) {
		if n := len(out); n == 0 || out[n-1].schema != f[0] || out[n-1].name != f[1] {
			out = append(out, &relation{schema: f[0], name: f[1], oid: number(f[2]), kind: f[3],
				rowType: number(f[7]), rowArray: number(f[8])})
		}
		r := out[len(out)-1]
		r.columns = append(r.columns, catalog.Column{Name: f[4], Type: typeNamed(f[5])})
		r.pgTypes = append(r.pgTypes, f[5])
		r.notNull = append(r.notNull, f[6] == "t")
	}
	return out
})

// number reads an OID of the embedded files; one that is none is a mistake in
// the files, which the test of this package finds.
func number(s string) uint32 {
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil {
		panic("pgcatalog: bad number in the embedded data: " + s)
	}
	return uint32(n)
}

// namedTypes are the column types of PostgreSQL's catalogs as types of ours.
// What is not here (pg_node_tree, inet, pg_lsn ...) is text.
var namedTypes = map[string]types.Type{
	"oid": types.TOID, "xid": {Kind: types.OID, S: types.XID}, "bigint": types.TBigInt, "name": types.TName, "text": types.TVarchar,
	"boolean": types.TBoolean, "integer": types.TInteger, "smallint": types.TSmallInt, "real": types.TReal,
	"double precision": types.TDouble, "numeric": types.DecimalOf(38, 9), "bytea": types.TVarbinary,
	"timestamp with time zone": types.TTimestampTZ, "interval": types.TInterval, `"char"`: types.TNameChar,
	"regproc": {Kind: types.OID, S: types.RegProc}, "regtype": {Kind: types.OID, S: types.RegType},
	"int2vector": types.TInt2Vector, "oidvector": types.TOIDVector,
	"information_schema.sql_identifier": types.TName, "information_schema.character_data": types.TVarchar,
	"information_schema.cardinal_number": types.TInteger, "information_schema.yes_or_no": types.VarcharOf(3),
	"information_schema.time_stamp": types.TTimestampTZ,
}

func typeNamed(name string) types.Type {
	if t, ok := namedTypes[name]; ok {
		return t
	}
	if elem, ok := strings.CutSuffix(name, "[]"); ok {
		return types.ArrayOf(typeNamed(elem))
	}
	return types.TVarchar
}

// pgType is a row of types.tsv: a base or pseudo type of PostgreSQL.
type pgType struct {
	oid, elem, array, collation              uint32
	name, kind, category, delim              string
	len                                      int64
	byVal, preferred                         bool
	input, output, receive, send             string
	modIn, modOut, align, storage, subscript string
	comment                                  string

	// Row types of relations, which are not in types.tsv.
	rel       uint32 // typrelid
	namespace uint32
}

var pgTypes = sync.OnceValue(func() []*pgType {
	var out []*pgType
	for _, f := range lines(typesTSV) {
		n, err := strconv.ParseInt(f[2], 10, 16)
		if err != nil {
			panic("pgcatalog: bad number in the embedded data: " + f[2])
		}
		out = append(out, &pgType{oid: number(f[0]), name: f[1], len: n, byVal: f[3] == "t", kind: f[4], category: f[5],
			preferred: f[6] == "t", delim: f[7], elem: number(f[8]), array: number(f[9]), input: f[10], output: f[11],
			receive: f[12], send: f[13], modIn: f[14], modOut: f[15], align: f[16], storage: f[17], collation: number(f[18]), subscript: f[19],
			comment: f[20], namespace: oidPG})
	}
	return out
})
