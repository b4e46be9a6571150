const postgres = require('postgres')
const { assert, check, end, config, SLOW, later, refused } = require('./check.js')

async function main() {
  const options = { ...config, username: config.user, max: 2, onnotice: () => {} }
  const sql = postgres(options)

  await check('connect', async () => {
    assert.equal((await sql`select current_schema() as s`)[0].s, 'demo')
    return require('node:fs').readFileSync(require('node:path').join(require.resolve('postgres'), '../../../package.json'), 'utf8').match(/"version": "(.*)"/)[1]
  })
  await check('password', () => refused('28P01', () => postgres({ ...options, password: 'wrong' })`select 1`))
  await check('types', async () => {
    const [x, y] = await sql`select * from alltypes order by id`
    assert.equal(x.c_bool, true)
    assert.equal(x.c_int8, '9007199254740993')
    assert.equal(x.c_numeric, '12345.6700')
    assert.deepEqual(x.c_json, { a: [1, 2] })
    assert.deepEqual(x.c_texts, ['a', 'b,c', 'd"e'])
    assert.equal(x.c_bytea.toString('hex'), '00ff10')
    assert.equal(y.c_text, null)
  })
  await check('parameters', async () => {
    for (const [k, v] of [['c_bool', true], ['c_int4', -123456], ['c_text', 'naïve'], ['c_float8', 0.1], ['c_numeric', '12345.67'],
      ['c_timestamptz', new Date('2024-02-29T13:14:15.123Z')]]) {
      const [n] = await sql`select count(*)::int as n from alltypes where ${sql(k)} >= ${v}`
      assert.equal(n.n, 1, k)
    }
    assert.equal((await sql`select id from alltypes where id in ${sql([1, 2])}`).length, 2)
    assert.equal((await sql`select id from alltypes where id = any(${[1, 2]})`).length, 2)
    assert.equal((await sql`select * from orders where o_orderdate > ${'1995-01-01'} limit ${3}`).length, 3)
  })
  await check('fetch', async () => {
    let n = 0
    await sql`select l_orderkey from lineitem`.cursor(500, (rows) => { n += rows.length })
    return `${n} rows`
  })
  await check('cancel', async () => {
    const q = sql.unsafe(SLOW)
    const stop = later(500, () => q.cancel())
    await refused('57014', () => q)
    await stop
  })
  await check('errors', async () => {
    await refused('42703', () => sql`select nosuch from orders`)
    await refused('22012', () => sql`select 1/0`)
    await refused('42P18', () => sql`select $2::int`)
  })
  await check('transaction', async () => {
    const r = await sql.begin(async (tx) => {
      await tx.savepoint((s) => s`select 1/0`).catch(() => {})
      return tx`select 2 as two`
    })
    assert.equal(r[0].two, 2)
  })
  await check('temp', async () => {
    await sql.begin(async (tx) => {
      await tx`create temp table t (a int, b text) on commit drop`
      await tx`insert into t ${tx([{ a: 1, b: 'x' }, { a: 2, b: null }])}`
      const rows = await tx`insert into t values (3, 'y') returning a`
      assert.equal(rows[0].a, 3)
      assert.equal((await tx`select sum(a)::int as s from t`)[0].s, 6)
    })
  })
  await check('copy', async () => {
    const stream = await sql`copy (select n_nationkey, n_name from nation order by 1) to stdout with (format csv)`.readable()
    let text = ''
    for await (const part of stream) text += part
    assert.ok(text.startsWith('0,ALGERIA\n'))
  })
  await sql.end({ timeout: 2 })
  end()
}

main()
