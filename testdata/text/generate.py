"""Writes this folder: small tables of text that is not comma-separated UTF-8.

    python generate.py

people_*   the same ten people in several encodings and dialects
orders     Hive's text with arrays, maps and rows
"""
import csv, gzip, io, os

NAMES = ["Müller", "Núñez", "O'Brien", "Łukasz", "Ωμέγα", "山田", "Ann", "Bob \"the\" Ray", "two\nlines", "semi;colon, comma"]
PEOPLE = [[str(i + 1), n, f"{i * 1.5:.2f}"] for i, n in enumerate(NAMES)]
LATIN = [p for p in PEOPLE if p[1].isascii() or p[1] in ("Müller", "Núñez")]
PLAIN = [p for p in PEOPLE if "\n" not in p[1]]


def write(name, data):
    os.makedirs(os.path.dirname(name), exist_ok=True)
    with open(name, "wb") as f:
        f.write(data)


def text(rows, **kw):
    f = io.StringIO(newline="")
    csv.writer(f, **{"lineterminator": "\n", **kw}).writerows(rows)
    return f.getvalue()


# Three files with and without marks of one table: what a folder looks like after years of exports.
write("people_utf16/windows.csv", text(PEOPLE[:4], lineterminator="\r\n").encode("utf-16"))
write("people_utf16/big.csv", b"\xfe\xff" + text(PEOPLE[4:6]).encode("utf-16-be"))
write("people_utf16/packed.csv.gz", gzip.compress(text(PEOPLE[6:8]).encode("utf-16"), mtime=0))
write("people_utf16/excel.csv", text(PEOPLE[8:9]).encode("utf-8-sig"))
write("people_utf16/plain.csv", text(PEOPLE[9:]).encode())
write("people_latin1/a.csv", text(LATIN).encode("latin-1"))
write("people_several/a.txt", "".join("~|~".join(p) + "\n" for p in PLAIN).encode())
write("people_fixed/a.txt", "".join(f"{i:>3}{n:<20}{b:>8}\n" for i, n, b in PLAIN).encode())
write("people_report/a.csv", ("id,name,balance\n" + text(PEOPLE) + "total,,67.50\nend of report\n").encode())
write("people_records/a.txt", "".join("\x1f".join(p) + "\x1e" for p in PEOPLE).encode())
write("people_regex/a.txt", "".join(f"[{i}] <{n}> {b} EUR\n" for i, n, b in LATIN if "\n" not in n).encode("latin-1"))

write("people_escaped/a.txt", ("id|name|balance\n" + text([[i, n, "NA" if b == "0.00" else b] for i, n, b in PLAIN] + [["11", "a|b\\c", "NA"]],
      delimiter="|", escapechar="\\", quoting=csv.QUOTE_NONE, quotechar=None)).encode())

ORDERS = [
    (1, ["red", "green"], {"size": "10", "weight": "2.5"}, ("7", "Ann", ["a@x", "b@x"]), [["a", "b"], ["c"]]),
    (2, [], {}, None, []),
    (3, None, {"size": None}, ("8", None, []), [["x"]]),
    (4, ["", None, "one"], None, None, None),
]


def lazy(v, level):
    if v is None:
        return "\\N"
    sep = chr(level + 1)
    if isinstance(v, dict):
        return sep.join(k + chr(level + 2) + lazy(x, level + 2) for k, x in v.items())
    if isinstance(v, (list, tuple)):
        return sep.join(lazy(x, level + 1) for x in v)
    return str(v)


write("orders/000000_0", "".join("\x01".join(lazy(v, 1) for v in o) + "\n" for o in ORDERS).encode())
