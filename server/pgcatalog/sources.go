package pgcatalog

// rowSources names the relations that have rows.
func rowSources() map[string]rowsFunc {
	return map[string]rowsFunc{
		"pg_catalog.pg_namespace":      namespaceRows,
		"pg_catalog.pg_class":          classRows,
		"pg_catalog.pg_attribute":      attributeRows,
		"pg_catalog.pg_type":           typeRows,
		"pg_catalog.pg_proc":           procRows,
		"pg_catalog.pg_aggregate":      aggregateRows,
		"pg_catalog.pg_operator":       operatorRows,
		"pg_catalog.pg_cast":           castRows,
		"pg_catalog.pg_description":    descriptionRows,
		"pg_catalog.pg_database":       databaseRows,
		"pg_catalog.pg_roles":          roleRows("pg_roles"),
		"pg_catalog.pg_authid":         roleRows("pg_authid"),
		"pg_catalog.pg_user":           userRows,
		"pg_catalog.pg_am":             amRows,
		"pg_catalog.pg_tablespace":     tablespaceRows,
		"pg_catalog.pg_collation":      collationRows,
		"pg_catalog.pg_language":       languageRows,
		"pg_catalog.pg_settings":       settingRows,
		"pg_catalog.pg_tables":         tablesRows,
		"pg_catalog.pg_views":          viewsRows,
		"information_schema.schemata":  schemataRows,
		"information_schema.tables":    infoTablesRows,
		"information_schema.columns":   infoColumnsRows,
		"information_schema.views":     infoViewsRows,
		"glaux_catalog.query_history":  historyRows,
		"glaux_catalog.workgroups":     workgroupRows,
		"glaux_catalog.partition_keys": partitionKeyRows,
	}
}
