SELECT count(DISTINCT l_comment), count(DISTINCT l_extendedprice), sum(l_quantity) FROM lineitem
