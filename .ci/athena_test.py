"""The clients of Amazon Athena against a Glaux server: what they do with AWS, with
only the endpoints changed. Prints a line for each test and "N passed, N failed"."""
import time

from harness import aws, boto3, opt, run, s3, test

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


# boto3


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


run()
