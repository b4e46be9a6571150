select version()
--= version:25
--;
select * from information_schema.tables where table_name = $1 and table_schema = $2
--$1 - = orders
--$2 - = demo
--= table_catalog:19 table_schema:19 table_name:19 table_type:1043 self_referencing_column_name:19 reference_generation:1043 user_defined_type_catalog:19 user_defined_type_schema:19 user_defined_type_name:19 is_insertable_into:1043 is_typed:1043 commit_action:1043
--;
select * from information_schema.columns where table_name = $1 and column_name = $2 and table_schema = current_schema()
--$1 - = orders
--$2 - = o_clerk
--= table_catalog:19 table_schema:19 table_name:19 column_name:19 ordinal_position:23 column_default:1043 is_nullable:1043 data_type:1043 character_maximum_length:23 character_octet_length:23 numeric_precision:23 numeric_precision_radix:23 numeric_scale:23 datetime_precision:23 interval_type:1043 interval_precision:23 character_set_catalog:19 character_set_schema:19 character_set_name:19 collation_catalog:19 collation_schema:19 collation_name:19 domain_catalog:19 domain_schema:19 domain_name:19 udt_catalog:19 udt_schema:19 udt_name:19 scope_catalog:19 scope_schema:19 scope_name:19 maximum_cardinality:23 dtd_identifier:19 is_self_referencing:1043 is_identity:1043 identity_generation:1043 identity_start:1043 identity_increment:1043 identity_maximum:1043 identity_minimum:1043 identity_cycle:1043 is_generated:1043 generation_expression:1043 is_updatable:1043
--;
select * from information_schema.columns where table_name = $1 and table_catalog = current_database() and table_schema = $2
--$1 - = orders
--$2 - = demo
--= table_catalog:19 table_schema:19 table_name:19 column_name:19 ordinal_position:23 column_default:1043 is_nullable:1043 data_type:1043 character_maximum_length:23 character_octet_length:23 numeric_precision:23 numeric_precision_radix:23 numeric_scale:23 datetime_precision:23 interval_type:1043 interval_precision:23 character_set_catalog:19 character_set_schema:19 character_set_name:19 collation_catalog:19 collation_schema:19 collation_name:19 domain_catalog:19 domain_schema:19 domain_name:19 udt_catalog:19 udt_schema:19 udt_name:19 scope_catalog:19 scope_schema:19 scope_name:19 maximum_cardinality:23 dtd_identifier:19 is_self_referencing:1043 is_identity:1043 identity_generation:1043 identity_start:1043 identity_increment:1043 identity_maximum:1043 identity_minimum:1043 identity_cycle:1043 is_generated:1043 generation_expression:1043 is_updatable:1043
--;
SET client_min_messages TO warning;SET TIME ZONE INTERVAL '+00:00' HOUR TO MINUTE
--;
WITH ranges AS (  SELECT pg_range.rngtypid, pg_type.typname AS rngtypname,         pg_type.typarray AS rngtyparray, pg_range.rngsubtype    FROM pg_range LEFT OUTER JOIN pg_type ON pg_type.oid = pg_range.rngtypid)SELECT pg_type.typname, pg_type.typtype, pg_type.oid, pg_type.typarray,       ranges.rngtypname, ranges.rngtypid, ranges.rngtyparray  FROM pg_type LEFT OUTER JOIN ranges ON pg_type.oid = ranges.rngsubtype WHERE (pg_type.typtype IN('b', 'e'))
--= typname:19 typtype:18 oid:26 typarray:26 rngtypname:19 rngtypid:26 rngtyparray:26
--;
SELECT 1+1 AS result
--= result:23
--;
SELECT schema_name FROM information_schema.schemata WHERE schema_name <> 'information_schema' AND schema_name != 'public' AND schema_name !~ E'^pg_'
--= schema_name:19
--;
SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type LIKE '%TABLE' AND table_name != 'spatial_ref_sys'
--= table_name:19
--;
SELECT pk.constraint_type as "Constraint",c.column_name as "Field", c.column_default as "Default",c.is_nullable as "Null", (CASE WHEN c.udt_name = 'hstore' THEN c.udt_name ELSE c.data_type END) || (CASE WHEN c.character_maximum_length IS NOT NULL THEN '(' || c.character_maximum_length || ')' ELSE '' END) as "Type", (SELECT array_agg(e.enumlabel) FROM pg_catalog.pg_type t JOIN pg_catalog.pg_enum e ON t.oid=e.enumtypid WHERE t.typname=c.udt_name) AS "special", (SELECT pgd.description FROM pg_catalog.pg_statio_all_tables AS st INNER JOIN pg_catalog.pg_description pgd on (pgd.objoid=st.relid) WHERE c.ordinal_position=pgd.objsubid AND c.table_name=st.relname) AS "Comment" FROM information_schema.columns c LEFT JOIN (SELECT tc.table_schema, tc.table_name, cu.column_name, tc.constraint_type FROM information_schema.TABLE_CONSTRAINTS tc JOIN information_schema.KEY_COLUMN_USAGE  cu ON tc.table_schema=cu.table_schema and tc.table_name=cu.table_name and tc.constraint_name=cu.constraint_name and tc.constraint_type='PRIMARY KEY') pk ON pk.table_schema=c.table_schema AND pk.table_name=c.table_name AND pk.column_name=c.column_name WHERE c.table_name = 'orders' AND c.table_schema = 'demo'
--= Constraint:1043 Field:19 Default:1043 Null:1043 Type:25 special:1003 Comment:25
--;
SELECT i.relname AS name, ix.indisprimary AS primary, ix.indisunique AS unique, ix.indkey AS indkey, array_agg(a.attnum) as column_indexes, array_agg(a.attname) AS column_names, pg_get_indexdef(ix.indexrelid) AS definition FROM pg_class t, pg_class i, pg_index ix, pg_attribute a, pg_namespace s WHERE t.oid = ix.indrelid AND i.oid = ix.indexrelid AND a.attrelid = t.oid AND t.relkind = 'r' and t.relname = 'orders' AND s.oid = t.relnamespace AND s.nspname = 'demo' GROUP BY i.relname, ix.indexrelid, ix.indisprimary, ix.indisunique, ix.indkey ORDER BY i.relname
--= name:19 primary:16 unique:16 indkey:22 column_indexes:1005 column_names:1003 definition:25
--;
SELECT DISTINCT tc.constraint_name as constraint_name, tc.constraint_schema as constraint_schema, tc.constraint_catalog as constraint_catalog, tc.table_name as table_name,tc.table_schema as table_schema,tc.table_catalog as table_catalog,tc.initially_deferred as initially_deferred,tc.is_deferrable as is_deferrable,kcu.column_name as column_name,ccu.table_schema  AS referenced_table_schema,ccu.table_catalog  AS referenced_table_catalog,ccu.table_name  AS referenced_table_name,ccu.column_name AS referenced_column_name FROM information_schema.table_constraints AS tc JOIN information_schema.key_column_usage AS kcu ON tc.constraint_name = kcu.constraint_name JOIN information_schema.constraint_column_usage AS ccu ON ccu.constraint_name = tc.constraint_name WHERE constraint_type = 'FOREIGN KEY' AND tc.table_name = 'orders' AND tc.table_catalog = 'demo' AND tc.table_schema = 'demo'
--= constraint_name:19 constraint_schema:19 constraint_catalog:19 table_name:19 table_schema:19 table_catalog:19 initially_deferred:1043 is_deferrable:1043 column_name:19 referenced_table_schema:19 referenced_table_catalog:19 referenced_table_name:19 referenced_column_name:19
--;
SELECT conname as constraint_name, pg_catalog.pg_get_constraintdef(r.oid, true) as condef FROM pg_catalog.pg_constraint r WHERE r.conrelid = (SELECT oid FROM pg_class WHERE relname = 'orders' LIMIT 1) AND r.contype = 'f' ORDER BY 1
--= constraint_name:19 condef:25
--;
SELECT constraint_catalog AS "constraintCatalog", constraint_schema AS "constraintSchema", constraint_name AS "constraintName", table_catalog AS "tableCatalog", table_schema AS "tableSchema", table_name AS "tableName", constraint_type AS "constraintType", is_deferrable AS "isDeferrable", initially_deferred AS "initiallyDeferred" from INFORMATION_SCHEMA.table_constraints WHERE table_name='[object Object]'
--= constraintCatalog:19 constraintSchema:19 constraintName:19 tableCatalog:19 tableSchema:19 tableName:19 constraintType:1043 isDeferrable:1043 initiallyDeferred:1043
--;
SHOW SERVER_VERSION
--= server_version:25
--;
SELECT version()
--= version:25
--;
SELECT * FROM current_schema()
--= current_schema:19
--;
SELECT * FROM pg_database WHERE datname=$1
--$1 - = demo
--= oid:26 datname:19 datdba:26 encoding:23 datlocprovider:18 datistemplate:16 datallowconn:16 datconnlimit:23 datfrozenxid:28 datminmxid:28 dattablespace:26 datcollate:25 datctype:25 daticulocale:25 datcollversion:25 datacl:1034
--~ oid:26 datname:19 datdba:26 encoding:23 datlocprovider:18 datistemplate:16 datallowconn:16 datconnlimit:23 datfrozenxid:28 datminmxid:28 dattablespace:26 datcollate:25 datctype:25 daticulocale:25 datcollversion:25 datacl:1009
--;
SELECT * FROM current_database()
--= current_database:19
--;
SELECT * FROM "information_schema"."schemata" WHERE "schema_name" = $1
--$1 - = demo
--= catalog_name:19 schema_name:19 schema_owner:19 default_character_set_catalog:19 default_character_set_schema:19 default_character_set_name:19 sql_path:1043
--;
SELECT * FROM "information_schema"."tables" WHERE "table_schema" = $1 AND "table_name" = $2
--$1 - = demo
--$2 - = orders
--= table_catalog:19 table_schema:19 table_name:19 table_type:1043 self_referencing_column_name:19 reference_generation:1043 user_defined_type_catalog:19 user_defined_type_schema:19 user_defined_type_name:19 is_insertable_into:1043 is_typed:1043 commit_action:1043
--;
SELECT * FROM "information_schema"."columns" WHERE "table_schema" = $1 AND "table_name" = $2 AND "column_name" = $3
--$1 - = demo
--$2 - = orders
--$3 - = o_clerk
--= table_catalog:19 table_schema:19 table_name:19 column_name:19 ordinal_position:23 column_default:1043 is_nullable:1043 data_type:1043 character_maximum_length:23 character_octet_length:23 numeric_precision:23 numeric_precision_radix:23 numeric_scale:23 datetime_precision:23 interval_type:1043 interval_precision:23 character_set_catalog:19 character_set_schema:19 character_set_name:19 collation_catalog:19 collation_schema:19 collation_name:19 domain_catalog:19 domain_schema:19 domain_name:19 udt_catalog:19 udt_schema:19 udt_name:19 scope_catalog:19 scope_schema:19 scope_name:19 maximum_cardinality:23 dtd_identifier:19 is_self_referencing:1043 is_identity:1043 identity_generation:1043 identity_start:1043 identity_increment:1043 identity_maximum:1043 identity_minimum:1043 identity_cycle:1043 is_generated:1043 generation_expression:1043 is_updatable:1043
--;
SELECT "table_schema", "table_name", obj_description((quote_ident("table_schema") || '.' || quote_ident("table_name"))::regclass, 'pg_class') AS table_comment FROM "information_schema"."tables" WHERE ("table_schema" = 'demo' AND "table_name" = 'orders') OR ("table_schema" = 'demo' AND "table_name" = 'web_logs')
--= table_schema:19 table_name:19 table_comment:25
--;
SELECT TRUE FROM information_schema.columns WHERE table_name = 'pg_class' and column_name = 'relispartition'
--= ?column?:16
--~ bool:16
--;
SELECT columns.*, pg_catalog.col_description((quote_ident(table_catalog) || '.' || quote_ident(table_schema) || '.' || quote_ident(table_name))::regclass::oid, ordinal_position) AS description, ('"' || "udt_schema" || '"."' || "udt_name" || '"')::"regtype"::text AS "regtype", pg_catalog.format_type("col_attr"."atttypid", "col_attr"."atttypmod") AS "format_type" FROM "information_schema"."columns" LEFT JOIN "pg_catalog"."pg_attribute" AS "col_attr" ON "col_attr"."attname" = "columns"."column_name" AND "col_attr"."attrelid" = ( SELECT "cls"."oid" FROM "pg_catalog"."pg_class" AS "cls" LEFT JOIN "pg_catalog"."pg_namespace" AS "ns" ON "ns"."oid" = "cls"."relnamespace" WHERE "cls"."relname" = "columns"."table_name" AND "ns"."nspname" = "columns"."table_schema" ) WHERE ("table_schema" = 'demo' AND "table_name" = 'orders') OR ("table_schema" = 'demo' AND "table_name" = 'web_logs')
--= table_catalog:19 table_schema:19 table_name:19 column_name:19 ordinal_position:23 column_default:1043 is_nullable:1043 data_type:1043 character_maximum_length:23 character_octet_length:23 numeric_precision:23 numeric_precision_radix:23 numeric_scale:23 datetime_precision:23 interval_type:1043 interval_precision:23 character_set_catalog:19 character_set_schema:19 character_set_name:19 collation_catalog:19 collation_schema:19 collation_name:19 domain_catalog:19 domain_schema:19 domain_name:19 udt_catalog:19 udt_schema:19 udt_name:19 scope_catalog:19 scope_schema:19 scope_name:19 maximum_cardinality:23 dtd_identifier:19 is_self_referencing:1043 is_identity:1043 identity_generation:1043 identity_start:1043 identity_increment:1043 identity_maximum:1043 identity_minimum:1043 identity_cycle:1043 is_generated:1043 generation_expression:1043 is_updatable:1043 description:25 regtype:25 format_type:25
--;
SELECT "ns"."nspname" AS "table_schema", "t"."relname" AS "table_name", "cnst"."conname" AS "constraint_name", pg_get_constraintdef("cnst"."oid") AS "expression", CASE "cnst"."contype" WHEN 'p' THEN 'PRIMARY' WHEN 'u' THEN 'UNIQUE' WHEN 'c' THEN 'CHECK' WHEN 'x' THEN 'EXCLUDE' END AS "constraint_type", "a"."attname" AS "column_name" FROM "pg_constraint" "cnst" INNER JOIN "pg_class" "t" ON "t"."oid" = "cnst"."conrelid" INNER JOIN "pg_namespace" "ns" ON "ns"."oid" = "cnst"."connamespace" LEFT JOIN "pg_attribute" "a" ON "a"."attrelid" = "cnst"."conrelid" AND "a"."attnum" = ANY ("cnst"."conkey") WHERE "t"."relkind" IN ('r', 'p') AND (("ns"."nspname" = 'demo' AND "t"."relname" = 'orders') OR ("ns"."nspname" = 'demo' AND "t"."relname" = 'web_logs'))
--= table_schema:19 table_name:19 constraint_name:19 expression:25 constraint_type:25 column_name:19
--;
SELECT "ns"."nspname" AS "table_schema", "t"."relname" AS "table_name", "i"."relname" AS "constraint_name", "a"."attname" AS "column_name", CASE "ix"."indisunique" WHEN 't' THEN 'TRUE' ELSE'FALSE' END AS "is_unique", pg_get_expr("ix"."indpred", "ix"."indrelid") AS "condition", "types"."typname" AS "type_name", "am"."amname" AS "index_type" FROM "pg_class" "t" INNER JOIN "pg_index" "ix" ON "ix"."indrelid" = "t"."oid" INNER JOIN "pg_attribute" "a" ON "a"."attrelid" = "t"."oid"  AND "a"."attnum" = ANY ("ix"."indkey") INNER JOIN "pg_namespace" "ns" ON "ns"."oid" = "t"."relnamespace" INNER JOIN "pg_class" "i" ON "i"."oid" = "ix"."indexrelid" INNER JOIN "pg_type" "types" ON "types"."oid" = "a"."atttypid" INNER JOIN "pg_am" "am" ON "i"."relam" = "am"."oid" LEFT JOIN "pg_constraint" "cnst" ON "cnst"."conname" = "i"."relname" WHERE "t"."relkind" IN ('r', 'p') AND "cnst"."contype" IS NULL AND (("ns"."nspname" = 'demo' AND "t"."relname" = 'orders') OR ("ns"."nspname" = 'demo' AND "t"."relname" = 'web_logs'))
--= table_schema:19 table_name:19 constraint_name:19 column_name:19 is_unique:25 condition:25 type_name:19 index_type:19
--;
SELECT "con"."conname" AS "constraint_name", "con"."nspname" AS "table_schema", "con"."relname" AS "table_name", "att2"."attname" AS "column_name", "ns"."nspname" AS "referenced_table_schema", "cl"."relname" AS "referenced_table_name", "att"."attname" AS "referenced_column_name", "con"."confdeltype" AS "on_delete", "con"."confupdtype" AS "on_update", "con"."condeferrable" AS "deferrable", "con"."condeferred" AS "deferred" FROM ( SELECT UNNEST ("con1"."conkey") AS "parent", UNNEST ("con1"."confkey") AS "child", "con1"."confrelid", "con1"."conrelid", "con1"."conname", "con1"."contype", "ns"."nspname", "cl"."relname", "con1"."condeferrable", CASE WHEN "con1"."condeferred" THEN 'INITIALLY DEFERRED' ELSE 'INITIALLY IMMEDIATE' END as condeferred, CASE "con1"."confdeltype" WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END as "confdeltype", CASE "con1"."confupdtype" WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END as "confupdtype" FROM "pg_class" "cl" INNER JOIN "pg_namespace" "ns" ON "cl"."relnamespace" = "ns"."oid" INNER JOIN "pg_constraint" "con1" ON "con1"."conrelid" = "cl"."oid" WHERE "con1"."contype" = 'f' AND (("ns"."nspname" = 'demo' AND "cl"."relname" = 'orders') OR ("ns"."nspname" = 'demo' AND "cl"."relname" = 'web_logs')) ) "con" INNER JOIN "pg_attribute" "att" ON "att"."attrelid" = "con"."confrelid" AND "att"."attnum" = "con"."child" INNER JOIN "pg_class" "cl" ON "cl"."oid" = "con"."confrelid"  AND "cl"."relispartition" = 'f'INNER JOIN "pg_namespace" "ns" ON "cl"."relnamespace" = "ns"."oid" INNER JOIN "pg_attribute" "att2" ON "att2"."attrelid" = "con"."conrelid" AND "att2"."attnum" = "con"."parent"
--= constraint_name:19 table_schema:19 table_name:19 column_name:19 referenced_table_schema:19 referenced_table_name:19 referenced_column_name:19 on_delete:25 on_update:25 deferrable:16 deferred:25
--;
SELECT "udt_schema", "udt_name" FROM "information_schema"."columns" WHERE "table_schema" = 'demo' AND "table_name" = 'web_logs' AND "column_name"='tags'
--= udt_schema:19 udt_name:19
--;
SELECT "e"."enumlabel" AS "value" FROM "pg_enum" "e" INNER JOIN "pg_type" "t" ON "t"."oid" = "e"."enumtypid" INNER JOIN "pg_namespace" "n" ON "n"."oid" = "t"."typnamespace" WHERE "n"."nspname" = 'demo' AND "t"."typname" = 'text' ORDER BY "e"."enumsortorder"
--= value:19
--;
SELECT "table_schema", "table_name", obj_description((quote_ident("table_schema") || '.' || quote_ident("table_name"))::regclass, 'pg_class') AS table_comment FROM "information_schema"."tables" WHERE ("table_schema" = 'demo' AND "table_name" = 'customer')
--= table_schema:19 table_name:19 table_comment:25
--;
SELECT columns.*, pg_catalog.col_description((quote_ident(table_catalog) || '.' || quote_ident(table_schema) || '.' || quote_ident(table_name))::regclass::oid, ordinal_position) AS description, ('"' || "udt_schema" || '"."' || "udt_name" || '"')::"regtype"::text AS "regtype", pg_catalog.format_type("col_attr"."atttypid", "col_attr"."atttypmod") AS "format_type" FROM "information_schema"."columns" LEFT JOIN "pg_catalog"."pg_attribute" AS "col_attr" ON "col_attr"."attname" = "columns"."column_name" AND "col_attr"."attrelid" = ( SELECT "cls"."oid" FROM "pg_catalog"."pg_class" AS "cls" LEFT JOIN "pg_catalog"."pg_namespace" AS "ns" ON "ns"."oid" = "cls"."relnamespace" WHERE "cls"."relname" = "columns"."table_name" AND "ns"."nspname" = "columns"."table_schema" ) WHERE ("table_schema" = 'demo' AND "table_name" = 'customer')
--= table_catalog:19 table_schema:19 table_name:19 column_name:19 ordinal_position:23 column_default:1043 is_nullable:1043 data_type:1043 character_maximum_length:23 character_octet_length:23 numeric_precision:23 numeric_precision_radix:23 numeric_scale:23 datetime_precision:23 interval_type:1043 interval_precision:23 character_set_catalog:19 character_set_schema:19 character_set_name:19 collation_catalog:19 collation_schema:19 collation_name:19 domain_catalog:19 domain_schema:19 domain_name:19 udt_catalog:19 udt_schema:19 udt_name:19 scope_catalog:19 scope_schema:19 scope_name:19 maximum_cardinality:23 dtd_identifier:19 is_self_referencing:1043 is_identity:1043 identity_generation:1043 identity_start:1043 identity_increment:1043 identity_maximum:1043 identity_minimum:1043 identity_cycle:1043 is_generated:1043 generation_expression:1043 is_updatable:1043 description:25 regtype:25 format_type:25
--;
SELECT "ns"."nspname" AS "table_schema", "t"."relname" AS "table_name", "cnst"."conname" AS "constraint_name", pg_get_constraintdef("cnst"."oid") AS "expression", CASE "cnst"."contype" WHEN 'p' THEN 'PRIMARY' WHEN 'u' THEN 'UNIQUE' WHEN 'c' THEN 'CHECK' WHEN 'x' THEN 'EXCLUDE' END AS "constraint_type", "a"."attname" AS "column_name" FROM "pg_constraint" "cnst" INNER JOIN "pg_class" "t" ON "t"."oid" = "cnst"."conrelid" INNER JOIN "pg_namespace" "ns" ON "ns"."oid" = "cnst"."connamespace" LEFT JOIN "pg_attribute" "a" ON "a"."attrelid" = "cnst"."conrelid" AND "a"."attnum" = ANY ("cnst"."conkey") WHERE "t"."relkind" IN ('r', 'p') AND (("ns"."nspname" = 'demo' AND "t"."relname" = 'customer'))
--= table_schema:19 table_name:19 constraint_name:19 expression:25 constraint_type:25 column_name:19
--;
SELECT "ns"."nspname" AS "table_schema", "t"."relname" AS "table_name", "i"."relname" AS "constraint_name", "a"."attname" AS "column_name", CASE "ix"."indisunique" WHEN 't' THEN 'TRUE' ELSE'FALSE' END AS "is_unique", pg_get_expr("ix"."indpred", "ix"."indrelid") AS "condition", "types"."typname" AS "type_name", "am"."amname" AS "index_type" FROM "pg_class" "t" INNER JOIN "pg_index" "ix" ON "ix"."indrelid" = "t"."oid" INNER JOIN "pg_attribute" "a" ON "a"."attrelid" = "t"."oid"  AND "a"."attnum" = ANY ("ix"."indkey") INNER JOIN "pg_namespace" "ns" ON "ns"."oid" = "t"."relnamespace" INNER JOIN "pg_class" "i" ON "i"."oid" = "ix"."indexrelid" INNER JOIN "pg_type" "types" ON "types"."oid" = "a"."atttypid" INNER JOIN "pg_am" "am" ON "i"."relam" = "am"."oid" LEFT JOIN "pg_constraint" "cnst" ON "cnst"."conname" = "i"."relname" WHERE "t"."relkind" IN ('r', 'p') AND "cnst"."contype" IS NULL AND (("ns"."nspname" = 'demo' AND "t"."relname" = 'customer'))
--= table_schema:19 table_name:19 constraint_name:19 column_name:19 is_unique:25 condition:25 type_name:19 index_type:19
--;
SELECT "con"."conname" AS "constraint_name", "con"."nspname" AS "table_schema", "con"."relname" AS "table_name", "att2"."attname" AS "column_name", "ns"."nspname" AS "referenced_table_schema", "cl"."relname" AS "referenced_table_name", "att"."attname" AS "referenced_column_name", "con"."confdeltype" AS "on_delete", "con"."confupdtype" AS "on_update", "con"."condeferrable" AS "deferrable", "con"."condeferred" AS "deferred" FROM ( SELECT UNNEST ("con1"."conkey") AS "parent", UNNEST ("con1"."confkey") AS "child", "con1"."confrelid", "con1"."conrelid", "con1"."conname", "con1"."contype", "ns"."nspname", "cl"."relname", "con1"."condeferrable", CASE WHEN "con1"."condeferred" THEN 'INITIALLY DEFERRED' ELSE 'INITIALLY IMMEDIATE' END as condeferred, CASE "con1"."confdeltype" WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END as "confdeltype", CASE "con1"."confupdtype" WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END as "confupdtype" FROM "pg_class" "cl" INNER JOIN "pg_namespace" "ns" ON "cl"."relnamespace" = "ns"."oid" INNER JOIN "pg_constraint" "con1" ON "con1"."conrelid" = "cl"."oid" WHERE "con1"."contype" = 'f' AND (("ns"."nspname" = 'demo' AND "cl"."relname" = 'customer')) ) "con" INNER JOIN "pg_attribute" "att" ON "att"."attrelid" = "con"."confrelid" AND "att"."attnum" = "con"."child" INNER JOIN "pg_class" "cl" ON "cl"."oid" = "con"."confrelid"  AND "cl"."relispartition" = 'f'INNER JOIN "pg_namespace" "ns" ON "cl"."relnamespace" = "ns"."oid" INNER JOIN "pg_attribute" "att2" ON "att2"."attrelid" = "con"."conrelid" AND "att2"."attnum" = "con"."parent"
--= constraint_name:19 table_schema:19 table_name:19 column_name:19 referenced_table_schema:19 referenced_table_name:19 referenced_column_name:19 on_delete:25 on_update:25 deferrable:16 deferred:25
--;
SELECT "table_schema", "table_name", obj_description((quote_ident("table_schema") || '.' || quote_ident("table_name"))::regclass, 'pg_class') AS table_comment FROM "information_schema"."tables"
--= table_schema:19 table_name:19 table_comment:25
--;
SELECT columns.*, pg_catalog.col_description((quote_ident(table_catalog) || '.' || quote_ident(table_schema) || '.' || quote_ident(table_name))::regclass::oid, ordinal_position) AS description, ('"' || "udt_schema" || '"."' || "udt_name" || '"')::"regtype"::text AS "regtype", pg_catalog.format_type("col_attr"."atttypid", "col_attr"."atttypmod") AS "format_type" FROM "information_schema"."columns" LEFT JOIN "pg_catalog"."pg_attribute" AS "col_attr" ON "col_attr"."attname" = "columns"."column_name" AND "col_attr"."attrelid" = ( SELECT "cls"."oid" FROM "pg_catalog"."pg_class" AS "cls" LEFT JOIN "pg_catalog"."pg_namespace" AS "ns" ON "ns"."oid" = "cls"."relnamespace" WHERE "cls"."relname" = "columns"."table_name" AND "ns"."nspname" = "columns"."table_schema" ) WHERE ("table_schema" = 'demo' AND "table_name" = 'lineitem') OR ("table_schema" = 'demo' AND "table_name" = 'region') OR ("table_schema" = 'demo' AND "table_name" = 'parted1') OR ("table_schema" = 'demo' AND "table_name" = 'part') OR ("table_schema" = 'demo' AND "table_name" = 'partsupp') OR ("table_schema" = 'demo' AND "table_name" = 'products') OR ("table_schema" = 'demo' AND "table_name" = 'nation') OR ("table_schema" = 'demo' AND "table_name" = 'supplier') OR ("table_schema" = 'demo' AND "table_name" = 'customer') OR ("table_schema" = 'demo' AND "table_name" = 'parted') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_statistic') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_type') OR ("table_schema" = 'demo' AND "table_name" = 'big_orders') OR ("table_schema" = 'demo' AND "table_name" = 'orders') OR ("table_schema" = 'demo' AND "table_name" = 'child') OR ("table_schema" = 'demo' AND "table_name" = 'idt') OR ("table_schema" = 'demo' AND "table_name" = 'ft1') OR ("table_schema" = 'demo' AND "table_name" = 'ul') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_foreign_table') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_authid') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_shadow') OR ("table_schema" = 'demo' AND "table_name" = 'web_logs') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_roles') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_statistic_ext_data') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_settings') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_file_settings') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_hba_file_rules') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_ident_file_mappings') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_config') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_shmem_allocations') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_backend_memory_contexts') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_user_mapping') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_activity') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_replication_origin_status') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_subscription') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_attribute') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_proc') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_class') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_attrdef') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_constraint') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_inherits') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_index') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_replication') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_slru') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_wal_receiver') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_recovery_prefetch') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_operator') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_opfamily') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_opclass') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_am') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_amop') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_amproc') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_language') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_largeobject_metadata') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_aggregate') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_statistic_ext') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_rewrite') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_trigger') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_event_trigger') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_description') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_cast') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_enum') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_namespace') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_conversion') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_depend') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_database') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_db_role_setting') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_tablespace') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_auth_members') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_shdepend') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_shdescription') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_ts_config') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_ts_config_map') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_ts_dict') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_ts_parser') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_ts_template') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_extension') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_foreign_data_wrapper') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_foreign_server') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_policy') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_replication_origin') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_default_acl') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_init_privs') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_seclabel') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_shseclabel') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_collation') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_parameter_acl') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_partitioned_table') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_range') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_transform') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_sequence') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_publication') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_publication_namespace') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_publication_rel') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_subscription_rel') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_group') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_user') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_policies') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_rules') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_views') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_tables') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_matviews') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_indexes') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_sequences') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stats') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stats_ext') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stats_ext_exprs') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_publication_tables') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_locks') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_cursors') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_available_extensions') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_available_extension_versions') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_prepared_xacts') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_prepared_statements') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_seclabels') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_timezone_abbrevs') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_timezone_names') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_sys_tables') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_xact_sys_tables') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_user_tables') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_all_tables') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_xact_all_tables') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_xact_user_tables') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_statio_all_tables') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_statio_sys_tables') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_statio_user_tables') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_all_indexes') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_sys_indexes') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_user_indexes') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_statio_all_indexes') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_statio_sys_indexes') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_statio_user_indexes') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_statio_all_sequences') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_statio_sys_sequences') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_statio_user_sequences') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_subscription') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_ssl') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_gssapi') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_replication_slots') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_replication_slots') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_database') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_database_conflicts') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_user_functions') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_xact_user_functions') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_archiver') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_bgwriter') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_wal') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_progress_analyze') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_progress_vacuum') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_progress_cluster') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_progress_create_index') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_progress_basebackup') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_progress_copy') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_user_mappings') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_subscription_stats') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_largeobject') OR ("table_schema" = 'information_schema' AND "table_name" = 'role_column_grants') OR ("table_schema" = 'information_schema' AND "table_name" = 'information_schema_catalog_name') OR ("table_schema" = 'information_schema' AND "table_name" = 'column_domain_usage') OR ("table_schema" = 'information_schema' AND "table_name" = 'applicable_roles') OR ("table_schema" = 'information_schema' AND "table_name" = 'administrable_role_authorizations') OR ("table_schema" = 'information_schema' AND "table_name" = 'domain_constraints') OR ("table_schema" = 'information_schema' AND "table_name" = 'attributes') OR ("table_schema" = 'information_schema' AND "table_name" = 'column_privileges') OR ("table_schema" = 'information_schema' AND "table_name" = 'character_sets') OR ("table_schema" = 'information_schema' AND "table_name" = 'check_constraint_routine_usage') OR ("table_schema" = 'information_schema' AND "table_name" = 'check_constraints') OR ("table_schema" = 'information_schema' AND "table_name" = 'column_udt_usage') OR ("table_schema" = 'information_schema' AND "table_name" = 'collations') OR ("table_schema" = 'information_schema' AND "table_name" = 'collation_character_set_applicability') OR ("table_schema" = 'information_schema' AND "table_name" = 'key_column_usage') OR ("table_schema" = 'information_schema' AND "table_name" = 'column_column_usage') OR ("table_schema" = 'information_schema' AND "table_name" = 'columns') OR ("table_schema" = 'information_schema' AND "table_name" = 'domain_udt_usage') OR ("table_schema" = 'information_schema' AND "table_name" = 'constraint_column_usage') OR ("table_schema" = 'information_schema' AND "table_name" = 'constraint_table_usage') OR ("table_schema" = 'information_schema' AND "table_name" = 'domains') OR ("table_schema" = 'information_schema' AND "table_name" = 'referential_constraints') OR ("table_schema" = 'information_schema' AND "table_name" = 'enabled_roles') OR ("table_schema" = 'information_schema' AND "table_name" = 'parameters') OR ("table_schema" = 'information_schema' AND "table_name" = 'routine_column_usage') OR ("table_schema" = 'information_schema' AND "table_name" = 'routine_privileges') OR ("table_schema" = 'information_schema' AND "table_name" = 'role_routine_grants') OR ("table_schema" = 'information_schema' AND "table_name" = 'routine_routine_usage') OR ("table_schema" = 'information_schema' AND "table_name" = 'table_privileges') OR ("table_schema" = 'information_schema' AND "table_name" = 'routine_sequence_usage') OR ("table_schema" = 'information_schema' AND "table_name" = 'routine_table_usage') OR ("table_schema" = 'information_schema' AND "table_name" = 'udt_privileges') OR ("table_schema" = 'information_schema' AND "table_name" = 'routines') OR ("table_schema" = 'information_schema' AND "table_name" = 'role_table_grants') OR ("table_schema" = 'information_schema' AND "table_name" = 'schemata') OR ("table_schema" = 'information_schema' AND "table_name" = 'sequences') OR ("table_schema" = 'information_schema' AND "table_name" = 'sql_features') OR ("table_schema" = 'information_schema' AND "table_name" = 'tables') OR ("table_schema" = 'information_schema' AND "table_name" = 'sql_implementation_info') OR ("table_schema" = 'information_schema' AND "table_name" = 'sql_parts') OR ("table_schema" = 'information_schema' AND "table_name" = 'sql_sizing') OR ("table_schema" = 'information_schema' AND "table_name" = 'transforms') OR ("table_schema" = 'information_schema' AND "table_name" = 'table_constraints') OR ("table_schema" = 'information_schema' AND "table_name" = 'view_routine_usage') OR ("table_schema" = 'information_schema' AND "table_name" = 'role_udt_grants') OR ("table_schema" = 'information_schema' AND "table_name" = 'triggered_update_columns') OR ("table_schema" = 'information_schema' AND "table_name" = 'triggers') OR ("table_schema" = 'information_schema' AND "table_name" = 'user_defined_types') OR ("table_schema" = 'information_schema' AND "table_name" = 'usage_privileges') OR ("table_schema" = 'information_schema' AND "table_name" = 'role_usage_grants') OR ("table_schema" = 'information_schema' AND "table_name" = 'view_column_usage') OR ("table_schema" = 'information_schema' AND "table_name" = 'view_table_usage') OR ("table_schema" = 'information_schema' AND "table_name" = 'views') OR ("table_schema" = 'information_schema' AND "table_name" = 'data_type_privileges') OR ("table_schema" = 'information_schema' AND "table_name" = '_pg_foreign_table_columns') OR ("table_schema" = 'information_schema' AND "table_name" = 'element_types') OR ("table_schema" = 'information_schema' AND "table_name" = 'column_options') OR ("table_schema" = 'information_schema' AND "table_name" = '_pg_foreign_data_wrappers') OR ("table_schema" = 'information_schema' AND "table_name" = 'foreign_data_wrapper_options') OR ("table_schema" = 'information_schema' AND "table_name" = 'foreign_data_wrappers') OR ("table_schema" = 'information_schema' AND "table_name" = '_pg_foreign_servers') OR ("table_schema" = 'information_schema' AND "table_name" = 'foreign_server_options') OR ("table_schema" = 'information_schema' AND "table_name" = 'foreign_servers') OR ("table_schema" = 'information_schema' AND "table_name" = '_pg_foreign_tables') OR ("table_schema" = 'information_schema' AND "table_name" = 'foreign_table_options') OR ("table_schema" = 'information_schema' AND "table_name" = 'foreign_tables') OR ("table_schema" = 'information_schema' AND "table_name" = '_pg_user_mappings') OR ("table_schema" = 'information_schema' AND "table_name" = 'user_mapping_options') OR ("table_schema" = 'information_schema' AND "table_name" = 'user_mappings')
--= table_catalog:19 table_schema:19 table_name:19 column_name:19 ordinal_position:23 column_default:1043 is_nullable:1043 data_type:1043 character_maximum_length:23 character_octet_length:23 numeric_precision:23 numeric_precision_radix:23 numeric_scale:23 datetime_precision:23 interval_type:1043 interval_precision:23 character_set_catalog:19 character_set_schema:19 character_set_name:19 collation_catalog:19 collation_schema:19 collation_name:19 domain_catalog:19 domain_schema:19 domain_name:19 udt_catalog:19 udt_schema:19 udt_name:19 scope_catalog:19 scope_schema:19 scope_name:19 maximum_cardinality:23 dtd_identifier:19 is_self_referencing:1043 is_identity:1043 identity_generation:1043 identity_start:1043 identity_increment:1043 identity_maximum:1043 identity_minimum:1043 identity_cycle:1043 is_generated:1043 generation_expression:1043 is_updatable:1043 description:25 regtype:25 format_type:25
--;
SELECT * FROM "information_schema"."tables" WHERE "table_schema" = $1 AND "table_name" = $2
--$1 - = demo
--$2 - = typeorm_metadata
--= table_catalog:19 table_schema:19 table_name:19 table_type:1043 self_referencing_column_name:19 reference_generation:1043 user_defined_type_catalog:19 user_defined_type_schema:19 user_defined_type_name:19 is_insertable_into:1043 is_typed:1043 commit_action:1043
--;
select "nspname" from "pg_catalog"."pg_namespace"
--= nspname:19
--;
select "a"."attname" as "column", "a"."attnotnull" as "not_null", "a"."atthasdef" as "has_default", "c"."relname" as "table", "c"."relkind" as "table_type", "ns"."nspname" as "schema", "typ"."typname" as "type", "dtns"."nspname" as "type_schema", col_description(a.attrelid, a.attnum) as "column_description", pg_get_serial_sequence(quote_ident(ns.nspname) || '.' || quote_ident(c.relname), a.attname) as "auto_incrementing" from "pg_catalog"."pg_attribute" as "a" inner join "pg_catalog"."pg_class" as "c" on "a"."attrelid" = "c"."oid" inner join "pg_catalog"."pg_namespace" as "ns" on "c"."relnamespace" = "ns"."oid" inner join "pg_catalog"."pg_type" as "typ" on "a"."atttypid" = "typ"."oid" inner join "pg_catalog"."pg_namespace" as "dtns" on "typ"."typnamespace" = "dtns"."oid" where "c"."relkind" in ($1, $2, $3) and "ns"."nspname" !~ $4 and "ns"."nspname" != $5 and "ns"."nspname" != $6 and has_schema_privilege(ns.nspname, 'USAGE') and "a"."attnum" >= $7 and "a"."attisdropped" != $8 order by "ns"."nspname", "c"."relname", "a"."attnum"
--$1 - = r
--$2 - = v
--$3 - = p
--$4 - = ^pg_
--$5 - = information_schema
--$6 - = crdb_internal
--$7 - = 0
--$8 - = true
--= column:19 not_null:16 has_default:16 table:19 table_type:18 schema:19 type:19 type_schema:19 column_description:25 auto_incrementing:25
--;
select "nspname" from "pg_catalog"."pg_namespace" where not "nspname" = $1 and not "nspname" like $2
--$1 - = information_schema
--$2 - = pg\_%
--= nspname:19
--;
select "c"."oid" from "pg_extension" as "e" inner join "pg_depend" as "d" on "d"."refobjid" = "e"."oid" inner join "pg_class" as "c" on "c"."oid" = "d"."objid" inner join "pg_namespace" as "ns" on "ns"."oid" = "e"."extnamespace" where "d"."deptype" = $1
--$1 - = e
--= oid:26
--;
select "t"."oid" from "pg_extension" as "e" inner join "pg_depend" as "d" on "d"."refobjid" = "e"."oid" inner join "pg_type" as "t" on "t"."oid" = "d"."objid" inner join "pg_namespace" as "ns" on "ns"."oid" = "e"."extnamespace" where "d"."deptype" = $1
--$1 - = e
--= oid:26
--;
select "p"."oid" from "pg_extension" as "e" inner join "pg_depend" as "d" on "d"."refobjid" = "e"."oid" inner join "pg_proc" as "p" on "p"."oid" = "d"."objid" inner join "pg_namespace" as "ns" on "ns"."oid" = "e"."extnamespace" where "d"."deptype" = $1
--$1 - = e
--= oid:26
--;
select "typname" as "name", "nspname" as "schemaName", case typtype
        when 'c' then case relkind
        when 'r' then 'table'
when 'p' then 'table'
when 'v' then 'view'
when 'm' then 'materializedView'
when 'c' then 'compositeType'
when 'f' then 'foreignTable'
        end
      when 'd' then 'domain'
when 'e' then 'enum'
when 'r' then 'range'
       end as kind, COALESCE(
        obj_description(COALESCE(pg_class.oid, pg_type.oid)),
        obj_description(pg_type.oid)
        ) as comment from "pg_catalog"."pg_type" inner join "pg_catalog"."pg_namespace" on "pg_namespace"."oid" = "pg_type"."typnamespace" full outer join "pg_catalog"."pg_class" on "pg_type"."typrelid" = "pg_class"."oid" where ("pg_class"."oid" is null or ("pg_class"."relispartition" = $1 and "pg_class"."relkind" not in ($2) and 1 = $3)) and 1 = $4 and "pg_type"."typtype" in ($5, $6, $7, $8) and "pg_namespace"."nspname" in ($9) union select "proname" as "name", "nspname" as "schemaName", case prokind
        when 'f' then 'function'
        when 'p' then 'procedure'
        when 'a' then 'aggregate'
        when 'w' then 'window'
        end as kind, obj_description(pg_proc.oid) as comment from "pg_catalog"."pg_proc" inner join "pg_catalog"."pg_namespace" on "pg_namespace"."oid" = "pg_proc"."pronamespace" inner join "pg_catalog"."pg_language" on "pg_language"."oid" = "pg_proc"."prolang" where "pg_proc"."oid" not in ($10, $11, $12) and "pg_namespace"."nspname" in ($13) and "prokind" in ($14, $15) and not "pg_language"."lanname" = $16
--$1 - = false
--$2 - = S
--$3 - = 1
--$4 - = 1
--$5 - = c
--$6 - = d
--$7 - = e
--$8 - = r
--$9 - = demo
--$10 - = 13560
--$11 - = 13561
--$12 - = 13562
--$13 - = demo
--$14 - = f
--$15 - = p
--$16 - = internal
--= name:19 schemaName:19 kind:25 comment:25
--;
select * from "information_schema"."tables" where "table_name" = $1 and "table_schema" = $2
--$1 - = web_logs
--$2 - = demo
--= table_catalog:19 table_schema:19 table_name:19 table_type:1043 self_referencing_column_name:19 reference_generation:1043 user_defined_type_catalog:19 user_defined_type_schema:19 user_defined_type_name:19 is_insertable_into:1043 is_typed:1043 commit_action:1043
--;
select * from "information_schema"."tables" where "table_name" = $1 and "table_schema" = $2
--$1 - = ul
--$2 - = demo
--= table_catalog:19 table_schema:19 table_name:19 table_type:1043 self_referencing_column_name:19 reference_generation:1043 user_defined_type_catalog:19 user_defined_type_schema:19 user_defined_type_name:19 is_insertable_into:1043 is_typed:1043 commit_action:1043
--;
SELECT current_database()::information_schema.sql_identifier AS table_catalog,
    nc.nspname::information_schema.sql_identifier AS table_schema,
    c.relname::information_schema.sql_identifier AS table_name,
        CASE
        WHEN pg_has_role(c.relowner, 'USAGE'::text) THEN pg_get_viewdef(c.oid)
        ELSE NULL::text
        END::information_schema.character_data AS view_definition,
        CASE
        WHEN 'check_option=cascaded'::text = ANY (c.reloptions) THEN 'CASCADED'::text
        WHEN 'check_option=local'::text = ANY (c.reloptions) THEN 'LOCAL'::text
        ELSE 'NONE'::text
        END::information_schema.character_data AS check_option,
        CASE
        WHEN (pg_relation_is_updatable(c.oid::regclass, false) & 20) = 20 THEN 'YES'::text
        ELSE 'NO'::text
        END::information_schema.yes_or_no AS is_updatable,
        CASE
        WHEN (pg_relation_is_updatable(c.oid::regclass, false) & 8) = 8 THEN 'YES'::text
        ELSE 'NO'::text
        END::information_schema.yes_or_no AS is_insertable_into,
        CASE
        WHEN (EXISTS ( SELECT 1
        FROM pg_trigger
        WHERE pg_trigger.tgrelid = c.oid AND (pg_trigger.tgtype::integer & 81) = 81)) THEN 'YES'::text
        ELSE 'NO'::text
        END::information_schema.yes_or_no AS is_trigger_updatable,
        CASE
        WHEN (EXISTS ( SELECT 1
        FROM pg_trigger
        WHERE pg_trigger.tgrelid = c.oid AND (pg_trigger.tgtype::integer & 73) = 73)) THEN 'YES'::text
        ELSE 'NO'::text
        END::information_schema.yes_or_no AS is_trigger_deletable,
        CASE
        WHEN (EXISTS ( SELECT 1
        FROM pg_trigger
        WHERE pg_trigger.tgrelid = c.oid AND (pg_trigger.tgtype::integer & 69) = 69)) THEN 'YES'::text
        ELSE 'NO'::text
        END::information_schema.yes_or_no AS is_trigger_insertable_into
   FROM pg_namespace nc,
    pg_class c
  WHERE c.relnamespace = nc.oid AND c.relkind = ANY (ARRAY['v'::"char", 'm'::"char"]) AND NOT pg_is_other_temp_schema(nc.oid) AND (pg_has_role(c.relowner, 'USAGE'::text) OR has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER'::text) OR has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE, REFERENCES'::text))
--= table_catalog:19 table_schema:19 table_name:19 view_definition:1043 check_option:1043 is_updatable:1043 is_insertable_into:1043 is_trigger_updatable:1043 is_trigger_deletable:1043 is_trigger_insertable_into:1043
--~ table_catalog:19 table_schema:19 table_name:19 view_definition:25 check_option:25 is_updatable:25 is_insertable_into:25 is_trigger_updatable:25 is_trigger_deletable:25 is_trigger_insertable_into:25
--;
SELECT
      json_agg(pg_enum.enumlabel ORDER BY pg_enum.enumsortorder) as "values"
    FROM
      pg_type
      JOIN pg_namespace ON pg_type.typnamespace = pg_namespace.oid
      JOIN pg_enum ON pg_type.oid = pg_enum.enumtypid
    WHERE
      pg_type.typtype = 'e'
      AND pg_namespace.nspname = $1
      AND typname = $2
--$1 - = demo
--$2 - = mood
--= values:114
--;
select * from "information_schema"."routines" where "routine_name" = $1 and "routine_schema" = $2
--$1 - = trg
--$2 - = demo
--= specific_catalog:19 specific_schema:19 specific_name:19 routine_catalog:19 routine_schema:19 routine_name:19 routine_type:1043 module_catalog:19 module_schema:19 module_name:19 udt_catalog:19 udt_schema:19 udt_name:19 data_type:1043 character_maximum_length:23 character_octet_length:23 character_set_catalog:19 character_set_schema:19 character_set_name:19 collation_catalog:19 collation_schema:19 collation_name:19 numeric_precision:23 numeric_precision_radix:23 numeric_scale:23 datetime_precision:23 interval_type:1043 interval_precision:23 type_udt_catalog:19 type_udt_schema:19 type_udt_name:19 scope_catalog:19 scope_schema:19 scope_name:19 maximum_cardinality:23 dtd_identifier:19 routine_body:1043 routine_definition:1043 external_name:1043 external_language:1043 parameter_style:1043 is_deterministic:1043 sql_data_access:1043 is_null_call:1043 sql_path:1043 schema_level_routine:1043 max_dynamic_result_sets:23 is_user_defined_cast:1043 is_implicitly_invocable:1043 security_type:1043 to_sql_specific_catalog:19 to_sql_specific_schema:19 to_sql_specific_name:19 as_locator:1043 created:1184 last_altered:1184 new_savepoint_level:1043 is_udt_dependent:1043 result_cast_from_data_type:1043 result_cast_as_locator:1043 result_cast_char_max_length:23 result_cast_char_octet_length:23 result_cast_char_set_catalog:19 result_cast_char_set_schema:19 result_cast_char_set_name:19 result_cast_collation_catalog:19 result_cast_collation_schema:19 result_cast_collation_name:19 result_cast_numeric_precision:23 result_cast_numeric_precision_radix:23 result_cast_numeric_scale:23 result_cast_datetime_precision:23 result_cast_interval_type:1043 result_cast_interval_precision:23 result_cast_type_udt_catalog:19 result_cast_type_udt_schema:19 result_cast_type_udt_name:19 result_cast_scope_catalog:19 result_cast_scope_schema:19 result_cast_scope_name:19 result_cast_maximum_cardinality:23 result_cast_dtd_identifier:19
--;
select * from "information_schema"."views" where "table_name" = $1 and "table_schema" = $2
--$1 - = big_orders
--$2 - = demo
--= table_catalog:19 table_schema:19 table_name:19 view_definition:1043 check_option:1043 is_updatable:1043 is_insertable_into:1043 is_trigger_updatable:1043 is_trigger_deletable:1043 is_trigger_insertable_into:1043
--;
WITH
    fake_info_schema_columns AS (

  SELECT current_database()::information_schema.sql_identifier AS table_catalog,
    nc.nspname::information_schema.sql_identifier AS table_schema,
    c.relname::information_schema.sql_identifier AS table_name,
    a.attname::information_schema.sql_identifier AS column_name,
    a.attnum::information_schema.cardinal_number AS ordinal_position,
    pg_get_expr(ad.adbin, ad.adrelid)::information_schema.character_data AS column_default,
        CASE
        WHEN a.attnotnull OR t.typtype = 'd'::"char" AND t.typnotnull THEN 'NO'::text
        ELSE 'YES'::text
        END::information_schema.yes_or_no AS is_nullable,
        CASE
        WHEN t.typtype = 'd'::"char" THEN
        CASE
        WHEN bt.typelem <> 0::oid AND bt.typlen = '-1'::integer THEN 'ARRAY'::text
        WHEN nbt.nspname = 'pg_catalog'::name THEN format_type(t.typbasetype, NULL::integer)
        ELSE 'USER-DEFINED'::text
        END
        ELSE
        CASE
        WHEN t.typelem <> 0::oid AND t.typlen = '-1'::integer THEN 'ARRAY'::text
        WHEN nt.nspname = 'pg_catalog'::name THEN format_type(a.atttypid, NULL::integer)
        ELSE 'USER-DEFINED'::text
        END
        END::information_schema.character_data AS data_type,
    information_schema._pg_char_max_length(information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*))::information_schema.cardinal_number AS character_maximum_length,
    information_schema._pg_char_octet_length(information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*))::information_schema.cardinal_number AS character_octet_length,
    information_schema._pg_numeric_precision(information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*))::information_schema.cardinal_number AS numeric_precision,
    information_schema._pg_numeric_precision_radix(information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*))::information_schema.cardinal_number AS numeric_precision_radix,
    information_schema._pg_numeric_scale(information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*))::information_schema.cardinal_number AS numeric_scale,
    information_schema._pg_datetime_precision(information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*))::information_schema.cardinal_number AS datetime_precision,
    information_schema._pg_interval_type(information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*))::information_schema.character_data AS interval_type,
    NULL::integer::information_schema.cardinal_number AS interval_precision,
    NULL::character varying::information_schema.sql_identifier AS character_set_catalog,
    NULL::character varying::information_schema.sql_identifier AS character_set_schema,
    NULL::character varying::information_schema.sql_identifier AS character_set_name,
        CASE
        WHEN nco.nspname IS NOT NULL THEN current_database()
        ELSE NULL::name
        END::information_schema.sql_identifier AS collation_catalog,
    nco.nspname::information_schema.sql_identifier AS collation_schema,
    co.collname::information_schema.sql_identifier AS collation_name,
        CASE
        WHEN t.typtype = 'd'::"char" THEN current_database()
        ELSE NULL::name
        END::information_schema.sql_identifier AS domain_catalog,
        CASE
        WHEN t.typtype = 'd'::"char" THEN nt.nspname
        ELSE NULL::name
        END::information_schema.sql_identifier AS domain_schema,
        CASE
        WHEN t.typtype = 'd'::"char" THEN t.typname
        ELSE NULL::name
        END::information_schema.sql_identifier AS domain_name,
    current_database()::information_schema.sql_identifier AS udt_catalog,
    COALESCE(nbt.nspname, nt.nspname)::information_schema.sql_identifier AS udt_schema,
    COALESCE(bt.typname, t.typname)::information_schema.sql_identifier AS udt_name,
    NULL::character varying::information_schema.sql_identifier AS scope_catalog,
    NULL::character varying::information_schema.sql_identifier AS scope_schema,
    NULL::character varying::information_schema.sql_identifier AS scope_name,
    NULL::integer::information_schema.cardinal_number AS maximum_cardinality,
    a.attnum::information_schema.sql_identifier AS dtd_identifier,
    'NO'::character varying::information_schema.yes_or_no AS is_self_referencing,
        CASE
        WHEN a.attidentity = ANY (ARRAY['a'::"char", 'd'::"char"]) THEN 'YES'::text
        ELSE 'NO'::text
        END::information_schema.yes_or_no AS is_identity,
        CASE a.attidentity
        WHEN 'a'::"char" THEN 'ALWAYS'::text
        WHEN 'd'::"char" THEN 'BY DEFAULT'::text
        ELSE NULL::text
        END::information_schema.character_data AS identity_generation,
    seq.seqstart::information_schema.character_data AS identity_start,
    seq.seqincrement::information_schema.character_data AS identity_increment,
    seq.seqmax::information_schema.character_data AS identity_maximum,
    seq.seqmin::information_schema.character_data AS identity_minimum,
        CASE
        WHEN seq.seqcycle THEN 'YES'::text
        ELSE 'NO'::text
        END::information_schema.yes_or_no AS identity_cycle,
    'NEVER'::character varying::information_schema.character_data AS is_generated,
    NULL::character varying::information_schema.character_data AS generation_expression,
        CASE
        WHEN (c.relkind = ANY (ARRAY['r'::"char", 'p'::"char"])) OR (c.relkind = ANY (ARRAY['v'::"char", 'f'::"char"])) AND pg_column_is_updatable(c.oid::regclass, a.attnum, false) THEN 'YES'::text
        ELSE 'NO'::text
        END::information_schema.yes_or_no AS is_updatable
   FROM pg_attribute a
     LEFT JOIN pg_attrdef ad ON a.attrelid = ad.adrelid AND a.attnum = ad.adnum
     JOIN (pg_class c
     JOIN pg_namespace nc ON c.relnamespace = nc.oid) ON a.attrelid = c.oid
     JOIN (pg_type t
     JOIN pg_namespace nt ON t.typnamespace = nt.oid) ON a.atttypid = t.oid
     LEFT JOIN (pg_type bt
     JOIN pg_namespace nbt ON bt.typnamespace = nbt.oid) ON t.typtype = 'd'::"char" AND t.typbasetype = bt.oid
     LEFT JOIN (pg_collation co
     JOIN pg_namespace nco ON co.collnamespace = nco.oid) ON a.attcollation = co.oid AND (nco.nspname <> 'pg_catalog'::name OR co.collname <> 'default'::name)
     LEFT JOIN (pg_depend dep
     JOIN pg_sequence seq ON dep.classid = 'pg_class'::regclass::oid AND dep.objid = seq.seqrelid AND dep.deptype = 'i'::"char") ON dep.refclassid = 'pg_class'::regclass::oid AND dep.refobjid = c.oid AND dep.refobjsubid = a.attnum
  WHERE NOT pg_is_other_temp_schema(nc.oid) AND a.attnum > 0 AND NOT a.attisdropped AND (c.relkind = ANY (ARRAY['r'::"char", 'v'::"char", 'f'::"char", 'p'::"char", 'm'::"char", 'c'::"char"])) AND (pg_has_role(c.relowner, 'USAGE'::text) OR has_column_privilege(c.oid, a.attnum, 'SELECT, INSERT, UPDATE, REFERENCES'::text))

    ),
    type_map AS (

  select
    pg_attribute.attname as "column_name",
    typnamespace::regnamespace::text||'.'||(case when (t.typelem <> 0::oid AND t.typlen = '-1'::integer) then substring(typname, 2)||'[]' else typname end)::text as "expanded_name",
    json_build_object(
      'fullName', typnamespace::regnamespace::text||'.'||substring(typname, (case when (t.typelem <> 0::oid AND t.typlen = '-1'::integer) then 2 else 1 end))::text,
      'kind', case
        when typtype = 'd' then 'domain'
        when typtype = 'r' then 'range'
        when typtype = 'c' then 'composite'
        when typtype = 'e' then 'enum'
        when typtype = 'b' then COALESCE((select case
        when i.typtype = 'r' then 'range'
        when i.typtype = 'd' then 'domain'
        when i.typtype = 'c' then 'composite'
        when i.typtype = 'e' then 'enum'
        end as inner_kind from pg_type i where i.oid = t.typelem), 'base')
      ELSE 'unknown'
      end
    ) as "type_info"
  from pg_type t
  join pg_attribute on pg_attribute.atttypid = t.oid
  join pg_class on pg_attribute.attrelid = pg_class.oid
  join pg_namespace on pg_class.relnamespace = pg_namespace.oid
  WHERE
    pg_namespace.nspname = $1
    and pg_class.relname = $2

    ),
    comment_map AS (

  SELECT
    a.attname as "column_name",
    col_description(c.oid, a.attnum::int) as "comment"
  FROM
    pg_class c
    JOIN pg_attribute a on a.attrelid=c.oid
    JOIN pg_namespace n ON c.relnamespace = n.oid
  WHERE
    n.nspname = $3
    AND c.relname = $4

    )
    SELECT
      columns.column_name AS "name",
      type_map.expanded_name AS "expandedType",
      type_map.type_info AS "type",
      comment_map.comment AS "comment",
      character_maximum_length AS "maxLength",
      column_default AS "defaultValue",
      is_nullable = 'YES' AS "isNullable",
      data_type = 'ARRAY' AS "isArray",
      is_identity = 'YES' AS "isIdentity",
      is_updatable = 'YES' AS "isUpdatable",
      ordinal_position AS "ordinalPosition",
      CASE WHEN is_identity = 'YES' THEN
        identity_generation
      ELSE
        is_generated
      END AS "generated",

      row_to_json(columns.*) AS "fakeInformationSchemaValue"
    FROM
      fake_info_schema_columns columns
      LEFT JOIN type_map ON type_map.column_name = columns.column_name
      LEFT JOIN comment_map ON comment_map.column_name = columns.column_name
    WHERE
      table_name = $5
      AND table_schema = $6
--$1 - = demo
--$2 - = comp
--$3 - = demo
--$4 - = comp
--$5 - = comp
--$6 - = demo
--= name:19 expandedType:25 type:114 comment:25 maxLength:23 defaultValue:1043 isNullable:16 isArray:16 isIdentity:16 isUpdatable:16 ordinalPosition:23 generated:1043 fakeInformationSchemaValue:114
--~ name:19 expandedType:25 type:114 comment:25 maxLength:23 defaultValue:1043 isNullable:16 isArray:16 isIdentity:16 isUpdatable:16 ordinalPosition:23 generated:25 fakeInformationSchemaValue:114
--;
SELECT
      i.typnamespace::regnamespace::text||'.'||i.typname as "innerType",
      row_to_json(domains.*) AS "informationSchemaValue"
    FROM
      information_schema.domains,
      pg_type t
    JOIN pg_type i on t.typbasetype = i.oid
    WHERE
      domain_name = $1
      AND t.typname = $2
      AND t.typtype = 'd'
      AND domain_schema = $3
      AND t.typnamespace::regnamespace::text = $4
--$1 - = posint
--$2 - = posint
--$3 - = demo
--$4 - = demo
--= innerType:25 informationSchemaValue:114
--;
WITH
    reference_map AS (

      SELECT
        source_attr.attname AS "column_name",
        json_agg(json_build_object(
        'schemaName', expanded_constraint.target_schema,
        'tableName', expanded_constraint.target_table,
        'columnName', target_attr.attname,
        'onUpdate', case expanded_constraint.confupdtype
        when 'a' then 'NO ACTION'
when 'r' then 'RESTRICT'
when 'c' then 'CASCADE'
when 'n' then 'SET NULL'
when 'd' then 'SET DEFAULT'
        end,
        'onDelete', case expanded_constraint.confdeltype
        when 'a' then 'NO ACTION'
when 'r' then 'RESTRICT'
when 'c' then 'CASCADE'
when 'n' then 'SET NULL'
when 'd' then 'SET DEFAULT'
        end,
        'name', expanded_constraint.conname
        )) AS references
      FROM (
        SELECT
        unnest(conkey) AS "source_attnum",
        unnest(confkey) AS "target_attnum",
        target_namespace.nspname as "target_schema",
        target_class.relname as "target_table",
        confrelid,
        conrelid,
        conname,
        confupdtype,
        confdeltype
        FROM
        pg_constraint
        JOIN pg_class source_class ON conrelid = source_class.oid
        JOIN pg_namespace source_namespace ON source_class.relnamespace = source_namespace.oid

        JOIN pg_class target_class ON confrelid = target_class.oid
        JOIN pg_namespace target_namespace ON target_class.relnamespace = target_namespace.oid
        WHERE
        source_class.relname = $1
        AND source_namespace.nspname = $2
        AND contype = 'f') expanded_constraint
        JOIN pg_attribute target_attr ON target_attr.attrelid = expanded_constraint.confrelid
        AND target_attr.attnum = expanded_constraint.target_attnum
        JOIN pg_attribute source_attr ON source_attr.attrelid = expanded_constraint.conrelid
        AND source_attr.attnum = expanded_constraint.source_attnum
        JOIN pg_class target_class ON target_class.oid = expanded_constraint.confrelid
      WHERE
        target_class.relispartition = FALSE
      GROUP BY
        source_attr.attname

    ),
    index_map AS (

  SELECT
    a.attname AS column_name,
    bool_or(ix.indisprimary) AS is_primary,
    json_agg(json_build_object(
        'name', i.relname,
        'isPrimary', ix.indisprimary)
      ) AS indices
  FROM
    pg_class t,
    pg_class i,
    pg_index ix,
    pg_attribute a,
    pg_namespace n
  WHERE
    t.oid = ix.indrelid
    AND i.oid = ix.indexrelid
    AND a.attrelid = t.oid
    AND n.oid = t.relnamespace
    AND a.attnum = ANY (ix.indkey)
    AND t.relkind = 'r'
    AND t.relname = $3
    AND n.nspname = $4
  GROUP BY
    a.attname

    ),
    type_map AS (

select
  pg_attribute.attname as "column_name",
  typnamespace::regnamespace::text||'.'||substring(typname, (case when attndims > 0 then 2 else 1 end))::text||repeat('[]', attndims) as "expanded_name",
  attndims as "dimensions",
  json_build_object(
    'fullName', typnamespace::regnamespace::text||'.'||substring(typname, (case when attndims > 0 then 2 else 1 end))::text,
    'kind', case
      when typtype = 'd' then 'domain'
      when typtype = 'r' then 'range'
      when typtype = 'c' then 'composite'
      when typtype = 'e' then 'enum'
      when typtype = 'b' then COALESCE((select case
        when i.typtype = 'r' then 'range'
        when i.typtype = 'd' then 'domain'
        when i.typtype = 'c' then 'composite'
        when i.typtype = 'e' then 'enum'
      end as inner_kind from pg_type i where i.oid = t.typelem), 'base')
    ELSE 'unknown'
    end
  ) as "type_info"
from pg_type t
join pg_attribute on pg_attribute.atttypid = t.oid
join pg_class on pg_attribute.attrelid = pg_class.oid
join pg_namespace on pg_class.relnamespace = pg_namespace.oid
WHERE
  pg_namespace.nspname = $5
  and pg_class.relname = $6

    ),
    comment_map AS (

  SELECT
    a.attname as "column_name",
    col_description(c.oid, a.attnum::int) as "comment"
  FROM
    pg_class c
    JOIN pg_attribute a on a.attrelid=c.oid
    JOIN pg_namespace n ON c.relnamespace = n.oid
  WHERE
    n.nspname = $7
    AND c.relname = $8

    ),
    inheritance_map AS (

   SELECT
      a.attname AS column_name,
      pa.attname as parent_column_name,
      p.relname AS parent_name
     FROM pg_class c
     JOIN pg_attribute a ON a.attrelid=c.oid
     JOIN pg_catalog.pg_inherits i ON a.attrelid=i.inhrelid
     JOIN pg_class p ON p.oid = i.inhparent
     JOIN pg_namespace p_namespace ON p.relnamespace = p_namespace.oid
     JOIN pg_attribute pa ON pa.attrelid=p.oid
     WHERE
      c.relname = $9
      AND p_namespace.nspname = $10
      AND a.attnum > 0
      AND a.attname = pa.attname

    )
    SELECT
      columns.column_name AS "name",
      type_map.expanded_name AS "expandedType",
      type_map.dimensions AS "dimensions",
      type_map.type_info AS "type",
      comment_map.comment AS "comment",
      character_maximum_length AS "maxLength",
      column_default AS "defaultValue",
      is_nullable = 'YES' AS "isNullable",
      data_type = 'ARRAY' AS "isArray",
      is_identity = 'YES' AS "isIdentity",
      is_updatable = 'YES' AS "isUpdatable",
      ordinal_position AS "ordinalPosition",
      CASE WHEN is_identity = 'YES' THEN
        identity_generation
      ELSE
        is_generated
      END AS "generated",
      COALESCE(index_map.is_primary, FALSE) AS "isPrimaryKey",
      COALESCE(index_map.indices, '[]'::json) AS "indices",
      COALESCE(reference_map.references, '[]'::json) AS "references",
      inheritance_map.parent_name AS "parentTable",

      row_to_json(columns.*) AS "informationSchemaValue"
    FROM
      information_schema.columns
      LEFT JOIN index_map ON index_map.column_name = columns.column_name
      LEFT JOIN reference_map ON reference_map.column_name = columns.column_name
      LEFT JOIN type_map ON type_map.column_name = columns.column_name
      LEFT JOIN comment_map ON comment_map.column_name = columns.column_name
      LEFT JOIN inheritance_map ON inheritance_map.parent_column_name = columns.column_name
    WHERE
      table_name = $11
      AND table_schema = $12
--$1 - = web_logs
--$2 - = demo
--$3 - = web_logs
--$4 - = demo
--$5 - = demo
--$6 - = web_logs
--$7 - = demo
--$8 - = web_logs
--$9 - = web_logs
--$10 - = demo
--$11 - = web_logs
--$12 - = demo
--= name:19 expandedType:25 dimensions:23 type:114 comment:25 maxLength:23 defaultValue:1043 isNullable:16 isArray:16 isIdentity:16 isUpdatable:16 ordinalPosition:23 generated:1043 isPrimaryKey:16 indices:114 references:114 parentTable:19 informationSchemaValue:114
--;
WITH
    reference_map AS (

      SELECT
        source_attr.attname AS "column_name",
        json_agg(json_build_object(
        'schemaName', expanded_constraint.target_schema,
        'tableName', expanded_constraint.target_table,
        'columnName', target_attr.attname,
        'onUpdate', case expanded_constraint.confupdtype
        when 'a' then 'NO ACTION'
when 'r' then 'RESTRICT'
when 'c' then 'CASCADE'
when 'n' then 'SET NULL'
when 'd' then 'SET DEFAULT'
        end,
        'onDelete', case expanded_constraint.confdeltype
        when 'a' then 'NO ACTION'
when 'r' then 'RESTRICT'
when 'c' then 'CASCADE'
when 'n' then 'SET NULL'
when 'd' then 'SET DEFAULT'
        end,
        'name', expanded_constraint.conname
        )) AS references
      FROM (
        SELECT
        unnest(conkey) AS "source_attnum",
        unnest(confkey) AS "target_attnum",
        target_namespace.nspname as "target_schema",
        target_class.relname as "target_table",
        confrelid,
        conrelid,
        conname,
        confupdtype,
        confdeltype
        FROM
        pg_constraint
        JOIN pg_class source_class ON conrelid = source_class.oid
        JOIN pg_namespace source_namespace ON source_class.relnamespace = source_namespace.oid

        JOIN pg_class target_class ON confrelid = target_class.oid
        JOIN pg_namespace target_namespace ON target_class.relnamespace = target_namespace.oid
        WHERE
        source_class.relname = $1
        AND source_namespace.nspname = $2
        AND contype = 'f') expanded_constraint
        JOIN pg_attribute target_attr ON target_attr.attrelid = expanded_constraint.confrelid
        AND target_attr.attnum = expanded_constraint.target_attnum
        JOIN pg_attribute source_attr ON source_attr.attrelid = expanded_constraint.conrelid
        AND source_attr.attnum = expanded_constraint.source_attnum
        JOIN pg_class target_class ON target_class.oid = expanded_constraint.confrelid
      WHERE
        target_class.relispartition = FALSE
      GROUP BY
        source_attr.attname

    ),
    index_map AS (

  SELECT
    a.attname AS column_name,
    bool_or(ix.indisprimary) AS is_primary,
    json_agg(json_build_object(
        'name', i.relname,
        'isPrimary', ix.indisprimary)
      ) AS indices
  FROM
    pg_class t,
    pg_class i,
    pg_index ix,
    pg_attribute a,
    pg_namespace n
  WHERE
    t.oid = ix.indrelid
    AND i.oid = ix.indexrelid
    AND a.attrelid = t.oid
    AND n.oid = t.relnamespace
    AND a.attnum = ANY (ix.indkey)
    AND t.relkind = 'r'
    AND t.relname = $3
    AND n.nspname = $4
  GROUP BY
    a.attname

    ),
    type_map AS (

select
  pg_attribute.attname as "column_name",
  typnamespace::regnamespace::text||'.'||substring(typname, (case when attndims > 0 then 2 else 1 end))::text||repeat('[]', attndims) as "expanded_name",
  attndims as "dimensions",
  json_build_object(
    'fullName', typnamespace::regnamespace::text||'.'||substring(typname, (case when attndims > 0 then 2 else 1 end))::text,
    'kind', case
      when typtype = 'd' then 'domain'
      when typtype = 'r' then 'range'
      when typtype = 'c' then 'composite'
      when typtype = 'e' then 'enum'
      when typtype = 'b' then COALESCE((select case
        when i.typtype = 'r' then 'range'
        when i.typtype = 'd' then 'domain'
        when i.typtype = 'c' then 'composite'
        when i.typtype = 'e' then 'enum'
      end as inner_kind from pg_type i where i.oid = t.typelem), 'base')
    ELSE 'unknown'
    end
  ) as "type_info"
from pg_type t
join pg_attribute on pg_attribute.atttypid = t.oid
join pg_class on pg_attribute.attrelid = pg_class.oid
join pg_namespace on pg_class.relnamespace = pg_namespace.oid
WHERE
  pg_namespace.nspname = $5
  and pg_class.relname = $6

    ),
    comment_map AS (

  SELECT
    a.attname as "column_name",
    col_description(c.oid, a.attnum::int) as "comment"
  FROM
    pg_class c
    JOIN pg_attribute a on a.attrelid=c.oid
    JOIN pg_namespace n ON c.relnamespace = n.oid
  WHERE
    n.nspname = $7
    AND c.relname = $8

    ),
    inheritance_map AS (

   SELECT
      a.attname AS column_name,
      pa.attname as parent_column_name,
      p.relname AS parent_name
     FROM pg_class c
     JOIN pg_attribute a ON a.attrelid=c.oid
     JOIN pg_catalog.pg_inherits i ON a.attrelid=i.inhrelid
     JOIN pg_class p ON p.oid = i.inhparent
     JOIN pg_namespace p_namespace ON p.relnamespace = p_namespace.oid
     JOIN pg_attribute pa ON pa.attrelid=p.oid
     WHERE
      c.relname = $9
      AND p_namespace.nspname = $10
      AND a.attnum > 0
      AND a.attname = pa.attname

    )
    SELECT
      columns.column_name AS "name",
      type_map.expanded_name AS "expandedType",
      type_map.dimensions AS "dimensions",
      type_map.type_info AS "type",
      comment_map.comment AS "comment",
      character_maximum_length AS "maxLength",
      column_default AS "defaultValue",
      is_nullable = 'YES' AS "isNullable",
      data_type = 'ARRAY' AS "isArray",
      is_identity = 'YES' AS "isIdentity",
      is_updatable = 'YES' AS "isUpdatable",
      ordinal_position AS "ordinalPosition",
      CASE WHEN is_identity = 'YES' THEN
        identity_generation
      ELSE
        is_generated
      END AS "generated",
      COALESCE(index_map.is_primary, FALSE) AS "isPrimaryKey",
      COALESCE(index_map.indices, '[]'::json) AS "indices",
      COALESCE(reference_map.references, '[]'::json) AS "references",
      inheritance_map.parent_name AS "parentTable",

      row_to_json(columns.*) AS "informationSchemaValue"
    FROM
      information_schema.columns
      LEFT JOIN index_map ON index_map.column_name = columns.column_name
      LEFT JOIN reference_map ON reference_map.column_name = columns.column_name
      LEFT JOIN type_map ON type_map.column_name = columns.column_name
      LEFT JOIN comment_map ON comment_map.column_name = columns.column_name
      LEFT JOIN inheritance_map ON inheritance_map.parent_column_name = columns.column_name
    WHERE
      table_name = $11
      AND table_schema = $12
--$1 - = ul
--$2 - = demo
--$3 - = ul
--$4 - = demo
--$5 - = demo
--$6 - = ul
--$7 - = demo
--$8 - = ul
--$9 - = ul
--$10 - = demo
--$11 - = ul
--$12 - = demo
--= name:19 expandedType:25 dimensions:23 type:114 comment:25 maxLength:23 defaultValue:1043 isNullable:16 isArray:16 isIdentity:16 isUpdatable:16 ordinalPosition:23 generated:1043 isPrimaryKey:16 indices:114 references:114 parentTable:19 informationSchemaValue:114
--;
SELECT
      p.proname,
      p.prorettype::regtype::text AS return_type,
      l.lanname AS language,
      p.prosrc AS definition,
      p.proisstrict AS is_strict,
      p.prosecdef AS is_security_definer,
      p.proleakproof AS is_leak_proof,
      p.proretset AS returns_set,
      p.provolatile,
      p.proparallel,
      p.procost AS estimated_cost,
      CASE WHEN p.proretset THEN p.prorows ELSE NULL END AS estimated_rows,
      d.description AS comment,
      p.proargmodes,
      p.proargnames,
      array_to_string(COALESCE(p.proallargtypes::regtype[], p.proargtypes::regtype[]), ',') AS arg_types,
      p.pronargdefaults,
      pg_get_function_arguments(p.oid) AS arg_list,
      pg_get_function_identity_arguments(p.oid) AS identity_args,
      pg_get_function_result(p.oid) as full_return_type
    FROM pg_proc p
    LEFT JOIN pg_namespace n ON n.oid = p.pronamespace
    LEFT JOIN pg_description d ON d.objoid = p.oid
    LEFT JOIN pg_language l ON l.oid = p.prolang
    WHERE n.nspname = $1 AND p.proname = $2
--$1 - = demo
--$2 - = trg
--= proname:19 return_type:25 language:19 definition:25 is_strict:16 is_security_definer:16 is_leak_proof:16 returns_set:16 provolatile:18 proparallel:18 estimated_cost:700 estimated_rows:700 comment:25 proargmodes:1002 proargnames:1009 arg_types:25 pronargdefaults:21 arg_list:25 identity_args:25 full_return_type:25
--;
set search_path to "demo"
--;
SELECT c.table_name
        , c.column_name
        , c.column_default as default_value
        , c.data_type
        , c.character_maximum_length as max_length
        , c.is_generated = 'ALWAYS' is_generated
        , CASE WHEN c.is_identity = 'YES' THEN true ELSE false END is_identity
        , CASE WHEN c.is_nullable = 'YES' THEN true ELSE false END is_nullable
        FROM
        information_schema.columns c
        LEFT JOIN information_schema.tables t
        ON c.table_name = t.table_name
        WHERE
        t.table_type = 'BASE TABLE'
        AND c.table_schema IN ($1)
--$1 - = demo
--= table_name:19 column_name:19 default_value:1043 data_type:1043 max_length:23 is_generated:16 is_identity:16 is_nullable:16
--;
SELECT relname as table_name
        , pg_attribute.attname as column_name
        FROM pg_index
        , pg_class
        , pg_attribute
        , pg_namespace
        WHERE
        indrelid = pg_class.oid
        AND nspname IN ($1)
        AND pg_class.relnamespace = pg_namespace.oid
        AND pg_attribute.attrelid = pg_class.oid
        AND pg_attribute.attnum = ANY (pg_index.indkey)
        AND indisprimary
        AND indnatts = 1
       AND relkind != 'S'
--$1 - = demo
--= table_name:19 column_name:19
--;
SELECT oid FROM pg_proc WHERE proname = 'postgis_version'
--= oid:26
--;
SELECT
      rel.relname AS name
     FROM
      pg_class rel
     WHERE
      rel.relnamespace IN ('demo'::regnamespace)
      AND rel.relkind = 'r'
     ORDER BY rel.relname
--= name:19
--;
SELECT
      rel.relnamespace::regnamespace::text AS schema,
      rel.relname AS name,
      des.description AS comment
     FROM
      pg_class rel
     LEFT JOIN pg_description des ON rel.oid = des.objoid AND des.objsubid = 0
     WHERE
      rel.relnamespace IN ('demo'::regnamespace)

      AND rel.relkind = 'r'
     ORDER BY rel.relname
--= schema:25 name:19 comment:25
--;
SELECT
      rel.relnamespace::regnamespace::text AS schema,
      rel.relname AS name,
      des.description AS comment
     FROM
      pg_class rel
     LEFT JOIN pg_description des ON rel.oid = des.objoid AND des.objsubid = 0
     WHERE
      rel.relnamespace IN ('demo'::regnamespace)
      AND rel.relname = $1
      AND rel.relkind = 'r'
     ORDER BY rel.relname
--$1 - = orders
--= schema:25 name:19 comment:25
--;
SELECT
      rel.relname AS name
     FROM
      pg_class rel
     WHERE
      rel.relnamespace IN ('demo'::regnamespace)
      AND rel.relkind = 'r'
      AND rel.relname = $1
     ORDER BY rel.relname
--$1 - = orders
--= name:19
--;
SELECT
      att.attname AS column,
      rel.relname AS table
     FROM
      pg_attribute att
      LEFT JOIN pg_class rel ON att.attrelid = rel.oid
     WHERE
      rel.relnamespace IN ('demo'::regnamespace)

      AND rel.relkind = 'r'
      AND att.attnum > 0
      AND NOT att.attisdropped
--= column:19 table:19
--;
select * from "information_schema"."triggers" where "event_object_table" = $1 and "event_object_schema" = $2
--$1 - = big_orders
--$2 - = demo
--= trigger_catalog:19 trigger_schema:19 trigger_name:19 event_manipulation:1043 event_object_catalog:19 event_object_schema:19 event_object_table:19 action_order:23 action_condition:1043 action_statement:1043 action_orientation:1043 action_timing:1043 action_reference_old_table:19 action_reference_new_table:19 action_reference_old_row:19 action_reference_new_row:19 created:1184
--;
SELECT
      att.attname AS column,
      rel.relname AS table
     FROM
      pg_attribute att
      LEFT JOIN pg_class rel ON att.attrelid = rel.oid
     WHERE
      rel.relnamespace IN ('demo'::regnamespace)
      AND rel.relname = $1
      AND rel.relkind = 'r'
      AND att.attnum > 0
      AND NOT att.attisdropped
--$1 - = orders
--= column:19 table:19
--;
WITH index_columns AS (
      SELECT
        ix.indexrelid,
        json_agg(json_build_object(
        'name', a.attname,
        'definition', pg_get_indexdef(ix.indexrelid, keys.key_order::integer, true),
        'predicate', pg_get_expr(ix.indpred, ix.indrelid)
        ) ORDER BY keys.key_order) AS columns
      FROM
        pg_index ix
        CROSS JOIN unnest(ix.indkey) WITH ORDINALITY AS keys(key, key_order)
        LEFT JOIN pg_attribute a ON ix.indrelid = a.attrelid AND key = a.attnum
      GROUP BY ix.indexrelid, ix.indrelid
    )
    SELECT
      i.relname AS "name",
      ix.indisprimary AS "isPrimary",
      ix.indisunique AS "isUnique",
      index_columns.columns
    FROM
      pg_index ix
      INNER JOIN pg_class i ON ix.indexrelid = i.oid
      INNER JOIN pg_class t ON ix.indrelid = t.oid
      INNER JOIN pg_namespace n ON t.relnamespace = n.oid
      INNER JOIN index_columns ON ix.indexrelid = index_columns.indexrelid
    WHERE
      t.relname = $1
      AND n.nspname = $2
--$1 - = customer
--$2 - = demo
--= name:19 isPrimary:16 isUnique:16 columns:114
--;
WITH index_columns AS (
      SELECT
        ix.indexrelid,
        json_agg(json_build_object(
        'name', a.attname,
        'definition', pg_get_indexdef(ix.indexrelid, keys.key_order::integer, true),
        'predicate', pg_get_expr(ix.indpred, ix.indrelid)
        ) ORDER BY keys.key_order) AS columns
      FROM
        pg_index ix
        CROSS JOIN unnest(ix.indkey) WITH ORDINALITY AS keys(key, key_order)
        LEFT JOIN pg_attribute a ON ix.indrelid = a.attrelid AND key = a.attnum
      GROUP BY ix.indexrelid, ix.indrelid
    )
    SELECT
      i.relname AS "name",
      ix.indisprimary AS "isPrimary",
      ix.indisunique AS "isUnique",
      index_columns.columns
    FROM
      pg_index ix
      INNER JOIN pg_class i ON ix.indexrelid = i.oid
      INNER JOIN pg_class t ON ix.indrelid = t.oid
      INNER JOIN pg_namespace n ON t.relnamespace = n.oid
      INNER JOIN index_columns ON ix.indexrelid = index_columns.indexrelid
    WHERE
      t.relname = $1
      AND n.nspname = $2
--$1 - = idt
--$2 - = demo
--= name:19 isPrimary:16 isUnique:16 columns:114
--;
WITH
    fake_info_schema_columns AS (

  SELECT current_database()::information_schema.sql_identifier AS table_catalog,
    nc.nspname::information_schema.sql_identifier AS table_schema,
    c.relname::information_schema.sql_identifier AS table_name,
    a.attname::information_schema.sql_identifier AS column_name,
    a.attnum::information_schema.cardinal_number AS ordinal_position,
    pg_get_expr(ad.adbin, ad.adrelid)::information_schema.character_data AS column_default,
        CASE
        WHEN a.attnotnull OR t.typtype = 'd'::"char" AND t.typnotnull THEN 'NO'::text
        ELSE 'YES'::text
        END::information_schema.yes_or_no AS is_nullable,
        CASE
        WHEN t.typtype = 'd'::"char" THEN
        CASE
        WHEN bt.typelem <> 0::oid AND bt.typlen = '-1'::integer THEN 'ARRAY'::text
        WHEN nbt.nspname = 'pg_catalog'::name THEN format_type(t.typbasetype, NULL::integer)
        ELSE 'USER-DEFINED'::text
        END
        ELSE
        CASE
        WHEN t.typelem <> 0::oid AND t.typlen = '-1'::integer THEN 'ARRAY'::text
        WHEN nt.nspname = 'pg_catalog'::name THEN format_type(a.atttypid, NULL::integer)
        ELSE 'USER-DEFINED'::text
        END
        END::information_schema.character_data AS data_type,
    information_schema._pg_char_max_length(information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*))::information_schema.cardinal_number AS character_maximum_length,
    information_schema._pg_char_octet_length(information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*))::information_schema.cardinal_number AS character_octet_length,
    information_schema._pg_numeric_precision(information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*))::information_schema.cardinal_number AS numeric_precision,
    information_schema._pg_numeric_precision_radix(information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*))::information_schema.cardinal_number AS numeric_precision_radix,
    information_schema._pg_numeric_scale(information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*))::information_schema.cardinal_number AS numeric_scale,
    information_schema._pg_datetime_precision(information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*))::information_schema.cardinal_number AS datetime_precision,
    information_schema._pg_interval_type(information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*))::information_schema.character_data AS interval_type,
    NULL::integer::information_schema.cardinal_number AS interval_precision,
    NULL::character varying::information_schema.sql_identifier AS character_set_catalog,
    NULL::character varying::information_schema.sql_identifier AS character_set_schema,
    NULL::character varying::information_schema.sql_identifier AS character_set_name,
        CASE
        WHEN nco.nspname IS NOT NULL THEN current_database()
        ELSE NULL::name
        END::information_schema.sql_identifier AS collation_catalog,
    nco.nspname::information_schema.sql_identifier AS collation_schema,
    co.collname::information_schema.sql_identifier AS collation_name,
        CASE
        WHEN t.typtype = 'd'::"char" THEN current_database()
        ELSE NULL::name
        END::information_schema.sql_identifier AS domain_catalog,
        CASE
        WHEN t.typtype = 'd'::"char" THEN nt.nspname
        ELSE NULL::name
        END::information_schema.sql_identifier AS domain_schema,
        CASE
        WHEN t.typtype = 'd'::"char" THEN t.typname
        ELSE NULL::name
        END::information_schema.sql_identifier AS domain_name,
    current_database()::information_schema.sql_identifier AS udt_catalog,
    COALESCE(nbt.nspname, nt.nspname)::information_schema.sql_identifier AS udt_schema,
    COALESCE(bt.typname, t.typname)::information_schema.sql_identifier AS udt_name,
    NULL::character varying::information_schema.sql_identifier AS scope_catalog,
    NULL::character varying::information_schema.sql_identifier AS scope_schema,
    NULL::character varying::information_schema.sql_identifier AS scope_name,
    NULL::integer::information_schema.cardinal_number AS maximum_cardinality,
    a.attnum::information_schema.sql_identifier AS dtd_identifier,
    'NO'::character varying::information_schema.yes_or_no AS is_self_referencing,
        CASE
        WHEN a.attidentity = ANY (ARRAY['a'::"char", 'd'::"char"]) THEN 'YES'::text
        ELSE 'NO'::text
        END::information_schema.yes_or_no AS is_identity,
        CASE a.attidentity
        WHEN 'a'::"char" THEN 'ALWAYS'::text
        WHEN 'd'::"char" THEN 'BY DEFAULT'::text
        ELSE NULL::text
        END::information_schema.character_data AS identity_generation,
    seq.seqstart::information_schema.character_data AS identity_start,
    seq.seqincrement::information_schema.character_data AS identity_increment,
    seq.seqmax::information_schema.character_data AS identity_maximum,
    seq.seqmin::information_schema.character_data AS identity_minimum,
        CASE
        WHEN seq.seqcycle THEN 'YES'::text
        ELSE 'NO'::text
        END::information_schema.yes_or_no AS identity_cycle,
    'NEVER'::character varying::information_schema.character_data AS is_generated,
    NULL::character varying::information_schema.character_data AS generation_expression,
        CASE
        WHEN (c.relkind = ANY (ARRAY['r'::"char", 'p'::"char"])) OR (c.relkind = ANY (ARRAY['v'::"char", 'f'::"char"])) AND pg_column_is_updatable(c.oid::regclass, a.attnum, false) THEN 'YES'::text
        ELSE 'NO'::text
        END::information_schema.yes_or_no AS is_updatable
   FROM pg_attribute a
     LEFT JOIN pg_attrdef ad ON a.attrelid = ad.adrelid AND a.attnum = ad.adnum
     JOIN (pg_class c
     JOIN pg_namespace nc ON c.relnamespace = nc.oid) ON a.attrelid = c.oid
     JOIN (pg_type t
     JOIN pg_namespace nt ON t.typnamespace = nt.oid) ON a.atttypid = t.oid
     LEFT JOIN (pg_type bt
     JOIN pg_namespace nbt ON bt.typnamespace = nbt.oid) ON t.typtype = 'd'::"char" AND t.typbasetype = bt.oid
     LEFT JOIN (pg_collation co
     JOIN pg_namespace nco ON co.collnamespace = nco.oid) ON a.attcollation = co.oid AND (nco.nspname <> 'pg_catalog'::name OR co.collname <> 'default'::name)
     LEFT JOIN (pg_depend dep
     JOIN pg_sequence seq ON dep.classid = 'pg_class'::regclass::oid AND dep.objid = seq.seqrelid AND dep.deptype = 'i'::"char") ON dep.refclassid = 'pg_class'::regclass::oid AND dep.refobjid = c.oid AND dep.refobjsubid = a.attnum
  WHERE NOT pg_is_other_temp_schema(nc.oid) AND a.attnum > 0 AND NOT a.attisdropped AND (c.relkind = ANY (ARRAY['r'::"char", 'v'::"char", 'f'::"char", 'p'::"char", 'm'::"char", 'c'::"char"])) AND (pg_has_role(c.relowner, 'USAGE'::text) OR has_column_privilege(c.oid, a.attnum, 'SELECT, INSERT, UPDATE, REFERENCES'::text))

    ),
    type_map AS (

select
  pg_attribute.attname as "column_name",
  typnamespace::regnamespace::text||'.'||(case when (t.typelem <> 0::oid AND t.typlen = '-1'::integer) then substring(typname, 2)||'[]' else typname end)::text as "expanded_name",
  json_build_object(
    'fullName', typnamespace::regnamespace::text||'.'||substring(typname, (case when (t.typelem <> 0::oid AND t.typlen = '-1'::integer) then 2 else 1 end))::text,
    'kind', case
      when typtype = 'd' then 'domain'
      when typtype = 'r' then 'range'
      when typtype = 'c' then 'composite'
      when typtype = 'e' then 'enum'
      when typtype = 'b' then COALESCE((select case
        when i.typtype = 'r' then 'range'
        when i.typtype = 'd' then 'domain'
        when i.typtype = 'c' then 'composite'
        when i.typtype = 'e' then 'enum'
      end as inner_kind from pg_type i where i.oid = t.typelem), 'base')
    ELSE 'unknown'
    end
  ) as "type_info"
from pg_type t
join pg_attribute on pg_attribute.atttypid = t.oid
join pg_class on pg_attribute.attrelid = pg_class.oid
join pg_namespace on pg_class.relnamespace = pg_namespace.oid
WHERE
  pg_namespace.nspname = $1
  and pg_class.relname = $2

    ),
    comment_map AS (

  SELECT
    a.attname as "column_name",
    col_description(c.oid, a.attnum::int) as "comment"
  FROM
    pg_class c
    JOIN pg_attribute a on a.attrelid=c.oid
    JOIN pg_namespace n ON c.relnamespace = n.oid
  WHERE
    n.nspname = $3
    AND c.relname = $4

    )
    SELECT
      columns.column_name AS "name",
      type_map.expanded_name AS "expandedType",
      type_map.type_info AS "type",
      comment_map.comment AS "comment",
      character_maximum_length AS "maxLength",
      column_default AS "defaultValue",
      is_nullable = 'YES' AS "isNullable",
      data_type = 'ARRAY' AS "isArray",
      is_identity = 'YES' AS "isIdentity",
      is_updatable = 'YES' AS "isUpdatable",
      ordinal_position AS "ordinalPosition",
      CASE WHEN is_identity = 'YES' THEN
        identity_generation
      ELSE
        is_generated
      END AS "generated",

      row_to_json(columns.*) AS "fakeInformationSchemaValue"
    FROM
      fake_info_schema_columns columns
      LEFT JOIN type_map ON type_map.column_name = columns.column_name
      LEFT JOIN comment_map ON comment_map.column_name = columns.column_name
    WHERE
      table_name = $5
      AND table_schema = $6
--$1 - = demo
--$2 - = mv
--$3 - = demo
--$4 - = mv
--$5 - = mv
--$6 - = demo
--= name:19 expandedType:25 type:114 comment:25 maxLength:23 defaultValue:1043 isNullable:16 isArray:16 isIdentity:16 isUpdatable:16 ordinalPosition:23 generated:1043 fakeInformationSchemaValue:114
--~ name:19 expandedType:25 type:114 comment:25 maxLength:23 defaultValue:1043 isNullable:16 isArray:16 isIdentity:16 isUpdatable:16 ordinalPosition:23 generated:25 fakeInformationSchemaValue:114
--;
SHOW server_version
--= server_version:25
--;
SELECT
        att.attname AS name,
        rel.relname AS table,
        rel.relnamespace::regnamespace::text as schema,
        att.atttypid::regtype::text AS data_type,
        ix_rel.relname as index_name,
        NOT att.attnotnull AS is_nullable,

      CASE WHEN att.attgenerated = 's' THEN pg_get_expr(ad.adbin, ad.adrelid) ELSE null END AS generation_expression,
      CASE WHEN att.attgenerated = '' THEN pg_get_expr(ad.adbin, ad.adrelid) ELSE null END AS default_value,
      att.attgenerated = 's' AS is_generated,

        CASE
        WHEN att.atttypid IN (1042, 1043) THEN (att.atttypmod - 4)::int4
        WHEN att.atttypid IN (1560, 1562) THEN (att.atttypmod)::int4
        ELSE NULL
        END AS max_length,
        des.description AS comment,
        CASE att.atttypid
        WHEN 21 THEN 16
        WHEN 23 THEN 32
        WHEN 20 THEN 64
        WHEN 1700 THEN
        CASE WHEN atttypmod = -1 THEN NULL
        ELSE (((atttypmod - 4) >> 16) & 65535)::int4
        END
        WHEN 700 THEN 24
        WHEN 701 THEN 53
        ELSE NULL
        END AS numeric_precision,
        CASE
        WHEN atttypid IN (21, 23, 20) THEN 0
        WHEN atttypid = 1700 THEN
        CASE
        WHEN atttypmod = -1 THEN NULL
        ELSE ((atttypmod - 4) & 65535)::int4
        END
        ELSE null
        END AS numeric_scale
      FROM
        pg_attribute att
        LEFT JOIN pg_class rel ON att.attrelid = rel.oid
        LEFT JOIN pg_attrdef ad ON (att.attrelid, att.attnum) = (ad.adrelid, ad.adnum)
        LEFT JOIN pg_description des ON (att.attrelid, att.attnum) = (des.objoid, des.objsubid)
        LEFT JOIN LATERAL (
        SELECT
        indexrelid
        FROM
        pg_index ix
        WHERE
        att.attrelid = ix.indrelid
        AND att.attnum = ALL(ix.indkey)
        AND ix.indisunique = false
        LIMIT 1
        ) ix ON true
        LEFT JOIN pg_class ix_rel ON ix_rel.oid=ix.indexrelid
      WHERE
        rel.relnamespace IN ('demo'::regnamespace)


        AND rel.relkind = 'r'
        AND att.attnum > 0
        AND NOT att.attisdropped
      ORDER BY rel.relname, att.attnum
--= name:19 table:19 schema:25 data_type:25 index_name:19 is_nullable:16 generation_expression:25 default_value:25 is_generated:16 max_length:23 comment:25 numeric_precision:23 numeric_scale:23
--;
SELECT
        con.contype AS type,
        rel.relname AS table,
        att.attname AS column,
        frel.relnamespace::regnamespace::text AS foreign_key_schema,
        frel.relname AS foreign_key_table,
        fatt.attname AS foreign_key_column,
        CASE
        WHEN con.contype = 'p' THEN pg_get_serial_sequence(att.attrelid::regclass::text, att.attname) != ''
        ELSE NULL
        END AS has_auto_increment
      FROM
        pg_constraint con
      LEFT JOIN pg_class rel ON con.conrelid = rel.oid
      LEFT JOIN pg_class frel ON con.confrelid = frel.oid
      LEFT JOIN pg_attribute att ON att.attrelid = con.conrelid AND att.attnum = con.conkey[1]
      LEFT JOIN pg_attribute fatt ON fatt.attrelid = con.confrelid AND fatt.attnum = con.confkey[1]
      WHERE con.connamespace IN ('demo'::regnamespace)
        AND array_length(con.conkey, 1) <= 1
        AND (con.confkey IS NULL OR array_length(con.confkey, 1) = 1)
--= type:18 table:19 column:19 foreign_key_schema:25 foreign_key_table:19 foreign_key_column:19 has_auto_increment:16
--;
SELECT
      source_namespace.nspname as "schema",
      source_class.relname as "table",
      json_agg(json_build_object(
        'name', con.conname,
        'clause', SUBSTRING(pg_get_constraintdef(con.oid) FROM 7)
      )) as checks
    FROM
     pg_constraint con,
     pg_class source_class,
     pg_namespace source_namespace
    WHERE
     source_class.relname = $1
     AND source_namespace.nspname = $2
     AND conrelid = source_class.oid
     AND source_class.relnamespace = source_namespace.oid
     AND con.contype = 'c'
    GROUP BY source_namespace.nspname, source_class.relname
--$1 - = idt
--$2 - = demo
--= schema:19 table:19 checks:114
--;
WITH
    type_map AS (

select
  pg_attribute.attname as "column_name",
  typnamespace::regnamespace::text||'.'||(case when (t.typelem <> 0::oid AND t.typlen = '-1'::integer) then substring(typname, 2)||'[]' else typname end)::text as "expanded_name",
  json_build_object(
    'fullName', typnamespace::regnamespace::text||'.'||substring(typname, (case when (t.typelem <> 0::oid AND t.typlen = '-1'::integer) then 2 else 1 end))::text,
    'kind', case
      when typtype = 'd' then 'domain'
      when typtype = 'r' then 'range'
      when typtype = 'c' then 'composite'
      when typtype = 'e' then 'enum'
      when typtype = 'b' then COALESCE((select case
        when i.typtype = 'r' then 'range'
        when i.typtype = 'd' then 'domain'
        when i.typtype = 'c' then 'composite'
        when i.typtype = 'e' then 'enum'
      end as inner_kind from pg_type i where i.oid = t.typelem), 'base')
    ELSE 'unknown'
    end
  ) as "type_info"
from pg_type t
join pg_attribute on pg_attribute.atttypid = t.oid
join pg_class on pg_attribute.attrelid = pg_class.oid
join pg_namespace on pg_class.relnamespace = pg_namespace.oid
WHERE
  pg_namespace.nspname = $1
  and pg_class.relname = $2

    ),
    comment_map AS (

  SELECT
    a.attname as "column_name",
    col_description(c.oid, a.attnum::int) as "comment"
  FROM
    pg_class c
    JOIN pg_attribute a on a.attrelid=c.oid
    JOIN pg_namespace n ON c.relnamespace = n.oid
  WHERE
    n.nspname = $3
    AND c.relname = $4

    )
    SELECT
      columns.column_name AS "name",
      type_map.expanded_name AS "expandedType",
      type_map.type_info AS "type",
      comment_map.comment AS "comment",
      character_maximum_length AS "maxLength",
      column_default AS "defaultValue",
      data_type = 'ARRAY' AS "isArray",
      is_identity = 'YES' AS "isIdentity",
      is_updatable = 'YES' AS "isUpdatable",
      ordinal_position AS "ordinalPosition",
      CASE WHEN is_identity = 'YES' THEN
        identity_generation
      ELSE
        is_generated
      END AS "generated",

      row_to_json(columns.*) AS "informationSchemaValue"
    FROM
      information_schema.columns
      LEFT JOIN type_map ON type_map.column_name = columns.column_name
      LEFT JOIN comment_map ON comment_map.column_name = columns.column_name
    WHERE
      table_name = $5
      AND table_schema = $6
--$1 - = demo
--$2 - = big_orders
--$3 - = demo
--$4 - = big_orders
--$5 - = big_orders
--$6 - = demo
--= name:19 expandedType:25 type:114 comment:25 maxLength:23 defaultValue:1043 isArray:16 isIdentity:16 isUpdatable:16 ordinalPosition:23 generated:1043 informationSchemaValue:114
--;
SELECT
      source_namespace.nspname as "schema",
      source_class.relname as "table",
      json_agg(json_build_object(
        'name', con.conname,
        'clause', SUBSTRING(pg_get_constraintdef(con.oid) FROM 7)
      )) as checks
    FROM
     pg_constraint con,
     pg_class source_class,
     pg_namespace source_namespace
    WHERE
     source_class.relname = $1
     AND source_namespace.nspname = $2
     AND conrelid = source_class.oid
     AND source_class.relnamespace = source_namespace.oid
     AND con.contype = 'c'
    GROUP BY source_namespace.nspname, source_class.relname
--$1 - = parted
--$2 - = demo
--= schema:19 table:19 checks:114
--;
SELECT
        att.attname AS name,
        rel.relname AS table,
        rel.relnamespace::regnamespace::text as schema,
        att.atttypid::regtype::text AS data_type,
        ix_rel.relname as index_name,
        NOT att.attnotnull AS is_nullable,

      CASE WHEN att.attgenerated = 's' THEN pg_get_expr(ad.adbin, ad.adrelid) ELSE null END AS generation_expression,
      CASE WHEN att.attgenerated = '' THEN pg_get_expr(ad.adbin, ad.adrelid) ELSE null END AS default_value,
      att.attgenerated = 's' AS is_generated,

        CASE
        WHEN att.atttypid IN (1042, 1043) THEN (att.atttypmod - 4)::int4
        WHEN att.atttypid IN (1560, 1562) THEN (att.atttypmod)::int4
        ELSE NULL
        END AS max_length,
        des.description AS comment,
        CASE att.atttypid
        WHEN 21 THEN 16
        WHEN 23 THEN 32
        WHEN 20 THEN 64
        WHEN 1700 THEN
        CASE WHEN atttypmod = -1 THEN NULL
        ELSE (((atttypmod - 4) >> 16) & 65535)::int4
        END
        WHEN 700 THEN 24
        WHEN 701 THEN 53
        ELSE NULL
        END AS numeric_precision,
        CASE
        WHEN atttypid IN (21, 23, 20) THEN 0
        WHEN atttypid = 1700 THEN
        CASE
        WHEN atttypmod = -1 THEN NULL
        ELSE ((atttypmod - 4) & 65535)::int4
        END
        ELSE null
        END AS numeric_scale
      FROM
        pg_attribute att
        LEFT JOIN pg_class rel ON att.attrelid = rel.oid
        LEFT JOIN pg_attrdef ad ON (att.attrelid, att.attnum) = (ad.adrelid, ad.adnum)
        LEFT JOIN pg_description des ON (att.attrelid, att.attnum) = (des.objoid, des.objsubid)
        LEFT JOIN LATERAL (
        SELECT
        indexrelid
        FROM
        pg_index ix
        WHERE
        att.attrelid = ix.indrelid
        AND att.attnum = ALL(ix.indkey)
        AND ix.indisunique = false
        LIMIT 1
        ) ix ON true
        LEFT JOIN pg_class ix_rel ON ix_rel.oid=ix.indexrelid
      WHERE
        rel.relnamespace IN ('demo'::regnamespace)
        AND rel.relname = $1

        AND rel.relkind = 'r'
        AND att.attnum > 0
        AND NOT att.attisdropped
      ORDER BY rel.relname, att.attnum
--$1 - = orders
--= name:19 table:19 schema:25 data_type:25 index_name:19 is_nullable:16 generation_expression:25 default_value:25 is_generated:16 max_length:23 comment:25 numeric_precision:23 numeric_scale:23
--;
SELECT
        con.contype AS type,
        rel.relname AS table,
        att.attname AS column,
        frel.relnamespace::regnamespace::text AS foreign_key_schema,
        frel.relname AS foreign_key_table,
        fatt.attname AS foreign_key_column,
        CASE
        WHEN con.contype = 'p' THEN pg_get_serial_sequence(att.attrelid::regclass::text, att.attname) != ''
        ELSE NULL
        END AS has_auto_increment
      FROM
        pg_constraint con
      LEFT JOIN pg_class rel ON con.conrelid = rel.oid
      LEFT JOIN pg_class frel ON con.confrelid = frel.oid
      LEFT JOIN pg_attribute att ON att.attrelid = con.conrelid AND att.attnum = con.conkey[1]
      LEFT JOIN pg_attribute fatt ON fatt.attrelid = con.confrelid AND fatt.attnum = con.confkey[1]
      WHERE con.connamespace IN ('demo'::regnamespace)
        AND array_length(con.conkey, 1) <= 1
        AND (con.confkey IS NULL OR array_length(con.confkey, 1) = 1)
        AND rel.relname = $1
--$1 - = orders
--= type:18 table:19 column:19 foreign_key_schema:25 foreign_key_table:19 foreign_key_column:19 has_auto_increment:16
--;
SELECT
      c.relrowsecurity AS "isRowLevelSecurityEnabled",
      c.relforcerowsecurity AS "isRowLevelSecurityEnforced",
      coalesce(json_agg(json_build_object(
        'name', p.policyname,
        'isPermissive', p.permissive = 'PERMISSIVE',
        'rolesAppliedTo', p.roles,
        'commandType', p.cmd,
        'visibilityExpression', p.qual,
        'modifiabilityExpression', p.with_check
      )) FILTER (WHERE p.policyname IS NOT NULL), '[]'::json) AS "securityPolicies"
    FROM
      pg_class c
      INNER JOIN pg_namespace n ON c.relnamespace = n.oid
      LEFT JOIN pg_policies p ON c.relname = p.tablename AND n.nspname = p.schemaname
    WHERE
      c.relname = $1
      AND n.nspname = $2
    GROUP BY c.relrowsecurity, c.relforcerowsecurity
--$1 - = idt
--$2 - = demo
--= isRowLevelSecurityEnabled:16 isRowLevelSecurityEnforced:16 securityPolicies:114
--;
SELECT
      c.relrowsecurity AS "isRowLevelSecurityEnabled",
      c.relforcerowsecurity AS "isRowLevelSecurityEnforced",
      coalesce(json_agg(json_build_object(
        'name', p.policyname,
        'isPermissive', p.permissive = 'PERMISSIVE',
        'rolesAppliedTo', p.roles,
        'commandType', p.cmd,
        'visibilityExpression', p.qual,
        'modifiabilityExpression', p.with_check
      )) FILTER (WHERE p.policyname IS NOT NULL), '[]'::json) AS "securityPolicies"
    FROM
      pg_class c
      INNER JOIN pg_namespace n ON c.relnamespace = n.oid
      LEFT JOIN pg_policies p ON c.relname = p.tablename AND n.nspname = p.schemaname
    WHERE
      c.relname = $1
      AND n.nspname = $2
    GROUP BY c.relrowsecurity, c.relforcerowsecurity
--$1 - = parted
--$2 - = demo
--= isRowLevelSecurityEnabled:16 isRowLevelSecurityEnforced:16 securityPolicies:114
--;
SELECT
      t.tgname AS "name",
      t.tgenabled AS "enabled",
      t.tgfoid AS "function_oid",
      t.tgargs AS "function_args",
      t.tgtype AS "trigger_type",
      p.proname AS "function_name",
      p.proargnames AS "function_arg_names",
      ns.nspname AS "function_schema",
      d.description AS "comment",
      -- Extract events using the same logic as information_schema
      CASE WHEN (t.tgtype & 4) <> 0 THEN 'INSERT' END AS "insert_event",
      CASE WHEN (t.tgtype & 8) <> 0 THEN 'DELETE' END AS "delete_event",
      CASE WHEN (t.tgtype & 16) <> 0 THEN 'UPDATE' END AS "update_event",
      -- Extract timing using the same logic as information_schema
      CASE (t.tgtype & 66)
        WHEN 2 THEN 'BEFORE'
        WHEN 64 THEN 'INSTEAD OF'
        ELSE 'AFTER'
      END AS "action_timing",
      -- Extract orientation using the same logic as information_schema
      CASE (t.tgtype & 1)
        WHEN 1 THEN 'ROW'
        ELSE 'STATEMENT'
      END AS "action_orientation",
      -- Extract condition using the same logic as information_schema
      CASE
        WHEN pg_has_role(c.relowner, 'USAGE') THEN
        (regexp_match(pg_get_triggerdef(t.oid), 'WHEN \((.*?)\) EXECUTE FUNCTION'))[1]
        ELSE NULL
      END AS "action_condition"
    FROM
      pg_trigger t
      JOIN pg_class c ON t.tgrelid = c.oid
      JOIN pg_namespace n ON c.relnamespace = n.oid
      JOIN pg_proc p ON t.tgfoid = p.oid
      JOIN pg_namespace ns ON p.pronamespace = ns.oid
      LEFT JOIN pg_description d ON t.oid = d.objoid
    WHERE
      c.relname = $1
      AND n.nspname = $2
      AND NOT t.tgisinternal
    ORDER BY t.tgname
--$1 - = idt
--$2 - = demo
--= name:19 enabled:18 function_oid:26 function_args:17 trigger_type:21 function_name:19 function_arg_names:1009 function_schema:19 comment:25 insert_event:25 delete_event:25 update_event:25 action_timing:25 action_orientation:25 action_condition:25
--;
SELECT
        att.attname AS name,
        rel.relname AS table,
        rel.relnamespace::regnamespace::text as schema,
        att.atttypid::regtype::text AS data_type,
        ix_rel.relname as index_name,
        NOT att.attnotnull AS is_nullable,

      CASE WHEN att.attgenerated = 's' THEN pg_get_expr(ad.adbin, ad.adrelid) ELSE null END AS generation_expression,
      CASE WHEN att.attgenerated = '' THEN pg_get_expr(ad.adbin, ad.adrelid) ELSE null END AS default_value,
      att.attgenerated = 's' AS is_generated,

        CASE
        WHEN att.atttypid IN (1042, 1043) THEN (att.atttypmod - 4)::int4
        WHEN att.atttypid IN (1560, 1562) THEN (att.atttypmod)::int4
        ELSE NULL
        END AS max_length,
        des.description AS comment,
        CASE att.atttypid
        WHEN 21 THEN 16
        WHEN 23 THEN 32
        WHEN 20 THEN 64
        WHEN 1700 THEN
        CASE WHEN atttypmod = -1 THEN NULL
        ELSE (((atttypmod - 4) >> 16) & 65535)::int4
        END
        WHEN 700 THEN 24
        WHEN 701 THEN 53
        ELSE NULL
        END AS numeric_precision,
        CASE
        WHEN atttypid IN (21, 23, 20) THEN 0
        WHEN atttypid = 1700 THEN
        CASE
        WHEN atttypmod = -1 THEN NULL
        ELSE ((atttypmod - 4) & 65535)::int4
        END
        ELSE null
        END AS numeric_scale
      FROM
        pg_attribute att
        LEFT JOIN pg_class rel ON att.attrelid = rel.oid
        LEFT JOIN pg_attrdef ad ON (att.attrelid, att.attnum) = (ad.adrelid, ad.adnum)
        LEFT JOIN pg_description des ON (att.attrelid, att.attnum) = (des.objoid, des.objsubid)
        LEFT JOIN LATERAL (
        SELECT
        indexrelid
        FROM
        pg_index ix
        WHERE
        att.attrelid = ix.indrelid
        AND att.attnum = ALL(ix.indkey)
        AND ix.indisunique = false
        LIMIT 1
        ) ix ON true
        LEFT JOIN pg_class ix_rel ON ix_rel.oid=ix.indexrelid
      WHERE
        rel.relnamespace IN ('demo'::regnamespace)
        AND rel.relname = $1
        AND att.attname = $2
        AND rel.relkind = 'r'
        AND att.attnum > 0
        AND NOT att.attisdropped
      ORDER BY rel.relname, att.attnum
--$1 - = orders
--$2 - = o_clerk
--= name:19 table:19 schema:25 data_type:25 index_name:19 is_nullable:16 generation_expression:25 default_value:25 is_generated:16 max_length:23 comment:25 numeric_precision:23 numeric_scale:23
--;
SELECT
        con.contype AS type,
        rel.relname AS table,
        att.attname AS column,
        frel.relnamespace::regnamespace::text AS foreign_key_schema,
        frel.relname AS foreign_key_table,
        fatt.attname AS foreign_key_column,
        CASE
        WHEN con.contype = 'p' THEN pg_get_serial_sequence(att.attrelid::regclass::text, att.attname) != ''
        ELSE NULL
        END AS has_auto_increment
      FROM
        pg_constraint con
      LEFT JOIN pg_class rel ON con.conrelid = rel.oid
      LEFT JOIN pg_class frel ON con.confrelid = frel.oid
      LEFT JOIN pg_attribute att ON att.attrelid = con.conrelid AND att.attnum = con.conkey[1]
      LEFT JOIN pg_attribute fatt ON fatt.attrelid = con.confrelid AND fatt.attnum = con.confkey[1]
      WHERE con.connamespace IN ('demo'::regnamespace)
        AND array_length(con.conkey, 1) <= 1
        AND (con.confkey IS NULL OR array_length(con.confkey, 1) = 1)
        AND rel.relname = $1
        AND att.attname = $2
--$1 - = orders
--$2 - = o_clerk
--= type:18 table:19 column:19 foreign_key_schema:25 foreign_key_table:19 foreign_key_column:19 has_auto_increment:16
--;
SELECT
      CASE
        WHEN c.relkind = 'v' THEN (
        SELECT option_value
        FROM pg_options_to_table(reloptions)
        WHERE option_name = 'check_option'
        )
      END as check_option,
      COALESCE((
        SELECT option_value::boolean
        FROM pg_options_to_table(reloptions)
        WHERE option_name = 'security_barrier'
      ), false) as security_barrier,
      COALESCE((
        SELECT option_value::boolean
        FROM pg_options_to_table(reloptions)
        WHERE option_name = 'security_invoker'
      ), false) as security_invoker
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1
    AND c.relname = $2
--$1 - = demo
--$2 - = big_orders
--= check_option:25 security_barrier:16 security_invoker:16
--;
SELECT
      t.tgname AS "name",
      t.tgenabled AS "enabled",
      t.tgfoid AS "function_oid",
      t.tgargs AS "function_args",
      t.tgtype AS "trigger_type",
      p.proname AS "function_name",
      p.proargnames AS "function_arg_names",
      ns.nspname AS "function_schema",
      d.description AS "comment",
      -- Extract events using the same logic as information_schema
      CASE WHEN (t.tgtype & 4) <> 0 THEN 'INSERT' END AS "insert_event",
      CASE WHEN (t.tgtype & 8) <> 0 THEN 'DELETE' END AS "delete_event",
      CASE WHEN (t.tgtype & 16) <> 0 THEN 'UPDATE' END AS "update_event",
      -- Extract timing using the same logic as information_schema
      CASE (t.tgtype & 66)
        WHEN 2 THEN 'BEFORE'
        WHEN 64 THEN 'INSTEAD OF'
        ELSE 'AFTER'
      END AS "action_timing",
      -- Extract orientation using the same logic as information_schema
      CASE (t.tgtype & 1)
        WHEN 1 THEN 'ROW'
        ELSE 'STATEMENT'
      END AS "action_orientation",
      -- Extract condition using the same logic as information_schema
      CASE
        WHEN pg_has_role(c.relowner, 'USAGE') THEN
        (regexp_match(pg_get_triggerdef(t.oid), 'WHEN \((.*?)\) EXECUTE FUNCTION'))[1]
        ELSE NULL
      END AS "action_condition"
    FROM
      pg_trigger t
      JOIN pg_class c ON t.tgrelid = c.oid
      JOIN pg_namespace n ON c.relnamespace = n.oid
      JOIN pg_proc p ON t.tgfoid = p.oid
      JOIN pg_namespace ns ON p.pronamespace = ns.oid
      LEFT JOIN pg_description d ON t.oid = d.objoid
    WHERE
      c.relname = $1
      AND n.nspname = $2
      AND NOT t.tgisinternal
    ORDER BY t.tgname
--$1 - = parted
--$2 - = demo
--= name:19 enabled:18 function_oid:26 function_args:17 trigger_type:21 function_name:19 function_arg_names:1009 function_schema:19 comment:25 insert_event:25 delete_event:25 update_event:25 action_timing:25 action_orientation:25 action_condition:25
--;
SELECT
      att.attname AS column,
      rel.relname AS table
     FROM
      pg_attribute att
      LEFT JOIN pg_class rel ON att.attrelid = rel.oid
     WHERE
      rel.relnamespace IN ('demo'::regnamespace)
      AND rel.relname = $1
      AND att.attname = $2
      AND rel.relkind = 'r'
      AND att.attnum > 0
      AND NOT att.attisdropped
--$1 - = orders
--$2 - = o_clerk
--= column:19 table:19
--;
select * from "information_schema"."triggers" where "event_object_table" = $1 and "event_object_schema" = $2
--$1 - = supplier
--$2 - = demo
--= trigger_catalog:19 trigger_schema:19 trigger_name:19 event_manipulation:1043 event_object_catalog:19 event_object_schema:19 event_object_table:19 action_order:23 action_condition:1043 action_statement:1043 action_orientation:1043 action_timing:1043 action_reference_old_table:19 action_reference_new_table:19 action_reference_old_row:19 action_reference_new_row:19 created:1184
--;
SELECT
        att.attname AS column
      FROM
        pg_constraint con
      LEFT JOIN pg_class rel ON con.conrelid = rel.oid
      LEFT JOIN pg_attribute att ON att.attrelid = con.conrelid AND att.attnum = con.conkey[1]
      WHERE con.connamespace IN ('demo'::regnamespace)
        AND con.contype = 'p'
        AND array_length(con.conkey, 1) <= 1
        AND rel.relname = $1
--$1 - = orders
--= column:19
--;
SELECT
        con.conname AS constraint_name,
        rel.relname AS table,
        att.attname AS column,
        frel.relnamespace::regnamespace::text AS foreign_key_schema,
        frel.relname AS foreign_key_table,
        fatt.attname AS foreign_key_column,
        CASE con.confupdtype
        WHEN 'r' THEN
        'RESTRICT'
        WHEN 'c' THEN
        'CASCADE'
        WHEN 'n' THEN
        'SET NULL'
        WHEN 'd' THEN
        'SET DEFAULT'
        WHEN 'a' THEN
        'NO ACTION'
        ELSE
        NULL
        END AS on_update,
        CASE con.confdeltype
        WHEN 'r' THEN
        'RESTRICT'
        WHEN 'c' THEN
        'CASCADE'
        WHEN 'n' THEN
        'SET NULL'
        WHEN 'd' THEN
        'SET DEFAULT'
        WHEN 'a' THEN
        'NO ACTION'
        ELSE
        NULL
        END AS on_delete
      FROM
        pg_constraint con
      LEFT JOIN pg_class rel ON con.conrelid = rel.oid
      LEFT JOIN pg_class frel ON con.confrelid = frel.oid
      LEFT JOIN pg_attribute att ON att.attrelid = con.conrelid AND att.attnum = con.conkey[1]
      LEFT JOIN pg_attribute fatt ON fatt.attrelid = con.confrelid AND fatt.attnum = con.confkey[1]
      WHERE con.connamespace IN ('demo'::regnamespace)
        AND array_length(con.conkey, 1) <= 1
        AND (con.confkey IS NULL OR array_length(con.confkey, 1) = 1)
        AND con.contype = 'f'
--= constraint_name:19 table:19 column:19 foreign_key_schema:25 foreign_key_table:19 foreign_key_column:19 on_update:25 on_delete:25
--;
SELECT
        con.conname AS constraint_name,
        rel.relname AS table,
        att.attname AS column,
        frel.relnamespace::regnamespace::text AS foreign_key_schema,
        frel.relname AS foreign_key_table,
        fatt.attname AS foreign_key_column,
        CASE con.confupdtype
        WHEN 'r' THEN
        'RESTRICT'
        WHEN 'c' THEN
        'CASCADE'
        WHEN 'n' THEN
        'SET NULL'
        WHEN 'd' THEN
        'SET DEFAULT'
        WHEN 'a' THEN
        'NO ACTION'
        ELSE
        NULL
        END AS on_update,
        CASE con.confdeltype
        WHEN 'r' THEN
        'RESTRICT'
        WHEN 'c' THEN
        'CASCADE'
        WHEN 'n' THEN
        'SET NULL'
        WHEN 'd' THEN
        'SET DEFAULT'
        WHEN 'a' THEN
        'NO ACTION'
        ELSE
        NULL
        END AS on_delete
      FROM
        pg_constraint con
      LEFT JOIN pg_class rel ON con.conrelid = rel.oid
      LEFT JOIN pg_class frel ON con.confrelid = frel.oid
      LEFT JOIN pg_attribute att ON att.attrelid = con.conrelid AND att.attnum = con.conkey[1]
      LEFT JOIN pg_attribute fatt ON fatt.attrelid = con.confrelid AND fatt.attnum = con.confkey[1]
      WHERE con.connamespace IN ('demo'::regnamespace)
        AND array_length(con.conkey, 1) <= 1
        AND (con.confkey IS NULL OR array_length(con.confkey, 1) = 1)
        AND con.contype = 'f'
        AND rel.relname = $1
--$1 - = orders
--= constraint_name:19 table:19 column:19 foreign_key_schema:25 foreign_key_table:19 foreign_key_column:19 on_update:25 on_delete:25
--;
SELECT
    n.nspname AS table_schema,
    c.relname AS table_name,
    CASE
        WHEN c.relkind = 'r' THEN 'table'
        WHEN c.relkind = 'v' THEN 'view'
        WHEN c.relkind = 'm' THEN 'materialized_view'
    END AS type,
  c.relrowsecurity AS rls_enabled
FROM
    pg_catalog.pg_class c
JOIN
    pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE
  c.relkind IN ('r', 'v', 'm')
     AND n.nspname = 'demo'
--= table_schema:19 table_name:19 type:25 rls_enabled:16
--;
select s.nspname as table_schema
  from pg_catalog.pg_namespace s
  join pg_catalog.pg_user u on u.usesysid = s.nspowner
  where nspname not in ('information_schema', 'pg_catalog', 'public')
        and nspname not like 'pg_toast%'
        and nspname not like 'pg_temp_%'
  order by table_schema
--= table_schema:19
--;
select schemaname, sequencename, start_value, min_value, max_value, increment_by, cycle, cache_size from pg_sequences as seq WHERE schemaname = 'demo'
--= schemaname:19 sequencename:19 start_value:20 min_value:20 max_value:20 increment_by:20 cycle:16 cache_size:20
--;
select n.nspname as enum_schema,
  t.typname as enum_name,
  e.enumlabel as enum_value,
  e.enumsortorder as sort_order
  from pg_type t
  join pg_enum e on t.oid = e.enumtypid
  join pg_catalog.pg_namespace n ON n.oid = t.typnamespace
   WHERE n.nspname = 'demo'
  order by enum_schema, enum_name, sort_order
--= enum_schema:19 enum_name:19 enum_value:19 sort_order:700
--;
SELECT rolname, rolinherit, rolcreatedb, rolcreaterole FROM pg_roles
--= rolname:19 rolinherit:16 rolcreatedb:16 rolcreaterole:16
--;
SELECT schemaname, tablename, policyname as name, permissive as "as", roles as to, cmd as for, qual as using, with_check as "withCheck" FROM pg_policies WHERE schemaname = 'demo'
--= schemaname:19 tablename:19 name:19 as:25 to:1003 for:25 using:25 withCheck:25
--;
SELECT
    a.attrelid::regclass::text AS table_name,  -- Table, view, or materialized view name
    a.attname AS column_name,   -- Column name
    CASE
        WHEN NOT a.attisdropped THEN
        CASE
        WHEN a.attnotnull THEN 'NO'
        ELSE 'YES'
        END
        ELSE NULL
    END AS is_nullable,  -- NULL or NOT NULL constraint
    a.attndims AS array_dimensions,  -- Array dimensions
    CASE
        WHEN a.atttypid = ANY ('{int,int8,int2}'::regtype[])
        AND EXISTS (
        SELECT FROM pg_attrdef ad
        WHERE ad.adrelid = a.attrelid
        AND ad.adnum = a.attnum
        AND pg_get_expr(ad.adbin, ad.adrelid) = 'nextval('''
        || pg_get_serial_sequence(a.attrelid::regclass::text, a.attname)::regclass || '''::regclass)'
        )
        THEN CASE a.atttypid
        WHEN 'int'::regtype THEN 'serial'
        WHEN 'int8'::regtype THEN 'bigserial'
        WHEN 'int2'::regtype THEN 'smallserial'
        END
        ELSE format_type(a.atttypid, a.atttypmod)
    END AS data_type,  -- Column data type
--    ns.nspname AS type_schema,  -- Schema name
    pg_get_serial_sequence('"demo"."lineitem"', a.attname)::regclass AS seq_name,  -- Serial sequence (if any)
    c.column_default,  -- Column default value
    c.data_type AS additional_dt,  -- Data type from information_schema
    c.udt_name AS enum_name,  -- Enum type (if applicable)
    c.is_generated,  -- Is it a generated column?
    c.generation_expression,  -- Generation expression (if generated)
    c.is_identity,  -- Is it an identity column?
    c.identity_generation,  -- Identity generation strategy (ALWAYS or BY DEFAULT)
    c.identity_start,  -- Start value of identity column
    c.identity_increment,  -- Increment for identity column
    c.identity_maximum,  -- Maximum value for identity column
    c.identity_minimum,  -- Minimum value for identity column
    c.identity_cycle,  -- Does the identity column cycle?
    enum_ns.nspname AS type_schema  -- Schema of the enum type
FROM
    pg_attribute a
JOIN
    pg_class cls ON cls.oid = a.attrelid  -- Join pg_class to get table/view/materialized view info
JOIN
    pg_namespace ns ON ns.oid = cls.relnamespace  -- Join namespace to get schema info
LEFT JOIN
    information_schema.columns c ON c.column_name = a.attname
        AND c.table_schema = ns.nspname
        AND c.table_name = cls.relname  -- Match schema and table/view name
LEFT JOIN
    pg_type enum_t ON enum_t.oid = a.atttypid  -- Join to get the type info
LEFT JOIN
    pg_namespace enum_ns ON enum_ns.oid = enum_t.typnamespace  -- Join to get the enum schema
WHERE
    a.attnum > 0  -- Valid column numbers only
    AND NOT a.attisdropped  -- Skip dropped columns
    AND cls.relkind IN ('r', 'v', 'm')  -- Include regular tables ('r'), views ('v'), and materialized views ('m')
    AND ns.nspname = 'demo'  -- Filter by schema
    AND cls.relname = 'lineitem'  -- Filter by table name
ORDER BY
    a.attnum;  -- Order by column number
--= table_name:25 column_name:19 is_nullable:25 array_dimensions:23 data_type:25 seq_name:2205 column_default:1043 additional_dt:1043 enum_name:19 is_generated:1043 generation_expression:1043 is_identity:1043 identity_generation:1043 identity_start:1043 identity_increment:1043 identity_maximum:1043 identity_minimum:1043 identity_cycle:1043 type_schema:19
--;
SELECT
    a.attrelid::regclass::text AS table_name,  -- Table, view, or materialized view name
    a.attname AS column_name,   -- Column name
    CASE
        WHEN NOT a.attisdropped THEN
        CASE
        WHEN a.attnotnull THEN 'NO'
        ELSE 'YES'
        END
        ELSE NULL
    END AS is_nullable,  -- NULL or NOT NULL constraint
    a.attndims AS array_dimensions,  -- Array dimensions
    CASE
        WHEN a.atttypid = ANY ('{int,int8,int2}'::regtype[])
        AND EXISTS (
        SELECT FROM pg_attrdef ad
        WHERE ad.adrelid = a.attrelid
        AND ad.adnum = a.attnum
        AND pg_get_expr(ad.adbin, ad.adrelid) = 'nextval('''
        || pg_get_serial_sequence(a.attrelid::regclass::text, a.attname)::regclass || '''::regclass)'
        )
        THEN CASE a.atttypid
        WHEN 'int'::regtype THEN 'serial'
        WHEN 'int8'::regtype THEN 'bigserial'
        WHEN 'int2'::regtype THEN 'smallserial'
        END
        ELSE format_type(a.atttypid, a.atttypmod)
    END AS data_type,  -- Column data type
--    ns.nspname AS type_schema,  -- Schema name
    pg_get_serial_sequence('"demo"."region"', a.attname)::regclass AS seq_name,  -- Serial sequence (if any)
    c.column_default,  -- Column default value
    c.data_type AS additional_dt,  -- Data type from information_schema
    c.udt_name AS enum_name,  -- Enum type (if applicable)
    c.is_generated,  -- Is it a generated column?
    c.generation_expression,  -- Generation expression (if generated)
    c.is_identity,  -- Is it an identity column?
    c.identity_generation,  -- Identity generation strategy (ALWAYS or BY DEFAULT)
    c.identity_start,  -- Start value of identity column
    c.identity_increment,  -- Increment for identity column
    c.identity_maximum,  -- Maximum value for identity column
    c.identity_minimum,  -- Minimum value for identity column
    c.identity_cycle,  -- Does the identity column cycle?
    enum_ns.nspname AS type_schema  -- Schema of the enum type
FROM
    pg_attribute a
JOIN
    pg_class cls ON cls.oid = a.attrelid  -- Join pg_class to get table/view/materialized view info
JOIN
    pg_namespace ns ON ns.oid = cls.relnamespace  -- Join namespace to get schema info
LEFT JOIN
    information_schema.columns c ON c.column_name = a.attname
        AND c.table_schema = ns.nspname
        AND c.table_name = cls.relname  -- Match schema and table/view name
LEFT JOIN
    pg_type enum_t ON enum_t.oid = a.atttypid  -- Join to get the type info
LEFT JOIN
    pg_namespace enum_ns ON enum_ns.oid = enum_t.typnamespace  -- Join to get the enum schema
WHERE
    a.attnum > 0  -- Valid column numbers only
    AND NOT a.attisdropped  -- Skip dropped columns
    AND cls.relkind IN ('r', 'v', 'm')  -- Include regular tables ('r'), views ('v'), and materialized views ('m')
    AND ns.nspname = 'demo'  -- Filter by schema
    AND cls.relname = 'region'  -- Filter by table name
ORDER BY
    a.attnum;  -- Order by column number
--= table_name:25 column_name:19 is_nullable:25 array_dimensions:23 data_type:25 seq_name:2205 column_default:1043 additional_dt:1043 enum_name:19 is_generated:1043 generation_expression:1043 is_identity:1043 identity_generation:1043 identity_start:1043 identity_increment:1043 identity_maximum:1043 identity_minimum:1043 identity_cycle:1043 type_schema:19
--;
SELECT c.column_name, c.data_type, constraint_type, constraint_name, constraint_schema
      FROM information_schema.table_constraints tc
      JOIN information_schema.constraint_column_usage AS ccu USING (constraint_schema, constraint_name)
      JOIN information_schema.columns AS c ON c.table_schema = tc.constraint_schema
        AND tc.table_name = c.table_name AND ccu.column_name = c.column_name
      WHERE tc.table_name = 'lineitem' and constraint_schema = 'demo'
--= column_name:19 data_type:1043 constraint_type:1043 constraint_name:19 constraint_schema:19
--;
SELECT
        tc.constraint_name,
        tc.constraint_type,
        pg_get_constraintdef(con.oid) AS constraint_definition
        FROM
        information_schema.table_constraints AS tc
        JOIN pg_constraint AS con
        ON tc.constraint_name = con.conname
        AND con.conrelid = (
        SELECT oid
        FROM pg_class
        WHERE relname = tc.table_name
        AND relnamespace = (
        SELECT oid
        FROM pg_namespace
        WHERE nspname = tc.constraint_schema
        )
        )
        WHERE
        tc.table_name = 'lineitem'
        AND tc.constraint_schema = 'demo'
        AND tc.constraint_type = 'CHECK'
        AND con.contype = 'c'
--= constraint_name:19 constraint_type:1043 constraint_definition:25
--;
SELECT
        con.contype AS constraint_type,
        nsp.nspname AS constraint_schema,
        con.conname AS constraint_name,
        rel.relname AS table_name,
        att.attname AS column_name,
        fnsp.nspname AS foreign_table_schema,
        frel.relname AS foreign_table_name,
        fatt.attname AS foreign_column_name,
        CASE con.confupdtype
        WHEN 'a' THEN 'NO ACTION'
        WHEN 'r' THEN 'RESTRICT'
        WHEN 'n' THEN 'SET NULL'
        WHEN 'c' THEN 'CASCADE'
        WHEN 'd' THEN 'SET DEFAULT'
        END AS update_rule,
        CASE con.confdeltype
        WHEN 'a' THEN 'NO ACTION'
        WHEN 'r' THEN 'RESTRICT'
        WHEN 'n' THEN 'SET NULL'
        WHEN 'c' THEN 'CASCADE'
        WHEN 'd' THEN 'SET DEFAULT'
        END AS delete_rule
        FROM
        pg_catalog.pg_constraint con
        JOIN pg_catalog.pg_class rel ON rel.oid = con.conrelid
        JOIN pg_catalog.pg_namespace nsp ON nsp.oid = con.connamespace
        LEFT JOIN pg_catalog.pg_attribute att ON att.attnum = ANY (con.conkey)
        AND att.attrelid = con.conrelid
        LEFT JOIN pg_catalog.pg_class frel ON frel.oid = con.confrelid
        LEFT JOIN pg_catalog.pg_namespace fnsp ON fnsp.oid = frel.relnamespace
        LEFT JOIN pg_catalog.pg_attribute fatt ON fatt.attnum = ANY (con.confkey)
        AND fatt.attrelid = con.confrelid
        WHERE
        nsp.nspname = 'demo'
        AND rel.relname = 'lineitem'
        AND con.contype IN ('f')
--= constraint_type:18 constraint_schema:19 constraint_name:19 table_name:19 column_name:19 foreign_table_schema:19 foreign_table_name:19 foreign_column_name:19 update_rule:25 delete_rule:25
--;
SELECT
        con.contype AS constraint_type,
        nsp.nspname AS constraint_schema,
        con.conname AS constraint_name,
        rel.relname AS table_name,
        att.attname AS column_name,
        fnsp.nspname AS foreign_table_schema,
        frel.relname AS foreign_table_name,
        fatt.attname AS foreign_column_name,
        CASE con.confupdtype
        WHEN 'a' THEN 'NO ACTION'
        WHEN 'r' THEN 'RESTRICT'
        WHEN 'n' THEN 'SET NULL'
        WHEN 'c' THEN 'CASCADE'
        WHEN 'd' THEN 'SET DEFAULT'
        END AS update_rule,
        CASE con.confdeltype
        WHEN 'a' THEN 'NO ACTION'
        WHEN 'r' THEN 'RESTRICT'
        WHEN 'n' THEN 'SET NULL'
        WHEN 'c' THEN 'CASCADE'
        WHEN 'd' THEN 'SET DEFAULT'
        END AS delete_rule
        FROM
        pg_catalog.pg_constraint con
        JOIN pg_catalog.pg_class rel ON rel.oid = con.conrelid
        JOIN pg_catalog.pg_namespace nsp ON nsp.oid = con.connamespace
        LEFT JOIN pg_catalog.pg_attribute att ON att.attnum = ANY (con.conkey)
        AND att.attrelid = con.conrelid
        LEFT JOIN pg_catalog.pg_class frel ON frel.oid = con.confrelid
        LEFT JOIN pg_catalog.pg_namespace fnsp ON fnsp.oid = frel.relnamespace
        LEFT JOIN pg_catalog.pg_attribute fatt ON fatt.attnum = ANY (con.confkey)
        AND fatt.attrelid = con.confrelid
        WHERE
        nsp.nspname = 'demo'
        AND rel.relname = 'region'
        AND con.contype IN ('f')
--= constraint_type:18 constraint_schema:19 constraint_name:19 table_name:19 column_name:19 foreign_table_schema:19 foreign_table_name:19 foreign_column_name:19 update_rule:25 delete_rule:25
--;
SELECT  DISTINCT ON (t.relname, ic.relname, k.i) t.relname as table_name, ic.relname AS indexname,
        k.i AS index_order,
        i.indisunique as is_unique,
        am.amname as method,
        ic.reloptions as with,
        coalesce(a.attname, pg_get_indexdef(i.indexrelid, k.i, false)) AS column_name,
        CASE
        WHEN pg_get_expr(i.indexprs, i.indrelid) IS NOT NULL THEN 1
        ELSE 0
    END AS is_expression,
        i.indoption[k.i-1] & 1 = 1 AS descending,
        i.indoption[k.i-1] & 2 = 2 AS nulls_first,
        pg_get_expr(
        i.indpred,
        i.indrelid
        ) as where,
        opc.opcname
      FROM pg_class t
        LEFT JOIN pg_index i ON t.oid = i.indrelid
        LEFT JOIN pg_class ic ON ic.oid = i.indexrelid
      CROSS JOIN LATERAL (SELECT unnest(i.indkey), generate_subscripts(i.indkey, 1) + 1) AS k(attnum, i)
        LEFT JOIN pg_attribute AS a
        ON i.indrelid = a.attrelid AND k.attnum = a.attnum
        JOIN pg_namespace c on c.oid = t.relnamespace
        LEFT JOIN pg_am AS am ON ic.relam = am.oid
        JOIN pg_opclass opc ON opc.oid = ANY(i.indclass)
      WHERE
      c.nspname = 'demo' AND
      t.relname = 'lineitem'
--= table_name:19 indexname:19 index_order:23 is_unique:16 method:19 with:1009 column_name:19 is_expression:23 descending:16 nulls_first:16 where:25 opcname:19
--~ table_name:19 indexname:19 index_order:23 is_unique:16 method:19 with:1009 column_name:25 is_expression:23 descending:16 nulls_first:16 where:25 opcname:19
--;
SELECT  DISTINCT ON (t.relname, ic.relname, k.i) t.relname as table_name, ic.relname AS indexname,
        k.i AS index_order,
        i.indisunique as is_unique,
        am.amname as method,
        ic.reloptions as with,
        coalesce(a.attname, pg_get_indexdef(i.indexrelid, k.i, false)) AS column_name,
        CASE
        WHEN pg_get_expr(i.indexprs, i.indrelid) IS NOT NULL THEN 1
        ELSE 0
    END AS is_expression,
        i.indoption[k.i-1] & 1 = 1 AS descending,
        i.indoption[k.i-1] & 2 = 2 AS nulls_first,
        pg_get_expr(
        i.indpred,
        i.indrelid
        ) as where,
        opc.opcname
      FROM pg_class t
        LEFT JOIN pg_index i ON t.oid = i.indrelid
        LEFT JOIN pg_class ic ON ic.oid = i.indexrelid
      CROSS JOIN LATERAL (SELECT unnest(i.indkey), generate_subscripts(i.indkey, 1) + 1) AS k(attnum, i)
        LEFT JOIN pg_attribute AS a
        ON i.indrelid = a.attrelid AND k.attnum = a.attnum
        JOIN pg_namespace c on c.oid = t.relnamespace
        LEFT JOIN pg_am AS am ON ic.relam = am.oid
        JOIN pg_opclass opc ON opc.oid = ANY(i.indclass)
      WHERE
      c.nspname = 'demo' AND
      t.relname = 'region'
--= table_name:19 indexname:19 index_order:23 is_unique:16 method:19 with:1009 column_name:19 is_expression:23 descending:16 nulls_first:16 where:25 opcname:19
--~ table_name:19 indexname:19 index_order:23 is_unique:16 method:19 with:1009 column_name:25 is_expression:23 descending:16 nulls_first:16 where:25 opcname:19
--;
SELECT
        idx.indexrelname AS index_name,
        idx.relname AS table_name,
        schemaname,
        CASE WHEN con.conname IS NOT NULL THEN 1 ELSE 0 END AS generated_by_constraint
        FROM
        pg_stat_user_indexes idx
        LEFT JOIN
        pg_constraint con ON con.conindid = idx.indexrelid
        WHERE idx.relname = 'lineitem' and schemaname = 'demo'
        group by index_name, table_name,schemaname, generated_by_constraint
--= index_name:19 table_name:19 schemaname:19 generated_by_constraint:23
--;
SELECT
    c.relname AS view_name,
    n.nspname AS schema_name,
    pg_get_viewdef(c.oid, true) AS definition,
    ts.spcname AS tablespace_name,
    c.reloptions AS options,
    pg_tablespace_location(ts.oid) AS location
FROM
    pg_class c
JOIN
    pg_namespace n ON c.relnamespace = n.oid
LEFT JOIN
    pg_tablespace ts ON c.reltablespace = ts.oid
WHERE
    (c.relkind = 'm' OR c.relkind = 'v')
    AND n.nspname = 'demo'
    AND c.relname = 'big_orders'
--= view_name:19 schema_name:19 definition:25 tablespace_name:19 options:1009 location:25
