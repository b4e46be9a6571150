SELECT count(*), sum(n), max(q) FROM (SELECT l_orderkey, l_linenumber, count(*) n, sum(l_quantity) q FROM lineitem GROUP BY 1, 2) t
