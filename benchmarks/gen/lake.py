#!/usr/bin/env python3
"""Makes testdata/lake and the golden answers of testdata/tpch.

    python3 -m venv .venv && .venv/bin/pip install -r benchmarks/gen/requirements.txt
    .venv/bin/python benchmarks/gen/lake.py            # testdata/lake, testdata/tpch/answers
    .venv/bin/python benchmarks/gen/lake.py --tpch 1 --out /tmp/tpch1   # only TPC-H at a scale, for benchmarks

Who makes what:
    customer, lineitem, nation, part, partsupp, region, supplier   tpchgen-cli (Arrow's Rust Parquet writer)
    orders/o_orderyear=YYYY/                                       DuckDB, Hive partitions, zstd
    web_logs/yyyy/mm/dd/*.json.gz                                  this script (JSON lines, nested, gzip)
    products/*.csv                                                 this script (quotes, nulls, two files)
    testdata/tpch/answers/qNN.csv                                  DuckDB over those Parquet files
"""
import argparse, csv, datetime, gzip, io, json, pathlib, random, shutil, subprocess, sys

import duckdb

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLES = ["customer", "lineitem", "nation", "orders", "part", "partsupp", "region", "supplier"]


def tpch(scale: str, out: pathlib.Path) -> None:
    """One folder per table with one Parquet file (snappy)."""
    out.mkdir(parents=True, exist_ok=True)
    exe = pathlib.Path(sys.executable).parent / "tpchgen-cli"
    raw = out / "raw"
    subprocess.run([str(exe), "parquet", "-s", scale, "--output-dir", str(raw)], check=True)
    for t in TABLES:
        (out / t).mkdir(exist_ok=True)
        (raw / f"{t}.parquet").rename(out / t / f"{t}.parquet")
    shutil.rmtree(raw)


def partition_orders(lake: pathlib.Path) -> None:
    db = duckdb.connect()
    src = lake / "orders" / "orders.parquet"
    tmp = lake / "orders.parquet"
    src.rename(tmp)
    (lake / "orders").rmdir()
    db.execute(f"""copy (select *, year(o_orderdate) as o_orderyear from '{tmp}' order by o_orderkey)
        to '{lake / "orders"}' (format parquet, partition_by (o_orderyear), compression zstd, row_group_size 2048)""")
    tmp.unlink()


def web_logs(lake: pathlib.Path) -> None:
    r = random.Random(7)
    paths = ["/", "/cart", "/checkout", "/search?q=owl", "/product/1", "/product/2", "/login", "/über-uns"]
    agents = ["Mozilla/5.0 (X11; Linux x86_64)", "curl/8.5.0", "Mozilla/5.0 (iPhone)", None]
    day = datetime.datetime(2026, 1, 30)
    n = 0
    for d in range(5):
        folder = lake / "web_logs" / day.strftime("%Y/%m/%d")
        folder.mkdir(parents=True)
        for part in range(2):
            buf = io.StringIO()
            for _ in range(500):
                n += 1
                at = day + datetime.timedelta(seconds=r.random() * 86400)
                rec = {
                    "request_id": f"req-{n:06d}",
                    "time": at.isoformat(timespec="milliseconds"),
                    "status": r.choice([200] * 12 + [301, 404, 404, 500]),
                    "bytes": r.randrange(120, 90000),
                    "duration_ms": round(r.lognormvariate(3, 1), 3),
                    "method": r.choice(["GET", "GET", "GET", "POST"]),
                    "path": r.choice(paths),
                    "client": {"ip": f"203.0.113.{r.randrange(256)}", "country": r.choice(["DE", "FR", "US", "JP"]),
                               "agent": r.choice(agents)},
                    "tags": r.sample(["bot", "cached", "vip", "beta"], r.randrange(3)),
                    "secure": r.random() < 0.9,
                }
                if r.random() < 0.2:
                    rec["user"] = f"u{r.randrange(60)}"
                buf.write(json.dumps(rec, ensure_ascii=False) + "\n")
            (folder / f"part-{part}.json.gz").write_bytes(gzip.compress(buf.getvalue().encode(), mtime=0))
        day += datetime.timedelta(days=1)


def products(lake: pathlib.Path) -> None:
    r = random.Random(11)
    (lake / "products").mkdir()
    kinds = ["lamp", "chair", 'screen, 24"', "desk", "owl figure"]
    for f in range(2):
        with open(lake / "products" / f"products-{f}.csv", "w", newline="") as out:
            w = csv.writer(out, lineterminator="\n")
            w.writerow(["id", "name", "price", "in_stock", "added", "note"])
            for i in range(300):
                w.writerow([f * 300 + i + 1, r.choice(kinds), f"{r.randrange(100, 99999) / 100:.2f}",
                            r.choice(["true", "false"]),
                            "" if r.random() < 0.1 else str(datetime.date(2025, 1, 1) + datetime.timedelta(days=r.randrange(500))),
                            r.choice(["", "", 'said "fine"', "two, with comma", "plain"])])


def answers(lake: pathlib.Path, out: pathlib.Path) -> None:
    """Every query's rows as CSV: a header, then fields as DuckDB prints them, NULL as \\N."""
    out.mkdir(parents=True, exist_ok=True)
    db = duckdb.connect()
    for t in TABLES:
        db.execute(f"create view {t} as select * from read_parquet('{lake / t}/**/*.parquet')")
    for q in sorted((ROOT / "testdata/tpch/queries").glob("q*.sql")):
        cur = db.execute(q.read_text())
        with open(out / (q.stem + ".csv"), "w", newline="") as f:
            w = csv.writer(f, lineterminator="\n")
            w.writerow([d[0] for d in cur.description])
            for row in cur.fetchall():
                w.writerow(["\\N" if v is None else v for v in row])


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--tpch", metavar="SCALE")
    ap.add_argument("--out", type=pathlib.Path)
    a = ap.parse_args()
    if a.tpch:
        tpch(a.tpch, a.out or ap.error("--tpch needs --out"))
        return
    lake = ROOT / "testdata/lake"
    shutil.rmtree(lake, ignore_errors=True)
    tpch("0.01", lake)
    partition_orders(lake)
    web_logs(lake)
    products(lake)
    answers(lake, ROOT / "testdata/tpch/answers")


if __name__ == "__main__":
    main()
