package awsapi

import (
	"reflect"
	"strings"
	"sync"
	"time"
)

// Codec translates between the SDK's structs and the JSON of the protocol AWS
// JSON 1.1 (smithy.io, "AWS JSON 1.1 protocol"): members are named as their Go
// fields, timestamps are seconds since 1970 as numbers, blobs are base64, and
// what is not set is left out. Safe for concurrent use.
type Codec struct {
	plans sync.Map // reflect.Type to *plan
}

// plan is how the fields of a struct are called.
type plan struct {
	fields []planField
	byName map[string]int // lower case: the SDK has changed the case of some
}

type planField struct {
	index int
	key   string // `"Name":`
}

var (
	timeType  = reflect.TypeFor[time.Time]()
	bytesType = reflect.TypeFor[[]byte]()
)

// wireNames are the members that are spelled otherwise than Go spells them.
var wireNames = map[string]string{"DynamoDBTarget.ScanAll": "scanAll", "DynamoDBTarget.ScanRate": "scanRate"}

func (c *Codec) plan(t reflect.Type) *plan {
	if p, ok := c.plans.Load(t); ok {
		return p.(*plan)
	}
	p := &plan{byName: make(map[string]int, t.NumField())}
	for i := range t.NumField() {
		f := t.Field(i)
		// ResultMetadata is the client's own record of a call.
		if !f.IsExported() || f.Anonymous || f.Name == "ResultMetadata" || !onWire(f.Type) {
			continue
		}
		name := f.Name
		if wire, ok := wireNames[t.Name()+"."+f.Name]; ok {
			name = wire
		}
		p.byName[strings.ToLower(name)] = len(p.fields)
		p.fields = append(p.fields, planField{index: i, key: `"` + name + `":`})
	}
	got, _ := c.plans.LoadOrStore(t, p)
	return got.(*plan)
}

// onWire reports whether the codec knows a field's type. Unions and documents
// are interfaces; no operation that is served has one that matters.
func onWire(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return onWire(t.Elem())
	case reflect.Interface, reflect.Func, reflect.Chan:
		return false
	}
	return true
}
