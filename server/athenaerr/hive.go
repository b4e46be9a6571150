package athenaerr

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Athena runs statements that define databases, tables and partitions in Hive, and
// errors of theirs are Hive's: they begin with FAILED, and have no place.

// ddlTask begins what Hive's metastore refused.
const ddlTask = "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. "

// ddlType is AthenaError's type of a failed DDL task.
const ddlType = 1003

// hiveStatement matches the statements that are Hive's. CREATE TABLE AS, views and
// what reads or writes rows are the engine's.
var hiveStatement = lazily(`(?is)^\s*(create\s+(external\s+table|database|schema)|drop\s+(table|database|schema)|alter|msck|describe|desc)\b`)

// hiveWordings are what Hive says, by SQLSTATE and the engine's message.
var hiveWordings = []struct {
	code   fault.Code
	ours   pattern
	theirs string
}{
	{fault.CodeUndefinedTable, lazily(`^relation "([^".]+)" does not exist$`), "FAILED: SemanticException [Error 10001]: Table not found DB.$1"},
	{fault.CodeUndefinedTable, lazily(`^relation "(.+)" does not exist$`), "FAILED: SemanticException [Error 10001]: Table not found $1"},
	{fault.CodeUndefinedTable, lazily(`^table "(.+)" does not exist in database "(.+)"$`), "FAILED: SemanticException [Error 10001]: Table not found $2.$1"},
	{fault.CodeInvalidSchemaName, lazily(`^(?:schema|database) "(.+)" does not exist$`), "FAILED: SemanticException [Error 10072]: Database does not exist: $1"},
	{fault.CodeDuplicateSchema, lazily(`^(?:schema|database) "(.+)" already exists$`), ddlTask + "AlreadyExistsException(message:Database $1 already exists)"},
	{fault.CodeDuplicateTable, lazily(`^(?:relation|table) "(.+)" already exists$`), ddlTask + "AlreadyExistsException(message:Table $1 already exists)"},
	{fault.CodeDuplicateObject, lazily(`^partition (.+) of table "(.+)" already exists$`), ddlTask + "AlreadyExistsException(message:Partition already exists: $1 of table $2)"},
	{fault.CodeDuplicateObject, lazily(`^partition (.+) of table ([^" ]+) already exists$`), ddlTask + "AlreadyExistsException(message:Partition already exists: $1 of table $2)"},
	{fault.CodeDependentObjects, lazily(`^cannot drop database "(.+)" because it still has tables$`), ddlTask + "InvalidOperationException(message:Database $1 is not empty. One or more tables exist.)"},
	{fault.CodeDuplicateColumn, lazily(`^column "(.+)" specified more than once$`), ddlTask + "Duplicate column name: $1"},
}

// hive gives Hive's words for an error of a statement that Athena leaves to it.
func hive(f *fault.Error, sql, database string) (string, bool) {
	if !hiveStatement().MatchString(sql) {
		return "", false
	}
	for _, w := range hiveWordings {
		if w.code == f.Code && w.ours().MatchString(f.Message) {
			return w.ours().ReplaceAllString(f.Message, inDatabase(w.theirs, database)), true
		}
	}
	return "", false
}

// inDatabase puts the database of names without one into a wording.
func inDatabase(wording, database string) string {
	if database == "" {
		return strings.NewReplacer("awsdatacatalog.DB.", "", "DB.", "").Replace(wording)
	}
	return strings.Replace(wording, "DB", strings.ReplaceAll(database, "$", "$$"), 1)
}
