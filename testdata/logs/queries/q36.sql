-- a selective filter over a range of days
select path, count(*) as n
from requests
where country = 'DE' and event_date between date '2026-01-10' and date '2026-01-20' and not is_refresh and path <> ''
group by path
order by n desc, path
limit 10
