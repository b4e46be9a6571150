-- @case strings_01
select length('abc'), char_length('é'), octet_length('é'), bit_length('a'), length('');

-- @case strings_02
select upper('aé'), lower('AÉ'), initcap('hello wORLD-foo'), reverse('abc');

-- @case strings_03
select substring('hello' from 2 for 3), substring('hello' from 2), substring('hello', 2, 3), substr('hello', 3), substring('hello' for 2);

-- @case strings_04
select substring('hello' from 'l+'), substring('foobar' from 'o(.)b'), substring('foobar' similar 'f#"o_b#"%' escape '#');

-- @case strings_05
select substr('hello', -1, 3), substr('hello', 0), left('abc', 2), left('abc', -1), right('abc', 2), right('abc', -1);

-- @case strings_06
select substring('abc', 1, -1);

-- @case strings_07
select trim('  a '), trim(both 'x' from 'xxaxx'), trim(leading from '  a'), trim(trailing 'b' from 'abb'), btrim('xyaxy','xy'), ltrim(' a'), rtrim('a ');

-- @case strings_08
select position('b' in 'abc'), strpos('abc','z'), position('' in 'abc');

-- @case strings_09
select replace('abcabc','b','X'), translate('12345','143','ax'), repeat('ab',3), repeat('a',-1), overlay('Txxxxas' placing 'hom' from 2 for 4);

-- @case strings_10
select lpad('hi',5), lpad('hi',5,'xy'), rpad('hi',5,'xy'), lpad('hello',2), rpad('hello',2);

-- @case strings_11
select split_part('a,b,c',',',2), split_part('a,b,c',',',-1), split_part('a,b,c',',',5), split_part('abc','',1);

-- @case strings_12
select split_part('a,b',',',0);

-- @case strings_13
select concat('a',1,null,true,2.50), concat_ws(',','a',null,'b'), concat_ws(null,'a'), concat();

-- @case strings_14
select format('%s %I %L %%', 'a', 'b c', 'd''e'), format('%2$s %1$s','a','b'), format('%5s|%-5s|','a','b');

-- @case strings_15
select ascii('a'), ascii('é'), chr(65), chr(233), to_hex(255), to_hex(-1), md5('abc');

-- @case strings_16
select chr(0);

-- @case strings_17
select encode('abc'::bytea,'base64'), encode('abc'::bytea,'hex'), encode('\x00ff'::bytea,'escape'), decode('YWJj','base64'), decode('616263','hex');

-- @case strings_18
select encode('abc'::bytea,'nope');

-- @case strings_19
select quote_ident('a b'), quote_ident('ab'), quote_literal('it''s'), quote_nullable(null), quote_literal(1);

-- @case strings_20
select regexp_replace('abcabc','b','X'), regexp_replace('abcabc','b','X','g'), regexp_replace('ABC','b','x','i'), regexp_replace('abc','(b)(c)','\2\1');

-- @case strings_21
select regexp_match('foobar','(o+)(b)'), regexp_match('abc','x'), regexp_split_to_array('a1b2c','\d'), regexp_count('aaa','a'), regexp_instr('abc','b'), regexp_substr('abc','b.');

-- @case strings_22
select regexp_matches('abab','a(b)','g');

-- @case strings_23
select regexp_split_to_table('a b c',' ');

-- @case strings_24
select string_to_array('a,b,c',','), string_to_array('abc',null), string_to_array('a,,b',',',''), array_to_string(array[1,null,3],','), array_to_string(array[1,null,3],',','*');

-- @case strings_25
select starts_with('abc','ab'), 'abc' ^@ 'b', string_to_table('a,b',',');

-- @case strings_26
select to_char(1234.5,'9999.99'), to_char(1234.5,'FM9,999.00'), to_char(-5,'999'), to_char(5,'000'), to_char(0.5,'9.99'), to_char(12,'RN'), to_char(1234567,'9G999G999');

-- @case strings_27
select to_char(485,'999th'), to_char(-485,'999S'), to_char(-485,'999PR'), to_char(1e5::float8,'9.99EEEE'), to_char(12345,'999'), to_char(148.5,'MI999.9'), to_char(485,'L999');

-- @case strings_28
select to_char(timestamp '2024-01-02 03:04:05.678','YYYY-MM-DD HH24:MI:SS.MS'), to_char(timestamp '2024-01-02 15:04:05','HH12:MI AM Day Month DDD WW Q J');

-- @case strings_29
select to_char(timestamp '2024-01-02 15:04:05','FMDay, DD FMMonth YYYY'), to_char(date '2024-01-02','Dy Mon YY D ID IW IYYY CC'), to_char(interval '1 day 25:30','HH24:MI:SS DD');

-- @case strings_30
select to_char(timestamptz '2024-07-01 12:00:00+00','YYYY-MM-DD HH24:MI:SS TZ OF US'), to_char(timestamp '2024-01-02','"text" yyyy TMMonth DDth');

-- @case strings_31
select to_number('1,234.50','9,999.99'), to_number('-12','S99'), to_number('$5','L9'), to_date('02 Jan 2024','DD Mon YYYY'), to_timestamp('2024-01-02 03:04','YYYY-MM-DD HH24:MI');

-- @case strings_32
select to_date('2024-13-01','YYYY-MM-DD');

-- @case strings_33
select to_timestamp(0), to_timestamp(1.5);

-- @case strings_34
select 'naïve' collate "C" < 'naj', 'é' > 'z';

-- @case strings_35
select unistr('\0061b'), normalize('é') = 'é';

-- @case strings_36
select upper(null), length(null::text), 'a' || null::text, concat(null);

-- @case strings_37
select bit_length('é'), convert_from('\xc3a9'::bytea,'UTF8'), convert_to('é','UTF8'), sha256('a'::bytea), get_byte('\x01ff'::bytea,1);
