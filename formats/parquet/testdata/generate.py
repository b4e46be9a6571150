#!/usr/bin/env python3
"""Writes the Parquet files of the tests, and beside each the values that pyarrow
(for files of DuckDB: DuckDB) reads from it, as JSON.

    pip install pyarrow==26.0.1 duckdb==2.0.0
    python3 generate.py

Values are written as the test renders them: binary, UUID as hex; decimals as
text; dates, times and timestamps as their number of units (days; microseconds,
or nanoseconds where the file has them); rows, lists as arrays; maps as arrays of
pairs; NaN and infinities as text.
"""
import datetime as dt
import decimal
import json
import math
import os
import random
import uuid

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

HERE = os.path.dirname(os.path.abspath(__file__))
rnd = random.Random(7)


def number(x):
    if math.isnan(x):
        return "NaN"
    if math.isinf(x):
        return "Infinity" if x > 0 else "-Infinity"
    return x


def render(t, s):
    if s is None or not s.is_valid:
        return None
    if pa.types.is_dictionary(t):
        return s.as_py()
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
    if isinstance(t, pa.UuidType):
        return s.value.as_py().hex()
    if pa.types.is_map(t):
        return [[render(t.key_type, e["key"]), render(t.item_type, e["value"])] for e in s.values]
    if pa.types.is_list(t) or pa.types.is_large_list(t):
        return [render(t.value_type, e) for e in s.values]
    if pa.types.is_struct(t):
        return [render(f.type, s[f.name]) for f in t]
    return s.as_py()


def save(name, rows):
    with open(os.path.join(HERE, name + ".json"), "w") as f:
        f.write("[\n" + ",\n".join(json.dumps(r, ensure_ascii=False) for r in rows) + "\n]\n")


def write(name, table, **kw):
    path = os.path.join(HERE, name + ".parquet")
    pq.write_table(table, path, **kw)
    back = pq.read_table(path)
    if kw.get("use_deprecated_int96_timestamps"):
        back = table
    cols = [[render(c.type, x) for x in c] for c in back.columns]
    save(name, [list(r) for r in zip(*cols)])


def some(values, n, nulls=0.2):
    return [None if rnd.random() < nulls else rnd.choice(values) if isinstance(values, list) else values() for _ in range(n)]


def word(n=8):
    return "".join(rnd.choice("abcdefgäπ🙂 ") for _ in range(rnd.randint(0, n)))


def primitives(n, nulls):
    D = decimal.Decimal
    cols = {
        "b": pa.array(some([True, False], n, nulls)),
        "i8": pa.array(some(lambda: rnd.randint(-128, 127), n, nulls), pa.int8()),
        "i16": pa.array(some(lambda: rnd.randint(-(1 << 15), (1 << 15) - 1), n, nulls), pa.int16()),
        "i32": pa.array(some(lambda: rnd.randint(-(1 << 31), (1 << 31) - 1), n, nulls), pa.int32()),
        "i64": pa.array(some(lambda: rnd.randint(-(1 << 63), (1 << 63) - 1), n, nulls), pa.int64()),
        "u8": pa.array(some(lambda: rnd.randint(0, 255), n, nulls), pa.uint8()),
        "u16": pa.array(some(lambda: rnd.randint(0, 65535), n, nulls), pa.uint16()),
        "u32": pa.array(some(lambda: rnd.randint(0, (1 << 32) - 1), n, nulls), pa.uint32()),
        "u64": pa.array(some(lambda: rnd.randint(0, (1 << 64) - 1), n, nulls), pa.uint64()),
        "f16": pa.array(some([0.5, -2.0, 65504.0, 5.960464477539063e-08, float("nan"), float("inf"), 0.0], n, nulls), pa.float16()),
        "f32": pa.array(some([0.5, -2.25, 1e30, float("nan"), float("-inf")], n, nulls), pa.float32()),
        "f64": pa.array(some(lambda: rnd.gauss(0, 1e6), n, nulls), pa.float64()),
        "d7": pa.array(some(lambda: D(rnd.randint(-9999999, 9999999)).scaleb(-2), n, nulls), pa.decimal128(7, 2)),
        "d18": pa.array(some(lambda: D(rnd.randint(-(10**18) + 1, 10**18 - 1)).scaleb(-6), n, nulls), pa.decimal128(18, 6)),
        "d38": pa.array(some(lambda: D(rnd.randint(-(10**38) + 1, 10**38 - 1)).scaleb(-10, decimal.Context(prec=60)), n, nulls), pa.decimal128(38, 10)),
        "date": pa.array(some(lambda: dt.date(1900, 1, 1) + dt.timedelta(days=rnd.randint(0, 80000)), n, nulls)),
        "t32": pa.array(some(lambda: rnd.randint(0, 86399999), n, nulls), pa.time32("ms")),
        "t64us": pa.array(some(lambda: rnd.randint(0, 86399999999), n, nulls), pa.time64("us")),
        "t64ns": pa.array(some(lambda: rnd.randint(0, 86399999999999), n, nulls), pa.time64("ns")),
        "tsms": pa.array(some(lambda: rnd.randint(-(10**13), 10**13), n, nulls), pa.timestamp("ms")),
        "tsus": pa.array(some(lambda: rnd.randint(-(10**16), 10**16), n, nulls), pa.timestamp("us")),
        "tsns": pa.array(some(lambda: rnd.randint(-(10**18), 10**18), n, nulls), pa.timestamp("ns")),
        "tstz": pa.array(some(lambda: rnd.randint(-(10**16), 10**16), n, nulls), pa.timestamp("us", "UTC")),
        "s": pa.array(some(word, n, nulls)),
        "bin": pa.array(some(lambda: rnd.randbytes(rnd.randint(0, 9)), n, nulls), pa.binary()),
        "fix": pa.array(some(lambda: rnd.randbytes(5), n, nulls), pa.binary(5)),
        "uid": pa.array(some(lambda: rnd.randbytes(16), n, nulls), pa.uuid()),
        "cat": pa.array(some(["red", "green", "blue"], n, nulls)),
        "nothing": pa.nulls(n),
    }
    return pa.table(cols)


def nested(n):
    item = pa.struct([("a", pa.int32()), ("tags", pa.list_(pa.string()))])

    def tags():
        return some(word, rnd.randint(0, 3), 0.2) if rnd.random() > 0.2 else None

    def one():
        return None if rnd.random() < 0.2 else {"a": rnd.choice([None, 1, 2]), "tags": tags()}

    def many(f):
        return [None if rnd.random() < 0.2 else [f() for _ in range(rnd.randint(0, 4))] for _ in range(n)]

    return pa.table({
        "l": pa.array(many(lambda: rnd.choice([None, 1, 2, 3])), pa.list_(pa.int64())),
        "ll": pa.array(many(lambda: None if rnd.random() < 0.3 else [rnd.randint(0, 9) for _ in range(rnd.randint(0, 3))]), pa.list_(pa.list_(pa.int32()))),
        "st": pa.array([one() for _ in range(n)], item),
        "ls": pa.array(many(one), pa.list_(item)),
        "m": pa.array([None if rnd.random() < 0.2 else list({word(3) + str(i): rnd.choice([None, 1.5, 2.5]) for i in range(rnd.randint(0, 3))}.items()) for _ in range(n)], pa.map_(pa.string(), pa.float64())),
        "deep": pa.array([None if rnd.random() < 0.2 else {"x": {"y": rnd.choice([None, {"z": rnd.choice([None, word()])}])}} for _ in range(n)],
                         pa.struct([("x", pa.struct([("y", pa.struct([("z", pa.string())]))]))])),
        "req": pa.array([[{"k": 1, "v": word()}] * rnd.randint(0, 2) for _ in range(n)], pa.list_(pa.field("element", pa.struct([pa.field("k", pa.int32(), False), pa.field("v", pa.string(), False)]), False))),
    })


def main():
    table = primitives(150, 0.2)
    write("types_v1", table, compression="none")
    write("types_v2", table, compression="zstd", data_page_version="2.0", data_page_size=200, write_page_index=True, write_page_checksum=True)
    write("types_dense", primitives(60, 0), compression="snappy", use_dictionary=False, write_page_checksum=True)
    write("types_oneone", table.drop_columns(["tsns", "t64ns"]).slice(0, 40), compression="gzip", version="1.0")
    for codec in ["brotli", "lz4", "snappy", "gzip"]:
        write("codec_" + codec, table.select(["i64", "s", "cat"]), compression=codec, data_page_version="2.0" if codec != "lz4" else "1.0")

    enc = primitives(150, 0.1).select(["i32", "i64", "f32", "f64", "s", "bin", "fix", "d38", "b", "date"])
    near = pa.array([1000 + i // 3 * 7 for i in range(150)], pa.int64())
    path = pa.array(["https://example.org/a/%03d/%d" % (i // 10, i) for i in range(150)])
    enc = enc.append_column("near", near).append_column("path", path)
    write("delta", enc, use_dictionary=False, column_encoding={
        "i32": "DELTA_BINARY_PACKED", "i64": "DELTA_BINARY_PACKED", "near": "DELTA_BINARY_PACKED", "date": "DELTA_BINARY_PACKED",
        "s": "DELTA_LENGTH_BYTE_ARRAY", "bin": "DELTA_BYTE_ARRAY", "path": "DELTA_BYTE_ARRAY", "fix": "DELTA_BYTE_ARRAY",
        "f32": "BYTE_STREAM_SPLIT", "f64": "BYTE_STREAM_SPLIT", "d38": "BYTE_STREAM_SPLIT", "b": "RLE"}, data_page_version="2.0", compression="snappy")
    write("delta_v1", enc, use_dictionary=False, column_encoding={
        "i32": "BYTE_STREAM_SPLIT", "i64": "BYTE_STREAM_SPLIT", "near": "DELTA_BINARY_PACKED", "s": "DELTA_BYTE_ARRAY",
        "path": "DELTA_LENGTH_BYTE_ARRAY", "fix": "BYTE_STREAM_SPLIT", "b": "RLE"}, data_page_size=100, compression="none")

    # A dictionary that overflows: pages of codes, then plain ones.
    many = pa.table({"s": [("v%d" % (i if i > 60 else i % 7)) * 4 for i in range(400)], "i": pa.array([i if i > 60 else i % 7 for i in range(400)], pa.int64())})
    write("fallback", many, dictionary_pagesize_limit=256, data_page_size=64, write_batch_size=16, compression="snappy")
    groups = pa.table({"id": pa.array(range(300), pa.int32()), "v": [word() for _ in range(300)], "g": ["g%d" % (i // 100) for i in range(300)]})
    write("groups", groups, row_group_size=100, compression="snappy")

    nest = nested(120)
    write("nested_v1", nest, compression="snappy", data_page_size=100, write_batch_size=8)
    write("nested_v2", nest, compression="none", data_page_version="2.0", data_page_size=64, write_batch_size=8, write_page_index=True)
    write("nested_plain", nest, compression="zstd", use_dictionary=False)
    ts = pa.table({"t": pa.array([0, 1, None, 1700000000123456, -62135596800000000 // 8], pa.timestamp("us"))})
    write("int96", ts, use_deprecated_int96_timestamps=True)
    write("empty", pa.table({"a": pa.array([], pa.int32()), "s": pa.array([], pa.string())}))

    duck("duck")


def duck(name):
    con = duckdb.connect()
    con.execute("SET TimeZone='UTC'")
    con.execute("""
        CREATE TABLE t AS SELECT
            i AS id,
            CASE WHEN i % 5 = 0 THEN NULL ELSE i * 1.5::DOUBLE END AS d,
            (i * 1.25)::DECIMAL(12,2) AS dec,
            (i * 1000000000000::HUGEINT)::DECIMAL(30,3) AS longdec,
            DATE '2020-01-01' + i::INTEGER AS day,
            TIMESTAMP '2020-01-01 00:00:00' + INTERVAL (i) SECOND AS ts,
            (TIMESTAMP '2020-01-01 00:00:00' + INTERVAL (i) SECOND)::TIMESTAMPTZ AS tz,
            (TIMESTAMP '2020-01-01 00:00:00' + INTERVAL (i) SECOND)::TIMESTAMP_NS AS tns,
            TIME '00:00:00' + INTERVAL (i) SECOND AS tm,
            'row ' || i % 13 AS s,
            CASE WHEN i % 7 = 0 THEN NULL ELSE ('x' || i)::BLOB END AS bin,
            ('00000000-0000-0000-0000-' || lpad(i::VARCHAR, 12, '0'))::UUID AS u,
            (['low','mid','high'])[i % 3 + 1]::ENUM('low','mid','high') AS e,
            [i, NULL, i + 1] AS l,
            {'a': i, 'b': 'n' || i} AS st,
            MAP {'k' || i: i} AS m,
            i % 2 = 0 AS flag,
            (i % 100)::UTINYINT AS u8, (i * 40000000)::UINTEGER AS u32, (i * 100000000000000000::HUGEINT)::UBIGINT AS u64,
            CASE WHEN i < 5 THEN NULL ELSE INTERVAL (i) MONTH + INTERVAL (i) DAY + INTERVAL (i % 50) SECOND END AS iv,
            ('{"i":' || i || '}')::JSON AS j
        FROM range(0, 100) r(i)""")
    path = os.path.join(HERE, name + ".parquet")
    con.execute(f"COPY t TO '{path}' (FORMAT parquet, COMPRESSION zstd)")

    def val(x):
        if isinstance(x, decimal.Decimal):
            return format(x, "f")
        if isinstance(x, bytes):
            return x.hex()
        if isinstance(x, uuid.UUID):
            return x.hex
        if isinstance(x, list):
            return [val(e) for e in x]
        return x

    rows = con.execute(f"""SELECT id, d, dec, longdec, day - DATE '1970-01-01', epoch_us(ts), epoch_us(tz), epoch_ns(tns),
        epoch_us(tm), s, bin, u, e::VARCHAR, l, [st.a::VARCHAR, st.b], map_entries(m), flag, u8, u32, u64,
        CASE WHEN iv IS NULL THEN NULL ELSE datepart('year', iv) * 12 + datepart('month', iv) || ' ' || datepart('day', iv) || ' ' || datepart('second', iv) * 1000000 END,
        j::VARCHAR FROM t ORDER BY id""").fetchall()
    out = []
    for r in rows:
        r = [val(x) for x in r]
        r[14] = [int(r[14][0]), r[14][1]]
        r[15] = [[e["key"], e["value"]] for e in r[15]]
        r[19] = str(r[19])
        out.append(r)
    save(name, out)


main()
