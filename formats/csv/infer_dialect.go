package csv

import (
	"bytes"
)

// cell is a field of the sample.
type cell struct {
	text   []byte
	quoted bool
}

// guess is a dialect with the sample's records as it cuts them.
type guess struct {
	d       dialect
	records [][]cell
	width   int  // the most frequent number of fields
	same    int  // records with that number
	even    bool // at least two records, and nearly all have that number
	broken  bool // quotes do not close, or have text behind them
	quotes  bool // some field is quoted
}

var delimiters = []byte{',', '\t', '|', ';', 1}

const maxSample = 2000 // records that are looked at

// guess chooses delimiter and quoting, but for what the classifier says. ok is
// false if no delimiter cuts the records into two fields or more.
func (f Format) guess(body []byte, complete bool) (best guess, ok bool) {
	list := delimiters
	if f.Delimiter != 0 {
		list = []byte{f.Delimiter}
	}
	for _, delim := range list {
		g := f.try(body, complete, delim)
		if g.width >= 2 && (!ok || g.better(best)) {
			best, ok = g, true
		}
	}
	if !ok && f.Delimiter == 0 {
		if best, ok = f.trySpace(body, complete); !ok {
			best = f.try(body, complete, ',')
		}
	}
	if !ok && f.Delimiter != 0 {
		best = f.try(body, complete, f.Delimiter)
	}
	best.d.null, best.d.hasNull = nullText(best.records), true
	return best, ok
}

// trySpace cuts at spaces, which prose has too: only a table with a header and
// equal records counts.
func (f Format) trySpace(body []byte, complete bool) (guess, bool) {
	g := f.try(body, complete, ' ')
	if g.width < 5 || len(g.records) < 2 || g.same < len(g.records) || !typed(g.columns(true, false)) {
		return g, false
	}
	return g, g.scoreHeader().found
}

func (g guess) better(o guess) bool {
	a, b := float64(g.same)/float64(len(g.records)), float64(o.same)/float64(len(o.records))
	if a != b {
		return a > b
	}
	return g.width > o.width
}

// try cuts the sample with quotes and, if these do not work out, without.
func (f Format) try(body []byte, complete bool, delim byte) guess {
	d := dialect{delim: delim, quote: '"', escape: '"'}
	if f.Quote != 0 {
		d.quote, d.escape = f.Quote, f.Quote
	}
	if f.SerDe == LazySimpleSerDe || d.quote == delim {
		return cut(body, complete, dialect{delim: delim, multi: multiNo})
	}
	if f.Quote == 0 && apostrophes(body, delim) {
		d.quote, d.escape = '\'', '\''
	}
	if bytes.Contains(body, []byte{'\\', d.quote}) && !bytes.Contains(body, []byte{'\\', d.quote, d.quote}) {
		d.escape = '\\'
	}
	g := cut(body, complete, d)
	if f.Quote != 0 || f.SerDe == OpenCSVSerDe {
		return g
	}
	if g.broken || len(g.records) == 0 || !g.quotes && (delim == '\t' || delim == 1) {
		if plain := cut(body, complete, dialect{delim: delim, multi: multiNo}); len(plain.records) > 0 {
			return plain
		}
	}
	return g
}

// apostrophes reports whether fields are quoted with ' instead of ": as many
// open a field as close one, in half of the lines at least, and no field opens
// with ".
func apostrophes(body []byte, delim byte) bool {
	lines, opened, closed := 0, 0, 0
	for line := range bytes.Lines(body[:min(len(body), 64<<10)]) {
		line = bytes.TrimRight(line, "\r\n")
		lines++
		for field := range bytes.SplitSeq(line, []byte{delim}) {
			switch {
			case len(field) == 0:
			case field[0] == '"':
				return false
			default:
				opened += b2i(field[0] == '\'')
				closed += b2i(len(field) > 1 && field[len(field)-1] == '\'')
			}
		}
	}
	return opened > 0 && opened == closed && 2*opened >= lines
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// cut splits the sample's records into cells and counts them.
func cut(body []byte, complete bool, d dialect) guess {
	g := guess{d: d}
	width := 1 + maxFields(body, d)
	s := splitter{d: &g.d, width: width}
	s.scan(body, len(body), min(maxSample, 1+(1<<20)/width), complete)
	g.broken = s.unclosed >= 0
	c := column{d: &g.d, s: &s, block: body, vec: nil, gap: 1}
	counts := map[int]int{}
	for r := range s.rows {
		var cells []cell
		for c.at = 0; c.at < width; c.at++ {
			f, ok := c.raw(r)
			if !ok {
				break
			}
			cells = append(cells, g.cell(&c, f))
		}
		g.records = append(g.records, cells)
		counts[len(cells)]++
	}
	for n, k := range counts {
		if k > g.same || k == g.same && n > g.width {
			g.width, g.same = n, k
		}
	}
	g.even = len(g.records) >= 2 && g.width >= 2 && g.same*10 >= len(g.records)*9
	return g
}

// maxFields bounds the fields of a record by the delimiters in the longest of
// the first lines.
func maxFields(body []byte, d dialect) int {
	const some = 256 << 10
	if len(body) > some { // but whole lines: those of wide tables are long
		if end := bytes.IndexByte(body[some:], '\n'); end >= 0 {
			body = body[:some+end]
		}
	}
	most := 0
	for line := range bytes.Lines(body) {
		most = max(most, bytes.Count(line, []byte{d.delim}))
	}
	return most + 8
}

func (g *guess) cell(c *column, f []byte) cell {
	if g.d.quote == 0 || len(f) == 0 || f[0] != g.d.quote {
		return cell{f, false}
	}
	g.quotes = true
	out, _, err := c.unescape(nil, f)
	g.broken = g.broken || err != nil
	return cell{out, true}
}

// nullText gives the text that stands for NULL in the sample: \N or NULL where
// one is seen unquoted, else nothing at all.
func nullText(records [][]cell) []byte {
	for _, word := range []string{`\N`, "NULL", "null"} {
		for _, r := range records {
			for _, c := range r {
				if !c.quoted && string(c.text) == word {
					return []byte(word)
				}
			}
		}
	}
	return nil
}
