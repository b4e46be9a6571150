"""Writes cases.jsonl: BSON documents of every type, and of what bytes changed in them make, with what PyMongo reads, as the JSON
that this package makes of BSON; "error" where PyMongo refuses. Numbers are {"#": text}, so that no reader of JSON rounds them.

    pip install pymongo && python expect.py
"""
import base64
import json
import struct
from datetime import datetime, timedelta

import bson
from bson import Binary, Code, DBRef, Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp
from bson.codec_options import CodecOptions, DatetimeConversion
from bson.datetime_ms import DatetimeMS

OPTIONS = CodecOptions(datetime_conversion=DatetimeConversion.DATETIME_MS)


def number(text):
    return {"#": text}


def plain(v):
    if v is None or isinstance(v, (MinKey, MaxKey)):
        return None
    if isinstance(v, bool):
        return v
    if isinstance(v, int):
        return number(str(int(v)))
    if isinstance(v, float):
        if v != v:
            return "NaN"
        if v in (float("inf"), float("-inf")):
            return "Infinity" if v > 0 else "-Infinity"
        return number(repr(v))
    if isinstance(v, Decimal128):
        d = v.to_decimal()
        if d.is_nan():
            return "NaN"
        if d.is_infinite():
            return "Infinity" if d > 0 else "-Infinity"
        return number(str(d))
    if isinstance(v, DatetimeMS):
        ms = int(v)
        if ms > 250_000_000_000_000 or ms < -62_135_596_800_000:
            return number(str(ms))
        t = datetime(1970, 1, 1) + timedelta(milliseconds=ms)
        text = t.strftime("%%04d-%m-%d %H:%M:%S") % t.year
        return text + (".%03d" % (ms % 1000)).rstrip("0").rstrip(".")
    if isinstance(v, Binary) or isinstance(v, bytes):
        subtype = getattr(v, "subtype", 0)
        if subtype in (3, 4) and len(v) == 16:
            h = bytes(v).hex()
            return "-".join((h[:8], h[8:12], h[12:16], h[16:20], h[20:]))
        return base64.b64encode(bytes(v)).decode()
    if isinstance(v, Regex):
        flags = "".join(c for c, bit in zip("ilmsux", (2, 4, 8, 16, 32, 64)) if v.flags & bit)
        return "/%s/%s" % (v.pattern, flags)
    if isinstance(v, Timestamp):
        return {"t": number(str(v.time)), "i": number(str(v.inc))}
    if isinstance(v, ObjectId):
        return str(v)
    if isinstance(v, DBRef):
        return {"$ref": v.collection, "$id": plain(v.id)}
    if isinstance(v, str):
        return str(v)
    if isinstance(v, list):
        return [plain(x) for x in v]
    return {k: plain(x) for k, x in v.items()}


def raw(kind, body, name=b"v"):
    """A document of one element, made by hand."""
    element = bytes([kind]) + name + b"\0" + body
    return struct.pack("<i", len(element) + 5) + element + b"\0"


def text(s):
    return struct.pack("<i", len(s) + 1) + s + b"\0"


def decimal(hi, lo):
    return raw(0x13, struct.pack("<QQ", lo, hi))


oid = ObjectId("65e1a0b0c0ffee0123456789")
deep = {}
for _ in range(150):
    deep = {"d": deep}
values = {
    "double": [0.0, -0.0, 1.5, -1e300, 5e-324, 1.7976931348623157e308, float("inf"), float("-inf"), float("nan"), 0.1],
    "string": ["", "a", "é€😀", "a\0b", "\u0001\"\\\n"],
    "document": [{}, {"a": 1}, {"a": {"b": {"c": None}}}, deep, {"": ""}, {"$ref": "c", "$id": 5}],
    "array": [[], [1], [1, "x", None, [2.5], {"k": True}]],
    "binary": [Binary(b""), Binary(b"\0\1\377"), Binary(b"ab", 1), Binary(b"old", 2), Binary(bytes(range(16)), 3), Binary(bytes(range(16)), 4), Binary(b"md5", 5), Binary(b"own", 128)],
    "objectid": [oid],
    "boolean": [True, False],
    "datetime": [DatetimeMS(x) for x in (0, 1, -1, 1709287200250, -62_135_596_800_000, 250_000_000_000_000, 253402300799999, 2**63 - 1, -(2**63))],
    "null": [None],
    "regex": [Regex("^a.*", "im"), Regex("", "")],
    "code": [Code("f()"), Code("g()", {"x": 1}), Code("", {})],
    "int32": [0, 1, -1, 2**31 - 1, -(2**31)],
    "int64": [Int64(0), Int64(2**63 - 1), Int64(-(2**63)), Int64(2**53 + 1)],
    "timestamp": [Timestamp(0, 0), Timestamp(2**32 - 1, 2**32 - 1), Timestamp(5, 6)],
    "decimal": [Decimal128(x) for x in ("0", "-0", "0E+3", "-0E-6176", "1", "-1.50", "12345678901234567890.50", "9999999999999999999999999999999999", "9.999999999999999999999999999999999E+6144",
                                        "1E-6176", "1E+6111", "0.00000000000000000000000000000000000000001", "NaN", "Infinity", "-Infinity")],
    "keys": [MinKey(), MaxKey()],
}
bases = [(kind, bson.encode({"v": v})) for kind, list_ in values.items() for v in list_]
bases += [
    ("undefined", raw(0x06, b"")),
    ("dbpointer", raw(0x0C, text(b"c") + oid.binary)),
    ("symbol", raw(0x0E, text(b"s"))),
    ("decimal more digits than there can be", decimal(0x3040ED09BEAD87C0, 0x378D8E6400000000)),  # 10**34
    ("decimal all digits", decimal(0x3041FFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF)),
    ("decimal large form", decimal(0x6C10000000000000, 1)),
    ("decimal NaN with a sign", decimal(0xFC00000000000000, 1)),
    ("decimal signalling NaN", decimal(0x7E00000000000000, 0)),
    ("decimal infinity with digits", decimal(0x7800000000000000, 7)),
    ("empty", bson.encode({})),
    ("several", bson.encode({"a": 1, "b": "x", "c": [True, {"d": None}], "e": 2.5})),
    ("text that is no UTF-8", raw(0x02, text(b"\xe9"))),
    ("text with half of a character", raw(0x02, text(b"\xed\xa0\x80"))),
    ("name that is no UTF-8", raw(0x10, b"\1\0\0\0", name=b"\xff")),
    ("symbol that is no UTF-8", raw(0x0E, text(b"\xe9"))),
    ("code that is no UTF-8", raw(0x0D, text(b"\xe9"))),
    ("pattern that is no UTF-8", raw(0x0B, b"\xe9\0\0")),
    ("pointer that is no UTF-8", raw(0x0C, text(b"\xe9") + oid.binary)),
    ("text of no bytes", raw(0x02, struct.pack("<i", 0))),
    ("text of a negative length", raw(0x02, struct.pack("<i", -1) + b"a\0")),
    ("text that ends in no zero", raw(0x02, struct.pack("<i", 2) + b"ab")),
    ("old binary of another length", raw(0x05, struct.pack("<i", 7) + b"\2" + struct.pack("<i", 4) + b"abc")),
    ("old binary too short", raw(0x05, struct.pack("<i", 2) + b"\2ab")),
    ("code with scope: length too small", raw(0x0F, struct.pack("<i", 13) + text(b"") + bson.encode({}))),
    ("code with scope: length too large", raw(0x0F, struct.pack("<i", 15) + text(b"") + bson.encode({}))),
    ("type 0x00 inside", raw(0x00, b"")),
    ("type 0x14", raw(0x14, b"\0\0\0\0")),
    ("type 0x80", raw(0x80, b"")),
]


def changed(doc):
    """What one other byte makes of a document, and what is left of it where its length says so."""
    for i in range(len(doc)):
        for new in {doc[i] ^ 0xFF, (doc[i] + 1) % 256, (doc[i] - 1) % 256, 0} - {doc[i]}:
            yield "byte %d is %d" % (i, new), doc[:i] + bytes([new]) + doc[i + 1:]
    for n in range(5, len(doc)):
        yield "%d bytes" % n, struct.pack("<i", n) + doc[4:n]


def read(doc):
    try:
        return {"value": plain(bson.decode(doc, OPTIONS))}
    except bson.errors.InvalidBSON as e:
        return {"error": str(e)[:100]}
    except Exception as e:  # of the Python types that values become, not of the bytes
        return {"unknown": "%s: %.100s" % (type(e).__name__, e)}


with open("cases.jsonl", "w") as out:
    seen = {}
    for kind, doc in bases:
        cases = [("", doc)]
        seen[kind] = seen.get(kind, 0) + 1
        if len(doc) < 60 and seen[kind] == 2 or kind in ("undefined", "dbpointer", "symbol", "objectid", "null", "several"):
            cases += changed(doc)
        for what, b in cases:
            out.write(json.dumps({"name": ("%s %s" % (kind, what)).strip(), "hex": b.hex(), **read(b)}) + "\n")
