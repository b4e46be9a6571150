-- extremes, from the footers
select min(event_date), max(event_date), min(event_time), max(bytes_sent)
from requests
