SELECT set_config('TimeZone', 'UTC', false)
--= set_config:25
--;
SELECT
        c.relname,
        CASE
        WHEN c.relispartition THEN 'p'
        WHEN c.relkind IN ('m', 'v') THEN 'v'
        ELSE 't'
        END,
        obj_description(c.oid, 'pg_class')
        FROM pg_catalog.pg_class c
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('f', 'm', 'p', 'r', 'v')
        AND n.nspname NOT IN ('pg_catalog', 'pg_toast')
        AND pg_catalog.pg_table_is_visible(c.oid)
--= relname:19 case:25 obj_description:25
--;
SELECT a1.attname, c2.relname, a2.attname
        FROM pg_constraint con
        LEFT JOIN pg_class c1 ON con.conrelid = c1.oid
        LEFT JOIN pg_class c2 ON con.confrelid = c2.oid
        LEFT JOIN
        pg_attribute a1 ON c1.oid = a1.attrelid AND a1.attnum = con.conkey[1]
        LEFT JOIN
        pg_attribute a2 ON c2.oid = a2.attrelid AND a2.attnum = con.confkey[1]
        WHERE
        c1.relname = 'big_orders' AND
        con.contype = 'f' AND
        c1.relnamespace = c2.relnamespace AND
        pg_catalog.pg_table_is_visible(c1.oid)
--= attname:19 relname:19 attname:19
--;
SELECT
        c.conname,
        array(
        SELECT attname
        FROM unnest(c.conkey) WITH ORDINALITY cols(colid, arridx)
        JOIN pg_attribute AS ca ON cols.colid = ca.attnum
        WHERE ca.attrelid = c.conrelid
        ORDER BY cols.arridx
        ),
        c.contype,
        (SELECT fkc.relname || '.' || fka.attname
        FROM pg_attribute AS fka
        JOIN pg_class AS fkc ON fka.attrelid = fkc.oid
        WHERE fka.attrelid = c.confrelid AND fka.attnum = c.confkey[1]),
        cl.reloptions
        FROM pg_constraint AS c
        JOIN pg_class AS cl ON c.conrelid = cl.oid
        WHERE cl.relname = 'big_orders' AND pg_catalog.pg_table_is_visible(cl.oid)
--= conname:19 array:1003 contype:18 ?column?:25 reloptions:1009
--;
SELECT
        indexname,
        array_agg(attname ORDER BY arridx),
        indisunique,
        indisprimary,
        array_agg(ordering ORDER BY arridx),
        amname,
        exprdef,
        s2.attoptions
        FROM (
        SELECT
        c2.relname as indexname, idx.*, attr.attname, am.amname,
        CASE
        WHEN idx.indexprs IS NOT NULL THEN
        pg_get_indexdef(idx.indexrelid)
        END AS exprdef,
        CASE am.amname
        WHEN 'btree' THEN
        CASE (option & 1)
        WHEN 1 THEN 'DESC' ELSE 'ASC'
        END
        END as ordering,
        c2.reloptions as attoptions
        FROM (
        SELECT *
        FROM
        pg_index i,
        unnest(i.indkey, i.indoption)
        WITH ORDINALITY koi(key, option, arridx)
        ) idx
        LEFT JOIN pg_class c ON idx.indrelid = c.oid
        LEFT JOIN pg_class c2 ON idx.indexrelid = c2.oid
        LEFT JOIN pg_am am ON c2.relam = am.oid
        LEFT JOIN
        pg_attribute attr ON attr.attrelid = c.oid AND attr.attnum = idx.key
        WHERE c.relname = 'big_orders' AND pg_catalog.pg_table_is_visible(c.oid)
        ) s2
        GROUP BY indexname, indisunique, indisprimary, amname, exprdef, attoptions
--= indexname:19 array_agg:1003 indisunique:16 indisprimary:16 array_agg:1009 amname:19 exprdef:25 attoptions:1009
--;
SELECT
        a.attname AS column_name,
        NOT (a.attnotnull OR (t.typtype = 'd' AND t.typnotnull)) AS is_nullable,
        pg_get_expr(ad.adbin, ad.adrelid) AS column_default,
        CASE WHEN collname = 'default' THEN NULL ELSE collname END AS collation,
        a.attidentity != '' AS is_autofield,
        col_description(a.attrelid, a.attnum) AS column_comment
        FROM pg_attribute a
        LEFT JOIN pg_attrdef ad ON a.attrelid = ad.adrelid AND a.attnum = ad.adnum
        LEFT JOIN pg_collation co ON a.attcollation = co.oid
        JOIN pg_type t ON a.atttypid = t.oid
        JOIN pg_class c ON a.attrelid = c.oid
        JOIN pg_namespace n ON c.relnamespace = n.oid
        WHERE c.relkind IN ('f', 'm', 'p', 'r', 'v')
        AND c.relname = 'big_orders'
        AND n.nspname NOT IN ('pg_catalog', 'pg_toast')
        AND pg_catalog.pg_table_is_visible(c.oid)
--= column_name:19 is_nullable:16 column_default:25 collation:19 is_autofield:16 column_comment:25
--;
SELECT * FROM "big_orders" LIMIT 1
--= o_orderkey:20 o_custkey:20 o_orderstatus:1043 o_totalprice:1700 o_orderdate:1082 o_orderpriority:1043 o_clerk:1043 o_shippriority:23 o_comment:1043 o_orderyear:23
--;
SELECT a1.attname, c2.relname, a2.attname
        FROM pg_constraint con
        LEFT JOIN pg_class c1 ON con.conrelid = c1.oid
        LEFT JOIN pg_class c2 ON con.confrelid = c2.oid
        LEFT JOIN
        pg_attribute a1 ON c1.oid = a1.attrelid AND a1.attnum = con.conkey[1]
        LEFT JOIN
        pg_attribute a2 ON c2.oid = a2.attrelid AND a2.attnum = con.confkey[1]
        WHERE
        c1.relname = 'child' AND
        con.contype = 'f' AND
        c1.relnamespace = c2.relnamespace AND
        pg_catalog.pg_table_is_visible(c1.oid)
--= attname:19 relname:19 attname:19
--;
SELECT
        c.conname,
        array(
        SELECT attname
        FROM unnest(c.conkey) WITH ORDINALITY cols(colid, arridx)
        JOIN pg_attribute AS ca ON cols.colid = ca.attnum
        WHERE ca.attrelid = c.conrelid
        ORDER BY cols.arridx
        ),
        c.contype,
        (SELECT fkc.relname || '.' || fka.attname
        FROM pg_attribute AS fka
        JOIN pg_class AS fkc ON fka.attrelid = fkc.oid
        WHERE fka.attrelid = c.confrelid AND fka.attnum = c.confkey[1]),
        cl.reloptions
        FROM pg_constraint AS c
        JOIN pg_class AS cl ON c.conrelid = cl.oid
        WHERE cl.relname = 'child' AND pg_catalog.pg_table_is_visible(cl.oid)
--= conname:19 array:1003 contype:18 ?column?:25 reloptions:1009
--;
SELECT
        indexname,
        array_agg(attname ORDER BY arridx),
        indisunique,
        indisprimary,
        array_agg(ordering ORDER BY arridx),
        amname,
        exprdef,
        s2.attoptions
        FROM (
        SELECT
        c2.relname as indexname, idx.*, attr.attname, am.amname,
        CASE
        WHEN idx.indexprs IS NOT NULL THEN
        pg_get_indexdef(idx.indexrelid)
        END AS exprdef,
        CASE am.amname
        WHEN 'btree' THEN
        CASE (option & 1)
        WHEN 1 THEN 'DESC' ELSE 'ASC'
        END
        END as ordering,
        c2.reloptions as attoptions
        FROM (
        SELECT *
        FROM
        pg_index i,
        unnest(i.indkey, i.indoption)
        WITH ORDINALITY koi(key, option, arridx)
        ) idx
        LEFT JOIN pg_class c ON idx.indrelid = c.oid
        LEFT JOIN pg_class c2 ON idx.indexrelid = c2.oid
        LEFT JOIN pg_am am ON c2.relam = am.oid
        LEFT JOIN
        pg_attribute attr ON attr.attrelid = c.oid AND attr.attnum = idx.key
        WHERE c.relname = 'child' AND pg_catalog.pg_table_is_visible(c.oid)
        ) s2
        GROUP BY indexname, indisunique, indisprimary, amname, exprdef, attoptions
--= indexname:19 array_agg:1003 indisunique:16 indisprimary:16 array_agg:1009 amname:19 exprdef:25 attoptions:1009
--;
SELECT
        a.attname AS column_name,
        NOT (a.attnotnull OR (t.typtype = 'd' AND t.typnotnull)) AS is_nullable,
        pg_get_expr(ad.adbin, ad.adrelid) AS column_default,
        CASE WHEN collname = 'default' THEN NULL ELSE collname END AS collation,
        a.attidentity != '' AS is_autofield,
        col_description(a.attrelid, a.attnum) AS column_comment
        FROM pg_attribute a
        LEFT JOIN pg_attrdef ad ON a.attrelid = ad.adrelid AND a.attnum = ad.adnum
        LEFT JOIN pg_collation co ON a.attcollation = co.oid
        JOIN pg_type t ON a.atttypid = t.oid
        JOIN pg_class c ON a.attrelid = c.oid
        JOIN pg_namespace n ON c.relnamespace = n.oid
        WHERE c.relkind IN ('f', 'm', 'p', 'r', 'v')
        AND c.relname = 'child'
        AND n.nspname NOT IN ('pg_catalog', 'pg_toast')
        AND pg_catalog.pg_table_is_visible(c.oid)
--= column_name:19 is_nullable:16 column_default:25 collation:19 is_autofield:16 column_comment:25
--;
SELECT * FROM "customer" LIMIT 1
--= c_custkey:20 c_name:1043 c_address:1043 c_nationkey:20 c_phone:1043 c_acctbal:1700 c_mktsegment:1043 c_comment:1043
--;
SELECT * FROM "lineitem" LIMIT 1
--= l_orderkey:20 l_partkey:20 l_suppkey:20 l_linenumber:23 l_quantity:1700 l_extendedprice:1700 l_discount:1700 l_tax:1700 l_returnflag:1043 l_linestatus:1043 l_shipdate:1082 l_commitdate:1082 l_receiptdate:1082 l_shipinstruct:1043 l_shipmode:1043 l_comment:1043
--;
SELECT * FROM "nation" LIMIT 1
--= n_nationkey:20 n_name:1043 n_regionkey:20 n_comment:1043
--;
SELECT * FROM "orders" LIMIT 1
--= o_orderkey:20 o_custkey:20 o_orderstatus:1043 o_totalprice:1700 o_orderdate:1082 o_orderpriority:1043 o_clerk:1043 o_shippriority:23 o_comment:1043 o_orderyear:23
--;
SELECT * FROM "part" LIMIT 1
--= p_partkey:20 p_name:1043 p_mfgr:1043 p_brand:1043 p_type:1043 p_size:23 p_container:1043 p_retailprice:1700 p_comment:1043
--;
SELECT * FROM "partsupp" LIMIT 1
--= ps_partkey:20 ps_suppkey:20 ps_availqty:23 ps_supplycost:1700 ps_comment:1043
--;
SELECT * FROM "products" LIMIT 1
--= id:20 name:1043 price:701 in_stock:16 added:1082 note:1043
--;
SELECT * FROM "region" LIMIT 1
--= r_regionkey:20 r_name:1043 r_comment:1043
--;
SELECT * FROM "supplier" LIMIT 1
--= s_suppkey:20 s_name:1043 s_address:1043 s_nationkey:20 s_phone:1043 s_acctbal:1700 s_comment:1043
--;
SELECT * FROM "web_logs" LIMIT 1
--= request_id:1043 time:1114 status:20 bytes:20 duration_ms:701 method:1043 path:1043 client:114 tags:1009 secure:16 user:1043 year:23 month:23 day:23
--~ request_id:1043 time:1114 status:20 bytes:20 duration_ms:701 method:1043 path:1043 client:114 tags:1015 secure:16 user:1043 year:23 month:23 day:23
--;
SELECT
        s.relname AS sequence_name,
        a.attname AS colname
        FROM
        pg_class s
        JOIN pg_depend d ON d.objid = s.oid
        AND d.classid = 'pg_class'::regclass
        AND d.refclassid = 'pg_class'::regclass
        JOIN pg_attribute a ON d.refobjid = a.attrelid
        AND d.refobjsubid = a.attnum
        JOIN pg_class tbl ON tbl.oid = d.refobjid
        AND tbl.relname = 'orders'
        AND pg_catalog.pg_table_is_visible(tbl.oid)
        WHERE
        s.relkind = 'S'
--= sequence_name:19 colname:19
