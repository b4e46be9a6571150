package workgroup

import (
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
)

func TestBudgetValidate(t *testing.T) {
	good := Budget{Name: "b", Workgroup: "w", Limit: 1}
	if err := good.Validate(); err != nil || good.Period != Day || good.Action != Reject || good.TimeZone != "UTC" {
		t.Fatalf("%+v: %v", good, err)
	}
	upper := Budget{Name: "b", EachUser: true, Limit: 1, Period: "WEEK", Action: "Warn", TimeZone: "Europe/Berlin", WarnAt: 100}
	if err := upper.Validate(); err != nil || upper.Period != Week || upper.Action != Warn {
		t.Fatalf("%+v: %v", upper, err)
	}
	for _, c := range []struct {
		name   string
		change func(*Budget)
		code   fault.Code
	}{
		{"no name", func(b *Budget) { b.Name = "" }, fault.CodeInvalidName},
		{"nobody", func(b *Budget) { b.Workgroup = "" }, fault.CodeInvalidParameter},
		{"two subjects", func(b *Budget) { b.User = "u" }, fault.CodeInvalidParameter},
		{"limit of zero", func(b *Budget) { b.Limit = 0 }, fault.CodeInvalidParameter},
		{"negative limit", func(b *Budget) { b.Limit = -1 }, fault.CodeInvalidParameter},
		{"period", func(b *Budget) { b.Period = "year" }, fault.CodeInvalidParameter},
		{"action", func(b *Budget) { b.Action = "kill" }, fault.CodeInvalidParameter},
		{"percentage", func(b *Budget) { b.WarnAt = 101 }, fault.CodeInvalidParameter},
		{"zone", func(b *Budget) { b.TimeZone = "Europe/Berlni" }, fault.CodeInvalidParameter},
		{"the machine's zone", func(b *Budget) { b.TimeZone = "Local" }, fault.CodeInvalidParameter},
		{"two tags", func(b *Budget) { b.Workgroup, b.Tag = "", "a,b" }, fault.CodeInvalidParameter},
	} {
		b := Budget{Name: "b", Workgroup: "w", Limit: 1}
		c.change(&b)
		if err := b.Validate(); !fault.Is(err, c.code) {
			t.Errorf("%s: %v, want %s", c.name, err, c.code)
		}
	}
}

func TestWindows(t *testing.T) {
	for _, c := range []struct{ period, zone, at, start, end string }{
		{Hour, "UTC", "2026-11-21T12:59:59Z", "2026-11-21T12:00:00Z", "2026-11-21T13:00:00Z"},
		{Hour, "Asia/Kolkata", "2026-11-21T12:59:59Z", "2026-11-21T12:30:00Z", "2026-11-21T13:30:00Z"},
		// Berlin's 02:00 to 03:00 comes twice on 2026-10-25 and not at all on 2026-03-29.
		{Hour, "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"},
		{Hour, "Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"},
		// Lord Howe sets its clock back by half an hour, from 02:00 to 01:30.
		{Hour, "Australia/Lord_Howe", "2026-04-04T15:10:00Z", "2026-04-04T15:00:00Z", "2026-04-04T15:30:00Z"},
		{Day, "UTC", "2026-11-21T00:00:00Z", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z"},
		{Day, "Europe/Berlin", "2026-03-29T10:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"},       // 23 hours
		{Day, "Europe/Berlin", "2026-10-25T10:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"},       // 25 hours
		{Day, "America/Sao_Paulo", "2018-11-04T12:00:00Z", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"},   // no midnight
		{Day, "America/Sao_Paulo", "2018-11-04T02:59:59Z", "2018-11-03T03:00:00Z", "2018-11-04T03:00:00Z"},   //
		{Day, "America/St_Johns", "2006-10-29T03:00:00Z", "2006-10-29T02:30:00Z", "2006-10-30T03:30:00Z"},    // set back at 00:01
		{Week, "UTC", "2026-11-22T23:59:59Z", "2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z"},                // a Sunday
		{Week, "UTC", "2026-11-23T00:00:00Z", "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z"},                // a Monday
		{Month, "UTC", "2026-12-31T23:59:59Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"},               //
		{Month, "Pacific/Auckland", "2026-11-30T11:00:00Z", "2026-11-30T11:00:00Z", "2026-12-31T11:00:00Z"},  //
		{Month, "Europe/Berlin", "2026-10-31T22:59:59.999Z", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z"}, //
		{Day, "Pacific/Apia", "2011-12-30T09:00:00Z", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z"},        // the day after was left out
		{Day, "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"},        //
		{Day, "Africa/Cairo", "2026-04-24T10:00:00Z", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"},        // no midnight
	} {
		at, err := time.Parse(time.RFC3339Nano, c.at)
		if err != nil {
			t.Fatal(err)
		}
		b := Budget{Period: c.period, TimeZone: c.zone}
		start, end := b.Window(at)
		if s, e := start.UTC().Format(time.RFC3339), end.UTC().Format(time.RFC3339); s != c.start || e != c.end {
			t.Errorf("%s of %s in %s: %s to %s, want %s to %s", c.period, c.at, c.zone, s, e, c.start, c.end)
		}
	}
}

// TestWindowsCoverTime walks through two years of difficult zones: every moment
// is in its own window, and the next window begins where one ends.
func TestWindowsCoverTime(t *testing.T) {
	for _, zone := range []string{"UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Cairo", "Asia/Tehran"} {
		for _, period := range []string{Hour, Day, Week, Month} {
			b := Budget{Period: period, TimeZone: zone}
			start, end := b.Window(time.Date(2005, 12, 25, 0, 7, 0, 0, time.UTC))
			for end.Year() < 2008 {
				next, after := b.Window(end)
				if !next.Equal(end) || !after.After(end) {
					t.Fatalf("%s in %s: after %s to %s comes %s to %s", period, zone, start, end, next, after)
				}
				for _, at := range []time.Time{end.Add(-1), start.Add(end.Sub(start) / 2)} {
					if s, e := b.Window(at); !s.Equal(start) || !e.Equal(end) {
						t.Fatalf("%s in %s: %s is in %s to %s, want %s to %s", period, zone, at, s, e, start, end)
					}
				}
				start, end = next, after
			}
		}
	}
}
