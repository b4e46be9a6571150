-- @case numbers_01
select abs(-5), abs(-1.5), sign(-3), sign(2.5), ceil(1.2), ceiling(-1.2), floor(1.8), floor(-1.2);

-- @case numbers_02
select round(2.5), round(-2.5), round(2.567,2), round(1234.5,-2), trunc(2.9), trunc(-2.9), trunc(2.567,2), round(2.5::float8), round(3.5::float8);

-- @case numbers_03
select sqrt(2), sqrt(2.0), sqrt(16::numeric), cbrt(27), exp(1), exp(1.0), ln(2.718281828), log(100), log(2,8), log(100.0), power(2,10), power(2.0,0.5), pi();

-- @case numbers_04
select sqrt(-1);

-- @case numbers_05
select ln(0);

-- @case numbers_06
select ln(-1);

-- @case numbers_07
select power(0,-1);

-- @case numbers_08
select exp(1000::float8);

-- @case numbers_09
select sin(0.5), cos(0.5), tan(0.5), asin(0.5), acos(0.5), atan(0.5), atan2(1,2), degrees(pi()), radians(180), sinh(1), cot(1), sind(30);

-- @case numbers_10
select factorial(10), gcd(12,18), lcm(4,6), width_bucket(5.35,0.024,10.06,5), scale(1.50), min_scale(1.50), trim_scale(1.50);

-- @case numbers_11
select mod(-7,3), mod(7,-3), mod(7.5,2), div(9,4), 7::int8/2::int8, 7.0::numeric/2;

-- @case numbers_12
select 1e308*10, 1e-320::float8/1e10;

-- @case numbers_13
select 1e308::float8*10;

-- @case numbers_14
select greatest(1,2,3), least(1.5,2), greatest(null,1), least(null,null);

-- @case numbers_15
select sum(x), avg(x), min(x), max(x), count(x), count(*) from (values (1),(2),(null)) v(x);

-- @case numbers_16
select sum(x), avg(x), stddev(x), variance(x), stddev_pop(x), var_pop(x) from (values (1.5),(2.5),(4)) v(x);

-- @case numbers_17
select sum(x), avg(x), stddev(x), variance(x) from (values (1::float8),(2),(4)) v(x);

-- @case numbers_18
select sum(x::bigint), avg(x::bigint), sum(x::smallint), sum(x::float4), avg(x::float4) from (values (1),(2),(4)) v(x);

-- @case numbers_19
select sum(x), avg(x), max(x), count(x) from (values (1)) v(x) where false;

-- @case numbers_20
select bool_and(x), bool_or(x), every(x) from (values (true),(false),(null)) v(x);

-- @case numbers_21
select bit_and(x), bit_or(x), bit_xor(x) from (values (5),(3)) v(x);

-- @case numbers_22
select percentile_cont(0.5) within group (order by x), percentile_disc(0.5) within group (order by x), mode() within group (order by x) from (values (1),(2),(2),(5)) v(x);

-- @case numbers_23
select corr(x,y), covar_pop(x,y), covar_samp(x,y), regr_slope(x,y), regr_count(x,y) from (values (1::float8,2::float8),(2,3),(3,5)) v(x,y);

-- @case numbers_24
select string_agg(x,',' order by x desc), array_agg(x order by x), string_agg(distinct x,'-' order by x) from (values ('b'),('a'),('a')) v(x);

-- @case numbers_25
select json_agg(x order by x), json_object_agg(x,x) from (values (1),(2)) v(x);

-- @case numbers_26
select sum(distinct x), count(distinct x), sum(x) filter (where x>1) from (values (1),(2),(2)) v(x);

-- @case numbers_27
select random() between 0 and 1, setseed(0.5) is null;
