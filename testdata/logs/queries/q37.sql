-- a page far down
select cache_status, origin_id, case when referer = '' then '' else host end as source, title, count(*) as n
from requests
where event_date >= date '2026-01-25' and country = 'US'
group by 1, 2, 3, 4
order by n desc, 1, 2, 3, 4
limit 10 offset 1000
