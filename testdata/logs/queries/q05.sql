-- distinct numbers
select count(distinct user_id)
from requests
