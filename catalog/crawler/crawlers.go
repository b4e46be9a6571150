package crawler

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/crawler/cron"
	"github.com/glauxdb/glaux/catalog/fault"
)

// Create stores a new crawler, with defaults where nothing is said. A name that
// is taken is 42710, what breaks a rule 22023.
func (s *Service) Create(ctx context.Context, c *Crawler) (*Crawler, error) {
	n := *c
	n.Created = s.stamp()
	if err := s.prepare(ctx, &n, ""); err != nil {
		return nil, err
	}
	v, err := s.put(ctx, spaceCrawler, n.Name, 0, &n)
	if fault.Is(err, fault.CodeDuplicateObject) {
		return nil, fault.Wrap(err, fault.CodeDuplicateObject, "Crawler with name %s already exists", n.Name)
	}
	n.Version = v
	return &n, err
}

// prepare completes and checks a crawler before it is written. before is the
// schedule that it had.
func (s *Service) prepare(ctx context.Context, c *Crawler, before string) error {
	c.Updated = s.stamp()
	c.Database = strings.ToLower(c.Database)
	c.setDefaults()
	switch {
	case c.Schedule == "":
		c.ScheduleState, c.ScheduleSince = "", time.Time{}
	case c.Schedule != before:
		c.ScheduleState, c.ScheduleSince = cmp.Or(c.ScheduleState, Scheduled), c.Updated
	}
	if err := c.validate(); err != nil {
		return err
	}
	for _, name := range c.Classifiers {
		if _, err := s.Classifier(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// stamp is now, as documents keep it.
func (s *Service) stamp() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

// Get gives a crawler; 42704 if there is none. Names are exact.
func (s *Service) Get(ctx context.Context, name string) (*Crawler, error) {
	c, err := read[Crawler](ctx, s.cat, spaceCrawler, name)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return nil, s.unknown(ctx, spaceCrawler, "Crawler", name)
	}
	return c, nil
}

// List gives all crawlers by name.
func (s *Service) List(ctx context.Context) ([]*Crawler, error) {
	return list[Crawler](ctx, s.cat, spaceCrawler)
}

// Update changes a crawler: change gets it as it is and may be called again if
// another was faster. Name and Created stay. While it runs this is ErrRunning.
func (s *Service) Update(ctx context.Context, name string, change func(*Crawler) error) (*Crawler, error) {
	for try := 0; ; try++ {
		c, err := s.Get(ctx, name)
		if err != nil {
			return nil, err
		}
		if err := s.mustRest(ctx, name); err != nil {
			return nil, err
		}
		n := *c
		n.Targets, n.Classifiers = slices.Clone(c.Targets), slices.Clone(c.Classifiers)
		if err := change(&n); err != nil {
			return nil, err
		}
		n.Name, n.Created = c.Name, c.Created
		if err := s.prepare(ctx, &n, c.Schedule); err != nil {
			return nil, err
		}
		n.Version, err = s.put(ctx, spaceCrawler, name, c.Version, &n)
		if err == nil || !fault.Is(err, fault.CodeObjectNotReady) || try >= maxTries {
			return &n, err
		}
	}
}

// maxTries is how often a change that another was faster than is done again.
const maxTries = 10

// mustRest gives the error of changing a crawler that runs.
func (s *Service) mustRest(ctx context.Context, name string) error {
	st, err := s.Status(ctx, name)
	if err != nil || st.State == Ready {
		return err
	}
	return errRunning(name)
}

func errRunning(name string) error {
	return fault.Wrap(ErrRunning, fault.CodeObjectInUse, "Crawler with name %s has already started", name)
}

// Delete removes a crawler with its history. Tables stay. While it runs this is
// ErrRunning.
func (s *Service) Delete(ctx context.Context, name string) error {
	c, err := s.Get(ctx, name)
	if err != nil {
		return err
	}
	unlock, ok, err := s.lock(ctx, name)
	if err != nil {
		return err
	}
	if !ok {
		return errRunning(name)
	}
	defer unlock()
	gone := []catalog.Document{{Space: spaceCrawler, Key: c.Name, Version: catalog.AnyVersion}}
	runs, err := s.cat.DocumentsAfter(ctx, spaceRun, runPrefix(name), "", 0)
	if err != nil {
		return err
	}
	for _, d := range runs {
		gone = append(gone, catalog.Document{Space: spaceRun, Key: d.Key, Version: catalog.AnyVersion})
	}
	if _, err = s.cat.PutDocuments(ctx, gone...); err == nil {
		s.counts.forget(name)
	}
	return err
}

// SetSchedule gives a crawler a schedule and starts it; "" takes it away.
func (s *Service) SetSchedule(ctx context.Context, name, schedule string) error {
	return s.schedule(ctx, name, func(c *Crawler) error {
		if c.Schedule = schedule; schedule == "" {
			return nil
		}
		c.ScheduleState, c.ScheduleSince = Scheduled, s.stamp()
		_, err := cron.Parse(schedule)
		return err
	})
}

// StartSchedule lets the schedule of a crawler count again, from now on.
func (s *Service) StartSchedule(ctx context.Context, name string) error {
	return s.schedule(ctx, name, func(c *Crawler) error {
		switch {
		case c.Schedule == "":
			return fault.Wrap(ErrNoSchedule, fault.CodeObjectNotReady, "Crawler with name %s has no schedule", name)
		case c.ScheduleState == Scheduled:
			return fault.Wrap(ErrSchedulerRunning, fault.CodeObjectNotReady, "The schedule of crawler %s is already running", name)
		}
		c.ScheduleState, c.ScheduleSince = Scheduled, s.stamp()
		return nil
	})
}

// StopSchedule stops the schedule of a crawler, not its run.
func (s *Service) StopSchedule(ctx context.Context, name string) error {
	return s.schedule(ctx, name, func(c *Crawler) error {
		if c.ScheduleState != Scheduled {
			return fault.Wrap(ErrSchedulerStopped, fault.CodeObjectNotReady, "The schedule of crawler %s is not running", name)
		}
		c.ScheduleState = NotScheduled
		return nil
	})
}

// schedule changes what has to do with the schedule alone, which is allowed
// while the crawler runs.
func (s *Service) schedule(ctx context.Context, name string, change func(*Crawler) error) error {
	for try := 0; ; try++ {
		c, err := s.Get(ctx, name)
		if err != nil {
			return err
		}
		before := c.Schedule
		if err := change(c); err != nil {
			return err
		}
		if c.Schedule == "" && before == "" {
			return nil
		}
		if c.Schedule == "" {
			c.ScheduleState, c.ScheduleSince = "", time.Time{}
		}
		c.Updated = s.stamp()
		_, err = s.put(ctx, spaceCrawler, name, c.Version, c)
		if err == nil || !fault.Is(err, fault.CodeObjectNotReady) || try >= maxTries {
			return err
		}
	}
}

// versioned is what has its document's version in a field.
type versioned interface {
	Crawler | classifier
}

// put writes a document and gives its new version.
func (s *Service) put(ctx context.Context, space, key string, version int64, v any) (int64, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return 0, fault.Wrap(err, fault.CodeInternal, "cannot store %s %s: %v", space, key, err)
	}
	vs, err := s.cat.PutDocuments(ctx, catalog.Document{Space: space, Key: key, Version: version, Data: data})
	if err != nil {
		return 0, err
	}
	return vs[0], nil
}

// read gives a document's object, nil if there is none.
func read[T versioned](ctx context.Context, cat catalog.Documents, space, key string) (*T, error) {
	d, err := cat.Document(ctx, space, key)
	if err != nil || d == nil {
		return nil, err
	}
	return decode[T](d)
}

func decode[T versioned](d *catalog.Document) (*T, error) {
	out := new(T)
	if err := decodeInto(d, out); err != nil {
		return nil, err
	}
	switch o := any(out).(type) {
	case *Crawler:
		o.Version = d.Version
	case *classifier:
		o.Version = d.Version
	}
	return out, nil
}

func decodeInto(d *catalog.Document, out any) error {
	if err := json.Unmarshal(d.Data, out); err != nil {
		return fault.Wrap(err, fault.CodeDataCorrupted, "the catalog holds a damaged %s %q: %v", d.Space, d.Key, err)
	}
	return nil
}

// list gives all objects of a space by key.
func list[T versioned](ctx context.Context, cat catalog.Documents, space string) ([]*T, error) {
	ds, err := cat.DocumentsAfter(ctx, space, "", "", 0)
	if err != nil {
		return nil, err
	}
	out := make([]*T, len(ds))
	for i := range ds {
		if out[i], err = decode[T](&ds[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// unknown is the error for a name that is not there, with the names that are.
func (s *Service) unknown(ctx context.Context, space, what, name string) error {
	e := fault.New(fault.CodeUndefinedObject, "%s with name %s does not exist", what, name)
	const shown = 10
	ds, err := s.cat.DocumentsAfter(ctx, space, "", "", shown+1)
	if err != nil || len(ds) == 0 || len(ds) > shown {
		return e
	}
	names := make([]string, len(ds))
	for i, d := range ds {
		names[i] = d.Key
	}
	return e.WithHint("There are: %s.", strings.Join(names, ", "))
}
