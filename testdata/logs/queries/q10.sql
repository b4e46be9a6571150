-- several aggregates with one distinct
select region, sum(bytes_sent), count(*) as n, avg(duration_us), count(distinct user_id)
from requests
group by region
order by n desc, region
limit 10
