SELECT count(*) FROM (SELECT l_orderkey, l_partkey FROM lineitem EXCEPT SELECT o_orderkey, o_custkey FROM orders) t
