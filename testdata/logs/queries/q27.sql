-- the first in the order of time and string
select search_phrase, event_time
from requests
where search_phrase <> ''
order by event_time, search_phrase
limit 10
