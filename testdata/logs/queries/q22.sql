-- groups of what contains a word
select search_phrase, min(path), count(*) as n
from requests
where path like '%/cart/%' and search_phrase <> ''
group by search_phrase
order by n desc, search_phrase
limit 10
