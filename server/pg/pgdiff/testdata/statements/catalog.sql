-- @case catalog_01
select n.nspname, c.relname, c.relkind from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid=c.relnamespace where n.nspname='public' and c.relkind in ('r','p','f') and c.relname in ('nation','region') order by 1,2;

-- @case catalog_02
select attname, format_type(atttypid,atttypmod), attnum, attnotnull from pg_attribute where attrelid='orders'::regclass and attnum>0 and not attisdropped order by attnum;

-- @case catalog_03
select attname, format_type(atttypid,atttypmod) from pg_attribute where attrelid='alltypes'::regclass and attnum>0 order by attnum;

-- @case catalog_04
select column_name, data_type, character_maximum_length, numeric_precision, numeric_scale, is_nullable, ordinal_position from information_schema.columns where table_name='orders' order by ordinal_position;

-- @case catalog_05
select column_name, udt_name, datetime_precision, column_default from information_schema.columns where table_name='alltypes' order by ordinal_position;

-- @case catalog_06
select table_schema, table_name from information_schema.tables where table_name in ('nation','region') order by 2;

-- @case catalog_07
select oid, typname, typlen, typbyval, typtype, typcategory, typdelim, typrelid, typelem, typarray, typinput::text, typreceive::text, typbasetype, typtypmod from pg_type where typname in ('bool','int4','int8','text','varchar','bpchar','numeric','date','timestamp','timestamptz','interval','uuid','json','jsonb','bytea','float8','_int4','_text','record','oid','name','char') order by oid;

-- @case catalog_08
select typname, oid, typarray from pg_type where oid in (16,17,18,19,20,21,23,25,26,114,700,701,1042,1043,1082,1083,1114,1184,1186,1266,1700,2249,2950,3802,869,650) order by oid;

-- @case catalog_09
select format_type(23,-1), format_type(1700,655366), format_type(1043,14), format_type(1007,-1), format_type(1114,3), format_type(1042,7), format_type(99999,-1), format_type(null,null);

-- @case catalog_10
select 'nation'::regclass, 'public.nation'::regclass::text, 'nation'::regclass::oid = c.oid from pg_class c where c.relname='nation';

-- @case catalog_11
select pg_typeof(1), pg_typeof('a'), pg_typeof(1.5), pg_typeof(now()), pg_typeof(array[1]), pg_typeof(null), pg_typeof(row(1)), pg_typeof(current_date), pg_typeof('a'::text), pg_typeof('a'::varchar(3));

-- @case catalog_12
select pg_typeof(1::int2), pg_typeof(1::int8), pg_typeof(1::float4), pg_typeof(1::float8), pg_typeof('1'::interval), pg_typeof(array['a']), pg_typeof(current_time), pg_typeof('{}'::json), pg_typeof(true), pg_typeof('x'::char(3));

-- @case catalog_13
select nspname from pg_namespace where nspname in ('pg_catalog','information_schema','public') order by 1;

-- @case catalog_14
select datname = current_database() from pg_database where datname=current_database();

-- @case catalog_15
select has_table_privilege('nation','select'), has_schema_privilege('public','usage'), pg_table_is_visible('nation'::regclass), pg_get_userbyid(10);

-- @case catalog_16
select name, setting from pg_settings where name in ('server_encoding','standard_conforming_strings','integer_datetimes','max_index_keys') order by 1;

-- @case catalog_17
select count(*) from pg_index where indrelid='nation'::regclass;

-- @case catalog_18
select conname from pg_constraint where conrelid='nation'::regclass;

-- @case catalog_19
select a.attname, t.typname from pg_attribute a join pg_type t on t.oid=a.atttypid where a.attrelid='nation'::regclass and a.attnum>0 order by a.attnum;

-- @case catalog_20
select obj_description('nation'::regclass,'pg_class'), col_description('nation'::regclass,1), pg_get_viewdef('nation'::regclass);

-- @case catalog_21
select c.oid::regclass, relkind, reltuples >= -1, relhasindex, relpersistence, relispartition from pg_class c where relname='region';

-- @case catalog_22
select rolname, rolsuper, rolcanlogin from pg_roles where rolname=current_user;

-- @case catalog_23
select tableoid::regclass, ctid is not null from nation limit 1;

-- @case catalog_24
select pg_encoding_to_char(6), pg_client_encoding(), pg_backend_pid()>0, pg_is_in_recovery(), txid_current()>0;

-- @case catalog_25
select to_regclass('nation'), to_regclass('nosuch'), to_regtype('int4'), to_regtype('nosuch');

-- @case catalog_26
select current_schemas(false), current_schema();

-- @case catalog_27
select * from pg_catalog.pg_tables where tablename='nosuch';

-- @case catalog_28
select proname from pg_proc where proname='upper' limit 1;

-- @case catalog_29
select extname from pg_extension;

-- @case catalog_30
select e.enumlabel from pg_enum e;
