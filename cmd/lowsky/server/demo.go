package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"lowsky"
	"lowsky/airspace"
	"lowsky/airspace/geojson"
	"lowsky/identity"
	"lowsky/ingest"
	"lowsky/regions"
	"lowsky/simulator"
	"lowsky/store"
)

// demo is the region's fictional zones, register and fleet. Everything in it is marked Demo.
type demo struct {
	on       bool
	zones    []*lowsky.Zone
	scenario *simulator.Scenario
	seats    map[lowsky.OrganisationID][]lowsky.JurisdictionID // of the pack's organisations
}

func loadDemo(region *regions.Region, areas *airspace.Areas, on bool) (*demo, error) {
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
		z.Jurisdictions = areas.TouchingZone(z)
	}
	if len(region.DemoFleet) == 0 {
		if on {
			return nil, fmt.Errorf("LOWSKY_DEMO=on: region %s has no demo fleet", region.ID)
		}
		return &demo{scenario: &simulator.Scenario{}}, nil
	}
	scenario, err := simulator.Read("regions/"+region.ID+"/demo/fleet.yaml", bytes.NewReader(region.DemoFleet))
	if err != nil {
		return nil, err
	}
	d := &demo{on: on, zones: zones, scenario: scenario, seats: map[lowsky.OrganisationID][]lowsky.JurisdictionID{}}
	for _, o := range region.Organisations {
		d.seats[o.ID] = []lowsky.JurisdictionID{o.Jurisdiction}
	}
	return d, nil
}

// sync makes PostgreSQL and the picture hold exactly what the demo needs (nothing of it when it is off). Zones and
// aircraft that people made are not touched, nor a demo zone that people edited: it stays at their version.
func (d *demo) sync(ctx context.Context, s *store.Store, p *publisher, seal *identity.Sealer, open []*lowsky.Alert, now time.Time) error {
	have, err := s.Zones(ctx, lowsky.Everything)
	if err != nil {
		return err
	}
	inForce := map[lowsky.ZoneID]bool{}
	pub := lowsky.ZonePublication{By: "demo", Reason: "LOWSKY_DEMO"}
	wanted := map[lowsky.ZoneID]bool{}
	if d.on {
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
	if d.on {
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
	if d.on {
		fleet = d.scenario.Register()
	}
	flies := map[lowsky.AircraftID]bool{}
	for _, a := range fleet {
		flies[a.ID] = true
	}
	people := map[lowsky.AircraftID]bool{} // entries that people made, which may bear an id of the script
	for _, a := range registered {
		known[a.ID], people[a.ID] = true, !a.Demo
		if a.Demo && !flies[a.ID] {
			craft.Remove = append(craft.Remove, a.ID)
		}
	}
	for _, a := range fleet {
		if !known[a.ID] {
			a.UpdatedAt, a.Jurisdictions = now, d.seats[a.Organisation]
			if a.ContactPhone, err = seal.Seal(d.phone(a.ID)); err != nil {
				return fmt.Errorf("demo register: %w", err)
			}
			craft.Upsert = append(craft.Upsert, a)
		}
	}
	if !d.on {
		// Also what was never registered: alerts on the fleet's unregistered aircraft and on its gateways must not stay
		// open for ever with nobody left to report.
		for _, a := range open {
			switch {
			case !a.Demo || people[lowsky.AircraftID(a.Object.ID)]: // a namesake
			case a.Object.Kind == lowsky.ObjectAircraft && d.flies(a.Object.ID):
				craft.Remove = append(craft.Remove, lowsky.AircraftID(a.Object.ID))
			case a.Object.Kind == lowsky.ObjectSource && d.relays(a.Object.ID):
				craft.RetireSources = append(craft.RetireSources, lowsky.SourceID(a.Object.ID))
			}
		}
	}
	if len(craft.Upsert)+len(craft.Remove)+len(craft.RetireSources) > 0 {
		if err := p.PublishAircraft(ctx, craft); err != nil {
			return fmt.Errorf("demo register: %w", err)
		}
	}
	return nil
}

// phone is the fictional number of an aircraft's contact.
func (d *demo) phone(id lowsky.AircraftID) string {
	for _, a := range d.scenario.Aircraft {
		if a.ID == id {
			return a.ContactPhone
		}
	}
	return ""
}

func (d *demo) flies(id string) bool {
	return slices.ContainsFunc(d.scenario.Aircraft, func(a *simulator.Aircraft) bool { return string(a.ID) == id })
}

func (d *demo) relays(id string) bool {
	return slices.ContainsFunc(d.scenario.Gateways, func(g *simulator.Gateway) bool { return string(g.ID) == id })
}

// putAway acknowledges what a demo left behind that nobody had acknowledged, so that an ended demo does not stand in the
// duty officer's list. It waits for the picture, which has to run.
func (d *demo) putAway(ctx context.Context, open []*lowsky.Alert, handle func(context.Context, lowsky.HandlingCommand) (lowsky.Alert, error)) error {
	if d.on {
		return nil
	}
	for _, a := range open {
		mine := a.Demo && (a.Object.Kind == lowsky.ObjectAircraft && d.flies(a.Object.ID) || a.Object.Kind == lowsky.ObjectSource && d.relays(a.Object.ID))
		if !mine || a.Handling.State != lowsky.HandlingNew {
			continue
		}
		_, err := handle(ctx, lowsky.HandlingCommand{ID: "demo-off-" + string(a.ID), Alert: a.ID, Action: lowsky.ActionAcknowledge, By: "demo"})
		if err != nil && !errors.Is(err, lowsky.ErrConflict) && !errors.Is(err, lowsky.ErrNotFound) {
			return fmt.Errorf("demo alert %s: %w", a.ID, err)
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
