"""Writes this folder: small tables in the formats that the sample lake lacks.

    pip install fastavro pyarrow cramjam && python generate.py

trips      Avro in two partitions whose schemas differ (deflate, snappy)
sensors    ORC in two partitions (zlib, zstd), several stripes each
readings   Avro by two versions of a program: names, types and symbols have changed;
           _schemas/reading.avsc is what it writes now
shipments  Arrow in two partitions: a file with zstd, a stream with lz4 whose
           dictionary grows, and which has one column more
legacy     Feather's version 1, which is not read
packed_*   the same CSV in every compression, 100 rows each
"""
import bz2, datetime, decimal, gzip, io, json, os, zipfile
import cramjam, fastavro

SYNC = b"0123456789abcdef"


def path(name):
    os.makedirs(os.path.dirname(name), exist_ok=True)
    return name


def trips():
    def schema(later):
        fields = [
            {"name": "id", "type": "long" if later else "int"},
            {"name": "day", "type": {"type": "int", "logicalType": "date"}},
            {"name": "started", "type": ["null", {"type": "long", "logicalType": "timestamp-micros"}]},
            {"name": "fare", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
            {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["CITY", "AIRPORT", "NIGHT"]}},
            {"name": "driver", "type": ["null", {"type": "record", "name": "Driver", "fields": [
                {"name": "name", "type": "string"}, {"name": "rating", "type": ["null", "double"]}]}]},
            {"name": "stops", "type": {"type": "array", "items": "string"}},
            {"name": "extras", "type": {"type": "map", "values": "int"}},
        ]
        if later:
            fields.append({"name": "tip", "type": ["null", "double"], "default": None})
        return fastavro.parse_schema({"type": "record", "name": "Trip", "fields": fields})

    def row(i, later):
        day = datetime.date(2025 if later else 2024, 1 + i % 12, 1 + i % 28)
        r = {
            "id": i + (1 << 33 if later else 0), "day": day,
            "started": None if i % 10 == 0 else datetime.datetime(day.year, day.month, day.day, i % 24, i % 60, tzinfo=datetime.timezone.utc),
            "fare": decimal.Decimal(500 + 25 * i).scaleb(-2), "kind": ["CITY", "AIRPORT", "NIGHT"][i % 3],
            "driver": None if i % 5 == 4 else {"name": f"driver {i % 4}", "rating": None if i % 4 == 3 else 3 + i % 4 / 2},
            "stops": [f"stop {j}" for j in range(i % 4)], "extras": {"bags": i % 3} if i % 2 else {},
        }
        if later:
            r["tip"] = None if i % 2 else i / 4
        return r

    for later, codec in [(False, "deflate"), (True, "snappy")]:
        with open(path(f"trips/year={2025 if later else 2024}/part-0.avro"), "wb") as f:
            fastavro.writer(f, schema(later), [row(i, later) for i in range(200)], codec=codec, sync_marker=SYNC, sync_interval=4000)


def sensors():
    import pyarrow as pa, pyarrow.orc as orc

    for month, codec in [(1, "zlib"), (2, "zstd")]:
        n = 3000
        at = [datetime.datetime(2024, month, 1) + datetime.timedelta(minutes=13 * i) for i in range(n)]
        table = pa.table({
            "id": pa.array(range(n * (month - 1), n * month), pa.int64()),
            "at": pa.array([None if i % 100 == 7 else t for i, t in enumerate(at)], pa.timestamp("us")),
            "day": pa.array([t.date() for t in at]),
            "site": pa.array([f"site {i % 5}" for i in range(n)]),
            "value": pa.array([None if i % 9 == 0 else i % 1000 / 8 for i in range(n)]),
            "price": pa.array([decimal.Decimal(i % 777).scaleb(-2) for i in range(n)], pa.decimal128(9, 2)),
            "ok": pa.array([i % 3 > 0 for i in range(n)]),
            "tags": pa.array([["a", "b", "c"][: i % 4] for i in range(n)]),
            "place": pa.array([{"lat": i % 90, "name": None if i % 4 else f"place {i % 3}"} for i in range(n)], pa.struct([("lat", pa.int16()), ("name", pa.string())])),
        })
        orc.write_table(table, path(f"sensors/month={month}/part-0.orc"), compression=codec, stripe_size=8 << 10, batch_size=500, dictionary_key_size_threshold=0.8)


def readings():
    def enum(*symbols):
        return {"type": "enum", "name": "State", "symbols": list(symbols), "default": symbols[0]}

    def rec(*fields):
        return {"type": "record", "name": "Reading", "namespace": "plant", "fields": [dict(zip(("name", "type", "default"), f)) for f in fields]}

    old = rec(("sensor", "string"), ("temp", "float"), ("state", enum("UNKNOWN", "OK", "HOT")), ("extra", ["null", "int", "string"]),
              ("at", "long"), ("spare", "bytes"))
    new = rec(("id", "string"), ("celsius", "double"), ("state", enum("UNKNOWN", "OK", "COLD")), ("note", ["null", "string", "int"], None),
              ("at", {"type": "long", "logicalType": "timestamp-millis"}), ("unit", "string", "C"),
              ("limits", {"type": "record", "name": "Limits", "fields": [{"name": "low", "type": "int"}, {"name": "high", "type": "int", "default": 40}]},
               {"low": -20}))
    for field, names in [(0, ["sensor"]), (1, ["temp"]), (3, ["extra"])]:
        new["fields"][field]["aliases"] = names
    at = 1704067200000
    a = [{"sensor": f"s{i % 3}", "temp": i / 2, "state": ["UNKNOWN", "OK", "HOT"][i % 3], "extra": [None, i, f"x{i}"][i % 3], "at": at + 1000 * i,
          "spare": b"old"} for i in range(6)]
    b = [{"id": f"s{i % 3}", "celsius": i / 4, "state": ["UNKNOWN", "OK", "COLD"][i % 3], "note": [None, f"y{i}", i][i % 3],
          "at": datetime.datetime.fromtimestamp(at / 1000 + i, datetime.timezone.utc), "unit": "K", "limits": {"low": i, "high": 10 * i}} for i in range(6, 12)]
    for name, schema, rows, codec in [("2023", old, a, "null"), ("2024", new, b, "bzip2")]:
        with open(path(f"readings/{name}.avro"), "wb") as f:
            fastavro.writer(f, fastavro.parse_schema(json.loads(json.dumps(schema))), rows, codec=codec, sync_marker=SYNC)
    with open(path("_schemas/reading.avsc"), "w") as f:
        json.dump(new, f, indent=1)
        f.write("\n")


def shipments():
    import pyarrow as pa, pyarrow.feather

    def batch(first, n, later):
        ids = range(first, first + n)
        words = ["DHL", "UPS", "FedEx"] if not later else ["DHL", "UPS", "FedEx", "GLS"][: 2 + first // 400]
        codes = pa.array([None if i % 11 == 3 else i % len(words) for i in ids], pa.int8())
        cols = {
            "id": pa.array(ids, pa.int64() if later else pa.int32()),
            "shipped": pa.array([None if i % 10 == 9 else datetime.datetime(2024, 1, 1) + datetime.timedelta(minutes=17 * i) for i in ids],
                                pa.timestamp("ns" if later else "us")),
            "carrier": pa.DictionaryArray.from_arrays(codes, pa.array(words)),
            "weight": pa.array([decimal.Decimal(125 * (i % 40)).scaleb(-3) for i in ids], pa.decimal128(9, 3)),
            "parts": pa.array([[f"part {j}" for j in range(i % 3)] for i in ids], pa.list_(pa.string())),
            "box": pa.array([None if i % 13 == 0 else {"width": i % 50, "label": f"box {i % 4}"} for i in ids],
                            pa.struct([("width", pa.int16()), ("label", pa.string())])),
            "marks": pa.array([[("fragile", i % 2), ("tries", i % 5)][: i % 3] for i in ids], pa.map_(pa.string(), pa.int32())),
        }
        if later:
            cols["express"] = pa.array([i % 4 == 0 for i in ids])
        return pa.record_batch(cols)

    batches = {later: [batch(400 * k, 400, later) for k in range(3)] for later in (False, True)}
    options = pa.ipc.IpcWriteOptions
    with pa.OSFile(path("shipments/region=eu/part-0.arrow"), "wb") as f:
        with pa.ipc.new_file(f, batches[False][0].schema, options=options(compression="zstd")) as w:
            for b in batches[False]:
                w.write_batch(b)
    with pa.OSFile(path("shipments/region=us/part-0.arrows"), "wb") as f:
        with pa.ipc.new_stream(f, batches[True][0].schema, options=options(compression="lz4", emit_dictionary_deltas=True)) as w:
            for b in batches[True]:
                w.write_batch(b)
    pa.feather.write_feather(pa.table({"id": [1, 2, 3]}), path("legacy/part-0.feather"), version=1)


def packed():
    text = ("id,name,amount\n" + "".join(f"{i},name {i % 7},{i / 4}\n" for i in range(100))).encode()

    def hadoop(block):
        out = b""
        for at in range(0, len(text), 1000):
            part = text[at:at + 1000]
            packed = block(part)
            out += len(part).to_bytes(4, "big") + len(packed).to_bytes(4, "big") + packed
        return out

    z = io.BytesIO()
    with zipfile.ZipFile(z, "w", zipfile.ZIP_DEFLATED) as w:
        w.writestr(zipfile.ZipInfo("data.csv", (2024, 1, 1, 0, 0, 0)), text)
    raw = lambda b: bytes(cramjam.snappy.compress_raw(b))
    for name, data in {
        "gzip/data.csv.gz": gzip.compress(text[:500], mtime=0) + gzip.compress(text[500:], mtime=0),
        "bzip2/data.csv.bz2": bz2.compress(text[:500]) + bz2.compress(text[500:]),
        "zstd/data.csv.zst": b"\x50\x2a\x4d\x18\x04\0\0\0skip" + bytes(cramjam.zstd.compress(text[:500])) + bytes(cramjam.zstd.compress(text[500:])),
        "snappy/data.csv.snappy": bytes(cramjam.snappy.compress(text)),
        "snappy_raw/data.csv.snappy": raw(text),
        "snappy_hadoop/data.csv.snappy": hadoop(raw),
        "lz4/data.csv.lz4": bytes(cramjam.lz4.compress(text)),
        "lz4_hadoop/data.csv.lz4": hadoop(lambda b: bytes(cramjam.lz4.compress_block(b, store_size=False))),
        "zip/data.zip": z.getvalue(),
        "unnamed/data": gzip.compress(text, mtime=0),
    }.items():
        with open(path("packed_" + name), "wb") as f:
            f.write(data)


trips()
sensors()
readings()
shipments()
packed()
