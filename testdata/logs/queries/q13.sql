-- many groups of strings
select search_phrase, count(*) as n
from requests
where search_phrase <> ''
group by search_phrase
order by n desc, search_phrase
limit 10
