-- a filter on a skewed number
select count(*)
from requests
where ad_id <> 0
