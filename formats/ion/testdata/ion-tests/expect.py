"""Writes expect.jsonl: what amazon.ion finds in the good files of iontestdata.tar.gz, as the JSON that this package makes of
Ion. One line a file: its name, and its values or the error. It knows only the mapping, not the package.

    pip install amazon.ion && python expect.py
"""
import base64
import json
import tarfile
from datetime import timedelta
from decimal import Decimal

from amazon.ion import simpleion as ion
from amazon.ion.core import IonType, TimestampPrecision


def name(token):
    if token is None:
        return "$?"  # has no text: which symbol it is, the library does not tell
    if isinstance(token, str):
        return token
    return token.text if token.text is not None else "$?"


def number(text):
    """Numbers are {"#": text}, so that no reader of JSON rounds them."""
    return {"#": text}


def moment(t):
    precision = getattr(t, "precision", TimestampPrecision.SECOND)
    if precision.includes_minute:
        offset = t.utcoffset() or timedelta()
        t0 = t.replace(tzinfo=None, microsecond=0) - offset
        text = "%04d-%02d-%02d %02d:%02d:%02d" % (t0.year, t0.month, t0.day, t0.hour, t0.minute, t0.second)
        fraction = getattr(t, "fractional_seconds", None)
        fraction = Decimal(t.microsecond).scaleb(-6) if fraction is None else fraction
        digits = format(fraction, "f")[2:].rstrip("0")
        return text + ("." + digits if digits else "")
    return "%04d-%02d-%02d" % (t.year, t.month if precision.includes_month else 1, t.day if precision.includes_day else 1)


def plain(v):
    kind = v.ion_type
    if v is None or type(v).__name__ == "IonPyNull":
        return None
    if kind == IonType.BOOL:
        return bool(v)
    if kind == IonType.INT:
        return number(str(int(v)))
    if kind == IonType.FLOAT:
        f = float(v)
        if f != f:
            return "NaN"
        if f in (float("inf"), float("-inf")):
            return "Infinity" if f > 0 else "-Infinity"
        return number(repr(f))
    if kind == IonType.DECIMAL:
        return number(str(Decimal(v)))
    if kind == IonType.TIMESTAMP:
        return moment(v)
    if kind == IonType.SYMBOL:
        return name(v)
    if kind == IonType.STRING:
        return str(v)
    if kind in (IonType.CLOB, IonType.BLOB):
        raw = bytes(v)
        if kind == IonType.CLOB:
            try:
                return raw.decode()
            except UnicodeDecodeError:
                pass
        return base64.b64encode(raw).decode()
    if kind in (IonType.LIST, IonType.SEXP):
        return [plain(x) for x in v]
    return {"{}": sorted(([name(k), plain(x)] for k, x in v.items()), key=lambda f: json.dumps(f, sort_keys=True))}


# The library's reader in C rounds these; the one in Python, which reads texts' escapes as UTF-8's bytes, does not.
FINE = ("timestampsLargeFractionalPrecision.ion", "T6-large.10n")


def read(name, data):
    ion.c_ext = not name.endswith(FINE)
    try:
        return {"values": [plain(v) for v in ion.loads(data, single_value=False, text_buffer_size_limit=1 << 20)]}
    except Exception as e:
        return {"error": "%s: %.100s" % (type(e).__name__, e)}


with tarfile.open("iontestdata.tar.gz") as files, open("expect.jsonl", "w") as out:
    for f in sorted(files.getmembers(), key=lambda m: m.name):
        if "/good/" not in f.name or not f.name.endswith((".ion", ".10n")):
            continue
        data = files.extractfile(f).read()
        line = {"file": f.name.split("/", 1)[1], **read(f.name, data)}
        out.write(json.dumps(line, ensure_ascii=True, sort_keys=True) + "\n")
