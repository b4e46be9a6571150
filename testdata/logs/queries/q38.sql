-- minutes of two days
select date_trunc('minute', event_time) as minute, count(*) as n, sum(bytes_sent)
from requests
where event_date in (date '2026-01-14', date '2026-01-15') and cache_status <> 'HIT'
group by 1
order by 1
limit 10 offset 1000
