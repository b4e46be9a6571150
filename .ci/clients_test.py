"""The clients of AWS Glue against a Glaux server: what they do with AWS, with
only the endpoint changed. Prints a line for each test and "N passed, N failed"."""
import json, os, subprocess, threading, time

from harness import aws, boto3, opt, raises, run, s3, test

KEY, SECRET, REGION = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"], os.environ["AWS_REGION"]
glue = boto3.client("glue")


def place(name):
    """A location for a test's data: in the S3 server, else a directory."""
    if not opt.s3:
        os.makedirs(f"{opt.work}/{name}", exist_ok=True)
        return f"file://{opt.work}/{name}"
    return f"s3://clients/{name}"


def columns(*names):
    return [{"Name": n, "Type": "string"} for n in names]


def table_input(name, keys=(), **more):
    return {"Name": name, "TableType": "EXTERNAL_TABLE", "PartitionKeys": columns(*keys),
            "Parameters": {"classification": "json", "EXTERNAL": "TRUE"},
            "StorageDescriptor": {"Columns": columns("a", "b"), "Location": f"s3://lake/{name}/",
                                  "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
                                  "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
                                  "SerdeInfo": {"SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe", "Parameters": {}}}, **more}


def database(name):
    glue.create_database(DatabaseInput={"Name": name})
    return name


# awscli


@test
def awscli_databases_and_tables():
    aws("glue", "create-database", "--database-input", json.dumps({"Name": "Cli_One", "Description": "Größe 'x'", "Parameters": {"k": "v"}}))
    d = aws("glue", "get-database", "--name", "cli_one")["Database"]
    assert d["Name"] == "cli_one" and d["Description"] == "Größe 'x'" and d["Parameters"] == {"k": "v"} and d["CreateTime"], d
    for i in range(3):
        aws("glue", "create-table", "--database-name", "cli_one", "--table-input", json.dumps(table_input(f"t{i}", ["dt"])))
    page = aws("glue", "get-tables", "--database-name", "cli_one", "--max-items", "2")
    assert len(page["TableList"]) == 2 and page["NextToken"], page
    rest = aws("glue", "get-tables", "--database-name", "cli_one", "--starting-token", page["NextToken"], "--page-size", "2")
    assert [t["Name"] for t in page["TableList"] + rest["TableList"]] == [f"t{i}" for i in range(3)]
    t = aws("glue", "get-table", "--database-name", "CLI_ONE", "--name", "T2")["Table"]
    assert t["StorageDescriptor"]["Columns"] == columns("a", "b") and t["PartitionKeys"] == columns("dt") and t["VersionId"], t
    assert "EntityNotFoundException" in aws("glue", "get-table", "--database-name", "cli_one", "--name", "none", fails=True)
    assert "AlreadyExistsException" in aws("glue", "create-database", "--database-input", '{"Name":"cli_one"}', fails=True)


@test
def awscli_partitions():
    aws("glue", "create-partition", "--database-name", "cli_one", "--table-name", "t0", "--partition-input",
        json.dumps({"Values": ["2024-01-01"], "StorageDescriptor": table_input("t0")["StorageDescriptor"] | {"Location": "s3://lake/t0/x/"}}))
    p = aws("glue", "get-partition", "--database-name", "cli_one", "--table-name", "t0", "--partition-values", "2024-01-01")["Partition"]
    assert p["StorageDescriptor"]["Location"] == "s3://lake/t0/x/", p
    got = aws("glue", "get-partitions", "--database-name", "cli_one", "--table-name", "t0", "--expression", "dt > '2023-12-31'")["Partitions"]
    assert len(got) == 1, got
    aws("glue", "delete-table", "--database-name", "cli_one", "--name", "t0")
    aws("glue", "delete-database", "--name", "cli_one")


@test
def awscli_what_a_crawl_made():
    names = aws("glue", "get-tables", "--database-name", "demo", "--query", "TableList[].Name")
    assert {"customer", "orders", "products", "web_logs"} <= set(names), names
    parts = aws("glue", "get-partitions", "--database-name", "demo", "--table-name", "orders")["Partitions"]
    assert len(parts) == 7 and parts[0]["StorageDescriptor"]["Columns"], parts


@test
def awscli_wrong_key():
    said = aws("glue", "get-databases", fails=True, env={"AWS_SECRET_ACCESS_KEY": "wrong"})
    assert "InvalidSignatureException" in said, said
    said = aws("glue", "get-databases", fails=True, env={"AWS_ACCESS_KEY_ID": "AKIANOBODY"})
    assert "UnrecognizedClientException" in said, said


# boto3


@test
def boto3_paginators():
    for i in range(25):
        database(f"page_{i:02}")
    got = [d["Name"] for page in glue.get_paginator("get_databases").paginate(PaginationConfig={"PageSize": 7}) for d in page["DatabaseList"]]
    assert [n for n in got if n.startswith("page_")] == [f"page_{i:02}" for i in range(25)] and len(set(got)) == len(got), got
    for i in range(25):
        glue.delete_database(Name=f"page_{i:02}")
    raises("InvalidInputException", glue.get_databases, NextToken="no token")


@test
def boto3_versions():
    db = database("versions")
    glue.create_table(DatabaseName=db, TableInput=table_input("t"))
    first = glue.get_table(DatabaseName=db, Name="t")["Table"]["VersionId"]
    glue.update_table(DatabaseName=db, TableInput=table_input("t", Description="two"), VersionId=first)
    raises("ConcurrentModificationException", glue.update_table, DatabaseName=db, TableInput=table_input("t", Description="three"), VersionId=first)
    now = glue.get_table(DatabaseName=db, Name="t")["Table"]
    assert now["Description"] == "two" and int(now["VersionId"]) > int(first), now
    glue.update_table(DatabaseName=db, TableInput=table_input("t", Description="four"), SkipArchive=True)
    versions = [v["VersionId"] for p in glue.get_paginator("get_table_versions").paginate(DatabaseName=db, TableName="t") for v in p["TableVersions"]]
    assert len(versions) == 2 and versions == sorted(versions, key=int, reverse=True), versions
    glue.delete_database(Name=db)


@test
def boto3_batches():
    db = database("batches")
    glue.create_table(DatabaseName=db, TableInput=table_input("t", ["dt", "n"]))
    sd = table_input("t")["StorageDescriptor"]
    make = lambda day, n: {"Values": [f"2024-01-{day:02}", str(n)], "StorageDescriptor": sd | {"Location": f"s3://lake/t/{day}/{n}/"}}
    for day in range(1, 31):
        out = glue.batch_create_partition(DatabaseName=db, TableName="t", PartitionInputList=[make(day, n) for n in range(100)])
        assert out["Errors"] == [], out
    out = glue.batch_create_partition(DatabaseName=db, TableName="t", PartitionInputList=[make(1, 5), make(31, 1)])
    assert [(e["PartitionValues"], e["ErrorDetail"]["ErrorCode"]) for e in out["Errors"]] == [(["2024-01-01", "5"], "AlreadyExistsException")], out
    out = glue.batch_get_partition(DatabaseName=db, TableName="t", PartitionsToGet=[{"Values": ["2024-01-02", "7"]}, {"Values": ["no", "no"]}])
    assert [p["Values"] for p in out["Partitions"]] == [["2024-01-02", "7"]] and out["Partitions"][0]["StorageDescriptor"]["Location"] == "s3://lake/t/2/7/", out
    out = glue.batch_update_partition(DatabaseName=db, TableName="t", Entries=[
        {"PartitionValueList": ["2024-01-02", "7"], "PartitionInput": make(2, 7) | {"Parameters": {"k": "v"}}},
        {"PartitionValueList": ["no", "no"], "PartitionInput": {"Values": ["no", "no"]}}])
    assert [e["PartitionValueList"] for e in out["Errors"]] == [["no", "no"]], out
    out = glue.batch_delete_partition(DatabaseName=db, TableName="t", PartitionsToDelete=[{"Values": ["2024-01-30", str(n)]} for n in range(24)] + [{"Values": ["x", "y"]}])
    assert [(e["PartitionValues"], e["ErrorDetail"]["ErrorCode"]) for e in out["Errors"]] == [(["x", "y"], "EntityNotFoundException")], out
    raises("ValidationException", glue.batch_delete_partition, DatabaseName=db, TableName="t", PartitionsToDelete=[{"Values": ["a", str(n)]} for n in range(26)])


@test
def boto3_expressions():
    pages = glue.get_paginator("get_partitions")
    def values(expression, **more):
        return [tuple(p["Values"]) for page in pages.paginate(DatabaseName="batches", TableName="t", Expression=expression, **more) for p in page["Partitions"]]
    assert len(values("")) == 3001 - 24
    assert len(values("dt = '2024-01-03'", PaginationConfig={"PageSize": 33})) == 100
    assert values("dt >= '2024-01-29' AND n IN ('1', '2') AND NOT n = '2'") == [("2024-01-29", "1"), ("2024-01-31", "1")]
    assert len(values("dt BETWEEN '2024-01-01' AND '2024-01-02' AND n LIKE '1_'")) == 20
    assert values("(dt = '2024-01-01' OR dt = '2024-01-02') AND n = '0'") == [("2024-01-01", "0"), ("2024-01-02", "0")]
    raises("InvalidInputException", values, "dt = ")
    raises("InvalidInputException", values, "nokey = 'x'")
    seen = []
    for i in range(4):
        seen += values("", Segment={"SegmentNumber": i, "TotalSegments": 4}, ExcludeColumnSchema=True)
    assert len(seen) == len(set(seen)) == 3001 - 24, len(seen)
    glue.delete_database(Name="batches")


@test
def boto3_search_functions_tags():
    found = glue.search_tables(SearchText="web_logs")["TableList"]
    assert [t["Name"] for t in found] == ["web_logs"], found
    assert glue.get_user_defined_functions(Pattern="*", DatabaseName="demo")["UserDefinedFunctions"] == []
    glue.create_user_defined_function(DatabaseName="demo", FunctionInput={"FunctionName": "f", "ClassName": "x.Y", "OwnerName": "o", "OwnerType": "USER", "ResourceUris": []})
    assert glue.get_user_defined_function(DatabaseName="demo", FunctionName="f")["UserDefinedFunction"]["ClassName"] == "x.Y"
    glue.delete_user_defined_function(DatabaseName="demo", FunctionName="f")
    glue.create_partition_index(DatabaseName="demo", TableName="web_logs", PartitionIndex={"IndexName": "i", "Keys": ["year"]})
    assert glue.get_partition_indexes(DatabaseName="demo", TableName="web_logs")["PartitionIndexDescriptorList"][0]["IndexStatus"] == "ACTIVE"


@test
def boto3_column_statistics():
    stats = {"ColumnName": "c_custkey", "ColumnType": "bigint", "AnalyzedTime": 1700000000,
             "StatisticsData": {"Type": "LONG", "LongColumnStatisticsData": {"MinimumValue": 1, "MaximumValue": 9, "NumberOfNulls": 0, "NumberOfDistinctValues": 9}}}
    assert glue.update_column_statistics_for_table(DatabaseName="demo", TableName="customer", ColumnStatisticsList=[stats]).get("Errors", []) == []
    got = glue.get_column_statistics_for_table(DatabaseName="demo", TableName="customer", ColumnNames=["c_custkey", "none"])
    assert got["ColumnStatisticsList"][0]["StatisticsData"] == stats["StatisticsData"], got
    assert [e["ColumnName"] for e in got["Errors"]] == ["none"], got


@test
def boto3_crawler():
    where = os.path.abspath("testdata/lake/orders")
    glue.create_crawler(Name="orders", Role="r", DatabaseName="crawled", Targets={"S3Targets": [{"Path": where}]})
    glue.start_crawler(Name="orders")
    for _ in range(100):
        c = glue.get_crawler(Name="orders")["Crawler"]
        if c["State"] == "READY":
            break
        time.sleep(0.1)
    assert c["State"] == "READY" and c["LastCrawl"]["Status"] == "SUCCEEDED", c
    tables = glue.get_tables(DatabaseName="crawled")["TableList"]
    assert [t["Name"] for t in tables] == ["orders"] and tables[0]["PartitionKeys"][0]["Name"] == "o_orderyear", tables
    assert glue.list_crawls(CrawlerName="orders")["Crawls"][0]["State"] == "COMPLETED"
    raises("AlreadyExistsException", glue.create_crawler, Name="orders", Role="r", DatabaseName="crawled", Targets={"S3Targets": [{"Path": where}]})
    glue.delete_crawler(Name="orders")


# PyIceberg


def iceberg():
    from pyiceberg.catalog import load_catalog
    props = {"type": "glue", "glue.endpoint": opt.glue, "glue.region": REGION, "glue.access-key-id": KEY, "glue.secret-access-key": SECRET,
             "warehouse": place("warehouse"), "py-io-impl": "pyiceberg.io.pyarrow.PyArrowFileIO"}
    if opt.s3:
        props |= {"s3.endpoint": opt.s3, "s3.access-key-id": KEY, "s3.secret-access-key": SECRET, "s3.region": REGION, "s3.force-virtual-addressing": "false"}
    return load_catalog("glaux", **props)


@test
def pyiceberg_tables():
    import pyarrow as pa
    from pyiceberg.exceptions import CommitFailedException, NamespaceAlreadyExistsError, NoSuchTableError, NamespaceNotEmptyError, TableAlreadyExistsError
    cat = iceberg()
    cat.create_namespace("ice", {"owner": "ana", "comment": "Iceberg's"})
    try:
        cat.create_namespace("ice")
        raise AssertionError("no error for a taken namespace")
    except NamespaceAlreadyExistsError:
        pass
    assert ("ice",) in cat.list_namespaces() and cat.load_namespace_properties("ice")["owner"] == "ana"
    cat.update_namespace_properties("ice", updates={"k": "v"})
    data = pa.table({"id": pa.array([1, 2, 3], pa.int64()), "name": ["a", "b", None]})
    t = cat.create_table("ice.events", schema=data.schema, properties={"commit.retry.num-retries": "0"})
    t.append(data)
    assert cat.load_table("ice.events").scan().to_arrow().num_rows == 3
    with t.update_schema() as u:
        from pyiceberg.types import DoubleType
        u.add_column("price", DoubleType())
    cols = glue.get_table(DatabaseName="ice", Name="events")["Table"]["StorageDescriptor"]["Columns"]
    assert [c["Name"] for c in cols] == ["id", "name", "price"] and cols[0]["Parameters"]["iceberg.field.id"] == "1", cols
    # Two writers of one state: the second's commit is refused.
    one, two = cat.load_table("ice.events"), cat.load_table("ice.events")
    one.append(pa.table({"id": pa.array([4], pa.int64()), "name": ["d"], "price": pa.array([1.5])}))
    try:
        two.append(pa.table({"id": pa.array([5], pa.int64()), "name": ["e"], "price": pa.array([2.5])}))
        raise AssertionError("a concurrent commit was not refused")
    except CommitFailedException:
        pass
    assert cat.load_table("ice.events").scan().to_arrow().num_rows == 4
    try:
        cat.create_table("ice.events", schema=data.schema)
        raise AssertionError("no error for a taken name")
    except TableAlreadyExistsError:
        pass
    try:
        cat.drop_namespace("ice")
        raise AssertionError("a namespace with tables was dropped")
    except NamespaceNotEmptyError:
        pass
    assert cat.list_tables("ice") == [("ice", "events")]
    cat.rename_table("ice.events", "ice.renamed")
    assert cat.load_table("ice.renamed").scan().to_arrow().num_rows == 4
    cat.drop_table("ice.renamed")
    try:
        cat.load_table("ice.renamed")
        raise AssertionError("a dropped table was loaded")
    except NoSuchTableError:
        pass
    cat.drop_namespace("ice")


@test
def pyiceberg_concurrent_commits():
    """Optimistic locking under many threads: what was committed is all there."""
    import pyarrow as pa
    from pyiceberg.exceptions import CommitFailedException
    cat = iceberg()
    cat.create_namespace("race")
    cat.create_table("race.t", schema=pa.schema([("id", pa.int64())]))
    done, wrong = [], []
    def work(n):
        mine = iceberg()
        for i in range(3):
            try:
                mine.load_table("race.t").append(pa.table({"id": pa.array([n * 100 + i], pa.int64())}))
                done.append(n * 100 + i)
            except CommitFailedException:
                pass
            except Exception as e:
                wrong.append(e)
    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong, wrong
    rows = sorted(cat.load_table("race.t").scan().to_arrow()["id"].to_pylist())
    assert rows == sorted(done) and rows, (rows, sorted(done))
    cat.drop_table("race.t")
    cat.drop_namespace("race")


# awswrangler


@test
def awswrangler_catalog():
    import awswrangler as wr
    wr.config.glue_endpoint_url = opt.glue
    if opt.s3:
        wr.config.s3_endpoint_url = opt.s3
    wr.catalog.create_database("wrangler", description="d", exist_ok=True)
    assert "wrangler" in wr.catalog.databases(limit=1000)["Database"].tolist()
    wr.catalog.create_parquet_table("wrangler", "p", "s3://clients/p/", {"id": "bigint", "name": "string"}, partitions_types={"dt": "date"},
                                    description="a table", parameters={"k": "v"}, columns_comments={"id": "the id", "name": "the name"})
    assert wr.catalog.does_table_exist("wrangler", "p") and not wr.catalog.does_table_exist("wrangler", "q")
    assert wr.catalog.get_table_types("wrangler", "p") == {"id": "bigint", "name": "string", "dt": "date"}
    assert wr.catalog.get_table_location("wrangler", "p") == "s3://clients/p/"
    assert wr.catalog.get_columns_comments("wrangler", "p")["id"] == "the id"
    wr.catalog.add_parquet_partitions("wrangler", "p", {f"s3://clients/p/dt=2024-01-{d:02}/": [f"2024-01-{d:02}"] for d in range(1, 29)})
    assert len(wr.catalog.get_partitions("wrangler", "p")) == 28
    assert wr.catalog.get_parquet_partitions("wrangler", "p", expression="dt = '2024-01-03'") == {"s3://clients/p/dt=2024-01-03/": ["2024-01-03"]}
    wr.catalog.create_csv_table("wrangler", "c", "s3://clients/c/", {"a": "string"}, partitions_types={"y": "int"}, sep=";", skip_header_line_count=1)
    wr.catalog.add_csv_partitions("wrangler", "c", {"s3://clients/c/y=2024/": ["2024"]}, sep=";")
    wr.catalog.add_column("wrangler", "c", "b", "int", column_comment="new")
    assert list(wr.catalog.get_table_types("wrangler", "c")) == ["a", "b", "y"]
    wr.catalog.upsert_table_parameters({"x": "y"}, "wrangler", "c")
    assert wr.catalog.get_table_parameters("wrangler", "c")["x"] == "y"
    wr.catalog.delete_partitions(table="p", database="wrangler", partitions_values=[["2024-01-03"]])
    wr.catalog.delete_all_partitions(table="c", database="wrangler")
    assert wr.catalog.get_partitions("wrangler", "c") == {} and len(wr.catalog.get_partitions("wrangler", "p")) == 27
    assert {t["Name"] for t in wr.catalog.get_tables(database="wrangler")} == {"p", "c"}
    assert [t["Name"] for t in wr.catalog.search_tables(text="customer")] == ["customer"]
    assert wr.catalog.tables(database="wrangler", limit=10)["Table"].tolist() == ["c", "p"]
    assert wr.catalog.delete_table_if_exists("wrangler", "p") and not wr.catalog.delete_table_if_exists("wrangler", "p")


@test
def awswrangler_data():
    """A dataset that awswrangler writes and registers is read back, and by Glaux."""
    s3()
    import awswrangler as wr, pandas as pd
    df = pd.DataFrame({"id": [1, 2, 3], "name": ["a", "b", "c"], "day": ["x", "x", "y"]})
    wr.s3.to_parquet(df, "s3://clients/set/", dataset=True, database="wrangler", table="set_", partition_cols=["day"], mode="overwrite")
    wr.s3.to_parquet(df.assign(day="z"), "s3://clients/set/", dataset=True, database="wrangler", table="set_", partition_cols=["day"], mode="append")
    assert sorted(wr.catalog.get_partitions("wrangler", "set_").values()) == [["x"], ["y"], ["z"]]
    back = wr.s3.read_parquet_table("set_", "wrangler", partition_filter=lambda p: p["day"] == "z")
    assert back["id"].tolist() == [1, 2, 3], back
    out = subprocess.run([opt.glaux, "query", "--data-dir", opt.data, "--s3-endpoint", opt.s3, "--s3-path-style", "--lake", "s3://clients/set/",
                          "--format", "csv", "select day, count(*) from wrangler.set_ group by day order by day"], capture_output=True, text=True)
    assert out.stdout.splitlines()[1:] == ["x,2", "y,1", "z,3"], (out.stdout, out.stderr)


# Glaux itself as a client


@test
def glaux_reads_glue():
    """Another Glaux whose catalog is this endpoint, and an import and export through it."""
    conf = f"{opt.work}/glue.yaml"
    with open(conf, "w") as f:
        f.write(f"catalog:\n  glue:\n    region: {REGION}\n    endpoint: {opt.glue}\n")
    def glaux(*args, data="second"):
        p = subprocess.run([opt.glaux, *args, "--data-dir", f"{opt.work}/{data}"], capture_output=True, text=True)
        assert p.returncode == 0, p.stderr
        return p.stdout
    lake = os.path.abspath("testdata/lake")
    out = glaux("query", "--config", conf, "--lake", lake, "--format", "csv", "select count(*) from demo.orders where o_orderyear = 1995")
    want = subprocess.run([opt.glaux, "query", "--data-dir", opt.data, "--format", "csv", "select count(*) from demo.orders where o_orderyear = 1995"], capture_output=True, text=True).stdout
    assert out == want and out.count("\n") == 2, (out, want)
    out = glaux("catalog", "import", "--from", "glue", "--endpoint-url", opt.glue, "--database", "demo", "--json", data="third")
    there = [t["Name"] for page in glue.get_paginator("get_tables").paginate(DatabaseName="demo") for t in page["TableList"]]
    assert json.loads(out)["tables"]["created"] == len(there) >= 10, (out, there)
    ddl = glaux("catalog", "export", "--to", "ddl", "-", data="third")
    with open(f"{opt.work}/demo.sql", "w") as f:
        f.write(ddl)
    glaux("catalog", "import", "--from", "ddl", f"{opt.work}/demo.sql", data="fourth")
    assert glaux("catalog", "export", "--to", "ddl", "-", data="fourth") == ddl


run()
