package csv

import (
	"strings"
	"testing"
)

// TestHeaders is a labelled table: files as people write them, and whether
// their first record is a header. Each must be decided with some room.
func TestHeaders(t *testing.T) {
	tests := []struct {
		name   string
		header bool
		data   string
	}{
		{"people", true, "name,city\nAnna,Berlin\nBob,Paris\nCleo,Rome\n"},
		{"people, lower case", true, "first_name,city\nanna,berlin\nbob,paris\n"},
		{"people without header", false, "anna,berlin\nbob,paris\ncleo,rome\n"},
		{"people without header, capitals", false, "Anna,Berlin\nBob,Paris\nCleo,Rome\n"},
		{"german", true, "vorname;ort\nAnna;Berlin\nBob;Hamburg\nCleo;Köln\n"},
		{"title case over title case", true, "Country,Capital City\nFrance,Paris\nItaly,Rome\nSpain,Madrid\n"},
		{"upper case over words", true, "PRODUCT,COLOUR\nShirt,red\nShoe,black\nHat,red\n"},
		{"categories", true, "fruit,ripeness\napple,green\npear,ripe\napple,ripe\npear,green\napple,green\n"},
		{"categories without header", false, "apple,green\npear,ripe\napple,ripe\npear,green\napple,green\n"},
		{"contacts", true, "who,email,phone\nAnna,anna@example.org,+49-30-1234\nBob,bob@example.org,+33-1-555\n"},
		{"contacts without header", false, "Anna,anna@example.org,+49-30-1234\nBob,bob@example.org,+33-1-555\n"},
		{"identifiers", true, "uuid,label\n0b8f2a8e-33f1-4a3c-9d9f-0a1b2c3d4e5f,alpha\n1c8f2a8e-33f1-4a3c-9d9f-0a1b2c3d4e5f,beta\n2d8f2a8e-33f1-4a3c-9d9f-0a1b2c3d4e5f,gamma\n"},
		{"identifiers without header", false, "0b8f2a8e-33f1-4a3c-9d9f-0a1b2c3d4e5f,alpha\n1c8f2a8e-33f1-4a3c-9d9f-0a1b2c3d4e5f,beta\n2d8f2a8e-33f1-4a3c-9d9f-0a1b2c3d4e5f,gamma\n"},
		{"codes", true, "country_code,currency_code\nDE,EUR\nFR,EUR\nUS,USD\n"},
		{"codes without header", false, "DE,EUR\nFR,EUR\nUS,USD\nGB,GBP\n"},
		{"airports without header", false, "TXL,Berlin Tegel,Germany\nCDG,Paris Charles de Gaulle,France\nFCO,Rome Fiumicino,Italy\n"},
		{"log levels without header", false, "error,disk full\ninfo,started\nerror,crash\ninfo,stopped\n"},
		{"log with header", true, "level,message\nERROR,Disk is full\nINFO,Service has started\nERROR,Service has crashed\n"},
		{"camel case", true, "orderStatus|customerName\nshipped|Ann Lee\npending|Bob Ray\nshipped|Cy Fox\n"},
		{"quoted", true, "\"Name\",\"Address\"\n\"Ann\",\"1 High St, London\"\n\"Bob\",\"2 Low Rd, Leeds\"\n"},
		{"quoted without header", false, "\"Ann\",\"1 High St, London\"\n\"Bob\",\"2 Low Rd, Leeds\"\n\"Cy\",\"3 Mid Ln, York\"\n"},
		{"numbers below", true, "id,qty\n1,5\n2,6\n"},
		{"unknown words over numbers", true, "foo,bar\n1,5\n2,6\n"},
		{"numbers only", false, "1,5\n2,6\n"},
		{"one typed column of many", true, "aa,bb,cc,dd,ee,ff\nx,y,z,u,v,1\nx,y,z,u,v,2\n"},
		{"missing value in the first row", false, "n/a,x\n3,y\n4,z\n"},
		{"repeated name", true, "id,ID,name,name\n1,2,a,b\n3,4,c,d\n"},
		{"repeated text", false, "Anna,Anna\nBob,Paris\nCleo,Rome\n"},
		{"name that occurs below", false, "name,city\nAnna,Berlin\nname,Paris\n"},
		{"empty name in the middle", false, "a,,c\n1,2,3\n"},
		{"empty last name", true, "a,b,\n1,2,\n3,4,\n"},
		{"years across", true, "Country Name,Country Code,2019,2020,2021\nFrance,FRA,1,2,3\nItaly,ITA,4,5,6\n"},
		{"numbers that are no years", false, "France,FRA,3019,20,2021\nItaly,ITA,4,5,6\n"},
		{"header alone", true, "customer_id,first_name,email\n"},
		{"values alone", false, "hello,world\n"},
		{"sentences without header", false, "The quick brown fox jumps.,yes\nIt did not see the dog.,no\nNobody knows why this is.,no\n"},
		{"question and answer", true, "question,answer\nHow many legs has a spider in total?,eight of them\nWhat is the largest ocean on this planet?,the Pacific\n"},
		{"urls without header", false, "https://a.example/x,anchor\nhttps://b.example/y,banner\n"},
		{"urls", true, "url,anchor\nhttps://a.example/x,first\nhttps://b.example/y,second\n"},
		{"postcodes", true, "zip,town\n01234,Anna\n99999,Bobtown\n00501,Cleoville\n"},
		{"change data without header", false, "I,Anna,Berlin\nU,Bob,Paris\nD,Cleo,Rome\nI,Dan,Oslo\n"},
		{"with units", true, "Sensor,Temp (C),Time (s)\na1,20.5,1\na2,21.5,2\n"},
		{"tabs", true, "gene\tspecies\tfunction\nBRCA1\tHomo sapiens\trepair\nTP53\tHomo sapiens\tcycle\n"},
	}
	wrong := 0
	for _, tt := range tests {
		g, _ := Format{}.guess([]byte(tt.data), true)
		v := g.scoreHeader()
		if v.found != tt.header || v.score < 0 || v.score > 1 {
			wrong++
			t.Errorf("%s: %s, want header %v", tt.name, v.note, tt.header)
		}
		if v.score > 0.45 && v.score < 0.55 {
			t.Logf("%s: decided by little: %s", tt.name, v.note)
		}
		if want := "score "; !strings.Contains(v.note, want) {
			t.Errorf("%s: note %q", tt.name, v.note)
		}
	}
	t.Logf("%d of %d headers right", len(tests)-wrong, len(tests))
}
