"""Copies the integration files of apache/arrow-testing here, with what their JSON says of them.

    python expect.py .../arrow-testing/data/arrow-ipc-stream/integration

The files are Apache-2.0 (LICENSE.txt of the origin). Those of more than 40 KB
are left out. expect.jsonl.gz has a line for each pair of file and stream: the
name and the rows as package formattest renders them, or why no column can hold
them.
"""
import base64, glob, gzip, json, os, shutil, struct, sys

LIMIT = 40_000
TICKS = {"SECOND": 0, "MILLISECOND": 3, "MICROSECOND": 6, "NANOSECOND": 9}


class Refused(Exception):
    pass


def scaled(v, unit):
    """Ticks as they lie in vectors: microseconds, or nanoseconds."""
    d = TICKS[unit]
    return v if d == 9 else v * 10 ** (6 - d)


def micros(v, unit):
    if unit == "NANOSECOND":
        if v % 1000:
            raise Refused("interval of nanoseconds")
        return v // 1000
    return scaled(v, unit)


def fixed(x):
    return int.from_bytes(bytes.fromhex(x)[::-1], "little", signed=True)


def decimal(v, scale):
    digits = str(abs(v)).rjust(scale + 1, "0")
    out = digits if scale == 0 else digits[:-scale] + "." + digits[-scale:]
    return ("-" if v < 0 else "") + out


def real(v, bits):
    if bits == "DOUBLE":
        return v
    return struct.unpack("f", struct.pack("f", v))[0] if bits == "SINGLE" else v


def scalar(t, raw):
    name = t["name"]
    if name == "int":
        v = int(raw)
        return str(v) if t["bitWidth"] == 64 and not t["isSigned"] else v
    if name == "floatingpoint":
        return real(raw, t["precision"])
    if name == "bool":
        return bool(raw)
    if name in ("utf8", "largeutf8", "utf8view"):
        return raw
    if name in ("binary", "largebinary", "fixedsizebinary", "binaryview"):
        return raw.lower()
    if name == "decimal":
        if not (1 <= t["precision"] <= 38 and 0 <= t["scale"] <= t["precision"]):
            raise Refused("decimal")
        return decimal(int(raw), t["scale"])
    if name == "date":
        return int(raw) if t["unit"] == "DAY" else int(raw) // 86_400_000
    if name in ("time", "timestamp"):
        return scaled(int(raw), t["unit"])
    if name == "duration":
        return f"0 0 {micros(int(raw), t['unit'])}"
    if name == "interval":
        if t["unit"] == "YEAR_MONTH":
            return f"{int(raw)} 0 0"
        if t["unit"] == "DAY_TIME":
            return f"0 {raw['days']} {raw['milliseconds'] * 1000}"
        return f"{raw['months']} {raw['days']} {micros(raw['nanoseconds'], 'NANOSECOND')}"
    raise KeyError(name)


def values(f, c, dicts, plain=False):
    """The values of a column of a record batch."""
    n, t = c["count"], f["type"]
    ok = c.get("VALIDITY", [1] * n)
    name = t["name"]
    if f.get("dictionary") and not plain:
        base = dicts[f["dictionary"]["id"]]
        return [base[int(k)] if o else None for o, k in zip(ok, c["DATA"])]
    kids = [values(k, x, dicts) for k, x in zip(f["children"], c.get("children", []))]
    if name == "null":
        return [None] * n
    if name == "struct":
        return [[k[i] for k in kids] if ok[i] else None for i in range(n)]
    if name in ("list", "largelist", "map"):
        off = [int(x) for x in c["OFFSET"]]
        return [kids[0][off[i]:off[i + 1]] if ok[i] else None for i in range(n)]
    if name in ("listview", "largelistview"):
        off, size = [[int(x) for x in c[k]] for k in ("OFFSET", "SIZE")]
        return [kids[0][off[i]:off[i] + size[i]] if ok[i] else None for i in range(n)]
    if name == "fixedsizelist":
        w = t["listSize"]
        return [kids[0][i * w:i * w + w] if ok[i] else None for i in range(n)]
    if name == "runendencoded":
        out = []
        for end, v in zip(kids[0], kids[1]):
            out += [v] * (end - len(out))
        return out[:n]
    if name == "union":
        ids = t.get("typeIds") or list(range(len(kids)))
        out = []
        for i, tid in enumerate(c["TYPE_ID"]):
            k = ids.index(tid)
            at = int(c["OFFSET"][i]) if t["mode"] == "DENSE" else i
            row = [k] + [None] * len(kids)
            row[k + 1] = kids[k][at]
            out.append(row if ok[i] else None)
        return out
    if name in ("utf8view", "binaryview"):
        return [views(t, v, c["VARIADIC_DATA_BUFFERS"]) if o else None for o, v in zip(ok, c["VIEWS"])]
    return [scalar(t, v) if o else None for o, v in zip(ok, c["DATA"])]


def views(t, v, bufs):
    if "INLINED" in v:
        return v["INLINED"] if t["name"] == "utf8view" else v["INLINED"].lower()
    b = bytes.fromhex(bufs[v["BUFFER_INDEX"]])[v["OFFSET"]:v["OFFSET"] + v["SIZE"]]
    return b.decode() if t["name"] == "utf8view" else b.hex()


def coded(fields, out):
    for f in fields:
        if f.get("dictionary"):
            out[f["dictionary"]["id"]] = f
        coded(f["children"], out)
    return out


def rows(doc):
    fields = doc["schema"]["fields"]
    by, dicts, left = coded(fields, {}), {}, list(doc.get("dictionaries", []))
    while left:  # a dictionary may need another one
        again = []
        for d in left:
            f = by[d["id"]]
            try:
                dicts[d["id"]] = values(f, d["data"]["columns"][0], dicts, plain=True)
            except KeyError as e:
                if len(again) > 50 or e.args[0] not in by:
                    raise
                again.append(d)
        if len(again) == len(left):
            raise Refused("dictionaries need each other")
        left = again
    out = []
    for b in doc["batches"]:
        cols = [values(f, c, dicts) for f, c in zip(fields, b["columns"])]
        out += [[c[i] for c in cols] for i in range(b["count"])]
    return out


root = sys.argv[1]
lines = []
for path in sorted(glob.glob(root + "/*/*.json.gz")):
    name = os.path.relpath(path, root)[: -len(".json.gz")]
    pair = [path[: -len(".json.gz")] + e for e in (".arrow_file", ".stream")]
    if max(os.path.getsize(p) for p in pair) > LIMIT:
        print("left out:", name, max(os.path.getsize(p) for p in pair), "bytes")
        continue
    os.makedirs(os.path.dirname(name), exist_ok=True)
    for p in pair:
        shutil.copy(p, os.path.relpath(p, root))
    with gzip.open(path) as f:
        doc = json.load(f)
    line = {"name": name}
    try:
        line["rows"] = rows(doc)
    except Refused as e:
        line["refused"] = str(e)
    lines.append(json.dumps(line))
with gzip.GzipFile("expect.jsonl.gz", "wb", mtime=0) as f:
    f.write("\n".join(lines).encode())
print(len(lines), "pairs")
