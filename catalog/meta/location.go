package meta

import (
	"context"

	"github.com/glauxdb/glaux/catalog"
)

const locationSpace = "locations"

// AddLocation remembers a location that was crawled. It is not checked here.
func (s *Store) AddLocation(ctx context.Context, location string) error {
	_, err := s.PutDocuments(ctx, catalog.Document{Space: locationSpace, Key: location,
		Version: catalog.AnyVersion, Data: []byte("{}")})
	return err
}

// Locations gives the remembered locations, sorted.
func (s *Store) Locations(ctx context.Context) ([]string, error) {
	names, err := queryNames(ctx, s.read, "SELECT key FROM documents WHERE space = ? ORDER BY key", locationSpace)
	if err != nil {
		return nil, translate(err, "read the crawled locations")
	}
	return names, nil
}
