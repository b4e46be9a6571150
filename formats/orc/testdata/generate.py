"""Writes the ORC files of these tests, with what must come out of them as JSON.

    pip install pyarrow pyorc && python generate.py
"""
import datetime, decimal, json, random
import pyarrow as pa
import pyarrow.orc as orc
import pyorc

UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1)
D = decimal.Decimal


def show(v):
    """A value as package formattest renders it."""
    if v is None or isinstance(v, (bool, int, str)):
        return v
    if isinstance(v, float):
        return {"nan": "NaN", "inf": "+Inf", "-inf": "-Inf"}.get(str(v), v)
    if isinstance(v, bytes):
        return v.hex()
    if isinstance(v, datetime.datetime):
        d = (v.astimezone(UTC).replace(tzinfo=None) if v.tzinfo else v) - EPOCH
        return (d.days * 86400 + d.seconds) * 1_000_000 + d.microseconds
    if isinstance(v, datetime.date):
        return (v - EPOCH.date()).days
    if isinstance(v, D):
        return format(v, "f")
    if isinstance(v, dict):
        return [show(x) for x in v.values()]
    return [show(x) for x in v]


def golden(name, types, rows):
    with open(name + ".json", "w") as f:
        json.dump({"types": types, "rows": [[show(v) for v in r] for r in rows]}, f)
        f.write("\n")


def column(name, t, values):
    return name, t, values


def scalars():
    r = random.Random(1)
    n = 600
    pick = lambda f, nulls=5: [None if nulls and i % nulls == 3 else f(i) for i in range(n)]
    day = lambda i: datetime.date(1970, 1, 1) + datetime.timedelta(days=r.randrange(-30000, 30000))
    stamp = lambda i: datetime.datetime(2015 + i % 20 - 10, 1 + i % 12, 1 + i % 28, i % 24, i % 60, i % 59, r.choice([0, 1, 10, 500000, 123456, 999999]))
    dec = lambda digits, scale: D(r.randrange(-(10**digits) + 1, 10**digits)).scaleb(-scale, decimal.Context(prec=60))
    cols = [
        ("b", pa.bool_(), "boolean", pick(lambda i: r.random() < 0.5)),
        ("b0", pa.bool_(), "boolean", pick(lambda i: i % 100 < 90, 0)),
        ("i8", pa.int8(), "tinyint", pick(lambda i: r.randrange(-128, 128))),
        ("i8run", pa.int8(), "tinyint", pick(lambda i: i // 50 - 7, 0)),
        ("i16", pa.int16(), "smallint", pick(lambda i: r.randrange(-(2**15), 2**15))),
        ("i32", pa.int32(), "integer", pick(lambda i: r.randrange(-(2**31), 2**31))),
        ("seq", pa.int32(), "integer", pick(lambda i: 1000 - 3 * i, 0)),
        ("mono", pa.int64(), "bigint", pick(lambda i: i * i * 7 - 12, 0)),
        ("down", pa.int64(), "bigint", pick(lambda i: -i * i - 12, 0)),
        ("const", pa.int64(), "bigint", pick(lambda i: 123456789012, 0)),
        ("short", pa.int64(), "bigint", pick(lambda i: (i // 5) * 1_000_003, 0)),
        ("patch", pa.int64(), "bigint", pick(lambda i: 2000 + r.randrange(100) if i % 50 else r.randrange(2**40), 0)),
        ("patchneg", pa.int64(), "bigint", pick(lambda i: -2000 + r.randrange(60) if i % 70 else r.randrange(2**20), 0)),
        ("i64", pa.int64(), "bigint", pick(lambda i: r.randrange(-(2**63), 2**63))),
        ("w20", pa.int64(), "bigint", pick(lambda i: r.randrange(-(2**19), 2**19))),
        ("w50", pa.int64(), "bigint", pick(lambda i: r.randrange(-(2**49), 2**49), 0)),
        ("f", pa.float32(), "real", pick(lambda i: i / 4 - 7)),
        ("d", pa.float64(), "double", pick(lambda i: r.choice([0.1, -1e300, float("inf"), float("nan"), i / 3]))),
        ("s", pa.string(), "varchar", pick(lambda i: "".join(r.choice("aé€z ") for _ in range(r.randrange(12))))),
        ("s0", pa.string(), "varchar", pick(lambda i: str(r.random()), 0)),
        ("dict", pa.string(), "varchar", pick(lambda i: r.choice(["red", "green", "", "blue"]))),
        ("y", pa.binary(), "varbinary", pick(lambda i: bytes(r.randrange(256) for _ in range(r.randrange(6))))),
        ("dt", pa.date32(), "date", pick(day)),
        ("ts", pa.timestamp("us"), "timestamp(6)", pick(stamp)),
        ("tz", pa.timestamp("us", "UTC"), "timestamp(6) with time zone", pick(lambda i: stamp(i).replace(tzinfo=UTC))),
        ("dec9", pa.decimal128(9, 2), "decimal(9,2)", pick(lambda i: dec(9, 2))),
        ("dec18", pa.decimal128(18, 5), "decimal(18,5)", pick(lambda i: dec(18, 5))),
        ("dec38", pa.decimal128(38, 10), "decimal(38,10)", pick(lambda i: dec(r.randrange(1, 39), 10))),
        ("none", pa.int32(), "integer", [None] * n),
    ]
    table = pa.table({c[0]: pa.array(c[3], c[1]) for c in cols})
    golden("scalars", [c[2] for c in cols], zip(*[c[3] for c in cols]))
    orc.write_table(table, "scalars_v2.orc", compression="zlib", dictionary_key_size_threshold=0.5, row_index_stride=70)
    orc.write_table(table, "scalars_v1.orc", compression="uncompressed", file_version="0.11", dictionary_key_size_threshold=0.5, row_index_stride=70)


def nested():
    r = random.Random(2)
    n = 300
    point = pa.struct([("x", pa.int32()), ("y", pa.float64())])
    p = lambda: r.choice([None, {"x": r.choice([None, r.randrange(99)]), "y": r.choice([None, r.random()])}])
    text = lambda: r.choice([None, "t" * r.randrange(5), "word"])
    many = lambda f: None if r.random() < 0.2 else [f() for _ in range(r.randrange(4))]
    cols = [
        ("id", pa.int32(), "integer", list(range(n))),
        ("p", point, "row(x integer, y double)", [p() for _ in range(n)]),
        ("a", pa.list_(pa.int64()), "array(bigint)", [many(lambda: r.choice([None, r.randrange(1 << 40)])) for _ in range(n)]),
        ("as", pa.list_(pa.string()), "array(varchar)", [many(text) for _ in range(n)]),
        ("ap", pa.list_(point), "array(row(x integer, y double))", [many(p) for _ in range(n)]),
        ("aa", pa.list_(pa.list_(pa.bool_())), "array(array(boolean))", [many(lambda: many(lambda: r.choice([None, True, False]))) for _ in range(n)]),
        ("m", pa.map_(pa.string(), pa.int32()), "map(varchar, integer)", [None if r.random() < 0.2 else [(f"k{j}", r.choice([None, j])) for j in range(r.randrange(4))] for _ in range(n)]),
        ("deep", pa.struct([("in", pa.struct([("s", pa.string()), ("l", pa.list_(pa.decimal128(20, 2)))])), ("t", pa.timestamp("us"))]),
         "row("in" row(s varchar, l array(decimal(20,2))), t timestamp(6))",
         [r.choice([None, {"in": r.choice([None, {"s": text(), "l": many(lambda: D(r.randrange(10**6)).scaleb(-2))}]), "t": r.choice([None, datetime.datetime(2020, 1, 1 + r.randrange(28), 5)])}]) for _ in range(n)]),
    ]
    table = pa.table({c[0]: pa.array(c[3], c[1]) for c in cols})
    golden("nested", [c[2] for c in cols], zip(*[c[3] for c in cols]))
    orc.write_table(table, "nested.orc", compression="snappy", dictionary_key_size_threshold=0.0, row_index_stride=37)
    orc.write_table(table, "nested_dict.orc", compression="zstd", dictionary_key_size_threshold=1.0, row_index_stride=50)


def codecs():
    table = pa.table({"id": pa.array(range(6000), pa.int64()), "name": pa.array([None if i % 7 == 0 else f"name {i % 13}" for i in range(6000)]), "v": pa.array([i / 4 for i in range(6000)])})
    for c in ["uncompressed", "zlib", "snappy", "lz4", "zstd"]:
        orc.write_table(table, f"codec_{c}.orc", compression=c, stripe_size=4 << 10, batch_size=500, row_index_stride=100, dictionary_key_size_threshold=1.0)


def others():
    """What pyarrow does not write: unions, char and varchar, zones, positional names."""
    import zoneinfo

    schema = "struct<id:int,u:uniontype<int,string,double>,c:char(4),v:varchar(6),ti:timestamp with local time zone>"
    with open("union.orc", "wb") as f:
        rows = []
        with pyorc.Writer(f, schema, compression=pyorc.CompressionKind.NONE) as w:  # smaller row groups make the writer repeat values of unions
            for i in range(40):
                u = [i, f"s{i}", i / 2, None][i % 4]
                row = (i, u, "ab", f"v{i}", datetime.datetime(2020, 1, 1 + i % 28, tzinfo=UTC))
                w.write(row)
                tag = None if u is None else (i % 4, u if i % 4 == 0 else None, u if i % 4 == 1 else None, u if i % 4 == 2 else None)
                rows.append((i, tag, "ab  ", row[3], row[4]))
    golden("union", ["integer", "row(tag tinyint, field0 integer, field1 varchar, field2 double)", "char(4)", "varchar(6)", "timestamp(6) with time zone"], rows)
    ny = zoneinfo.ZoneInfo("America/New_York")
    with open("zone.orc", "wb") as f:
        rows = []
        with pyorc.Writer(f, "struct<_col0:timestamp,_col1:bigint>", timezone=ny, compression=pyorc.CompressionKind.ZLIB, row_index_stride=60) as w:
            for i in range(400):
                local = datetime.datetime(1966 + i % 60, 1 + i % 12, 1 + i % 28, 1 + i % 22, 30, 0, [0, 250000][i % 2])
                w.write((local.replace(tzinfo=ny), i))
                rows.append((local, i))
    golden("zone", ["timestamp(6)", "bigint"], rows)
    with open("empty.orc", "wb") as f:
        with pyorc.Writer(f, "struct<a:int>") as w:
            pass
    golden("empty", ["integer"], [])


scalars()
nested()
codecs()
others()
