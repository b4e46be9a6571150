-- @case arrays_01
select (array[1,2,3])[1], (array[1,2,3])[4], (array[1,2,3])[0], (array[1,2,3])[-1], (array[1,2,3])[2:3], (array[1,2,3])[:2], (array[1,2,3])[5:6];

-- @case arrays_02
select (array[[1,2],[3,4]])[1][2], (array[[1,2],[3,4]])[1], (array[[1,2],[3,4]])[1:1];

-- @case arrays_03
select array_length(array[1,2],1), array_length(array[1,2],2), array_length('{}'::int[],1), cardinality(array[[1,2],[3,4]]), array_ndims(array[[1]]), array_upper(array[1,2],1), array_lower(array[1,2],1), array_dims(array[[1,2]]);

-- @case arrays_04
select array_append(array[1],2), array_prepend(0,array[1]), array_cat(array[1],array[2]), array_remove(array[1,2,1],1), array_replace(array[1,2],1,9), array_position(array['a','b'],'b'), array_positions(array[1,2,1],1), trim_array(array[1,2,3],2);

-- @case arrays_05
select unnest(array[1,2]), unnest('{}'::int[]);

-- @case arrays_06
select * from unnest(array[1,2],array['a']) as t(a,b);

-- @case arrays_07
select array(select n_nationkey from nation order by 1), array(select n_name from nation where false);

-- @case arrays_08
select array[1,2]::text, array['a b','c,d','','null',null,'q"','b\s']::text, array[[1,2],[3,4]]::text;

-- @case arrays_09
select array[1,'a'];

-- @case arrays_10
select array[1,2.5], array[1,null], array[null];

-- @case arrays_11
select array[[1,2],[3]];

-- @case arrays_12
select array_agg(n_regionkey order by n_nationkey), array_agg(n_comment order by n_nationkey), array_agg(n_nationkey) filter (where false) from nation;

-- @case arrays_13
select array_fill(1,array[2]), array_to_json(array[1,2]), array[interval '1 day'], array['x'::char(3)], array[true,false], array[timestamp '2024-01-01'];

-- @case arrays_14
select array[date '2024-01-01',null], array[1.50,2], array[1::float8,'NaN'], array['\x00'::bytea], array[uuid 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'], array[json '{"a":1}'];

-- @case arrays_15
select 1=any(array[1,null]), 3=any(array[1,null]), 1<>all(array[2,3]), null=any(array[1]), 1=any(null::int[]);

-- @case arrays_16
select array[];

-- @case arrays_17
select 1[1];

-- @case arrays_18
select array[3,1,2] @> '{1}', array_position(array[1,2],3), array[1,2] is null;
