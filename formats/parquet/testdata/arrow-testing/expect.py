"""Writes expect.json: what pyarrow makes of the files here and in fuzzed, a line for each.

    pip install pyarrow && python expect.py

The files are those of data/parquet in apache/arrow-testing (Apache-2.0, LICENSE.txt),
of what fuzzers found those of less than 8 KiB. A line has the file's name and the
rows (the first 100), or pyarrow's error, which runs in a process of its own: some files make it
crash.
"""
import glob, json, subprocess, sys

ONE = """
import datetime, decimal, json, math, sys, pyarrow as pa, pyarrow.parquet as pq
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
def shown(v):
    if isinstance(v, dict):
        return [shown(x) for x in v.values()]
    if isinstance(v, (list, tuple)):
        return [shown(x) for x in v]
    if isinstance(v, bytes):
        return v.hex()
    if isinstance(v, float) and not math.isfinite(v):
        return {math.inf: "Infinity", -math.inf: "-Infinity"}.get(v, "NaN")
    if isinstance(v, datetime.datetime):
        return (v.replace(tzinfo=v.tzinfo or datetime.timezone.utc) - EPOCH) // datetime.timedelta(microseconds=1)
    if isinstance(v, datetime.date):
        return (v - EPOCH.date()).days
    if isinstance(v, datetime.time):
        return ((v.hour * 60 + v.minute) * 60 + v.second) * 10**6 + v.microsecond
    return v if v is None or isinstance(v, (int, str, float)) else str(v)
t = pq.read_table(sys.argv[1])
t.validate(full=True)
t = pa.table({f"{i}": c.cast(pa.decimal128(20, 0)) if c.type == pa.uint64() else c for i, c in enumerate(t.columns)})
print(json.dumps([[shown(v) for v in r] for r in zip(*(c.to_pylist() for c in t.columns))][:100]))
"""

with open("expect.json", "w") as f:
    for name in sorted(glob.glob("*.parquet") + glob.glob("fuzzed/*")):
        p = subprocess.run([sys.executable, "-c", ONE, name], capture_output=True, text=True, timeout=60)
        line = {"name": name}
        if p.returncode == 0:
            line["rows"] = json.loads(p.stdout)
        else:
            line["error"] = p.stderr.strip().splitlines()[-1][:100] if p.stderr.strip() else f"exit {p.returncode}"
        f.write(json.dumps(line) + "\n")
