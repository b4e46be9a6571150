#!/usr/bin/env python3
"""Writes writers/: delimited text by Python's csv, pandas, pyarrow and iconv, and
writers/cases.json: what another reader (pandas, for dialects that it has; the
values that were written, for the others) sees in it.

    pip install pandas pyarrow && python expect.py
"""

import csv
import gzip
import io
import json
import pathlib
import subprocess

import pandas
import pyarrow
import pyarrow.csv

OUT = pathlib.Path(__file__).with_name("writers")
LAZY = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
MULTI = "org.apache.hadoop.hive.serde2.MultiDelimitSerDe"
OPEN = "org.apache.hadoop.hive.serde2.OpenCSVSerde"

ROWS = [
    ["1", "plain", "x"], ["2", "with, comma", "y;z"], ["3", 'a "quoted" word', "|"], ["4", "two\nlines", "tab\there"],
    ["5", "Größe, naïve", "Ωμέγα 😀"], ["6", "back\\slash", "\\"], ["7", " blanks ", "'"], ["8", '"', '""'], ["9", "a\r\nb", ","],
]
LATIN = [["1", "Größe", "naïve"], ["2", "déjà vu", "ÿþ"], ["3", "señor", "£5"]]
GREEK = [["1", "Ωμέγα", "άλφα"], ["2", "βήτα", "γ"]]
JAPAN = [["1", "山田太郎", "東京"], ["2", "表示", "ソート"], ["3", "ｶﾀｶﾅ", "十"]]  # with bytes of ASCII inside
cases = []


def case(name, data, props, rows, reader, columns=3):
    (OUT / name).write_bytes(data)
    cases.append({"file": name, "props": props, "columns": [f"c{i} string" for i in range(columns)], "rows": rows, "reader": reader})


def text(rows, **kw):
    f = io.StringIO(newline="")
    csv.writer(f, **kw).writerows(rows)
    return f.getvalue()


def by_pandas(data, **kw):
    frame = pandas.read_csv(io.BytesIO(data), header=None, dtype=str, keep_default_na=False, **kw)
    return frame.values.tolist(), f"pandas {pandas.__version__}"


def main():
    OUT.mkdir(exist_ok=True)
    for name, kw in {
        "minimal.csv": {}, "all.csv": {"quoting": csv.QUOTE_ALL}, "unix.csv": {"dialect": "unix"}, "semicolons.csv": {"delimiter": ";"},
        "tabs.tsv": {"delimiter": "\t"}, "pipes.psv": {"delimiter": "|", "quotechar": "'"},
    }.items():
        data = text(ROWS, **kw).encode()
        rows, reader = by_pandas(data, sep=kw.get("delimiter", ","), quotechar=kw.get("quotechar", '"'))
        props = {"field.delim": kw.get("delimiter", ","), "quotechar": kw.get("quotechar", '"')}
        case(name, data, props, rows, reader)
    data = text(ROWS, escapechar="\\", doublequote=False, quoting=csv.QUOTE_ALL).encode()
    case("opencsv.csv", data, {"serialization.lib": OPEN, "wholeFile": "true"}, *by_pandas(data, escapechar="\\", doublequote=False))
    flat = [r for r in ROWS if "\n" not in r[1]]
    data = text(flat, delimiter="|", escapechar="\\", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\n").encode()
    case("escaped.txt", data, {"serialization.lib": LAZY, "field.delim": "|", "escape.delim": "\\"}, flat, "as written")
    data = text(LATIN, lineterminator="\r").encode()
    case("mac.csv", data, {"line.delim": "\r"}, *by_pandas(data, lineterminator="\r"))
    simple = [r for r in flat if "~" not in "".join(r)]
    data = "".join("~|~".join(r) + "\n" for r in simple).encode()
    case("several.txt", data, {"serialization.lib": MULTI, "field.delim": "~|~"}, *by_pandas(data, sep=r"~\|~", engine="python", quoting=csv.QUOTE_NONE))
    data = "".join("¦".join(r) + "\x1e\n" for r in simple).encode()
    case("bars.txt", data, {"field.delim": "¦", "line.delim": "\\u001e\\n", "quotechar": ""}, simple, "as written")

    plain = text(LATIN, lineterminator="\n")
    for name, encoding in {"latin1.csv": "iso-8859-1", "cp1252.csv": "windows-1252", "latin9.csv": "iso-8859-15", "mac_roman.csv": "macintosh"}.items():
        data = iconv(plain.replace("þ", "ß"), encoding)  # which Macintosh does not have
        case(name, data, {"serialization.encoding": encoding}, *by_pandas(data, encoding={"macintosh": "mac_roman"}.get(encoding, encoding)))
    data = iconv(text(GREEK, lineterminator="\n"), "iso-8859-7")
    case("greek.csv", data, {"encoding": "ISO8859_7"}, *by_pandas(data, encoding="iso-8859-7"))
    japan = text(JAPAN, lineterminator="\n")
    for name, encoding in {"sjis.csv": "SHIFT_JIS", "eucjp.csv": "EUC-JP", "jis.csv": "ISO-2022-JP"}.items():
        rows = [r for r in JAPAN if "ｶ" not in r[1]] if encoding == "ISO-2022-JP" else JAPAN
        data = iconv(text(rows, lineterminator="\n"), encoding)
        case(name, data, {"serialization.encoding": encoding}, *by_pandas(data, encoding=encoding))
    data = iconv(text([["1", "张伟", "北京"], ["2", "欧阳", "上海"]], lineterminator="\n"), "GB18030")
    case("gb18030.csv", data, {"serialization.encoding": "GB18030"}, *by_pandas(data, encoding="gb18030"))
    both = text(LATIN + GREEK + JAPAN, lineterminator="\r\n")
    for name, encoding, props in [
        ("utf16.csv", "utf-16", {}), ("utf16be.csv", "utf-16-be", {"serialization.encoding": "UTF-16BE"}),
        ("utf16le.csv", "utf-16-le", {}), ("utf32.csv", "utf-32", {}), ("utf8sig.csv", "utf-8-sig", {}),
    ]:
        data = both.encode(encoding)
        case(name, data, props, *by_pandas(data, encoding=encoding))
    data = b"\xfe\xff" + both.encode("utf-16-be")
    case("utf16bemark.csv", data, {}, *by_pandas(data, encoding="utf-16"))
    case("utf16.csv.gz", gzip.compress(both.encode("utf-16"), mtime=0), {}, LATIN + GREEK + JAPAN, "as written")
    thorn = "\n".join("þ".join(r[:2]) for r in [["1", "a"], ["2", "b é"]]).encode("latin1")
    case("thorn.txt", thorn, {"field.delim": "-2", "encoding": "latin1"}, *by_pandas(thorn, sep="þ", encoding="latin1", engine="python"), columns=2)

    frame = pandas.DataFrame(ROWS)
    data = frame.to_csv(header=True, index=False).encode()
    case("pandas.csv", data, {"skip.header.line.count": "1"}, ROWS, f"pandas {pandas.__version__}")
    sink = pyarrow.BufferOutputStream()
    table = pyarrow.table({f"c{i}": [r[i] for r in ROWS] for i in range(3)})
    pyarrow.csv.write_csv(table, sink)
    data = sink.getvalue().to_pybytes()
    case("pyarrow.csv", data, {"skip.header.line.count": "1"}, by_arrow(data), f"pyarrow {pyarrow.__version__}")
    fixed = "".join(f"{a:>4}{b:<14}{c:^8}\n" for a, b, c in LATIN + GREEK)
    widths = [4, 14, 8]
    rows = pandas.read_fwf(io.StringIO(fixed), widths=widths, header=None, dtype=str).values.tolist()
    case("fixed.txt", fixed.encode(), {"fixedwidth": "a:4,b:14,c:8"}, rows, f"pandas {pandas.__version__}")
    case("fixed_latin1.txt", "".join(f"{a:>4}{b:<14}{c:^8}\n" for a, b, c in LATIN).encode("latin1"),
         {"fixedwidth": "4,14,8", "encoding": "latin1"}, LATIN, "as written")
    data = (text([["id", "name", "x"]]) + text(LATIN) + "3 rows\r\nthe end\r\n").encode()
    case("trailer.csv", data, {"skip.header.line.count": "1", "skip.footer.line.count": "2"}, *by_pandas(data, skiprows=1, skipfooter=2, engine="python"))
    (OUT / "cases.json").write_text("[\n" + ",\n".join(json.dumps(c, ensure_ascii=False) for c in cases) + "\n]\n")


def by_arrow(data):
    t = pyarrow.csv.read_csv(io.BytesIO(data), parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
                             convert_options=pyarrow.csv.ConvertOptions(column_types={f"c{i}": pyarrow.string() for i in range(3)}))
    return [list(r.values()) for r in t.to_pylist()]


def iconv(s, encoding):
    return subprocess.run(["iconv", "-f", "UTF-8", "-t", encoding], input=s.encode(), stdout=subprocess.PIPE, check=True).stdout


main()
