-- What the clients look at besides the sample lake: one row of every type, and
-- one of NULLs.
CREATE VIEW demo.alltypes AS
SELECT true AS c_bool, CAST(12 AS smallint) AS c_int2, -123456 AS c_int4, CAST(9007199254740993 AS bigint) AS c_int8,
  CAST(1.5 AS real) AS c_float4, CAST(0.1 AS double precision) AS c_float8, CAST(12345.67 AS decimal(12,4)) AS c_numeric,
  CAST('naïve' AS varchar) AS c_text, CAST('ab' AS char(5)) AS c_char, X'00ff10' AS c_bytea, DATE '2024-02-29' AS c_date,
  TIME '13:14:15.5' AS c_time, TIMESTAMP '2024-02-29 13:14:15.123456' AS c_timestamp,
  TIMESTAMP WITH TIME ZONE '2024-02-29 13:14:15.123456+00' AS c_timestamptz, INTERVAL '1' DAY AS c_interval,
  UUID '123e4567-e89b-12d3-a456-426614174000' AS c_uuid, JSON '{"a": [1, 2]}' AS c_json, ARRAY[1, 2, NULL] AS c_ints,
  ARRAY['a', 'b,c', 'd"e'] AS c_texts, MAP(ARRAY['k'], ARRAY[1]) AS c_map, 1 AS id
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 2;
