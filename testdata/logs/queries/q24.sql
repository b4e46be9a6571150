-- whole rows of 100 columns, the first in time
select *
from requests
where path like '%helmet%'
order by event_time, request_id
limit 10
