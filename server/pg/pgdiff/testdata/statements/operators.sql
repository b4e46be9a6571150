-- @case operators_01
select 1+2, 5-3, 4*3, 7/2, 7%3, 2^10, -7/2, -7%3, |/16, ||/27, @-5;

-- @case operators_02
select 1.5+1.25, 2.5-1, 1.5*1.25, 10/4.0, 1/3.0, 2.0/3, 10.5%3, 7.0/2;

-- @case operators_03
select 1::float8/3, 1::float4/3, 1::float8+1, 1.5::float8*2;

-- @case operators_04
select 1/0;

-- @case operators_05
select 1.0/0;

-- @case operators_06
select 1::float8/0;

-- @case operators_07
select 5%0;

-- @case operators_08
select 2147483647+1;

-- @case operators_09
select 9223372036854775807+1;

-- @case operators_10
select -2147483648/-1;

-- @case operators_11
select (-9223372036854775808)/(-1);

-- @case operators_12
select 32767::smallint+1::smallint;

-- @case operators_13
select 1::smallint+1::int, 1::int+1::bigint, 1::bigint+1::numeric, 1::int+1::float4, 1::numeric+1::float8;

-- @case operators_14
select 1=1, 1<>2, 1!=2, 1<2, 2>=2, 'a'<'b', null=1, null is null;

-- @case operators_15
select 5&3, 5|3, 5#3, ~5, 1<<4, 256>>2;

-- @case operators_16
select 'a'||'b', 'a'||1, 1||'a', 'a'||null, 'a'||1.50, 'a'||true, 'a'||date '2024-01-01';

-- @case operators_17
select not true, true and null, false and null, true or null, null or false;

-- @case operators_18
select 1 between 0 and 2, 3 not between 1 and 2, 2 between symmetric 3 and 1;

-- @case operators_19
select 1 in (1,2), 3 in (1,2), null in (1), 1 in (2,null), 1 not in (2,null);

-- @case operators_20
select 'abc' like 'a%', 'abc' like '_b_', 'a%c' like 'a\%c', 'abc' ilike 'A%', 'abc' not like 'x%', 'a_c' like 'a!_c' escape '!';

-- @case operators_21
select 'abc' ~ '^a', 'abc' !~ 'b', 'ABC' ~* 'b', 'ABC' !~* 'b', 'abc' similar to '(a|b)%';

-- @case operators_22
select 'abc' ~ '(';

-- @case operators_23
select date '2024-01-31'+1, date '2024-01-31'-30, date '2024-03-01'-date '2024-02-01', 1+date '2024-01-01';

-- @case operators_24
select date '2024-01-31'+interval '1 month', timestamp '2024-01-31 10:00'-interval '1 day', interval '1 day'*2, interval '1 day'/2, -interval '1 day';

-- @case operators_25
select timestamp '2024-03-01'-timestamp '2024-02-01 12:00', timestamptz '2024-03-01 00:00+00'-timestamptz '2024-02-01 00:00+00', date '2024-01-01'+time '10:00';

-- @case operators_26
select time '10:00'+interval '2 hours', time '10:00'-time '08:30', interval '1 day'+interval '2 hours', interval '1 month'-interval '1 day';

-- @case operators_27
select interval '1 month'>interval '29 days', interval '24 hours'=interval '1 day', date '2024-01-01'<timestamp '2024-01-01 00:00:01';

-- @case operators_28
select array[1,2]||3, 0||array[1], array[1]||array[2,3], array[1,2]=array[1,2], array[1,2]<array[1,3];

-- @case operators_29
select array[1,2,3]@>array[1], array[1]<@array[1,2], array[1,2]&&array[2,3], 2=any(array[1,2]), 3>all(array[1,2]), 1=any('{1,2}');

-- @case operators_30
select (1,2)=(1,2), (1,2)<(1,3), (1,null)=(1,2), row(1,2) is null, row(null,null) is null;

-- @case operators_31
select 1 is distinct from 2, null is distinct from null, true is true, null is unknown, null is not true;

-- @case operators_32
select case when true then 1 else 2 end, case 1 when 1 then 'a' end, case when false then 1 end;

-- @case operators_33
select case when true then 1 else 2.5 end, coalesce(null,1,2), nullif(1,1), nullif(1,2), greatest(1,2.5), least('b','a');

-- @case operators_34
select coalesce(null,null), coalesce(null,'a'), case when true then null else 'x' end;

-- @case operators_35
select 'a'+1;

-- @case operators_36
select 'a'+'b';

-- @case operators_37
select 1+'2', '3'*2, '2024-01-01'::date+'1';

-- @case operators_38
select 1='a';

-- @case operators_39
select true+1;

-- @case operators_40
select date '2024-01-01'+date '2024-01-01';

-- @case operators_41
select 1 and true;

-- @case operators_42
select not 1;

-- @case operators_43
select 1='1', 1.5='1.5', date '2024-01-01'='2024-01-01', true='t';

-- @case operators_44
select 'abc'='abc ', 'abc'::char(5)='abc', 'a'::char(3)='a  '::text, 'a'<'B', 'a'<'é', ''<'a';

-- @case operators_45
select timestamp '2024-07-01 12:00' at time zone 'America/New_York', timestamptz '2024-07-01 12:00+00' at time zone 'America/New_York';

-- @case operators_46
select timestamp '2024-07-01 12:00' at time zone 'Nowhere/Land';

-- @case operators_47
select - - 1, +1, -(-1), 2-(-2), 2 - -2;

-- @case operators_48
select 2^0.5, 2^(-1), 2.0^3, (-8)^(1.0/3);

-- @case operators_49
select 1 < 2 = true, 1 + 2 * 3 - 4 / 2 % 3, -2 ^ 2, not true = false;

-- @case operators_50
select 10 % 3.5, mod(10,3), mod(10.5,3), div(7,2), div(-7.5,2);
