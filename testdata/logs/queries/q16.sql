-- very many groups of numbers
select user_id, count(*) as n
from requests
group by user_id
order by n desc, user_id
limit 10
