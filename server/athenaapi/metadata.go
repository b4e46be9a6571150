package athenaapi

import (
	"encoding/binary"

	"github.com/aws/aws-sdk-go-v2/aws"
	athenatypes "github.com/aws/aws-sdk-go-v2/service/athena/types"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec"
)

// typeInfo is how Athena describes a type in a result.
type typeInfo struct {
	name      string
	precision int32
}

// typeInfos are the types without parameters of their own.
var typeInfos = map[types.Kind]typeInfo{
	types.Unknown: {"unknown", 0}, types.Boolean: {"boolean", 0}, types.TinyInt: {"tinyint", 3}, types.SmallInt: {"smallint", 5},
	types.Integer: {"integer", 10}, types.BigInt: {"bigint", 19}, types.Real: {"float", 17}, types.Double: {"double", 17},
	types.Varchar: {"varchar", 2147483647}, types.Name: {"varchar", 2147483647}, types.Varbinary: {"varbinary", 1073741824},
	types.Date: {"date", 0}, types.Time: {"time", 3}, types.TimeTZ: {"time with time zone", 3}, types.Timestamp: {"timestamp", 3}, types.TimestampTZ: {"timestamp with time zone", 3},
	types.UUID: {"uuid", 0}, types.JSON: {"json", 0}, types.Array: {"array", 0}, types.Map: {"map", 0}, types.Row: {"row", 0},
	types.OID: {"bigint", 19}, types.Interval: {"interval day to second", 0},
}

// columnInfo describes the columns of a result. Those of statements that are no
// queries have Hive's types.
func columnInfo(cols []exec.Column, csv bool) []athenatypes.ColumnInfo {
	out := make([]athenatypes.ColumnInfo, len(cols))
	for i, c := range cols {
		t := typeInfos[c.Type.Kind]
		info := athenatypes.ColumnInfo{CatalogName: aws.String("hive"), SchemaName: aws.String(""), TableName: aws.String(""), Name: aws.String(c.Name),
			Label: aws.String(c.Name), Nullable: athenatypes.ColumnNullableUnknown, CaseSensitive: c.Type.IsString() && csv, Precision: t.precision}
		switch c.Type.Kind {
		case types.Decimal:
			t.name, info.Precision, info.Scale = "decimal", c.Type.P, c.Type.S
		case types.Char:
			t.name, info.Precision = "char", c.Type.P
		case types.Varchar:
			if c.Type.P > 0 {
				info.Precision = c.Type.P
			}
		case types.Opaque:
			t.name = c.Type.String()
		case types.Interval:
			if c.Type.S == types.IntervalYearMonth {
				t.name = "interval year to month"
			}
		}
		if !csv && c.Type.IsString() {
			t.name, info.Precision = "string", 0
		}
		info.Type = aws.String(t.name)
		out[i] = info
	}
	return out
}

// The fields of a .csv.metadata file, a Protocol Buffers message of Athena's that is
// not published; these are what readers of it (JDBC drivers) look at.
const (
	metaColumn = 4 // repeated

	metaCatalog, metaSchema, metaTable        = 1, 2, 3
	metaName, metaLabel, metaType             = 4, 5, 6
	metaPrecision, metaScale                  = 7, 8
	metaNullable, metaCaseSensitive           = 9, 10
	metaUnknown                        uint64 = 3 // of metaNullable; 1 not null, 2 nullable
)

// appendMetadata writes what the columns are as Athena does beside its results.
func appendMetadata(b []byte, cols []athenatypes.ColumnInfo) []byte {
	for _, c := range cols {
		var m []byte
		m = appendText(m, metaCatalog, c.CatalogName)
		m = appendText(m, metaSchema, c.SchemaName)
		m = appendText(m, metaTable, c.TableName)
		m = appendText(m, metaName, c.Name)
		m = appendText(m, metaLabel, c.Label)
		m = appendText(m, metaType, c.Type)
		m = appendNumber(m, metaPrecision, uint64(c.Precision))
		m = appendNumber(m, metaScale, uint64(c.Scale))
		m = appendNumber(m, metaNullable, metaUnknown)
		sensitive := uint64(0)
		if c.CaseSensitive {
			sensitive = 1
		}
		m = appendNumber(m, metaCaseSensitive, sensitive)
		text := string(m)
		b = appendText(b, metaColumn, &text)
	}
	return b
}

// appendText and appendNumber write a field (protobuf.dev, "Encoding"): its number
// and wire type, then the value.
func appendText(b []byte, field int, v *string) []byte {
	b = binary.AppendUvarint(b, uint64(field)<<3|2)
	b = binary.AppendUvarint(b, uint64(len(*v)))
	return append(b, *v...)
}

func appendNumber(b []byte, field int, v uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(b, uint64(field)<<3), v)
}
