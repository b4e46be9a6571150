-- two million strings as keys
select session_id, count(*) as n, sum(bytes_sent)
from requests
group by session_id
order by n desc, session_id
limit 10
