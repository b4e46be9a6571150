-- a short and a long key
select browser, search_phrase, count(*) as n
from requests
where search_phrase <> ''
group by browser, search_phrase
order by n desc, browser, search_phrase
limit 10
