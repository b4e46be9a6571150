-- the first groups in the keys' order
select user_id, search_phrase, count(*) as n
from requests
group by user_id, search_phrase
order by user_id desc, search_phrase
limit 10
