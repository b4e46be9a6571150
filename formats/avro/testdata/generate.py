"""Writes the Avro files of these tests, with what must come out of them as JSON.

    pip install fastavro cramjam backports.zstd && python generate.py
"""
import datetime, decimal, io, json, random, uuid
import fastavro

UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1)


def micros(d):
    d = d.replace(tzinfo=None) - EPOCH
    return (d.days * 86400 + d.seconds) * 1_000_000 + d.microseconds


def show(v):
    """A value as package formattest renders it."""
    if isinstance(v, bool) or v is None or isinstance(v, (int, str)):
        return v
    if isinstance(v, float):
        return {"nan": "NaN", "inf": "+Inf", "-inf": "-Inf"}.get(str(v), v)
    if isinstance(v, bytes):
        return v.hex()
    if isinstance(v, datetime.datetime):
        return micros(v)
    if isinstance(v, datetime.date):
        return (v - EPOCH.date()).days
    if isinstance(v, datetime.time):
        return ((v.hour * 60 + v.minute) * 60 + v.second) * 1_000_000 + v.microsecond
    if isinstance(v, decimal.Decimal):
        return format(v, "f")
    if isinstance(v, list):
        return [show(x) for x in v]
    if isinstance(v, tuple):  # a row
        return [show(x) for x in v]
    if isinstance(v, dict):
        return [[k, show(x)] for k, x in v.items()]
    raise TypeError(type(v))


def write(name, schema, rows, types, expect=None, golden=None, **kw):
    with open(name + ".avro", "wb") as f:
        fastavro.writer(f, fastavro.parse_schema(schema), rows, sync_marker=b"0123456789abcdef", **kw)
    if expect is None:
        expect = [[r[x["name"]] for x in schema["fields"]] for r in rows]
    with open((golden or name) + ".json", "w") as f:
        json.dump({"types": types, "rows": [[show(v) for v in r] for r in expect]}, f, indent=None)
        f.write("\n")


def rec(name, *fields):
    return {"type": "record", "name": name, "fields": [{"name": n, "type": t} for n, t in fields]}


def lt(base, logical, **kw):
    return {"type": base, "logicalType": logical, **kw}


def scalars():
    """Every type without parts, required and nullable."""
    D = decimal.Decimal
    columns = [
        ("b", "boolean", "boolean", [True, False, True]),
        ("i", "int", "integer", [0, -(2**31), 2**31 - 1]),
        ("l", "long", "bigint", [-1, -(2**63), 2**63 - 1]),
        ("f", "float", "real", [1.5, float("-inf"), float("nan")]),
        ("d", "double", "double", [0.1, 1e308, float("inf")]),
        ("s", "string", "varchar", ["", "text", "ünïcode \0 and more than sixteen bytes"]),
        ("y", "bytes", "varbinary", [b"", b"\xff\x00", b"abc"]),
        ("dt", lt("int", "date"), "date", [datetime.date(1970, 1, 1), datetime.date(1900, 2, 28), datetime.date(2262, 4, 12)]),
        ("tm", lt("int", "time-millis"), "time(3)", [datetime.time(0), datetime.time(23, 59, 59, 999000), datetime.time(12, 30)]),
        ("tu", lt("long", "time-micros"), "time(6)", [datetime.time(0), datetime.time(23, 59, 59, 999999), datetime.time(12, 30)]),
        ("tsm", lt("long", "timestamp-millis"), "timestamp(3) with time zone",
         [datetime.datetime(1970, 1, 1, tzinfo=UTC), datetime.datetime(1969, 12, 31, 23, 59, 59, 1000, tzinfo=UTC), datetime.datetime(2026, 2, 3, 4, 5, 6, 789000, tzinfo=UTC)]),
        ("tsu", lt("long", "timestamp-micros"), "timestamp(6) with time zone",
         [datetime.datetime(1970, 1, 1, tzinfo=UTC), datetime.datetime(1969, 12, 31, 23, 59, 59, 1, tzinfo=UTC), datetime.datetime(2026, 2, 3, 4, 5, 6, 789123, tzinfo=UTC)]),
        ("tsn", lt("long", "timestamp-nanos"), "timestamp(9) with time zone", [0, -1, 1770091506789123456]),
        ("ltm", lt("long", "local-timestamp-millis"), "timestamp(3)",
         [datetime.datetime(1970, 1, 1), datetime.datetime(1, 1, 1), datetime.datetime(2026, 2, 3, 4, 5, 6, 789000)]),
        ("ltu", lt("long", "local-timestamp-micros"), "timestamp(6)",
         [datetime.datetime(1970, 1, 1), datetime.datetime(9999, 12, 31), datetime.datetime(2026, 2, 3, 4, 5, 6, 789123)]),
        ("ds", lt("bytes", "decimal", precision=9, scale=2), "decimal(9,2)", [D("0.00"), D("-1234567.89"), D("0.01")]),
        ("dl", lt("bytes", "decimal", precision=38, scale=10), "decimal(38,10)", [D("0E-10"), D("-1234567890123456789012345678.0123456789"), D("1.0000000000")]),
        ("df", lt({"type": "fixed", "name": "dec8", "size": 8}, "decimal", precision=18, scale=3), "decimal(18,3)", None),
        ("x", {"type": "fixed", "name": "four", "size": 4}, "varbinary", [b"abcd", b"\0\0\0\0", b"\xff\xff\xff\xff"]),
        ("us", lt("string", "uuid"), "varchar", None),
        ("e", {"type": "enum", "name": "suit", "symbols": ["SPADES", "HEARTS", "DIAMONDS"]}, "varchar", ["HEARTS", "SPADES", "DIAMONDS"]),
        ("big", lt("bytes", "made-up"), "varbinary", [b"\x01", b"", b"\xff"]),
        ("odd", lt("string", "date"), "varchar", ["a", "b", "c"]),
        ("n", "null", "unknown", [None, None, None]),
    ]
    ids = [uuid.UUID(int=i * 12345678901234567890) for i in range(3)]
    fields, types, cols = [], [], []
    for name, t, sql, vals in columns:
        if name == "df":
            t = {"type": "fixed", "name": "dec8", "size": 8, "logicalType": "decimal", "precision": 18, "scale": 3}
            vals = [D("0.000"), D("-123456789012345.678"), D("1.500")]
        if name == "us":
            vals = [str(i) for i in ids]
        fields.append((name, t)); types.append(sql); cols.append(vals)
        if name == "n":
            continue
        fields.append((name + "_null", [t if not isinstance(t, dict) or "name" not in t else t["name"], "null"] if name in ("i", "s", "e") else ["null", t if not isinstance(t, dict) or "name" not in t else t["name"]]))
        types.append(sql); cols.append([None, vals[1], None])
    schema = rec("all.of.them.Scalars", *fields)
    schema["name"], schema["namespace"] = "Scalars", "all.of.them"
    rows = [dict(zip([f[0] for f in fields], r)) for r in zip(*cols)]
    write("scalars", schema, rows, types)


def nested():
    point = rec("Point", ("x", "int"), ("y", ["null", "double"]))
    schema = rec(
        "Nested",
        ("id", "int"),
        ("p", point),
        ("np", ["null", "Point"]),
        ("a", {"type": "array", "items": "long"}),
        ("na", ["null", {"type": "array", "items": ["null", "string"]}]),
        ("aa", {"type": "array", "items": {"type": "array", "items": "Point"}}),
        ("m", {"type": "map", "values": "int"}),
        ("nm", ["null", {"type": "map", "values": ["null", {"type": "array", "items": "string"}]}]),
        ("ae", {"type": "array", "items": {"type": "enum", "name": "Color", "symbols": ["RED", "GREEN"]}}),
        ("deep", rec("Outer", ("in", ["null", rec("Inner", ("s", "string"), ("l", {"type": "array", "items": "int"}))]))),
    )
    r = random.Random(3)
    rows, expect = [], []
    for i in range(50):
        point = lambda: {"x": r.randrange(-9, 9), "y": r.choice([None, r.random()])}
        row = {
            "id": i, "p": point(), "np": r.choice([None, point()]), "a": [r.randrange(1 << 40) for _ in range(r.randrange(4))],
            "na": r.choice([None, [r.choice([None, "x" * r.randrange(20)]) for _ in range(r.randrange(4))]]),
            "aa": [[point() for _ in range(r.randrange(3))] for _ in range(r.randrange(3))],
            "m": {f"k{j}": j * i for j in range(r.randrange(4))},
            "nm": r.choice([None, {f"k{j}": r.choice([None, ["v"] * j]) for j in range(r.randrange(3))}]),
            "ae": [r.choice(["RED", "GREEN"]) for _ in range(r.randrange(3))],
            "deep": {"in": r.choice([None, {"s": f"s{i}", "l": list(range(r.randrange(3)))}])},
        }
        rows.append(row)
        t = lambda p: None if p is None else (p["x"], p["y"])
        d = row["deep"]["in"]
        expect.append([row["id"], t(row["p"]), t(row["np"]), row["a"], row["na"], [[t(p) for p in l] for l in row["aa"]], row["m"], row["nm"], row["ae"],
                       (None if d is None else (d["s"], d["l"]),)])
    pt = "row(x integer, y double)"
    write("nested", schema, rows, ["integer", pt, pt, "array(bigint)", "array(varchar)", f"array(array({pt}))", "map(varchar, integer)",
                                   "map(varchar, array(varchar))", "array(varchar)", 'row("in" row(s varchar, l array(integer)))'], expect, sync_interval=500)


def unions():
    schema = rec(
        "Unions",
        ("ints", ["int", "long"]),
        ("nums", ["null", "int", "double"]),
        ("bin", ["bytes", {"type": "fixed", "name": "two", "size": 2}]),
        ("mix", ["null", "string", "int"]),
        ("rec", ["int", rec("R", ("a", "string")), {"type": "array", "items": "int"}]),
        ("one", ["string"]),
        ("none", ["null"]),
        ("arr", {"type": "array", "items": ["null", "string", "int"]}),
    )
    rows = [
        {"ints": 5, "nums": 7, "bin": b"xyz", "mix": "s", "rec": 1, "one": "a", "none": None, "arr": [None, "x", 3]},
        {"ints": 1 << 40, "nums": 1.5, "bin": b"ab", "mix": None, "rec": {"a": "in"}, "one": "b", "none": None, "arr": []},
        {"ints": -1, "nums": None, "bin": b"", "mix": 9, "rec": [1, 2], "one": "", "none": None, "arr": [4]},
    ]
    expect = [
        [5, 7.0, b"xyz", (0, "s", None), (0, 1, None, None), "a", None, [None, (0, "x", None), (1, None, 3)]],
        [1 << 40, 1.5, b"ab", None, (1, None, ("in",), None), "b", None, []],
        [-1, None, b"", (1, None, 9), (2, None, None, [1, 2]), "", None, [(1, None, 4)]],
    ]
    write("unions", schema, rows, ["bigint", "double", "varbinary", "row(tag tinyint, field0 varchar, field1 integer)",
                                   "row(tag tinyint, field0 integer, field1 row(a varchar), field2 array(integer))", "varchar", "unknown",
                                   "array(row(tag tinyint, field0 varchar, field1 integer))"], expect)


def codecs():
    schema = rec("Row", ("id", "long"), ("name", ["null", "string"]), ("v", "double"))
    rows = [{"id": i, "name": None if i % 7 == 0 else f"name {i % 13}", "v": i / 4} for i in range(300)]
    for c in ["null", "deflate", "snappy", "bzip2", "zstandard", "xz"]:
        write("codec_" + c, schema, rows, ["bigint", "varchar", "double"], golden="codec", codec=c, sync_interval=900)


scalars()
nested()
unions()
codecs()
