-- all rows, from the footers
select count(*)
from requests
