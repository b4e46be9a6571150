-- @case errors_01
selec 1;

-- @case errors_02
select 1 +;

-- @case errors_03
select * from;

-- @case errors_04
select;

-- @case errors_05
select 'abc;

-- @case errors_06
select "abc;

-- @case errors_07
select /* open;

-- @case errors_08
select $$abc;

-- @case errors_09
select 1 from nosuch;

-- @case errors_10
select nosuch from nation;

-- @case errors_11
select nation.nosuch from nation;

-- @case errors_12
select x.n_name from nation;

-- @case errors_13
select nosuchfn(1);

-- @case errors_14
select length(1);

-- @case errors_15
select nosuchfn(1, 'a', null);

-- @case errors_16
select n_name from nation n, nation m;

-- @case errors_17
select n_name, count(*) from nation;

-- @case errors_18
select count(count(*)) from nation;

-- @case errors_19
select sum(n_name) from nation;

-- @case errors_20
select * from nation where n_name;

-- @case errors_21
select * from nation where n_name=1;

-- @case errors_22
select * from nation where count(*)>1;

-- @case errors_23
select * from nation group by n_regionkey;

-- @case errors_24
select * from nation order by 9;

-- @case errors_25
select n_name from nation order by nosuch;

-- @case errors_26
select * from nation limit -1;

-- @case errors_27
select * from nation limit 'a';

-- @case errors_28
select * from nosuchschema.nation;

-- @case errors_29
select 1 as a, 2 as b from nation group by c;

-- @case errors_30
select * from (select 1);

-- @case errors_31
select (select 1, 2);

-- @case errors_32
select 1 in (select 1, 2);

-- @case errors_33
select case when 1 then 2 end;

-- @case errors_34
select case when true then 1 else 'a' end;

-- @case errors_35
select coalesce(1,'a');

-- @case errors_36
select '1'::int + 'b'::int;

-- @case errors_37
select * from nation join region on n_regionkey;

-- @case errors_38
select * from nation natural join;

-- @case errors_39
select 1 limit 1 limit 2;

-- @case errors_40
select distinct n_name from nation order by n_regionkey;

-- @case errors_41
select 1;
select nosuch;
select 2;

-- @case errors_42
select $1;

-- @case errors_43
select * from unnest(1);

-- @case errors_44
insert into nosuch values (1);

-- @case errors_45
update nosuch set a=1;

-- @case errors_46
delete from nosuch;

-- @case errors_47
drop table nosuch;

-- @case errors_48
create table;

-- @case errors_49
select cast(1 as);

-- @case errors_50
select 1::;

-- @case errors_51
select * from nation as;

-- @case errors_52
select row(1,2)=row(1,2,3);

-- @case errors_53
select (1,2).x;

-- @case errors_54
select current_date();

-- @case errors_55
select sum(distinct) from nation;

-- @case errors_56
select max() from nation;

-- @case errors_57
select upper('a','b');

-- @case errors_58
select substring('abc' from 'x' for);

-- @case errors_59
select 08, 1_000;

-- @case errors_60
select 1a;

-- @case errors_61
select 'a' like 'a\';

-- @case errors_62
select date '2024-01-01' like 'a';

-- @case errors_63
select interval '1 day' > 5;

-- @case errors_64
select array[1] || 'a';

-- @case errors_65
select extract(foo from now());

-- @case errors_66
select n_name from nation where n_regionkey = any(1);

-- @case errors_67
select n_name from nation having n_name='x';

-- @case errors_68
select sum(n_nationkey) over () from nation where sum(n_nationkey) over () > 1;

-- @case errors_69
select n_nationkey from nation union select n_name from nation;

-- @case errors_70
select generate_series(1,2) from nation where generate_series(1,2)=1;

-- @case errors_71
;
;

-- @case errors_72
select repeat('x', 2000000000);

-- @case errors_73
select 1 where 1;

-- @case errors_74
select true > 1;

-- @case errors_75
select lower(n_name from nation;

-- @case errors_76
select 1 ) from nation;
