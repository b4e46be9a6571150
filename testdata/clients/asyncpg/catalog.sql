select oid, typname, format_type(oid, NULL) from pg_type
--= oid:26 typname:19 format_type:25
--;
SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = COALESCE('demo', current_schema()) ORDER BY tablename
--= tablename:19
--;
SELECT
        i.relname, idxs.indexdef, idx.indisunique,
        ARRAY(
        SELECT pg_get_indexdef(idx.indexrelid, k + 1, TRUE)
        FROM generate_subscripts(idx.indkey, 1) AS k
        ORDER BY k)
        FROM pg_catalog.pg_class AS t
        INNER JOIN pg_catalog.pg_namespace AS n ON t.relnamespace = n.oid
        INNER JOIN pg_catalog.pg_index AS idx ON t.oid = idx.indrelid
        INNER JOIN pg_catalog.pg_class AS i ON idx.indexrelid = i.oid
        INNER JOIN pg_catalog.pg_indexes AS idxs ON (
        idxs.tablename = t.relname
        AND idxs.indexname = i.relname
        AND idxs.schemaname = n.nspname)
        WHERE t.relname = 'child' AND t.relkind = 'r'
        AND n.nspname = COALESCE('demo', current_schema())
        ORDER BY idx.indisunique DESC, i.relname
--= relname:19 indexdef:25 indisunique:16 array:1009
--;
SELECT c.column_name, c.is_nullable, c.data_type,
        c.column_default,
        pg_catalog.format_type(a.atttypid, a.atttypmod),
        c.is_identity
        FROM information_schema.columns AS c
        INNER JOIN pg_catalog.pg_namespace AS n
        ON (n.nspname = c.table_schema)
        INNER JOIN pg_catalog.pg_class AS t
        ON (t.relname = c.table_name AND t.relnamespace = n.oid)
        INNER JOIN pg_catalog.pg_attribute AS a
        ON (a.attrelid = t.oid AND a.attname = c.column_name)
        WHERE c.table_name = 'child'
        AND c.table_schema = COALESCE('demo', current_schema())
        AND NOT a.attisdropped
        ORDER BY c.ordinal_position
--= column_name:19 is_nullable:1043 data_type:1043 column_default:1043 format_type:25 is_identity:1043
--;
SELECT kc.column_name
        FROM information_schema.table_constraints AS tc
        INNER JOIN information_schema.key_column_usage AS kc ON (
        tc.table_name = kc.table_name AND
        tc.table_schema = kc.table_schema AND
        tc.constraint_name = kc.constraint_name)
        WHERE
        tc.constraint_type = 'PRIMARY KEY' AND
        tc.table_name = 'child' AND
        tc.table_schema = COALESCE('demo', current_schema())
        ORDER BY kc.ordinal_position
--= column_name:19
--;
SELECT a.attname, a.atttypid FROM pg_catalog.pg_attribute AS a INNER JOIN pg_catalog.pg_class AS t ON a.attrelid = t.oid INNER JOIN pg_catalog.pg_namespace AS n ON t.relnamespace = n.oid WHERE t.relname = 'child' AND n.nspname = COALESCE('demo', current_schema()) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
--= attname:19 atttypid:26
--;
SELECT DISTINCT
        kcu.column_name, ccu.table_name, ccu.column_name,
        tc.constraint_name, rc.delete_rule, rc.update_rule
        FROM information_schema.table_constraints AS tc
        JOIN information_schema.key_column_usage AS kcu
        ON (tc.constraint_name = kcu.constraint_name AND
        tc.constraint_schema = kcu.constraint_schema AND
        tc.table_name = kcu.table_name AND
        tc.table_schema = kcu.table_schema)
        JOIN information_schema.constraint_column_usage AS ccu
        ON (ccu.constraint_name = tc.constraint_name AND
        ccu.constraint_schema = tc.constraint_schema)
        JOIN information_schema.referential_constraints AS rc
        ON (rc.constraint_name = tc.constraint_name AND
        rc.constraint_schema = tc.constraint_schema)
        WHERE
        tc.constraint_type = 'FOREIGN KEY' AND
        tc.table_name = 'child' AND
        tc.table_schema = COALESCE('demo', current_schema())
--= column_name:19 table_name:19 column_name:19 constraint_name:19 delete_rule:1043 update_rule:1043
--;
SELECT c.column_name, c.is_nullable, c.data_type,
        c.column_default,
        pg_catalog.format_type(a.atttypid, a.atttypmod),
        c.is_identity
        FROM information_schema.columns AS c
        INNER JOIN pg_catalog.pg_namespace AS n
        ON (n.nspname = c.table_schema)
        INNER JOIN pg_catalog.pg_class AS t
        ON (t.relname = c.table_name AND t.relnamespace = n.oid)
        INNER JOIN pg_catalog.pg_attribute AS a
        ON (a.attrelid = t.oid AND a.attname = c.column_name)
        WHERE c.table_name = 'customer'
        AND c.table_schema = COALESCE('demo', current_schema())
        AND NOT a.attisdropped
        ORDER BY c.ordinal_position
--= column_name:19 is_nullable:1043 data_type:1043 column_default:1043 format_type:25 is_identity:1043
--;
SELECT a.attname, a.atttypid FROM pg_catalog.pg_attribute AS a INNER JOIN pg_catalog.pg_class AS t ON a.attrelid = t.oid INNER JOIN pg_catalog.pg_namespace AS n ON t.relnamespace = n.oid WHERE t.relname = 'customer' AND n.nspname = COALESCE('demo', current_schema()) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
--= attname:19 atttypid:26
--;
SELECT
        current_setting('jit') AS cur,
        set_config('jit', 'off', false) AS new
--= cur:25 new:25
--;
WITH RECURSIVE typeinfo_tree(
    oid, ns, name, kind, basetype, elemtype, elemdelim,
    range_subtype, attrtypoids, attrnames, depth)
AS (
    SELECT
        ti.oid, ti.ns, ti.name, ti.kind, ti.basetype,
        ti.elemtype, ti.elemdelim, ti.range_subtype,
        ti.attrtypoids, ti.attrnames, 0
    FROM
        (
        SELECT
        t.oid                           AS oid,
        ns.nspname                      AS ns,
        t.typname                       AS name,
        t.typtype                       AS kind,
        (CASE WHEN t.typtype = 'd' THEN
        (WITH RECURSIVE typebases(oid, depth) AS (
        SELECT
        t2.typbasetype      AS oid,
        0                   AS depth
        FROM
        pg_type t2
        WHERE
        t2.oid = t.oid

        UNION ALL

        SELECT
        t2.typbasetype      AS oid,
        tb.depth + 1        AS depth
        FROM
        pg_type t2,
        typebases tb
        WHERE
        tb.oid = t2.oid
        AND t2.typbasetype != 0
        ) SELECT oid FROM typebases ORDER BY depth DESC LIMIT 1)

        ELSE NULL
        END)                            AS basetype,
        t.typelem                       AS elemtype,
        elem_t.typdelim                 AS elemdelim,
        COALESCE(
        range_t.rngsubtype,
        multirange_t.rngsubtype)    AS range_subtype,
        (CASE WHEN t.typtype = 'c' THEN
        (SELECT
        array_agg(ia.atttypid ORDER BY ia.attnum)
        FROM
        pg_attribute ia
        INNER JOIN pg_class c
        ON (ia.attrelid = c.oid)
        WHERE
        ia.attnum > 0 AND NOT ia.attisdropped
        AND c.reltype = t.oid)

        ELSE NULL
        END)                            AS attrtypoids,
        (CASE WHEN t.typtype = 'c' THEN
        (SELECT
        array_agg(ia.attname::text ORDER BY ia.attnum)
        FROM
        pg_attribute ia
        INNER JOIN pg_class c
        ON (ia.attrelid = c.oid)
        WHERE
        ia.attnum > 0 AND NOT ia.attisdropped
        AND c.reltype = t.oid)

        ELSE NULL
        END)                            AS attrnames
        FROM
        pg_catalog.pg_type AS t
        INNER JOIN pg_catalog.pg_namespace ns ON (
        ns.oid = t.typnamespace)
        LEFT JOIN pg_type elem_t ON (
        t.typlen = -1 AND
        t.typelem != 0 AND
        t.typelem = elem_t.oid
        )
        LEFT JOIN pg_range range_t ON (
        t.oid = range_t.rngtypid
        )
        LEFT JOIN pg_range multirange_t ON (
        t.oid = multirange_t.rngmultitypid
        )
    )
 AS ti
    WHERE
        ti.oid = any($1::oid[])

    UNION ALL

    SELECT
        ti.oid, ti.ns, ti.name, ti.kind, ti.basetype,
        ti.elemtype, ti.elemdelim, ti.range_subtype,
        ti.attrtypoids, ti.attrnames, tt.depth + 1
    FROM
        (
        SELECT
        t.oid                           AS oid,
        ns.nspname                      AS ns,
        t.typname                       AS name,
        t.typtype                       AS kind,
        (CASE WHEN t.typtype = 'd' THEN
        (WITH RECURSIVE typebases(oid, depth) AS (
        SELECT
        t2.typbasetype      AS oid,
        0                   AS depth
        FROM
        pg_type t2
        WHERE
        t2.oid = t.oid

        UNION ALL

        SELECT
        t2.typbasetype      AS oid,
        tb.depth + 1        AS depth
        FROM
        pg_type t2,
        typebases tb
        WHERE
        tb.oid = t2.oid
        AND t2.typbasetype != 0
        ) SELECT oid FROM typebases ORDER BY depth DESC LIMIT 1)

        ELSE NULL
        END)                            AS basetype,
        t.typelem                       AS elemtype,
        elem_t.typdelim                 AS elemdelim,
        COALESCE(
        range_t.rngsubtype,
        multirange_t.rngsubtype)    AS range_subtype,
        (CASE WHEN t.typtype = 'c' THEN
        (SELECT
        array_agg(ia.atttypid ORDER BY ia.attnum)
        FROM
        pg_attribute ia
        INNER JOIN pg_class c
        ON (ia.attrelid = c.oid)
        WHERE
        ia.attnum > 0 AND NOT ia.attisdropped
        AND c.reltype = t.oid)

        ELSE NULL
        END)                            AS attrtypoids,
        (CASE WHEN t.typtype = 'c' THEN
        (SELECT
        array_agg(ia.attname::text ORDER BY ia.attnum)
        FROM
        pg_attribute ia
        INNER JOIN pg_class c
        ON (ia.attrelid = c.oid)
        WHERE
        ia.attnum > 0 AND NOT ia.attisdropped
        AND c.reltype = t.oid)

        ELSE NULL
        END)                            AS attrnames
        FROM
        pg_catalog.pg_type AS t
        INNER JOIN pg_catalog.pg_namespace ns ON (
        ns.oid = t.typnamespace)
        LEFT JOIN pg_type elem_t ON (
        t.typlen = -1 AND
        t.typelem != 0 AND
        t.typelem = elem_t.oid
        )
        LEFT JOIN pg_range range_t ON (
        t.oid = range_t.rngtypid
        )
        LEFT JOIN pg_range multirange_t ON (
        t.oid = multirange_t.rngmultitypid
        )
    )
 ti,
        typeinfo_tree tt
    WHERE
        (tt.elemtype IS NOT NULL AND ti.oid = tt.elemtype)
        OR (tt.attrtypoids IS NOT NULL AND ti.oid = any(tt.attrtypoids))
        OR (tt.range_subtype IS NOT NULL AND ti.oid = tt.range_subtype)
        OR (tt.basetype IS NOT NULL AND ti.oid = tt.basetype)
)

SELECT DISTINCT
    *,
    basetype::regtype::text AS basetype_name,
    elemtype::regtype::text AS elemtype_name,
    range_subtype::regtype::text AS range_subtype_name
FROM
    typeinfo_tree
ORDER BY
    depth DESC
--$1 - = {16548}
--= oid:26 ns:19 name:19 kind:18 basetype:26 elemtype:26 elemdelim:18 range_subtype:26 attrtypoids:1028 attrnames:1009 depth:23 basetype_name:25 elemtype_name:25 range_subtype_name:25
--;
SELECT
        set_config('jit', $1, false)
--$1 - = on
--= set_config:25
--;
WITH RECURSIVE typeinfo_tree(
    oid, ns, name, kind, basetype, elemtype, elemdelim,
    range_subtype, attrtypoids, attrnames, depth)
AS (
    SELECT
        ti.oid, ti.ns, ti.name, ti.kind, ti.basetype,
        ti.elemtype, ti.elemdelim, ti.range_subtype,
        ti.attrtypoids, ti.attrnames, 0
    FROM
        (
        SELECT
        t.oid                           AS oid,
        ns.nspname                      AS ns,
        t.typname                       AS name,
        t.typtype                       AS kind,
        (CASE WHEN t.typtype = 'd' THEN
        (WITH RECURSIVE typebases(oid, depth) AS (
        SELECT
        t2.typbasetype      AS oid,
        0                   AS depth
        FROM
        pg_type t2
        WHERE
        t2.oid = t.oid

        UNION ALL

        SELECT
        t2.typbasetype      AS oid,
        tb.depth + 1        AS depth
        FROM
        pg_type t2,
        typebases tb
        WHERE
        tb.oid = t2.oid
        AND t2.typbasetype != 0
        ) SELECT oid FROM typebases ORDER BY depth DESC LIMIT 1)

        ELSE NULL
        END)                            AS basetype,
        t.typelem                       AS elemtype,
        elem_t.typdelim                 AS elemdelim,
        COALESCE(
        range_t.rngsubtype,
        multirange_t.rngsubtype)    AS range_subtype,
        (CASE WHEN t.typtype = 'c' THEN
        (SELECT
        array_agg(ia.atttypid ORDER BY ia.attnum)
        FROM
        pg_attribute ia
        INNER JOIN pg_class c
        ON (ia.attrelid = c.oid)
        WHERE
        ia.attnum > 0 AND NOT ia.attisdropped
        AND c.reltype = t.oid)

        ELSE NULL
        END)                            AS attrtypoids,
        (CASE WHEN t.typtype = 'c' THEN
        (SELECT
        array_agg(ia.attname::text ORDER BY ia.attnum)
        FROM
        pg_attribute ia
        INNER JOIN pg_class c
        ON (ia.attrelid = c.oid)
        WHERE
        ia.attnum > 0 AND NOT ia.attisdropped
        AND c.reltype = t.oid)

        ELSE NULL
        END)                            AS attrnames
        FROM
        pg_catalog.pg_type AS t
        INNER JOIN pg_catalog.pg_namespace ns ON (
        ns.oid = t.typnamespace)
        LEFT JOIN pg_type elem_t ON (
        t.typlen = -1 AND
        t.typelem != 0 AND
        t.typelem = elem_t.oid
        )
        LEFT JOIN pg_range range_t ON (
        t.oid = range_t.rngtypid
        )
        LEFT JOIN pg_range multirange_t ON (
        t.oid = multirange_t.rngmultitypid
        )
    )
 AS ti
    WHERE
        ti.oid = any($1::oid[])

    UNION ALL

    SELECT
        ti.oid, ti.ns, ti.name, ti.kind, ti.basetype,
        ti.elemtype, ti.elemdelim, ti.range_subtype,
        ti.attrtypoids, ti.attrnames, tt.depth + 1
    FROM
        (
        SELECT
        t.oid                           AS oid,
        ns.nspname                      AS ns,
        t.typname                       AS name,
        t.typtype                       AS kind,
        (CASE WHEN t.typtype = 'd' THEN
        (WITH RECURSIVE typebases(oid, depth) AS (
        SELECT
        t2.typbasetype      AS oid,
        0                   AS depth
        FROM
        pg_type t2
        WHERE
        t2.oid = t.oid

        UNION ALL

        SELECT
        t2.typbasetype      AS oid,
        tb.depth + 1        AS depth
        FROM
        pg_type t2,
        typebases tb
        WHERE
        tb.oid = t2.oid
        AND t2.typbasetype != 0
        ) SELECT oid FROM typebases ORDER BY depth DESC LIMIT 1)

        ELSE NULL
        END)                            AS basetype,
        t.typelem                       AS elemtype,
        elem_t.typdelim                 AS elemdelim,
        COALESCE(
        range_t.rngsubtype,
        multirange_t.rngsubtype)    AS range_subtype,
        (CASE WHEN t.typtype = 'c' THEN
        (SELECT
        array_agg(ia.atttypid ORDER BY ia.attnum)
        FROM
        pg_attribute ia
        INNER JOIN pg_class c
        ON (ia.attrelid = c.oid)
        WHERE
        ia.attnum > 0 AND NOT ia.attisdropped
        AND c.reltype = t.oid)

        ELSE NULL
        END)                            AS attrtypoids,
        (CASE WHEN t.typtype = 'c' THEN
        (SELECT
        array_agg(ia.attname::text ORDER BY ia.attnum)
        FROM
        pg_attribute ia
        INNER JOIN pg_class c
        ON (ia.attrelid = c.oid)
        WHERE
        ia.attnum > 0 AND NOT ia.attisdropped
        AND c.reltype = t.oid)

        ELSE NULL
        END)                            AS attrnames
        FROM
        pg_catalog.pg_type AS t
        INNER JOIN pg_catalog.pg_namespace ns ON (
        ns.oid = t.typnamespace)
        LEFT JOIN pg_type elem_t ON (
        t.typlen = -1 AND
        t.typelem != 0 AND
        t.typelem = elem_t.oid
        )
        LEFT JOIN pg_range range_t ON (
        t.oid = range_t.rngtypid
        )
        LEFT JOIN pg_range multirange_t ON (
        t.oid = multirange_t.rngmultitypid
        )
    )
 ti,
        typeinfo_tree tt
    WHERE
        (tt.elemtype IS NOT NULL AND ti.oid = tt.elemtype)
        OR (tt.attrtypoids IS NOT NULL AND ti.oid = any(tt.attrtypoids))
        OR (tt.range_subtype IS NOT NULL AND ti.oid = tt.range_subtype)
        OR (tt.basetype IS NOT NULL AND ti.oid = tt.basetype)
)

SELECT DISTINCT
    *,
    basetype::regtype::text AS basetype_name,
    elemtype::regtype::text AS elemtype_name,
    range_subtype::regtype::text AS range_subtype_name
FROM
    typeinfo_tree
ORDER BY
    depth DESC
--$1 - = {16558}
--= oid:26 ns:19 name:19 kind:18 basetype:26 elemtype:26 elemdelim:18 range_subtype:26 attrtypoids:1028 attrnames:1009 depth:23 basetype_name:25 elemtype_name:25 range_subtype_name:25
--;
SELECT
    t.oid,
    t.typelem     AS elemtype,
    t.typtype     AS kind
FROM
    pg_catalog.pg_type AS t
    INNER JOIN pg_catalog.pg_namespace ns ON (ns.oid = t.typnamespace)
WHERE
    t.typname = $1 AND ns.nspname = $2
--$1 - = mood
--$2 - = demo
--= oid:26 elemtype:26 kind:18
--;
select array['a']::text[], 1::numeric, '{}'::json
--= array:1009 numeric:1700 json:114
--;
SELECT pg_advisory_unlock_all();
CLOSE ALL;
UNLISTEN *;
RESET ALL
--;
SELECT
    typname AS name, oid, typarray AS array_oid,
    oid::regtype::text AS regtype, typdelim AS delimiter
FROM pg_type t
WHERE t.oid = to_regtype($1)
ORDER BY t.oid
--$1 - = hstore
--= name:19 oid:26 array_oid:26 regtype:25 delimiter:18
--;
SELECT
    typname AS name, oid, typarray AS array_oid,
    oid::regtype::text AS regtype, typdelim AS delimiter
FROM pg_type t
WHERE t.oid = to_regtype($1)
ORDER BY t.oid
--$1 - = mood
--= name:19 oid:26 array_oid:26 regtype:25 delimiter:18
--;
SELECT name, oid, array_oid, regtype, array_agg(label) AS labels
FROM (
    SELECT
        t.typname AS name, t.oid AS oid, t.typarray AS array_oid,
        t.oid::regtype::text AS regtype, e.enumlabel AS label
    FROM pg_type t
    LEFT JOIN  pg_enum e
    ON e.enumtypid = t.oid
    WHERE t.oid = to_regtype($1)
    ORDER BY e.enumsortorder
) x
GROUP BY name, oid, array_oid, regtype
--$1 - = hstore
--= name:19 oid:26 array_oid:26 regtype:25 labels:1003
--;
SELECT name, oid, array_oid, regtype, array_agg(label) AS labels
FROM (
    SELECT
        t.typname AS name, t.oid AS oid, t.typarray AS array_oid,
        t.oid::regtype::text AS regtype, e.enumlabel AS label
    FROM pg_type t
    LEFT JOIN  pg_enum e
    ON e.enumtypid = t.oid
    WHERE t.oid = to_regtype($1)
    ORDER BY e.enumsortorder
) x
GROUP BY name, oid, array_oid, regtype
--$1 - = mood
--= name:19 oid:26 array_oid:26 regtype:25 labels:1003
--;
SELECT
    t.typname AS name, t.oid AS oid, t.typarray AS array_oid,
    t.oid::regtype::text AS regtype,
    coalesce(a.fnames, '{}') AS field_names,
    coalesce(a.ftypes, '{}') AS field_types
FROM pg_type t
LEFT JOIN (
    SELECT
        attrelid,
        array_agg(attname) AS fnames,
        array_agg(atttypid) AS ftypes
    FROM (
        SELECT a.attrelid, a.attname, a.atttypid
        FROM pg_attribute a
        JOIN pg_type t ON t.typrelid = a.attrelid
        WHERE t.oid = to_regtype($1)
        AND a.attnum > 0
        AND NOT a.attisdropped
        ORDER BY a.attnum
    ) x
    GROUP BY attrelid
) a ON a.attrelid = t.typrelid
WHERE t.oid = to_regtype($1)
--$1 - = hstore
--= name:19 oid:26 array_oid:26 regtype:25 field_names:1003 field_types:1028
--;
SELECT
    t.typname AS name, t.oid AS oid, t.typarray AS array_oid,
    t.oid::regtype::text AS regtype,
    coalesce(a.fnames, '{}') AS field_names,
    coalesce(a.ftypes, '{}') AS field_types
FROM pg_type t
LEFT JOIN (
    SELECT
        attrelid,
        array_agg(attname) AS fnames,
        array_agg(atttypid) AS ftypes
    FROM (
        SELECT a.attrelid, a.attname, a.atttypid
        FROM pg_attribute a
        JOIN pg_type t ON t.typrelid = a.attrelid
        WHERE t.oid = to_regtype($1)
        AND a.attnum > 0
        AND NOT a.attisdropped
        ORDER BY a.attnum
    ) x
    GROUP BY attrelid
) a ON a.attrelid = t.typrelid
WHERE t.oid = to_regtype($1)
--$1 - = mood
--= name:19 oid:26 array_oid:26 regtype:25 field_names:1003 field_types:1028
--;
SELECT t.typname AS name, t.oid AS oid, t.typarray AS array_oid,
    t.oid::regtype::text AS regtype,
    r.rngsubtype AS subtype_oid
FROM pg_type t
JOIN pg_range r ON t.oid = r.rngtypid
WHERE t.oid = to_regtype($1)
--$1 - = hstore
--= name:19 oid:26 array_oid:26 regtype:25 subtype_oid:26
--;
SELECT t.typname AS name, t.oid AS oid, t.typarray AS array_oid,
    t.oid::regtype::text AS regtype,
    r.rngsubtype AS subtype_oid
FROM pg_type t
JOIN pg_range r ON t.oid = r.rngtypid
WHERE t.oid = to_regtype($1)
--$1 - = mood
--= name:19 oid:26 array_oid:26 regtype:25 subtype_oid:26
--;
SELECT t.typname AS name, t.oid AS oid, t.typarray AS array_oid,
    t.oid::regtype::text AS regtype,
    r.rngtypid AS range_oid, r.rngsubtype AS subtype_oid
FROM pg_type t
JOIN pg_range r ON t.oid = r.rngmultitypid
WHERE t.oid = to_regtype($1)
--$1 - = hstore
--= name:19 oid:26 array_oid:26 regtype:25 range_oid:26 subtype_oid:26
--;
SELECT t.typname AS name, t.oid AS oid, t.typarray AS array_oid,
    t.oid::regtype::text AS regtype,
    r.rngtypid AS range_oid, r.rngsubtype AS subtype_oid
FROM pg_type t
JOIN pg_range r ON t.oid = r.rngmultitypid
WHERE t.oid = to_regtype($1)
--$1 - = mood
--= name:19 oid:26 array_oid:26 regtype:25 range_oid:26 subtype_oid:26
--;
SELECT t.oid, typarray
FROM pg_type t JOIN pg_namespace ns
    ON typnamespace = ns.oid
WHERE typname = 'hstore'
--= oid:26 typarray:26
--;
SELECT t.oid, typarray, attname, atttypid
FROM pg_type t
JOIN pg_namespace ns ON typnamespace = ns.oid
JOIN pg_attribute a ON attrelid = typrelid
WHERE typname = 'comp' AND nspname = 'demo'
    AND attnum > 0 AND NOT attisdropped
ORDER BY attnum
--= oid:26 typarray:26 attname:19 atttypid:26
