-- lengths of text in groups
select asn, avg(length(path)) as len, count(*) as n
from requests
where path <> ''
group by asn
having count(*) > 100
order by len desc, asn
limit 25
