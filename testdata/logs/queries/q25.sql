-- the first in time
select search_phrase, event_time
from requests
where search_phrase <> ''
order by event_time, request_id
limit 10
