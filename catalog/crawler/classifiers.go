package crawler

import (
	"context"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/crawl"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
)

// Classifier is the definition of a custom classifier.
type Classifier = crawl.Classifier

// classifier has Classifier's name in type parameters.
type classifier = crawl.Classifier

// CreateClassifier stores a new classifier. A name that is taken is 42710, a
// definition that does not work 22023.
func (s *Service) CreateClassifier(ctx context.Context, c *Classifier) (*Classifier, error) {
	n := *c
	n.Created = s.stamp()
	n.Updated = n.Created
	if _, err := crawl.Custom(&n); err != nil {
		return nil, err
	}
	v, err := s.put(ctx, spaceClassifier, n.Name, 0, &n)
	if fault.Is(err, fault.CodeDuplicateObject) {
		return nil, fault.Wrap(err, fault.CodeDuplicateObject, "Classifier with name %s already exists", n.Name)
	}
	n.Version = v
	return &n, err
}

// Classifier gives a classifier; 42704 if there is none.
func (s *Service) Classifier(ctx context.Context, name string) (*Classifier, error) {
	c, err := read[classifier](ctx, s.cat, spaceClassifier, name)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return nil, s.unknown(ctx, spaceClassifier, "Classifier", name)
	}
	return c, nil
}

// Classifiers gives all classifiers by name.
func (s *Service) Classifiers(ctx context.Context) ([]*Classifier, error) {
	return list[classifier](ctx, s.cat, spaceClassifier)
}

// UpdateClassifier changes a classifier: change gets it as it is. Its name and
// kind stay. Files that were crawled already keep their classification.
func (s *Service) UpdateClassifier(ctx context.Context, name string, change func(*Classifier) error) (*Classifier, error) {
	for try := 0; ; try++ {
		c, err := s.Classifier(ctx, name)
		if err != nil {
			return nil, err
		}
		n := *c
		if err := change(&n); err != nil {
			return nil, err
		}
		if n.Kind() != c.Kind() {
			return nil, invalid("classifier %q is of kind %s and cannot become another", name, c.Kind())
		}
		n.Name, n.Created, n.Updated = c.Name, c.Created, s.stamp()
		if _, err := crawl.Custom(&n); err != nil {
			return nil, err
		}
		n.Version, err = s.put(ctx, spaceClassifier, name, c.Version, &n)
		if err == nil || !fault.Is(err, fault.CodeObjectNotReady) || try >= maxTries {
			return &n, err
		}
	}
}

// DeleteClassifier removes a classifier that no crawler uses.
func (s *Service) DeleteClassifier(ctx context.Context, name string) error {
	if _, err := s.Classifier(ctx, name); err != nil {
		return err
	}
	crawlers, err := s.List(ctx)
	if err != nil {
		return err
	}
	var users []string
	for _, c := range crawlers {
		if slices.Contains(c.Classifiers, name) {
			users = append(users, c.Name)
		}
	}
	if users != nil {
		return fault.New(fault.CodeDependentObjects, "classifier %q is used by crawlers: %s", name, strings.Join(users, ", "))
	}
	_, err = s.cat.PutDocuments(ctx, catalog.Document{Space: spaceClassifier, Key: name, Version: catalog.AnyVersion})
	return err
}

// formatsOf makes the formats of custom classifiers, in their order.
func (s *Service) formatsOf(ctx context.Context, names []string) ([]formats.Format, error) {
	out := make([]formats.Format, len(names))
	for i, name := range names {
		c, err := s.Classifier(ctx, name)
		if err != nil {
			return nil, err
		}
		if out[i], err = crawl.Custom(c); err != nil {
			return nil, err
		}
	}
	return out, nil
}
