#!/usr/bin/env bash
# Uses psql as people do; prints lines "ok CHECK", "fail CHECK reason".
set -u
failed=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT

run() { psql -X -v ON_ERROR_STOP=1 -v VERBOSITY=verbose -At "$@" >"$out" 2>&1; }

# check NAME PATTERN psql arguments: the output must have the pattern.
check() {
	local name=$1 pattern=$2
	shift 2
	if run "$@" && grep -qE -- "$pattern" "$out"; then
		echo "ok $name ${note:-}"
	else
		failed=1
		echo "fail $name $* gave $(tr '\n' ' ' <"$out" | cut -c1-300)"
	fi
}

# refused NAME PATTERN psql arguments: psql must fail with the pattern.
refused() {
	local name=$1 pattern=$2
	shift 2
	if ! run "$@" && grep -qE -- "$pattern" "$out"; then
		echo "ok $name"
	else
		failed=1
		echo "fail $name $* gave $(tr '\n' ' ' <"$out" | cut -c1-300)"
	fi
}

note=$(psql --version | cut -d' ' -f3) check connect 'PostgreSQL 15' -c 'select version()'
PGPASSWORD=wrong refused password 'password authentication failed' -c 'select 1'
refused password 'database "nosuch" does not exist' -d nosuch -c 'select 1'

# Every backslash command that reads the catalog.
for command in '\l' '\l+' '\dn' '\dn+' '\d' '\d+' '\dt' '\dt+ demo.*' '\dv' '\dv+' '\di' '\ds' '\dm' '\dE' '\d orders' '\d+ orders' '\d alltypes' '\d+ alltypes' \
	'\d demo.*' '\du' '\du+' '\dg' '\df' '\df substr*' '\df+ lower' '\da' '\dfw' '\do' '\dT' '\dT+' '\dC' '\dc' '\dD' '\db' '\db+' '\dp' '\ddp' '\drds' '\dL' '\dx' '\dy' \
	'\des' '\deu' '\dew' '\det' '\dF' '\dFd' '\dFp' '\dFt' '\dA' '\dAc' '\dAf' '\dAo' '\dAp' '\dl' '\dO' '\dP' '\dRp' '\dRs' '\dX' '\dconfig' '\sv alltypes' '\z orders' '\conninfo'; do
	if ! run -c "$command"; then
		failed=1
		echo "fail catalog $command gave $(tr '\n' ' ' <"$out" | cut -c1-300)"
	fi
done
check catalog 'o_totalprice\|numeric\(15,2\)' -c '\d orders'
check catalog 'orders\|table' -c '\dt'
check types '9007199254740993' -c 'select * from alltypes'
check parameters '^3$' -c "prepare p (int) as select \$1 + 1" -c 'execute p(2)'
check fetch '^60175$' -v FETCH_COUNT=500 -c '\o /dev/null' -c 'select l_orderkey from lineitem' -c '\o' -c 'select count(*) from lineitem'
check fetch '^2$' -c 'begin' -c 'declare c cursor for select n_nationkey from nation order by 1' -c 'fetch 3 from c' -c 'commit'

start=$(date +%s)
(PGAPPNAME=psql-slow timeout -s INT 2 psql -X -c 'select count(*) from lineitem a, lineitem b, lineitem c where a.l_comment < b.l_comment and b.l_comment < c.l_comment') >"$out" 2>&1
if grep -q 'canceling statement due to user request' "$out" && [ $(($(date +%s) - start)) -lt 8 ]; then echo "ok cancel"; else failed=1; echo "fail cancel $(cat "$out")"; fi
refused cancel '57014' -c "set statement_timeout = '300ms'" -c 'select count(*) from lineitem a, lineitem b, lineitem c where a.l_comment < b.l_comment and b.l_comment < c.l_comment'
refused errors '42703' -c 'select nosuch from orders'
refused errors '22012' -c 'select 1/0'
check transaction '^2$' -c 'begin' -c 'savepoint a' -c 'rollback to a' -c 'select 2' -c 'commit'
printf '1,one\n2,\n' >"$out.csv"
check temp '^2\|1$' -c 'create temp table t (a int, b text)' -c "\\copy t from '$out.csv' with (format csv)" -c 'insert into t values (3, $$x$$)' -c 'delete from t where a = 3' -c 'select count(*), count(b) from t'
check copy '^COPY 25$' -c "\\copy (select * from nation) to '$out.csv' with (format csv, header)"
check copy '^0,ALGERIA' -c '\copy (select n_nationkey, n_name from nation order by 1) to stdout csv'
rm -f "$out.csv"
exit $failed
