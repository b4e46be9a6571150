package parquet

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/convert"
	"github.com/glauxdb/glaux/formats/formattest"
)

// testingKeys are the keys of parquet-testing's files, of n bytes.
func testingKeys(n int) map[string][]byte {
	digits := func(from, last int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = '0' + byte((from+i)%10)
		}
		b[n-1] = '0' + byte(last)
		return b
	}
	keys := map[string][]byte{"kf": digits(0, (n-1)%10)}
	for i := range 8 {
		last := i
		if n == 32 {
			last = i + 2
		}
		keys[fmt.Sprint("kc", i+1)] = digits(1, last)
	}
	return keys
}

// sealedRow gives row i of the files that Arrow's and parquet-mr's tests write
// (FileEncryptor in Arrow's test_encryption_util.cc has the rule).
func sealedRow(i int) []any {
	num := func(n int64) any { return json.Number(fmt.Sprint(n)) }
	float := func(f float64) any { return json.Number(strconv.FormatFloat(f, 'g', -1, 64)) }
	day := int64(i+2-convert.JulianEpoch) * 86_400_000_000
	out := []any{i%2 == 0, num(int64(i) * 1000), []any{num(int64(2*i) * 1e12), num(int64(2*i+1) * 1e12)},
		num(day + (int64(i)+int64(i+1)<<32)/1000), float(float64(float32(i) * 1.1)), float(float64(i) * 1.1111111), nil, strings.Repeat(fmt.Sprintf("%02x", i), 10)}
	if i%2 == 0 {
		out[6] = hex.EncodeToString(fmt.Appendf(nil, "parquet%03d", i))
	}
	return out
}

// sealedFiles gives parquet-testing's encrypted files with the length of their
// keys, but for the one whose keys a key service has wrapped.
func sealedFiles(t *testing.T) map[string]int {
	out := map[string]int{}
	for dir, n := range map[string]int{"data": 16, "data/aes256": 32} {
		files, err := filepath.Glob(filepath.Join(testingDir, dir, "*.encrypted"))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range files {
			if filepath.Base(p) != "external_key_material_java.parquet.encrypted" {
				out[p] = n
			}
		}
	}
	if len(out) != 12 {
		t.Fatalf("%d encrypted files", len(out))
	}
	return out
}

func openSealed(t *testing.T, path string, keys map[string][]byte) (formats.File, *memStore, error) {
	m := &memStore{data: mustRead(t, path)}
	opt := formats.Options{Properties: map[string]string{}}
	if strings.Contains(path, "disable_aad_storage") {
		opt.Properties[propertyAAD] = "tester"
	}
	f, err := Format{Keys: keys}.Open(t.Context(), m, m.info(), opt)
	return f, m, err
}

// TestConformanceEncrypted reads every encrypted file of parquet-testing with its keys.
func TestConformanceEncrypted(t *testing.T) {
	good := 0
	files := sealedFiles(t)
	for path, n := range files {
		f, _, err := openSealed(t, path, testingKeys(n))
		if err != nil {
			t.Error(path, err)
			continue
		}
		rows, err := scanRows(f, formats.ScanRequest{Columns: formattest.All(f)})
		if err != nil {
			t.Error(path, err)
			continue
		}
		var want [][]any
		if strings.Contains(path, "bloom_filter") {
			for i := range 2000 {
				want = append(want, []any{json.Number(fmt.Sprint(float64(i) + 0.5)), json.Number(fmt.Sprint(float64(i) + 0.25)), json.Number(fmt.Sprint(i)), fmt.Sprint("name_", i)})
			}
		} else {
			for i := range 50 {
				want = append(want, sealedRow(i))
			}
		}
		if d := cmp.Diff(want, renderRows(rows), sameNumber); d != "" {
			t.Errorf("%s (-want +got):\n%.1000s", path, d)
			continue
		}
		good++
	}
	formattest.Score{Format: "parquet", Files: "apache/parquet-testing: encrypted files", Right: good, All: len(files), As: "the rows that its writers document",
		Left: "external_key_material_java, whose keys are in a key service"}.Report(t)
}

// TestEncryptedLocked: without a key the answer names it; what needs no unknown
// key is read.
func TestEncryptedLocked(t *testing.T) {
	all := testingKeys(16)
	path := func(name string) string { return testingDir + "/data/" + name + ".parquet.encrypted" }
	for _, c := range []struct {
		file string
		keys map[string][]byte
		want string
	}{
		{"uniform_encryption", nil, `the Parquet file is encrypted with key "kf", which is not configured`},
		{"uniform_encryption", map[string][]byte{"kf": all["kc1"]}, `does not open with key "kf"`},
		{"uniform_encryption", map[string][]byte{"kf": all["kf"][:5]}, "has 5 bytes"},
		{"encrypt_columns_plaintext_footer", map[string][]byte{"kf": all["kc1"]}, `signature`},
		{"encrypt_columns_and_footer", map[string][]byte{"kf": all["kf"]}, `the Parquet column is encrypted with key "kc1", which is not configured`},
		{"encrypt_columns_and_footer", map[string][]byte{"kf": all["kf"], "kc1": all["kc2"]}, "does not open"},
		{"encrypt_columns_plaintext_footer", nil, `key "kc1"`},
		{"external_key_material_java", all, "a key that a key service has wrapped"},
	} {
		f, _, err := openSealed(t, path(c.file), c.keys)
		if err == nil {
			_, err = scanRows(f, formats.ScanRequest{Columns: formattest.All(f)[5:6]})
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.file, err, c.want)
		}
	}
	for _, c := range []struct {
		file string
		keys map[string][]byte
	}{{"encrypt_columns_and_footer", map[string][]byte{"kf": all["kf"]}}, {"encrypt_columns_plaintext_footer", nil}} {
		f, _, err := openSealed(t, path(c.file), c.keys)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := scanRows(f, formats.ScanRequest{Columns: formattest.All(f)[:4]})
		if err != nil || len(rows) != 50 {
			t.Errorf("%s: %d rows of the other columns, %v", c.file, len(rows), err)
		}
	}
}

// TestEncryptedDamaged flips bytes: of what GCM seals each is found.
func TestEncryptedDamaged(t *testing.T) {
	for path, n := range sealedFiles(t) {
		if !strings.HasSuffix(path, "data/encrypt_columns_and_footer.parquet.encrypted") && !strings.Contains(path, "plaintext_footer") {
			continue
		}
		f, m, err := openSealed(t, path, testingKeys(n))
		if err != nil {
			t.Fatal(err)
		}
		data := m.data
		for at := range f.(*File).meta.groups[0].chunks {
			ch := &f.(*File).meta.groups[0].chunks[at]
			if ch.open == nil {
				continue
			}
			for k := int64(0); k < ch.compressed; k += 1 + ch.compressed/40 {
				m.data = bytes.Clone(data)
				m.data[ch.span().Off+k] ^= 0x10
				_, err := scanRows(f, formats.ScanRequest{Columns: formattest.All(f)[at : at+1]})
				if err == nil {
					t.Fatalf("%s: byte %d of column %d is flipped, and nobody notices", path, k, at)
				}
				checkFault(t, err)
			}
		}
		for k := 1; k < 200 && k < len(data)-8; k++ {
			if strings.Contains(path, "plaintext_footer") && k > nonceLen+tagLen {
				break // damage before may hide that there is a signature
			}
			bad := bytes.Clone(data)
			bad[len(bad)-8-k] ^= 0x10
			b := &memStore{data: bad}
			if _, err := (Format{Keys: testingKeys(n)}).Open(t.Context(), b, b.info(), formats.Options{}); err == nil {
				t.Fatalf("%s: byte %d before the end of the footer is flipped, and nobody notices", path, k)
			}
		}
	}
}
