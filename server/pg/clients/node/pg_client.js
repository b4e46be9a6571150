const pg = require('pg')
const Cursor = require('pg-cursor')
const { assert, check, end, config, SLOW, later, refused } = require('./check.js')

async function main() {
  const c = new pg.Client(config)
  await c.connect()
  const first = async (sql, params) => (await c.query(sql, params)).rows[0]

  await check('connect', async () => {
    assert.match((await first('select version()')).version, /^PostgreSQL 15/)
    return require('pg/package.json').version
  })
  await check('password', () => refused('28P01', async () => {
    const bad = new pg.Client({ ...config, password: 'wrong' })
    await bad.connect()
    await bad.end()
  }))
  await check('catalog', async () => {
    const r = await c.query('select table_name from information_schema.tables where table_schema = $1', ['demo'])
    assert.ok(r.rows.some((x) => x.table_name === 'orders'))
  })
  await check('types', async () => {
    const r = await c.query('select * from alltypes order by id')
    const x = r.rows[0]
    assert.equal(x.c_bool, true)
    assert.equal(x.c_int4, -123456)
    assert.equal(x.c_int8, '9007199254740993')
    assert.equal(x.c_float8, 0.1)
    assert.equal(x.c_numeric, '12345.6700')
    assert.equal(x.c_text, 'naïve')
    assert.equal(x.c_bytea.toString('hex'), '00ff10')
    assert.equal(x.c_timestamptz.toISOString(), '2024-02-29T13:14:15.123Z')
    assert.deepEqual(x.c_json, { a: [1, 2] })
    assert.deepEqual(x.c_map, { k: 1 })
    assert.deepEqual(x.c_ints, [1, 2, null])
    assert.deepEqual(x.c_texts, ['a', 'b,c', 'd"e'])
    assert.ok(Object.entries(r.rows[1]).every(([k, v]) => v === null || k === 'id'))
    const b = await c.query({ text: 'select c_int4, c_float8, c_bool from alltypes where id = 1', binary: true })
    assert.deepEqual(b.rows[0], { c_int4: -123456, c_float8: 0.1, c_bool: true })
  })
  await check('parameters', async () => {
    for (const [k, v] of [['c_bool', true], ['c_int4', -123456], ['c_int8', '9007199254740993'], ['c_float8', 0.1], ['c_numeric', '12345.67'],
      ['c_text', 'naïve'], ['c_bytea', Buffer.from('00ff10', 'hex')], ['c_date', '2024-02-29'], ['c_timestamptz', '2024-02-29T13:14:15.123456Z'],
      ['c_uuid', '123e4567-e89b-12d3-a456-426614174000']]) {
      const n = await c.query({ name: 'q_' + k, text: `select count(*)::int as n from alltypes where ${k} = $1`, values: [v] })
      assert.equal(n.rows[0].n, 1, k)
    }
    assert.equal((await first('select count(*)::int as n from alltypes where id = any($1)', [[1, 2]])).n, 2)
  })
  await check('fetch', async () => {
    const cur = c.query(new Cursor('select l_orderkey from lineitem'))
    let n = 0
    for (let rows; (rows = await cur.read(500)).length > 0;) n += rows.length
    await cur.close()
    return `${n} rows`
  })
  await check('cancel', async () => {
    const killer = new pg.Client(config)
    await killer.connect()
    const stop = later(500, () => killer.query('select pg_cancel_backend($1)', [c.processID]))
    await refused('57014', () => c.query(SLOW))
    await stop
    await killer.end()
    const limited = new pg.Client({ ...config, statement_timeout: 300 })
    await limited.connect()
    await refused('57014', () => limited.query(SLOW))
    await limited.end()
  })
  await check('errors', async () => {
    await refused('42703', () => c.query('select nosuch from orders'))
    await refused('42601', () => c.query('selec 1'))
    await refused('22012', () => c.query('select 1/0'))
    await refused('42P01', () => c.query('select * from nosuch'))
  })
  await check('transaction', async () => {
    await c.query('begin isolation level repeatable read')
    await c.query('savepoint a')
    await refused('22012', () => c.query('select 1/0'))
    await refused('25P02', () => c.query('select 1'))
    await c.query('rollback to savepoint a')
    await c.query('commit')
  })
  await check('temp', async () => {
    await c.query('create temp table t (a int, b text)')
    const r = await c.query('insert into t select x, x::text from generate_series(1, 100) x')
    assert.equal(r.rowCount, 100)
    await c.query('insert into t values ($1, $2)', [101, null])
    assert.equal((await first('select sum(a)::int as s from t')).s, 5151)
    await c.query('drop table t')
  })
  await c.end()
  end()
}

main()
