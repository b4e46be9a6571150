"""Makes a small lake of awkward values for benchmarks/differ with DuckDB: many
nulls, skewed keys, negative numbers, decimals of three sizes, Unicode and empty
strings, nested columns, maps, JSON, times of day, several files and row groups, a partitioned table and
an empty one. Doubles are multiples of 1/8, so that sums don't depend on order.

    python benchmarks/differ/lake.py /tmp/differ-lake
"""
import pathlib, sys

import duckdb

COLUMNS = """
    i as id,
    {base} + i as u,
    case when r3 > 0.9 then null else time '00:00:00' + (r2 * 86399)::int * interval 1 second + (r4 * 1000)::int * interval 1 millisecond end as tm,
    case when r4 > 0.9 then null when r4 > 0.8 then map {} else map {'a': v2, 'b': (r1 * 9)::int, 'é': null} end as mp,
    case when r5 < 0.1 then null when r5 < 0.15 then '[]' when r5 < 0.2 then '{"a": null}' else
        '{"a": ' || (r1 * 20)::int || ', "b": ["x", "' || coalesce(w2, 'é') || '", true], "c": {"d": "' || (r2 * 5)::int || '", "e": ' || round(r3 * 80) / 8 || '}}' end as j,
    case when r1 < 0.2 then null when r1 < 0.6 then 1 else (r2 * 40)::int - 10 end as k,
    case when r2 < 0.1 then null else (r3 * 2000000)::bigint - 1000000 end as b,
    case when r3 < 0.3 then null else ((r1 * 200)::int - 100)::smallint end as s,
    case when r4 < 0.1 then null else ((r3 * 10)::int - 5)::tinyint end as t,
    case when r4 < 0.2 then null else ((r1 - 0.5) * 1000)::decimal(9,2) end as d1,
    case when r5 < 0.2 then null else ((r2 - 0.5) * 100000)::decimal(18,4) end as d2,
    case when r5 > 0.7 then null else ((r4 - 0.5) * 1000000)::decimal(30,6) end as d3,
    case when r1 > 0.8 then null else round((r5 - 0.5) * 4000) / 8 end as f,
    case when r2 > 0.8 then null else (round((r4 - 0.5) * 400) / 8)::real end as g,
    case when r3 > 0.7 then null else r4 > 0.4 end as o,
    case when r2 > 0.9 then null else date '1999-12-20' + (r5 * 500)::int end as dt,
    case when r4 > 0.9 then null else timestamp '1969-12-25 12:00:00' + (r2 * 20000)::int * interval 1 minute + (r1 * 1000)::int * interval 1 millisecond end as ts,
    case when r5 > 0.85 then null else (['', 'a', 'ab', 'Abc', 'b%', 'x_y', 'é', '日本語', 'aaa', ' pad ', '😀b', 'long text that does not fit'])[1 + (r1 * r1 * 11.9)::int] end as v,
    case when r5 < 0.1 then null else 'key' || (r4 * 300)::int end as w,
    case when r1 < 0.1 then null when r1 < 0.2 then [] else [v2, null, (r3 * 5)::int] end as l,
    case when r2 < 0.1 then null else [w2, ''] end as m,
    case when r3 < 0.1 then null else {'x': v2, 'y': w2, 'z': {'q': round(r4 * 80) / 8}} end as p
"""


def rows(db, n, seed):
    """A query for n rows; u is a number that no other row of any call has."""
    rows.base = getattr(rows, "base", 0) + 100000
    db.execute(f"select setseed({seed})")
    db.execute("set threads = 1")
    db.execute(f"""create or replace table r as select *,
        case when r3 < 0.3 then null else (r4 * 10)::int end as v2, case when r4 < 0.3 then null else 's' || (r5 * 9)::int end as w2
        from (select i, random() r1, random() r2, random() r3, random() r4, random() r5 from range({n}) t(i))""")
    return f"(select {COLUMNS.replace('{base}', str(rows.base))} from r)"


def main():
    out = pathlib.Path(sys.argv[1])
    db = duckdb.connect()
    for table, sizes in {"big": [700, 500], "mid": [90, 1, 40], "tiny": [14]}.items():
        (out / table).mkdir(parents=True, exist_ok=True)
        for i, n in enumerate(sizes):
            codec = ["snappy", "zstd", "uncompressed"][i]
            db.execute(f"copy {rows(db, n, 0.1 * (i + 1))} to '{out}/{table}/{i}.parquet' (format parquet, row_group_size 256, codec {codec})")
    (out / "nothing").mkdir(exist_ok=True)
    db.execute(f"copy (select * from {rows(db, 5, 0.9)} where false) to '{out}/nothing/0.parquet' (format parquet)")
    db.execute(f"""copy (select *, case when k > 20 then null else k % 4 end as part, case when id % 3 = 0 then 'eu' else 'us' end as zone
        from {rows(db, 300, 0.7)}) to '{out}/parts' (format parquet, partition_by (part, zone), overwrite_or_ignore)""")
    to_csv(db, out)


def to_csv(db, out):
    """What PostgreSQL can hold of the tables, for COPY; arrays in its form."""
    m = """case when m is null then null else '{' || array_to_string(list_transform(m, lambda x: case when x is null then 'NULL' else '"' || x || '"' end), ',') || '}' end"""
    l = "case when l is null then null else '{' || array_to_string(list_transform(l, lambda x: coalesce(x::varchar, 'NULL')), ',') || '}' end"
    pathlib.Path(f"{out}-csv").mkdir(exist_ok=True)
    for table in ["big", "mid", "tiny", "nothing", "parts"]:
        extra = ", part, zone" if table == "parts" else ""
        db.execute(f"""copy (select u, id, k, b, s, t, d1, d2, d3, f, g, o, dt, ts, tm, v, w, j, {l} as l, {m} as m{extra}
            from read_parquet('{out}/{table}/**/*.parquet')) to '{out}-csv/{table}.csv' (format csv, header false, nullstr '\\N')""")


main()
