"""Values of Avro schemas as package formattest renders them."""
import datetime, decimal, uuid

EPOCH = datetime.datetime(1970, 1, 1)
PRIMITIVE = {"null", "boolean", "int", "long", "float", "double", "bytes", "string"}


def ticks(d, unit):
    d = d.replace(tzinfo=None) - EPOCH
    return (d.days * 86400 + d.seconds) * 1_000_000 + d.microseconds


def several(s):
    return [k for k in s if k != "null"]


def fits(v, s, named):
    s = named.get(s, s) if isinstance(s, str) else s
    t = s if isinstance(s, str) else s["type"]
    return {"int": int, "long": int, "float": float, "double": float, "string": str, "enum": str, "bytes": bytes, "fixed": bytes,
            "boolean": bool, "record": dict, "map": dict, "array": list}[t] is type(v)


def show(v, s, named):
    """A value of a schema as package formattest renders it."""
    if isinstance(s, str) and s not in PRIMITIVE:
        s = named[s]
    if isinstance(s, list):
        s = [k["type"] if isinstance(k, dict) and k["type"] in PRIMITIVE and "logicalType" not in k else k for k in s]
        if v is None:
            return None
        rest = several(s)
        if len(rest) == 1:
            return show(v, rest[0], named)
        at = [i for i, k in enumerate(rest) if fits(v, k, named)][0]
        return [at] + [show(v, k, named) if i == at else None for i, k in enumerate(rest)]
    if isinstance(s, dict):
        if "name" in s:
            named[s["name"]] = s
        match s["type"]:
            case "record":
                return [show(v[f["name"]], f["type"], named) for f in s["fields"]]
            case "array":
                return [show(x, s["items"], named) for x in v]
            case "map":
                return [[k, show(x, s["values"], named)] for k, x in v.items()]
    base, logical = (s, None) if isinstance(s, str) else (s["type"], s.get("logicalType"))
    if isinstance(v, str) and base in ("bytes", "fixed"):  # fastavro leaves defaults as the JSON has them
        v = v.encode("latin-1")
        if logical == "decimal":
            v = decimal.Decimal(int.from_bytes(v, "big", signed=True)).scaleb(-s["scale"])
    if isinstance(v, bytes):
        return v.hex()
    if isinstance(v, decimal.Decimal):
        return format(v, "f")
    if isinstance(v, datetime.datetime):
        return ticks(v, 0)
    if isinstance(v, datetime.date):
        return (v - EPOCH.date()).days
    return v
