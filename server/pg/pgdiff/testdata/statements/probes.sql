-- @case probe_01
select 7/2;

-- @case probe_02
select 7/2.0;

-- @case probe_03
select -7/2, -7%3;

-- @case probe_04
select 'a'||null;

-- @case probe_05
select 'a'||1;

-- @case probe_06
select (array[10,20])[1], (array[10,20])[3], (array[10,20])[0];

-- @case probe_07
select array[1,2]||3;

-- @case probe_08
select concat('a',null,'b');

-- @case probe_09
select substr('abc',0,2), substr('abc',-2);

-- @case probe_10
select split_part('a,b,c',',',-1);

-- @case probe_11
select split_part('a,b,c',',',9);

-- @case probe_12
select extract(dow from date '2024-01-07'), extract(isodow from date '2024-01-07');

-- @case probe_13
select extract(epoch from timestamp '2024-01-01 00:00:00');

-- @case probe_14
select extract(second from timestamp '2024-01-01 00:00:01.5');

-- @case probe_15
select pg_typeof(extract(year from date '2024-01-01'));

-- @case probe_16
select date '2024-01-31' + interval '1 month';

-- @case probe_17
select pg_typeof(date '2024-01-31' + interval '1 day');

-- @case probe_18
select date '2024-01-02' - date '2024-01-01';

-- @case probe_19
select date '2024-01-02' + 1;

-- @case probe_20
select timestamp '2024-01-02' - timestamp '2024-01-01';

-- @case probe_21
select 'a\nb' , length('a\nb'), length(E'a\nb');

-- @case probe_22
select "A" from (select 1 as a) t;

-- @case probe_23
select a from (select 1 as "A") t;

-- @case probe_24
select cast(1.5 as int), cast(2.5 as int), cast('1.5' as numeric)::int;

-- @case probe_25
select cast(1.5::float8 as int), cast(2.5::float8 as int);

-- @case probe_26
select round(2.5), round(2.5::float8), round(-2.5);

-- @case probe_27
select x from (values (1),(null),(2)) v(x) order by x desc;

-- @case probe_28
select x from (values (1),(null),(2)) v(x) order by x asc;

-- @case probe_29
select max(x) from (values ('a'),('B'),('_')) v(x);

-- @case probe_30
select 'abc' ~ 'B', 'abc' ~* 'B';

-- @case probe_31
select regexp_replace('aaa','a','b'), regexp_replace('aaa','a','b','g');

-- @case probe_32
select regexp_replace('abc','(b)','[\1]');

-- @case probe_33
select regexp_like('abc','b');

-- @case probe_34
select json '{"a":{"b":1}}' -> 'a' ->> 'b';

-- @case probe_35
select json '{"a":1}' #>> '{a}';

-- @case probe_36
select '{"a":1}'::jsonb @> '{"a":1}';

-- @case probe_37
select '{1,2}'::int[];

-- @case probe_38
select 1::varchar || 'x';

-- @case probe_39
select interval '1' day, interval '1 day 2 hours', interval '3' month;

-- @case probe_40
select position('b' in 'abc'), strpos('abc','b');

-- @case probe_41
select to_char(timestamp '2024-01-02 03:04:05','YYYY-MM-DD HH24:MI:SS'), to_char(1234.5,'FM9,999.00');

-- @case probe_42
select date_trunc('week', timestamp '2024-01-07');

-- @case probe_43
select date_part('dow', date '2024-01-07');

-- @case probe_44
-- @novalues
select now() at time zone 'UTC';

-- @case probe_45
select timestamp '2024-07-01 00:00' at time zone 'Europe/Berlin';

-- @case probe_46
select pg_typeof(timestamp '2024-07-01 00:00' at time zone 'Europe/Berlin');

-- @case probe_47
select pg_typeof(sum(1)), pg_typeof(sum(1::bigint)), pg_typeof(avg(1)), pg_typeof(count(*)), pg_typeof(1.5), pg_typeof(1e3);

-- @case probe_48
select pg_typeof(null), pg_typeof('a'), pg_typeof(array[1]), pg_typeof(row(1,2));

-- @case probe_49
select array_agg(x) from (values (1)) v(x) where false;

-- @case probe_50
select n_regionkey as n_name, count(*) from nation group by n_name;

-- @case probe_51
select n_regionkey as r, count(*) from nation group by r having count(*)>0;

-- @case probe_52
select 1 as a where a=1;

-- @case probe_53
select length('naïve '), char_length('ab  '::char(5)), 'a '::char(5)='a';

-- @case probe_54
select 'a'::char(3)||'x';

-- @case probe_55
select greatest(1,null), least(null,2);

-- @case probe_56
select date '2024-02-30';

-- @case probe_57
select cast('abc' as int);

-- @case probe_58
select 1/0.0::float8;

-- @case probe_59
select mod(-7,3), power(2,3), ln(10), log(100), log(2,8);

-- @case probe_60
select lower('ÀÉ'), initcap('foo bar'), reverse('abc'), lpad('a',3,'x'), rpad('abc',2);

-- @case probe_61
select string_agg(n_name,',' order by n_name) from nation;

-- @case probe_62
select count(*) filter (where n_nationkey>1) from nation;

-- @case probe_63
select distinct on (n_regionkey) n_name from nation order by n_regionkey, n_name;

-- @case probe_64
select t.* , u from nation t, lateral (select 1) u limit 1;

-- @case probe_65
select unnest(array[1,2]), unnest(array['a','b','c']);

-- @case probe_66
select * from unnest(array[1,2]) with ordinality as t(a,b);

-- @case probe_67
select generate_series(1,3);

-- @case probe_68
select * from generate_series(date '2024-01-01', date '2024-01-03', interval '1 day');

-- @case probe_69
select x'1F', b'101', 0x1F;

-- @case probe_70
select U&'\0061', $$a'b$$;

-- @case probe_71
select true::int, 1::bool, 't'::bool, 'yes'::bool;

-- @case probe_72
select cast(true as varchar);

-- @case probe_73
-- @novalues
select current_date - interval '1 year' < now();

-- @case probe_74
select 'infinity'::timestamp, 'NaN'::float8 = 'NaN'::float8;

-- @case probe_75
select 1 is distinct from null, null is not distinct from null;

-- @case probe_76
select n_name from nation order by 1 offset 1 rows fetch next 1 rows only;

-- @case probe_77
select n_name from nation offset 1 limit 1;

-- @case probe_78
select n_name from nation limit all;

-- @case probe_79
select try_cast('a' as int);

-- @case probe_80
select if(true,1,2);

-- @case probe_81
select date_diff('day', date '2024-01-01', date '2024-01-03');

-- @case probe_82
select date_add('day',1,date '2024-01-01');

-- @case probe_83
select from_unixtime(0);

-- @case probe_84
select approx_distinct(n_name) from nation;

-- @case probe_85
select element_at(array[1],2);

-- @case probe_86
select cardinality(array[1,2]);

-- @case probe_87
select transform(array[1], x -> x+1);

-- @case probe_88
select map(array['a'],array[1]);

-- @case probe_89
-- @novalues
select date_format(now(),'%Y');

-- @case probe_90
select json_extract_scalar('{"a":1}','$.a');

-- @case probe_91
select timestamp '2024-01-01 00:00:00 UTC';

-- @case probe_92
-- @novalues
select current_timestamp(3);

-- @case probe_93
select row(1,'a');

-- @case probe_94
select cast(row(1,2) as row(a int,b int));

-- @case probe_95
select double '1.5';

-- @case probe_96
select decimal '1.5';

-- @case probe_97
select cast(1 as double);

-- @case probe_98
select varbinary 'x';

-- @case probe_99
select 'x' as "user";

-- @case probe_100
select user;

-- @case probe_101
select values from (select 1 as values) t;

-- @case probe_102
select * from nation tablesample system (100);

-- @case probe_103
select * from nation tablesample bernoulli (100);
