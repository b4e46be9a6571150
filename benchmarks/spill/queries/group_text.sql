SELECT count(*), max(n) FROM (SELECT l_comment, count(*) n FROM lineitem GROUP BY 1) t
