package main

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"sort"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// bucket holds all that the server has.
const bucket = "lake"

// tree is a part of the bucket: folders in order, each with the same files.
type tree struct {
	folders []string // with a slash at the end, ascending
	files   []string // names, ascending
	body    string   // of every file
}

func (t *tree) len() int         { return len(t.folders) * len(t.files) }
func (t *tree) key(i int) string { return t.folders[i/len(t.files)] + t.files[i%len(t.files)] }

// objectServer answers S3's requests about objects that nobody stored.
type objectServer struct {
	trees    []*tree // in the order of their keys
	latency  time.Duration
	requests atomic.Int64
}

const pageSize = 1000

// The tables that are crawled lie below crawled/, the partitions that plans are
// made over below many/.
const (
	crawledPrefix = "crawled/"
	manyPrefix    = "many/"
	regionsPerDay = 100
)

func newServer(c *cli) *objectServer {
	crawled := &tree{body: "id,price,city\n1,2.5,Rome\n2,3.5,Oslo\n"}
	for f := range c.Files {
		crawled.files = append(crawled.files, fmt.Sprintf("part-%05d.csv", f))
	}
	for t := range c.Tables {
		for p := range c.Folders {
			crawled.folders = append(crawled.folders, fmt.Sprintf("%st%02d/dt=%s/", crawledPrefix, t, day(p)))
		}
	}
	many := &tree{body: `{"x": 1}` + "\n", files: []string{"data.json"}}
	for p := range c.Partitions {
		many.folders = append(many.folders, fmt.Sprintf("%sdt=%s/region=r%02d/", manyPrefix, day(p/regionsPerDay), p%regionsPerDay))
	}
	return &objectServer{trees: []*tree{crawled, many}, latency: c.Latency}
}

// day gives the n-th day from 1990 on.
func day(n int) string {
	return time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n).Format(time.DateOnly)
}

// ServeHTTP answers ListObjectsV2, GetObject and HeadObject by path.
func (s *objectServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.requests.Add(1)
	time.Sleep(s.latency)
	name, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case name != bucket:
		http.Error(w, "<Error><Code>NoSuchBucket</Code></Error>", http.StatusNotFound)
	case key == "" && r.URL.Query().Has("list-type"):
		s.list(w, r)
	case key == "":
		w.WriteHeader(http.StatusOK)
	default:
		s.object(w, r, key)
	}
}

type listing struct {
	XMLName               xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListBucketResult"`
	Name                  string
	Prefix                string
	Delimiter             string `xml:",omitempty"`
	MaxKeys               int
	KeyCount              int
	IsTruncated           bool
	NextContinuationToken string    `xml:",omitempty"`
	Contents              []content `xml:",omitempty"`
	CommonPrefixes        []common  `xml:",omitempty"`
}

type content struct {
	Key          string
	LastModified string
	ETag         string
	Size         int
	StorageClass string
}

type common struct{ Prefix string }

// list gives one page. A token is the last key or prefix of the page before it.
func (s *objectServer) list(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	out := listing{Name: bucket, Prefix: q.Get("prefix"), Delimiter: q.Get("delimiter"), MaxKeys: pageSize}
	if n, err := strconv.Atoi(q.Get("max-keys")); err == nil && n > 0 {
		out.MaxKeys = min(n, pageSize)
	}
	after := max(q.Get("continuation-token"), q.Get("start-after"))
	for _, t := range s.trees {
		t.list(&out, after)
	}
	out.KeyCount = len(out.Contents) + len(out.CommonPrefixes)
	w.Header().Set("Content-Type", "application/xml")
	_, _ = w.Write([]byte(xml.Header)) // the client's end of the line is the client's affair
	_ = xml.NewEncoder(w).Encode(out)
}

// list adds a tree's keys to a page until that is full.
func (t *tree) list(out *listing, after string) {
	from := max(out.Prefix, after)
	i := sort.Search(t.len(), func(i int) bool { return t.key(i) >= from })
	for ; i < t.len(); i++ {
		key := t.key(i)
		if !strings.HasPrefix(key, out.Prefix) {
			return
		}
		if key == after || after != "" && strings.HasSuffix(after, "/") && strings.HasPrefix(key, after) && out.Delimiter != "" && after != out.Prefix {
			i = t.behind(i, after) - 1
			continue
		}
		if len(out.Contents)+len(out.CommonPrefixes) == out.MaxKeys {
			out.IsTruncated = true
			return
		}
		if at := strings.Index(key[len(out.Prefix):], out.Delimiter); out.Delimiter != "" && at >= 0 {
			folder := key[:len(out.Prefix)+at+1]
			out.CommonPrefixes = append(out.CommonPrefixes, common{folder})
			out.NextContinuationToken = folder
			i = t.behind(i, folder) - 1
			continue
		}
		out.Contents = append(out.Contents, content{Key: key, LastModified: "2024-01-01T00:00:00.000Z", ETag: t.etag(i), Size: len(t.body), StorageClass: "STANDARD"})
		out.NextContinuationToken = key
	}
}

// behind gives the first key from i on that is past a folder or key.
func (t *tree) behind(i int, name string) int {
	if !strings.HasSuffix(name, "/") {
		return i + 1
	}
	return i + sort.Search(t.len()-i, func(n int) bool { k := t.key(i + n); return k > name && !strings.HasPrefix(k, name) })
}

func (t *tree) etag(i int) string {
	return fmt.Sprintf(`"%016x%016x"`, uint64(i)*0x9E3779B97F4A7C15, uint64(i)*0xD6E8FEB86659FD93)
}

func (s *objectServer) object(w http.ResponseWriter, r *http.Request, key string) {
	for _, t := range s.trees {
		i := sort.Search(t.len(), func(i int) bool { return t.key(i) >= key })
		if i == t.len() || t.key(i) != key {
			continue
		}
		w.Header().Set("ETag", t.etag(i))
		http.ServeContent(w, r, key, time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), strings.NewReader(t.body))
		return
	}
	http.Error(w, "<Error><Code>NoSuchKey</Code></Error>", http.StatusNotFound)
}
