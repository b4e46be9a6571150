"""Writes a file with Bloom filters over columns whose bounds say nothing.

    pip install pyarrow && python generate.py
"""
import datetime
import pyarrow as pa
import pyarrow.orc as orc

ROWS = 8000
at = [k * 4099 % ROWS for k in range(ROWS)]
day = datetime.date(1970, 1, 1)
table = pa.table({
    "t": pa.array([i * 7 % 200 - 100 for i in at], pa.int8()),
    "s": pa.array([i * 3 - 12000 for i in at], pa.int16()),
    "i": pa.array([i * 7919 - 1000000 for i in at], pa.int32()),
    "l": pa.array([(i - 4000) * 104729 * 1000003 if i % 10 else None for i in at], pa.int64()),
    "d": pa.array([i * 1.25 - 3000 for i in at], pa.float64()),
    "c": pa.array([day + datetime.timedelta(days=i * 3 - 9000) for i in at], pa.date32()),
    "w": pa.array(["word %d" % (i * 31) if i % 7 else "wörter №%d" % i for i in at]),
    "b": pa.array([b"%d\xff\x00" % (i * 17) for i in at], pa.binary()),
    "p": pa.array(["padding %d" % (i * i) for i in at]),
})
orc.write_table(table, "words.orc", compression="zlib", row_index_stride=1000, bloom_filter_columns=list(range(1, 9)), bloom_filter_fpp=0.01)
