import io

import psycopg2
import psycopg2.extensions
import psycopg2.extras

from check import *

DSN = dict(host=HOST, port=PORT, user=USER, password=PASSWORD, dbname=DATABASE, sslmode=SSL)
conn = psycopg2.connect(application_name="psycopg2 client", **DSN)
psycopg2.extras.register_uuid(conn_or_curs=conn)


def connect():
    assert conn.server_version >= 150000, conn.server_version
    same(conn.get_parameter_status("application_name"), "psycopg2 client")
    return psycopg2.__version__.split()[0]


def password():
    try:
        psycopg2.connect(**{**DSN, "password": "wrong"})
    except psycopg2.OperationalError as e:
        assert "password authentication failed" in str(e), e
        return
    raise AssertionError("a wrong password was taken")


def catalog():
    with conn.cursor() as c:
        c.execute("select table_name from information_schema.tables where table_schema = %s order by 1", ("demo",))
        names = [r[0] for r in c.fetchall()]
        assert "orders" in names and "alltypes" in names, names
        c.execute("select * from orders limit 0")
        same(c.description[0].name, "o_orderkey")


def types():
    with conn.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as c:
        c.execute("select * from alltypes order by id")
        first, second = c.fetchall()
    first["c_bytea"] = bytes(first["c_bytea"])
    same(row_differs(first), "")
    same([k for k in ROW if second[k] is not None], [])


def parameters():
    with conn.cursor() as c:
        for k, v in PARAMETERS.items():
            c.execute(f"select count(*) from alltypes where {k} = %s", (v,))
            same((k, c.fetchone()[0]), (k, 1))
        c.execute("select id from alltypes where id = any(%s) order by 1", ([1, 2, 3],))
        same(c.fetchall(), [(1,), (2,)])


def fetch():
    with conn.cursor("named", withhold=False) as c:
        c.itersize = 1000
        c.execute("select l_orderkey from lineitem")
        n = sum(1 for _ in c)
    conn.commit()
    with conn.cursor("scrolls", scrollable=True) as c:
        c.execute("select n_nationkey from nation order by 1")
        c.fetchmany(10)
        c.scroll(-5)
        same(c.fetchone()[0], 5)
    conn.rollback()
    return f"{n} rows"


def cancel():
    soon(conn.cancel)
    try:
        with conn.cursor() as c:
            within(5, lambda: c.execute(SLOW))
    except psycopg2.extensions.QueryCanceledError as e:
        same(e.pgcode, "57014")
        return
    finally:
        conn.rollback()
    raise AssertionError("the query was not canceled")


def errors():
    for sql, code in (("select nosuch from orders", "42703"), ("selec 1", "42601"), ("select 1/0", "22012"), ("select * from nosuch", "42P01")):
        try:
            with conn.cursor() as c:
                c.execute(sql)
            raise AssertionError(sql)
        except psycopg2.Error as e:
            same((sql, e.pgcode), (sql, code))
            assert e.diag.message_primary
        finally:
            conn.rollback()


def transaction():
    with conn.cursor() as c:
        c.execute("select 1")
        same(conn.info.transaction_status, psycopg2.extensions.TRANSACTION_STATUS_INTRANS)
        c.execute("savepoint s")
        try:
            c.execute("select 1/0")
        except psycopg2.Error:
            pass
        same(conn.info.transaction_status, psycopg2.extensions.TRANSACTION_STATUS_INERROR)
        c.execute("rollback to savepoint s")
        c.execute("select 2")
        same(c.fetchone()[0], 2)
    conn.commit()
    conn.autocommit = True
    conn.reset()
    conn.autocommit = False


def temp():
    with conn.cursor() as c:
        c.execute("create temp table t (a int, b text, c numeric(10,2))")
        psycopg2.extras.execute_values(c, "insert into t values %s", [(i, f"row {i}", i / 4) for i in range(1000)])
        same(c.statusmessage, "INSERT 0 100")
        c.copy_expert("copy t from stdin with (format csv)", io.StringIO("1000,\"a,b\",1.5\n1001,,\n"))
        c.execute("select count(*), sum(a), max(b), sum(c) from t")
        same(c.fetchone(), (1002, 501501, "row 999", decimal.Decimal("124876.50")))
        c.execute("drop table t")
    conn.commit()


def copy():
    out = io.StringIO()
    with conn.cursor() as c:
        c.copy_expert("copy (select n_nationkey, n_name from nation order by 1) to stdout with csv header", out)
    same(out.getvalue().splitlines()[:2], ["n_nationkey,n_name", "0,ALGERIA"])
    conn.commit()


for f in (connect, password, catalog, types, parameters, fetch, cancel, errors, transaction, temp, copy):
    check(f.__name__, f)
end()
