"""Writes blocks.json: what pyarrow reads of the files here that have no published rows.

    pip install pyarrow && python expect.py

Of each column, in blocks of 16384 rows, the first 16 hexadecimal digits of the SHA-256 of the rows' texts (see text), each followed by a newline.
"""
import datetime, glob, hashlib, json, os, struct
import pyarrow as pa
import pyarrow.orc as orc

BLOCK = 16384


def text(v, t):
    """A value as the test writes it: what contains others gives its parts in brackets, text with its length before it."""
    if v is None:
        return "null"
    if pa.types.is_boolean(t):
        return "true" if v else "false"
    if pa.types.is_floating(t):
        return struct.pack(">d", v).hex()
    if pa.types.is_string(t) or pa.types.is_large_string(t):
        return f"{len(v.encode())}:{v}"
    if pa.types.is_binary(t):
        return v.hex()
    if pa.types.is_decimal(t):
        return format(v, "f")
    if pa.types.is_date(t):
        return str((v - datetime.date(1970, 1, 1)).days)
    if pa.types.is_list(t):
        return "[" + ",".join(text(x, t.value_type) for x in v) + "]"
    if pa.types.is_map(t):
        return "[" + ",".join(text(k, t.key_type) + "," + text(x, t.item_type) for k, x in v) + "]"
    if pa.types.is_struct(t):
        return "[" + ",".join(text(v[t.field(i).name], t.field(i).type) for i in range(t.num_fields)) + "]"
    return str(v)


def digests(column):
    if pa.types.is_timestamp(column.type):  # nanoseconds since 1970
        column = column.cast(pa.int64())
    out = []
    for at in range(0, len(column), BLOCK):
        h = hashlib.sha256()
        for v in column.slice(at, BLOCK).to_pylist():
            h.update(text(v, column.type).encode() + b"\n")
        out.append(h.hexdigest()[:16])
    return out


want = {}  # by file
for name in sorted(glob.glob("*.orc")):
    base = name[: -len(".orc")]
    if os.path.exists(base + ".jsn.gz"):
        continue
    try:
        table = orc.ORCFile(name).read()
    except Exception as e:
        print(name, "is not read by pyarrow:", str(e).splitlines()[0])
        continue
    if "originalTransaction" in table.column_names:  # of a transactional table: the test reads the table's columns
        table = pa.Table.from_struct_array(table.column("row"))
    want[base] = {"rows": table.num_rows, "columns": {c: digests(table.column(i)) for i, c in enumerate(table.column_names)}}
with open("blocks.json", "w") as f:
    json.dump(want, f, indent=0)
    f.write("\n")
