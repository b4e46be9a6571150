"""The clients of Amazon Athena against a Glaux server: what they do with AWS, with
only the endpoints changed. Prints a line for each test and "N passed, N failed"."""
import datetime, json, os, subprocess, time
from decimal import Decimal

from harness import Skipped, aws, boto3, opt, raises, run, s3, test

athena = boto3.client("athena")
RESULTS = "s3://clients/athena/results/"


def wait(id):
    """Waits for the end of an execution and gives it."""
    for _ in range(600):
        e = athena.get_query_execution(QueryExecutionId=id)["QueryExecution"]
        if e["Status"]["State"] not in ("QUEUED", "RUNNING"):
            return e
        time.sleep(0.02)
    raise AssertionError(f"{id} does not end: {e}")


def query(sql, state="SUCCEEDED", **kw):
    """Runs a statement to its end."""
    kw.setdefault("QueryExecutionContext", {"Database": "demo"})
    if opt.s3:
        kw.setdefault("ResultConfiguration", {"OutputLocation": RESULTS})
    e = wait(athena.start_query_execution(QueryString=sql, **kw)["QueryExecutionId"])
    assert e["Status"]["State"] == state, e["Status"]
    return e


def rows(e):
    """All rows of an execution's result."""
    pages = athena.get_paginator("get_query_results").paginate(QueryExecutionId=e["QueryExecutionId"])
    return [[c.get("VarCharValue") for c in r["Data"]] for p in pages for r in p["ResultSet"]["Rows"]]


def stored(url):
    """An object of the S3 server."""
    bucket, key = url.removeprefix("s3://").split("/", 1)
    return s3().get_object(Bucket=bucket, Key=key)["Body"].read()


# awscli


@test
def awscli_query():
    where = ["--result-configuration", f"OutputLocation={RESULTS}"] if opt.s3 else []
    id = aws("athena", "start-query-execution", "--query-string", "SELECT count(*) AS n FROM orders WHERE o_orderyear = 1995",
             "--query-execution-context", "Database=demo", *where)["QueryExecutionId"]
    wait(id)
    e = aws("athena", "get-query-execution", "--query-execution-id", id)["QueryExecution"]
    assert e["Status"]["State"] == "SUCCEEDED" and e["StatementType"] == "DML" and e["WorkGroup"] == "primary", e
    got = aws("athena", "get-query-results", "--query-execution-id", id, "--query", "ResultSet.Rows[].Data[].VarCharValue")
    assert got[0] == "n" and int(got[1]) > 0, got


@test
def awscli_cutoff():
    """A workgroup with a limit: a query that needs more is canceled before it reads, and says what would pass."""
    aws("athena", "create-work-group", "--name", "small", "--description", "small queries", "--tags", "Key=team,Value=web",
        "--configuration", "EnforceWorkGroupConfiguration=false,BytesScannedCutoffPerQuery=10000000")
    g = aws("athena", "get-work-group", "--work-group", "small")["WorkGroup"]
    assert g["Configuration"]["BytesScannedCutoffPerQuery"] == 10000000 and g["State"] == "ENABLED", g
    e = query("SELECT sum(l_extendedprice) FROM lineitem", WorkGroup="small")
    assert 0 < e["Statistics"]["DataScannedInBytes"] < 10000000, e["Statistics"]
    subprocess.run([opt.glaux, "query", "--data-dir", opt.data, "ALTER WORKGROUP small SET (bytes_scanned_cutoff_per_query = '100kB')"], check=True, capture_output=True)
    e = query("SELECT sum(length(l_comment)) FROM lineitem", WorkGroup="small", state="CANCELLED")
    said = e["Status"]["StateChangeReason"]
    assert said.startswith("Bytes scanned limit was exceeded") and e["Statistics"]["DataScannedInBytes"] == 0, e
    assert e["Status"]["AthenaError"]["ErrorType"] == 1008, e
    got = aws("athena", "get-query-results", "--query-execution-id", e["QueryExecutionId"], fails=True)
    assert "Query did not finish successfully. Final query state: CANCELLED" in got, got
    aws("athena", "update-work-group", "--work-group", "small", "--state", "DISABLED")
    got = aws("athena", "start-query-execution", "--work-group", "small", "--query-string", "SELECT 1", fails=True)
    assert "(InvalidRequestException)" in got and "WorkGroup small is disabled." in got, got
    aws("athena", "delete-work-group", "--work-group", "small", "--recursive-delete-option")


@test
def awscli_stop():
    id = athena.start_query_execution(QueryString="SELECT count(*) FROM orders a, orders b, orders c WHERE a.o_comment < b.o_comment || c.o_comment",
                                      QueryExecutionContext={"Database": "demo"})["QueryExecutionId"]
    raises("InvalidRequestException", athena.get_query_results, QueryExecutionId=id)
    aws("athena", "stop-query-execution", "--query-execution-id", id)
    e = wait(id)
    assert e["Status"]["State"] == "CANCELLED" and e["Status"]["StateChangeReason"] == "Query cancelled by user", e["Status"]
    athena.stop_query_execution(QueryExecutionId=id)  # again: no error
    ids = aws("athena", "list-query-executions", "--max-items", "3")["QueryExecutionIds"]
    assert id in ids and len(ids) <= 3, (id, ids)


# boto3


@test
def boto3_bad_requests():
    """What is wrong with a request is told in Athena's words."""
    def said(code, f, client=athena, **kw):
        return raises(code, getattr(client, f), **kw).response["Error"]["Message"]
    invalid = lambda f, **kw: said("InvalidRequestException", f, **kw)
    start = lambda sql="SELECT 1", **kw: invalid("start_query_execution", QueryString=sql, **kw)
    assert start(WorkGroup="none") == "WorkGroup none is not found."
    assert start("SELECT 1 FROM WHERE").startswith("line 1:15: "), start("SELECT 1 FROM WHERE")
    assert start("SELECT 1; SELECT 2").startswith("Only one sql statement is allowed."), start("SELECT 1; SELECT 2")
    assert "outputLocation" in start(ResultConfiguration={"OutputLocation": "s3://not-allowed/x/"})
    assert "outputLocation" in start(ResultConfiguration={"OutputLocation": "no location"})
    assert "262144" in start("SELECT '" + "x" * 262144 + "'")
    assert start(QueryExecutionContext={"Catalog": "other"}) == "Catalog other was not found."
    assert invalid("get_query_execution", QueryExecutionId="none") == "QueryExecution none was not found"
    assert invalid("get_named_query", NamedQueryId="none") == "NamedQuery none was not found"
    said("ResourceNotFoundException", "get_prepared_statement", StatementName="none", WorkGroup="primary")
    said("MetadataException", "get_database", CatalogName="AwsDataCatalog", DatabaseName="none")
    said("MetadataException", "get_table_metadata", CatalogName="AwsDataCatalog", DatabaseName="demo", TableName="none")
    assert invalid("delete_work_group", WorkGroup="primary") == "The primary workgroup cannot be deleted."
    token = "t" * 32
    id = athena.start_query_execution(QueryString="SELECT 1", ClientRequestToken=token)["QueryExecutionId"]
    assert athena.start_query_execution(QueryString="SELECT 1", ClientRequestToken=token)["QueryExecutionId"] == id
    assert start("SELECT 2", ClientRequestToken=token) == "Idempotent parameters do not match"
    key = dict(region_name=os.environ["AWS_REGION"], endpoint_url=opt.athena, aws_access_key_id=os.environ["AWS_ACCESS_KEY_ID"])
    wrong = boto3.client("athena", **key, aws_secret_access_key="wrong")
    assert "does not match the signature you provided" in said("InvalidSignatureException", "list_work_groups", client=wrong)
    nobody = boto3.client("athena", **key | {"aws_access_key_id": "AKIANOBODY"}, aws_secret_access_key="wrong")
    said("UnrecognizedClientException", "list_work_groups", client=nobody)


@test
def boto3_result_objects():
    """The .csv and .csv.metadata of a query, the .txt of a statement that is none."""
    s3()
    e = query("SELECT 1 AS a, 'x, \"y\"' AS b, CAST(NULL AS varchar) AS c, '' AS d")
    url = e["ResultConfiguration"]["OutputLocation"]
    assert url == f"{RESULTS}{e['QueryExecutionId']}.csv", url
    assert stored(url) == b'"a","b","c","d"\n"1","x, ""y""",,""\n', stored(url)
    assert b"varchar" in stored(url + ".metadata")
    assert rows(e) == [["a", "b", "c", "d"], ["1", 'x, "y"', None, ""]], rows(e)
    e = query("SHOW TABLES LIKE 'orders'")
    assert e["ResultConfiguration"]["OutputLocation"].endswith(".txt") and stored(e["ResultConfiguration"]["OutputLocation"]) == b"orders\n", e


@test
def boto3_values():
    """The text of each type's values, and what the columns say of them."""
    cases = [  # expression, type, precision, scale, case sensitive, text
        ("true", "boolean", 0, 0, False, "true"), ("CAST(-7 AS tinyint)", "tinyint", 3, 0, False, "-7"), ("CAST(7 AS smallint)", "smallint", 5, 0, False, "7"),
        ("7", "integer", 10, 0, False, "7"), ("BIGINT '7'", "bigint", 19, 0, False, "7"), ("CAST(1.1 AS real)", "float", 17, 0, False, "1.1"),
        ("1.0e10", "double", 17, 0, False, "1.0E10"), ("0.001e0", "double", 17, 0, False, "0.001"), ("-infinity()", "double", 17, 0, False, "-Infinity"), ("nan()", "double", 17, 0, False, "NaN"),
        ("DECIMAL '-0.50'", "decimal", 2, 2, False, "-0.50"), ("CAST(1 AS decimal(38,10))", "decimal", 38, 10, False, "1.0000000000"),
        ("'a\t\u00e4\n\"'", "varchar", 2147483647, 0, True, "a\t\u00e4\n\""), ("CAST('ab' AS varchar(5))", "varchar", 5, 0, True, "ab"), ("CAST('ab' AS char(3))", "char", 3, 0, True, "ab "),
        ("X'00ff'", "varbinary", 1073741824, 0, False, "00 ff"), ("DATE '0001-01-01'", "date", 0, 0, False, "0001-01-01"), ("TIME '01:02:03'", "time", 3, 0, False, "01:02:03.000"),
        ("TIMESTAMP '2024-02-29 01:02:03.1234'", "timestamp", 3, 0, False, "2024-02-29 01:02:03.1234"),
        ("TIMESTAMP '2024-02-29 01:02:03 +02:00'", "timestamp with time zone", 3, 0, False, "2024-02-29 01:02:03.000 +02:00"),
        ("INTERVAL '36' HOUR", "interval day to second", 0, 0, False, "1 12:00:00.000"), ("INTERVAL '14' MONTH", "interval year to month", 0, 0, False, "1-2"),
        ("UUID '12151fd2-7586-11e9-8f9e-2a86e4085a59'", "uuid", 0, 0, False, "12151fd2-7586-11e9-8f9e-2a86e4085a59"), ("JSON '[1,null]'", "json", 0, 0, False, "[1,null]"),
        ("ARRAY['a, b', NULL, '']", "array", 0, 0, False, "[a, b, null, ]"), ("ARRAY[ARRAY[1], NULL]", "array", 0, 0, False, "[[1], null]"),
        ("MAP(ARRAY['k', 'l'], ARRAY[1.5e0, NULL])", "map", 0, 0, False, "{k=1.5, l=null}"), ("ROW(1, 'x')", "row", 0, 0, False, "{field0=1, field1=x}"),
        ("CAST(ROW(TIMESTAMP '2024-01-01 00:00:00', X'0a', DECIMAL '1.50') AS ROW(t timestamp, b varbinary, m decimal(3,2)))", "row", 0, 0, False, "{t=2024-01-01 00:00:00.000, b=0a, m=1.50}"),
        ("CAST(NULL AS integer)", "integer", 10, 0, False, None), ("''", "varchar", 2147483647, 0, True, ""),
    ]
    e = query("SELECT " + ", ".join(f"{c[0]} AS c{i}" for i, c in enumerate(cases)))
    out = athena.get_query_results(QueryExecutionId=e["QueryExecutionId"])
    info, got = out["ResultSet"]["ResultSetMetadata"]["ColumnInfo"], rows(e)[1]
    for i, c in enumerate(cases):
        have = (info[i]["Type"], info[i]["Precision"], info[i]["Scale"], info[i]["CaseSensitive"], got[i])
        assert have == c[1:] and info[i]["Nullable"] == "UNKNOWN" and info[i]["Name"] == info[i]["Label"] == f"c{i}", (c, have)
    assert out["UpdateCount"] == 0 and e["StatementType"] == "DML" and e["SubstatementType"] == "SELECT", e
    for sql, kind, sub in ("SHOW TABLES", "UTILITY", "SHOW_TABLES"), ("CREATE DATABASE IF NOT EXISTS `values_db`", "DDL", "CREATE_DATABASE"), ("DROP DATABASE `values_db` CASCADE", "DDL", "DROP_DATABASE"), \
            ("EXPLAIN SELECT 1", "UTILITY", "EXPLAIN"), ("DROP TABLE IF EXISTS `demo`.`no_such`", "DDL", "DROP_TABLE"):
        e = query(sql)
        assert (e["StatementType"], e["SubstatementType"]) == (kind, sub), e


@test
def boto3_external_table():
    """A table in Hive's words over objects that boto3 has put, repaired, read and dropped."""
    s3().put_object(Bucket="clients", Key="athena/ext/dt=2024-01-01/a.csv", Body=b"id,name\n1,\"a, b\"\n2,\n")
    query("""CREATE EXTERNAL TABLE IF NOT EXISTS `demo`.`ext` (`id` int COMMENT 'the id', `name` string)
        PARTITIONED BY (`dt` date) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' WITH SERDEPROPERTIES ('separatorChar' = ',', 'quoteChar' = '\"')
        STORED AS TEXTFILE LOCATION 's3://clients/athena/ext/' TBLPROPERTIES ('skip.header.line.count' = '1')""")
    assert rows(query("SELECT * FROM ext"))[1:] == []
    query("MSCK REPAIR TABLE `demo`.`ext`")
    s3().put_object(Bucket="clients", Key="athena/other/b.csv", Body=b"id,name\n3,c\n")
    query("ALTER TABLE `ext` ADD IF NOT EXISTS PARTITION (dt = '2024-01-02') LOCATION 's3://clients/athena/other/'")
    assert rows(query("SHOW PARTITIONS ext")) == [["dt=2024-01-01"], ["dt=2024-01-02"]]
    assert rows(query("SELECT id, name, dt FROM ext ORDER BY id"))[1:] == [["1", "a, b", "2024-01-01"], ["2", "", "2024-01-01"], ["3", "c", "2024-01-02"]]
    assert len(rows(query('SELECT * FROM "ext$partitions"'))) == 3
    assert [r[0].split("\t")[0].strip() for r in rows(query("DESCRIBE `ext`"))] == ["id", "name", "dt", "", "# Partition Information", "# col_name", "", "dt"]
    query("DROP TABLE `demo`.`ext`")
    e = query("CREATE TABLE nothing AS SELECT * FROM nation WHERE n_nationkey < 0")
    assert rows(query("SELECT count(*) FROM nothing"))[1:] == [["0"]] and rows(query("SELECT n_name FROM nothing")) == [["n_name"]]
    query("INSERT INTO nothing SELECT * FROM nation")
    assert rows(query("SELECT count(*) FROM nothing"))[1:] == [["25"]]
    query("DROP TABLE nothing")


@test
def boto3_paging():
    """More rows than a page has: paginators, tokens, sizes."""
    e = query("SELECT o_orderkey, o_comment FROM orders ORDER BY o_orderkey LIMIT 2500")
    got = rows(e)
    assert len(got) == 2501 and got[0] == ["o_orderkey", "o_comment"] and len({r[0] for r in got}) == 2501, len(got)
    pages = [p["ResultSet"]["Rows"] for p in athena.get_paginator("get_query_results").paginate(QueryExecutionId=e["QueryExecutionId"], PaginationConfig={"PageSize": 700})]
    assert [len(p) for p in pages] == [700, 700, 700, 401], [len(p) for p in pages]
    assert [[c["VarCharValue"] for c in r["Data"]] for p in pages for r in p] == got
    id = e["QueryExecutionId"]
    said = raises("InvalidRequestException", athena.get_query_results, QueryExecutionId=id, NextToken="no token")
    assert said.response["AthenaErrorCode"] == "INVALID_INPUT", said.response
    raises("InvalidRequestException", athena.get_query_results, QueryExecutionId=id, MaxResults=1001)


@test
def boto3_named_prepared_tags():
    athena.create_work_group(Name="objects", Configuration={"EnforceWorkGroupConfiguration": False}, Tags=[{"Key": "team", "Value": "web"}])
    ids = [athena.create_named_query(Name=f"n{i}", Database="demo", QueryString=f"SELECT {i}", WorkGroup="objects")["NamedQueryId"] for i in range(7)]
    pages = athena.get_paginator("list_named_queries").paginate(WorkGroup="objects", PaginationConfig={"PageSize": 3})
    assert sorted(i for p in pages for i in p["NamedQueryIds"]) == sorted(ids)
    got = athena.batch_get_named_query(NamedQueryIds=ids[:2] + ["none"])
    assert [q["QueryString"] for q in got["NamedQueries"]] == ["SELECT 0", "SELECT 1"] and got["UnprocessedNamedQueryIds"][0]["NamedQueryId"] == "none", got
    athena.create_prepared_statement(StatementName="one", WorkGroup="objects", QueryStatement="SELECT n_name FROM nation WHERE n_nationkey = ?")
    assert rows(query("EXECUTE one USING 3", WorkGroup="objects")) == [["n_name"], ["CANADA"]]
    assert rows(query("EXECUTE one", WorkGroup="objects", ExecutionParameters=["7"])) == [["n_name"], ["GERMANY"]]
    assert athena.list_prepared_statements(WorkGroup="objects")["PreparedStatements"][0]["StatementName"] == "one"
    arn = f"arn:aws:athena:{os.environ['AWS_REGION']}:000000000000:workgroup/objects"
    athena.tag_resource(ResourceARN=arn, Tags=[{"Key": "cost", "Value": "7"}])
    athena.untag_resource(ResourceARN=arn, TagKeys=["team"])
    assert athena.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "cost", "Value": "7"}]
    raises("InvalidRequestException", athena.delete_work_group, WorkGroup="objects")
    athena.delete_work_group(WorkGroup="objects", RecursiveDeleteOption=True)
    raises("InvalidRequestException", athena.get_work_group, WorkGroup="objects")


# PyAthena

TYPES = """SELECT true AS b, CAST(1 AS tinyint) AS t, 3 AS i, BIGINT '4' AS l, CAST(1.5 AS real) AS r, 2.25e0 AS d, DECIMAL '12.340' AS m,
    'text' AS v, CAST('ab' AS char(3)) AS c, X'00ff' AS x, DATE '2024-02-29' AS dt, TIMESTAMP '2024-02-29 01:02:03.004' AS ts,
    TIMESTAMP '2024-02-29 01:02:03 UTC' AS tz, ARRAY[1, 2, NULL] AS a, MAP(ARRAY['k', 'l'], ARRAY[1, NULL]) AS mp,
    CAST(ROW(1, 'x') AS ROW(a integer, b varchar)) AS rw, JSON '{"a": [1, null]}' AS j, CAST(NULL AS integer) AS n, '' AS e"""


def pyathena(**kw):
    s3()
    from pyathena import connect
    return connect(s3_staging_dir=RESULTS, region_name=os.environ["AWS_REGION"], schema_name="demo", poll_interval=0.02, **kw)


@test
def pyathena_types():
    cur = pyathena().cursor().execute(TYPES)
    got, names = cur.fetchone(), [c[0] for c in cur.description]
    assert dict(zip(names, got)) == {"b": True, "t": 1, "i": 3, "l": 4, "r": 1.5, "d": 2.25, "m": Decimal("12.340"), "v": "text", "c": "ab ", "x": b"\x00\xff",
        "dt": datetime.date(2024, 2, 29), "ts": datetime.datetime(2024, 2, 29, 1, 2, 3, 4000), "tz": datetime.datetime(2024, 2, 29, 1, 2, 3, tzinfo=datetime.timezone.utc),
        "a": [1, 2, None], "mp": {"k": "1", "l": None}, "rw": {"a": "1", "b": "x"}, "j": {"a": [1, None]}, "n": None, "e": ""}, got
    assert [c[1] for c in cur.description] == ["boolean", "tinyint", "integer", "bigint", "float", "double", "decimal", "varchar", "char", "varbinary", "date", "timestamp",
        "timestamp with time zone", "array", "map", "row", "json", "integer", "varchar"], cur.description
    assert cur.description[6] == ("m", "decimal", None, None, 5, 3, "UNKNOWN"), cur.description[6]


@test
def pyathena_cursor():
    from pyathena.cursor import DictCursor
    from pyathena.error import DatabaseError, OperationalError
    con = pyathena()
    cur = con.cursor()
    assert cur.execute("SELECT o_orderstatus FROM orders WHERE o_orderkey = %(k)s AND o_comment <> %(c)s", {"k": 7, "c": "it's"}).fetchall() == [("O",)]
    assert cur.execute("SELECT ?, count(*) FROM orders WHERE o_orderdate < ?", ["'a'", "DATE '1992-01-02'"], paramstyle="qmark").fetchone()[0] == "a"
    assert len(cur.execute("SELECT o_orderkey FROM orders").fetchall()) == 15000
    assert con.cursor(DictCursor).execute("SELECT n_name FROM nation WHERE n_nationkey = 7").fetchall() == [{"n_name": "GERMANY"}]
    cur.execute("CREATE TABLE pya_ctas AS SELECT * FROM nation")
    assert cur.rowcount == 25 and cur.fetchone() is None and cur.description == [("rows", "bigint", None, None, 19, 0, "UNKNOWN")], (cur.rowcount, cur.description)
    cur.execute("INSERT INTO pya_ctas SELECT * FROM nation WHERE n_nationkey < 5")
    assert cur.rowcount == 5 and cur.data_manifest_location.endswith("-manifest.csv")
    assert cur.execute("SELECT count(*) FROM pya_ctas").fetchall() == [(30,)]
    cur.execute("DROP TABLE `pya_ctas`")
    for wrong, text in ("SELECT nocol FROM nation", "COLUMN_NOT_FOUND: line 1:8: "), ("SELECT * FROM none", "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.demo.none' does not exist"):
        try:
            cur.execute(wrong)
            raise AssertionError("no error: " + wrong)
        except OperationalError as e:
            assert text in str(e), e
    try:
        cur.execute("SELEC 1")
        raise AssertionError("no error for what does not parse")
    except DatabaseError as e:
        assert "InvalidRequestException" in str(e) and "line 1:1" in str(e), e


@test
def pyathena_async():
    from pyathena.async_cursor import AsyncCursor
    cur = pyathena().cursor(AsyncCursor)
    _, done = cur.execute("SELECT count(*) FROM orders")
    assert done.result().fetchall() == [(15000,)]
    id, done = cur.execute("SELECT count(*) FROM orders a, orders b, orders c WHERE a.o_comment < b.o_comment || c.o_comment")
    cur.cancel(id).result()
    assert done.result().state == "CANCELLED" and done.result().state_change_reason == "Query cancelled by user", done.result().state_change_reason


@test
def pyathena_frames():
    """Cursors that read the result's objects from S3 themselves."""
    from pyathena.arrow.cursor import ArrowCursor
    from pyathena.pandas.cursor import PandasCursor
    con, sql = pyathena(), "SELECT o_orderkey, o_orderdate, o_totalprice, o_comment FROM orders"
    df = con.cursor(PandasCursor).execute(sql).as_pandas()
    assert df.shape == (15000, 4) and str(df.o_orderdate.dtype).startswith("datetime64") and df.o_orderkey.nunique() == 15000, df.dtypes
    unloaded = con.cursor(PandasCursor, unload=True).execute(sql).as_pandas()
    assert unloaded.shape == df.shape and sorted(unloaded.o_orderkey) == sorted(df.o_orderkey)
    import functools, pyarrow.fs
    whole = pyarrow.fs.S3FileSystem  # PyAthena gives it no endpoint, and pyarrow takes none from the environment
    pyarrow.fs.S3FileSystem = functools.partial(whole, endpoint_override=opt.s3)
    try:
        table = con.cursor(ArrowCursor).execute(sql).as_arrow()
        assert table.num_rows == 15000 and str(table.schema.field("o_orderdate").type) == "timestamp[ms]", table.schema
        assert con.cursor(ArrowCursor, unload=True).execute(sql).as_arrow().num_rows == 15000
    finally:
        pyarrow.fs.S3FileSystem = whole


@test
def pyathena_sqlalchemy():
    s3()
    import sqlalchemy as sa
    engine = sa.create_engine(f"awsathena+rest://:@athena.us-east-1.amazonaws.com:443/demo?s3_staging_dir={RESULTS}&poll_interval=0.02")
    with engine.connect() as con:
        look = sa.inspect(con)
        assert {"nation", "orders"} <= set(look.get_table_names("demo")) and "demo" in look.get_schema_names()
        cols = {c["name"]: c for c in look.get_columns("orders", "demo")}
        assert isinstance(cols["o_totalprice"]["type"], sa.types.DECIMAL) and cols["o_totalprice"]["type"].scale == 2 and "o_orderyear" in cols, cols
        nation = sa.Table("nation", sa.MetaData(schema="demo"), autoload_with=con)
        got = con.execute(sa.select(nation.c.n_name).where(nation.c.n_nationkey.in_([3, 7])).order_by(nation.c.n_name)).fetchall()
        assert [r[0] for r in got] == ["CANADA", "GERMANY"], got
        con.execute(sa.text("CREATE VIEW demo.sa_view AS SELECT n_name FROM nation"))
        assert "sa_view" in sa.inspect(con).get_view_names("demo")
        assert "n_name" in sa.inspect(con).get_view_definition("sa_view", "demo")
        table = sa.Table("sa_table", sa.MetaData(schema="demo"), sa.Column("id", sa.BigInteger, comment="the id"), sa.Column("name", sa.String), sa.Column("day", sa.Date, awsathena_partition=True),
                         awsathena_location="s3://clients/athena/sa_table/", awsathena_file_format="PARQUET")
        table.create(bind=con)
        con.execute(table.insert().values(id=1, name="it's", day=datetime.date(2024, 2, 29)))
        assert con.execute(sa.select(table)).fetchall() == [(1, "it's", datetime.date(2024, 2, 29))]
        table.drop(bind=con)
        con.execute(sa.text("DROP VIEW demo.sa_view"))


# awswrangler


def wrangler():
    s3()
    import awswrangler as wr
    wr.config.athena_endpoint_url, wr.config.glue_endpoint_url, wr.config.s3_endpoint_url, wr.config.sts_endpoint_url = opt.athena, opt.glue, opt.s3, opt.athena
    wr.config.athena_query_wait_polling_delay = 0.02
    return wr


@test
def awswrangler_queries():
    wr = wrangler()
    ask = lambda sql, **kw: wr.athena.read_sql_query(sql, database="demo", s3_output="s3://clients/wr/out/", **kw)
    sql = "SELECT o_orderkey, o_orderdate, o_totalprice FROM orders"
    plain, ctas = ask(sql, ctas_approach=False), ask(sql, ctas_approach=True)
    unload = wr.athena.read_sql_query(sql, database="demo", ctas_approach=False, unload_approach=True, s3_output="s3://clients/wr/unload/")
    assert plain.shape == ctas.shape == unload.shape == (15000, 3)
    for df in ctas, unload:
        assert sorted(df.itertuples(index=False)) == sorted(plain.itertuples(index=False))
    assert not [t for t in wr.catalog.tables(database="demo", limit=1000)["Table"] if t.startswith("temp_table")]
    assert [len(d) for d in ask(sql, ctas_approach=False, chunksize=6000)] == [6000, 6000, 3000]
    assert sorted(ask("SELECT o_orderkey FROM orders WHERE o_orderstatus = :s AND o_orderkey < :k", params={"s": "O", "k": 5}, ctas_approach=False).o_orderkey) == [1, 2, 4]
    assert sorted(ask("SELECT o_orderkey FROM orders WHERE o_orderkey < ?", params=["3"], paramstyle="qmark", ctas_approach=False).o_orderkey) == [1, 2]
    id = wr.athena.start_query_execution("SELECT 1 AS a, DECIMAL '1.2' AS d, ARRAY['x'] AS l", database="demo", s3_output="s3://clients/wr/out/")
    assert wr.athena.wait_query(id)["Status"]["State"] == "SUCCEEDED" and wr.athena.get_query_execution(id)["WorkGroup"] == "primary"
    assert wr.athena.get_query_columns_types(id) == {"a": "integer", "d": "decimal(2,1)", "l": "array"}
    try:
        ask("SELECT nocol FROM orders", ctas_approach=False)
        raise AssertionError("no error")
    except wr.exceptions.QueryFailed as e:
        assert "COLUMN_NOT_FOUND" in str(e), e


@test
def awswrangler_lake():
    """What awswrangler writes and registers, SQL reads."""
    wr = wrangler()
    import pandas as pd
    wr.catalog.create_database("wrq", exist_ok=True)
    df = pd.DataFrame({"id": [1, 2, 3], "name": ["a", None, ""], "x": [1.5, None, 2.5], "b": [True, False, True], "day": ["x", "x", "y"],
                       "t": pd.to_datetime(["2024-01-01 01:02:03.004", "2024-01-02 00:00:00.000", None]), "l": [[1, 2], [], None], "s": [{"u": 1, "v": "z"}] * 3})
    wr.s3.to_parquet(df, "s3://clients/wr/set/", dataset=True, database="wrq", table="s", partition_cols=["day"], mode="overwrite")
    ask = lambda sql, **kw: wr.athena.read_sql_query(sql, database="wrq", s3_output="s3://clients/wr/out/", **kw)
    back = ask("SELECT * FROM s ORDER BY id", ctas_approach=True)
    assert back.id.tolist() == [1, 2, 3] and back.name.tolist()[::2] == ["a", ""] and pd.isna(back.name[1]) and pd.isna(back.t[2]), back
    assert list(back.l[0]) == [1, 2] and back.s[0] == {"u": 1, "v": "z"} and back.day.tolist() == ["x", "x", "y"], back
    wr.s3.to_parquet(df.head(1).assign(day="w"), "s3://clients/wr/set/", dataset=True, partition_cols=["day"], mode="append")
    assert "w" not in ask("SELECT DISTINCT day FROM s", ctas_approach=False).day.tolist()  # the catalog does not know of it
    assert wr.athena.repair_table("s", database="wrq", s3_output="s3://clients/wr/out/") == "SUCCEEDED"
    assert sorted(ask("SELECT DISTINCT day FROM s", ctas_approach=False).day) == ["w", "x", "y"]
    flat = df[["id", "name", "x", "b", "day"]]
    wr.s3.to_csv(flat, "s3://clients/wr/csv/", dataset=True, database="wrq", table="c", index=False, mode="overwrite")
    wr.s3.to_json(flat, "s3://clients/wr/json/", dataset=True, database="wrq", table="j", index=False, orient="records", lines=True, mode="overwrite")
    for table in "c", "j":
        got = ask(f"SELECT id, x, b FROM {table} ORDER BY id", ctas_approach=False)
        assert got.id.tolist() == [1, 2, 3] and got.x.tolist()[::2] == [1.5, 2.5] and got.b.tolist() == [True, False, True], got
    made = wr.athena.create_ctas_table("SELECT id, name, day FROM s", database="wrq", ctas_table="made", s3_output="s3://clients/wr/out/", partitioning_info=["day"], wait=True)
    assert made["ctas_query_metadata"].raw_payload["Status"]["State"] == "SUCCEEDED" and ask("SELECT count(*) AS n FROM made WHERE day = 'x'", ctas_approach=False).n[0] == 2
    described = wr.athena.describe_table("made", database="wrq", s3_output="s3://clients/wr/out/")
    assert described["Column Name"].tolist() == ["id", "name", "day"] and described["Type"].tolist() == ["bigint", "string", "string"], described
    assert described["Partition"].tolist() == [False, False, True], described
    assert wr.athena.show_create_table("made", database="wrq", s3_output="s3://clients/wr/out/").startswith("CREATE EXTERNAL TABLE")
    wr.catalog.delete_database("wrq")


# dbt-athena


@test
def dbt_project():
    """A seed, a view, a partitioned table and two incremental models, built, tested, run again and documented."""
    s3()
    p = f"{opt.work}/dbt"
    files = {
        "profiles.yml": f"shop: {{target: dev, outputs: {{dev: {{type: athena, s3_staging_dir: {RESULTS}, s3_data_dir: s3://clients/dbt/, region_name: us-east-1, "
                        "schema: dbt, database: awsdatacatalog, threads: 2, num_retries: 0, poll_interval: 0.05}}}",
        "dbt_project.yml": "{name: shop, version: '1.0', profile: shop, flags: {send_anonymous_usage_stats: false}}",
        "seeds/statuses.csv": "code,label\nO,open\nF,filled\nP,partial\n",
        "models/labeled.sql": "{{ config(materialized='view') }} select o_orderkey, o_orderdate, o_totalprice, label from demo.orders join {{ ref('statuses') }} on code = o_orderstatus",
        "models/sales.sql": "{{ config(materialized='table', partitioned_by=['year']) }} select label, count(*) as orders, sum(o_totalprice) as total, year(o_orderdate) as year from {{ ref('labeled') }} group by 1, 4",
        "models/days.sql": "{{ config(materialized='incremental', incremental_strategy='insert_overwrite', partitioned_by=['day']) }} select o_orderkey, cast(o_orderdate as varchar) as day from demo.orders "
                           "where o_orderdate >= date '1998-08-01' {% if is_incremental() %} and o_orderdate = date '1998-08-02' {% endif %}",
        "models/runs.sql": "{{ config(materialized='incremental', incremental_strategy='append') }} select count(*) as n, cast(current_timestamp as timestamp) as at from demo.orders",
        "models/schema.yml": "models: [{name: sales, description: what was sold, columns: [{name: label, data_tests: [not_null]}]}, {name: labeled, columns: [{name: o_orderkey, data_tests: [unique]}]}]",
    }
    for name, text in files.items():
        os.makedirs(os.path.dirname(f"{p}/{name}"), exist_ok=True)
        with open(f"{p}/{name}", "w") as f:
            f.write(text)
    env = dict(os.environ, AWS_ENDPOINT_URL_STS=opt.athena, DBT_PROFILES_DIR=p)
    def dbt(*args):
        out = subprocess.run([f"{opt.bin}/dbt", "--no-use-colors", *args, "--project-dir", p], capture_output=True, text=True, env=env)
        assert out.returncode == 0, out.stdout + out.stderr
        return out.stdout
    count = lambda sql: [int(v) for v in rows(query(sql, QueryExecutionContext={"Database": "dbt"}))[1]]
    assert "PASS=7 WARN=0 ERROR=0 SKIP=0" in dbt("build")
    first = count("SELECT count(*), count(DISTINCT day) FROM days") + count("SELECT count(*), sum(orders) FROM sales") + count("SELECT count(*) FROM runs")
    assert first[1] == 2 and first[3] == 15000 and first[4] == 1, first
    assert "PASS=4 WARN=0 ERROR=0 SKIP=0" in dbt("run")
    again = count("SELECT count(*), count(DISTINCT day) FROM days") + count("SELECT count(*), sum(orders) FROM sales") + count("SELECT count(*) FROM runs")
    assert again == first[:4] + [2], (first, again)
    dbt("docs", "generate")
    with open(f"{p}/target/catalog.json") as f:
        nodes = json.load(f)["nodes"]
    assert {c: t["type"] for c, t in nodes["model.shop.sales"]["columns"].items()} == {"label": "string", "orders": "bigint", "total": "decimal(38,2)", "year": "bigint"}, nodes
    assert nodes["model.shop.labeled"]["metadata"]["type"] == "view", nodes


run()
