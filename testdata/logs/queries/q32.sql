-- nearly as many groups as rows
select request_id, client_ip, count(*) as n, sum(bytes_sent), avg(screen_width)
from requests
group by request_id, client_ip
order by n desc, request_id, client_ip
limit 10
