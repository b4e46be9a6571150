#!/usr/bin/env python3
"""Writes what the variants of shredded_variant hold, for the tests: the JSON of
each row, as a text (null: a NULL), in expect/shredded_variant/<case>.jsonl, decoded here from the encoded
values (*.variant.bin) that the origin publishes beside the Parquet files; and
expect/shredded_variant/errors.json, what the origin says of the files that are
errors. It needs nothing but Python.

    python3 expect_variant.py
"""
import base64
import datetime as dt
import decimal
import json
import os
import struct
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
DIR = os.path.join(HERE, "shredded_variant")
OUT = os.path.join(HERE, "expect", "shredded_variant")
EPOCH = dt.datetime(1970, 1, 1)
decimal.getcontext().prec = 60


def num(b):
    return int.from_bytes(b, "little")


def fraction(text):
    return text.rstrip("0").rstrip(".") if "." in text else text


def stamp(v, per, zone):
    seconds, rest = divmod(v, per)
    text = str(EPOCH + dt.timedelta(seconds=seconds)) + "." + str(rest).rjust(len(str(per)) - 1, "0")
    return fraction(text) + zone


def shortest(x):
    for digits in range(6, 10):
        text = "%.*g" % (digits, x)
        if struct.pack("<f", float(text)) == struct.pack("<f", x):
            return text
    raise ValueError(x)


def primitive(kind, p):
    ints = {3: "<b", 4: "<h", 5: "<i", 6: "<q"}
    if kind == 0:
        return "null"
    if kind in (1, 2):
        return "true" if kind == 1 else "false"
    if kind in ints:
        return str(struct.unpack_from(ints[kind], p)[0])
    if kind == 7:
        return repr(struct.unpack_from("<d", p)[0])
    if kind in (8, 9, 10):
        n = int.from_bytes(p[1:1 + {8: 4, 9: 8, 10: 16}[kind]], "little", signed=True)
        return format(decimal.Decimal(n).scaleb(-p[0]), "f")
    if kind == 14:
        return shortest(struct.unpack_from("<f", p)[0])
    return json.dumps(text(kind, p))


def text(kind, p):
    if kind == 11:
        return str((EPOCH + dt.timedelta(days=struct.unpack_from("<i", p)[0])).date())
    if kind in (12, 13):
        return stamp(struct.unpack_from("<q", p)[0], 10**6, "+00" if kind == 12 else "")
    if kind in (18, 19):
        return stamp(struct.unpack_from("<q", p)[0], 10**9, "+00" if kind == 18 else "")
    if kind == 15:
        return base64.b64encode(p[4:4 + num(p[:4])]).decode()
    if kind == 16:
        return p[4:4 + num(p[:4])].decode()
    if kind == 17:
        return fraction(str((EPOCH + dt.timedelta(microseconds=struct.unpack_from("<q", p)[0])).time()))
    if kind == 20:
        return str(uuid.UUID(bytes=p[:16]))
    raise ValueError(kind)


def value(names, v):
    header, basic = v[0] >> 2, v[0] & 3
    if basic == 0:
        return primitive(header, v[1:])
    if basic == 1:
        return json.dumps(v[1:1 + header].decode())
    size = (header & 3) + 1
    large = header >> (4 if basic == 2 else 2) & 1
    width = 4 if large else 1
    n, at = num(v[1:1 + width]), 1 + width
    ids = []
    if basic == 2:
        w = (header >> 2 & 3) + 1
        ids = [num(v[at + i * w:at + (i + 1) * w]) for i in range(n)]
        at += n * w
    offsets = [num(v[at + i * size:at + (i + 1) * size]) for i in range(n + 1)]
    at += (n + 1) * size
    items = [value(names, v[at + o:]) for o in offsets[:n]]
    if basic == 3:
        return "[" + ",".join(items) + "]"
    return "{" + ",".join(json.dumps(k) + ":" + x for k, x in sorted(zip([names[i] for i in ids], items))) + "}"


def decode(b):
    """A file is the metadata with the value behind it."""
    size = (b[0] >> 6) + 1
    n = num(b[1:1 + size])
    at = 1 + size
    offsets = [num(b[at + i * size:at + (i + 1) * size]) for i in range(n + 1)]
    at += (n + 1) * size
    names = [b[at + offsets[i]:at + offsets[i + 1]].decode() for i in range(n)]
    return value(names, b[at + offsets[n]:])


def main():
    os.makedirs(OUT, exist_ok=True)
    errors = {}
    for c in json.load(open(os.path.join(DIR, "cases.json"))):
        if "parquet_file" not in c:
            continue
        if "error_message" in c:
            errors[c["parquet_file"]] = c["error_message"]
            continue
        files = c.get("variant_files") or [c["variant_file"]]
        with open(os.path.join(OUT, c["parquet_file"] + ".jsonl"), "w") as w:
            for f in files:
                w.write("null\n" if f is None else json.dumps(decode(open(os.path.join(DIR, f), "rb").read())) + "\n")
    with open(os.path.join(OUT, "errors.json"), "w") as w:
        json.dump(errors, w, indent=1, sort_keys=True)
        w.write("\n")


main()
