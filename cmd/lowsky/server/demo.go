package server

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"time"

	"lowsky"
	"lowsky/airspace"
	"lowsky/airspace/geojson"
	"lowsky/ingest"
	"lowsky/regions"
	"lowsky/simulator"
	"lowsky/store"
)

// demo is the region's fictional zones, register and fleet. Everything in it is marked Demo.
type demo struct {
	zones    []*lowsky.Zone
	scenario *simulator.Scenario
}

func loadDemo(region *regions.Region, areas *airspace.Areas) (*demo, error) {
	zones, warnings, err := geojson.Read(bytes.NewReader(region.DemoZones))
	if err != nil {
		return nil, fmt.Errorf("demo zones of %s: %w", region.ID, err)
	}
	if len(warnings) > 0 {
		return nil, fmt.Errorf("demo zones of %s: %v", region.ID, warnings[0])
	}
	for _, z := range zones {
		if !z.Demo {
			return nil, fmt.Errorf("demo zone %s of %s is not marked demo", z.ID, region.ID)
		}
		if z.Organisation == "" {
			z.Organisation = region.Organisation
		}
		z.Jurisdictions = areas.Touching(z.Geometry)
	}
	scenario, err := simulator.Read("regions/"+region.ID+"/demo/fleet.yaml", bytes.NewReader(region.DemoFleet))
	if err != nil {
		return nil, err
	}
	return &demo{zones, scenario}, nil
}

// sync makes PostgreSQL and the picture hold exactly what the demo needs (nothing of it when it is off). Zones and
// aircraft that people made are not touched, nor a demo zone that people edited: it stays at their version.
func (d *demo) sync(ctx context.Context, s *store.Store, p *publisher, now time.Time) error {
	have, err := s.Zones(ctx, lowsky.Everything)
	if err != nil {
		return err
	}
	inForce := map[lowsky.ZoneID]bool{}
	pub := lowsky.ZonePublication{By: "demo", Reason: "LOWSKY_DEMO"}
	wanted := map[lowsky.ZoneID]bool{}
	if d != nil {
		for _, z := range d.zones {
			wanted[z.ID] = true
		}
	}
	for _, z := range have {
		inForce[z.ID] = true
		if z.Demo && !wanted[z.ID] {
			pub.Remove = append(pub.Remove, z.ID)
		}
	}
	if d != nil {
		for _, z := range d.zones {
			if inForce[z.ID] {
				continue
			}
			next := *z
			next.Version, next.PublishedAt = 1, now
			// The zone may have been in force before and ended; its versions go on counting.
			if old, err := s.ZoneVersion(ctx, lowsky.Everything, z.ID, 0); err == nil {
				next.Version = old.Version + 1
			}
			pub.Upsert = append(pub.Upsert, &next)
		}
	}
	if len(pub.Upsert)+len(pub.Remove) > 0 {
		if err := p.PublishZones(ctx, pub); err != nil {
			return fmt.Errorf("demo zones: %w", err)
		}
	}

	registered, err := s.Aircraft(ctx, lowsky.Everything)
	if err != nil {
		return err
	}
	known := map[lowsky.AircraftID]bool{}
	craft := lowsky.AircraftPublication{By: "demo"}
	var fleet []*lowsky.Aircraft
	if d != nil {
		fleet = d.scenario.Register()
	}
	flies := map[lowsky.AircraftID]bool{}
	for _, a := range fleet {
		flies[a.ID] = true
	}
	for _, a := range registered {
		known[a.ID] = true
		if a.Demo && !flies[a.ID] {
			craft.Remove = append(craft.Remove, a.ID)
		}
	}
	for _, a := range fleet {
		if !known[a.ID] {
			a.UpdatedAt = now
			craft.Upsert = append(craft.Upsert, a)
		}
	}
	if len(craft.Upsert)+len(craft.Remove) > 0 {
		if err := p.PublishAircraft(ctx, craft); err != nil {
			return fmt.Errorf("demo register: %w", err)
		}
	}
	return nil
}

// fly runs the fleet over MQTT with the simulator's own credential, in real time, until ctx ends.
func (d *demo) fly(ctx context.Context, broker *ingest.Embedded, log *slog.Logger) error {
	user, password := broker.SimulatorCredential()
	to, err := simulator.Connect(ctx, simulator.Broker{
		URL: "tcp://" + broker.Addr().String(), ClientID: "lowsky-demo", Username: user, Password: password,
	})
	if err != nil {
		return fmt.Errorf("demo fleet: %w", err)
	}
	log.Info("demo fleet flies", "aircraft", len(d.scenario.Aircraft), "script", d.scenario.Duration)
	engine := simulator.NewEngine(d.scenario, d.scenario.Seed, time.Now().UTC())
	err = simulator.Run(ctx, engine, 0, simulator.RealTime{Now: time.Now}, to.Publish)
	if closing := to.Close(); err == nil && ctx.Err() == nil {
		err = closing
	}
	return err
}
