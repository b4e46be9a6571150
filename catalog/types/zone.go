package types

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// zones are the time zones that types name: Type.S of a TimestampTZ is a place in it,
// 0 the session's zone. It grows by zones that exist only, so that it stays small.
var zones = struct {
	mu  sync.RWMutex
	ids map[string]int32
	all []*time.Location
}{ids: map[string]int32{}, all: []*time.Location{nil}}

// InZone gives a TimestampTZ whose values are shown, and taken apart, in a zone of
// their own, as Trino's AT TIME ZONE makes them. The instants are the same ones. False:
// there is no such zone.
func (t Type) InZone(name string) (Type, bool) {
	zones.mu.RLock()
	id, known := zones.ids[name]
	zones.mu.RUnlock()
	if !known {
		loc, ok := LoadZone(name)
		if !ok {
			return t, false
		}
		id = addZone(name, loc)
	}
	t.S = id
	return t, true
}

func addZone(name string, loc *time.Location) int32 {
	zones.mu.Lock()
	defer zones.mu.Unlock()
	id, known := zones.ids[name]
	if !known {
		id = int32(len(zones.all))
		zones.ids[name], zones.all = id, append(zones.all, loc)
	}
	return id
}

// Zone gives the zone of a type that InZone made, nil for every other.
func (t Type) Zone() *time.Location {
	if t.Kind != TimestampTZ || t.S == 0 {
		return nil
	}
	zones.mu.RLock()
	defer zones.mu.RUnlock()
	return zones.all[t.S]
}

// ZoneIn gives the zone at the end of a timestamp's text, by a name that InZone
// knows; false: it has none.
func ZoneIn(s string) (string, bool) {
	d, err := parseStamp(trim([]byte(s)), nil)
	if err != nil || !d.zone {
		return "", false
	}
	if d.loc != nil {
		return d.loc.String(), true
	}
	sign, off := '+', d.off
	if off < 0 {
		sign, off = '-', -off
	}
	return fmt.Sprintf("%c%02d:%02d", sign, off/3600, off/60%60), true
}

// FractionDigits counts the digits behind the seconds of a time's or timestamp's
// text, at most as many as types have.
func FractionDigits(s string) int {
	clock := strings.IndexByte(s, ':')
	point := strings.IndexByte(s[max(clock, 0):], '.')
	if clock < 0 || point < 0 {
		return 0
	}
	n := 0
	for _, c := range []byte(s[clock+point+1:]) {
		if c < '0' || c > '9' {
			break
		}
		n++
	}
	return min(n, MaxTimestampPrecision)
}
