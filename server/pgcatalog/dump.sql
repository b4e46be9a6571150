-- Facts about PostgreSQL 15's own catalog, in files that pgcatalog embeds.
-- Run in data/, against a fresh PostgreSQL 15: psql -X -At -F $'\t' -f ../dump.sql
\o columns.tsv
select n.nspname, c.relname, c.oid, c.relkind, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, c.reltype, coalesce(t.typarray, 0)
from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid left join pg_type t on t.oid = c.reltype
where n.nspname in ('pg_catalog', 'information_schema') and c.relkind in ('r', 'v') and a.attnum > 0
  and c.relname not like '\_pg\_%'
order by n.nspname collate "C", c.relname collate "C", a.attnum;
\o types.tsv
select t.oid, t.typname, t.typlen, t.typbyval, t.typtype, t.typcategory, t.typispreferred, t.typdelim, t.typelem, t.typarray,
  t.typinput, t.typoutput, t.typreceive, t.typsend, t.typmodin, t.typmodout, t.typalign, t.typstorage, t.typcollation, t.typsubscript,
  coalesce(obj_description(t.oid, 'pg_type'), '')
from pg_type t join pg_namespace n on n.oid = t.typnamespace
where n.nspname = 'pg_catalog' and (t.typtype in ('b', 'p', 'r', 'm')) and t.typrelid = 0
  and t.typname not in (select '_' || relname from pg_class) order by t.oid;
\o keys.tsv
select c.relname, string_agg(a.attname, ' ' order by a.attnum)
from pg_index i join pg_class c on c.oid = i.indrelid join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
where i.indisunique and c.relnamespace = 'pg_catalog'::regnamespace and i.indexprs is null and i.indpred is null
group by c.relname, i.indexrelid order by c.relname collate "C", i.indexrelid;
\o procs.tsv
select oid, proname, prokind, proargtypes, prorettype, proretset, provolatile, proisstrict, provariadic, coalesce(proargnames, '{}'),
  coalesce(proallargtypes, '{}'), coalesce(proargmodes, '{}'), pronargdefaults, proleakproof, proparallel
from pg_proc where pronamespace = 'pg_catalog'::regnamespace order by oid;
\o operators.tsv
select oid, oprname, oprkind, oprcanmerge, oprcanhash, oprleft, oprright, oprresult, oprcom, oprnegate, oprcode::oid, oprrest::oid, oprjoin::oid
from pg_operator order by oid;
\o casts.tsv
select oid, castsource, casttarget, castfunc, castcontext, castmethod from pg_cast order by oid;
\o zones.tsv
select name from pg_timezone_names where name not like 'posix%' order by name collate "C";
\pset null '\\N'
\o rows/pg_catalog.pg_range.tsv
select rngtypid, rngsubtype, rngmultitypid, rngcollation, rngsubopc, rngcanonical, rngsubdiff from pg_range order by 1;
\o rows/pg_catalog.pg_timezone_abbrevs.tsv
select abbrev, utc_offset, is_dst from pg_timezone_abbrevs order by abbrev collate "C";
\o rows/information_schema.sql_features.tsv
select * from information_schema.sql_features order by 1, 3;
\o rows/information_schema.sql_implementation_info.tsv
select * from information_schema.sql_implementation_info order by 1;
\o rows/information_schema.sql_parts.tsv
select * from information_schema.sql_parts order by 1;
\o rows/information_schema.sql_sizing.tsv
select * from information_schema.sql_sizing order by 1;
\pset null ''
