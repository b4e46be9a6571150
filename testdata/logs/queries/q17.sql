-- very many groups of a number and a string
select user_id, search_phrase, count(*) as n
from requests
group by user_id, search_phrase
order by n desc, user_id, search_phrase
limit 10
