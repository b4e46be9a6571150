-- @case datetimes_01
select extract(year from date '2024-02-29'), extract(month from date '2024-02-29'), extract(day from date '2024-02-29'), extract(doy from date '2024-02-29'), extract(week from date '2024-02-29'), extract(quarter from date '2024-02-29');

-- @case datetimes_02
select extract(hour from timestamp '2024-02-29 13:14:15.678'), extract(minute from timestamp '2024-02-29 13:14:15.678'), extract(second from timestamp '2024-02-29 13:14:15.678'), extract(milliseconds from timestamp '2024-02-29 13:14:15.678'), extract(microseconds from timestamp '2024-02-29 13:14:15.678');

-- @case datetimes_03
select extract(epoch from interval '1 day'), extract(epoch from timestamptz '2024-01-01 00:00+00'), extract(epoch from date '1970-01-02'), extract(day from interval '40 days 1 hour'), extract(century from date '2001-01-01'), extract(millennium from date '2001-01-01'), extract(decade from date '1999-01-01');

-- @case datetimes_04
select extract(isoyear from date '2021-01-01'), extract(isodow from date '2024-01-07'), extract(dow from date '2024-01-07'), extract(julian from date '2024-01-01');

-- @case datetimes_05
select extract(timezone from timestamptz '2024-01-01 00:00+00'), extract(timezone_hour from timestamptz '2024-01-01 00:00+02');

-- @case datetimes_06
select extract(nope from date '2024-01-01');

-- @case datetimes_07
select extract(hour from date '2024-01-01');

-- @case datetimes_08
select date_part('year',date '2024-01-01'), date_part('hour',timestamp '2024-01-01 05:00'), date_part('epoch',interval '1 hour');

-- @case datetimes_09
select date_trunc('year',timestamp '2024-05-06 07:08:09'), date_trunc('month',date '2024-05-06'), date_trunc('week',timestamp '2024-05-06 07:08:09'), date_trunc('hour',interval '1 day 02:03:04'), date_trunc('day',timestamptz '2024-05-06 23:00+00','Asia/Tokyo');

-- @case datetimes_10
select date_trunc('nope',timestamp '2024-01-01');

-- @case datetimes_11
select age(timestamp '2024-03-01',timestamp '2023-01-15'), age(date '2024-03-01',date '2024-03-31'), justify_hours(interval '30 hours'), justify_days(interval '45 days'), justify_interval(interval '1 mon -1 hour');

-- @case datetimes_12
select make_date(2024,2,29), make_time(1,2,3.5), make_timestamp(2024,1,2,3,4,5.5), make_interval(days => 10, hours => 2), make_interval(1,2);

-- @case datetimes_13
select make_date(2024,2,30);

-- @case datetimes_14
select date_bin('15 minutes',timestamp '2024-01-01 10:23:45',timestamp '2024-01-01');

-- @case datetimes_15
select (date '2024-01-01', date '2024-02-01') overlaps (date '2024-01-15', date '2024-03-01');

-- @case datetimes_16
select isfinite(date 'infinity'), isfinite(timestamp '2024-01-01'), date 'infinity' > date '9999-12-31', timestamp 'infinity' - interval '1 day';

-- @case datetimes_17
select g from generate_series(1,3) g;

-- @case datetimes_18
select g from generate_series(timestamp '2024-01-01',timestamp '2024-01-03',interval '1 day') g;

-- @case datetimes_19
select * from generate_series(3,1,-1);

-- @case datetimes_20
select generate_series(1,3,0);

-- @case datetimes_21
select to_timestamp(1704067200) at time zone 'UTC', timezone('Asia/Tokyo',timestamptz '2024-01-01 00:00+00'), timestamptz '2024-03-31 01:30+00' at time zone 'Europe/Berlin';

-- @case datetimes_22
select date '2024-01-01' = timestamp '2024-01-01', timestamp '2024-01-01' = timestamptz '2024-01-01 00:00+00';

-- @case datetimes_23
select interval '1 year' * 1.5, interval '1 month' / 2, interval '1 hour' * 0.5, 2 * interval '1 day', interval '1 day 12:00' / 3;

-- @case datetimes_24
select interval '1 year 1 month 1 day 1 hour 1 minute 1.123456 second', interval '-1 year +2 days -03:00', interval '1 day -1 hour', interval '100 hours', interval '-0.5 seconds';

-- @case datetimes_25
select date '10000-01-01', timestamp '10000-01-01 00:00:00', date '4713-01-01 BC', timestamp '294276-12-31 23:59:59.999999';

-- @case datetimes_26
select date '5874898-01-01';

-- @case datetimes_27
select timestamp '294277-01-01';

-- @case datetimes_28
select timestamptz '2024-01-01 00:00:00 Europe/Berlin', timestamptz '2024-01-01 00:00:00 EST', timestamptz '2024-07-01 00:00:00-07:30';

-- @case datetimes_29
select timestamp 'now' > timestamp '2020-01-01', date 'today' = current_date, date 'tomorrow' - date 'yesterday', timestamp 'epoch';

-- @case datetimes_30
set datestyle='SQL, DMY';
select date '31/12/2024', timestamp '2024-12-31 01:02:03.5', timestamptz '2024-12-31 01:02:03+00';
show datestyle;

-- @case datetimes_31
set datestyle='SQL, MDY';
select date '12/31/2024', timestamp '2024-12-31 01:02:03.5', timestamptz '2024-12-31 01:02:03+00', date '0044-03-15 BC';

-- @case datetimes_32
set datestyle='Postgres, MDY';
select date '2024-12-31', timestamp '2024-12-31 01:02:03.5', timestamptz '2024-12-31 01:02:03+00', date '0044-03-15 BC', timestamp '0044-03-15 01:00 BC';

-- @case datetimes_33
set datestyle='Postgres, DMY';
select date '2024-12-31', timestamp '2024-12-31 01:02:03.5', timestamptz '2024-12-31 01:02:03+00';

-- @case datetimes_34
set datestyle='German';
select date '31.12.2024', timestamp '2024-12-31 01:02:03.5', timestamptz '2024-12-31 01:02:03+00', '1.2.2024'::date;
show datestyle;

-- @case datetimes_35
set datestyle='ISO, DMY';
select date '1/2/2024', '03-04-2024'::date, '1.2.2024'::date;
show datestyle;
set datestyle=ymd;
select '24/1/2'::date;
show datestyle;

-- @case datetimes_36
set datestyle='ISO, MDY';
select date '13/2/2024';

-- @case datetimes_37
set datestyle='nonsense';

-- @case datetimes_38
set datestyle='SQL, DMY';
select array[date '2024-12-31'], row(date '2024-12-31')::text, date '2024-12-31'::text, json_build_object('d', date '2024-12-31'), 'infinity'::date;

-- @case datetimes_39
set intervalstyle=sql_standard;
select interval '1 year 2 months', interval '1 day 2:03:04.5', interval '1 year 1 day', interval '-1 year', interval '-1 day 2 hours', interval '0', interval '-1:00:00';

-- @case datetimes_40
set intervalstyle=iso_8601;
select interval '1 year 2 months 3 days 4:05:06.7', interval '-1 day', interval '0', interval '-1.5 sec', interval '1 hour';

-- @case datetimes_41
set intervalstyle=postgres_verbose;
select interval '1 year 2 months 3 days 4:05:06.7', interval '-1 day', interval '0', interval '1 day -1 hour', interval '1 sec', interval '-1 year 1 hour';

-- @case datetimes_42
set intervalstyle=sql_standard;
select interval '-1 2:03:04', interval '-1-2', interval '1-2 -3 4:05:06';

-- @case datetimes_43
set intervalstyle='nope';

-- @case datetimes_44
set timezone='Europe/Berlin';
select timestamptz '2024-01-01 12:00+00', timestamptz '2024-07-01 12:00', timestamp '2024-07-01 12:00'::timestamptz, timestamptz '1890-01-01 00:00+00';
show timezone;

-- @case datetimes_45
set timezone='Asia/Kolkata';
select timestamptz '2024-01-01 12:00+00', timetz '10:00:00', '10:00:00+02'::timetz;

-- @case datetimes_46
set timezone='No/Where';

-- @case datetimes_47
set timezone=2;
show timezone;
select timestamptz '2024-01-01 00:00+00';

-- @case datetimes_48
set timezone='-05:30';
show timezone;
select timestamptz '2024-01-01 00:00+00';

-- @case datetimes_49
set extra_float_digits=0;
select 0.1::float8, 1::float8/3, 0.1::float4, 1::float4/3, 1e20::float8, pi();
set extra_float_digits=-3;
select pi(), 1::float4/3;

-- @case datetimes_50
set bytea_output=escape;
select '\x00ff5c41'::bytea, array['\x00ff'::bytea];
set bytea_output=nope;

-- @case datetimes_51
select timetz '10:11:12.5+02', '10:11:12-08:30'::timetz, timetz '10:00+00' < timetz '10:00-01';
