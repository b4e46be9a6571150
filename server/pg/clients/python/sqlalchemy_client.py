import sqlalchemy as sa

from check import *

URL = sa.URL.create("postgresql+psycopg2", USER, PASSWORD, HOST, PORT, DATABASE, {"sslmode": SSL})
engine = sa.create_engine(URL)


def connect():
    with engine.connect() as c:
        assert engine.dialect.server_version_info >= (15,), engine.dialect.server_version_info
        same(c.execute(sa.text("select current_schema()")).scalar(), "demo")
    return sa.__version__


def catalog():
    i = sa.inspect(engine)
    assert "demo" in i.get_schema_names()
    assert "orders" in i.get_table_names("demo")
    assert "alltypes" in i.get_view_names("demo")
    cols = {c["name"]: c for c in i.get_columns("alltypes", "demo")}
    same(str({c["name"]: c for c in i.get_columns("orders", "demo")}["o_totalprice"]["type"]), "NUMERIC(15, 2)")
    assert isinstance(cols["c_ints"]["type"], sa.ARRAY) and isinstance(cols["c_ints"]["type"].item_type, sa.Integer)
    assert i.has_table("orders", "demo") and not i.has_table("nosuch", "demo")
    same(i.get_pk_constraint("orders", "demo")["constrained_columns"], [])
    same((i.get_foreign_keys("orders", "demo"), i.get_indexes("orders", "demo"), i.get_unique_constraints("orders", "demo"),
          i.get_check_constraints("orders", "demo")), ([], [], [], []))
    i.get_table_comment("orders", "demo")
    i.get_view_definition("alltypes", "demo")
    i.get_sequence_names("demo")
    i.get_materialized_view_names("demo")
    i.get_multi_columns("demo")
    md = sa.MetaData()
    md.reflect(engine, schema="demo", views=True)
    return f"{len(md.tables)} tables reflected"


def types():
    t = sa.Table("alltypes", sa.MetaData(), schema="demo", autoload_with=engine)
    with engine.connect() as c:
        first = dict(c.execute(sa.select(t).order_by(t.c.id)).first()._mapping)
    first["c_bytea"] = bytes(first["c_bytea"])
    same(row_differs(first), "")


def parameters():
    md = sa.MetaData()
    o = sa.Table("orders", md, schema="demo", autoload_with=engine)
    q = (sa.select(o.c.o_orderpriority, sa.func.count(), sa.func.sum(o.c.o_totalprice).label("total"))
         .where(o.c.o_orderdate >= datetime.date(1995, 1, 1), o.c.o_orderstatus.in_(["F", "O"]))
         .group_by(o.c.o_orderpriority).order_by(sa.desc("total")).limit(3))
    with engine.connect() as c:
        same(len(c.execute(q).all()), 3)


def fetch():
    with engine.connect().execution_options(stream_results=True, yield_per=500) as c:
        n = sum(1 for _ in c.execute(sa.text("select l_orderkey from lineitem")))
    return f"{n} rows"


def errors():
    with engine.connect() as c:
        try:
            c.execute(sa.text("select nosuch from orders"))
            raise AssertionError("no error")
        except sa.exc.ProgrammingError as e:
            same(e.orig.pgcode, "42703")


def transaction():
    with engine.begin() as c:
        with c.begin_nested():
            c.execute(sa.text("select 1"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as c:
        c.execute(sa.text("select 1"))
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as c:
        c.execute(sa.text("select 1"))


def temp():
    t = sa.Table("tmp_sa", sa.MetaData(), sa.Column("a", sa.Integer), sa.Column("b", sa.String(20)), sa.Column("c", sa.DateTime),
                 prefixes=["TEMPORARY"])
    with engine.begin() as c:
        t.create(c)
        c.execute(t.insert(), [{"a": i, "b": str(i), "c": ROW["c_timestamp"]} for i in range(100)])
        same(c.execute(sa.select(sa.func.count(), sa.func.sum(t.c.a))).one(), (100, 4950))
        t.drop(c)


for f in (connect, catalog, types, parameters, fetch, errors, transaction, temp):
    check(f.__name__, f)
end()
