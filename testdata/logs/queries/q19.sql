-- a part of a time among the keys
select user_id, extract(minute from event_time) as m, search_phrase, count(*) as n
from requests
group by user_id, extract(minute from event_time), search_phrase
order by n desc, user_id, m, search_phrase
limit 10
