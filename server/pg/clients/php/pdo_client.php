<?php
$failed = false;

function check(string $name, callable $f): void
{
    global $failed;
    try {
        $detail = $f();
        echo "ok $name $detail\n";
    } catch (Throwable $e) {
        $failed = true;
        echo "fail $name ", preg_replace('/\s+/', ' ', $e->getMessage()), "\n";
    }
}

function same($got, $want): void
{
    if ($got !== $want) {
        throw new Exception('got ' . var_export($got, true) . ', want ' . var_export($want, true));
    }
}

$dsn = sprintf('pgsql:host=%s;port=%s;dbname=%s;sslmode=%s', getenv('PGHOST'), getenv('PGPORT'), getenv('PGDATABASE'), getenv('PGSSLMODE') ?: 'prefer');
$db = new PDO($dsn, getenv('PGUSER'), getenv('PGPASSWORD'), [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);

check('connect', function () use ($db) {
    same((int) $db->getAttribute(PDO::ATTR_SERVER_VERSION), 15);
    return phpversion('pdo_pgsql');
});
check('password', function () use ($dsn) {
    try {
        new PDO($dsn, getenv('PGUSER'), 'wrong');
    } catch (PDOException $e) {
        same(str_contains($e->getMessage(), 'password authentication failed'), true);
        return;
    }
    throw new Exception('a wrong password was taken');
});
check('catalog', function () use ($db) {
    $st = $db->query('select * from alltypes order by id');
    same($st->getColumnMeta(3)['native_type'], 'int8');
    same($db->query('select o_orderkey from orders limit 1')->getColumnMeta(0)['table'] ?? '', 'orders');
});
check('types', function () use ($db) {
    $row = $db->query('select * from alltypes order by id')->fetch(PDO::FETCH_ASSOC);
    same($row['c_bool'], true);
    same($row['c_int8'], 9007199254740993);
    same($row['c_numeric'], '12345.6700');
    same($row['c_text'], 'naïve');
    same(stream_get_contents($row['c_bytea']), "\x00\xff\x10");
});
check('parameters', function () use ($db) {
    $st = $db->prepare('select count(*) from alltypes where c_int8 = :a and c_text = :b and c_bool = :c and c_date = :d');
    $st->bindValue('a', 9007199254740993, PDO::PARAM_INT);
    $st->bindValue('b', 'naïve');
    $st->bindValue('c', true, PDO::PARAM_BOOL);
    $st->bindValue('d', '2024-02-29');
    $st->execute();
    same($st->fetchColumn(), 1);
});
check('fetch', function () use ($db) {
    $db->beginTransaction();
    $st = $db->prepare('select l_orderkey from lineitem', [PDO::ATTR_CURSOR => PDO::CURSOR_SCROLL]);
    $st->execute();
    $n = 0;
    while ($st->fetch(PDO::FETCH_NUM, PDO::FETCH_ORI_NEXT)) {
        $n++;
        if ($n === 2000) {
            break;
        }
    }
    $db->rollBack();
    return "$n rows";
});
check('errors', function () use ($db) {
    foreach (['select nosuch from orders' => '42703', 'select 1/0' => '22012'] as $sql => $code) {
        try {
            $db->query($sql)->fetch();
            throw new Exception($sql);
        } catch (PDOException $e) {
            same($e->getCode(), $code);
        }
    }
});
check('transaction', function () use ($db) {
    $db->beginTransaction();
    $db->query('select 1')->fetch();
    $db->commit();
    same($db->inTransaction(), false);
});
check('temp', function () use ($db) {
    $db->exec('create temp table t (a int, b text)');
    $db->pgsqlCopyFromArray('t', array_map(fn ($i) => "$i\trow", range(1, 100)));
    same($db->exec("insert into t values (101, 'x'), (102, null)"), 2);
    same((int) $db->query('select sum(a) from t')->fetchColumn(), 5253);
    $db->exec('drop table t');
});
check('copy', function () use ($db) {
    same(count($db->pgsqlCopyToArray('nation')), 25);
});
exit($failed ? 1 : 0);
