package describe

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/builtin"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/write"
)

// probe is a thing that a format may refuse: what is done, and the doing of it.
type probe struct {
	format, what string
	do           func(p *prober) error
}

// probes are what is refused, or was. What is done without an error is not
// in the table any more.
var probes = []probe{
	{"any", "a format that there is none of", func(*prober) error { _, err := builtin.Registry().Get("excel"); return err }},
	{"any", "a value that is not of its column's type", reading(csvOf("a.csv", []byte("x\n")))},
	{"parquet", "a file without its end", cut("parquet", "types_v2.parquet")},
	{"parquet", "an encrypted file whose keys are not configured", cutAt("parquet", "parquet-testing/data/uniform_encryption.parquet.encrypted", 1)},
	{"parquet", "pages compressed with LZO", parquetCodec(3)},
	{"parquet", "pages compressed with a codec that the format does not know", parquetCodec(40)},
	{"parquet", "a column declared as a type that its values are not", declaredAs("parquet", "types_v2.parquet", types.TUUID)},
	{"parquet", "writing a table without columns", writing("parquet", &types.Schema{})},
	{"orc", "a file without its end", cut("orc", "codec_uncompressed.orc")},
	{"orc", "streams compressed with a codec that the format does not know", orcCodec(9)},
	{"orc", "an encrypted column", cutAt("orc", "apache/encrypted_sample1.orc", 1)},
	{"orc", "a column declared as a type that its values are not", declaredAs("orc", "scalars_v2.orc", types.TUUID)},
	{"orc", "writing", writing("orc", schemaOf("c", types.TBigInt))},
	{"avro", "a file cut in the middle", cut("avro", "codec_null.avro")},
	{"avro", "blocks compressed with a codec that the format does not know", reading(avroFile("lzo", `"long"`))},
	{"avro", "a record that contains itself", reading(avroFile("null", `["null","r"]`))},
	{"avro", "a column declared as a type that its values are not", declaredAs("avro", "scalars.avro", types.TUUID)},
	{"avro", "writing", writing("avro", schemaOf("c", types.TBigInt))},
	{"arrow", "a file without its end", cut("arrow", "codec_none.arrow")},
	{"arrow", "a stream without its end", cut("arrow", "codec_stream.arrows")},
	{"arrow", "Feather's version 1", cutAt("arrow", "version1.feather", 1)},
	{"arrow", "decimals of more than 38 digits", cutAt("arrow", "integration/cpp-21.0.0/generated_decimal256.arrow_file", 1)},
	{"arrow", "intervals of less than a microsecond", cutAt("arrow", "integration/cpp-21.0.0/generated_interval_mdn.arrow_file", 1)},
	{"arrow", "a column declared as a type that its values are not", declaredAs("arrow", "scalars.arrow", types.TUUID)},
	{"csv", "a column of rows, where the field holds no JSON object", reading(declared("csv", nil, rowOf("a", types.TBigInt), "1\n"))},
	{"csv", "a column of intervals", reading(declared("csv", nil, types.TInterval, "1 day\n"))},
	{"csv", "a delimiter that ends lines", reading(declared("csv", map[string]string{"field.delim": "\n"}, types.TVarchar, "a\n"))},
	{"csv", "fewer widths than columns", reading(twoColumns("3"))},
	{"json", "a line that is no object", reading(declared("json", nil, types.TVarchar, "{\"c\": 1\n"))},
	{"xml", "a document in an encoding that there is none of", reading(declared("xml", map[string]string{"rowtag": "r"}, types.TVarchar,
		"<?xml version=\"1.0\" encoding=\"UTF-9\"?><rows><r><c>1</c></r></rows>"))},
	{"xml", "a document that ends too early", reading(declared("xml", map[string]string{"rowtag": "r"}, types.TVarchar, "<rows><r><c>1"))},
	{"ion", "paths of columns with a wildcard", reading(declared("ion", map[string]string{"ion.c.path_extractor": "(a *)"}, types.TVarchar, "{a:{b:1}}"))},
	{"ion", "text in UTF-16 or UTF-32", reading(declared("ion", nil, types.TVarchar, "\xff\xfe{\x00"))},
	{"ion", "a value that ends too early", reading(declared("ion", nil, types.TVarchar, "{c:"))},
	{"bson", "a document that ends too early", reading(declared("bson", nil, types.TVarchar, "\x20\x00\x00\x00\x02c\x00"))},
	{"grok", "a table without a pattern", reading(declared("grok", nil, types.TVarchar, "a\n"))},
	{"grok", "a pattern that looks ahead", reading(declared("grok", map[string]string{"input.format": "(?=x)%{WORD:c}"}, types.TVarchar, "a\n"))},
	{"grok", "a column of arrays, where the field holds no JSON array", reading(declared("grok", map[string]string{"input.format": "%{WORD:c}"},
		types.Type{Kind: types.Array, Fields: []types.Field{{Type: types.TBigInt}}}, "a\n"))},
	{"text", "an encoding that there is none of", reading(declared("csv", map[string]string{"serialization.encoding": "UTF-9"}, types.TVarchar, "a\n"))},
	{"text", "bytes that are no UTF-8, where nothing tells another encoding", reading(declared("csv", nil, types.TVarchar, "Gr\xf6\xdfe\n"))},
	{"text", "a character that its encoding does not have", reading(declared("csv", map[string]string{"serialization.encoding": "windows-1252"}, types.TVarchar, "a\x81\n"))},
	{"text", "a compression that there is none of", func(*prober) error { _, err := codec.Parse("rar"); return err }},
	{"text", "a damaged gzip stream", reading(csvOf("a.csv.gz", []byte("\x1f\x8b\x08not a stream")))},
	{"text", "a compressed file of a table whose compression_type is none", func(p *prober) error {
		in := csvOf("a.csv", []byte("\x1f\x8b\x08not a stream"))
		in.opt.Properties = map[string]string{"compression_type": "none"}
		_, _, err := p.read(in)
		return err
	}},
	{"text", "a tar archive", func(p *prober) error {
		data, err := tarred("a.csv", "1\n")
		if err == nil {
			_, _, err = p.read(csvOf("a.tar", data))
		}
		return err
	}},
	{"text", "an encrypted zip archive", reading(csvOf("a.zip", []byte("PK\x03\x04\x14\x00\x01\x00\x08\x00"+strings.Repeat("\x00", 16)+"\x01\x00\x00\x00a")))},
	{"text", "writing in another encoding than UTF-8", writingTo("serialization.encoding", "latin1")},
	{"text", "writing files with a footer", writingTo("skip.footer.line.count", "1")},
	{"text", "writing files with a header of several lines", writingTo("skip.header.line.count", "2")},
	{"text", "writing fields of fixed width", writingTo("fixedwidth", "3")},
	{"text", "writing with bzip2", func(*prober) error {
		return (&write.Spec{Format: "csv", Compression: "bzip2", Schema: schemaOf("c", types.TBigInt)}).Check()
	}},
}

// tarred is an archive of one file.
func tarred(name, text string) ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(text)), Format: tar.FormatUSTAR})
	if err == nil {
		_, err = w.Write([]byte(text))
	}
	if err == nil {
		err = w.Close()
	}
	return b.Bytes(), err
}

func reading(in input) func(*prober) error {
	return func(p *prober) error { _, _, err := p.read(in); return err }
}

func declared(format string, props map[string]string, t types.Type, text string) input {
	return input{format: format, name: "a." + format, data: []byte(text), opt: formats.Options{Schema: schemaOf("c", t), Properties: props}}
}

// writingTo writes to a table of csv files that has a property.
func writingTo(key, value string) func(*prober) error {
	return func(*prober) error {
		return (&write.Spec{Format: "csv", Schema: schemaOf("c", types.TBigInt), Properties: map[string]string{key: value}}).Check()
	}
}

func twoColumns(widths string) input {
	in := declared("csv", map[string]string{"fixedwidth": widths}, types.TVarchar, "abc\n")
	in.opt.Schema = &types.Schema{Fields: []types.Field{{Name: "a", Type: types.TVarchar}, {Name: "b", Type: types.TVarchar}}}
	return in
}

// one gives a file of testdata; that it is not there is no refusal.
func (p *prober) one(format, name string) (input, error) {
	files, err := p.testdata(format, name)
	if err == nil && len(files) != 1 {
		err = fmt.Errorf("formats/%s/testdata/%s is missing", format, name)
	}
	if err != nil {
		return input{}, err
	}
	return files[0], nil
}

// cut reads a file that ends after two thirds.
func cut(format, name string) func(*prober) error { return cutAt(format, name, 2./3) }

// cutAt reads a part of a file of testdata.
func cutAt(format, name string, part float64) func(*prober) error {
	return func(p *prober) error {
		in, err := p.one(format, name)
		if err == nil {
			in.data = in.data[:int(part*float64(len(in.data)))]
			_, _, err = p.read(in)
		}
		return err
	}
}

// declaredAs reads a file as a table that declares another type for its first
// column.
func declaredAs(format, name string, t types.Type) func(*prober) error {
	return func(p *prober) error {
		in, err := p.one(format, name)
		if err != nil {
			return err
		}
		f, err := p.open(in)
		if err != nil {
			return err
		}
		in.opt.Schema = schemaOf(f.Schema().Fields[0].Name, t)
		_, _, err = p.read(in)
		return err
	}
}

// parquetCodec reads a file whose pages claim to be compressed with a codec of
// this number (CompressionCodec in parquet.thrift).
func parquetCodec(number byte) func(*prober) error {
	return func(p *prober) error {
		var b bytes.Buffer
		spec := &write.Spec{Format: "parquet", Compression: "none", Schema: schemaOf("c", types.TBigInt)}
		if err := spec.Check(); err != nil {
			return err
		}
		if err := writeNullTo(&b, spec); err != nil {
			return err
		}
		// ColumnMetaData: path_in_schema, a list of one string, then codec, an i32.
		const path, uncompressed = "\x18\x01c\x15", "\x00"
		data := bytes.Replace(b.Bytes(), []byte(path+uncompressed), append([]byte(path), number<<1), 1)
		if bytes.Equal(data, b.Bytes()) {
			return errors.New("the footer has its codec somewhere else")
		}
		_, _, err := p.read(input{format: "parquet", name: "a.parquet", data: data})
		return err
	}
}

// orcCodec reads a file whose postscript names another compression
// (CompressionKind in orc_proto.proto).
func orcCodec(number byte) func(*prober) error {
	return func(p *prober) error {
		in, err := p.one("orc", "codec_uncompressed.orc")
		if err != nil {
			return err
		}
		tail := in.data[len(in.data)-27:]
		at := bytes.Index(tail, []byte{0x10, 0x00}) // field 2 of PostScript
		if at < 0 {
			return errors.New("the postscript has its compression somewhere else")
		}
		tail[at+1] = number
		_, _, err = p.read(in)
		return err
	}
}

// avroFile is a file without blocks: a record r with one field of a type.
func avroFile(codec, fieldType string) input {
	schema := `{"type":"record","name":"r","fields":[{"name":"c","type":` + fieldType + `}]}`
	data := "Obj\x01\x04" + avroString("avro.codec") + avroString(codec) + avroString("avro.schema") + avroString(schema) + "\x00" + strings.Repeat("s", 16)
	return input{format: "avro", name: "a.avro", data: []byte(data)}
}

// avroString is a string of less than 8 KiB with its zigzag length.
func avroString(s string) string {
	n := len(s) * 2
	if n < 0x80 {
		return string([]byte{byte(n)}) + s
	}
	return string([]byte{byte(n) | 0x80, byte(n >> 7)}) + s
}

func writing(format string, schema *types.Schema) func(*prober) error {
	return func(*prober) error {
		s := &write.Spec{Format: format, Schema: schema}
		if err := s.Check(); err != nil {
			return err
		}
		return writeNull(s)
	}
}

// refusedTable shows the errors.
func refusedTable(p *prober) (string, error) {
	var b strings.Builder
	b.WriteString("| format | what | SQLSTATE | message | hint |\n|---|---|---|---|---|\n")
	for _, x := range probes {
		err := x.do(p)
		if err == nil {
			continue
		}
		f, err := refusal(err)
		if err != nil {
			return "", fmt.Errorf("%s, %s: %w", x.format, x.what, err)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", x.format, x.what, f.Code, cell(f.Error()), cell(f.Hint))
	}
	return b.String(), nil
}

func cell(s string) string {
	if s == "" {
		return ""
	}
	s = strings.NewReplacer("|", `\|`, "\n", " ").Replace(fmt.Sprintf("%+q", s))
	return strings.NewReplacer(`\"`, `"`, `\\|`, `\|`).Replace(s[1 : len(s)-1])
}
