SELECT pg_catalog.set_config('search_path', '', false)
--= set_config:25
--;
SELECT pg_catalog.pg_is_in_recovery()
--= pg_is_in_recovery:16
--;
SET DATESTYLE = ISO
--;
SET INTERVALSTYLE = POSTGRES
--;
SET extra_float_digits TO 3
--;
SET synchronize_seqscans TO off
--;
SET statement_timeout = 0
--;
SET lock_timeout = 0
--;
SET idle_in_transaction_session_timeout = 0
--;
SET row_security = off
--;
SELECT set_config(name, 'view, foreign-table', false) FROM pg_settings WHERE name = 'restrict_nonsystem_relation_kind'
--= set_config:25
--;
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY
--;
SELECT oid, rolname FROM pg_catalog.pg_roles ORDER BY 1
--= oid:26 rolname:19
--;
SELECT x.tableoid, x.oid, x.extname, n.nspname, x.extrelocatable, x.extversion, x.extconfig, x.extcondition FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace
--= tableoid:26 oid:26 extname:19 nspname:19 extrelocatable:16 extversion:25 extconfig:1028 extcondition:1009
--;
SELECT classid, objid, refobjid FROM pg_depend WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e' ORDER BY 3
--= classid:26 objid:26 refobjid:26
--;
SELECT n.tableoid, n.oid, n.nspname, n.nspowner, n.nspacl, acldefault('n', n.nspowner) AS acldefault FROM pg_namespace n
--= tableoid:26 oid:26 nspname:19 nspowner:26 nspacl:1034 acldefault:1034
--~ tableoid:26 oid:26 nspname:19 nspowner:26 nspacl:1009 acldefault:1009
--;
SELECT c.tableoid, c.oid, c.relname, c.relnamespace, c.relkind, c.reltype, c.relowner, c.relchecks, c.relhasindex, c.relhasrules, c.relpages, c.relhastriggers, c.relpersistence, c.reloftype, c.relacl, acldefault(CASE WHEN c.relkind = 'S' THEN 's'::"char" ELSE 'r'::"char" END, c.relowner) AS acldefault, CASE WHEN c.relkind = 'f' THEN (SELECT ftserver FROM pg_catalog.pg_foreign_table WHERE ftrelid = c.oid) ELSE 0 END AS foreignserver, c.relfrozenxid, tc.relfrozenxid AS tfrozenxid, tc.oid AS toid, tc.relpages AS toastpages, tc.reloptions AS toast_reloptions, d.refobjid AS owning_tab, d.refobjsubid AS owning_col, tsp.spcname AS reltablespace, false AS relhasoids, c.relispopulated, c.relreplident, c.relrowsecurity, c.relforcerowsecurity, c.relminmxid, tc.relminmxid AS tminmxid, array_remove(array_remove(c.reloptions,'check_option=local'),'check_option=cascaded') AS reloptions, CASE WHEN 'check_option=local' = ANY (c.reloptions) THEN 'LOCAL'::text WHEN 'check_option=cascaded' = ANY (c.reloptions) THEN 'CASCADED'::text ELSE NULL END AS checkoption, am.amname, (d.deptype = 'i') IS TRUE AS is_identity_sequence, c.relispartition AS ispartition
FROM pg_class c
LEFT JOIN pg_depend d ON (c.relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0 AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i'))
LEFT JOIN pg_tablespace tsp ON (tsp.oid = c.reltablespace)
LEFT JOIN pg_am am ON (c.relam = am.oid)
LEFT JOIN pg_class tc ON (c.reltoastrelid = tc.oid AND tc.relkind = 't' AND c.relkind <> 'p')
WHERE c.relkind IN ('r', 'S', 'v', 'c', 'm', 'f', 'p')
ORDER BY c.oid
--= tableoid:26 oid:26 relname:19 relnamespace:26 relkind:18 reltype:26 relowner:26 relchecks:21 relhasindex:16 relhasrules:16 relpages:23 relhastriggers:16 relpersistence:18 reloftype:26 relacl:1034 acldefault:1034 foreignserver:26 relfrozenxid:28 tfrozenxid:28 toid:26 toastpages:23 toast_reloptions:1009 owning_tab:26 owning_col:23 reltablespace:19 relhasoids:16 relispopulated:16 relreplident:18 relrowsecurity:16 relforcerowsecurity:16 relminmxid:28 tminmxid:28 reloptions:1009 checkoption:25 amname:19 is_identity_sequence:16 ispartition:16
--~ tableoid:26 oid:26 relname:19 relnamespace:26 relkind:18 reltype:26 relowner:26 relchecks:21 relhasindex:16 relhasrules:16 relpages:23 relhastriggers:16 relpersistence:18 reloftype:26 relacl:1009 acldefault:1009 foreignserver:26 relfrozenxid:28 tfrozenxid:28 toid:26 toastpages:23 toast_reloptions:1009 owning_tab:26 owning_col:23 reltablespace:19 relhasoids:16 relispopulated:16 relreplident:18 relrowsecurity:16 relforcerowsecurity:16 relminmxid:28 tminmxid:28 reloptions:1009 checkoption:25 amname:19 is_identity_sequence:16 ispartition:16
--;
BEGIN; LOCK TABLE demo.orders IN ACCESS SHARE MODE; COMMIT
--;
SELECT p.tableoid, p.oid, p.proname, p.prolang, p.pronargs, p.proargtypes, p.prorettype, p.proacl, acldefault('f', p.proowner) AS acldefault, p.pronamespace, p.proowner FROM pg_proc p LEFT JOIN pg_init_privs pip ON (p.oid = pip.objoid AND pip.classoid = 'pg_proc'::regclass AND pip.objsubid = 0) WHERE p.prokind <> 'a'
  AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'i')
  AND (
  pronamespace != (SELECT oid FROM pg_namespace WHERE nspname = 'pg_catalog')
  OR EXISTS (SELECT 1 FROM pg_cast
  WHERE pg_cast.oid > 16383
  AND p.oid = pg_cast.castfunc)
  OR EXISTS (SELECT 1 FROM pg_transform
  WHERE pg_transform.oid > 16383 AND
  (p.oid = pg_transform.trffromsql
  OR p.oid = pg_transform.trftosql))
  OR p.proacl IS DISTINCT FROM pip.initprivs)
--= tableoid:26 oid:26 proname:19 prolang:26 pronargs:21 proargtypes:30 prorettype:26 proacl:1034 acldefault:1034 pronamespace:26 proowner:26
--~ tableoid:26 oid:26 proname:19 prolang:26 pronargs:21 proargtypes:30 prorettype:26 proacl:1009 acldefault:1009 pronamespace:26 proowner:26
--;
SELECT tableoid, oid, typname, typnamespace, typacl, acldefault('T', typowner) AS acldefault, typowner, typelem, typrelid, CASE WHEN typrelid = 0 THEN ' '::"char" ELSE (SELECT relkind FROM pg_class WHERE oid = typrelid) END AS typrelkind, typtype, typisdefined, typname[0] = '_' AND typelem != 0 AND (SELECT typarray FROM pg_type te WHERE oid = pg_type.typelem) = oid AS isarray FROM pg_type
--= tableoid:26 oid:26 typname:19 typnamespace:26 typacl:1034 acldefault:1034 typowner:26 typelem:26 typrelid:26 typrelkind:18 typtype:18 typisdefined:16 isarray:16
--! 42883 function subscript(name, integer) does not exist
--;
PREPARE getDomainConstraints(pg_catalog.oid) AS
SELECT tableoid, oid, conname, pg_catalog.pg_get_constraintdef(oid) AS consrc, convalidated FROM pg_catalog.pg_constraint WHERE contypid = $1 ORDER BY conname
--;
EXECUTE getDomainConstraints('99999999')
--= tableoid:26 oid:26 conname:19 consrc:25 convalidated:16
--;
SELECT tableoid, oid, lanname, lanpltrusted, lanplcallfoid, laninline, lanvalidator, lanacl, acldefault('l', lanowner) AS acldefault, lanowner FROM pg_language WHERE lanispl ORDER BY oid
--= tableoid:26 oid:26 lanname:19 lanpltrusted:16 lanplcallfoid:26 laninline:26 lanvalidator:26 lanacl:1034 acldefault:1034 lanowner:26
--~ tableoid:26 oid:26 lanname:19 lanpltrusted:16 lanplcallfoid:26 laninline:26 lanvalidator:26 lanacl:1009 acldefault:1009 lanowner:26
--;
SELECT p.tableoid, p.oid, p.proname AS aggname, p.pronamespace AS aggnamespace, p.pronargs, p.proargtypes, p.proowner, p.proacl AS aggacl, acldefault('f', p.proowner) AS acldefault FROM pg_proc p LEFT JOIN pg_init_privs pip ON (p.oid = pip.objoid AND pip.classoid = 'pg_proc'::regclass AND pip.objsubid = 0) WHERE p.prokind = 'a' AND (p.pronamespace != (SELECT oid FROM pg_namespace WHERE nspname = 'pg_catalog') OR p.proacl IS DISTINCT FROM pip.initprivs)
--= tableoid:26 oid:26 aggname:19 aggnamespace:26 pronargs:21 proargtypes:30 proowner:26 aggacl:1034 acldefault:1034
--~ tableoid:26 oid:26 aggname:19 aggnamespace:26 pronargs:21 proargtypes:30 proowner:26 aggacl:1009 acldefault:1009
--;
SELECT tableoid, oid, oprname, oprnamespace, oprowner, oprkind, oprleft, oprright, oprcode::oid AS oprcode FROM pg_operator
--= tableoid:26 oid:26 oprname:19 oprnamespace:26 oprowner:26 oprkind:18 oprleft:26 oprright:26 oprcode:26
--;
SELECT tableoid, oid, amname, amtype, amhandler::pg_catalog.regproc AS amhandler FROM pg_am
--= tableoid:26 oid:26 amname:19 amtype:18 amhandler:24
--;
SELECT tableoid, oid, opcmethod, opcname, opcnamespace, opcowner FROM pg_opclass
--= tableoid:26 oid:26 opcmethod:26 opcname:19 opcnamespace:26 opcowner:26
--;
SELECT tableoid, oid, opfmethod, opfname, opfnamespace, opfowner FROM pg_opfamily
--= tableoid:26 oid:26 opfmethod:26 opfname:19 opfnamespace:26 opfowner:26
--;
SELECT tableoid, oid, prsname, prsnamespace, prsstart::oid, prstoken::oid, prsend::oid, prsheadline::oid, prslextype::oid FROM pg_ts_parser
--= tableoid:26 oid:26 prsname:19 prsnamespace:26 prsstart:26 prstoken:26 prsend:26 prsheadline:26 prslextype:26
--;
SELECT tableoid, oid, tmplname, tmplnamespace, tmplinit::oid, tmpllexize::oid FROM pg_ts_template
--= tableoid:26 oid:26 tmplname:19 tmplnamespace:26 tmplinit:26 tmpllexize:26
--;
SELECT tableoid, oid, dictname, dictnamespace, dictowner, dicttemplate, dictinitoption FROM pg_ts_dict
--= tableoid:26 oid:26 dictname:19 dictnamespace:26 dictowner:26 dicttemplate:26 dictinitoption:25
--;
SELECT tableoid, oid, cfgname, cfgnamespace, cfgowner, cfgparser FROM pg_ts_config
--= tableoid:26 oid:26 cfgname:19 cfgnamespace:26 cfgowner:26 cfgparser:26
--;
SELECT tableoid, oid, fdwname, fdwowner, fdwhandler::pg_catalog.regproc, fdwvalidator::pg_catalog.regproc, fdwacl, acldefault('F', fdwowner) AS acldefault, array_to_string(ARRAY(SELECT quote_ident(option_name) || ' ' || quote_literal(option_value) FROM pg_options_to_table(fdwoptions) ORDER BY option_name), E',
    ') AS fdwoptions FROM pg_foreign_data_wrapper
--= tableoid:26 oid:26 fdwname:19 fdwowner:26 fdwhandler:24 fdwvalidator:24 fdwacl:1034 acldefault:1034 fdwoptions:25
--~ tableoid:26 oid:26 fdwname:19 fdwowner:26 fdwhandler:24 fdwvalidator:24 fdwacl:1009 acldefault:1009 fdwoptions:25
--;
SELECT tableoid, oid, srvname, srvowner, srvfdw, srvtype, srvversion, srvacl, acldefault('S', srvowner) AS acldefault, array_to_string(ARRAY(SELECT quote_ident(option_name) || ' ' || quote_literal(option_value) FROM pg_options_to_table(srvoptions) ORDER BY option_name), E',
    ') AS srvoptions FROM pg_foreign_server
--= tableoid:26 oid:26 srvname:19 srvowner:26 srvfdw:26 srvtype:25 srvversion:25 srvacl:1034 acldefault:1034 srvoptions:25
--~ tableoid:26 oid:26 srvname:19 srvowner:26 srvfdw:26 srvtype:25 srvversion:25 srvacl:1009 acldefault:1009 srvoptions:25
--;
SELECT oid, tableoid, defaclrole, defaclnamespace, defaclobjtype, defaclacl, CASE WHEN defaclnamespace = 0 THEN acldefault(CASE WHEN defaclobjtype = 'S' THEN 's'::"char" ELSE defaclobjtype END, defaclrole) ELSE '{}' END AS acldefault FROM pg_default_acl
--= oid:26 tableoid:26 defaclrole:26 defaclnamespace:26 defaclobjtype:18 defaclacl:1034 acldefault:1034
--~ oid:26 tableoid:26 defaclrole:26 defaclnamespace:26 defaclobjtype:18 defaclacl:1009 acldefault:1009
--;
SELECT tableoid, oid, collname, collnamespace, collowner, collencoding FROM pg_collation
--= tableoid:26 oid:26 collname:19 collnamespace:26 collowner:26 collencoding:23
--;
SELECT tableoid, oid, conname, connamespace, conowner FROM pg_conversion
--= tableoid:26 oid:26 conname:19 connamespace:26 conowner:26
--;
SELECT tableoid, oid, castsource, casttarget, castfunc, castcontext, castmethod FROM pg_cast c WHERE NOT EXISTS ( SELECT 1 FROM pg_range r WHERE c.castsource = r.rngtypid AND c.casttarget = r.rngmultitypid ) ORDER BY 3,4
--= tableoid:26 oid:26 castsource:26 casttarget:26 castfunc:26 castcontext:18 castmethod:18
--;
SELECT tableoid, oid, trftype, trflang, trffromsql::oid, trftosql::oid FROM pg_transform ORDER BY 3,4
--= tableoid:26 oid:26 trftype:26 trflang:26 trffromsql:26 trftosql:26
--;
SELECT inhrelid, inhparent FROM pg_inherits
--= inhrelid:26 inhparent:26
--;
SELECT e.tableoid, e.oid, evtname, evtenabled, evtevent, evtowner, array_to_string(array(select quote_literal(x)  from unnest(evttags) as t(x)), ', ') as evttags, e.evtfoid::regproc as evtfname FROM pg_event_trigger e ORDER BY e.oid
--= tableoid:26 oid:26 evtname:19 evtenabled:18 evtevent:19 evtowner:26 evttags:25 evtfname:24
--;
SELECT conrelid, confrelid FROM pg_constraint JOIN pg_depend ON (objid = confrelid) WHERE contype = 'f' AND refclassid = 'pg_extension'::regclass AND classid = 'pg_class'::regclass
--= conrelid:26 confrelid:26
--;
SELECT
a.attrelid,
a.attnum,
a.attname,
a.atttypmod,
a.attstattarget,
a.attstorage,
t.typstorage,
a.attnotnull,
a.atthasdef,
a.attisdropped,
a.attlen,
a.attalign,
a.attislocal,
pg_catalog.format_type(t.oid, a.atttypmod) AS atttypname,
array_to_string(ARRAY(
  SELECT o FROM unnest(a.attoptions) o
  WHERE substr(o, 1, 10) <> 'pg_attver='
), ', ') AS attoptions,
(
  SELECT substr(o, 10 + 1)
  FROM unnest(a.attoptions) o
  WHERE substr(o, 1, 10) = 'pg_attver='
) AS attversion,
CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation ELSE 0 END AS attcollation,
pg_catalog.array_to_string(ARRAY(SELECT pg_catalog.quote_ident(option_name) || ' ' || pg_catalog.quote_literal(option_value) FROM pg_catalog.pg_options_to_table(attfdwoptions) ORDER BY option_name), E',
    ') AS attfdwoptions,
a.attcompression AS attcompression,
a.attidentity,
CASE WHEN a.atthasmissing AND NOT a.attisdropped THEN a.attmissingval ELSE null END AS attmissingval,
a.attgenerated
FROM unnest('{16486,<lineitem>,<nation>,<orders>,<part>,<partsupp>,<products>,<region>,<supplier>,<big_orders>,99999999,99999999,99999999,99999999,99999999,99999999,99999999,<web_logs>}'::pg_catalog.oid[]) AS src(tbloid)
JOIN pg_catalog.pg_attribute a ON (src.tbloid = a.attrelid) LEFT JOIN pg_catalog.pg_type t ON (a.atttypid = t.oid)
WHERE a.attnum > 0::pg_catalog.int2
ORDER BY a.attrelid, a.attnum
--= attrelid:26 attnum:21 attname:19 atttypmod:23 attstattarget:23 attstorage:18 typstorage:18 attnotnull:16 atthasdef:16 attisdropped:16 attlen:21 attalign:18 attislocal:16 atttypname:25 attoptions:25 attversion:25 attcollation:26 attfdwoptions:25 attcompression:18 attidentity:18 attmissingval:2277 attgenerated:18
--~ attrelid:26 attnum:21 attname:19 atttypmod:23 attstattarget:23 attstorage:18 typstorage:18 attnotnull:16 atthasdef:16 attisdropped:16 attlen:21 attalign:18 attislocal:16 atttypname:25 attoptions:25 attversion:25 attcollation:26 attfdwoptions:25 attcompression:18 attidentity:18 attmissingval:25 attgenerated:18
--;
SELECT a.tableoid, a.oid, adrelid, adnum, pg_catalog.pg_get_expr(adbin, adrelid) AS adsrc
FROM unnest('{16582}'::pg_catalog.oid[]) AS src(tbloid)
JOIN pg_catalog.pg_attrdef a ON (src.tbloid = a.adrelid)
ORDER BY a.adrelid, a.adnum
--= tableoid:26 oid:26 adrelid:26 adnum:21 adsrc:25
--;
SELECT c.tableoid, c.oid, conrelid, conname, pg_catalog.pg_get_constraintdef(c.oid) AS consrc, conislocal, convalidated FROM unnest('{16501}'::pg_catalog.oid[]) AS src(tbloid)
JOIN pg_catalog.pg_constraint c ON (src.tbloid = c.conrelid)
WHERE contype = 'c' ORDER BY c.conrelid, c.conname
--= tableoid:26 oid:26 conrelid:26 conname:19 consrc:25 conislocal:16 convalidated:16
--;
SELECT t.tableoid, t.oid, i.indrelid, t.relname AS indexname, pg_catalog.pg_get_indexdef(i.indexrelid) AS indexdef, i.indkey, i.indisclustered, c.contype, c.conname, c.condeferrable, c.condeferred, c.tableoid AS contableoid, c.oid AS conoid, pg_catalog.pg_get_constraintdef(c.oid, false) AS condef, (SELECT spcname FROM pg_catalog.pg_tablespace s WHERE s.oid = t.reltablespace) AS tablespace, t.reloptions AS indreloptions, i.indisreplident, inh.inhparent AS parentidx, i.indnkeyatts AS indnkeyatts, i.indnatts AS indnatts, (SELECT pg_catalog.array_agg(attnum ORDER BY attnum)   FROM pg_catalog.pg_attribute   WHERE attrelid = i.indexrelid AND     attstattarget >= 0) AS indstatcols, (SELECT pg_catalog.array_agg(attstattarget ORDER BY attnum)   FROM pg_catalog.pg_attribute   WHERE attrelid = i.indexrelid AND     attstattarget >= 0) AS indstatvals, i.indnullsnotdistinct FROM unnest('{16486,<orders>}'::pg_catalog.oid[]) AS src(tbloid)
JOIN pg_catalog.pg_index i ON (src.tbloid = i.indrelid) JOIN pg_catalog.pg_class t ON (t.oid = i.indexrelid) JOIN pg_catalog.pg_class t2 ON (t2.oid = i.indrelid) LEFT JOIN pg_catalog.pg_constraint c ON (i.indrelid = c.conrelid AND i.indexrelid = c.conindid AND c.contype IN ('p','u','x')) LEFT JOIN pg_catalog.pg_inherits inh ON (inh.inhrelid = indexrelid) WHERE (i.indisvalid OR t2.relkind = 'p') AND i.indisready ORDER BY i.indrelid, indexname
--= tableoid:26 oid:26 indrelid:26 indexname:19 indexdef:25 indkey:22 indisclustered:16 contype:18 conname:19 condeferrable:16 condeferred:16 contableoid:26 conoid:26 condef:25 tablespace:19 indreloptions:1009 indisreplident:16 parentidx:26 indnkeyatts:21 indnatts:21 indstatcols:1005 indstatvals:1007 indnullsnotdistinct:16
--;
SELECT tableoid, oid, stxname, stxnamespace, stxowner, stxrelid, stxstattarget FROM pg_catalog.pg_statistic_ext
--= tableoid:26 oid:26 stxname:19 stxnamespace:26 stxowner:26 stxrelid:26 stxstattarget:23
--;
SELECT c.tableoid, c.oid, conrelid, conname, confrelid, conindid, pg_catalog.pg_get_constraintdef(c.oid) AS condef
FROM unnest('{16486,<orders>,99999999}'::pg_catalog.oid[]) AS src(tbloid)
JOIN pg_catalog.pg_constraint c ON (src.tbloid = c.conrelid)
WHERE contype = 'f' AND conparentid = 0 ORDER BY conrelid, conname
--= tableoid:26 oid:26 conrelid:26 conname:19 confrelid:26 conindid:26 condef:25
--;
SELECT t.tgrelid, t.tgname, t.tgfoid::pg_catalog.regproc AS tgfname, pg_catalog.pg_get_triggerdef(t.oid, false) AS tgdef, t.tgenabled, t.tableoid, t.oid, t.tgparentid <> 0 AS tgispartition
FROM unnest('{16486,<orders>}'::pg_catalog.oid[]) AS src(tbloid)
JOIN pg_catalog.pg_trigger t ON (src.tbloid = t.tgrelid) LEFT JOIN pg_catalog.pg_trigger u ON (u.oid = t.tgparentid) WHERE ((NOT t.tgisinternal AND t.tgparentid = 0) OR t.tgenabled != u.tgenabled) ORDER BY t.tgrelid, t.tgname
--= tgrelid:26 tgname:19 tgfname:24 tgdef:25 tgenabled:18 tableoid:26 oid:26 tgispartition:16
--;
SELECT tableoid, oid, rulename, ev_class AS ruletable, ev_type, is_instead, ev_enabled FROM pg_rewrite ORDER BY oid
--= tableoid:26 oid:26 rulename:19 ruletable:26 ev_type:18 is_instead:16 ev_enabled:18
--;
SELECT pol.oid, pol.tableoid, pol.polrelid, pol.polname, pol.polcmd, pol.polpermissive, CASE WHEN pol.polroles = '{0}' THEN NULL ELSE    pg_catalog.array_to_string(ARRAY(SELECT pg_catalog.quote_ident(rolname) from pg_catalog.pg_roles WHERE oid = ANY(pol.polroles)), ', ') END AS polroles, pg_catalog.pg_get_expr(pol.polqual, pol.polrelid) AS polqual, pg_catalog.pg_get_expr(pol.polwithcheck, pol.polrelid) AS polwithcheck FROM unnest('{16486,<lineitem>,<nation>,<orders>,<part>,<partsupp>,<products>,<region>,<supplier>,99999999,99999999,99999999,99999999,99999999,<web_logs>}'::pg_catalog.oid[]) AS src(tbloid)
JOIN pg_catalog.pg_policy pol ON (src.tbloid = pol.polrelid)
--= oid:26 tableoid:26 polrelid:26 polname:19 polcmd:18 polpermissive:16 polroles:25 polqual:25 polwithcheck:25
--;
SELECT p.tableoid, p.oid, p.pubname, p.pubowner, p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate, p.pubviaroot FROM pg_publication p
--= tableoid:26 oid:26 pubname:19 pubowner:26 puballtables:16 pubinsert:16 pubupdate:16 pubdelete:16 pubtruncate:16 pubviaroot:16
--;
SELECT tableoid, oid, prpubid, prrelid, pg_catalog.pg_get_expr(prqual, prrelid) AS prrelqual, (CASE
  WHEN pr.prattrs IS NOT NULL THEN
    (SELECT array_agg(attname)
       FROM
        pg_catalog.generate_series(0, pg_catalog.array_upper(pr.prattrs::pg_catalog.int2[], 1)) s,
        pg_catalog.pg_attribute
      WHERE attrelid = pr.prrelid AND attnum = prattrs[s])
  ELSE NULL END) prattrs FROM pg_catalog.pg_publication_rel pr
--= tableoid:26 oid:26 prpubid:26 prrelid:26 prrelqual:25 prattrs:1003
--;
SELECT tableoid, oid, pnpubid, pnnspid FROM pg_catalog.pg_publication_namespace
--= tableoid:26 oid:26 pnpubid:26 pnnspid:26
--;
SELECT s.tableoid, s.oid, s.subname,
 s.subowner,
 s.subconninfo, s.subslotname, s.subsynccommit,
 s.subpublications,
 s.subbinary,
 s.substream,
 s.subtwophasestate,
 s.subdisableonerr
FROM pg_subscription s
WHERE s.subdbid = (SELECT oid FROM pg_database
        WHERE datname = current_database())
--= tableoid:26 oid:26 subname:19 subowner:26 subconninfo:25 subslotname:19 subsynccommit:25 subpublications:1009 subbinary:16 substream:16 subtwophasestate:18 subdisableonerr:16
--;
SELECT classid, objid, refclassid, refobjid, deptype FROM pg_depend WHERE deptype != 'p' AND deptype != 'e'
UNION ALL
SELECT 'pg_opfamily'::regclass AS classid, amopfamily AS objid, refclassid, refobjid, deptype FROM pg_depend d, pg_amop o WHERE deptype NOT IN ('p', 'e', 'i') AND classid = 'pg_amop'::regclass AND objid = o.oid AND NOT (refclassid = 'pg_opfamily'::regclass AND amopfamily = refobjid)
UNION ALL
SELECT 'pg_opfamily'::regclass AS classid, amprocfamily AS objid, refclassid, refobjid, deptype FROM pg_depend d, pg_amproc p WHERE deptype NOT IN ('p', 'e', 'i') AND classid = 'pg_amproc'::regclass AND objid = p.oid AND NOT (refclassid = 'pg_opfamily'::regclass AND amprocfamily = refobjid)
ORDER BY 1,2
--= classid:26 objid:26 refclassid:26 refobjid:26 deptype:18
--;
SELECT DISTINCT attrelid FROM pg_attribute WHERE attacl IS NOT NULL
--= attrelid:26
--;
SELECT objoid, classoid, objsubid, privtype, initprivs FROM pg_init_privs
--= objoid:26 classoid:26 objsubid:23 privtype:18 initprivs:1034
--~ objoid:26 classoid:26 objsubid:23 privtype:18 initprivs:1009
--;
SELECT description, classoid, objoid, objsubid FROM pg_catalog.pg_description ORDER BY classoid, objoid, objsubid
--= description:25 classoid:26 objoid:26 objsubid:23
--;
SELECT label, provider, classoid, objoid, objsubid FROM pg_catalog.pg_seclabels ORDER BY classoid, objoid, objsubid
--= label:25 provider:25 classoid:26 objoid:26 objsubid:23
--;
SELECT pg_catalog.current_schemas(false)
--= current_schemas:1003
--;
SELECT collprovider, collversion, collisdeterministic, colliculocale, collcollate, collctype FROM pg_catalog.pg_collation c WHERE c.oid = '16597'::pg_catalog.oid
--= collprovider:18 collversion:25 collisdeterministic:16 colliculocale:25 collcollate:25 collctype:25
--;
PREPARE dumpCompositeType(pg_catalog.oid) AS
SELECT a.attname, a.attnum, pg_catalog.format_type(a.atttypid, a.atttypmod) AS atttypdefn, a.attlen, a.attalign, a.attisdropped, CASE WHEN a.attcollation <> at.typcollation THEN a.attcollation ELSE 0 END AS attcollation, (
 SELECT substr(o, 10 + 1)
 FROM unnest(a.attoptions) o
 WHERE substr(o, 1, 10) = 'pg_attver=') AS attversion
FROM pg_catalog.pg_type ct JOIN pg_catalog.pg_attribute a ON a.attrelid = ct.typrelid LEFT JOIN pg_catalog.pg_type at ON at.oid = a.atttypid WHERE ct.oid = $1 ORDER BY a.attnum
--;
EXECUTE dumpCompositeType('99999999')
--= attname:19 attnum:21 atttypdefn:25 attlen:21 attalign:18 attisdropped:16 attcollation:26 attversion:25
--;
PREPARE dumpEnumType(pg_catalog.oid) AS
SELECT oid, enumlabel FROM pg_catalog.pg_enum WHERE enumtypid = $1 ORDER BY enumsortorder
--;
EXECUTE dumpEnumType('99999999')
--= oid:26 enumlabel:19
--;
PREPARE dumpDomain(pg_catalog.oid) AS
SELECT t.typnotnull, pg_catalog.format_type(t.typbasetype, t.typtypmod) AS typdefn, pg_catalog.pg_get_expr(t.typdefaultbin, 'pg_catalog.pg_type'::pg_catalog.regclass) AS typdefaultbin, t.typdefault, CASE WHEN t.typcollation <> u.typcollation THEN t.typcollation ELSE 0 END AS typcollation FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_type u ON (t.typbasetype = u.oid) WHERE t.oid = $1
--;
EXECUTE dumpDomain('99999999')
--= typnotnull:16 typdefn:25 typdefaultbin:25 typdefault:25 typcollation:26
--;
SELECT pg_catalog.format_type('25'::pg_catalog.oid, NULL)
--= format_type:25
--;
PREPARE dumpFunc(pg_catalog.oid) AS
SELECT
proretset,
prosrc,
probin,
provolatile,
proisstrict,
prosecdef,
lanname,
proconfig,
procost,
prorows,
pg_catalog.pg_get_function_arguments(p.oid) AS funcargs,
pg_catalog.pg_get_function_identity_arguments(p.oid) AS funciargs,
pg_catalog.pg_get_function_result(p.oid) AS funcresult,
proleakproof,
array_to_string(protrftypes, ' ') AS protrftypes,
proparallel,
prokind,
prosupport,
pg_get_function_sqlbody(p.oid) AS prosqlbody
FROM pg_catalog.pg_proc p, pg_catalog.pg_language l
WHERE p.oid = $1 AND l.oid = p.prolang
--;
EXECUTE dumpFunc('99999999')
--= proretset:16 prosrc:25 probin:25 provolatile:18 proisstrict:16 prosecdef:16 lanname:19 proconfig:1009 procost:700 prorows:700 funcargs:25 funciargs:25 funcresult:25 proleakproof:16 protrftypes:25 proparallel:18 prokind:18 prosupport:24 prosqlbody:25
--;
PREPARE dumpAgg(pg_catalog.oid) AS
SELECT aggtransfn,
aggfinalfn,
aggtranstype::pg_catalog.regtype,
agginitval,
aggsortop,
pg_catalog.pg_get_function_arguments(p.oid) AS funcargs,
pg_catalog.pg_get_function_identity_arguments(p.oid) AS funciargs,
aggkind,
aggmtransfn,
aggminvtransfn,
aggmfinalfn,
aggmtranstype::pg_catalog.regtype,
aggfinalextra,
aggmfinalextra,
aggtransspace,
aggmtransspace,
aggminitval,
aggcombinefn,
aggserialfn,
aggdeserialfn,
proparallel,
aggfinalmodify,
aggmfinalmodify
FROM pg_catalog.pg_aggregate a, pg_catalog.pg_proc p WHERE a.aggfnoid = p.oid AND p.oid = $1
--;
EXECUTE dumpAgg('99999999')
--= aggtransfn:24 aggfinalfn:24 aggtranstype:2206 agginitval:25 aggsortop:26 funcargs:25 funciargs:25 aggkind:18 aggmtransfn:24 aggminvtransfn:24 aggmfinalfn:24 aggmtranstype:2206 aggfinalextra:16 aggmfinalextra:16 aggtransspace:23 aggmtransspace:23 aggminitval:25 aggcombinefn:24 aggserialfn:24 aggdeserialfn:24 proparallel:18 aggfinalmodify:18 aggmfinalmodify:18
--;
PREPARE dumpOpr(pg_catalog.oid) AS
SELECT oprkind, oprcode::pg_catalog.regprocedure, oprleft::pg_catalog.regtype, oprright::pg_catalog.regtype, oprcom, oprnegate, oprrest::pg_catalog.regprocedure, oprjoin::pg_catalog.regprocedure, oprcanmerge, oprcanhash FROM pg_catalog.pg_operator WHERE oid = $1
--;
EXECUTE dumpOpr('16598')
--= oprkind:18 oprcode:2202 oprleft:2206 oprright:2206 oprcom:26 oprnegate:26 oprrest:2202 oprjoin:2202 oprcanmerge:16 oprcanhash:16
--;
SELECT fdwname FROM pg_foreign_data_wrapper w WHERE w.oid = '16592'
--= fdwname:19
--;
SELECT usename, array_to_string(ARRAY(SELECT quote_ident(option_name) || ' ' || quote_literal(option_value) FROM pg_options_to_table(umoptions) ORDER BY option_name), E',
    ') AS umoptions FROM pg_user_mappings WHERE srvid = '99999999' ORDER BY usename
--= usename:19 umoptions:25
--;
SELECT pg_catalog.pg_get_viewdef('<big_orders>'::pg_catalog.oid) AS viewdef
--= viewdef:25
--;
SELECT fs.srvname, pg_catalog.array_to_string(ARRAY(SELECT pg_catalog.quote_ident(option_name) || ' ' || pg_catalog.quote_literal(option_value) FROM pg_catalog.pg_options_to_table(ftoptions) ORDER BY option_name), E',
    ') AS ftoptions FROM pg_catalog.pg_foreign_table ft JOIN pg_catalog.pg_foreign_server fs ON (fs.oid = ft.ftserver) WHERE ft.ftrelid = '99999999'
--= srvname:19 ftoptions:25
--;
SELECT format_type(seqtypid, NULL), seqstart, seqincrement, seqmax, seqmin, seqcache, seqcycle FROM pg_catalog.pg_sequence WHERE seqrelid = '99999999'::oid
--= format_type:25 seqstart:20 seqincrement:20 seqmax:20 seqmin:20 seqcache:20 seqcycle:16
--;
SELECT pg_get_partkeydef('99999999')
--= pg_get_partkeydef:25
--;
PREPARE getColumnACLs(pg_catalog.oid) AS
SELECT at.attname, at.attacl, '{}' AS acldefault, pip.privtype, pip.initprivs FROM pg_catalog.pg_attribute at LEFT JOIN pg_catalog.pg_init_privs pip ON (at.attrelid = pip.objoid AND pip.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND at.attnum = pip.objsubid) WHERE at.attrelid = $1 AND NOT at.attisdropped AND (at.attacl IS NOT NULL OR pip.initprivs IS NOT NULL) ORDER BY at.attnum
--;
EXECUTE getColumnACLs('6100')
--= attname:19 attacl:1034 acldefault:25 privtype:18 initprivs:1034
--~ attname:19 attacl:1009 acldefault:25 privtype:18 initprivs:1009
--;
PREPARE dumpTableAttach(pg_catalog.oid) AS
SELECT pg_get_expr(c.relpartbound, c.oid) FROM pg_class c WHERE c.oid = $1
--;
EXECUTE dumpTableAttach('99999999')
--= pg_get_expr:25
--;
SELECT pg_catalog.pg_get_statisticsobjdef('99999999'::pg_catalog.oid)
--= pg_get_statisticsobjdef:25
--;
SELECT pg_catalog.pg_get_ruledef('16591'::pg_catalog.oid)
--= pg_get_ruledef:25
