package meta

import (
	"context"
)

const locationSpace = "locations"

// AddLocation remembers a location that was crawled. It is not checked here.
func (s *Store) AddLocation(ctx context.Context, location string) error {
	return s.PutValue(ctx, locationSpace, location, nil)
}

// Locations gives the remembered locations, sorted.
func (s *Store) Locations(ctx context.Context) ([]string, error) {
	names, err := queryNames(ctx, s.read, "SELECT key FROM key_values WHERE space = ? ORDER BY key", locationSpace)
	if err != nil {
		return nil, translate(err, "read the crawled locations")
	}
	return names, nil
}
