package fn

// families are the groups of functions, in the order of the documentation.
var families = []struct {
	name    string
	entries func() []*Entry
}{
	{"Arithmetic operators", arithEntries},
	{"Comparison", compareEntries},
	{"Strings", stringEntries},
	{"Regular expressions", regexpEntries},
	{"Dates and times", timeEntries},
	{"Arrays", arrayEntries},
	{"Maps", func() []*Entry { return concatAll(mapEntries(), mapMulti()) }},
	{"JSON", jsonEntries},
	{"Lambdas", higherEntries},
	{"Mathematics", mathEntries},
	{"Hashes, encodings and others", miscEntries},
	{"Sketches", sketchEntries},
	{"Geospatial", geoEntries},
	{"H3 cells", h3Entries},
	{"Addresses and colours", func() []*Entry { return concatAll(ipEntries(), colorEntries()) }},
	{"Session and catalog", pgEntries},
	{"Administration", systemEntries},
	{"Sequences of temporary tables", sequenceEntries},
	{"Aggregates", aggEntries},
	{"Window functions", windowEntries},
	{"Table functions", tableEntries},
}
