import asyncio
import json

import asyncpg

from check import *

DSN = dict(host=HOST, port=PORT, user=USER, password=PASSWORD, database=DATABASE, ssl=SSL)


async def main():
    conn = await asyncpg.connect(**DSN)

    async def connect():
        assert conn.get_server_version().major == 15
        return asyncpg.__version__

    async def password():
        try:
            await asyncpg.connect(**{**DSN, "password": "wrong"})
        except asyncpg.InvalidPasswordError:
            return
        raise AssertionError("a wrong password was taken")

    async def catalog():
        st = await conn.prepare("select * from orders where o_orderdate >= $1 and o_totalprice > $2 limit $3")
        same([t.name for t in st.get_parameters()], ["date", "numeric", "int8"])
        same(st.get_attributes()[0].name, "o_orderkey")

    async def types():
        first, second = await conn.fetch("select * from alltypes order by id")
        got = dict(first)
        got["c_json"], got["c_map"] = json.loads(got["c_json"]), json.loads(got["c_map"])
        same(row_differs(got), "")
        same([k for k in ROW if second[k] is not None], [])

    async def parameters():
        for k, v in PARAMETERS.items():
            same((k, await conn.fetchval(f"select count(*) from alltypes where {k} = $1", v)), (k, 1))
        same(await conn.fetchval("select count(*) from alltypes where id = any($1)", [1, 2, 3]), 2)
        same(await conn.fetchval("select count(*) from alltypes where c_text = any($1::text[])", ["naïve", None]), 1)

    async def fetch():
        n = 0
        async with conn.transaction():
            async for _ in conn.cursor("select l_orderkey from lineitem", prefetch=500):
                n += 1
            cur = await conn.cursor("select n_nationkey from nation order by 1")
            await cur.forward(3)
            same((await cur.fetchrow())[0], 3)
        return f"{n} rows"

    async def cancel():
        try:
            await conn.fetch(SLOW, timeout=0.5)
        except asyncio.TimeoutError:
            same(await conn.fetchval("select 1"), 1)
            return
        raise AssertionError("the query was not canceled")

    async def errors():
        for sql, kind in (("select nosuch from orders", asyncpg.UndefinedColumnError), ("selec 1", asyncpg.PostgresSyntaxError),
                          ("select 1/0", asyncpg.DivisionByZeroError), ("select $1 + $2", asyncpg.AmbiguousFunctionError)):
            try:
                await conn.fetch(sql)
                raise AssertionError(sql)
            except kind:
                pass

    async def transaction():
        tr = conn.transaction()
        await tr.start()
        assert conn.is_in_transaction()
        try:
            async with conn.transaction():
                await conn.execute("select 1/0")
        except asyncpg.PostgresError:
            pass
        same(await conn.fetchval("select 2"), 2)
        await tr.rollback()
        await conn.reset()

    async def temp():
        await conn.execute("create temp table t (a int, b text, c timestamptz, d numeric)")
        await conn.executemany("insert into t values ($1, $2, $3, $4)", [(i, str(i), ROW["c_timestamptz"], decimal.Decimal(i)) for i in range(100)])
        same(await conn.copy_records_to_table("t", records=[(i, None, None, None) for i in range(100, 1000)]), "COPY 900")
        same(tuple(await conn.fetchrow("select count(*), sum(a), count(b) from t")), (1000, 499500, 100))
        await conn.execute("drop table t")

    async def copy():
        import io
        out = io.BytesIO()
        same(await conn.copy_from_query("select n_nationkey, n_name from nation order by 1", output=out, format="csv"), "COPY 25")
        assert out.getvalue().startswith(b"0,ALGERIA")

    for f in (connect, password, catalog, types, parameters, fetch, cancel, errors, transaction, temp, copy):
        try:
            detail = await f()
            check(f.__name__, lambda: detail)
        except BaseException as e:
            def again(e=e):
                raise e
            check(f.__name__, again)
    await conn.close()


asyncio.run(main())
end()
