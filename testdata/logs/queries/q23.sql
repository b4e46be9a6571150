-- two conditions on text
select search_phrase, min(path), min(title), count(*) as n, count(distinct user_id)
from requests
where title like '%lamp%' and path not like '%/images/%' and search_phrase <> ''
group by search_phrase
order by n desc, search_phrase
limit 10
