-- groups by what a regular expression finds
select (regexp_match(referer, '^https?://(?:www\.)?([^/]+)/'))[1] as site, avg(length(referer)) as len, count(*) as n, min(referer)
from requests
where referer <> ''
group by 1
order by n desc, 1
limit 25
