package athenaapi

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	athenatypes "github.com/aws/aws-sdk-go-v2/service/athena/types"

	"github.com/glauxdb/glaux/server/workgroup"
)

// TestResultReuse: a request may allow a kept result, forbid it, or leave it to
// the workgroup.
func TestResultReuse(t *testing.T) {
	w := newWorld(t, workgroup.Setting{Name: "thrifty", ResultReuse: 3600e9})
	by := func(enabled bool, minutes *int32) *athenatypes.ResultReuseConfiguration {
		return &athenatypes.ResultReuseConfiguration{ResultReuseByAgeConfiguration: &athenatypes.ResultReuseByAgeConfiguration{Enabled: enabled, MaxAgeInMinutes: minutes}}
	}
	for i, c := range []struct {
		group string
		conf  *athenatypes.ResultReuseConfiguration
		want  bool
	}{
		{"primary", nil, false},
		{"primary", by(true, nil), false}, // the first one that is kept
		{"primary", by(true, nil), true},
		{"primary", by(true, aws.Int32(10080)), true},
		{"primary", by(true, aws.Int32(0)), false},
		{"primary", by(false, nil), false},
		{"primary", nil, false},
		{"thrifty", nil, true},
		{"thrifty", by(false, aws.Int32(60)), false},
	} {
		q := w.wait(w.submit(&athena.StartQueryExecutionInput{QueryString: aws.String("SELECT sum(age) FROM demo.people"), WorkGroup: &c.group,
			ResultReuseConfiguration: c.conf}))
		if q.Status.State != athenatypes.QueryExecutionStateSucceeded {
			t.Fatalf("%d: %s %s", i, q.Status.State, aws.ToString(q.Status.StateChangeReason))
		}
		st := q.Statistics
		if got := st.ResultReuseInformation.ReusedPreviousResult; got != c.want || got != (*st.DataScannedInBytes == 0) {
			t.Errorf("%d: %s %+v: reused %v, %d bytes scanned", i, c.group, c.conf, got, *st.DataScannedInBytes)
		}
	}
}

// TestResultEncryption: what only a client or nobody can do is refused before the
// query runs.
func TestResultEncryption(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		option athenatypes.EncryptionOption
		key    *string
		text   string
	}{
		{"CSE_KMS", aws.String("k"), "Glaux does not serve the encryption CSE_KMS: results are encrypted by the store, SSE_S3 or SSE_KMS."},
		{"SSE_KMS", nil, "KmsKey and the EncryptionOption SSE_KMS need each other."},
		{"SSE_S3", aws.String("k"), "KmsKey and the EncryptionOption SSE_KMS need each other."},
		{"ROT13", nil, "EncryptionOption must be SSE_S3 or SSE_KMS."},
		{"SSE_S3", nil, "outputLocation is no S3 path, and only S3 encrypts results: " + w.results + "."},
	} {
		_, err := w.StartQueryExecution(t.Context(), &athena.StartQueryExecutionInput{QueryString: aws.String("SELECT 1"),
			ResultConfiguration: &athenatypes.ResultConfiguration{OutputLocation: &w.results,
				EncryptionConfiguration: &athenatypes.EncryptionConfiguration{EncryptionOption: c.option, KmsKey: c.key}}})
		refused(t, err, "InvalidRequestException", c.text)
	}
}
