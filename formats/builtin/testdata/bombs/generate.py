"""Writes small files that hold far more than they weigh: equal bytes, compressed.

    pip install pyarrow fastavro zstandard && python generate.py
"""
import fastavro
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.orc as orc
import pyarrow.parquet as pq

MB = 1 << 20
PLAIN = dict(write_statistics=False, store_schema=False)
text = pa.table({"s": pa.array(["a" * (128 * MB)])})
pq.write_table(text, "page.parquet", compression="zstd", use_dictionary=False, **PLAIN)
pq.write_table(text, "page_gzip.parquet", compression="gzip", use_dictionary=False, data_page_version="2.0", **PLAIN)
pq.write_table(text, "dict.parquet", compression="zstd", use_dictionary=True, dictionary_pagesize_limit=1024 * MB, **PLAIN)
# Values that share all but nothing with the ones before them.
shared = pa.table({"s": pa.array(["a" * 100_000] * 1000)})
pq.write_table(shared, "prefixes.parquet", compression="none", use_dictionary=False, column_encoding={"s": "DELTA_BYTE_ARRAY"}, **PLAIN)
# Lists of nulls: runs of levels.
nulls = pa.table({"a": pa.array([[None] * (20 * 1000 * 1000)], pa.list_(pa.int64()))})
pq.write_table(nulls, "levels.parquet", compression="none", **PLAIN)
texts = pa.table({"s": pa.array(["a" * MB] * 128)})  # statistics have a text of each
orc.write_table(texts, "stripe.orc", compression="zstd", compression_block_size=1 * MB, dictionary_key_size_threshold=0)
orc.write_table(nulls, "lists.orc", compression="zstd")
zeros = pa.table({"n": pa.array([0] * (96 * MB // 8), pa.int64())})
for kind in ("lz4", "zstd"):
    feather.write_feather(zeros, f"body_{kind}.arrow", compression=kind, chunksize=96 * MB // 8)
schema = fastavro.parse_schema({"type": "record", "name": "r", "fields": [{"name": "s", "type": "string"}]})
for codec in ("zstandard", "deflate"):
    with open(f"block_{codec}.avro", "wb") as f:
        fastavro.writer(f, schema, [{"s": "a" * (128 * MB)}], codec=codec)
ints = fastavro.parse_schema({"type": "record", "name": "r", "fields": [{"name": "a", "type": {"type": "array", "items": "int"}}]})
with open("array.avro", "wb") as f:
    fastavro.writer(f, ints, [{"a": [1] * (20 * 1000 * 1000)}], codec="zstandard")
