"""Writes expect.json: what the files here, those of apache/avro (Apache-2.0, NOTICE.txt), hold.

    pip install fastavro avro cramjam backports.zstd && python expect.py

fastavro reads them; where it cannot (metadata that are no text), the avro
package does. Files that neither reads have an error in the place of rows. The
names are those of the origin, with the folder in front:

    weather*.avro, syncInMeta.avro, test.avro12   share/test/data
    schemas-*                                     share/test/data/schemas
    c-*                                           lang/c/tests
    js-*                                          lang/js/test/dat
    java-mapreduce                                lang/java/mapred, part-r-00000
"""
import glob, json, sys
import avro.datafile, avro.io
import fastavro

sys.path.insert(0, "..")
from show import show


def read(name):
    try:
        with open(name, "rb") as f:
            r = fastavro.reader(f)
            return r.writer_schema, list(r)
    except UnicodeDecodeError:
        with open(name, "rb") as f:
            r = avro.datafile.DataFileReader(f, avro.io.DatumReader())
            return json.loads(r.schema), list(r)


with open("expect.json", "w") as out:
    for name in sorted(glob.glob("*.avro")):
        line = {"name": name}
        try:
            schema, rows = read(name)
            named = {}
            show_row = (lambda v: show(v, schema, named)) if isinstance(schema, dict) and schema["type"] == "record" else (lambda v: [show(v, schema, named)])
            line["rows"] = [show_row(r) for r in rows]
        except Exception as e:
            line["error"] = f"{type(e).__name__}: {e}"
        json.dump(line, out)
        out.write("\n")
