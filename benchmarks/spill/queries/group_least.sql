SELECT count(*), max(x) FROM (SELECT l_orderkey, l_suppkey, min(l_comment) x FROM lineitem GROUP BY 1, 2) t
