-- @case session_01
-- @simple
select 1;
select 2;

-- @case session_02
show server_version_num;

-- @case session_03
show standard_conforming_strings;

-- @case session_04
show nosuchsetting;

-- @case session_05
set nosuchsetting=1;

-- @case session_06
set x.y = 'z';
show x.y;

-- @case session_07
set application_name='abc';
show application_name;
reset application_name;
show application_name;

-- @case session_08
set search_path to public, pg_catalog;
show search_path;
select current_schemas(true);

-- @case session_09
set statement_timeout=1000;
show statement_timeout;
set statement_timeout='2min';
show statement_timeout;

-- @case session_10
set statement_timeout='abc';

-- @case session_11
set extra_float_digits=9;

-- @case session_12
set client_min_messages=warning;
show client_min_messages;

-- @case session_13
begin;
select 1;
commit;

-- @case session_14
begin;
select 1/0;
select 1;
rollback;

-- @case session_15
begin;
select 1/0;
commit;

-- @case session_16
begin;
begin;
commit;

-- @case session_17
commit;

-- @case session_18
rollback;

-- @case session_19
start transaction read only;
show transaction_isolation;
show transaction_read_only;
end;

-- @case session_20
begin isolation level serializable;
show transaction_isolation;
rollback;

-- @case session_21
begin;
savepoint a;
select 1/0;
rollback to a;
select 1;
release a;
commit;

-- @case session_22
savepoint a;

-- @case session_23
begin;
set local extra_float_digits=0;
show extra_float_digits;
commit;
show extra_float_digits;

-- @case session_24
begin;
set extra_float_digits=0;
rollback;
show extra_float_digits;

-- @case session_25
prepare p as select 1;
execute p;
deallocate p;
execute p;

-- @case session_26
prepare p(int, text) as select $1+1, $2||'x';
execute p(1,'a');
execute p('2',3);
execute p(1);
deallocate all;

-- @case session_27
prepare p as select $1::int;
prepare p as select 2;

-- @case session_28
deallocate nosuch;

-- @case session_29
discard all;

-- @case session_30
reset all;

-- @case session_31
set session characteristics as transaction read only;
show default_transaction_read_only;

-- @case session_32
set timezone to default;
show timezone;

-- @case session_33
set time zone 'Asia/Tokyo';
show time zone;
select current_setting('TimeZone');

-- @case session_34
select set_config('application_name','x',false), current_setting('application_name');
select current_setting('nosuch');

-- @case session_35
select current_setting('nosuch', true);

-- @case session_36
listen x;
notify x;
unlisten *;

-- @case session_37
-- @simple
;

-- @case session_38
lock table nation;

-- @case session_39
vacuum;

-- @case session_40
checkpoint;

-- @case session_41
set names 'UTF8';
show client_encoding;

-- @case session_42
set client_encoding='LATIN1';
select 'a';
show client_encoding;

-- @case session_43
set client_encoding='nosuch';

-- @case session_44
set role none;

-- @case session_45
set session authorization default;

-- @case session_46
show all where false;

-- @case session_47
show datestyle;
show intervalstyle;
show timezone;
show client_encoding;
show server_encoding;
show integer_datetimes;
show max_identifier_length;
show lc_collate;

-- @case session_48
set default_transaction_isolation='read committed';
show default_transaction_isolation;

-- @case session_49
copy (select 1,null,'a	b') to stdout;

-- @case session_50
copy (select 1,'a,b','c"d') to stdout with (format csv, header);
