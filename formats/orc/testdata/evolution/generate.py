"""Writes columns of every type twice, with values that fit into all types and with
those at the ends of their own, and what pyarrow makes of them as every other type.

    pip install pyarrow && python generate.py
"""
import datetime, decimal, json
import pyarrow as pa
import pyarrow.orc as orc

D = decimal.Decimal
EPOCH = datetime.datetime(1970, 1, 1)
day, ts = datetime.date, datetime.datetime
COLUMNS = {
    "boolean": (pa.bool_(), [True, False, None, True], [True, False, None, False]),
    "tinyint": (pa.int8(), [0, 1, None, 7], [-128, 127, None, -1]),
    "smallint": (pa.int16(), [0, 1, None, 7], [-32768, 32767, None, -1]),
    "integer": (pa.int32(), [0, 1, None, 7], [-2**31, 2**31 - 1, None, -1]),
    "bigint": (pa.int64(), [0, 1, None, 7], [-2**63, 2**63 - 1, None, 2**53 + 1]),
    "real": (pa.float32(), [0.0, 1.0, None, 7.0], [1.5, -3.4028234663852886e38, None, 16777216.0]),
    "double": (pa.float64(), [0.0, 1.0, None, 7.0], [1.5, 1.7976931348623157e308, None, 2.0**53]),
    "decimal(5,2)": (pa.decimal128(5, 2), [D("0.00"), D("1.00"), None, D("7.00")], [D("-999.99"), D("999.99"), None, D("0.01")]),
    "decimal(30,10)": (pa.decimal128(30, 10), [D("0E-10"), D("1.0000000000"), None, D("7.0000000000")], [D("-99999999999999999999.9999999999"), D("1E-10"), None, D("2.5000000000")]),
    "varchar": (pa.string(), ["0", "1", None, "7"], ["x", "", None, "1970-01-01"]),
    "varbinary": (pa.binary(), [b"0", b"1", None, b"7"], [b"\xff\x00", b"", None, b"a"]),
    "date": (pa.date32(), [day(1970, 1, 1), day(1970, 1, 2), None, day(2000, 2, 29)], [day(1600, 1, 1), day(9999, 12, 31), None, day(1969, 12, 31)]),
    "timestamp": (pa.timestamp("us"), [ts(1970, 1, 1), ts(1970, 1, 2), None, ts(2000, 2, 29)], [ts(1700, 1, 1, 1, 2, 3, 456789), ts(2200, 12, 31, 23, 59, 59, 999999), None, ts(1969, 12, 31, 23, 59, 59)]),
}


def show(v):
    if v is None or isinstance(v, (bool, int, str)):
        return v
    if isinstance(v, float):
        return "error" if v in (float("inf"), -float("inf")) else v
    if isinstance(v, bytes):
        return v.hex()
    if isinstance(v, datetime.datetime):
        d = v - EPOCH
        return (d.days * 86400 + d.seconds) * 1_000_000 + d.microseconds
    if isinstance(v, datetime.date):
        return (v - EPOCH.date()).days
    return format(v, "f")


table, want = {}, {}
for name, (typ, small, edge) in COLUMNS.items():
    for kind, values in (("small", small), ("edge", edge)):
        key = name.replace("(", "_").replace(",", "_").replace(")", "") + "_" + kind
        column = table[key] = pa.array(values, typ)
        for to, (target, _, _) in COLUMNS.items():
            out = []
            for v in column:
                try:
                    cast = pa.array([v.as_py()], typ).cast(target)
                    out.append(show(cast[0].as_py()))
                except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OverflowError, ValueError):
                    out.append("error")
            want.setdefault(key, {})[to] = out
orc.write_table(pa.table(table), "types.orc", compression="zlib")
with open("expected.json", "w") as f:
    json.dump(want, f, indent=0)
    f.write("\n")
