package s3sim

import (
	"crypto/md5" //nolint:gosec // an ETag is no secret
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// answer is the answer to one request.
type answer struct {
	s   *Server
	b   *Behaviour
	w   http.ResponseWriter
	r   *http.Request
	rng *rand.Rand
}

// place takes a path apart: /bucket/key.
func (a *answer) place() (bucket, key string) {
	bucket, key, _ = strings.Cut(strings.TrimPrefix(a.r.URL.Path, "/"), "/")
	return bucket, key
}

func (a *answer) isList() bool {
	_, key := a.place()
	return a.r.Method == http.MethodGet && key == "" && a.r.URL.Query().Get("list-type") == "2"
}

func (a *answer) count() {
	switch {
	case a.isList():
		a.s.lists.Add(1)
	case a.r.Method == http.MethodGet:
		a.s.gets.Add(1)
	case a.r.Method == http.MethodHead:
		a.s.heads.Add(1)
	default:
		a.s.unknown.Add(1)
	}
}

func (a *answer) serve() {
	bucket, key := a.place()
	root, err := os.OpenRoot(filepath.Join(a.s.dir, filepath.Base("/"+bucket)))
	if err != nil || bucket == "" {
		a.s.missing.Add(1)
		a.refuse(http.StatusNotFound, "NoSuchBucket")
		return
	}
	defer root.Close()
	switch {
	case a.isList():
		a.list(root)
	case key != "" && (a.r.Method == http.MethodGet || a.r.Method == http.MethodHead):
		a.object(root, key)
	default:
		a.refuse(http.StatusNotImplemented, "NotImplemented")
	}
}

// refuse answers with one of S3's errors.
func (a *answer) refuse(status int, code string) {
	if status < 500 {
		a.s.bad.Add(1)
	}
	a.w.Header().Set("Content-Type", "application/xml")
	a.w.WriteHeader(status)
	if a.r.Method != http.MethodHead {
		fmt.Fprintf(a.w, "<Error><Code>%s</Code><Message>said the simulator</Message></Error>", code)
	}
}

// etag is a version of a file as S3 writes it: it changes with size and time.
func etag(fi fs.FileInfo) string {
	sum := md5.Sum(fmt.Appendf(nil, "%s %d %d", fi.Name(), fi.Size(), fi.ModTime().UnixNano())) //nolint:gosec // as above
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

func (a *answer) object(root *os.Root, key string) {
	f, err := root.Open(filepath.FromSlash(key))
	if err != nil {
		a.s.missing.Add(1)
		a.refuse(http.StatusNotFound, "NoSuchKey")
		return
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil || !fi.Mode().IsRegular() {
		a.s.missing.Add(1)
		a.refuse(http.StatusNotFound, "NoSuchKey")
		return
	}
	if want := a.r.Header.Get("If-Match"); want != "" && want != etag(fi) {
		a.s.changed.Add(1)
		a.refuse(http.StatusPreconditionFailed, "PreconditionFailed")
		return
	}
	off, n, part, ok := rangeOf(a.r.Header.Get("Range"), fi.Size())
	if !ok {
		a.refuse(http.StatusRequestedRangeNotSatisfiable, "InvalidRange")
		return
	}
	h := a.w.Header()
	h.Set("ETag", etag(fi))
	h.Set("Last-Modified", fi.ModTime().UTC().Format(http.TimeFormat))
	h.Set("Accept-Ranges", "bytes")
	h.Set("Content-Type", "binary/octet-stream")
	h.Set("Content-Length", strconv.FormatInt(n, 10))
	if part {
		h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", off, off+n-1, fi.Size()))
		a.w.WriteHeader(http.StatusPartialContent)
	}
	if a.r.Method == http.MethodGet {
		a.body(f, off, n)
	}
}

// rangeOf reads "bytes=first-last" (RFC 9110, section 14.1.2); no header is all of
// the object.
func rangeOf(h string, size int64) (off, n int64, part, ok bool) {
	if h == "" {
		return 0, size, false, true
	}
	first, last, _ := strings.Cut(strings.TrimPrefix(h, "bytes="), "-")
	from, err := strconv.ParseInt(first, 10, 64)
	if err != nil || from >= size {
		return 0, 0, true, false
	}
	to, err := strconv.ParseInt(last, 10, 64)
	if err != nil || to >= size {
		to = size - 1
	}
	return from, to - from + 1, true, to >= from
}

// bodyStep is how much of a body is sent between two looks at the clock.
const bodyStep = 128 << 10

// body sends n bytes at the pace of the connection and of the link, as far as the
// behaviour lets it come.
func (a *answer) body(f *os.File, off, n int64) {
	end, stall := a.breaks(n)
	if _, err := f.Seek(off, io.SeekStart); err != nil {
		panic(http.ErrAbortHandler)
	}
	begin := time.Now()
	for sent := int64(0); sent < end; {
		step := min(bodyStep, end-sent)
		if !a.pace(begin, sent+step, step) {
			return
		}
		m, err := io.CopyN(a.w, f, step)
		a.s.bytes.Add(m)
		if sent += m; err != nil {
			panic(http.ErrAbortHandler) // the client has gone, or the file was cut
		}
	}
	if end == n {
		return
	}
	_ = http.NewResponseController(a.w).Flush()
	if stall {
		a.s.stalls.Add(1)
		select {
		case <-a.r.Context().Done():
		case <-a.s.quit:
		}
	} else {
		a.s.resets.Add(1)
	}
	panic(http.ErrAbortHandler)
}

// breaks says after how many of n bytes a body ends, and whether it then stalls.
func (a *answer) breaks(n int64) (end int64, stall bool) {
	x, at := a.rng.Float64(), a.rng.Int64N(max(n, 1))
	switch {
	case x < a.b.Stall:
		return at, true
	case x < a.b.Stall+a.b.Reset:
		return at, false
	}
	return n, false
}

// pace waits until step more bytes, sent in all, may be through.
func (a *answer) pace(begin time.Time, sent, step int64) bool {
	due := begin
	if r := a.b.PerConnection; r > 0 {
		due = begin.Add(time.Duration(float64(sent) / float64(r) * float64(time.Second)))
	}
	if r := a.b.Link; r > 0 {
		if t := a.s.link.take(step, r); t.After(due) {
			due = t
		}
	}
	d := time.Until(due)
	return d <= 0 || a.s.wait(a.r, d)
}

// listPage is the most keys of one answer.
const listPage = 1000

type listResult struct {
	XMLName               xml.Name     `xml:"ListBucketResult"`
	IsTruncated           bool         `xml:"IsTruncated"`
	KeyCount              int          `xml:"KeyCount"`
	NextContinuationToken string       `xml:"NextContinuationToken,omitempty"`
	Contents              []listObject `xml:"Contents"`
	CommonPrefixes        []listPrefix `xml:"CommonPrefixes"`
}

type listObject struct {
	Key          string `xml:"Key"`
	LastModified string `xml:"LastModified"`
	ETag         string `xml:"ETag"`
	Size         int64  `xml:"Size"`
}

type listPrefix struct {
	Prefix string `xml:"Prefix"`
}

// list answers ListObjectsV2. A continuation token is the last key or prefix that
// was given.
func (a *answer) list(root *os.Root) {
	q := a.r.URL.Query()
	l := lister{root: root, prefix: q.Get("prefix"), delimiter: q.Get("delimiter"), after: q.Get("continuation-token")}
	l.dir(folderOf(l.prefix))
	a.w.Header().Set("Content-Type", "application/xml")
	l.out.KeyCount = len(l.out.Contents) + len(l.out.CommonPrefixes)
	text, err := xml.Marshal(&l.out)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	_, _ = a.w.Write(text) // a client that has gone needs no answer
}

func folderOf(prefix string) string { return prefix[:strings.LastIndexByte(prefix, '/')+1] }

type lister struct {
	root                     *os.Root
	prefix, delimiter, after string
	out                      listResult
	last                     string
}

// dir adds what is below a folder (with a slash at its end, or "") in the order of
// the keys; false: the page is full.
func (l *lister) dir(folder string) bool {
	for _, e := range l.entries(folder) {
		key := folder + e.name
		switch {
		case !strings.HasPrefix(key, l.prefix) && !strings.HasPrefix(l.prefix, key):
			continue
		case e.fi.IsDir() && l.delimiter == "/" && strings.HasPrefix(key, l.prefix) && key != l.prefix:
			if key <= l.after {
				continue
			}
			if !l.room(key) {
				return false
			}
			l.out.CommonPrefixes = append(l.out.CommonPrefixes, listPrefix{key})
		case e.fi.IsDir():
			if l.after > key && !strings.HasPrefix(l.after, key) {
				continue
			}
			if !l.dir(key) {
				return false
			}
		case key > l.after && strings.HasPrefix(key, l.prefix):
			if !l.room(key) {
				return false
			}
			l.out.Contents = append(l.out.Contents, listObject{Key: key, LastModified: e.fi.ModTime().UTC().Format(time.RFC3339), ETag: etag(e.fi), Size: e.fi.Size()})
		}
	}
	return true
}

// room notes that key comes next, or that the page is full.
func (l *lister) room(key string) bool {
	if len(l.out.Contents)+len(l.out.CommonPrefixes) >= listPage {
		l.out.IsTruncated, l.out.NextContinuationToken = true, l.last
		return false
	}
	l.last = key
	return true
}

type listEntry struct {
	name string // with a slash at its end for a folder, as keys are ordered
	fi   fs.FileInfo
}

func (l *lister) entries(folder string) []listEntry {
	des, err := fs.ReadDir(l.root.FS(), filepath.ToSlash(filepath.Clean("./"+folder)))
	if err != nil {
		return nil // no folder, no objects
	}
	out := make([]listEntry, 0, len(des))
	for _, de := range des {
		fi, err := de.Info()
		if err != nil {
			continue // removed since
		}
		name := de.Name()
		if fi.IsDir() {
			name += "/"
		}
		out = append(out, listEntry{name, fi})
	}
	sortEntries(out)
	return out
}

func sortEntries(es []listEntry) {
	slices.SortFunc(es, func(a, b listEntry) int { return strings.Compare(a.name, b.name) })
}
