-- few groups of a filtered number
select status, count(*) as n
from requests
where status <> 200
group by status
order by n desc, status
