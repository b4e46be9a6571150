"""Writes two transactional tables as Hive 3 lays them out (its AcidUtils, OrcRecordUpdater and BucketCodec).

    pip install pyarrow && python generate.py

accounts: base_5 of two buckets; inserts, updates (a deletion and an insertion) and deletions of writes 6 to 9 with statements of their own; a
minor compaction of writes 6 and 7; what is obsolete since, still there.
legacy: files from before the table was transactional, of which writes 1 and 2 deleted and inserted rows; in two partitions.
"""
import os
import pyarrow as pa
import pyarrow.orc as orc

ROW = pa.struct([("id", pa.int64()), ("name", pa.string()), ("amount", pa.decimal128(9, 2))])
EVENT = pa.schema([("operation", pa.int32()), ("originalTransaction", pa.int64()), ("bucket", pa.int32()), ("rowId", pa.int64()), ("currentTransaction", pa.int64()), ("row", ROW)])


def row(id, name=None):
    return {"id": id, "name": name or f"name {id}", "amount": f"{id}.50"}


def bucket(n, statement=0):
    return 1 << 29 | n << 16 | statement


def write(path, events, **options):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    import decimal
    for e in events:
        if e["row"]:
            e["row"]["amount"] = decimal.Decimal(e["row"]["amount"])
    orc.write_table(pa.Table.from_pylist(events, schema=EVENT), path, compression="zlib", **options)


def inserted(writeid, b, rows, first=0, statement=0):
    return [{"operation": 0, "originalTransaction": writeid, "bucket": bucket(b, statement), "rowId": first + i, "currentTransaction": writeid, "row": r} for i, r in enumerate(rows)]


def deleted(writeid, ids):
    return [{"operation": 2, "originalTransaction": w, "bucket": b, "rowId": r, "currentTransaction": writeid, "row": None} for w, b, r in ids]


def accounts():
    at = "accounts/"
    # Ids 0 to 5999 in two buckets, several row groups of 500 rows.
    for b in (0, 1):
        write(at + f"base_0000005/bucket_0000{b}", inserted(3, b, [row(i) for i in range(b, 6000, 2)]), row_index_stride=500)
    # Superseded: the base of write 4, a delta that base_5 has in it, a deletion below it.
    write(at + "base_0000004/bucket_00000", inserted(4, 0, [row(-1, "of an old base")]))
    write(at + "delta_0000005_0000005_0000/bucket_00000", inserted(5, 0, [row(-2, "of an old delta")]))
    write(at + "delete_delta_0000005_0000005_0000/bucket_00000", deleted(5, [(3, bucket(0), 0)]))
    # Write 6 inserts 6000 and 6001; write 7 updates 10 and deletes 6001. A compaction has made one folder of both.
    one = inserted(6, 0, [row(6000), row(6001)])
    two = inserted(7, 0, [row(10, "ten, updated")])
    gone = deleted(7, [(3, bucket(0), 5), (6, bucket(0), 1)])
    write(at + "delta_0000006_0000006_0000/bucket_00000", one)
    write(at + "delta_0000007_0000007_0000/bucket_00000", two)
    write(at + "delete_delta_0000007_0000007_0000/bucket_00000", gone)
    write(at + "delta_0000006_0000007_v0000021/bucket_00000", one + two)
    write(at + "delete_delta_0000006_0000007_v0000021/bucket_00000", gone)
    # Write 8 deletes the odd ids below 3000 and the row that write 7 had updated; write 9 inserts with two statements.
    write(at + "delete_delta_0000008_0000008_0000/bucket_00000", deleted(8, [(7, bucket(0), 0)]))
    write(at + "delete_delta_0000008_0000008_0000/bucket_00001", deleted(8, [(3, bucket(1), i) for i in range(1500)]))
    write(at + "delta_0000009_0000009_0000/bucket_00000", inserted(9, 0, [row(7000)]))
    write(at + "delta_0000009_0000009_0001/bucket_00000", inserted(9, 0, [row(7001)], statement=1))
    for f in ("base_0000005", "delta_0000009_0000009_0000"):
        with open(at + f + "/_orc_acid_version", "w") as v:
            v.write("2")


def legacy():
    plain = lambda ids: pa.Table.from_pylist([{"id": i, "name": f"name {i}"} for i in ids], schema=pa.schema([("id", pa.int64()), ("name", pa.string())]))
    for day, first in (("a", 0), ("b", 1000)):
        at = f"legacy/day={day}/"
        os.makedirs(at, exist_ok=True)
        orc.write_table(plain(range(first, first + 300)), at + "000000_0", row_index_stride=100)
        orc.write_table(plain(range(first + 300, first + 400)), at + "000000_0_copy_1")
        orc.write_table(plain(range(first + 400, first + 500)), at + "000001_0")
    # Of day=a the rows 250 to 349 of bucket 0, which lie in two files, and the first of bucket 1.
    write("legacy/day=a/delete_delta_0000001_0000001_0000/bucket_00000", deleted(1, [(0, bucket(0), i) for i in range(250, 350)]))
    write("legacy/day=a/delete_delta_0000001_0000001_0000/bucket_00001", deleted(1, [(0, bucket(1), 0)]))
    write("legacy/day=a/delta_0000002_0000002_0000/bucket_00000", inserted(2, 0, [row(5000)]))


accounts()
legacy()
