package peer

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"time"

	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/catalog/meta"
	glaux "github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/server"
)

// Serve is the Glaux side: it crawls the lake into a catalog, in memory if the
// configuration names no directory, and answers requests.
func Serve(ctx context.Context, lake string, c server.Config) error {
	if c.DataDir == "" {
		c.DataDir = meta.Memory
	}
	in, err := server.Open(ctx, c)
	if err != nil {
		return err
	}
	defer in.Close()
	if _, err := in.Crawl(ctx, crawler.At(lake, "bench")); err != nil {
		return err
	}
	s, err := in.Engine.NewSession(glaux.SessionOptions{User: "glaux", Database: "bench"})
	if err != nil {
		return err
	}
	defer s.Close()
	out := json.NewEncoder(os.Stdout)
	if err := out.Encode(Answer{Version: "Glaux " + server.Version}); err != nil {
		return err
	}
	lines := bufio.NewReader(os.Stdin)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		var r request
		if err := errors.Join(err, json.Unmarshal(line, &r)); err != nil {
			return err
		}
		a := answer(ctx, s, r)
		if err := out.Encode(a); err != nil {
			return err
		}
	}
}

// answer runs a statement within its limit.
func answer(ctx context.Context, s *glaux.Session, r request) Answer {
	if r.Limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, r.Limit)
		defer cancel()
	}
	a, err := runHere(ctx, s, r.SQL)
	if err != nil {
		a = Answer{Error: err.Error(), Stopped: ctx.Err() != nil}
	}
	return a
}

// runHere runs a statement in this process and keeps its rows as text.
func runHere(ctx context.Context, s *glaux.Session, sql string) (a Answer, err error) {
	begin := time.Now()
	p, err := s.Prepare(ctx, sql, nil)
	if err != nil {
		return a, err
	}
	r, err := s.Execute(ctx, p, nil)
	if err != nil {
		return a, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	text := s.TextOptions()
	var b vector.Batch
	for {
		err := r.Next(ctx, &b)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return a, err
		}
		for i := range b.Rows() {
			if b.Sel != nil {
				i = int(b.Sel[i])
			}
			row := make([]*string, len(b.Cols))
			for c, v := range b.Cols {
				if !v.IsNull(i) {
					t := string(text.AppendText(nil, v, i))
					row[c] = &t
				}
			}
			a.Rows = append(a.Rows, row)
		}
	}
	a.MS = float64(time.Since(begin)) / float64(time.Millisecond)
	a.Bytes, a.Reads = r.Stats().BytesScanned+r.Stats().BytesMetadata, r.Stats().Requests
	return a, nil
}
