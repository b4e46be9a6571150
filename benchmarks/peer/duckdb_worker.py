"""Runs SQL in DuckDB for the commands of benchmarks: one JSON request a line on standard
input ({"sql": ...}), one JSON answer a line on standard output. Only the query
itself is timed, with its rows fetched."""
import datetime, decimal, json, pathlib, sys, time

import duckdb


def text(v):
    if v is None:
        return None
    if isinstance(v, bool):
        return "t" if v else "f"
    if isinstance(v, float):
        return repr(v)
    if isinstance(v, decimal.Decimal):
        return format(v, "f")
    if isinstance(v, datetime.datetime):
        t = v.isoformat(sep=" ")
        return t.rstrip("0") if "." in t else t
    return str(v)


def main():
    lake, threads = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    db = duckdb.connect(config={"threads": threads})
    db.execute("set enable_progress_bar = false")
    db.execute("set default_null_order = 'nulls_last_on_asc_first_on_desc'")
    for table in sorted(p for p in lake.iterdir() if p.is_dir()):
        if any(table.rglob("*.parquet")):
            db.execute(f"create view {table.name} as select * from read_parquet('{table}/**/*.parquet')")
    print(json.dumps({"version": "DuckDB " + duckdb.__version__}), flush=True)
    for line in sys.stdin:
        try:
            start = time.perf_counter()
            rows = db.execute(json.loads(line)["sql"]).fetchall()
            ms = (time.perf_counter() - start) * 1000
            answer = {"ms": ms, "rows": [[text(v) for v in r] for r in rows]}
        except Exception as e:  # reported per query, the worker goes on
            answer = {"error": str(e)}
        print(json.dumps(answer), flush=True)


main()
