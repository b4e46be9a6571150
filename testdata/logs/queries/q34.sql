-- long strings as keys
select path, count(*) as n
from requests
group by path
order by n desc, path
limit 10
