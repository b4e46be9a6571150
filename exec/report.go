package exec

import (
	"encoding/json"
	"fmt"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/mem"
)

// reportSetting asks for a notice after each query that tells what it read.
const reportSetting = "glaux.report_scan"

func (s *Session) reportsScan() bool {
	v, _ := s.set.get(reportSetting)
	on, err := types.ParseBool([]byte(v))
	return err == nil && on
}

// scanReport is the notice: a sentence, and the numbers as JSON in its detail.
func scanReport(st Stats) *fault.Error {
	detail, err := json.Marshal(map[string]int64{"bytes_scanned": st.BytesScanned, "bytes_metadata": st.BytesMetadata,
		"bytes_cached": st.BytesCached,
		"requests":     st.Requests, "rows_read": st.RowsRead, "files_read": st.FilesRead, "files_total": st.FilesTotal,
		"partitions_read": st.PartitionsRead, "partitions_total": st.PartitionsTotal, "peak_memory": st.PeakMemory, "spilled": st.Spilled})
	if err != nil {
		return fault.Wrap(err, fault.CodeInternal, "what was scanned cannot be told")
	}
	text := fmt.Sprintf("scanned %s in %d of %d files", mem.Size(st.BytesScanned), st.FilesRead, st.FilesTotal)
	if st.Reused {
		text = fmt.Sprintf("gave a kept result again: scanned 0 bytes, saved %s", mem.Size(st.BytesCached))
	} else if st.PartitionsTotal > 0 {
		text += fmt.Sprintf(", %d of %d partitions", st.PartitionsRead, st.PartitionsTotal)
	}
	return fault.New(fault.CodeSuccess, "%s", text).WithDetail("%s", detail)
}
