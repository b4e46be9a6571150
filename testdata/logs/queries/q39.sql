-- a regular expression as a filter
select os, count(*) as n
from requests
where regexp_like(user_agent, 'Chrome/1[0-4][0-9]\.[0-9]+\.[1-9]')
group by os
order by n desc, os
