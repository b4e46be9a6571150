"""Writes Arrow files of another writer, with what must come out of them as JSON.

    pip install pyarrow && python generate.py
"""
import datetime, decimal, json, uuid
import pyarrow as pa
import pyarrow.feather

D, T = decimal.Decimal, datetime
N = 5


def col(t, values, sql, shown=None):
    return pa.array(values, t), sql, values if shown is None else shown


def scalars():
    days = [0, 19782, None, -1, 2932896]
    day = [None if d is None else T.date(1970, 1, 1) + T.timedelta(d) for d in days]
    ticks = [0, 1_700_000_000, None, -1, 86399]
    out = {"b": col(pa.bool_(), [True, False, None, True, False], "boolean")}
    for bits, sql in [(8, "tinyint"), (16, "smallint"), (32, "integer"), (64, "bigint")]:
        m = 2 ** (bits - 1)
        out[f"i{bits}"] = col(getattr(pa, f"int{bits}")(), [0, m - 1, None, -m, -1], sql)
    for bits, sql in [(8, "smallint"), (16, "integer"), (32, "bigint"), (64, "decimal(20,0)")]:
        m = 2 ** bits - 1
        out[f"u{bits}"] = col(getattr(pa, f"uint{bits}")(), [0, m, None, 1, 7], sql,
                              ["0", str(m), None, "1", "7"] if bits == 64 else None)
    out["f16"] = pa.array([1.5, -2.0, None, 65504.0, 0.0], pa.float32()).cast(pa.float16()), "real", [1.5, -2.0, None, 65504.0, 0.0]
    out["f32"] = col(pa.float32(), [1.5, -0.25, None, 3.0, 0.0], "real")
    out["f64"] = col(pa.float64(), [0.1, -1e300, None, 5e-324, 0.0], "double")
    for p, s in [(9, 2), (18, 4), (38, 10)]:
        v = [D(0), D(10) ** (p - s) - 1, None, D(-1).scaleb(-s), D("1.5")]
        for bits in [32, 64, 128, 256]:
            if p <= {32: 9, 64: 18, 128: 38, 256: 38}[bits]:
                out[f"d{bits}_{p}"] = col(getattr(pa, f"decimal{bits}")(p, s), v, f"decimal({p},{s})",
                                          [None if x is None else f"{x:.{s}f}" for x in v])
    text = ["", "grün", None, "long enough for a buffer of its own", "日本"]
    for t in ["utf8", "large_utf8", "string_view"]:
        out[t] = col(getattr(pa, t)(), text, "varchar")
    raw = [None if x is None else x.encode() for x in text]
    for t in ["binary", "large_binary", "binary_view"]:
        out[t] = col(getattr(pa, t)(), raw, "varbinary", [None if x is None else x.hex() for x in raw])
    out["fixed"] = col(pa.binary(3), [b"abc", b"\0\1\2", None, b"xyz", b"\xff\xff\xff"], "varbinary",
                       ["616263", "000102", None, "78797a", "ffffff"])
    ids = [uuid.UUID(int=i << 90 | i) for i in range(N)]
    out["uuid"] = pa.array([u.bytes for u in ids], pa.uuid()), "uuid", [u.hex for u in ids]
    out["date32"] = col(pa.date32(), day, "date", days)
    out["date64"] = col(pa.date64(), day, "date", days)
    for unit, digits in [("s", 0), ("ms", 3), ("us", 6), ("ns", 9)]:
        up = 1 if digits == 9 else 10 ** (6 - digits)
        shown = [None if x is None else x * up for x in ticks]
        out[f"ts_{unit}"] = col(pa.timestamp(unit), ticks, f"timestamp({digits})", shown)
        out[f"tz_{unit}"] = col(pa.timestamp(unit, "Europe/Berlin"), ticks, f"timestamp({digits}) with time zone", shown)
        t = pa.time32(unit) if digits < 6 else pa.time64(unit)
        v = [0, 3600, None, 1, 86399]
        out[f"time_{unit}"] = pa.array(v, pa.int32() if digits < 6 else pa.int64()).cast(t), f"time({digits})", [None if x is None else x * up for x in v]
        v = [0, 3000, None, -2000, 86_399_000]
        us = [None if x is None else x // 1000 if digits == 9 else x * up for x in v]
        out[f"dur_{unit}"] = col(pa.duration(unit), v, "interval", [None if x is None else f"0 0 {x}" for x in us])
    mdn = [(1, 2, 3000), (0, 0, 0), None, (-1, -2, -3000), (12, 0, 86_400_000_000_000)]
    out["interval"] = col(pa.month_day_nano_interval(), mdn, "interval", [None if x is None else f"{x[0]} {x[1]} {x[2] // 1000}" for x in mdn])
    out["null"] = col(pa.null(), [None] * N, "unknown")
    return out


def nested():
    row = pa.struct([("x", pa.int32()), ("y", pa.string())])
    rows = [{"x": 1, "y": "a"}, None, {"x": None, "y": ""}, {"x": -1, "y": None}, {"x": 5, "y": "e"}]
    as_list = lambda r: None if r is None else [r["x"], r["y"]]
    lists = [[1, None, 3], [], None, [4], [5, 6]]
    out = {"row": col(row, rows, "row(x integer, y varchar)", [as_list(r) for r in rows])}
    for name, t in [("list", pa.list_), ("large_list", pa.large_list), ("list_view", pa.list_view), ("large_list_view", pa.large_list_view)]:
        out[name] = col(t(pa.int64()), lists, "array(bigint)")
    out["pair"] = col(pa.list_(pa.int16(), 2), [[1, 2], [3, None], None, [5, 6], [7, 8]], "array(smallint)")
    out["rows"] = col(pa.list_(row), [rows, [], None, rows[:1], rows[1:2]], "array(row(x integer, y varchar))",
                      [[as_list(r) for r in rows], [], None, [as_list(rows[0])], [None]])
    out["map"] = col(pa.map_(pa.string(), pa.float64()), [[("a", 1.5)], [], None, [("b", None), ("c", 2.0)], []], "map(varchar, double)",
                     [[["a", 1.5]], [], None, [["b", None], ["c", 2.0]], []])
    words = ["red", "green", None, "red", "blue"]
    out["dict"] = pa.array(words).dictionary_encode(), "varchar", words
    out["dict_list"] = pa.ListArray.from_arrays([0, 2, 2, 3, 4, 5], pa.array(words).dictionary_encode()), "array(varchar)", \
        [words[:2], [], [None], ["red"], ["blue"]]
    out["runs"] = pa.RunEndEncodedArray.from_arrays([2, 3, 5], pa.array([7, None, 9], pa.int32()), pa.run_end_encoded(pa.int32(), pa.int32())), \
        "integer", [7, 7, None, 9, 9]
    ids = pa.array([0, 1, 0, 1, 1], pa.int8())
    ints, texts = pa.array([1, 2, 3, 4, 5], pa.int32()), pa.array(list("abcde"))
    out["sparse"] = pa.UnionArray.from_sparse(ids, [ints, texts]), "row(tag tinyint, field0 integer, field1 varchar)", \
        [[0, 1, None], [1, None, "b"], [0, 3, None], [1, None, "d"], [1, None, "e"]]
    out["dense"] = pa.UnionArray.from_dense(ids, pa.array([0, 0, 1, 1, 2], pa.int32()), [ints[:2], texts[:3]]), \
        "row(tag tinyint, field0 integer, field1 varchar)", [[0, 1, None], [1, None, "a"], [0, 2, None], [1, None, "b"], [1, None, "c"]]
    return out


def save(name, table, types, rows, **options):
    with pa.OSFile(name, "wb") as f, pa.ipc.new_file(f, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as w:
        w.write_table(table, max_chunksize=options.get("chunk", 1 << 16))
    golden(name, types, rows)


def golden(name, types, rows):
    with open(name.rsplit(".", 1)[0] + ".json", "w") as f:
        json.dump({"types": types, "rows": rows}, f)
        f.write("\n")


def columns(cols):
    table = pa.table({k: v[0] for k, v in cols.items()})
    types, shown = [v[1] for v in cols.values()], [v[2] for v in cols.values()]
    return table, types, [list(r) for r in zip(*shown)]


def extensions():
    bools = pa.ExtensionArray.from_storage(pa.bool8(), pa.array([1, 0, None, -7, 127], pa.int8()))
    tensor = pa.fixed_shape_tensor(pa.int16(), [2, 2])
    tensors = pa.ExtensionArray.from_storage(tensor, pa.array([[1, 2, 3, 4], [5, 6, 7, 8], None, [0, 0, 0, 0], [9, 9, 9, 9]], pa.list_(pa.int16(), 4)))
    opaque = pa.ExtensionArray.from_storage(pa.opaque(pa.string(), "point", "vendor"), pa.array(["a", None, "b", "c", ""]))
    text = ['{"a":1}', "[]", None, '"x"', "null"]
    ids = [uuid.UUID(int=i << 90 | i) for i in range(N)]
    return {
        "bool8": (bools, "boolean", [True, False, None, True, True]),
        "tensor": (tensors, "array(smallint)", [[1, 2, 3, 4], [5, 6, 7, 8], None, [0, 0, 0, 0], [9, 9, 9, 9]]),
        "opaque": (opaque, "varchar", ["a", None, "b", "c", ""]),
        "json": (pa.ExtensionArray.from_storage(pa.json_(pa.string()), pa.array(text)), "json", text),
        "coded": (pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 1, 0], pa.int8()), pa.array(["x", "y"])), "varchar", ["x", "y", None, "y", "x"]),
        "uuids": (pa.ExtensionArray.from_storage(pa.uuid(), pa.array([u.bytes for u in ids], pa.binary(16))), "uuid", [u.hex for u in ids]),
    }


for name, cols in [("scalars", scalars()), ("nested", nested()), ("extensions", extensions())]:
    save(name + ".arrow", *columns(cols))

ids = list(range(1000))
table = pa.table({"id": pa.array(ids), "name": pa.array([f"name {i % 13}" for i in ids]), "v": pa.array([None if i % 7 == 0 else i / 4 for i in ids])})
types = ["bigint", "varchar", "double"]
rows = [[i, f"name {i % 13}", None if i % 7 == 0 else i / 4] for i in ids]
for codec in [None, "lz4", "zstd"]:
    name = f"codec_{codec or 'none'}"
    with pa.OSFile(name + ".arrow", "wb") as f, pa.ipc.new_file(f, table.schema, options=pa.ipc.IpcWriteOptions(compression=codec)) as w:
        w.write_table(table, max_chunksize=300)
golden("codec.json", types, rows)
pa.feather.write_feather(table, "codec_feather.feather")
pa.feather.write_feather(table.slice(0, 5), "version1.feather", version=1)
with pa.OSFile("codec_stream.arrows", "wb") as f, pa.ipc.new_stream(f, table.schema) as w:
    w.write_table(table, max_chunksize=300)
