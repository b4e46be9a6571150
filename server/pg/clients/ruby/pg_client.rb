require 'pg'
$stdout.sync = true

SLOW = 'select count(*) from lineitem a, lineitem b, lineitem c where a.l_comment < b.l_comment and b.l_comment < c.l_comment'
$failed = false

def check(name)
  puts "ok #{name} #{yield}"
rescue StandardError => e
  $failed = true
  puts "fail #{name} #{e.message.gsub(/\s+/, ' ')[0, 400]}"
end

def same(got, want)
  raise "got #{got.inspect}, want #{want.inspect}" unless got == want
end

def refused(code)
  yield
rescue PG::Error => e
  same(e.result.error_field(PG::Result::PG_DIAG_SQLSTATE), code)
else
  raise "no error #{code}"
end

conn = PG.connect # the environment says where
conn.type_map_for_results = PG::BasicTypeMapForResults.new(conn)

check('connect') { raise conn.server_version.to_s unless conn.server_version >= 150000; PG::VERSION }
check('password') do
  begin
    PG.connect(password: 'wrong')
  rescue PG::ConnectionBad => e
    raise e unless e.message.include?('password authentication failed')
  else
    raise 'a wrong password was taken'
  end
  nil
end
check('catalog') do
  names = conn.exec_params('select tablename from pg_tables where schemaname = any(current_schemas(false)) order by 1').column_values(0)
  raise names.inspect unless names.include?('orders')
end
check('types') do
  row = conn.exec('select * from alltypes order by id')[0]
  same(row.values_at('c_bool', 'c_int4', 'c_int8', 'c_float8', 'c_text', 'c_ints', 'c_texts'),
       [true, -123456, 9007199254740993, 0.1, 'naïve', [1, 2, nil], ['a', 'b,c', 'd"e']])
  nil
end
check('parameters') do
  { 'c_bool' => 'true', 'c_int8' => 9007199254740993, 'c_numeric' => '12345.67', 'c_text' => 'naïve', 'c_date' => '2024-02-29' }.each do |k, v|
    same([k, conn.exec_params("select count(*) from alltypes where #{k} = $1", [v]).getvalue(0, 0)], [k, 1])
  end
  conn.prepare('p', 'select o_orderkey from orders where o_orderdate > $1 limit $2')
  same(conn.describe_prepared('p').nparams, 2)
  same(conn.exec_prepared('p', ['1995-01-01', 3]).ntuples, 3)
  nil
end
check('fetch') do
  conn.send_query('select l_orderkey from lineitem')
  conn.set_single_row_mode
  n = 0
  while (r = conn.get_result)
    r.check
    n += r.ntuples
  end
  "#{n} rows"
end
check('cancel') do
  t = Thread.new { sleep 0.5; conn.cancel }
  refused('57014') { conn.async_exec(SLOW) }
  t.join
  nil
end
check('errors') do
  refused('42703') { conn.exec('select nosuch from orders') }
  refused('22012') { conn.exec('select 1/0') }
end
check('transaction') do
  conn.transaction { |c| c.exec('select 1') }
  same(conn.transaction_status, PG::PQTRANS_IDLE)
end
check('temp') do
  conn.exec('create temp table t (a int, b text)')
  conn.copy_data('copy t from stdin') { 100.times { |i| conn.put_copy_data("#{i}\trow #{i}\n") } }
  same(conn.exec('select sum(a) from t').getvalue(0, 0), 4950)
  conn.exec('drop table t')
  nil
end
check('copy') do
  lines = []
  conn.copy_data('copy nation to stdout with csv') { while (row = conn.get_copy_data) do lines << row end }
  same(lines.length, 25)
  nil
end
conn.close
exit!($failed ? 1 : 0)
