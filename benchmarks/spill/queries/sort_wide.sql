SELECT * FROM lineitem ORDER BY l_extendedprice, l_orderkey, l_linenumber OFFSET 6000000
