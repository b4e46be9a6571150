"""Writes all_types.bson.   pip install pymongo && python generate.py"""
import datetime, uuid
import bson
from bson import Binary, Code, DBRef, Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp

docs = [
    {"_id": ObjectId("65e1a0b0c0ffee0123456789"), "name": "Ann \"the\" Lee\n", "n": 7, "big": Int64(1 << 40), "d": 1.5, "whole": 2.0,
     "ok": True, "at": datetime.datetime(2024, 3, 1, 10, 0, 0, 250000), "price": Decimal128("12345678901234567890.50"),
     "tags": ["a", "b"], "who": {"id": 1, "deep": {"x": None}}, "bin": Binary(b"\x00\x01\xff"), "u": Binary.from_uuid(uuid.UUID(int=7))},
    {"_id": ObjectId("65e1a0b0c0ffee012345678a"), "name": "Bob", "n": -1, "big": Int64(-5), "d": -2.25, "whole": 1e300, "ok": False,
     "at": datetime.datetime(1969, 12, 31, 23, 59, 59), "price": Decimal128("-0.001"), "tags": [], "who": None},
    {"_id": ObjectId("65e1a0b0c0ffee012345678b"), "rare": {"re": Regex("^a", "i"), "code": Code("f()"), "scoped": Code("g()", {"v": 1}),
     "ts": Timestamp(5, 6), "min": MinKey(), "max": MaxKey(), "ref": DBRef("c", 1), "inf": float("inf"), "zero": Decimal128("0E+3"), "nan": Decimal128("NaN")}},
]
with open("all_types.bson", "wb") as f:
    for d in docs:
        f.write(bson.encode(d))
