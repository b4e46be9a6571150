-- a list of strings and a threshold
select content_type, count(*) as n, max(duration_us), sum(price)
from requests
where tag_3 in ('tag-3-0', 'tag-3-17', 'tag-3-170', 'tag-3-1700', 'none') and duration_us > 1000
group by content_type
order by n desc, content_type
