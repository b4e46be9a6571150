package awsapi

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestTooManyRequests fills every place: what comes then is refused, until one is free.
func TestTooManyRequests(t *testing.T) {
	s, err := New(Service{Name: "AWS Test", Target: "Test.", Throttling: "SlowDown", Codec: &Codec{},
		Exception:  func(err error) *Exception { e := (*Exception)(nil); errors.As(err, &e); return e },
		Operations: map[string]Operation{"Nothing": func(context.Context, []byte) (any, error) { return nil, nil }}}, Config{Anonymous: true})
	if err != nil {
		t.Fatal(err)
	}
	call := func() *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("{}"))
		r.Header.Set("Content-Type", ContentType)
		r.Header.Set("X-Amz-Target", "Test.Nothing")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	for range MaxRequests {
		s.slots <- struct{}{}
	}
	if w := call(); w.Code != http.StatusBadRequest || w.Header().Get("X-Amzn-ErrorType") != "SlowDown" {
		t.Errorf("no place free: %d %s", w.Code, w.Body)
	}
	<-s.slots
	if w := call(); w.Code != http.StatusOK || w.Body.String() != "{}" {
		t.Errorf("a place free: %d %s", w.Code, w.Body)
	}
}
