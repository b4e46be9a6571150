package glueapi

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"
	"github.com/google/go-cmp/cmp"

	counted "github.com/glauxdb/glaux/catalog/statistics"
	"github.com/glauxdb/glaux/server/awsapi/awstest"
)

// TestCountedStatistics wants Glue's clients to read what ANALYZE writes, and plans to
// read what Glue's clients write.
func TestCountedStatistics(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.orders()
	table, err := w.cat.Table(ctx, *sales, *orders)
	if err != nil {
		t.Fatal(err)
	}
	low, high, days := int64(-3), int64(9), int64(20000)
	err = counted.Write(ctx, w.cat, table, []counted.Column{
		{Name: "id", Type: "bigint", Kind: counted.Long, Nulls: 1, Distinct: 7, Min: &low, Max: &high, At: noon},
		{Name: "price", Type: "decimal(10,2)", Kind: counted.Dec, Distinct: 2, MinDecimal: &counted.Decimal{UnscaledValue: []byte{0xff, 0x85}, Scale: 2}, At: noon},
		{Name: "dt", Type: "date", Kind: counted.Date, Distinct: 1, Max: &days, At: noon},
	})
	if err != nil {
		t.Fatal(err)
	}
	when := aws.Time(noon)
	want := []gluetypes.ColumnStatistics{
		{ColumnName: aws.String("id"), ColumnType: aws.String("bigint"), AnalyzedTime: when, StatisticsData: &gluetypes.ColumnStatisticsData{Type: "LONG",
			LongColumnStatisticsData: &gluetypes.LongColumnStatisticsData{MinimumValue: low, MaximumValue: high, NumberOfDistinctValues: 7, NumberOfNulls: 1}}},
		{ColumnName: aws.String("price"), ColumnType: aws.String("decimal(10,2)"), AnalyzedTime: when, StatisticsData: &gluetypes.ColumnStatisticsData{Type: "DECIMAL",
			DecimalColumnStatisticsData: &gluetypes.DecimalColumnStatisticsData{MinimumValue: &gluetypes.DecimalNumber{UnscaledValue: []byte{0xff, 0x85}, Scale: 2}, NumberOfDistinctValues: 2}}},
		{ColumnName: aws.String("dt"), ColumnType: aws.String("date"), AnalyzedTime: when, StatisticsData: &gluetypes.ColumnStatisticsData{Type: "DATE",
			DateColumnStatisticsData: &gluetypes.DateColumnStatisticsData{MaximumValue: aws.Time(time.Unix(days*24*60*60, 0).UTC()), NumberOfDistinctValues: 1}}},
	}
	get := must[*glue.GetColumnStatisticsForTableOutput](t)(w.GetColumnStatisticsForTable(ctx, &glue.GetColumnStatisticsForTableInput{DatabaseName: sales, TableName: orders,
		ColumnNames: []string{"id", "price", "dt"}}))
	if diff := cmp.Diff(want, get.ColumnStatisticsList, awstest.SDK); diff != "" {
		t.Errorf("statistics (-want +got):\n%s", diff)
	}
	must[*glue.UpdateColumnStatisticsForTableOutput](t)(w.UpdateColumnStatisticsForTable(ctx, &glue.UpdateColumnStatisticsForTableInput{DatabaseName: sales, TableName: orders,
		ColumnStatisticsList: statistics()}))
	cols, err := counted.Read(ctx, w.cat, table)
	if err != nil {
		t.Fatal(err)
	}
	if c := cols["id"]; c.Distinct != 7 || c.Nulls != 1 || c.Kind != counted.Long {
		t.Errorf("id: %+v", c)
	}
	if c := cols["n"]; c.Kind != counted.Double {
		t.Errorf("n: %+v", c)
	}
}
