package formats

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/cleanse"
)

// Rejects collects what scans leave out or change because a file holds what its
// table cannot, as the table asks: the rows of one query, of one of its scans, or
// for "t$errors" of one Source. Safe for concurrent use.
type Rejects struct {
	up   *Rejects     // counts and tells too; nil: none
	sink func(Reject) // takes everything instead; nil: none

	loud  atomic.Int64 // what is warned of
	limit int64        // of loud; 0: none

	mu    sync.Mutex // guards the rest
	told  counts
	quiet counts   // not warned of
	first []Reject // of told, by place, at most MaxTold
}

type counts [cleanse.NumTriggers][cleanse.NumActions]int64

func (c *counts) rowsLeftOut() (n int64) {
	for _, by := range c {
		n += by[cleanse.DropRow]
	}
	return n
}

// String counts by trigger and action.
func (c *counts) String() string {
	var parts []string
	for t, by := range c {
		var acts []string
		for a, n := range by {
			if n > 0 {
				acts = append(acts, fmt.Sprintf("%d %s", n, cleanse.Action(a)))
			}
		}
		if len(acts) > 0 {
			parts = append(parts, cleanse.Trigger(t).String()+": "+strings.Join(acts, ", "))
		}
	}
	return strings.Join(parts, "; ")
}

// Reject is one row that was left out, or one value that was changed.
type Reject struct {
	Object  string // URL of the file
	Offset  int64  // where the row is: see Place.Row
	Line    int64  // 1-based line of that in a text file; 0: unknown, or no text
	Group   int    // see Place.Group
	Column  string // "": the row as a whole
	Raw     []byte // the value as it is stored, maybe cut; nil: not known
	New     []byte // what it became by TRUNCATE and REPLACE, maybe cut
	Trigger cleanse.Trigger
	Action  cleanse.Action
	Quiet   bool // counted, not warned of
	Why     string
}

// MaxTold is how many rows and values are told of one by one: those with the first
// places.
const MaxTold = 20

// Survey makes the log of a Source that lists what is wrong and stops at
// nothing: actions that would end the query are given to sink as well, on the
// goroutine that calls Next.
func Survey(sink func(Reject)) *Rejects { return &Rejects{sink: sink} }

// Surveys reports whether errors are listed and not raised. Of a nil log they are
// raised.
func (r *Rejects) Surveys() bool { return r != nil && r.sink != nil }

// Under makes the log of one scan of r's query.
func (r *Rejects) Under() *Rejects { return &Rejects{up: r} }

// Limit has Err fail when n rows and values were left out or changed; 0: never. It is set before scans begin.
func (r *Rejects) Limit(n int64) { r.limit = n }

// Err is the error of a query whose limit was exceeded.
func (r *Rejects) Err() error {
	if n := r.loud.Load(); r.limit > 0 && n >= r.limit {
		err := fault.New(fault.CodeLimitExceeded, "%d rows or values were left out or changed by data cleansing, no less than spectrum_query_maxerror", n).
			WithHint("Raise the setting, or set it to -1 for no limit.")
		if w := r.Warning(); w != nil {
			err.Detail = w.Detail
		}
		return err
	}
	return nil
}

// Tally counts what nobody is told of one by one: because it is quiet, or because
// its source has told of enough. A log that surveys must get it by Add.
func (r *Rejects) Tally(t cleanse.Trigger, a cleanse.Action, n int64, quiet bool) {
	if r == nil || n == 0 {
		return
	}
	r.mu.Lock()
	if quiet {
		r.quiet[t][a] += n
	} else {
		r.told[t][a] += n
		r.loud.Add(n)
	}
	r.mu.Unlock()
	if r.up != nil {
		r.up.Tally(t, a, n, quiet)
	}
}

// Add counts a row or value. Those with the first places in the order of their
// files are kept, so that what is told does not depend on which worker was faster.
// line, if not nil, gives the row's Line; it is asked only where that will be told,
// since it may have to read the file up to there. Raw and New may be the caller's
// memory.
func (r *Rejects) Add(x Reject, line func() int64) {
	if r.sink != nil {
		if line != nil {
			x.Line = line()
		}
		r.sink(x.cloned())
		return
	}
	if x.Quiet {
		r.Tally(x.Trigger, x.Action, 1, true)
		return
	}
	r.loud.Add(1)
	r.mu.Lock()
	r.told[x.Trigger][x.Action]++
	told := r.up == nil && (len(r.first) < MaxTold || x.before(&r.first[MaxTold-1]))
	r.mu.Unlock()
	if r.up != nil {
		r.up.Add(x, line)
		return
	}
	if !told {
		return
	}
	if line != nil {
		x.Line = line()
	}
	r.tell(x.cloned())
}

func (r *Rejects) tell(x Reject) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := len(r.first)
	for at > 0 && x.before(&r.first[at-1]) {
		at--
	}
	r.first = slices.Insert(r.first, at, x)
	r.first = r.first[:min(len(r.first), MaxTold)]
}

// maxRaw bounds the bytes of a value that is told.
const maxRaw = 256

func (x Reject) cloned() Reject {
	x.Raw = slices.Clone(x.Raw[:min(len(x.Raw), maxRaw)])
	x.New = slices.Clone(x.New[:min(len(x.New), maxRaw)])
	return x
}

func (x *Reject) before(o *Reject) bool {
	return cmp.Or(cmp.Compare(x.Object, o.Object), cmp.Compare(x.Offset, o.Offset), cmp.Compare(x.Column, o.Column)) < 0
}

// String tells where the row is and what is wrong with it.
func (x Reject) String() string {
	s := x.Object
	switch {
	case x.Line > 0:
		s += fmt.Sprintf(", line %d", x.Line)
	case x.Group > 0 && x.Offset >= 0:
		s += fmt.Sprintf(", row %d", x.Offset)
	}
	if x.Column != "" {
		s += fmt.Sprintf(", column %q", x.Column)
	}
	s += ": " + x.Why
	if x.Action != cleanse.DropRow {
		s += " (" + x.Action.String() + ")"
	}
	return s
}

// Count gives how many rows were left out.
func (r *Rejects) Count() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.told.rowsLeftOut() + r.quiet.rowsLeftOut()
}

// Summary counts by trigger and action: "NUMERIC_OVERFLOW: 3 SET_TO_NULL;
// SURPLUS_CHAR: 1 TRUNCATE"; "" for nothing.
func (r *Rejects) Summary() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.told
	for t, by := range r.quiet {
		for a, n := range by {
			all[t][a] += n
		}
	}
	return all.String()
}

// Warning tells of what was left out and changed, the first of it in the detail, a
// line each; nil if there is nothing that anybody asked for.
func (r *Rejects) Warning() *fault.Error {
	r.mu.Lock()
	defer r.mu.Unlock()
	loud := r.loud.Load()
	if loud == 0 {
		return nil
	}
	w := fault.New(fault.CodeWarning, "%s", r.message(loud))
	for i, x := range r.first {
		if i > 0 {
			w.Detail += "\n"
		}
		w.Detail += x.String()
	}
	if more := loud - int64(len(r.first)); more > 0 {
		w.Detail += fmt.Sprintf("\nand %d more", more)
	}
	return w
}

func (r *Rejects) message(loud int64) string {
	all := r.told.rowsLeftOut()
	values := r.told[cleanse.Malformed][cleanse.DropRow] + r.told[cleanse.Overflow][cleanse.DropRow] + r.told[cleanse.InvalidChar][cleanse.DropRow]
	switch {
	case values == loud && loud == 1:
		return "1 row was rejected because a value in it cannot be read as it is declared"
	case values == loud:
		return fmt.Sprintf("%d rows were rejected because a value in them cannot be read as it is declared", loud)
	case all == 0:
		return "data cleansing changed values: " + r.told.String()
	case all == loud:
		return "data cleansing left out rows: " + r.told.String()
	}
	return "data cleansing left out rows and changed values: " + r.told.String()
}

// Printable writes bytes as text: those that are not UTF-8, and NUL, as \xNN.
func Printable(b []byte) string {
	if utf8.Valid(b) && !slices.Contains(b, 0) {
		return string(b)
	}
	var out strings.Builder
	for len(b) > 0 {
		c, w := utf8.DecodeRune(b)
		if c == 0 || c == utf8.RuneError && w == 1 {
			fmt.Fprintf(&out, `\x%02x`, b[0])
		} else {
			out.Write(b[:w])
		}
		b = b[w:]
	}
	return out.String()
}
