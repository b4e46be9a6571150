-- an average of large numbers
select avg(user_id)
from requests
