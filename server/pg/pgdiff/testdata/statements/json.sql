-- @case json_01
select '{"a":{"b":[1,2]}}'::json->'a', '{"a":{"b":[1,2]}}'::json->'a'->'b'->0, '{"a":"x"}'::json->>'a', '[1,2]'::json->-1, '{"a":1}'::json#>'{a}', '{"a":{"b":1}}'::json#>>'{a,b}', '{"a":null}'::json->>'a', '[1]'::json->'x';

-- @case json_02
select '{"a":1}'::jsonb @> '{"a":1}', '{"a":1}'::jsonb <@ '{"a":1,"b":2}', '{"a":1}'::jsonb ? 'a', '{"a":1}'::jsonb ?| array['b','a'], '{"a":1}'::jsonb ?& array['a','b'], '{"a":1}'::jsonb || '{"b":2}', '{"a":1,"b":2}'::jsonb - 'a', '[1,2]'::jsonb - 0, '{"a":{"b":1}}'::jsonb #- '{a,b}';

-- @case json_03
select json_typeof('1'), jsonb_typeof('[]'), json_array_length('[1,2]'), json_build_object('a',1,'b',null), json_build_array(1,'x',null,true), to_json('a"b'::text), to_json(1.5), to_jsonb(array[1,2]), row_to_json(row(1,'a'));

-- @case json_04
select json_extract_path('{"a":{"b":2}}','a','b'), json_extract_path_text('{"a":"x"}','a'), jsonb_set('{"a":1}','{a}','2'), jsonb_pretty('{"a":1}'), jsonb_strip_nulls('{"a":null,"b":1}'), json_object('{a,1,b,2}');

-- @case json_05
select * from json_each('{"a":1,"b":"x"}');

-- @case json_06
select * from json_each_text('{"a":1,"b":"x"}');

-- @case json_07
select * from json_array_elements('[1,"x",null]');

-- @case json_08
select json_array_elements_text('["a",1]');

-- @case json_09
select json_object_keys('{"b":1,"a":2}');

-- @case json_10
select '{"a": 1}'::jsonb = '{"a":1}', '{"b":1,"a":2}'::jsonb::text, '1.0'::jsonb = '1', '{"a":1}'::jsonb->'a' = '1';

-- @case json_11
select '{bad}'::json;

-- @case json_12
select '{"a":1}'::json = '{"a":1}'::json;

-- @case json_13
select jsonb_path_query('{"a":[1,2]}','$.a[*]'), jsonb_path_exists('{"a":1}','$.a');

-- @case json_14
select * from jsonb_to_recordset('[{"a":1,"b":"x"}]') as t(a int, b text);

-- @case json_15
select json_agg(n) from (select n_nationkey, n_name from nation where n_nationkey<2 order by 1) n;
