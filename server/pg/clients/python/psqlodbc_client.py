import pyodbc

from check import *

DRIVER = os.environ.get("PSQLODBC", "PostgreSQL Unicode")
DSN = f"DRIVER={{{DRIVER}}};SERVER={HOST};PORT={PORT};DATABASE={DATABASE};UID={USER};PWD={PASSWORD};SSLmode={SSL};"
pyodbc.pooling = False
conn = pyodbc.connect(DSN, autocommit=True)


def connect():
    same(conn.getinfo(pyodbc.SQL_DBMS_NAME), "PostgreSQL")
    return conn.getinfo(pyodbc.SQL_DRIVER_VER)


def password():
    try:
        pyodbc.connect(DSN.replace(f"PWD={PASSWORD}", "PWD=wrong"))
    except pyodbc.Error as e:
        assert "password authentication failed" in str(e), e
        return
    raise AssertionError("a wrong password was taken")


def catalog():
    c = conn.cursor()
    tables = {(r.table_name, r.table_type) for r in c.tables(schema="demo")}
    assert ("orders", "TABLE") in tables and ("alltypes", "VIEW") in tables, tables
    cols = {r.column_name: r.type_name for r in c.columns(table="alltypes", schema="demo")}
    same((cols["c_numeric"], cols["c_int8"], cols["c_timestamp"]), ("numeric", "int8", "timestamp"))
    same(list(c.primaryKeys("orders", schema="demo")), [])
    same(list(c.foreignKeys("orders", schema="demo")), [])
    list(c.statistics("orders", schema="demo"))
    list(c.rowIdColumns("orders", schema="demo"))
    list(c.procedures())
    assert len(list(c.getTypeInfo())) > 10
    return f"{len(cols)} columns"


def types():
    row = conn.cursor().execute("select * from alltypes where id = 1").fetchone()
    got = dict(zip([d[0] for d in row.cursor_description], row))
    same(row_differs(got, skip=("c_char", "c_uuid", "c_json", "c_ints", "c_texts", "c_map", "c_timestamptz", "c_interval", "c_time", "c_bool")), "")
    same(str(got["c_uuid"]).lower(), "123e4567-e89b-12d3-a456-426614174000")


def parameters():
    for k in ("c_int2", "c_int4", "c_int8", "c_float8", "c_numeric", "c_text", "c_date", "c_timestamp", "c_bytea"):
        n = conn.cursor().execute(f"select count(*) from alltypes where {k} = ?", PARAMETERS[k]).fetchone()[0]
        same((k, n), (k, 1))


def fetch():
    c = pyodbc.connect(DSN + "UseDeclareFetch=1;Fetch=500;", autocommit=False)
    cur = c.cursor().execute("select l_orderkey from lineitem")
    n = 0
    while rows := cur.fetchmany(300):
        n += len(rows)
    c.rollback()
    c.close()
    return f"{n} rows"


def cancel():
    cur = conn.cursor()
    soon(cur.cancel)
    try:
        within(5, lambda: cur.execute(SLOW))
    except pyodbc.Error as e:
        assert "cancel" in str(e), e
        return
    raise AssertionError("the query was not canceled")


def errors():
    try:
        conn.cursor().execute("select nosuch from orders")
        raise AssertionError("no error")
    except pyodbc.Error as e:
        same(e.args[0], "42703")


def temp():
    c = conn.cursor()
    c.execute("create temp table t (a int, b varchar(20))")
    c.executemany("insert into t values (?, ?)", [(i, str(i)) for i in range(50)])
    same(tuple(c.execute("select count(*), sum(a) from t").fetchone()), (50, 1225))
    c.execute("drop table t")


for f in (connect, password, catalog, types, parameters, fetch, cancel, errors, temp):
    check(f.__name__, f)
end()
