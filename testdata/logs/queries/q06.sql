-- distinct strings
select count(distinct search_phrase)
from requests
