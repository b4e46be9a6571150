SELECT 1
--= ?column?:23
--;
SELECT * FROM unnest(current_schemas(true))
--= unnest:19
--;
SELECT  nspname
        FROM    pg_catalog.pg_namespace
        ORDER BY 1
--= nspname:19
--;
SELECT  n.nspname schema_name,
        c.relname table_name
        FROM    pg_catalog.pg_class c
        LEFT JOIN pg_catalog.pg_namespace n
        ON n.oid = c.relnamespace
        WHERE   c.relkind = ANY($1)
        ORDER BY 1,2
--$1 - = {r,p,f}
--= schema_name:19 table_name:19
--;
SELECT  n.nspname schema_name,
        c.relname table_name
        FROM    pg_catalog.pg_class c
        LEFT JOIN pg_catalog.pg_namespace n
        ON n.oid = c.relnamespace
        WHERE   c.relkind = ANY($1)
        ORDER BY 1,2
--$1 - = {v,m}
--= schema_name:19 table_name:19
--;
SELECT  nsp.nspname schema_name,
        cls.relname table_name,
        att.attname column_name,
        att.atttypid::regtype::text type_name,
        att.atthasdef AS has_default,
        pg_catalog.pg_get_expr(def.adbin, def.adrelid, true) as default
        FROM    pg_catalog.pg_attribute att
        INNER JOIN pg_catalog.pg_class cls
        ON att.attrelid = cls.oid
        INNER JOIN pg_catalog.pg_namespace nsp
        ON cls.relnamespace = nsp.oid
        LEFT OUTER JOIN pg_attrdef def
        ON def.adrelid = att.attrelid
        AND def.adnum = att.attnum
        WHERE   cls.relkind = ANY($1)
        AND NOT att.attisdropped
        AND att.attnum  > 0
        ORDER BY 1, 2, att.attnum
--$1 - = {r,p,f}
--= schema_name:19 table_name:19 column_name:19 type_name:25 has_default:16 default:25
--;
SELECT  nsp.nspname schema_name,
        cls.relname table_name,
        att.attname column_name,
        att.atttypid::regtype::text type_name,
        att.atthasdef AS has_default,
        pg_catalog.pg_get_expr(def.adbin, def.adrelid, true) as default
        FROM    pg_catalog.pg_attribute att
        INNER JOIN pg_catalog.pg_class cls
        ON att.attrelid = cls.oid
        INNER JOIN pg_catalog.pg_namespace nsp
        ON cls.relnamespace = nsp.oid
        LEFT OUTER JOIN pg_attrdef def
        ON def.adrelid = att.attrelid
        AND def.adnum = att.attnum
        WHERE   cls.relkind = ANY($1)
        AND NOT att.attisdropped
        AND att.attnum  > 0
        ORDER BY 1, 2, att.attnum
--$1 - = {v,m}
--= schema_name:19 table_name:19 column_name:19 type_name:25 has_default:16 default:25
--;
SELECT d.datname
        FROM pg_catalog.pg_database d
        ORDER BY 1
--= datname:19
--;
SELECT d.datname as "Name",
        pg_catalog.pg_get_userbyid(d.datdba) as "Owner",
        pg_catalog.pg_encoding_to_char(d.encoding) as "Encoding",
        d.datcollate as "Collate",
        d.datctype as "Ctype",
        pg_catalog.array_to_string(d.datacl, E'
') AS "Access privileges"
        FROM pg_catalog.pg_database d
        ORDER BY 1
--= Name:19 Owner:19 Encoding:19 Collate:25 Ctype:25 Access privileges:25
--;
SELECT s_p.nspname AS parentschema,
        t_p.relname AS parenttable,
        unnest((
        select
        array_agg(attname ORDER BY i)
        from
        (select unnest(confkey) as attnum, generate_subscripts(confkey, 1) as i) x
        JOIN pg_catalog.pg_attribute c USING(attnum)
        WHERE c.attrelid = fk.confrelid
        )) AS parentcolumn,
        s_c.nspname AS childschema,
        t_c.relname AS childtable,
        unnest((
        select
        array_agg(attname ORDER BY i)
        from
        (select unnest(conkey) as attnum, generate_subscripts(conkey, 1) as i) x
        JOIN pg_catalog.pg_attribute c USING(attnum)
        WHERE c.attrelid = fk.conrelid
        )) AS childcolumn
        FROM pg_catalog.pg_constraint fk
        JOIN pg_catalog.pg_class      t_p ON t_p.oid = fk.confrelid
        JOIN pg_catalog.pg_namespace  s_p ON s_p.oid = t_p.relnamespace
        JOIN pg_catalog.pg_class      t_c ON t_c.oid = fk.conrelid
        JOIN pg_catalog.pg_namespace  s_c ON s_c.oid = t_c.relnamespace
        WHERE fk.contype = 'f'
--= parentschema:19 parenttable:19 parentcolumn:19 childschema:19 childtable:19 childcolumn:19
--;
SELECT n.nspname schema_name,
        p.proname func_name,
        p.proargnames,
        COALESCE(proallargtypes::regtype[], proargtypes::regtype[])::text[],
        p.proargmodes,
        prorettype::regtype::text return_type,
        p.prokind = 'a' is_aggregate,
        p.prokind = 'w' is_window,
        p.proretset is_set_returning,
        d.deptype = 'e' is_extension,
        pg_get_expr(proargdefaults, 0) AS arg_defaults
        FROM pg_catalog.pg_proc p
        INNER JOIN pg_catalog.pg_namespace n
        ON n.oid = p.pronamespace
        LEFT JOIN pg_depend d ON d.objid = p.oid and d.deptype = 'e'
        WHERE p.prorettype::regtype != 'trigger'::regtype
        ORDER BY 1, 2
--= schema_name:19 func_name:19 proargnames:1009 coalesce:1009 proargmodes:1002 return_type:25 is_aggregate:16 is_window:16 is_set_returning:16 is_extension:16 arg_defaults:25
--;
SELECT n.nspname schema_name,
        t.typname type_name
        FROM   pg_catalog.pg_type t
        INNER JOIN pg_catalog.pg_namespace n
        ON n.oid = t.typnamespace
        WHERE ( t.typrelid = 0  -- non-composite types
        OR (  -- composite type, but not a table
        SELECT c.relkind = 'c'
        FROM pg_catalog.pg_class c
        WHERE c.oid = t.typrelid
        )
        )
        AND NOT EXISTS( -- ignore array types
        SELECT  1
        FROM    pg_catalog.pg_type el
        WHERE   el.oid = t.typelem AND el.typarray = t.oid
        )
        AND n.nspname <> 'pg_catalog'
        AND n.nspname <> 'information_schema'
        ORDER BY 1, 2
--= schema_name:19 type_name:19
--;
WITH Words AS (
        SELECT regexp_split_to_table(prosrc, '\W+') AS Word, COUNT(1)
        FROM pg_catalog.pg_proc P
        JOIN pg_catalog.pg_namespace N ON N.oid = P.pronamespace
        JOIN pg_catalog.pg_language L ON L.oid = P.prolang
        WHERE L.lanname IN ('sql', 'plpgsql')
        AND N.nspname NOT IN ('pg_catalog', 'information_schema')
        GROUP BY Word
        ),
        OrderWords AS (
        SELECT Word,
        ROW_NUMBER() OVER(PARTITION BY LOWER(Word) ORDER BY Count DESC)
        FROM Words
        WHERE Word ~* '.*[a-z].*'
        ),
        Names AS (
        --Column names
        SELECT attname AS Name
        FROM pg_catalog.pg_attribute
        UNION -- Table/view names
        SELECT relname
        FROM pg_catalog.pg_class
        UNION -- Function names
        SELECT proname
        FROM pg_catalog.pg_proc
        UNION -- Type names
        SELECT typname
        FROM pg_catalog.pg_type
        UNION -- Schema names
        SELECT nspname
        FROM pg_catalog.pg_namespace
        UNION -- Parameter names
        SELECT unnest(proargnames)
        FROM pg_proc
        )
        SELECT Word
        FROM OrderWords
        WHERE LOWER(Word) IN (SELECT Name FROM Names)
        AND Row_Number = 1
--= word:25
--! 0A000 set-returning functions are not allowed in GROUP BY: regexp_split_to_table
--;
show time zone
--= TimeZone:25
--;
SELECT n.nspname as schema,
        c.relname as name,
        CASE c.relkind
        WHEN 'r' THEN 'table' WHEN 'v' THEN 'view'
        WHEN 'p' THEN 'partitioned table'
        WHEN 'm' THEN 'materialized view' WHEN 'i' THEN 'index'
        WHEN 'S' THEN 'sequence' WHEN 's' THEN 'special'
        WHEN 'f' THEN 'foreign table' END
        as type,
        pg_catalog.pg_get_userbyid(c.relowner) as owner

        FROM    pg_catalog.pg_class c
        LEFT JOIN pg_catalog.pg_namespace n
        ON n.oid = c.relnamespace
        WHERE   c.relkind = ANY('{r,p,v,m,S,f,""}')

        AND n.nspname <> 'pg_catalog'
        AND n.nspname <> 'information_schema'
        AND n.nspname !~ '^pg_toast'
        AND pg_catalog.pg_table_is_visible(c.oid)

        ORDER BY 1, 2
--= schema:19 name:19 type:25 owner:19
--;
SELECT n.nspname as schema,
        c.relname as name,
        CASE c.relkind
        WHEN 'r' THEN 'table' WHEN 'v' THEN 'view'
        WHEN 'p' THEN 'partitioned table'
        WHEN 'm' THEN 'materialized view' WHEN 'i' THEN 'index'
        WHEN 'S' THEN 'sequence' WHEN 's' THEN 'special'
        WHEN 'f' THEN 'foreign table' END
        as type,
        pg_catalog.pg_get_userbyid(c.relowner) as owner

        ,pg_catalog.pg_size_pretty(pg_catalog.pg_table_size(c.oid)) as size,
        pg_catalog.obj_description(c.oid, 'pg_class') as description
        FROM    pg_catalog.pg_class c
        LEFT JOIN pg_catalog.pg_namespace n
        ON n.oid = c.relnamespace
        WHERE   c.relkind = ANY('{r,p,v,m,S,f,""}')

        AND n.nspname <> 'pg_catalog'
        AND n.nspname <> 'information_schema'
        AND n.nspname !~ '^pg_toast'
        AND pg_catalog.pg_table_is_visible(c.oid)

        ORDER BY 1, 2
--= schema:19 name:19 type:25 owner:19 size:25 description:25
--;
SELECT c.oid, n.nspname, c.relname
        FROM pg_catalog.pg_class c
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE pg_catalog.pg_table_is_visible(c.oid) AND c.relname OPERATOR(pg_catalog.~) $1
        ORDER BY 2,3
--$1 - = ^(orders)$
--= oid:26 nspname:19 relname:19
--;
SELECT c.relchecks, c.relkind, c.relhasindex,
        c.relhasrules, c.relhastriggers, false as relhasoids,
        '',
        c.reltablespace,
        CASE WHEN c.reloftype = 0 THEN ''
        ELSE c.reloftype::pg_catalog.regtype::pg_catalog.text
        END,
        c.relpersistence,
        c.relispartition
        FROM pg_catalog.pg_class c
        LEFT JOIN pg_catalog.pg_class tc ON (c.reltoastrelid = tc.oid)
        WHERE c.oid = '<orders>'
--= relchecks:21 relkind:18 relhasindex:16 relhasrules:16 relhastriggers:16 relhasoids:16 ?column?:25 reltablespace:26 reloftype:25 relpersistence:18 relispartition:16
--;
SELECT a.attname,
    pg_catalog.format_type(a.atttypid, a.atttypmod)
    , (SELECT substring(pg_catalog.pg_get_expr(d.adbin, d.adrelid, true) for 128)
        FROM pg_catalog.pg_attrdef d
        WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.atthasdef)
        , a.attnotnull,
(SELECT c.collname FROM pg_catalog.pg_collation c, pg_catalog.pg_type t
        WHERE c.oid = a.attcollation
        AND t.oid = a.atttypid AND a.attcollation <> t.typcollation) AS attcollation,
  a.attidentity,
  a.attgenerated,
 NULL AS indexdef, NULL AS attfdwoptions FROM pg_catalog.pg_attribute a WHERE a.attrelid = '<orders>' AND
    a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
--= attname:19 format_type:25 substring:25 attnotnull:16 attcollation:19 attidentity:18 attgenerated:18 indexdef:25 attfdwoptions:25
--;
SELECT c2.relname,
        i.indisprimary,
        i.indisunique,
        i.indisclustered,
        i.indisvalid,
        pg_catalog.pg_get_indexdef(i.indexrelid, 0, true),
        pg_catalog.pg_get_constraintdef(con.oid, true),
        contype,
        condeferrable,
        condeferred,
        c2.reltablespace
        FROM pg_catalog.pg_class c,
        pg_catalog.pg_class c2,
        pg_catalog.pg_index i
        LEFT JOIN pg_catalog.pg_constraint con
        ON conrelid = i.indrelid
        AND conindid = i.indexrelid
        AND contype IN ('p','u','x')
        WHERE c.oid = '<orders>'
        AND c.oid = i.indrelid
        AND i.indexrelid = c2.oid
        ORDER BY i.indisprimary DESC,
        i.indisunique DESC,
        c2.relname
--= relname:19 indisprimary:16 indisunique:16 indisclustered:16 indisvalid:16 pg_get_indexdef:25 pg_get_constraintdef:25 contype:18 condeferrable:16 condeferred:16 reltablespace:26
--;
SELECT r.conname, pg_catalog.pg_get_constraintdef(r.oid, true)
FROM pg_catalog.pg_constraint r
WHERE r.conrelid = '<orders>' AND r.contype = 'c'
ORDER BY 1
--= conname:19 pg_get_constraintdef:25
--;
SELECT conname,
 pg_catalog.pg_get_constraintdef(r.oid, true) as condef
FROM pg_catalog.pg_constraint r
WHERE r.conrelid = '<orders>' AND r.contype = 'f' ORDER BY 1
--= conname:19 condef:25
--;
SELECT conrelid::pg_catalog.regclass, conname,
  pg_catalog.pg_get_constraintdef(c.oid, true) as condef
FROM pg_catalog.pg_constraint c
WHERE c.confrelid = '<orders>' AND c.contype = 'f' ORDER BY 1
--= conrelid:2205 conname:19 condef:25
--;
SELECT t.tgname,
        pg_catalog.pg_get_triggerdef(t.oid, true),
        t.tgenabled
        FROM pg_catalog.pg_trigger t
        WHERE t.tgrelid = '<orders>' AND NOT t.tgisinternal
        ORDER BY 1
--= tgname:19 pg_get_triggerdef:25 tgenabled:18
--;
SELECT c.oid::pg_catalog.regclass
FROM pg_catalog.pg_class c, pg_catalog.pg_inherits i
WHERE c.oid = i.inhparent
  AND i.inhrelid = '<orders>'
ORDER BY inhseqno
--= oid:2205
--;
SELECT c.oid::pg_catalog.regclass
        FROM pg_catalog.pg_class c,
        pg_catalog.pg_inherits i
        WHERE c.oid = i.inhrelid
        AND i.inhparent = '<orders>'
        ORDER BY c.oid::pg_catalog.regclass::pg_catalog.text
--= oid:2205
--;
SELECT c.relchecks, c.relkind, c.relhasindex,
        c.relhasrules, c.relhastriggers, false as relhasoids,
        pg_catalog.array_to_string(c.reloptions || array(select
        'toast.' || x from pg_catalog.unnest(tc.reloptions) x), ', '),
        c.reltablespace,
        CASE WHEN c.reloftype = 0 THEN ''
        ELSE c.reloftype::pg_catalog.regtype::pg_catalog.text
        END,
        c.relpersistence,
        c.relispartition
        FROM pg_catalog.pg_class c
        LEFT JOIN pg_catalog.pg_class tc ON (c.reltoastrelid = tc.oid)
        WHERE c.oid = '<orders>'
--= relchecks:21 relkind:18 relhasindex:16 relhasrules:16 relhastriggers:16 relhasoids:16 array_to_string:25 reltablespace:26 reloftype:25 relpersistence:18 relispartition:16
--;
SELECT a.attname,
    pg_catalog.format_type(a.atttypid, a.atttypmod)
    , (SELECT substring(pg_catalog.pg_get_expr(d.adbin, d.adrelid, true) for 128)
        FROM pg_catalog.pg_attrdef d
        WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.atthasdef)
        , a.attnotnull,
(SELECT c.collname FROM pg_catalog.pg_collation c, pg_catalog.pg_type t
        WHERE c.oid = a.attcollation
        AND t.oid = a.atttypid AND a.attcollation <> t.typcollation) AS attcollation,
  a.attidentity,
  a.attgenerated,
 NULL AS indexdef, NULL AS attfdwoptions, a.attstorage,
  CASE WHEN a.attstattarget=-1 THEN NULL ELSE a.attstattarget END AS attstattarget,
  pg_catalog.col_description(a.attrelid, a.attnum) FROM pg_catalog.pg_attribute a WHERE a.attrelid = '<orders>' AND
    a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
--= attname:19 format_type:25 substring:25 attnotnull:16 attcollation:19 attidentity:18 attgenerated:18 indexdef:25 attfdwoptions:25 attstorage:18 attstattarget:23 col_description:25
--;
SELECT c.oid, n.nspname, c.relname
        FROM pg_catalog.pg_class c
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname ~ $1 AND c.relname OPERATOR(pg_catalog.~) $2
        ORDER BY 2,3
--$1 - = ^(demo)$
--$2 - = ^(customer)$
--= oid:26 nspname:19 relname:19
--;
SELECT a.attname,
    pg_catalog.format_type(a.atttypid, a.atttypmod)
    , (SELECT substring(pg_catalog.pg_get_expr(d.adbin, d.adrelid, true) for 128)
        FROM pg_catalog.pg_attrdef d
        WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.atthasdef)
        , a.attnotnull,
(SELECT c.collname FROM pg_catalog.pg_collation c, pg_catalog.pg_type t
        WHERE c.oid = a.attcollation
        AND t.oid = a.atttypid AND a.attcollation <> t.typcollation) AS attcollation,
  a.attidentity,
  a.attgenerated,
 NULL AS indexdef, NULL AS attfdwoptions FROM pg_catalog.pg_attribute a WHERE a.attrelid = '<customer>' AND
    a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
--= attname:19 format_type:25 substring:25 attnotnull:16 attcollation:19 attidentity:18 attgenerated:18 indexdef:25 attfdwoptions:25
--;
SELECT c.oid, n.nspname, c.relname
        FROM pg_catalog.pg_class c
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE pg_catalog.pg_table_is_visible(c.oid) AND c.relname OPERATOR(pg_catalog.~) $1
        ORDER BY 2,3
--$1 - = ^(big_orders)$
--= oid:26 nspname:19 relname:19
--;
SELECT a.attname,
    pg_catalog.format_type(a.atttypid, a.atttypmod)
    , (SELECT substring(pg_catalog.pg_get_expr(d.adbin, d.adrelid, true) for 128)
        FROM pg_catalog.pg_attrdef d
        WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.atthasdef)
        , a.attnotnull,
(SELECT c.collname FROM pg_catalog.pg_collation c, pg_catalog.pg_type t
        WHERE c.oid = a.attcollation
        AND t.oid = a.atttypid AND a.attcollation <> t.typcollation) AS attcollation,
  a.attidentity,
  a.attgenerated,
 NULL AS indexdef, NULL AS attfdwoptions, a.attstorage,
  pg_catalog.col_description(a.attrelid, a.attnum) FROM pg_catalog.pg_attribute a WHERE a.attrelid = '<big_orders>' AND
    a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
--= attname:19 format_type:25 substring:25 attnotnull:16 attcollation:19 attidentity:18 attgenerated:18 indexdef:25 attfdwoptions:25 attstorage:18 col_description:25
--;
SELECT pg_catalog.pg_get_viewdef('<big_orders>'::pg_catalog.oid, true)
--= pg_get_viewdef:25
--;
SELECT r.rulename, trim(trailing ';' from pg_catalog.pg_get_ruledef(r.oid, true))
FROM pg_catalog.pg_rewrite r
WHERE r.ev_class = '<big_orders>' AND r.rulename != '_RETURN' ORDER BY 1
--= rulename:19 rtrim:25
--;
SELECT a.attname,
    pg_catalog.format_type(a.atttypid, a.atttypmod)
    , (SELECT substring(pg_catalog.pg_get_expr(d.adbin, d.adrelid, true) for 128)
        FROM pg_catalog.pg_attrdef d
        WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.atthasdef)
        , a.attnotnull,
(SELECT c.collname FROM pg_catalog.pg_collation c, pg_catalog.pg_type t
        WHERE c.oid = a.attcollation
        AND t.oid = a.atttypid AND a.attcollation <> t.typcollation) AS attcollation,
  a.attidentity,
  a.attgenerated,
 NULL AS indexdef, NULL AS attfdwoptions, a.attstorage,
  CASE WHEN a.attstattarget=-1 THEN NULL ELSE a.attstattarget END AS attstattarget,
  pg_catalog.col_description(a.attrelid, a.attnum) FROM pg_catalog.pg_attribute a WHERE a.attrelid = '<nation>' AND
    a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
--= attname:19 format_type:25 substring:25 attnotnull:16 attcollation:19 attidentity:18 attgenerated:18 indexdef:25 attfdwoptions:25 attstorage:18 attstattarget:23 col_description:25
--;
SELECT r.rulename, trim(trailing ';' from pg_catalog.pg_get_ruledef(r.oid, true)), ev_enabled
FROM pg_catalog.pg_rewrite r
WHERE r.ev_class = '<nation>' ORDER BY 1
--= rulename:19 rtrim:25 ev_enabled:18
--;
select pg_get_partkeydef(99999999)
--= pg_get_partkeydef:25
--;
select quote_ident(n.nspname) || '.' ||
       quote_ident(c.relname) || ' ' ||
       pg_get_expr(c.relpartbound, c.oid, true)
from pg_inherits i
inner join pg_class c
on c.oid = i.inhrelid
inner join pg_namespace n
on n.oid = c.relnamespace
where i.inhparent = 99999999 order by 1
--= ?column?:25
--;
select quote_ident(np.nspname) || '.' ||
       quote_ident(cp.relname) || ' ' ||
       pg_get_expr(cc.relpartbound, cc.oid, true) as partition_of,
       pg_get_partition_constraintdef(cc.oid) as partition_constraint
from pg_inherits i
inner join pg_class cp
on cp.oid = i.inhparent
inner join pg_namespace np
on np.oid = cp.relnamespace
inner join pg_class cc
on cc.oid = i.inhrelid
inner join pg_namespace nc
on nc.oid = cc.relnamespace
where cc.oid = 99999999
--= partition_of:25 partition_constraint:25
--;
SELECT pg_catalog.quote_ident(nspname) || '.' ||
   pg_catalog.quote_ident(relname) || '.' ||
   pg_catalog.quote_ident(attname)
FROM pg_catalog.pg_class c
INNER JOIN pg_catalog.pg_depend d ON c.oid=d.refobjid
INNER JOIN pg_catalog.pg_namespace n ON n.oid=c.relnamespace
INNER JOIN pg_catalog.pg_attribute a ON (
 a.attrelid=c.oid AND
 a.attnum=d.refobjsubid)
WHERE d.classid='pg_catalog.pg_class'::pg_catalog.regclass
 AND d.refclassid='pg_catalog.pg_class'::pg_catalog.regclass
 AND d.objid=99999999
 AND d.deptype='a'
--= ?column?:25
--;
SELECT a.attname,
    pg_catalog.format_type(a.atttypid, a.atttypmod)
    , (SELECT substring(pg_catalog.pg_get_expr(d.adbin, d.adrelid, true) for 128)
        FROM pg_catalog.pg_attrdef d
        WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.atthasdef)
        , a.attnotnull,
(SELECT c.collname FROM pg_catalog.pg_collation c, pg_catalog.pg_type t
        WHERE c.oid = a.attcollation
        AND t.oid = a.atttypid AND a.attcollation <> t.typcollation) AS attcollation,
  a.attidentity,
  a.attgenerated,
 NULL AS indexdef, CASE WHEN attfdwoptions IS NULL THEN '' ELSE '(' ||
        array_to_string(ARRAY(SELECT quote_ident(option_name) ||  ' '
        || quote_literal(option_value)  FROM
        pg_options_to_table(attfdwoptions)), ', ') || ')' END AS attfdwoptions FROM pg_catalog.pg_attribute a WHERE a.attrelid = '99999999' AND
    a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
--= attname:19 format_type:25 substring:25 attnotnull:16 attcollation:19 attidentity:18 attgenerated:18 indexdef:25 attfdwoptions:25
--;
SELECT s.srvname,

        array_to_string(ARRAY(SELECT
        quote_ident(option_name) ||  ' ' ||
        quote_literal(option_value)  FROM
        pg_options_to_table(ftoptions)),  ', ')
        FROM pg_catalog.pg_foreign_table f,

        pg_catalog.pg_foreign_server s

        WHERE f.ftrelid = 99999999 AND s.oid = f.ftserver
--= srvname:19 array_to_string:25
--;
SELECT a.attname,
    pg_catalog.format_type(a.atttypid, a.atttypmod)
    , (SELECT substring(pg_catalog.pg_get_expr(d.adbin, d.adrelid, true) for 128)
        FROM pg_catalog.pg_attrdef d
        WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.atthasdef)
        , a.attnotnull,
(SELECT c.collname FROM pg_catalog.pg_collation c, pg_catalog.pg_type t
        WHERE c.oid = a.attcollation
        AND t.oid = a.atttypid AND a.attcollation <> t.typcollation) AS attcollation,
  a.attidentity,
  a.attgenerated,
 NULL AS indexdef, CASE WHEN attfdwoptions IS NULL THEN '' ELSE '(' ||
        array_to_string(ARRAY(SELECT quote_ident(option_name) ||  ' '
        || quote_literal(option_value)  FROM
        pg_options_to_table(attfdwoptions)), ', ') || ')' END AS attfdwoptions, a.attstorage,
  CASE WHEN a.attstattarget=-1 THEN NULL ELSE a.attstattarget END AS attstattarget,
  pg_catalog.col_description(a.attrelid, a.attnum) FROM pg_catalog.pg_attribute a WHERE a.attrelid = '99999999' AND
    a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
--= attname:19 format_type:25 substring:25 attnotnull:16 attcollation:19 attidentity:18 attgenerated:18 indexdef:25 attfdwoptions:25 attstorage:18 attstattarget:23 col_description:25
--;
SELECT a.attname,
    pg_catalog.format_type(a.atttypid, a.atttypmod)
    , (SELECT substring(pg_catalog.pg_get_expr(d.adbin, d.adrelid, true) for 128)
        FROM pg_catalog.pg_attrdef d
        WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.atthasdef)
        , a.attnotnull,
(SELECT c.collname FROM pg_catalog.pg_collation c, pg_catalog.pg_type t
        WHERE c.oid = a.attcollation
        AND t.oid = a.atttypid AND a.attcollation <> t.typcollation) AS attcollation,
  a.attidentity,
  a.attgenerated,
 NULL AS indexdef, NULL AS attfdwoptions, a.attstorage,
  pg_catalog.col_description(a.attrelid, a.attnum) FROM pg_catalog.pg_attribute a WHERE a.attrelid = '99999999' AND
    a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
--= attname:19 format_type:25 substring:25 attnotnull:16 attcollation:19 attidentity:18 attgenerated:18 indexdef:25 attfdwoptions:25 attstorage:18 col_description:25
--;
SELECT a.attname,
    pg_catalog.format_type(a.atttypid, a.atttypmod)
    , (SELECT substring(pg_catalog.pg_get_expr(d.adbin, d.adrelid, true) for 128)
        FROM pg_catalog.pg_attrdef d
        WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.atthasdef)
        , a.attnotnull,
(SELECT c.collname FROM pg_catalog.pg_collation c, pg_catalog.pg_type t
        WHERE c.oid = a.attcollation
        AND t.oid = a.atttypid AND a.attcollation <> t.typcollation) AS attcollation,
  a.attidentity,
  a.attgenerated,
 CASE WHEN a.attnum <= (SELECT i.indnkeyatts FROM pg_catalog.pg_index i WHERE i.indexrelid = '99999999') THEN 'yes' ELSE 'no' END AS is_key,
 pg_catalog.pg_get_indexdef(a.attrelid, a.attnum, TRUE) AS indexdef, NULL AS attfdwoptions FROM pg_catalog.pg_attribute a WHERE a.attrelid = '99999999' AND
    a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
--= attname:19 format_type:25 substring:25 attnotnull:16 attcollation:19 attidentity:18 attgenerated:18 is_key:25 indexdef:25 attfdwoptions:25
--;
SELECT i.indisunique,
        i.indisprimary,
        i.indisclustered,
        i.indisvalid,
        (NOT i.indimmediate) AND EXISTS (
        SELECT 1
        FROM pg_catalog.pg_constraint
        WHERE conrelid = i.indrelid
        AND conindid = i.indexrelid
        AND contype IN ('p','u','x')
        AND condeferrable
        ) AS condeferrable,
        (NOT i.indimmediate) AND EXISTS (
        SELECT 1
        FROM pg_catalog.pg_constraint
        WHERE conrelid = i.indrelid
        AND conindid = i.indexrelid
        AND contype IN ('p','u','x')
        AND condeferred
        ) AS condeferred,
        a.amname,
        c2.relname,
        pg_catalog.pg_get_expr(i.indpred, i.indrelid, true)
        FROM pg_catalog.pg_index i,
        pg_catalog.pg_class c,
        pg_catalog.pg_class c2,
        pg_catalog.pg_am a
        WHERE i.indexrelid = c.oid
        AND c.oid = '99999999'
        AND c.relam = a.oid
        AND i.indrelid = c2.oid
--= indisunique:16 indisprimary:16 indisclustered:16 indisvalid:16 condeferrable:16 condeferred:16 amname:19 relname:19 pg_get_expr:25
--;
SELECT c.oid, n.nspname, c.relname
        FROM pg_catalog.pg_class c
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname ~ $1 AND c.relname OPERATOR(pg_catalog.~) $2
        ORDER BY 2,3
--$1 - = ^(demo)$
--$2 - = ^(.*)$
--= oid:26 nspname:19 relname:19
--;
SELECT a.attname,
    pg_catalog.format_type(a.atttypid, a.atttypmod)
    , (SELECT substring(pg_catalog.pg_get_expr(d.adbin, d.adrelid, true) for 128)
        FROM pg_catalog.pg_attrdef d
        WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.atthasdef)
        , a.attnotnull,
(SELECT c.collname FROM pg_catalog.pg_collation c, pg_catalog.pg_type t
        WHERE c.oid = a.attcollation
        AND t.oid = a.atttypid AND a.attcollation <> t.typcollation) AS attcollation,
  a.attidentity,
  a.attgenerated,
 CASE WHEN a.attnum <= (SELECT i.indnkeyatts FROM pg_catalog.pg_index i WHERE i.indexrelid = '99999999') THEN 'yes' ELSE 'no' END AS is_key,
 pg_catalog.pg_get_indexdef(a.attrelid, a.attnum, TRUE) AS indexdef, NULL AS attfdwoptions, a.attstorage,
  CASE WHEN a.attstattarget=-1 THEN NULL ELSE a.attstattarget END AS attstattarget FROM pg_catalog.pg_attribute a WHERE a.attrelid = '99999999' AND
    a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
--= attname:19 format_type:25 substring:25 attnotnull:16 attcollation:19 attidentity:18 attgenerated:18 is_key:25 indexdef:25 attfdwoptions:25 attstorage:18 attstattarget:23
--;
SELECT a.attname,
    pg_catalog.format_type(a.atttypid, a.atttypmod)
    , (SELECT substring(pg_catalog.pg_get_expr(d.adbin, d.adrelid, true) for 128)
        FROM pg_catalog.pg_attrdef d
        WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.atthasdef)
        , a.attnotnull,
(SELECT c.collname FROM pg_catalog.pg_collation c, pg_catalog.pg_type t
        WHERE c.oid = a.attcollation
        AND t.oid = a.atttypid AND a.attcollation <> t.typcollation) AS attcollation,
  a.attidentity,
  a.attgenerated,
 CASE WHEN a.attnum <= (SELECT i.indnkeyatts FROM pg_catalog.pg_index i WHERE i.indexrelid = '2697') THEN 'yes' ELSE 'no' END AS is_key,
 pg_catalog.pg_get_indexdef(a.attrelid, a.attnum, TRUE) AS indexdef, NULL AS attfdwoptions FROM pg_catalog.pg_attribute a WHERE a.attrelid = '2697' AND
    a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
--= attname:19 format_type:25 substring:25 attnotnull:16 attcollation:19 attidentity:18 attgenerated:18 is_key:25 indexdef:25 attfdwoptions:25
--;
SELECT EXISTS(SELECT * FROM pg_proc WHERE proname = 'pg_tablespace_location')
--= exists:16
--;
SELECT n.spcname AS name, pg_catalog.pg_get_userbyid(n.spcowner) AS owner,
        pg_catalog.pg_tablespace_location(n.oid) AS location FROM pg_catalog.pg_tablespace n

        ORDER BY 1
--= name:19 owner:19 location:25
--;
SELECT n.nspname AS schema,
        t.typname AS name,
        pg_catalog.format_type(t.typbasetype, t.typtypmod) as type,
        pg_catalog.ltrim((COALESCE((SELECT (' collate ' || c.collname)
        FROM pg_catalog.pg_collation AS c,
        pg_catalog.pg_type AS bt
        WHERE c.oid = t.typcollation
        AND bt.oid = t.typbasetype
        AND t.typcollation <> bt.typcollation) , '')
        || CASE
        WHEN t.typnotnull
        THEN ' not null'
        ELSE ''
        END) || CASE
        WHEN t.typdefault IS NOT NULL
        THEN(' default ' || t.typdefault)
        ELSE ''
        END) AS modifier,
        pg_catalog.array_to_string(ARRAY(
        SELECT pg_catalog.pg_get_constraintdef(r.oid, TRUE)
        FROM pg_catalog.pg_constraint AS r
        WHERE t.oid = r.contypid), ' ') AS check
        FROM pg_catalog.pg_type AS t
        LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
        WHERE t.typtype = 'd'
        AND (n.nspname <> 'pg_catalog')
        AND (n.nspname <> 'information_schema')
        AND pg_catalog.pg_type_is_visible(t.oid) ORDER BY 1, 2
--= schema:19 name:19 type:25 modifier:25 check:25
--;
SELECT n.nspname AS schema,
        t.typname AS name,
        pg_catalog.format_type(t.typbasetype, t.typtypmod) as type,
        pg_catalog.ltrim((COALESCE((SELECT (' collate ' || c.collname)
        FROM pg_catalog.pg_collation AS c,
        pg_catalog.pg_type AS bt
        WHERE c.oid = t.typcollation
        AND bt.oid = t.typbasetype
        AND t.typcollation <> bt.typcollation) , '')
        || CASE
        WHEN t.typnotnull
        THEN ' not null'
        ELSE ''
        END) || CASE
        WHEN t.typdefault IS NOT NULL
        THEN(' default ' || t.typdefault)
        ELSE ''
        END) AS modifier,
        pg_catalog.array_to_string(ARRAY(
        SELECT pg_catalog.pg_get_constraintdef(r.oid, TRUE)
        FROM pg_catalog.pg_constraint AS r
        WHERE t.oid = r.contypid), ' ') AS check ,
        pg_catalog.array_to_string(t.typacl, E'\n') AS access_privileges,
        d.description as description
        FROM pg_catalog.pg_type AS t
        LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
        LEFT JOIN pg_catalog.pg_description d ON d.classoid = t.tableoid
        AND d.objoid = t.oid AND d.objsubid = 0
        WHERE t.typtype = 'd'
        AND (n.nspname <> 'pg_catalog')
        AND (n.nspname <> 'information_schema')
        AND pg_catalog.pg_type_is_visible(t.oid) ORDER BY 1, 2
--= schema:19 name:19 type:25 modifier:25 check:25 access_privileges:25 description:25
--;
SELECT pg_catalog.pg_get_userbyid(d.defaclrole) AS owner,
    n.nspname AS schema,
    CASE d.defaclobjtype WHEN 'r' THEN 'table'
        WHEN 'S' THEN 'sequence'
        WHEN 'f' THEN 'function'
        WHEN 'T' THEN 'type'
        WHEN 'n' THEN 'schema' END as type,
    pg_catalog.array_to_string(d.defaclacl, E'
') AS access_privileges
    FROM pg_catalog.pg_default_acl d
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace

    ORDER BY 1, 2, 3
--= owner:19 schema:19 type:25 access_privileges:25
--;
SELECT n.nspname as schema,
        c.relname as name,
        CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'i' THEN 'index' WHEN 'S' THEN 'sequence' WHEN 's' THEN 'special' WHEN 'f' THEN 'foreign table' WHEN 'p' THEN 'table' WHEN 'I' THEN 'index' END as type,
        pg_catalog.pg_get_userbyid(c.relowner) as owner

        FROM pg_catalog.pg_class c
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('f','')
        AND n.nspname <> 'pg_catalog'
        AND n.nspname <> 'information_schema'
        AND n.nspname !~ '^pg_toast'
        AND pg_catalog.pg_table_is_visible(c.oid)

        ORDER BY 1,2
--= schema:19 name:19 type:25 owner:19
--;
SELECT n.nspname as schema,
        c.relname as name,
        CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'i' THEN 'index' WHEN 'S' THEN 'sequence' WHEN 's' THEN 'special' WHEN 'f' THEN 'foreign table' WHEN 'p' THEN 'table' WHEN 'I' THEN 'index' END as type,
        pg_catalog.pg_get_userbyid(c.relowner) as owner

        , pg_catalog.pg_size_pretty(pg_catalog.pg_table_size(c.oid)) as size,
        pg_catalog.obj_description(c.oid, 'pg_class') as description
        FROM pg_catalog.pg_class c
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('f','')
        AND n.nspname <> 'pg_catalog'
        AND n.nspname <> 'information_schema'
        AND n.nspname !~ '^pg_toast'
        AND pg_catalog.pg_table_is_visible(c.oid)

        ORDER BY 1,2
--= schema:19 name:19 type:25 owner:19 size:25 description:25
--;
SELECT  n.nspname as schema,
        p.proname as name,
        pg_catalog.pg_get_function_result(p.oid)
        as "Result data type",
        pg_catalog.pg_get_function_arguments(p.oid)
        as "Argument data types",
        CASE
        WHEN p.prokind = 'a' THEN 'agg'
        WHEN p.prokind = 'w' THEN 'window'
        WHEN p.prorettype = 'pg_catalog.trigger'::pg_catalog.regtype
        THEN 'trigger'
        ELSE 'normal'
        END as type
        FROM    pg_catalog.pg_proc p
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace

        WHERE   pg_catalog.pg_function_is_visible(p.oid)  AND n.nspname <> 'pg_catalog'
        AND n.nspname <> 'information_schema'  ORDER BY 1, 2, 4
--= schema:19 name:19 Result data type:25 Argument data types:25 type:25
--;
SELECT  n.nspname as schema,
        p.proname as name,
        pg_catalog.pg_get_function_result(p.oid)
        as "Result data type",
        pg_catalog.pg_get_function_arguments(p.oid)
        as "Argument data types",
        CASE
        WHEN p.prokind = 'a' THEN 'agg'
        WHEN p.prokind = 'w' THEN 'window'
        WHEN p.prorettype = 'pg_catalog.trigger'::pg_catalog.regtype
        THEN 'trigger'
        ELSE 'normal'
        END as type
        ,CASE
        WHEN p.provolatile = 'i' THEN 'immutable'
        WHEN p.provolatile = 's' THEN 'stable'
        WHEN p.provolatile = 'v' THEN 'volatile'
        END as "Volatility",
        pg_catalog.pg_get_userbyid(p.proowner) as owner,
        l.lanname as "Language",
        p.prosrc as "Source code",
        pg_catalog.obj_description(p.oid, 'pg_proc') as description
        FROM    pg_catalog.pg_proc p
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
        LEFT JOIN pg_catalog.pg_language l
        ON l.oid = p.prolang
        WHERE   pg_catalog.pg_function_is_visible(p.oid)  AND n.nspname <> 'pg_catalog'
        AND n.nspname <> 'information_schema'  ORDER BY 1, 2, 4
--= schema:19 name:19 Result data type:25 Argument data types:25 type:25 Volatility:25 owner:19 Language:19 Source code:25 description:25
--;
SELECT n.nspname AS schema,
        c.cfgname AS name,
        pg_catalog.obj_description(c.oid, 'pg_ts_config') AS description
        FROM pg_catalog.pg_ts_config c
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.cfgnamespace
        ORDER BY 1, 2
--= schema:19 name:19 description:25
--;
SELECT c.oid,
        c.cfgname,
        n.nspname,
        p.prsname,
        np.nspname AS pnspname
        FROM pg_catalog.pg_ts_config c
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.cfgnamespace,
        pg_catalog.pg_ts_parser p
        LEFT JOIN pg_catalog.pg_namespace np ON np.oid = p.prsnamespace
        WHERE p.oid = c.cfgparser
        ORDER BY 1, 2
--= oid:26 cfgname:19 nspname:19 prsname:19 pnspname:19
--;
SELECT
        (SELECT t.alias
        FROM pg_catalog.ts_token_type(c.cfgparser) AS t
        WHERE t.tokid = m.maptokentype ) AS token,
        pg_catalog.btrim(ARRAY
        (SELECT mm.mapdict::pg_catalog.regdictionary
        FROM pg_catalog.pg_ts_config_map AS mm
        WHERE mm.mapcfg = m.mapcfg
        AND mm.maptokentype = m.maptokentype
        ORDER BY mapcfg, maptokentype, mapseqno) :: pg_catalog.text, '{}') AS dictionaries
        FROM pg_catalog.pg_ts_config AS c,
        pg_catalog.pg_ts_config_map AS m
        WHERE c.oid = $1
        AND m.mapcfg = c.oid
        GROUP BY m.mapcfg,
        m.maptokentype,
        c.cfgparser
        ORDER BY 1
--$1 21 = 3748
--= token:25 dictionaries:25
--;
SELECT
        (SELECT t.alias
        FROM pg_catalog.ts_token_type(c.cfgparser) AS t
        WHERE t.tokid = m.maptokentype ) AS token,
        pg_catalog.btrim(ARRAY
        (SELECT mm.mapdict::pg_catalog.regdictionary
        FROM pg_catalog.pg_ts_config_map AS mm
        WHERE mm.mapcfg = m.mapcfg
        AND mm.maptokentype = m.maptokentype
        ORDER BY mapcfg, maptokentype, mapseqno) :: pg_catalog.text, '{}') AS dictionaries
        FROM pg_catalog.pg_ts_config AS c,
        pg_catalog.pg_ts_config_map AS m
        WHERE c.oid = $1
        AND m.mapcfg = c.oid
        GROUP BY m.mapcfg,
        m.maptokentype,
        c.cfgparser
        ORDER BY 1
--$1 23 = 13152
--= token:25 dictionaries:25
--;
SELECT n.nspname AS name, pg_catalog.pg_get_userbyid(n.nspowner) AS owner

        FROM pg_catalog.pg_namespace n WHERE n.nspname
        !~ '^pg_' AND n.nspname <> 'information_schema'
        ORDER BY 1
--= name:19 owner:19
--;
SELECT n.nspname AS name, pg_catalog.pg_get_userbyid(n.nspowner) AS owner
        , pg_catalog.array_to_string(n.nspacl, E'\n') AS access_privileges, pg_catalog.obj_description(n.oid, 'pg_namespace') AS description
        FROM pg_catalog.pg_namespace n WHERE n.nspname
        !~ '^pg_' AND n.nspname <> 'information_schema'
        ORDER BY 1
--= name:19 owner:19 access_privileges:25 description:25
--;
SELECT n.nspname AS name, pg_catalog.pg_get_userbyid(n.nspowner) AS owner

        FROM pg_catalog.pg_namespace n WHERE n.nspname
        ~ '^(d.*)$'
        ORDER BY 1
--= name:19 owner:19
--;
SELECT n.nspname as schema,
        c.relname as name,
        CASE c.relkind WHEN 'r' THEN 'table'
        WHEN 'v' THEN 'view'
        WHEN 'm' THEN 'materialized view'
        WHEN 'S' THEN 'sequence'
        WHEN 'f' THEN 'foreign table'
        WHEN 'p' THEN 'partitioned table' END as type,
        pg_catalog.array_to_string(c.relacl, E'
') AS access_privileges,

        pg_catalog.array_to_string(ARRAY(
        SELECT attname || E':
  ' || pg_catalog.array_to_string(attacl, E'
  ')
        FROM pg_catalog.pg_attribute a
        WHERE attrelid = c.oid AND NOT attisdropped AND attacl IS NOT NULL
        ), E'
') AS column_privileges,
        pg_catalog.array_to_string(ARRAY(
        SELECT polname
        || CASE WHEN NOT polpermissive THEN
        E' (RESTRICTIVE)'
        ELSE '' END
        || CASE WHEN polcmd != '*' THEN
        E' (' || polcmd::pg_catalog.text || E'):'
        ELSE E':'
        END
        || CASE WHEN polqual IS NOT NULL THEN
        E'
  (u): ' || pg_catalog.pg_get_expr(polqual, polrelid)
        ELSE E''
        END
        || CASE WHEN polwithcheck IS NOT NULL THEN
        E'
  (c): ' || pg_catalog.pg_get_expr(polwithcheck, polrelid)
        ELSE E''
        END    || CASE WHEN polroles <> '{0}' THEN
        E'
  to: ' || pg_catalog.array_to_string(
        ARRAY(
        SELECT rolname
        FROM pg_catalog.pg_roles
        WHERE oid = ANY (polroles)
        ORDER BY 1
        ), E', ')
        ELSE E''
        END
        FROM pg_catalog.pg_policy pol
        WHERE polrelid = c.oid), E'
')
        AS policies
        FROM pg_catalog.pg_class c
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace

        WHERE c.relkind IN ('r','v','m','S','f','p')
        AND pg_catalog.pg_table_is_visible(c.oid)
        AND n.nspname !~ '^pg_'
     ORDER BY 1, 2
--= schema:19 name:19 type:25 access_privileges:25 column_privileges:25 policies:25
--;
SELECT n.nspname as schema,
        c.relname as name,
        CASE c.relkind WHEN 'r' THEN 'table'
        WHEN 'v' THEN 'view'
        WHEN 'm' THEN 'materialized view'
        WHEN 'S' THEN 'sequence'
        WHEN 'f' THEN 'foreign table'
        WHEN 'p' THEN 'partitioned table' END as type,
        pg_catalog.array_to_string(c.relacl, E'
') AS access_privileges,

        pg_catalog.array_to_string(ARRAY(
        SELECT attname || E':
  ' || pg_catalog.array_to_string(attacl, E'
  ')
        FROM pg_catalog.pg_attribute a
        WHERE attrelid = c.oid AND NOT attisdropped AND attacl IS NOT NULL
        ), E'
') AS column_privileges,
        pg_catalog.array_to_string(ARRAY(
        SELECT polname
        || CASE WHEN NOT polpermissive THEN
        E' (RESTRICTIVE)'
        ELSE '' END
        || CASE WHEN polcmd != '*' THEN
        E' (' || polcmd::pg_catalog.text || E'):'
        ELSE E':'
        END
        || CASE WHEN polqual IS NOT NULL THEN
        E'
  (u): ' || pg_catalog.pg_get_expr(polqual, polrelid)
        ELSE E''
        END
        || CASE WHEN polwithcheck IS NOT NULL THEN
        E'
  (c): ' || pg_catalog.pg_get_expr(polwithcheck, polrelid)
        ELSE E''
        END    || CASE WHEN polroles <> '{0}' THEN
        E'
  to: ' || pg_catalog.array_to_string(
        ARRAY(
        SELECT rolname
        FROM pg_catalog.pg_roles
        WHERE oid = ANY (polroles)
        ORDER BY 1
        ), E', ')
        ELSE E''
        END
        FROM pg_catalog.pg_policy pol
        WHERE polrelid = c.oid), E'
')
        AS policies
        FROM pg_catalog.pg_class c
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace

        WHERE c.relkind IN ('r','v','m','S','f','p')
        AND c.relname OPERATOR(pg_catalog.~) '^(orders)$' COLLATE pg_catalog.default
        AND n.nspname !~ '^pg_'
     ORDER BY 1, 2
--= schema:19 name:19 type:25 access_privileges:25 column_privileges:25 policies:25
--;
SELECT n.nspname as schema,
        c.relname as name,
        CASE c.relkind
        WHEN 'r' THEN 'table' WHEN 'v' THEN 'view'
        WHEN 'p' THEN 'partitioned table'
        WHEN 'm' THEN 'materialized view' WHEN 'i' THEN 'index'
        WHEN 'S' THEN 'sequence' WHEN 's' THEN 'special'
        WHEN 'f' THEN 'foreign table' END
        as type,
        pg_catalog.pg_get_userbyid(c.relowner) as owner

        ,pg_catalog.pg_size_pretty(pg_catalog.pg_table_size(c.oid)) as size,
        pg_catalog.obj_description(c.oid, 'pg_class') as description
        FROM    pg_catalog.pg_class c
        LEFT JOIN pg_catalog.pg_namespace n
        ON n.oid = c.relnamespace
        WHERE   c.relkind = ANY('{r,p,""}')

        AND n.nspname <> 'pg_catalog'
        AND n.nspname <> 'information_schema'
        AND n.nspname !~ '^pg_toast'
        AND pg_catalog.pg_table_is_visible(c.oid)
        AND c.relname ~ '^(orders)$'
        ORDER BY 1, 2
--= schema:19 name:19 type:25 owner:19 size:25 description:25
--;
SELECT n.nspname as schema,
        c.relname as name,
        CASE c.relkind
        WHEN 'r' THEN 'table' WHEN 'v' THEN 'view'
        WHEN 'p' THEN 'partitioned table'
        WHEN 'm' THEN 'materialized view' WHEN 'i' THEN 'index'
        WHEN 'S' THEN 'sequence' WHEN 's' THEN 'special'
        WHEN 'f' THEN 'foreign table' END
        as type,
        pg_catalog.pg_get_userbyid(c.relowner) as owner

        FROM    pg_catalog.pg_class c
        LEFT JOIN pg_catalog.pg_namespace n
        ON n.oid = c.relnamespace
        WHERE   c.relkind = ANY('{r,p,""}')
        AND n.nspname ~ '^(.*)$'
        AND c.relname ~ '^(.*)$'
        ORDER BY 1, 2
--= schema:19 name:19 type:25 owner:19
--;
SELECT n.nspname as schema,
        pg_catalog.format_type(t.oid, NULL) AS name,   pg_catalog.obj_description(t.oid, 'pg_type')
        as description   FROM    pg_catalog.pg_type t
        LEFT JOIN pg_catalog.pg_namespace n
        ON n.oid = t.typnamespace
        WHERE   (t.typrelid = 0 OR
        ( SELECT c.relkind = 'c'
        FROM pg_catalog.pg_class c
        WHERE c.oid = t.typrelid))
        AND NOT EXISTS(
        SELECT 1
        FROM pg_catalog.pg_type el
        WHERE el.oid = t.typelem
        AND el.typarray = t.oid)  AND pg_catalog.pg_type_is_visible(t.oid)  AND n.nspname <> 'pg_catalog'
        AND n.nspname <> 'information_schema'  ORDER BY 1, 2
--= schema:19 name:25 description:25
--;
SELECT n.nspname as schema,
        pg_catalog.format_type(t.oid, NULL) AS name,  t.typname AS internal_name,
        CASE
        WHEN t.typrelid != 0
        THEN CAST('tuple' AS pg_catalog.text)
        WHEN t.typlen < 0
        THEN CAST('var' AS pg_catalog.text)
        ELSE CAST(t.typlen AS pg_catalog.text)
        END AS size,
        pg_catalog.array_to_string(
        ARRAY(
        SELECT e.enumlabel
        FROM pg_catalog.pg_enum e
        WHERE e.enumtypid = t.oid
        ORDER BY e.enumsortorder
        ), E'\n') AS elements,
        pg_catalog.array_to_string(t.typacl, E'\n')
        AS access_privileges,
        pg_catalog.obj_description(t.oid, 'pg_type')
        AS description  FROM    pg_catalog.pg_type t
        LEFT JOIN pg_catalog.pg_namespace n
        ON n.oid = t.typnamespace
        WHERE   (t.typrelid = 0 OR
        ( SELECT c.relkind = 'c'
        FROM pg_catalog.pg_class c
        WHERE c.oid = t.typrelid))
        AND NOT EXISTS(
        SELECT 1
        FROM pg_catalog.pg_type el
        WHERE el.oid = t.typelem
        AND el.typarray = t.oid)  AND pg_catalog.pg_type_is_visible(t.oid)  AND n.nspname <> 'pg_catalog'
        AND n.nspname <> 'information_schema'  ORDER BY 1, 2
--= schema:19 name:25 internal_name:19 size:25 elements:25 access_privileges:25 description:25
--;
SELECT n.nspname as schema,
        pg_catalog.format_type(t.oid, NULL) AS name,   pg_catalog.obj_description(t.oid, 'pg_type')
        as description   FROM    pg_catalog.pg_type t
        LEFT JOIN pg_catalog.pg_namespace n
        ON n.oid = t.typnamespace
        WHERE   (t.typrelid = 0 OR
        ( SELECT c.relkind = 'c'
        FROM pg_catalog.pg_class c
        WHERE c.oid = t.typrelid))
        AND NOT EXISTS(
        SELECT 1
        FROM pg_catalog.pg_type el
        WHERE el.oid = t.typelem
        AND el.typarray = t.oid)  AND pg_catalog.pg_type_is_visible(t.oid)  AND (t.typname ~ $1
        OR pg_catalog.format_type(t.oid, NULL) ~ $1)  ORDER BY 1, 2
--$1 - = ^(mood)$
--= schema:19 name:25 description:25
--;
SELECT r.rolname,
        r.rolsuper,
        r.rolinherit,
        r.rolcreaterole,
        r.rolcreatedb,
        r.rolcanlogin,
        r.rolconnlimit,
        r.rolvaliduntil,
        ARRAY(SELECT b.rolname FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles b ON (m.roleid = b.oid) WHERE m.member = r.oid) as memberof,

        r.rolreplication
        FROM pg_catalog.pg_roles r

        ORDER BY 1
--= rolname:19 rolsuper:16 rolinherit:16 rolcreaterole:16 rolcreatedb:16 rolcanlogin:16 rolconnlimit:23 rolvaliduntil:1184 memberof:1003 rolreplication:16
--;
SELECT r.rolname,
        r.rolsuper,
        r.rolinherit,
        r.rolcreaterole,
        r.rolcreatedb,
        r.rolcanlogin,
        r.rolconnlimit,
        r.rolvaliduntil,
        ARRAY(SELECT b.rolname FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles b ON (m.roleid = b.oid) WHERE m.member = r.oid) as memberof,
        pg_catalog.shobj_description(r.oid, 'pg_authid') AS description,
        r.rolreplication
        FROM pg_catalog.pg_roles r

        ORDER BY 1
--= rolname:19 rolsuper:16 rolinherit:16 rolcreaterole:16 rolcreatedb:16 rolcanlogin:16 rolconnlimit:23 rolvaliduntil:1184 memberof:1003 description:25 rolreplication:16
--;
SELECT e.extname AS name,
        e.extversion AS version,
        n.nspname AS schema,
        c.description AS description
      FROM pg_catalog.pg_extension e
        LEFT JOIN pg_catalog.pg_namespace n
        ON n.oid = e.extnamespace
        LEFT JOIN pg_catalog.pg_description c
        ON c.objoid = e.oid
        AND c.classoid = 'pg_catalog.pg_extension'::pg_catalog.regclass

       ORDER BY 1, 2
--= name:19 version:25 schema:19 description:25
--;
SELECT e.extname, e.oid
        FROM pg_catalog.pg_extension e

        ORDER BY 1, 2
--= extname:19 oid:26
--;
SELECT  pg_catalog.pg_describe_object(classid, objid, 0)
        AS object_description
        FROM    pg_catalog.pg_depend
        WHERE   refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
        AND refobjid = 13559
        AND deptype = 'e'
        ORDER BY 1
--= object_description:25
--;
SELECT d.datname as name,
        pg_catalog.pg_get_userbyid(d.datdba) as owner,
        pg_catalog.pg_encoding_to_char(d.encoding) as encoding,
        d.datcollate as collate,
        d.datctype as ctype,
        pg_catalog.array_to_string(d.datacl, E'
') AS access_privileges

        FROM pg_catalog.pg_database d


        ORDER BY 1
--= name:19 owner:19 encoding:19 collate:25 ctype:25 access_privileges:25
--;
SELECT d.datname as name,
        pg_catalog.pg_get_userbyid(d.datdba) as owner,
        pg_catalog.pg_encoding_to_char(d.encoding) as encoding,
        d.datcollate as collate,
        d.datctype as ctype,
        pg_catalog.array_to_string(d.datacl, E'
') AS access_privileges
        ,
        CASE WHEN pg_catalog.has_database_privilege(d.datname, 'CONNECT')
        THEN pg_catalog.pg_size_pretty(pg_catalog.pg_database_size(d.datname))
        ELSE 'No Access'
        END as size,
        t.spcname as "Tablespace",
        pg_catalog.shobj_description(d.oid, 'pg_database') as description
        FROM pg_catalog.pg_database d
        JOIN pg_catalog.pg_tablespace t on d.dattablespace = t.oid

        ORDER BY 1
--= name:19 owner:19 encoding:19 collate:25 ctype:25 access_privileges:25 size:25 Tablespace:19 description:25
--;
SELECT d.datname as name,
        pg_catalog.pg_get_userbyid(d.datdba) as owner,
        pg_catalog.pg_encoding_to_char(d.encoding) as encoding,
        d.datcollate as collate,
        d.datctype as ctype,
        pg_catalog.array_to_string(d.datacl, E'
') AS access_privileges

        FROM pg_catalog.pg_database d

        WHERE d.datname ~ '^(demo)$'
        ORDER BY 1
--= name:19 owner:19 encoding:19 collate:25 ctype:25 access_privileges:25
--;
SELECT pg_catalog.pg_get_functiondef($1) as source
--$1 23 = 99999999
--= source:25
--;
SELECT $1::pg_catalog.regprocedure::pg_catalog.oid
--$1 - = pg_catalog.lower(text)
--= oid:26
--;
SELECT pg_catalog.pg_get_functiondef($1) as source
--$1 21 = 870
--= source:25
