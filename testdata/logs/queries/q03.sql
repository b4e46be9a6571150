-- three plain aggregates
select sum(bytes_sent), count(*), avg(screen_width)
from requests
