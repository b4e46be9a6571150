-- @case tables_01
select * from nation order by n_nationkey;

-- @case tables_02
select * from region order by r_regionkey desc;

-- @case tables_03
select * from orders order by o_orderkey;

-- @case tables_04
select * from alltypes order by id;

-- @case tables_05
select c_numeric, c_char, c_varchar from alltypes order by id;

-- @case tables_06
select c_numeric+1, c_numeric*2, -c_numeric, round(c_numeric,2), c_numeric::text from alltypes where id=1;

-- @case tables_07
select c_char||'x', length(c_char), c_char='ab', upper(c_char), c_char::text||'x', c_char from alltypes where id=1;

-- @case tables_08
select sum(o_totalprice), avg(o_totalprice), min(o_totalprice), max(o_orderdate), count(distinct o_orderstatus) from orders;

-- @case tables_09
select o_orderstatus, count(*), sum(o_totalprice), avg(o_custkey) from orders group by o_orderstatus order by 1;

-- @case tables_10
select o_orderstatus, sum(o_totalprice) s from orders group by 1 having sum(o_totalprice)>300000 order by s desc;

-- @case tables_11
select n_name, r_name from nation join region on n_regionkey=r_regionkey order by n_name;

-- @case tables_12
select n.n_name, r.r_name from region r left join nation n on n.n_regionkey=r.r_regionkey order by r.r_name, n.n_name;

-- @case tables_13
select n_comment from nation order by n_comment;

-- @case tables_14
select n_comment from nation order by n_comment desc;

-- @case tables_15
select n_comment from nation order by n_comment nulls first;

-- @case tables_16
select n_comment from nation order by n_comment desc nulls last limit 2;

-- @case tables_17
select n_name from nation where n_comment is null;

-- @case tables_18
select n_name from nation where n_regionkey in (select r_regionkey from region where r_name like 'A%') order by 1;

-- @case tables_19
select n_name, (select r_name from region where r_regionkey=n_regionkey) from nation order by 1;

-- @case tables_20
select exists(select 1 from nation where n_nationkey=99), (select count(*) from nation);

-- @case tables_21
select (select n_nationkey from nation);

-- @case tables_22
select n_nationkey, n_nationkey::text, n_name||'-'||n_nationkey from nation order by 1 limit 2 offset 1;

-- @case tables_23
select distinct n_regionkey from nation order by 1;

-- @case tables_24
select distinct on (n_regionkey) n_regionkey, n_name from nation order by n_regionkey, n_name desc;

-- @case tables_25
select n_regionkey from nation union select r_regionkey from region order by 1;

-- @case tables_26
select n_name from nation union all select r_name from region order by 1 limit 3;

-- @case tables_27
select n_regionkey from nation intersect select 1;

-- @case tables_28
select n_regionkey from nation except select 1 order by 1;

-- @case tables_29
select 1 union select 2.5 order by 1;

-- @case tables_30
select 1 union select 'a';

-- @case tables_31
select 'a' union select 'b' order by 1;

-- @case tables_32
select null union select 1 order by 1;

-- @case tables_33
select 1, 2 union select 3;

-- @case tables_34
with x as (select 1 a) select a+1 from x;

-- @case tables_35
with recursive t(n) as (values (1) union all select n+1 from t where n<5) select sum(n) from t;

-- @case tables_36
select n_name, row_number() over (order by n_name), rank() over (order by n_regionkey), sum(n_nationkey) over (partition by n_regionkey order by n_nationkey) from nation order by n_name;

-- @case tables_37
values (1,'a'),(2,'b');

-- @case tables_38
values (1),(2.5),(null);

-- @case tables_39
table region;

-- @case tables_40
select count(*) from nation, region;

-- @case tables_41
select * from nation n cross join lateral (select n.n_nationkey*2 d) l order by n_nationkey limit 2;

-- @case tables_42
select n.* from nation n where n.n_nationkey=1;

-- @case tables_43
select t.a, t.b from (values (1,2)) t(a,b);

-- @case tables_44
select o_orderdate, o_orderdate+7, o_orderdate-date '1996-01-01', extract(year from o_orderdate), o_updated-o_orderdate from orders where o_orderkey=1;

-- @case tables_45
select n_regionkey, count(*) from nation group by rollup(n_regionkey) order by 1;

-- @case tables_46
select n_regionkey, grouping(n_regionkey), count(*) from nation group by grouping sets ((n_regionkey),()) order by 1,2;

-- @case tables_47
select case when n_regionkey=1 then n_name else n_comment end from nation order by n_nationkey;

-- @case tables_48
select coalesce(n_comment,'none') from nation order by n_nationkey;

-- @case tables_49
select max(n_name), min(n_comment) from nation;

-- @case tables_50
select c_int4s[1], c_texts[3], array_length(c_int4s,1), cardinality(c_texts), c_matrix[2][1] from alltypes order by id;

-- @case tables_51
select unnest(c_int4s) from alltypes where id=1;

-- @case tables_52
select c_float8, c_float4, c_float8*2 from alltypes order by c_float8;

-- @case tables_53
select c_timestamp, c_timestamptz, c_date from alltypes order by c_timestamp;

-- @case tables_54
select max(c_interval), min(c_interval), sum(c_interval) from alltypes;

-- @case tables_55
select c_bytea, length(c_bytea), encode(c_bytea,'hex') from alltypes order by id;

-- @case tables_56
select c_json->'a', c_json->>'a' from alltypes order by id;

-- @case tables_57
select c_uuid from alltypes where c_uuid='a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11';

-- @case tables_58
select * from nation limit 0;

-- @case tables_59
select from nation;

-- @case tables_60
select count(*) from alltypes where c_date > '2000-01-01' and c_timestamp < '2025-01-01';

-- @case tables_61
explain select 1 where false;
