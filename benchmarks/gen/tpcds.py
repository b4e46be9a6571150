#!/usr/bin/env python3
"""Makes the tables and the 99 queries of TPC-DS at a scale, by DuckDB's extension.

    python3 -m venv .venv && .venv/bin/pip install -r benchmarks/gen/tpcds-requirements.txt
    .venv/bin/python benchmarks/gen/tpcds.py --scale 1 --out /tmp/tpcds1

OUT/lake has a folder with one Parquet file (snappy) for each table, OUT/queries a
file for each query. Neither is committed: the benchmark's text is the TPC's.
"""
import argparse
import pathlib

import duckdb
import duckdb_extension_tpcds


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--scale", type=float, default=1, help="scale factor: about this many GB as text")
    p.add_argument("--out", type=pathlib.Path, required=True)
    a = p.parse_args()

    (extension,) = pathlib.Path(duckdb_extension_tpcds.__file__).parent.glob(f"extensions/v{duckdb.__version__}/*")
    db = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    db.execute(f"load '{extension}'")
    db.execute(f"call dsdgen(sf={a.scale})")
    for (table,) in db.execute("show tables").fetchall():
        folder = a.out / "lake" / table
        folder.mkdir(parents=True, exist_ok=True)
        db.execute(f"copy {table} to '{folder / table}.parquet' (format parquet)")
    queries = a.out / "queries"
    queries.mkdir(parents=True, exist_ok=True)
    for number, text in db.execute("select query_nr, query from tpcds_queries()").fetchall():
        (queries / f"q{number:02}.sql").write_text(text)


if __name__ == "__main__":
    main()
