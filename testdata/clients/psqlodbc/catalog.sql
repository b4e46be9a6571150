SET DateStyle = 'ISO';SET extra_float_digits = 2;show transaction_isolation
--= transaction_isolation:25
--;
select oid, typbasetype from pg_type where typname = 'lo'
--= oid:26 typbasetype:26
--;
select relname, nspname, relkind from pg_catalog.pg_class c, pg_catalog.pg_namespace n where relkind in ('r', 'v', 'm', 'f', 'p') and nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'pg_temp_1') and n.oid = relnamespace order by nspname, relname
--= relname:19 nspname:19 relkind:18
--;
select relname, nspname, relkind from pg_catalog.pg_class c, pg_catalog.pg_namespace n where relkind in ('r', 'v', 'm', 'f', 'p') and nspname like 'demo' and nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'pg_temp_1') and n.oid = relnamespace order by nspname, relname
--= relname:19 nspname:19 relkind:18
--;
select relname, nspname, relkind from pg_catalog.pg_class c, pg_catalog.pg_namespace n where relkind in ('r', 'v', 'm', 'f', 'p') and nspname like 'demo' and relname like 'orders' and nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'pg_temp_1') and n.oid = relnamespace order by nspname, relname
--= relname:19 nspname:19 relkind:18
--;
select NULL, nspname, NULL from pg_catalog.pg_namespace n where true and nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'pg_temp_1') order by nspname
--= ?column?:25 nspname:19 ?column?:25
--;
select NULL, NULL, NULL
--= ?column?:25 ?column?:25 ?column?:25
--;
select NULL, NULL, relkind from (select 'r' as relkind union select 'v' union select 'm' union select 'f' union select 'p') as a
--= ?column?:25 ?column?:25 relkind:25
--;
select relname, nspname, relkind from pg_catalog.pg_class c, pg_catalog.pg_namespace n where relkind in ('r', 'v', 'm', 'f', 'p') and n.oid = relnamespace order by nspname, relname
--= relname:19 nspname:19 relkind:18
--;
select current_schema()
--= current_schema:19
--;
select n.nspname, c.relname, a.attname, a.atttypid, t.typname, a.attnum, a.attlen, a.atttypmod, a.attnotnull, c.relhasrules, c.relkind, c.oid, pg_get_expr(d.adbin, d.adrelid), case t.typtype when 'd' then t.typbasetype else 0 end, t.typtypmod, 0, attidentity, c.relhassubclass from (((pg_catalog.pg_class c inner join pg_catalog.pg_namespace n on n.oid = c.relnamespace and c.relname like 'orders' and n.nspname like 'demo') inner join pg_catalog.pg_attribute a on (not a.attisdropped) and a.attnum > 0 and a.attrelid = c.oid) inner join pg_catalog.pg_type t on t.oid = a.atttypid) left outer join pg_attrdef d on a.atthasdef and d.adrelid = a.attrelid and d.adnum = a.attnum order by n.nspname, c.relname, attnum
--= nspname:19 relname:19 attname:19 atttypid:26 typname:19 attnum:21 attlen:21 atttypmod:23 attnotnull:16 relhasrules:16 relkind:18 oid:26 pg_get_expr:25 case:26 typtypmod:23 ?column?:23 attidentity:18 relhassubclass:16
--;
select n.nspname, c.relname, a.attname, a.atttypid, t.typname, a.attnum, a.attlen, a.atttypmod, a.attnotnull, c.relhasrules, c.relkind, c.oid, pg_get_expr(d.adbin, d.adrelid), case t.typtype when 'd' then t.typbasetype else 0 end, t.typtypmod, 0, attidentity, c.relhassubclass from (((pg_catalog.pg_class c inner join pg_catalog.pg_namespace n on n.oid = c.relnamespace and n.nspname like 'demo') inner join pg_catalog.pg_attribute a on (not a.attisdropped) and a.attnum > 0 and a.attrelid = c.oid) inner join pg_catalog.pg_type t on t.oid = a.atttypid) left outer join pg_attrdef d on a.atthasdef and d.adrelid = a.attrelid and d.adnum = a.attnum order by n.nspname, c.relname, attnum
--= nspname:19 relname:19 attname:19 atttypid:26 typname:19 attnum:21 attlen:21 atttypmod:23 attnotnull:16 relhasrules:16 relkind:18 oid:26 pg_get_expr:25 case:26 typtypmod:23 ?column?:23 attidentity:18 relhassubclass:16
--;
select n.nspname, c.relname, a.attname, a.atttypid, t.typname, a.attnum, a.attlen, a.atttypmod, a.attnotnull, c.relhasrules, c.relkind, c.oid, pg_get_expr(d.adbin, d.adrelid), case t.typtype when 'd' then t.typbasetype else 0 end, t.typtypmod, 0, attidentity, c.relhassubclass from (((pg_catalog.pg_class c inner join pg_catalog.pg_namespace n on n.oid = c.relnamespace and c.relname like 'orders' and n.nspname like 'demo') inner join pg_catalog.pg_attribute a on (not a.attisdropped) and a.attnum > 0 and a.attname like 'o_%' and a.attrelid = c.oid) inner join pg_catalog.pg_type t on t.oid = a.atttypid) left outer join pg_attrdef d on a.atthasdef and d.adrelid = a.attrelid and d.adnum = a.attnum order by n.nspname, c.relname, attnum
--= nspname:19 relname:19 attname:19 atttypid:26 typname:19 attnum:21 attlen:21 atttypmod:23 attnotnull:16 relhasrules:16 relkind:18 oid:26 pg_get_expr:25 case:26 typtypmod:23 ?column?:23 attidentity:18 relhassubclass:16
--;
select ta.attname, ia.attnum, ic.relname, n.nspname, tc.relname from pg_catalog.pg_attribute ta, pg_catalog.pg_attribute ia, pg_catalog.pg_class tc, pg_catalog.pg_index i, pg_catalog.pg_namespace n, pg_catalog.pg_class ic where tc.relname = 'orders' AND n.nspname = 'demo' AND tc.oid = i.indrelid AND n.oid = tc.relnamespace AND i.indisprimary = 't' AND ia.attrelid = i.indexrelid AND ta.attrelid = i.indrelid AND ta.attnum = i.indkey[ia.attnum-1] AND (NOT ta.attisdropped) AND (NOT ia.attisdropped) AND ic.oid = i.indexrelid order by ia.attnum
--= attname:19 attnum:21 relname:19 nspname:19 relname:19
--;
select  'demo'::name as "PKTABLE_CAT",
  n2.nspname as "PKTABLE_SCHEM",
  c2.relname as "PKTABLE_NAME",
  a2.attname as "PKCOLUMN_NAME",
  'demo'::name as "FKTABLE_CAT",
  n1.nspname as "FKTABLE_SCHEM",
  c1.relname as "FKTABLE_NAME",
  a1.attname as "FKCOLUMN_NAME",
  i::int2 as "KEY_SEQ",
  case ref.confupdtype
    when 'c' then 0::int2
    when 'n' then 2::int2
    when 'd' then 4::int2
    when 'r' then 1::int2
    else 3::int2
  end as "UPDATE_RULE",
  case ref.confdeltype
    when 'c' then 0::int2
    when 'n' then 2::int2
    when 'd' then 4::int2
    when 'r' then 1::int2
    else 3::int2
  end as "DELETE_RULE",
  ref.conname as "FK_NAME",
  cn.conname as "PK_NAME",
  case
    when ref.condeferrable then
      case
      when ref.condeferred then 5::int2
      else 6::int2
      end
    else 7::int2
  end as "DEFERRABILITY"
 from
 ((((((( (select cn.oid, conrelid, conkey, confrelid, confkey,
   generate_series(array_lower(conkey, 1), array_upper(conkey, 1)) as i,
   confupdtype, confdeltype, conname,
   condeferrable, condeferred
  from pg_catalog.pg_constraint cn,
  pg_catalog.pg_class c,
  pg_catalog.pg_namespace n
  where contype = 'f'
   and  confrelid = c.oid
   and  relname = 'customer'
   and  n.oid = c.relnamespace
   and  n.nspname = 'demo'
 ) ref
 inner join pg_catalog.pg_class c1
  on c1.oid = ref.conrelid)
 inner join pg_catalog.pg_namespace n1
  on  n1.oid = c1.relnamespace)
 inner join pg_catalog.pg_attribute a1
  on  a1.attrelid = c1.oid
  and  a1.attnum = conkey[i])
 inner join pg_catalog.pg_class c2
  on  c2.oid = ref.confrelid)
 inner join pg_catalog.pg_namespace n2
  on  n2.oid = c2.relnamespace)
 inner join pg_catalog.pg_attribute a2
  on  a2.attrelid = c2.oid
  and  a2.attnum = confkey[i])
 left outer join pg_catalog.pg_constraint cn
  on cn.conrelid = ref.confrelid
  and cn.contype = 'p')
  order by ref.oid, ref.i
--= PKTABLE_CAT:19 PKTABLE_SCHEM:19 PKTABLE_NAME:19 PKCOLUMN_NAME:19 FKTABLE_CAT:19 FKTABLE_SCHEM:19 FKTABLE_NAME:19 FKCOLUMN_NAME:19 KEY_SEQ:21 UPDATE_RULE:21 DELETE_RULE:21 FK_NAME:19 PK_NAME:19 DEFERRABILITY:21
--;
show max_identifier_length
--= max_identifier_length:25
--;
select n.nspname, c.relname, a.attname, a.atttypid, t.typname, a.attnum, a.attlen, a.atttypmod, a.attnotnull, c.relhasrules, c.relkind, c.oid, pg_get_expr(d.adbin, d.adrelid), case t.typtype when 'd' then t.typbasetype else 0 end, t.typtypmod, 0, attidentity, c.relhassubclass from (((pg_catalog.pg_class c inner join pg_catalog.pg_namespace n on n.oid = c.relnamespace and c.oid = 2615) inner join pg_catalog.pg_attribute a on (not a.attisdropped) and a.attnum > 0 and a.attrelid = c.oid) inner join pg_catalog.pg_type t on t.oid = a.atttypid) left outer join pg_attrdef d on a.atthasdef and d.adrelid = a.attrelid and d.adnum = a.attnum order by n.nspname, c.relname, attnum
--= nspname:19 relname:19 attname:19 atttypid:26 typname:19 attnum:21 attlen:21 atttypmod:23 attnotnull:16 relhasrules:16 relkind:18 oid:26 pg_get_expr:25 case:26 typtypmod:23 ?column?:23 attidentity:18 relhassubclass:16
--;
select n.nspname, c.relname, a.attname, a.atttypid, t.typname, a.attnum, a.attlen, a.atttypmod, a.attnotnull, c.relhasrules, c.relkind, c.oid, pg_get_expr(d.adbin, d.adrelid), case t.typtype when 'd' then t.typbasetype else 0 end, t.typtypmod, 0, attidentity, c.relhassubclass from (((pg_catalog.pg_class c inner join pg_catalog.pg_namespace n on n.oid = c.relnamespace and c.oid = 1259) inner join pg_catalog.pg_attribute a on (not a.attisdropped) and a.attnum > 0 and a.attrelid = c.oid) inner join pg_catalog.pg_type t on t.oid = a.atttypid) left outer join pg_attrdef d on a.atthasdef and d.adrelid = a.attrelid and d.adnum = a.attnum order by n.nspname, c.relname, attnum
--= nspname:19 relname:19 attname:19 atttypid:26 typname:19 attnum:21 attlen:21 atttypmod:23 attnotnull:16 relhasrules:16 relkind:18 oid:26 pg_get_expr:25 case:26 typtypmod:23 ?column?:23 attidentity:18 relhassubclass:16
--;
select  'demo'::name as "PKTABLE_CAT",
  n2.nspname as "PKTABLE_SCHEM",
  c2.relname as "PKTABLE_NAME",
  a2.attname as "PKCOLUMN_NAME",
  'demo'::name as "FKTABLE_CAT",
  n1.nspname as "FKTABLE_SCHEM",
  c1.relname as "FKTABLE_NAME",
  a1.attname as "FKCOLUMN_NAME",
  i::int2 as "KEY_SEQ",
  case ref.confupdtype
    when 'c' then 0::int2
    when 'n' then 2::int2
    when 'd' then 4::int2
    when 'r' then 1::int2
    else 3::int2
  end as "UPDATE_RULE",
  case ref.confdeltype
    when 'c' then 0::int2
    when 'n' then 2::int2
    when 'd' then 4::int2
    when 'r' then 1::int2
    else 3::int2
  end as "DELETE_RULE",
  ref.conname as "FK_NAME",
  cn.conname as "PK_NAME",
  case
    when ref.condeferrable then
      case
      when ref.condeferred then 5::int2
      else 6::int2
      end
    else 7::int2
  end as "DEFERRABILITY"
 from
 ((((((( (select cn.oid, conrelid, conkey, confrelid, confkey,
   generate_series(array_lower(conkey, 1), array_upper(conkey, 1)) as i,
   confupdtype, confdeltype, conname,
   condeferrable, condeferred
  from pg_catalog.pg_constraint cn,
  pg_catalog.pg_class c,
  pg_catalog.pg_namespace n
  where contype = 'f'
   and  conrelid = c.oid
   and  relname = 'orders'
   and  n.oid = c.relnamespace
   and  n.nspname = 'demo'
 ) ref
 inner join pg_catalog.pg_class c1
  on c1.oid = ref.conrelid)
 inner join pg_catalog.pg_namespace n1
  on  n1.oid = c1.relnamespace)
 inner join pg_catalog.pg_attribute a1
  on  a1.attrelid = c1.oid
  and  a1.attnum = conkey[i])
 inner join pg_catalog.pg_class c2
  on  c2.oid = ref.confrelid)
 inner join pg_catalog.pg_namespace n2
  on  n2.oid = c2.relnamespace)
 inner join pg_catalog.pg_attribute a2
  on  a2.attrelid = c2.oid
  and  a2.attnum = confkey[i])
 left outer join pg_catalog.pg_constraint cn
  on cn.conrelid = ref.confrelid
  and cn.contype = 'p')
  order by ref.oid, ref.i
--= PKTABLE_CAT:19 PKTABLE_SCHEM:19 PKTABLE_NAME:19 PKCOLUMN_NAME:19 FKTABLE_CAT:19 FKTABLE_SCHEM:19 FKTABLE_NAME:19 FKCOLUMN_NAME:19 KEY_SEQ:21 UPDATE_RULE:21 DELETE_RULE:21 FK_NAME:19 PK_NAME:19 DEFERRABILITY:21
--;
select  'demo'::name as "PKTABLE_CAT",
  n2.nspname as "PKTABLE_SCHEM",
  c2.relname as "PKTABLE_NAME",
  a2.attname as "PKCOLUMN_NAME",
  'demo'::name as "FKTABLE_CAT",
  n1.nspname as "FKTABLE_SCHEM",
  c1.relname as "FKTABLE_NAME",
  a1.attname as "FKCOLUMN_NAME",
  i::int2 as "KEY_SEQ",
  case ref.confupdtype
    when 'c' then 0::int2
    when 'n' then 2::int2
    when 'd' then 4::int2
    when 'r' then 1::int2
    else 3::int2
  end as "UPDATE_RULE",
  case ref.confdeltype
    when 'c' then 0::int2
    when 'n' then 2::int2
    when 'd' then 4::int2
    when 'r' then 1::int2
    else 3::int2
  end as "DELETE_RULE",
  ref.conname as "FK_NAME",
  cn.conname as "PK_NAME",
  case
    when ref.condeferrable then
      case
      when ref.condeferred then 5::int2
      else 6::int2
      end
    else 7::int2
  end as "DEFERRABILITY"
 from
 ((((((( (select cn.oid, conrelid, conkey, confrelid, confkey,
   generate_series(array_lower(conkey, 1), array_upper(conkey, 1)) as i,
   confupdtype, confdeltype, conname,
   condeferrable, condeferred
  from pg_catalog.pg_constraint cn,
  pg_catalog.pg_class c,
  pg_catalog.pg_namespace n
  where contype = 'f'
   and  conrelid = c.oid
   and  relname = 'orders'
   and  n.oid = c.relnamespace
   and  n.nspname = 'demo'
 ) ref
 inner join pg_catalog.pg_class c1
  on c1.oid = ref.conrelid)
 inner join pg_catalog.pg_namespace n1
  on  n1.oid = c1.relnamespace)
 inner join pg_catalog.pg_attribute a1
  on  a1.attrelid = c1.oid
  and  a1.attnum = conkey[i])
 inner join pg_catalog.pg_class c2
  on  c2.oid = ref.confrelid)
 inner join pg_catalog.pg_namespace n2
  on  n2.oid = c2.relnamespace)
 inner join pg_catalog.pg_attribute a2
  on  a2.attrelid = c2.oid
  and  a2.attnum = confkey[i])
 left outer join pg_catalog.pg_constraint cn
  on cn.conrelid = ref.confrelid
  and cn.contype = 'p')
 where c2.relname = 'customer'
  order by ref.oid, ref.i
--= PKTABLE_CAT:19 PKTABLE_SCHEM:19 PKTABLE_NAME:19 PKCOLUMN_NAME:19 FKTABLE_CAT:19 FKTABLE_SCHEM:19 FKTABLE_NAME:19 FKCOLUMN_NAME:19 KEY_SEQ:21 UPDATE_RULE:21 DELETE_RULE:21 FK_NAME:19 PK_NAME:19 DEFERRABILITY:21
--;
select n.nspname, c.relname, a.attname, a.atttypid, t.typname, a.attnum, a.attlen, a.atttypmod, a.attnotnull, c.relhasrules, c.relkind, c.oid, pg_get_expr(d.adbin, d.adrelid), case t.typtype when 'd' then t.typbasetype else 0 end, t.typtypmod, 0, attidentity, c.relhassubclass from (((pg_catalog.pg_class c inner join pg_catalog.pg_namespace n on n.oid = c.relnamespace and c.relname = 'orders' and n.nspname = 'demo') inner join pg_catalog.pg_attribute a on (not a.attisdropped) and a.attnum > 0 and a.attrelid = c.oid) inner join pg_catalog.pg_type t on t.oid = a.atttypid) left outer join pg_attrdef d on a.atthasdef and d.adrelid = a.attrelid and d.adnum = a.attnum order by n.nspname, c.relname, attnum
--= nspname:19 relname:19 attname:19 atttypid:26 typname:19 attnum:21 attlen:21 atttypmod:23 attnotnull:16 relhasrules:16 relkind:18 oid:26 pg_get_expr:25 case:26 typtypmod:23 ?column?:23 attidentity:18 relhassubclass:16
--;
select c.relname, i.indkey, i.indisunique, i.indisclustered, a.amname, c.relhasrules, n.nspname, c.oid, 0, i.indoption from pg_catalog.pg_index i, pg_catalog.pg_class c, pg_catalog.pg_class d, pg_catalog.pg_am a, pg_catalog.pg_namespace n where d.relname = 'orders' and n.nspname = 'demo' and n.oid = d.relnamespace and d.oid = i.indrelid and i.indexrelid = c.oid and c.relam = a.oid order by i.indisprimary desc, i.indisunique, n.nspname, c.relname
--= relname:19 indkey:22 indisunique:16 indisclustered:16 amname:19 relhasrules:16 nspname:19 oid:26 ?column?:23 indoption:22
--;
select pg_get_indexdef(99999999, 1, true)
--= pg_get_indexdef:25
--;
select c.relhasrules, c.relkind, 0 as relhasoids from pg_catalog.pg_namespace u, pg_catalog.pg_class c where u.oid = c.relnamespace and c.relname = 'orders' and u.nspname = 'demo'
--= relhasrules:16 relkind:18 relhasoids:23
--;
select ''::varchar as PROCEDURE_CAT, nspname as PROCEDURE_SCHEM, proname as PROCEDURE_NAME, ''::varchar as NUM_INPUT_PARAMS, ''::varchar as NUM_OUTPUT_PARAMS, ''::varchar as NUM_RESULT_SETS, ''::varchar as REMARKS, case when prorettype = 0 then 1::int2 else 2::int2 end as PROCEDURE_TYPE from pg_catalog.pg_namespace, pg_catalog.pg_proc where pg_proc.pronamespace = pg_namespace.oid
--= procedure_cat:1043 procedure_schem:19 procedure_name:19 num_input_params:1043 num_output_params:1043 num_result_sets:1043 remarks:1043 procedure_type:21
--;
select ''::varchar as PROCEDURE_CAT, nspname as PROCEDURE_SCHEM, proname as PROCEDURE_NAME, ''::varchar as NUM_INPUT_PARAMS, ''::varchar as NUM_OUTPUT_PARAMS, ''::varchar as NUM_RESULT_SETS, ''::varchar as REMARKS, case when prorettype = 0 then 1::int2 else 2::int2 end as PROCEDURE_TYPE from pg_catalog.pg_namespace, pg_catalog.pg_proc where pg_proc.pronamespace = pg_namespace.oid and nspname like 'demo'
--= procedure_cat:1043 procedure_schem:19 procedure_name:19 num_input_params:1043 num_output_params:1043 num_result_sets:1043 remarks:1043 procedure_type:21
--;
select proname, proretset, prorettype, pronargs, proargtypes, nspname, p.oid, atttypid, attname, proargnames, proargmodes, proallargtypes from ((pg_catalog.pg_namespace n inner join pg_catalog.pg_proc p on p.pronamespace = n.oid) inner join pg_type t on t.oid = p.prorettype) left outer join pg_attribute a on a.attrelid = t.typrelid  and attnum > 0 and not attisdropped where has_function_privilege(p.oid, 'EXECUTE') and nspname like 'demo' order by nspname, proname, p.oid, attnum
--= proname:19 proretset:16 prorettype:26 pronargs:21 proargtypes:30 nspname:19 oid:26 atttypid:26 attname:19 proargnames:1009 proargmodes:1002 proallargtypes:1028
--;
select * from demo.orders where o_orderkey = $1
--$1 - = 5
--= o_orderkey:20 o_custkey:20 o_orderstatus:1043 o_totalprice:1700 o_orderdate:1082 o_orderpriority:1043 o_clerk:1043 o_shippriority:23 o_comment:1043 o_orderyear:23
