SELECT count(*), sum(length(x)) FROM (SELECT l_orderkey, array_join(array_agg(l_comment ORDER BY l_linenumber), ',') x FROM lineitem GROUP BY 1) t
