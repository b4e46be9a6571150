-- @case casts_01
select '12'::int, ' 12 '::int, '-5'::smallint, '1.5'::float8, '1e3'::float8, '007'::bigint;

-- @case casts_02
select 'abc'::int;

-- @case casts_03
select ''::int;

-- @case casts_04
select '99999'::smallint;

-- @case casts_05
select 70000::smallint;

-- @case casts_06
select 3000000000::int;

-- @case casts_07
select 1e20::bigint;

-- @case casts_08
select 1e10::float8::int;

-- @case casts_09
select 'NaN'::float8::int;

-- @case casts_10
select '1.5'::int;

-- @case casts_11
select 2.5::int, 3.5::int, -2.5::int, 2.5::float8::int, 3.5::float8::int, 2.4::float4::int;

-- @case casts_12
select 't'::bool, 'no'::bool, 'on'::bool, '0'::bool, ' TRUE '::bool;

-- @case casts_13
select 'maybe'::bool;

-- @case casts_14
select 2::bool, 0::bool;

-- @case casts_15
select true::int, false::text, true::varchar;

-- @case casts_16
select 1::text, 1.50::text, 1e100::float8::text, true::text, date '2024-01-01'::text, null::int::text;

-- @case casts_17
select 123.456::numeric(5,2), 123.455::numeric(5,2), -123.455::numeric(5,2), 0.005::numeric(3,2);

-- @case casts_18
select 1234.5::numeric(5,2);

-- @case casts_19
select 'abcdef'::varchar(3), 'abcdef'::char(3), 'ab'::char(4)::text, length('ab'::char(4));

-- @case casts_20
select '2024-02-30'::date;

-- @case casts_21
select '2024-13-01'::date;

-- @case casts_22
select 'notadate'::date;

-- @case casts_23
select '25:00:00'::time;

-- @case casts_24
select '2024-01-01 25:00:00'::timestamp;

-- @case casts_25
select '2024-01-01'::timestamp, '2024-01-01 10:00'::date, '2024-01-01 10:00:00+02'::timestamptz, '2024-01-01T10:00:00Z'::timestamptz;

-- @case casts_26
select timestamp '2024-01-01 10:00:00'::date, timestamp '2024-01-01 10:00:00'::time, date '2024-01-01'::timestamp, date '2024-01-01'::timestamptz;

-- @case casts_27
select timestamptz '2024-01-01 10:00:00+00'::timestamp, timestamptz '2024-01-01 10:00:00+00'::date, timestamp '2024-01-01'::timestamptz;

-- @case casts_28
select '1 day'::interval::text, '26 hours'::interval, '36:00'::interval, '1 day'::interval::time;

-- @case casts_29
select 'bad'::interval;

-- @case casts_30
select 'not-a-uuid'::uuid;

-- @case casts_31
select '{a0eebc999c0b4ef8bb6d6bb9bd380a11}'::uuid, 'a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11'::uuid;

-- @case casts_32
select '{"a":1'::json;

-- @case casts_33
select '{"b": 1, "a": 2, "a": 3}'::jsonb, '[1, 2.50, "x"]'::jsonb;

-- @case casts_34
select '{1,2,3}'::int[], '{a,"b c",NULL,"NULL"}'::text[], '{{1,2},{3,4}}'::int[], '{}'::text[];

-- @case casts_35
select '{1,2'::int[];

-- @case casts_36
select '{1,a}'::int[];

-- @case casts_37
select '[0:1]={5,6}'::int[];

-- @case casts_38
select array['1','2']::int[], array[1.5,2.5]::int[], array[1,2]::text[];

-- @case casts_39
select cast(1 as text), cast('2' as int), cast(null as date);

-- @case casts_40
select 1::oid, 'pg_class'::regclass, 'int4'::regtype, 'integer'::regtype::oid, 23::regtype;

-- @case casts_41
select 'nope'::regclass;

-- @case casts_42
select 'nope'::regtype;

-- @case casts_43
select '\x41'::bytea, 'abc'::bytea, 'a'::bytea::text;

-- @case casts_44
select '\x4'::bytea;

-- @case casts_45
select 1::date;

-- @case casts_46
select true::date;

-- @case casts_47
select date '2024-01-01'::int;

-- @case casts_48
select 'x'::nosuchtype;

-- @case casts_49
select 16777217::float4, 0.1::float4, 0.1::float4::float8, 1e39::float4;

-- @case casts_50
select 123456789.123::float4, 1e15::float8, 1e16::float8, 123456789012345680::float8, 0.0001::float8, 0.00001::float8;

-- @case casts_51
select '1.5'::numeric, '  1.5  '::numeric, '1e5'::numeric, '-.5'::numeric;

-- @case casts_52
select 'abc'::numeric;

-- @case casts_53
select '1,5'::numeric;

-- @case casts_54
select 65::"char", 'abc'::name, 'é'::"char";

-- @case casts_55
select interval '1 month'::text, 3.7::int8, '5'::text::int, 5::text::varchar(3);
