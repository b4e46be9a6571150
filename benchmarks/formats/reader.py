"""Answers the one question of the command formats for files that DuckDB does not
read: reader.py orc|avro FOLDER THREADS, with the lines of peer. pyarrow streams ORC
by batches in threads, fastavro reads Avro row by row."""
import datetime, decimal, json, pathlib, sys, time

import fastavro, pyarrow as pa, pyarrow.compute as pc, pyarrow.dataset as ds

SUMS = {"id", "account", "price", "amount", "score"}
COLUMNS = ["id", "account", "price", "amount", "active", "day", "seen", "region", "name", "score"]


class Column:
    """sum, min, max and count of what was seen of a column."""

    def __init__(self, name):
        self.name, self.n, self.sum, self.lo, self.hi = name, 0, 0, None, None

    def merge(self, n, total, lo, hi):
        if n:
            self.n += n
            self.sum += total
            self.lo = lo if self.lo is None else min(self.lo, lo)
            self.hi = hi if self.hi is None else max(self.hi, hi)

    def answer(self):
        if self.name == "active":
            return [self.n, self.sum]
        return [self.n, self.lo, self.hi] + ([self.sum] if self.name in SUMS else [])


def orc(folder):
    cols = [Column(c) for c in COLUMNS]
    for b in ds.dataset(folder, format="orc", exclude_invalid_files=False, ignore_prefixes=["_"]).to_batches(columns=COLUMNS):
        for c in cols:
            v = b.column(c.name)
            m = pc.min_max(v)
            total = pc.sum(v).as_py() if c.name in SUMS or c.name == "active" else 0
            c.merge(len(v) - v.null_count, total or 0, m["min"].as_py(), m["max"].as_py())
    return cols


def avro(folder):
    cols = [Column(c) for c in COLUMNS]
    keyed = [(c, c.name, c.name in SUMS or c.name == "active") for c in cols]
    for path in sorted(pathlib.Path(folder).glob("*.avro")):
        with open(path, "rb") as f:
            for row in fastavro.reader(f):
                for c, name, summed in keyed:
                    v = row[name]
                    if v is None:
                        continue
                    c.n += 1
                    if summed:
                        c.sum += v
                    if c.lo is None:
                        c.lo = c.hi = v
                    elif v < c.lo:
                        c.lo = v
                    elif v > c.hi:
                        c.hi = v
    return cols


def text(v):
    if isinstance(v, float):
        return repr(v)
    if isinstance(v, decimal.Decimal):
        return format(v, "f")
    if isinstance(v, datetime.datetime):
        t = v.isoformat(sep=" ")
        return t.rstrip("0") if "." in t else t
    return None if v is None else str(v)


def main():
    kind, folder, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
    pa.set_cpu_count(threads)
    version = {"orc": "pyarrow " + pa.__version__, "avro": "fastavro " + fastavro.__version__}[kind]
    print(json.dumps({"version": version}), flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        cols = {"orc": orc, "avro": avro}[kind](folder)
        row = [text(v) for c in cols for v in c.answer()]
        print(json.dumps({"ms": (time.perf_counter() - start) * 1000, "rows": [row]}), flush=True)


main()
