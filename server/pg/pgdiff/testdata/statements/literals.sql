-- @case literals_01
select 1, -1, 2147483647, 2147483648, 9223372036854775807;

-- @case literals_02
select 9223372036854775808, 1.5, .5, 1e3, 1.5e-3, 123456789012345678901234567890;

-- @case literals_03
select 'a', '', 'it''s', E'a\nb\t\x41\u00e9', U&'\00e9', $$x$$, $t$a$$b$t$;

-- @case literals_04
select true, false, null, unknown from (values (null)) v(unknown);

-- @case literals_05
select 'a' 'b';

-- @case literals_06
select date '2024-02-29', time '01:02:03.456', timestamp '2024-02-29 01:02:03', timestamptz '2024-02-29 01:02:03+02';

-- @case literals_07
select interval '1 year 2 months 3 days 04:05:06.7', interval '-1 day', interval '0', interval '1-2', interval '3 4:05:06';

-- @case literals_08
select interval '90 minutes', interval '1.5 days', interval '2 weeks', interval 'P1Y2M3DT4H5M6S', interval '1 mon ago';

-- @case literals_09
select interval '5' year, interval '5' month, interval '5' day, interval '5' hour, interval '5' minute, interval '5.5' second;

-- @case literals_10
select array[1,2,3], array['a','b'], array[1.5,2], array[true,null], array[[1,2],[3,4]], array[]::int[];

-- @case literals_11
select row(1,'a',null), row(), (1,2);

-- @case literals_12
select uuid 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', json '{"b":1, "a":[1,2]}';

-- @case literals_13
select bytea '\x00ff', bytea 'abc\\def\000', '\xDEADBEEF'::bytea;

-- @case literals_14
select b'101', x'1F';

-- @case literals_15
select date 'infinity', date '-infinity', timestamp 'infinity', timestamptz '-infinity';

-- @case literals_16
select date '0044-03-15 BC', timestamp '0001-01-01 00:00:00', date '0001-12-31 BC';

-- @case literals_17
select date 'January 8, 1999', date '1/8/1999', date '19990108', date '99-Jan-08', date 'Jan-08-1999', date '2024-1-2';

-- @case literals_18
select time '04:05 PM', time '040506', time '04:05:06.789', time '24:00:00';

-- @case literals_19
select float8 'NaN', float8 'Infinity', float8 '-inf', float4 '1.1', float8 '1e-320', numeric 'NaN';

-- @case literals_20
select 'x'::text, 'x'::varchar, 'x'::varchar(5), 'x'::char(5), 'x'::bpchar, 'x'::name, 'x'::"char";

-- @case literals_21
select 1::int2, 1::int4, 1::int8, 1::float4, 1::float8, 1::numeric, 1::numeric(10,2), 1::oid;

-- @case literals_22
select 1::smallint, 1::integer, 1::bigint, 1::real, 1::double precision, 1::decimal(5), 1::dec(4,1), 1::float, 1::float(10);

-- @case literals_23
select '1 day'::interval day, '1:30'::interval hour to minute, interval(3) '1.23456 sec';

-- @case literals_24
select timestamp(3) '2024-01-01 00:00:00.123456', '2024-01-01 00:00:00.987654'::timestamp(0), '01:02:03.987'::time(1);

-- @case literals_25
select null::int, null::text, null::date, null::int[], null::numeric(5,2);

-- @case literals_26
select 1 as "A", 2 as a, 3 as "select", 4 "x y";

-- @case literals_27
select 1 as x, 2 as x;

-- @case literals_28
select current_date, now(), current_timestamp, localtimestamp where false;

-- @case literals_29
-- @novalues
select current_date, now(), current_timestamp, localtimestamp, current_time, localtime;

-- @case literals_30
select current_user, session_user, current_schema, user;

-- @case literals_31
-- @novalues
select version(), current_database(), current_catalog;

-- @case literals_32
select 12345678901234567890.123456789, 0.00001, -0.0, 1e-10, 100::numeric, 1e10::numeric;
