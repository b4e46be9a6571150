-- @case describe_01
-- @describe
select $1;

-- @case describe_02
-- @describe
select $1, $2;

-- @case describe_03
-- @describe
select $2::int;

-- @case describe_04
-- @describe
select $1 + 1;

-- @case describe_05
-- @describe
select 1 + $1;

-- @case describe_06
-- @describe
select $1 + $2;

-- @case describe_07
-- @describe
select $1 + 1.5;

-- @case describe_08
-- @describe
select $1 || 'a';

-- @case describe_09
-- @describe
select $1 || $2;

-- @case describe_10
-- @describe
select $1::int;

-- @case describe_11
-- @describe
select $1::int, $1;

-- @case describe_12
-- @describe
select cast($1 as date), $2::text::int;

-- @case describe_13
-- @describe
select * from orders where o_orderkey = $1;

-- @case describe_14
-- @describe
select * from orders where o_orderdate >= $1 and o_orderdate < $2;

-- @case describe_15
-- @describe
select * from orders where o_orderstatus = $1;

-- @case describe_16
-- @describe
select * from orders where o_totalprice > $1;

-- @case describe_17
-- @describe
select * from orders where o_shippriority = $1;

-- @case describe_18
-- @describe
select * from orders where o_comment = $1;

-- @case describe_19
-- @describe
select * from orders where o_comment like $1;

-- @case describe_20
-- @describe
select * from orders where o_comment ilike $1 escape $2;

-- @case describe_21
-- @describe
select * from orders where o_updated between $1 and $2;

-- @case describe_22
-- @describe
select * from orders where o_orderkey in ($1, $2, 3);

-- @case describe_23
-- @describe
select * from orders where $1 in (1, 2);

-- @case describe_24
-- @describe
select * from orders where o_orderkey = any($1);

-- @case describe_25
-- @describe
select * from orders where o_comment = any($1);

-- @case describe_26
-- @describe
select * from orders where o_orderdate = any($1);

-- @case describe_27
-- @describe
select * from orders where o_orderstatus = any($1);

-- @case describe_28
-- @describe
select * from orders limit $1 offset $2;

-- @case describe_29
-- @describe
select coalesce($1, 1), coalesce(n_name, $2) from nation;

-- @case describe_30
-- @describe
select coalesce($1, $2);

-- @case describe_31
-- @describe
select case when $1 then 1 else 2 end;

-- @case describe_32
-- @describe
select case when true then $1 else 2 end;

-- @case describe_33
-- @describe
select case $1 when 1 then 'a' else $2 end;

-- @case describe_34
-- @describe
select case n_name when $1 then $2 else 'x' end from nation;

-- @case describe_35
-- @describe
select nullif($1, 1), greatest($2, 1.5), least($3, $4);

-- @case describe_36
-- @describe
select length($1);

-- @case describe_37
-- @describe
select upper($1), substr($2, $3), substring($4 from $5);

-- @case describe_38
-- @describe
select lpad($1, $2), replace($3, $4, $5), split_part($6, $7, $8);

-- @case describe_39
-- @describe
select round($1, 2), abs($2::int), mod($3, 5);

-- @case describe_40
-- @describe
select date_trunc('month', $1::date), date_trunc($2, o_updated) from orders;

-- @case describe_41
-- @describe
select extract(year from $1::date), o_orderdate + $2::interval from orders;

-- @case describe_42
-- @describe
select o_orderdate + $1 from orders;

-- @case describe_43
-- @describe
select o_orderdate - $1 from orders;

-- @case describe_44
-- @describe
select o_updated - $1 from orders;

-- @case describe_45
-- @describe
select o_updated + $1 from orders;

-- @case describe_46
-- @describe
select now() - $1::interval;

-- @case describe_47
-- @describe
select now() > $1;

-- @case describe_48
-- @describe
select $1 > now();

-- @case describe_49
-- @describe
select not $1;

-- @case describe_50
-- @describe
select $1 and true, $2 or false;

-- @case describe_51
-- @describe
select $1 is null;

-- @case describe_52
-- @describe
select $1 is true;

-- @case describe_53
-- @describe
select -$1;

-- @case describe_54
-- @describe
select array[$1, 2], array[$2, 'a'];

-- @case describe_55
-- @describe
select array[$1, $2];

-- @case describe_56
-- @describe
select $1 = any(array[1,2]);

-- @case describe_57
-- @describe
select $1::int[], $2::text[];

-- @case describe_58
-- @describe
select row($1, 1);

-- @case describe_59
-- @describe
select $1 = $2;

-- @case describe_60
-- @describe
select $1 between 1 and 2;

-- @case describe_61
-- @describe
select n_name from nation where (n_nationkey, n_name) = ($1, $2);

-- @case describe_62
-- @describe
select n_name from nation where n_nationkey = $1 or $1 is null;

-- @case describe_63
-- @describe
select n_name from nation where ($1 is null or n_nationkey = $1);

-- @case describe_64
-- @describe
select n_name from nation where ($1::int is null or n_nationkey = $1);

-- @case describe_65
-- @describe
select sum($1), count($2) from nation;

-- @case describe_66
-- @describe
select sum(n_nationkey + $1) from nation;

-- @case describe_67
-- @describe
select * from generate_series(1, $1);

-- @case describe_68
-- @describe
select * from generate_series($1::int, $2);

-- @case describe_69
-- @describe
select * from (values ($1, 1), (2, $2)) v(a, b);

-- @case describe_70
-- @describe
select 1 union select $1;

-- @case describe_71
-- @describe
select $1 union select 1;

-- @case describe_72
-- @describe
select $1 from nation group by $1;

-- @case describe_73
-- @describe
select n_name from nation order by $1;

-- @case describe_74
-- @describe
with x as (select $1::int a) select a + $2 from x;

-- @case describe_75
-- @describe
select (select $1::int), exists(select 1 from nation where n_nationkey = $2);

-- @case describe_76
-- @describe
select to_char(now(), $1), to_date($2, $3);

-- @case describe_77
-- @describe
select json_build_object('a', $1::int), $2::json -> $3;

-- @case describe_78
-- @describe
select c_json -> $1, c_json ->> $2 from alltypes;

-- @case describe_79
-- @describe
select c_int4s[$1], $2 = any(c_int4s), c_texts @> $3 from alltypes;

-- @case describe_80
-- @describe
select string_agg(n_name, $1) from nation;

-- @case describe_81
-- @describe
select $1::varchar(5), $2::numeric(10,2), $3::char(3);

-- @case describe_82
-- @describe
select concat($1, 'a'), concat_ws($2, 'a', $3);

-- @case describe_83
-- @describe
select interval '1 day' * $1;

-- @case describe_84
-- @describe
select $1 * interval '1 day';

-- @case describe_85
-- @describe
select timestamp '2024-01-01' at time zone $1;

-- @case describe_86
-- @describe
select pg_typeof($1);

-- @case describe_87
-- @describe
-- @types 23
select $1;

-- @case describe_88
-- @describe
-- @types 20 0
select $1, $2 + $1;

-- @case describe_89
-- @describe
-- @types 1184
select $1 - interval '1 day';

-- @case describe_90
-- @describe
-- @types 0 25
select $1 = $2;

-- @case describe_91
-- @describe
-- @types 705
select $1;

-- @case describe_92
-- @describe
-- @types 99999
select $1;

-- @case describe_93
-- @describe
-- @types 1700
select $1 + 1;

-- @case describe_94
-- @describe
-- @types 1043
select $1 || 'a';

-- @case describe_95
-- @describe
show timezone;

-- @case describe_96
-- @describe
set timezone = 'UTC';

-- @case describe_97
-- @describe
begin;

-- @case describe_98
-- @describe
select 1;;

-- @case describe_99
-- @describe
explain select $1::int;

-- @case describe_100
-- @describe
values ($1);

-- @case describe_101
-- @describe
select $3::int, $1::text;

-- @case describe_102
-- @describe
select nosuch($1);

-- @case describe_103
-- @describe
select $0;

-- @case describe_104
-- @describe
select ?;

-- @case describe_105
-- @params 1
select $1::int + 1;

-- @case describe_106
-- @params x
select $1::int;

-- @case describe_107
-- @params 2024-02-30
select $1::date;

-- @case describe_108
-- @params 1|b
select $1 + 1, $2 || 'a';

-- @case describe_109
-- @params \N
select $1::int is null, $1;

-- @case describe_110
-- @params {1,2,NULL}
select $1::int[], 2 = any($1);

-- @case describe_111
-- @params 5
select n_name from nation where n_nationkey < $1 order by 1 limit 2;

-- @case describe_112
-- @params 1996-01-02
select o_orderkey from orders where o_orderdate = $1;

-- @case describe_113
-- @params O
select count(*) from orders where o_orderstatus = $1;

-- @case describe_114
-- @params 1e3
select $1::numeric, $1::float8;

-- @case describe_115
-- @params t
select $1::bool, not $1;

-- @case describe_116
-- @params 1 day|2024-01-01
select $1::interval, $2::timestamp + $1;

-- @case describe_117
-- @params a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11
select $1::uuid;

-- @case describe_118
-- @params \x00ff
select $1::bytea;

-- @case describe_119
-- @params 2
select * from generate_series(1, $1);

-- @case describe_120
-- @params a
select n_name from nation limit $1;

-- @case describe_121
-- @params -1
select n_name from nation limit $1;

-- @case describe_122
-- @params 1
select $1, $2;

-- @case describe_123
-- @params 1|2
select $1;
