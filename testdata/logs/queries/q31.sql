-- a string and a number as keys, filtered
select browser, client_ip, count(*) as n, sum(case when is_refresh then 1 else 0 end), avg(screen_width)
from requests
where search_phrase <> ''
group by browser, client_ip
order by n desc, browser, client_ip
limit 10
