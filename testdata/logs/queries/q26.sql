-- the first in a string's order
select search_phrase
from requests
where search_phrase <> ''
order by search_phrase
limit 10
