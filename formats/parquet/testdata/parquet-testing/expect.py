#!/usr/bin/env python3
"""Writes what pyarrow reads from the files of apache/parquet-testing, for the
tests: expect/<file>.jsonl (.jsonl.gz if it is large), a line of column names and
then a line for each row; expect/<file>.err for what pyarrow cannot read.

    pip install pyarrow==26.0.1
    python3 expect.py

Values are written as ../generate.py has it.
"""
import glob
import gzip
import json
import os
import sys

import pyarrow as pa
import pyarrow.parquet as pq

HERE = os.path.dirname(os.path.abspath(__file__))
LARGE = 50_000  # bytes of a golden above which it is compressed


def number(x):
    if x != x:
        return "NaN"
    if x in (float("inf"), float("-inf")):
        return "Infinity" if x > 0 else "-Infinity"
    return x


def render(t, s):
    if s is None or not s.is_valid:
        return None
    if isinstance(t, pa.UuidType):
        return s.value.as_py().hex()
    if isinstance(t, pa.BaseExtensionType):
        return render(t.storage_type, s.value)
    if pa.types.is_null(t):
        return None
    if pa.types.is_timestamp(t) or pa.types.is_time(t):
        return s.value * 1000 if t.unit == "ms" else s.value * 1000000 if t.unit == "s" else s.value
    if pa.types.is_date(t):
        return s.value
    if pa.types.is_decimal(t):
        return format(s.as_py(), "f")
    if pa.types.is_floating(t):
        return number(float(s.as_py()))
    if pa.types.is_binary(t) or pa.types.is_large_binary(t) or pa.types.is_fixed_size_binary(t):
        return s.as_py().hex()
    if pa.types.is_map(t):
        return [[render(t.key_type, e["key"]), render(t.item_type, e["value"])] for e in s.values]
    if pa.types.is_list(t) or pa.types.is_large_list(t):
        return [render(t.value_type, e) for e in s.values]
    if pa.types.is_struct(t):
        return [render(f.type, s[i]) for i, f in enumerate(t)]
    return s.as_py()


def read(path):
    f = pq.ParquetFile(path, coerce_int96_timestamp_unit="us", page_checksum_verification=True, arrow_extensions_enabled=False)
    t = pa.table([], names=[]) if f.metadata.num_columns == 0 else f.read()
    yield [c for c in t.column_names]
    cols = [(t.schema.field(i).type, t.column(i)) for i in range(t.num_columns)]
    for r in range(t.num_rows):
        yield [render(typ, c[r]) for typ, c in cols]


# What pyarrow cannot read, from the files' descriptions in the same repository:
# maps whose keys are optional (written by Presto), timestamps beyond 64 bits of
# nanoseconds.
DESCRIBED = {
    "data/incorrect_map_schema.parquet": [["my_map"], [[["parent", "another"], ["name", "report"]]]],
    "data/int96_from_spark.parquet": [["a"]] + [[v] for v in (1704141296123456, 1704070800000000, 253402225200000000, 1735599600000000, None, 9089380393200000000)],
}


def line(row):
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n"


def write(name, lines):
    out = os.path.join(HERE, "expect", name)
    os.makedirs(os.path.dirname(out), exist_ok=True)
    text = "".join(lines)
    if len(text) <= LARGE:
        with open(out + ".jsonl", "w") as w:
            w.write(text)
        return
    with open(out + ".jsonl.gz", "wb") as w, gzip.GzipFile("", "wb", fileobj=w, mtime=0) as z:
        z.write(text.encode())


def main():
    names = sys.argv[1:] or sorted(os.path.relpath(p, HERE) for d in ("data", "data/geospatial", "bad_data") for p in glob.glob(os.path.join(HERE, d, "*.parquet")))
    for name in names:
        if "large_string_map" in name:
            continue
        if name in DESCRIBED:
            write(name, [line(r) for r in DESCRIBED[name]])
            continue
        try:
            lines = [line(r) for r in read(os.path.join(HERE, name))]
        except Exception as e:
            out = os.path.join(HERE, "expect", name + ".err")
            os.makedirs(os.path.dirname(out), exist_ok=True)
            with open(out, "w") as w:
                w.write("%s: %s\n" % (type(e).__name__, str(e).split("\n")[0][:200]))
            print(name, type(e).__name__, str(e)[:150])
            continue
        write(name, lines)


main()
