// Package plantest has what tests of the planner share: a catalog in memory
// with the TPC-H tables and a partitioned log table with nested columns, and a
// reader of golden files.
package plantest

import (
	"context"
	"fmt"
	"sort"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
)

// Catalog is a catalog.Reader over tables in memory.
type Catalog struct {
	dbs    []*catalog.Database
	tables map[string][]*catalog.Table
	parts  map[int64]*catalog.Partitions
}

// tables in one line each: name, columns with Hive types, partition keys.
var tpch = []string{
	"region|r_regionkey int, r_name string, r_comment string|",
	"nation|n_nationkey int, n_name string, n_regionkey int, n_comment string|",
	"supplier|s_suppkey bigint, s_name string, s_address string, s_nationkey int, s_phone string, s_acctbal decimal(15,2), s_comment string|",
	"part|p_partkey bigint, p_name string, p_mfgr string, p_brand string, p_type string, p_size int, p_container string, p_retailprice decimal(15,2), p_comment string|",
	"partsupp|ps_partkey bigint, ps_suppkey bigint, ps_availqty int, ps_supplycost decimal(15,2), ps_comment string|",
	"customer|c_custkey bigint, c_name string, c_address string, c_nationkey int, c_phone string, c_acctbal decimal(15,2), c_mktsegment string, c_comment string|",
	"orders|o_orderkey bigint, o_custkey bigint, o_orderstatus string, o_totalprice decimal(15,2), o_orderdate date, o_orderpriority string, o_clerk string, o_shippriority int, o_comment string|",
	"lineitem|l_orderkey bigint, l_partkey bigint, l_suppkey bigint, l_linenumber int, l_quantity decimal(15,2), l_extendedprice decimal(15,2), l_discount decimal(15,2), l_tax decimal(15,2), " +
		"l_returnflag string, l_linestatus string, l_shipdate date, l_commitdate date, l_receiptdate date, l_shipinstruct string, l_shipmode string, l_comment string|",
}

var logs = []string{
	"web_logs|ts timestamp, host string, status int, bytes bigint, latency double, url string, Tags array<string>, headers map<string,string>, " +
		"client struct<ip:string,geo:struct<country:string,Lat:double>>, events array<struct<name:string,at:timestamp>>|dt date, region string",
	"orders|id bigint, placed date|",
	"odd|a int, A string, Mixed string, flag boolean, c char(5), v varchar(10), f float, t timestamp, j string|",
}

// NewCatalog makes the catalog: database tpch with the TPC-H tables, logs with
// web_logs (partitioned by day and region), orders and odd, and the empty
// database default.
func NewCatalog() *Catalog {
	c := &Catalog{tables: map[string][]*catalog.Table{}, parts: map[int64]*catalog.Partitions{}}
	for _, name := range []string{"default", "logs", "tpch"} {
		c.dbs = append(c.dbs, &catalog.Database{ID: int64(len(c.dbs) + 1), Name: name, Location: "s3://lake/" + name})
	}
	for _, line := range tpch {
		c.add("tpch", line)
	}
	for _, line := range logs {
		c.add("logs", line)
	}
	t := c.tables["logs"][0]
	var values [][]string
	for day := 1; day <= 30; day++ {
		for _, r := range []string{"eu", "us"} {
			values = append(values, []string{fmt.Sprintf("2024-01-%02d", day), r})
		}
	}
	c.SetPartitions(t, values)
	return c
}

// add adds a table from its line.
func (c *Catalog) add(database, line string) {
	f := strings.Split(line, "|")
	t := &catalog.Table{
		ID: int64(100 + len(c.tables["tpch"]) + len(c.tables["logs"])), Database: database, Name: f[0], Kind: catalog.ExternalTable,
		Columns: columns(f[1]), PartitionKeys: columns(f[2]), Format: "parquet", Version: 1,
		Storage: catalog.Storage{Location: "s3://lake/" + database + "/" + f[0] + "/"}, Parameters: map[string]string{},
	}
	c.Put(t)
}

// columns reads "name type, name type"; commas inside types are not separators.
func columns(s string) []catalog.Column {
	var out []catalog.Column
	for _, part := range splitTop(s) {
		name, typ, ok := strings.Cut(strings.TrimSpace(part), " ")
		if !ok {
			continue
		}
		t, err := types.ParseHive(typ)
		if err != nil {
			panic(err)
		}
		out = append(out, catalog.Column{Name: name, Type: t})
	}
	return out
}

func splitTop(s string) []string {
	var out []string
	depth, start := 0, 0
	for i, r := range s {
		switch r {
		case '<', '(':
			depth++
		case '>', ')':
			depth--
		case ',':
			if depth == 0 {
				out, start = append(out, s[start:i]), i+1
			}
		}
	}
	return append(out, s[start:])
}

// Put adds a table or replaces the one of its name.
func (c *Catalog) Put(t *catalog.Table) {
	if t.ID == 0 {
		t.ID = int64(1000 + len(c.tables[t.Database]))
	}
	list := c.tables[t.Database]
	for i := range list {
		if list[i].Name == t.Name {
			list[i] = t
			return
		}
	}
	c.tables[t.Database] = append(list, t)
}

// SetPartitions gives a table its partitions.
func (c *Catalog) SetPartitions(t *catalog.Table, values [][]string) {
	b := partition.NewBuilder(t, len(values))
	for _, v := range values {
		b.Add(v)
	}
	ps, err := b.Build(1, func(i int) string {
		path := t.Storage.Location
		for k, v := range values[i] {
			path += t.PartitionKeys[k].Name + "=" + v + "/"
		}
		return path
	}, func(int) string { return "" })
	if err != nil {
		panic(err)
	}
	c.parts[t.ID] = ps
}

// Databases implements catalog.Reader.
func (c *Catalog) Databases(context.Context) ([]*catalog.Database, error) { return c.dbs, nil }

// Database implements catalog.Reader.
func (c *Catalog) Database(_ context.Context, name string) (*catalog.Database, error) {
	var names []string
	for _, d := range c.dbs {
		if strings.EqualFold(d.Name, name) {
			return d, nil
		}
		names = append(names, d.Name)
	}
	err := fault.New(fault.CodeInvalidSchemaName, "schema %q does not exist", name)
	if near := fault.Nearest(name, names); near != "" {
		return nil, err.WithHint("Did you mean %q?", near)
	}
	return nil, err
}

// Tables implements catalog.Reader.
func (c *Catalog) Tables(ctx context.Context, database string) ([]*catalog.Table, error) {
	d, err := c.Database(ctx, database)
	if err != nil {
		return nil, err
	}
	out := append([]*catalog.Table(nil), c.tables[d.Name]...)
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, nil
}

// Table implements catalog.Reader.
func (c *Catalog) Table(ctx context.Context, database, name string) (*catalog.Table, error) {
	d, err := c.Database(ctx, database)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, t := range c.tables[d.Name] {
		if strings.EqualFold(t.Name, name) {
			return t, nil
		}
		names = append(names, t.Name)
	}
	miss := fault.New(fault.CodeUndefinedTable, "relation %q does not exist", d.Name+"."+name)
	if near := fault.Nearest(name, names); near != "" {
		return nil, miss.WithHint("Did you mean %q?", near)
	}
	return nil, miss
}

// Partitions implements catalog.Reader.
func (c *Catalog) Partitions(_ context.Context, t *catalog.Table) (*catalog.Partitions, error) {
	if ps, ok := c.parts[t.ID]; ok {
		return ps, nil
	}
	return &catalog.Partitions{Location: func(int) string { return "" }, Format: func(int) string { return "" }}, nil
}
