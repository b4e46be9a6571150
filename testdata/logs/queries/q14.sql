-- many groups of strings, distinct numbers of each
select search_phrase, count(distinct user_id) as users
from requests
where search_phrase <> ''
group by search_phrase
order by users desc, search_phrase
limit 10
