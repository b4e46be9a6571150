"""Writes files and the schemas to read them by, with what fastavro makes of them.

    pip install fastavro && python expect.py

Each case becomes NAME.avro and a line of cases.json: the reader's schema and the
rows as package formattest renders them.
"""
import io, json, sys
import fastavro

sys.path.insert(0, "..")
from show import show

def rec(name, *fields):
    return {"type": "record", "name": name, "fields": [dict(zip(("name", "type", "default"), f)) for f in fields]}


def aliased(f, *names):
    return {**f, "aliases": list(names)}


CASES = []


def case(name, writer, rows, reader):
    raw = io.BytesIO()
    fastavro.writer(raw, fastavro.parse_schema(json.loads(json.dumps(writer))), rows, sync_marker=b"0123456789abcdef")
    with open(name + ".avro", "wb") as f:
        f.write(raw.getvalue())
    raw.seek(0)
    got = list(fastavro.reader(raw, json.loads(json.dumps(reader))))
    named = {}
    CASES.append({"name": name, "reader": reader, "rows": [show(r, reader, named) for r in got]})


ints = rec("R", ("a", "int"), ("b", "string"), ("c", "double"), ("d", ["null", "long"]))
irows = [{"a": i, "b": f"s{i}", "c": i / 4, "d": None if i % 2 else i << 40} for i in range(5)]
case("reorder", ints, irows, rec("R", ("d", ["null", "long"]), ("b", "string"), ("a", "int")))
case("same", ints, irows, ints)

sub = rec("Sub", ("x", "int"), ("y", "string", "why"))
case("defaults", ints, irows, rec("R", ("b", "string"),
    ("n", "null", None), ("t", "boolean", True), ("i", "int", -7), ("l", "long", 1 << 53), ("f", "float", 1.5), ("g", "double", -0.1),
    ("y", "bytes", "\u00ff\u0000A"), ("s", "string", "grün"), ("u", ["null", "string"], None), ("v", ["string", "null"], "there"),
    ("e", {"type": "enum", "name": "E", "symbols": ["P", "Q"]}, "Q"), ("x", {"type": "fixed", "name": "X", "size": 2}, "\u0001\u0080"),
    ("arr", {"type": "array", "items": "int"}, [1, 2, 3]), ("none", {"type": "array", "items": "int"}, []),
    ("m", {"type": "map", "values": "long"}, {"k": 5}), ("sub", sub, {"x": 3, "y": "z"}),
    ("day", {"type": "int", "logicalType": "date"}, 19782), ("ts", {"type": "long", "logicalType": "timestamp-micros"}, 1_000_001),
    ("dec", {"type": "bytes", "logicalType": "decimal", "precision": 6, "scale": 2}, "\u0004\u00d2")))

old = rec("R", ("ident", "int"), ("inner", rec("In", ("old_x", "long"), ("gone", "string"))), ("keep", "string"))
orows = [{"ident": i, "inner": {"old_x": i * 10, "gone": "g"}, "keep": f"k{i}"} for i in range(4)]
new = {"type": "record", "name": "R", "fields": [
    aliased({"name": "id", "type": "long"}, "nothing", "ident"), {"name": "keep", "type": "string"},
    {"name": "inner", "type": {"type": "record", "name": "In", "fields": [aliased({"name": "x", "type": "double"}, "old_x"),
                                                                          {"name": "more", "type": ["null", "int"], "default": None},
                                                                          {"name": "lots", "type": "int", "default": 9}]}}]}
case("aliases", old, orows, new)

case("promote", rec("R", ("a", "int"), ("b", "int"), ("c", "int"), ("d", "long"), ("e", "long"), ("f", "float"), ("g", "string"), ("h", "bytes")),
     [{"a": -i, "b": i, "c": i, "d": 1 << 20, "e": -(1 << 50), "f": i / 2, "g": f"t{i}", "h": b"bytes"} for i in range(4)],
     rec("R", ("a", "long"), ("b", "float"), ("c", "double"), ("d", "float"), ("e", "double"), ("f", "double"), ("g", "bytes"), ("h", "string")))

case("enums", rec("R", ("e", {"type": "enum", "name": "E", "symbols": ["A", "B", "NEW", "C"]}), ("o", ["null", "E"])),
     [{"e": s, "o": o} for s, o in [("A", None), ("NEW", "NEW"), ("C", "B"), ("B", "A")]],
     rec("R", ("e", {"type": "enum", "name": "E", "symbols": ["C", "B", "A", "OTHER"], "default": "OTHER"}), ("o", ["null", "E"])))

case("nulls", rec("R", ("a", "int"), ("b", ["null", "int"]), ("c", ["string", "null"])),
     [{"a": i, "b": None if i % 2 else i, "c": None if i == 1 else "c"} for i in range(4)],
     rec("R", ("a", ["null", "long"]), ("b", ["long", "null"]), ("c", ["null", "string"])))

deep = rec("R", ("rows", {"type": "array", "items": rec("Item", ("q", "int"))}), ("by", {"type": "map", "values": "Item"}), ("maybe", ["null", "Item"]))
item = rec("Item", ("price", "double", 2.5), ("q", "long"), ("tag", ["null", "string"], None), ("list", {"type": "array", "items": "string"}, ["d"]))
case("deep", deep, [{"rows": [{"q": j} for j in range(i)], "by": {"k": {"q": i}}, "maybe": None if i % 2 else {"q": -i}} for i in range(5)],
     rec("R", ("maybe", ["null", item]), ("by", {"type": "map", "values": "Item"}), ("rows", {"type": "array", "items": "Item"})))

case("unions", rec("R", ("u", ["int", "string", "null"]), ("w", "string"), ("x", ["null", "int"])),
     [{"u": u, "w": "one", "x": x} for u, x in [(1, None), ("s", 4), (None, 5), (7, None)]],
     rec("R", ("u", ["null", "string", "boolean", "int"]), ("w", ["int", "string"]), ("x", ["null", "string", "int"])))

case("logical", rec("R", ("t", "long"), ("d", "int")), [{"t": 1_700_000_000_000_000 + i, "d": 19000 + i} for i in range(3)],
     rec("R", ("t", {"type": "long", "logicalType": "timestamp-micros"}), ("d", {"type": "int", "logicalType": "date"})))

case("spaces", {**rec("R", ("f", {**rec("F", ("a", "int")), "namespace": "old.place"})), "namespace": "n"}, [{"f": {"a": 1}}],
     {**rec("R", ("f", {**rec("F", ("a", "long"), ("b", "int", 2)), "namespace": "new.place"})), "namespace": "m"})

with open("cases.json", "w") as f:
    for c in CASES:
        json.dump(c, f)
        f.write("\n")
