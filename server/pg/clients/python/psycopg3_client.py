import psycopg
from psycopg.rows import dict_row

from check import *

DSN = dict(host=HOST, port=PORT, user=USER, password=PASSWORD, dbname=DATABASE, sslmode=SSL)
conn = psycopg.connect(autocommit=True, **DSN)


def connect():
    assert conn.info.server_version >= 150000
    return psycopg.__version__


def password():
    try:
        psycopg.connect(**{**DSN, "password": "wrong"})
    except psycopg.OperationalError as e:
        assert "password authentication failed" in str(e), e
        return
    raise AssertionError("a wrong password was taken")


def catalog():
    info = psycopg.types.TypeInfo.fetch(conn, "numeric")
    same(info.oid, 1700)
    cur = conn.execute("select * from alltypes limit 0")
    same([c.type_code for c in cur.description][:4], [16, 21, 23, 20])
    cur = conn.execute("select o_totalprice from orders limit 0")
    same((cur.description[0].precision, cur.description[0].scale), (15, 2))


def types():
    for binary in (False, True):
        cur = conn.cursor(row_factory=dict_row, binary=binary)
        first, second = cur.execute("select * from alltypes order by id").fetchall()
        same((binary, row_differs(first)), (binary, ""))
        same([k for k in ROW if second[k] is not None], [])


def parameters():
    for k, v in PARAMETERS.items():
        for form in ("%s", "%b", "%t"):
            n = conn.execute(f"select count(*) from alltypes where {k} = {form}", [v], prepare=True).fetchone()[0]
            same((k, form, n), (k, form, 1))
    same(conn.execute("select id from alltypes where id = any(%s) order by 1", ([1, 2, 3],)).fetchall(), [(1,), (2,)])
    cur = conn.cursor()
    cur.executemany("select %s::int", [(i,) for i in range(5)], returning=True)
    with conn.pipeline():
        a = conn.execute("select %s::int + 1", [1])
        b = conn.execute("select %s || 'x'", ["y"])
    same((a.fetchone()[0], b.fetchone()[0]), (2, "yx"))


def fetch():
    with conn.transaction(), conn.cursor("named") as c:
        c.execute("select l_orderkey from lineitem")
        n = 0
        while rows := c.fetchmany(1000):
            n += len(rows)
    with conn.cursor() as c:
        same(sum(1 for _ in c.stream("select l_orderkey from lineitem")), n)
    return f"{n} rows"


def cancel():
    soon(conn.cancel_safe)
    try:
        within(5, lambda: conn.execute(SLOW))
    except psycopg.errors.QueryCanceled:
        return
    raise AssertionError("the query was not canceled")


def errors():
    for sql, kind in (("select nosuch from orders", psycopg.errors.UndefinedColumn), ("selec 1", psycopg.errors.SyntaxError),
                      ("select 1/0", psycopg.errors.DivisionByZero), ("select * from nosuch", psycopg.errors.UndefinedTable)):
        try:
            conn.execute(sql)
            raise AssertionError(sql)
        except kind as e:
            assert e.diag.severity == "ERROR"


def transaction():
    with conn.transaction():
        try:
            with conn.transaction():
                conn.execute("select 1/0")
        except psycopg.Error:
            pass
        same(conn.execute("select 2").fetchone()[0], 2)
        same(conn.info.transaction_status, psycopg.pq.TransactionStatus.INTRANS)
    same(conn.info.transaction_status, psycopg.pq.TransactionStatus.IDLE)


def temp():
    conn.execute("create temp table t (a int, b text, c timestamptz, d numeric)")
    cur = conn.cursor()
    cur.executemany("insert into t (a, b, c, d) values (%s, %s, %s, %s)",
                    [(i, str(i), ROW["c_timestamptz"], decimal.Decimal(i)) for i in range(100)])
    same(cur.rowcount, 100)
    with cur.copy("copy t (a, b) from stdin") as cp:
        for i in range(100, 1000):
            cp.write_row((i, None if i % 2 else "tab\there"))
    with cur.copy("copy t (a, d) from stdin (format binary)") as cp:
        cp.set_types(["int4", "numeric"])
        cp.write_row((1000, decimal.Decimal("1.25")))
    same(conn.execute("select count(*), sum(a), count(b), sum(d) from t").fetchone(), (1001, 500500, 550, decimal.Decimal("4951.25")))
    conn.execute("drop table t")


def copy():
    for form in ("text", "csv", "binary"):
        with conn.cursor().copy(f"copy (select n_nationkey, n_name from nation order by 1) to stdout (format {form})") as cp:
            if form != "csv":
                cp.set_types(["int8", "text"])
                same(len(list(cp.rows())), 25)
            else:
                assert b"".join(bytes(x) for x in cp).startswith(b"0,ALGERIA")


for f in (connect, password, catalog, types, parameters, fetch, cancel, errors, transaction, temp, copy):
    check(f.__name__, f)
end()
