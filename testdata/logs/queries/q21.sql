-- text that contains a word
select count(*)
from requests
where referer like '%google%'
