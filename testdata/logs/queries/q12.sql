-- the same with two keys
select os, device_model, count(distinct user_id) as users
from requests
where device_model <> ''
group by os, device_model
order by users desc, os, device_model
limit 10
