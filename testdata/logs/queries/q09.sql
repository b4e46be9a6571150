-- distinct numbers of each group
select region, count(distinct user_id) as users
from requests
group by region
order by users desc, region
limit 10
