package api

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"lowsky"
)

// spiked is a star of n long thin spikes: small in bytes, and the worst there is for an index.
func spiked(id string, n int) *lowsky.Zone {
	ring := make(orb.Ring, 0, n+1)
	for k := range n {
		a, r := 2*math.Pi*float64(k)/float64(n), 0.9
		if k%2 == 1 {
			r = 0.01
		}
		ring = append(ring, orb.Point{114 + r*math.Cos(a), 29.5 + r*math.Sin(a)})
	}
	ring = append(ring, ring[0])
	return &lowsky.Zone{ID: lowsky.ZoneID(id), Version: 1, Restriction: lowsky.Prohibited, Geometry: lowsky.Geometry{Polygons: []orb.Polygon{{ring}}}}
}

// While the picture takes zones in it judges nothing: what would take it long is refused, with the place in the file.
func TestZonesThatWouldHoldUpThePicture(t *testing.T) {
	var zones []*lowsky.Zone
	for i := range 200 {
		zones = append(zones, spiked(fmt.Sprint("s", i), 2000))
	}
	err := indexable(t.Context(), zones, time.Millisecond) // the first one takes longer than that on any machine
	var invalid *lowsky.InvalidError
	if !errors.As(err, &invalid) || invalid.Field != "zone s0" {
		t.Errorf("200 stars of 2,000 spikes: %v", err)
	}
	if err := indexable(t.Context(), zones[:1], time.Minute); err != nil {
		t.Errorf("one of them: %v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := indexable(gone, zones, time.Minute); !errors.Is(err, context.Canceled) {
		t.Errorf("after the request has ended: %v", err)
	}
}

// One file of zones is read at a time: reading the worst takes a core for a minute.
func TestOneImportAtATime(t *testing.T) {
	h := newHouse(t)
	h.server.importing.Lock()
	h.want(503, "POST", "/api/v1/zones/import?crs=wgs84", `{"type":"FeatureCollection","features":[]}`)
	h.server.importing.Unlock()
	h.want(422, "POST", "/api/v1/zones/import?crs=wgs84", `{"type":"FeatureCollection","features":[]}`)
}
