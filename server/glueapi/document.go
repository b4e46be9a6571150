package glueapi

import "strconv"

// What Glue keeps and Glaux has no objects for lies in the catalog's documents.
const (
	spaceTags       = "glue.tags"       // database/name, table/database/name, crawler/name
	spaceFunctions  = "glue.function"   // database's ID / name
	spaceIndexes    = "glue.indexes"    // table's ID
	spaceStatistics = "glue.statistics" // table's ID / partition's ID, 0 for the table / column
)

func idText(id int64) string { return strconv.FormatInt(id, 10) }
