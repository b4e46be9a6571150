"""Writes one table in many formats: data.py OUT ROWS FILES. Each format is a folder
of FILES files with the same rows; DuckDB makes the rows and writes Parquet, CSV and
JSON, pyarrow ORC, fastavro Avro. A folder that is whole (_done) is left alone."""
import pathlib, sys

import duckdb, fastavro, pyarrow as pa, pyarrow.orc

ROWS = """
select i as id, (hash(i) % 100000)::integer as account, (hash(i + 1) % 1000000)::double / 128 as price,
  ((hash(i + 2) % 100000000)::decimal(12, 2) / 100)::decimal(12, 2) as amount, hash(i + 3) % 3 = 0 as active,
  date '2015-01-01' + (hash(i + 4) % 4000)::integer as day,
  timestamp '2020-01-01' + to_microseconds((hash(i + 5) % 126230400000000)::bigint) as seen,
  ['north', 'south', 'east', 'west', 'center'][(hash(i + 6) % 5)::bigint + 1] as region,
  'customer ' || hash(i + 7) % 1000000000 as name,
  case when hash(i + 8) % 10 > 0 then (hash(i + 9) % 1000)::bigint end as score
from range({0}, {1}) r(i)"""

# What DuckDB writes: folder, extension, options of COPY.
COPIES = [
    ("parquet_snappy", "parquet", "format parquet, compression snappy"),
    ("parquet_zstd", "parquet", "format parquet, compression zstd"),
    ("csv", "csv", "format csv, header"),
    ("csv_gzip", "csv.gz", "format csv, header, compression gzip"),
    ("ndjson", "json", "format json"),
    ("ndjson_gzip", "json.gz", "format json, compression gzip"),
]

AVRO = {"type": "record", "name": "row", "fields": [
    {"name": "id", "type": "long"}, {"name": "account", "type": "int"}, {"name": "price", "type": "double"},
    {"name": "amount", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}},
    {"name": "active", "type": "boolean"}, {"name": "day", "type": {"type": "int", "logicalType": "date"}},
    {"name": "seen", "type": {"type": "long", "logicalType": "local-timestamp-micros"}},
    {"name": "region", "type": "string"}, {"name": "name", "type": "string"}, {"name": "score", "type": ["null", "long"]}]}


def write_avro(db, query, path):
    batches = db.sql(query).to_arrow_reader(50_000)
    with open(path, "wb") as f:
        fastavro.writer(f, AVRO, (row for b in batches for row in b.to_pylist()), codec="deflate")


def write_orc(db, query, path):
    with pa.orc.ORCWriter(str(path), compression="zlib") as w:
        for b in db.sql(query).to_arrow_reader(100_000):
            w.write(pa.Table.from_batches([b]))


def main():
    out, rows, files = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    db = duckdb.connect()
    db.execute("set enable_progress_bar = false")
    jobs = [(d, x, lambda q, p, o=o: db.execute(f"copy ({q}) to '{p}' ({o})")) for d, x, o in COPIES]
    jobs += [("orc", "orc", lambda q, p: write_orc(db, q, p)), ("avro", "avro", lambda q, p: write_avro(db, q, p))]
    for folder, extension, write in jobs:
        d = out / folder
        if (d / "_done").exists():
            continue
        d.mkdir(parents=True, exist_ok=True)
        for k in range(files):
            write(ROWS.format(rows * k // files, rows * (k + 1) // files), d / f"part{k}.{extension}")
        (d / "_done").touch()


main()
