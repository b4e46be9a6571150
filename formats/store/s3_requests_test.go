package store

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
)

// TestS3RequestsAreCounted: every try counts, under what S3 answered.
func TestS3RequestsAreCounted(t *testing.T) {
	f, s := newFakeS3(t)
	mustNot(t, second(s.Put(t.Context(), "k", strings.NewReader("text"), PutOptions{})))
	r, err := NewRegistry(Config{Locations: []string{"s3://lake"}, S3: S3Config{Endpoint: f.url, PathStyle: true, AccessKeyEnv: "GLAUX_TEST_KEY",
		SecretKeyEnv: "GLAUX_TEST_SECRET", MaxAttempts: 3, MaxBackoff: 5 * time.Millisecond}})
	mustNot(t, err)
	if have := r.Requests(); len(have) != 0 {
		t.Errorf("%+v before the first request", have)
	}
	counted, _, err := r.Open("s3://lake/k")
	mustNot(t, err)
	fails := 2
	f.on(func(w http.ResponseWriter, r *http.Request) bool {
		if isRead(r) && fails > 0 {
			fails--
			return s3Error(w, http.StatusServiceUnavailable, "SlowDown")
		}
		return false
	})
	o, err := counted.Stat(t.Context(), "k")
	mustNot(t, err)
	mustNot(t, second(counted.ReadRanges(t.Context(), o, []Range{{Off: 0, Len: 4}})))
	_, err = counted.Stat(t.Context(), "none")
	wantCode(t, err, fault.CodeUndefinedFile)
	want := map[string]int64{"GetObject 5xx": 2, "GetObject ok": 1, "HeadObject 4xx": 1, "HeadObject ok": 1}
	have := r.Requests()
	for _, x := range have {
		if want[x.Operation+" "+x.Result] != x.Count || x.Took <= 0 {
			t.Errorf("%+v", x)
		}
	}
	if len(have) != len(want) {
		t.Errorf("%+v", have)
	}
}

func second[T any](_ T, err error) error { return err }
