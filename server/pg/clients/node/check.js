// What the Node programs of this folder share: lines "ok CHECK", "fail CHECK reason".
const assert = require('node:assert/strict')

let failed = false

async function check(name, f) {
  try {
    const detail = await f()
    console.log('ok', name, detail === undefined ? '' : detail)
  } catch (e) {
    failed = true
    console.log('fail', name, String(e.message || e).replace(/\s+/g, ' ').slice(0, 400))
    if (process.env.CLIENTS_TRACE) console.error(e)
  }
}

const end = () => process.exit(failed ? 1 : 0)

const env = process.env
const config = {
  host: env.PGHOST, port: Number(env.PGPORT), user: env.PGUSER, password: env.PGPASSWORD, database: env.PGDATABASE,
  ssl: env.PGSSLMODE === 'require' ? { rejectUnauthorized: false } : false,
}

const SLOW = 'select count(*) from lineitem a, lineitem b, lineitem c where a.l_comment < b.l_comment and b.l_comment < c.l_comment'

const later = (ms, f) => new Promise((resolve) => setTimeout(() => resolve(f()), ms))

async function refused(code, f) {
  try {
    await f()
  } catch (e) {
    assert.equal(e.code, code, e.message)
    return
  }
  throw new Error('no error ' + code)
}

module.exports = { assert, check, end, config, SLOW, later, refused }
