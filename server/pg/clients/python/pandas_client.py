import warnings

import pandas as pd
import sqlalchemy as sa

from check import *

warnings.simplefilter("ignore")
engine = sa.create_engine(sa.URL.create("postgresql+psycopg2", USER, PASSWORD, HOST, PORT, DATABASE, {"sslmode": SSL}))


def connect():
    same(pd.read_sql("select 1 as one", engine)["one"][0], 1)
    return pd.__version__


def catalog():
    df = pd.read_sql_table("nation", engine, schema="demo")
    same(len(df), 25)


def types():
    df = pd.read_sql("select c_int8, c_float8, c_timestamp, c_text from alltypes where id = 1", engine)
    same((str(df.dtypes["c_int8"]), str(df.dtypes["c_float8"]), str(df.dtypes["c_timestamp"])[:10]), ("int64", "float64", "datetime64"))


def parameters():
    df = pd.read_sql(sa.text("select o_orderstatus, count(*) as n from orders where o_orderdate >= :d group by 1 order by 1"), engine,
                     params={"d": datetime.date(1996, 1, 1)}, parse_dates=[])
    assert len(df) >= 1


def fetch():
    n = sum(len(part) for part in pd.read_sql("select * from lineitem", engine.connect().execution_options(stream_results=True), chunksize=1000))
    return f"{n} rows"


def temp():
    with engine.connect() as c:
        c.execute(sa.text("create temp table frame (index bigint, a bigint, b text)"))
        pd.DataFrame({"a": range(500), "b": [str(i) for i in range(500)]}).to_sql("frame", c, if_exists="append", method="multi", chunksize=100)
        same(int(pd.read_sql("select sum(a) as s from frame", c)["s"][0]), 124750)
        c.execute(sa.text("drop table frame"))


for f in (connect, catalog, types, parameters, fetch, temp):
    check(f.__name__, f)
end()
