package describe

import (
	"archive/zip"
	"bytes"
	"encoding/hex"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/codec"
)

// packed are streams that hold "1\n", of codecs that are not written here: what
// bzip2, xz and lzop make of it.
var packed = map[codec.Codec]string{
	codec.Bzip2: "425a6839314159265359322921bd000000c800001020002000210082b177245385090322921bd0",
	codec.XZ:    "fd377a585a000004e6d6b4460200210116000000742fe5a3010001310a000000e54fb92b3f09107500011a02dc2ea57e1fb6f37d010000000004595a",
	codec.LZO:   "894c5a4f000d0a1a0a103020a00940010500000001000081a400000000000000000028f402760000000200000002006e003c310a00000000",
}

// extensions are those that some writer gives to compressed files.
var extensions = strings.Fields(".gz .gzip .bz2 .bzip2 .zst .zstd .snappy .sz .hsnappy .lz4 .br .deflate .zlib .zz .zip .xz .lzo .lzop .lzo_deflate .Z .7z")

// stream gives "1\n" compressed; false if it cannot be had, as with codecs of
// blocks.
func stream(c codec.Codec) ([]byte, bool, error) {
	if text, ok := packed[c]; ok {
		b, err := hex.DecodeString(text)
		return b, true, err
	}
	var b bytes.Buffer
	if c == codec.Zip {
		z := zip.NewWriter(&b)
		w, err := z.Create("a.csv")
		if err == nil {
			_, err = w.Write([]byte("1\n"))
		}
		if err == nil {
			err = z.Close()
		}
		return b.Bytes(), true, err
	}
	w, err := codec.NewWriter(c, &b)
	if err != nil {
		return nil, false, nil // a block codec, or one that is not written
	}
	if _, err := w.Write([]byte("1\n")); err != nil {
		return nil, false, err
	}
	err = w.Close()
	return b.Bytes(), true, err
}

// csvOf is a file of one column of integers.
func csvOf(name string, data []byte) input {
	return input{format: "csv", name: name, data: data, opt: formats.Options{Schema: schemaOf("c", types.TInteger)}}
}

// compressionTable says how files of text may be compressed.
func compressionTable(p *prober) (string, error) {
	var b strings.Builder
	b.WriteString("| compression | names end in | found without such a name | read | several streams in a file | one file, several workers | csv and json written |\n")
	b.WriteString("|---|---|---|---|---|---|---|\n")
	for c := codec.Codec(1); c.String() != "unknown"; c++ {
		data, ok, err := stream(c)
		if err != nil {
			return "", err
		}
		if !ok || c == codec.Deflate { // of blocks only
			continue
		}
		var ext []string
		for _, x := range extensions {
			if codec.ByExtension("a"+x) == c {
				ext = append(ext, "`"+x+"`")
			}
		}
		in := csvOf("a.csv", data)
		in.opt.Codec = c.String()
		_, rows, err := p.read(in)
		read := yes(rows == 1)
		if err != nil {
			f, err := refusal(err)
			if err != nil {
				return "", err
			}
			read = string(f.Code)
		}
		written := "-"
		for _, name := range writtenWith("csv") {
			if name == c.String() {
				written = "yes"
			}
		}
		divided, err := p.divided(c)
		if err != nil {
			return "", err
		}
		cells := []string{c.String(), orNo(ext), p.undeclared(data), read, yes(p.several(in)), divided, written}
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	return b.String(), nil
}

// undeclared says what finds the compression of a file whose name does not tell
// it: its content, where the table says nothing or that it is compressed.
func (p *prober) undeclared(data []byte) string {
	in := csvOf("a.csv", data)
	if _, rows, err := p.read(in); err == nil && rows == 1 || fault.Is(err, fault.CodeFeatureNotSupported) {
		return "yes"
	}
	in.opt.Codec = "gzip" // a codec whose streams begin with a mark: the content is asked
	if _, rows, err := p.read(in); err == nil && rows == 1 || fault.Is(err, fault.CodeFeatureNotSupported) {
		return "if declared as compressed"
	}
	return "-"
}

// several says whether streams one behind the other are read as one.
func (p *prober) several(in input) bool {
	in.data = bytes.Repeat(in.data, 3)
	_, rows, err := p.read(in)
	return err == nil && rows == 3
}

// dividedFiles are files of blocks that can be found and decompressed alone, and
// what such files are called.
var dividedFiles = map[codec.Codec]struct{ file, words string }{
	codec.Gzip:  {"packers/bgzip.gz", "as bgzip writes it"},
	codec.Bzip2: {"packers/bzip2.bz2", "yes"},
	codec.Zstd:  {"packers/zstd_seekable.zst", "in the seekable format"},
	codec.XZ:    {"packers/xz_blocks.xz", "in several blocks"},
}

// divided says which files of a codec are cut into splits.
func (p *prober) divided(c codec.Codec) (string, error) {
	d, ok := dividedFiles[c]
	if !ok {
		return "-", nil
	}
	in, err := p.one("codec", d.file)
	if err != nil {
		return "", err
	}
	if codec.DivideHead(in.data) == nil && codec.DivideTail(c, in.data, int64(len(in.data))) == nil {
		return "-", nil
	}
	return d.words, nil
}
