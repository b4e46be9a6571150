-- keys that follow from one another
select asn, asn - 1, asn - 2, asn - 3, count(*) as n
from requests
group by asn, asn - 1, asn - 2, asn - 3
order by n desc, asn
limit 10
