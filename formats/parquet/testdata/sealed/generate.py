"""Writes encrypted files with page indexes.

    pip install "pyarrow>=26" && python generate.py
"""
import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe

ROWS = 4000
KEY = b"0123456789012345"
table = pa.table({
    "n": pa.array(range(ROWS), pa.int64()),
    "o": pa.array([None if k % 5 == 0 else k * 7 % 1000 for k in range(ROWS)], pa.int32()),
    "l": pa.array([[k, k + 1] if k % 3 else [] for k in range(ROWS)], pa.list_(pa.int32())),
    "p": pa.array(["padding %d" % (k * k) for k in range(ROWS)]),
})
for name, how in (("gcm", "AES_GCM_V1"), ("ctr", "AES_GCM_CTR_V1")):
    props = pe.create_encryption_properties(KEY, aad_prefix=b"table", encryption_algorithm=how, plaintext_footer=name == "ctr")
    pq.write_table(table, name + ".parquet", encryption_properties=props, row_group_size=2000, max_rows_per_page=200, write_page_index=True,
                   use_dictionary=["o"])
