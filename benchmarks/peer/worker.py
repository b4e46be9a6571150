"""Runs SQL in another engine for the commands of benchmarks:

    worker.py duckdb|duckdb-tables|clickhouse|datafusion LAKE THREADS [MEMORY]

LAKE has a folder of Parquet files for each table; MEMORY is the engine's limit in
bytes. One JSON request a line on standard input ({"sql": ...}), one JSON answer a
line on standard output. Only the query itself is timed, with its rows fetched;
making them text is not.
"""
import datetime, decimal, json, os, pathlib, re, sys, tempfile, time


def text(v):
    """A value as Glaux prints it."""
    if v is None:
        return None
    if isinstance(v, bool):
        return "t" if v else "f"
    if isinstance(v, float):
        return repr(v)
    if isinstance(v, decimal.Decimal):
        return format(v, "f")
    if isinstance(v, datetime.datetime):
        t = v.isoformat(sep=" ")
        return t.rstrip("0") if "." in t else t
    if isinstance(v, datetime.time):
        t = v.isoformat()
        return t.rstrip("0") if "." in t else t
    return str(v)


def tables(lake):
    """The names of the tables with a pattern of their files."""
    for folder in sorted(p for p in lake.iterdir() if p.is_dir()):
        if any(folder.rglob("*.parquet")):
            yield folder.name, f"{folder}/**/*.parquet"


class DuckDB:
    kind = "view"

    def __init__(self, lake, threads, memory):
        import duckdb

        config = {"threads": threads, "temp_directory": tempfile.mkdtemp()}
        if memory:
            config["memory_limit"] = f"{memory}B"
        self.db = duckdb.connect(config=config)
        self.version = "DuckDB " + duckdb.__version__
        self.db.execute("set enable_progress_bar = false")
        self.db.execute("set default_null_order = 'nulls_last_on_asc_first_on_desc'")
        for name, files in tables(lake):
            self.db.execute(f"create {self.kind} {name} as select * from read_parquet('{files}')")
        self.db.execute("create macro regexp_like(s, p) as regexp_matches(s, p)")

    def run(self, sql):
        return self.db.execute(sql).fetchall()

    def rows(self, answer):
        return answer


class DuckDBTables(DuckDB):
    """DuckDB with the files read at the start, for many small queries."""

    kind = "table"


class ClickHouse:
    """ClickHouse inside the process. Nulls of joins and sums are made the standard's."""

    SETTINGS = ("join_use_nulls = 1, aggregate_functions_null_for_empty = 1, union_default_mode = 'DISTINCT', "
                "use_hive_partitioning = 1, output_format_json_quote_64bit_integers = 0")

    def __init__(self, lake, threads, memory):
        from chdb import session

        self.db = session.Session()
        self.settings = f" SETTINGS max_threads = {threads}, {self.SETTINGS}"
        if memory:
            half = memory // 2  # from there on it spills
            self.settings += (f", max_memory_usage = {memory}, max_bytes_before_external_group_by = {half}, "
                              f"max_bytes_before_external_sort = {half}, join_algorithm = 'grace_hash'")
        self.version = "ClickHouse " + str(self.run("select version()"))[2:-3]
        for name, files in tables(lake):
            self.db.query(f"create view {name} as select * from file('{files}', Parquet)")
        self.db.query("create function regexp_like as (s, p) -> match(s, p)")

    def run(self, sql):
        return self.db.query(sql.rstrip().rstrip(";") + self.settings, "JSONCompactEachRow").bytes().decode()

    def rows(self, answer):
        for line in answer.splitlines():
            yield [self.value(v) for v in json.loads(line)]

    @staticmethod
    def value(v):
        if isinstance(v, str) and re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+", v):
            return v.rstrip("0").rstrip(".")
        return v


class DataFusion:
    def __init__(self, lake, threads, memory):
        os.environ["TOKIO_WORKER_THREADS"] = str(threads)
        import datafusion

        runtime = datafusion.RuntimeEnvBuilder().with_disk_manager_os()
        if memory:
            runtime = runtime.with_fair_spill_pool(memory)
        self.db = datafusion.SessionContext(datafusion.SessionConfig().with_target_partitions(threads), runtime)
        self.version = "DataFusion " + datafusion.__version__
        for name, files in tables(lake):
            self.db.register_parquet(name, files.split("/**")[0])

    def run(self, sql):
        return self.db.sql(sql).collect()

    def rows(self, answer):
        for batch in answer:
            yield from zip(*(column.to_pylist() for column in batch.columns))


def main():
    engine = {"duckdb": DuckDB, "duckdb-tables": DuckDBTables, "clickhouse": ClickHouse, "datafusion": DataFusion}[sys.argv[1]]
    memory = int(sys.argv[4]) if len(sys.argv) > 4 else 0
    db = engine(pathlib.Path(sys.argv[2]), int(sys.argv[3]), memory)
    print(json.dumps({"version": db.version}), flush=True)
    for line in sys.stdin:
        try:
            start = time.perf_counter()
            answer = db.run(json.loads(line)["sql"])
            ms = (time.perf_counter() - start) * 1000
            answer = {"ms": ms, "rows": [[text(v) for v in r] for r in db.rows(answer)]}
        except BaseException as e:  # reported per query, the worker goes on
            answer = {"error": str(e)}
        print(json.dumps(answer), flush=True)


main()
