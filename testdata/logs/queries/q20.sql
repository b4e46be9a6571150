-- a few rows by a number
select request_id, event_time, path
from requests
where user_id = 3999
order by event_time, request_id
limit 100
