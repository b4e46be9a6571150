package fn

import (
	"testing"

	"github.com/glauxdb/glaux/catalog/types/jsontext"
)

// BenchmarkJSONWalk finds a member behind others.
func BenchmarkJSONWalk(b *testing.B) {
	doc := []byte(`{"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","principalId":"AROA:x","arn":"arn:aws:sts::1:assumed-role/r/x","accountId":"1",
		"sessionContext":{"attributes":{"mfaAuthenticated":"false","creationDate":"2024-03-01T00:00:00Z"}}},"numbers":[1,2.5,-3e10,0],"ok":true,"name":"a \"quoted\" text","last":7}`)
	path, err := parseJSONPath("$.last")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		if _, ok := jsontext.Walk(doc, path); !ok {
			b.Fatal("not found")
		}
	}
}
