use strict;
use warnings;
use utf8;
use DBI;
use DBD::Pg qw(:pg_types :async);
$| = 1;
binmode(STDOUT, ':utf8');

my $failed = 0;

sub check {
    my ($name, $f) = @_;
    my $detail = eval { $f->() };
    if (my $e = $@) {
        $e =~ s/\s+/ /g;
        $failed = 1;
        print "fail $name $e\n";
    } else {
        print "ok $name ", ($detail // ''), "\n";
    }
}

sub same {
    my ($got, $want) = @_;
    die "got " . ($got // 'NULL') . ", want $want\n" unless defined $got && $got eq $want;
    return;
}

my $dsn = "dbi:Pg:host=$ENV{PGHOST};port=$ENV{PGPORT};dbname=$ENV{PGDATABASE};sslmode=" . ($ENV{PGSSLMODE} // 'prefer');
my $db = DBI->connect($dsn, $ENV{PGUSER}, $ENV{PGPASSWORD}, { RaiseError => 1, PrintError => 0, pg_enable_utf8 => 1 });

check('connect', sub { same(int($db->{pg_server_version} / 10000), 15); return $DBD::Pg::VERSION });
check('password', sub {
    my $bad = eval { DBI->connect($dsn, $ENV{PGUSER}, 'wrong', { RaiseError => 1, PrintError => 0 }) };
    die "a wrong password was taken\n" if $bad;
    die $@ unless $@ =~ /password authentication failed/;
    return;
});
check('catalog', sub {
    my @tables = map { $_->[2] } @{ $db->table_info('', 'demo', '%', 'TABLE')->fetchall_arrayref };
    die "@tables\n" unless grep { $_ eq 'orders' } @tables;
    my $cols = $db->column_info('', 'demo', 'orders', '%')->fetchall_arrayref({});
    same($cols->[0]{COLUMN_NAME}, 'o_orderkey');
    $db->primary_key_info('', 'demo', 'orders');
    $db->foreign_key_info('', 'demo', 'orders', '', '', '');
    $db->statistics_info('', 'demo', 'orders', 0, 0);
    return scalar(@tables) . " tables";
});
check('types', sub {
    my $row = $db->selectrow_hashref('select * from alltypes where id = 1');
    same($row->{c_int8}, '9007199254740993');
    same($row->{c_numeric}, '12345.6700');
    same($row->{c_text}, 'naïve');
    same($row->{c_ints}[1], 2);
    same($row->{c_texts}[2], 'd"e');
    return;
});
check('parameters', sub {
    my %v = (c_int8 => '9007199254740993', c_numeric => '12345.67', c_text => 'naïve', c_date => '2024-02-29', c_bool => 't');
    for my $k (sort keys %v) {
        same($db->selectrow_array("select count(*) from alltypes where $k = ?", undef, $v{$k}), 1);
    }
    my $st = $db->prepare('select count(*) from alltypes where c_bytea = ?');
    $st->bind_param(1, "\x00\xff\x10", { pg_type => PG_BYTEA });
    $st->execute;
    same($st->fetchrow_array, 1);
    return;
});
check('fetch', sub {
    my $st = $db->prepare('select l_orderkey from lineitem');
    $st->execute;
    my $n = 0;
    $n++ while $st->fetchrow_arrayref;
    return "$n rows";
});
check('errors', sub {
    for (['select nosuch from orders', '42703'], ['select 1/0', '22012']) {
        eval { $db->do($_->[0]) };
        same($db->state, $_->[1]);
    }
    return;
});
check('transaction', sub {
    $db->begin_work;
    $db->pg_savepoint('s');
    eval { $db->do('select 1/0') };
    $db->pg_rollback_to('s');
    same($db->selectrow_array('select 2'), 2);
    $db->commit;
    same($db->ping ? 1 : 0, 1);
    return;
});
check('temp', sub {
    $db->do('create temp table t (a int, b text)');
    my $st = $db->prepare('insert into t values (?, ?)');
    $st->execute($_, "row $_") for 1 .. 20;
    $db->do('copy t from stdin');
    $db->pg_putcopydata("$_\trow\n") for 21 .. 100;
    $db->pg_putcopyend;
    same($db->selectrow_array('select sum(a) from t'), 5050);
    $db->do('drop table t');
    return;
});
check('copy', sub {
    $db->do('copy nation to stdout');
    my ($n, $line) = (0);
    $n++ while $db->pg_getcopydata($line) >= 0;
    same($n, 25);
    return;
});
$db->disconnect;
exit $failed;
