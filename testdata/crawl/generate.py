"""Writes the binary files of formats.txt and csv.txt as base64 (needs pyarrow): copy what it prints."""

import base64
import bz2
import io
import zipfile

import pyarrow as pa
import pyarrow.orc as orc


def show(name, data):
    text = base64.b64encode(data).decode()
    print(name, *(text[i : i + 120] for i in range(0, len(text), 120)), sep="\n")


def orc_file(**columns):
    out = io.BytesIO()
    orc.write_table(pa.table(columns), out, compression="uncompressed")
    return out.getvalue()


ids, names = pa.array([1, 2], pa.int64()), ["a", "b"]
show("dt=1/a.orc", orc_file(id=ids, name=names, v=pa.array([1.5, 2.5], pa.float32())))
show("dt=2/000000_0", orc_file(id=ids, name=names, v=pa.array([1.5, 2.5]), d=pa.array([1, 2], pa.date32())))
archive = io.BytesIO()
with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as z:
    z.writestr("a.csv", "a,b\n1,x\n2,y\n3,z\n")
show("a.csv.zip", archive.getvalue())
show("c.csv.bz2", bz2.compress(b"a,b\n4,w\n"))
