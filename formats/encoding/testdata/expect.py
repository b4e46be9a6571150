#!/usr/bin/env python3
"""Writes golden.tsv: texts in other encodings, and what Python's codecs read.

name <tab> bytes in hexadecimal <tab> the text as UTF-8 in hexadecimal, with ff
for bytes that are no character.
"""

import pathlib

SINGLE = """iso-8859-1 iso-8859-2 iso-8859-3 iso-8859-4 iso-8859-5 iso-8859-6 iso-8859-7 iso-8859-8 iso-8859-9 iso-8859-10
iso-8859-13 iso-8859-14 iso-8859-15 iso-8859-16 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp874 koi8-r
koi8-u mac_roman mac_cyrillic cp437 cp850 cp852 cp855 cp858 cp860 cp862 cp863 cp865 cp866 cp037 cp1140""".split()

TEXTS = {
    "gbk": "编号,姓名\n1,张伟\n2,欧阳娜娜\n", "gb18030": "编号,姓名😀\n1,张伟ÿ\n", "big5": "編號,姓名\n1,張偉\n",
    "shift_jis": "番号,名前\n1,山田太郎\n2,ｶﾀｶﾅ\n", "euc_jp": "番号,名前\n1,山田太郎\n", "iso2022_jp": "番号,名前\n1,山田太郎\n",
    "euc_kr": "번호,이름\n1,김철수\n", "hz": "编号,a\n",
    "utf-16": "a,é\n1,😀\n", "utf-16-le": "a,é\n1,😀\n\uffff", "utf-16-be": "abcdefgh,é\n1,😀\n\u0a0a\u0a00",
    "utf-32": "a,é\n1,😀\n", "utf-32-le": "a,é\n1,😀\n", "utf-32-be": "a,é\n1,😀\n", "utf-8": "a,é😀\n", "ascii": "a\n",
}


def one(code: int, name: str) -> bytes:
    try:
        return bytes([code]).decode(name).encode()
    except UnicodeDecodeError:
        return b"\xff"


rows = []
for name in SINGLE:
    raw = bytes(range(256))
    rows.append((name, raw, b"".join(one(c, name) for c in raw)))
for name, text in TEXTS.items():
    raw = text.encode(name)
    want = text
    if name in ("utf-16", "utf-32"):  # Python writes a mark, which decoding keeps as the mark of UTF-8
        want = "\ufeff" + text
    rows.append((name, raw, want.encode()))
rows.append(("utf-16-le", "a".encode("utf-16-le") + b"\x00\xd8" + "b".encode("utf-16-le") + b"\x00\xdc" + b"x", b"a\xffb\xff\xff"))
rows.append(("shift_jis", b"a\x81", b"a\xff"))
rows.append(("gbk", b"a\xff,b", b"a\xff,b"))
rows.append(("euc_kr", b"\xff1", b"\xff1"))
rows.append(("utf-32-be", b"\x00\x11\x00\x00\x00\x00\x00a", b"\xffa"))
pathlib.Path(__file__).with_name("golden.tsv").write_text("".join(f"{n}\t{r.hex()}\t{w.hex()}\n" for n, r, w in rows))
