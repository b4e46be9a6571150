package fn

import "github.com/glauxdb/glaux/exec/kernel"

func systemEntries() []*Entry {
	return []*Entry{
		{Names: []string{"current_database"}, Doc: "The database of the connection.", Examples: []Example{{SQL: "current_database()", Result: ""}},
			overs: []overload{{sig: "current_database() name", scalar: sessionText(func(c *kernel.EvalCtx) (string, bool) { return c.Session.Database, true })}}},
	}
}
