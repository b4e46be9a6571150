package describe

import (
	"bytes"
	"fmt"

	pq "github.com/parquet-go/parquet-go"
)

// bloomRow is a row of bloomSample.
type bloomRow struct {
	Name string `parquet:"name"`
}

// bloomSample is a Parquet file with a Bloom filter over a column that is large
// enough for readers to ask it first.
func bloomSample() (input, error) {
	var b bytes.Buffer
	w := pq.NewGenericWriter[bloomRow](&b, pq.BloomFilters(pq.SplitBlockFilter(10, "name")))
	rows := make([]bloomRow, 20_000)
	for i := range rows {
		rows[i].Name = fmt.Sprintf("name number %d", i*104729)
	}
	_, err := w.Write(rows)
	if err == nil {
		err = w.Close()
	}
	return input{format: "parquet", name: "bloom.parquet", data: b.Bytes()}, err
}
