-- distinct numbers of groups that a filter leaves
select device_model, count(distinct user_id) as users
from requests
where device_model <> ''
group by device_model
order by users desc, device_model
limit 10
