package identity

import (
	"context"
	"crypto/sha256"
	"fmt"
	"regexp"
	"strings"

	"lowsky"
)

// devicePrefix lets people and secret scanners see what a leaked string is.
const devicePrefix = "lsd_"

var deviceIDs = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// NewDevice makes the MQTT credentials of a device and answers the secret, which is shown once: the whole of it, with
// its prefix, is the MQTT password. Of d only ID, Kind, Name, Demo and Organisation are looked at. ErrForbidden for an
// organisation that p does not own, ErrConflict for an id that is taken.
func (g *Gate) NewDevice(ctx context.Context, by lowsky.Actor, p *Principal, d lowsky.Device) (secret string, err error) {
	if err := p.manages(lowsky.WriteDevices); err != nil {
		return "", err
	}
	d.Name = strings.TrimSpace(d.Name)
	switch {
	case g.cfg.Devices == nil:
		return "", fmt.Errorf("devices: %w", lowsky.ErrUnavailable)
	case !deviceIDs.MatchString(string(d.ID)):
		return "", &lowsky.InvalidError{Field: "id", Problem: "must be 1 to 64 of A-Z a-z 0-9 . _ -"}
	case !d.Kind.Valid():
		return "", &lowsky.InvalidError{Field: "kind", Problem: "must be aircraft, gateway, weather or traffic"}
	case len(d.Name) > 128 || d.Name != clean(d.Name, 128):
		return "", &lowsky.InvalidError{Field: "name", Problem: "must be at most 128 bytes of text"}
	}
	o, err := g.ownOrganisation(ctx, by, p, d.Organisation)
	if err != nil {
		return "", err
	}
	// What these say moves the judgement of everybody's flights.
	if o.Kind == lowsky.Company && (d.Kind == lowsky.DeviceWeather || d.Kind == lowsky.DeviceTraffic) {
		return "", &lowsky.InvalidError{Field: "kind", Problem: "weather stations and traffic receivers belong to the city or a county"}
	}
	if secret, err = newSecret(devicePrefix); err != nil {
		return "", fmt.Errorf("device %s: %w", d.ID, err)
	}
	made := lowsky.Device{
		ID: d.ID, Kind: d.Kind, Name: d.Name, Hash: sha256.Sum256([]byte(secret)), CreatedAt: by.At, RenewedAt: by.At, Demo: d.Demo,
		Organisation: o.ID, Jurisdictions: o.Jurisdictions(),
	}
	if err := g.cfg.Devices.CreateDevice(ctx, by, made); err != nil {
		return "", fmt.Errorf("device %s: %w", d.ID, err)
	}
	return secret, nil
}

// RenewDevice gives the device another secret, answered once; the old one ends at once. A revoked device may sign in
// again with it.
func (g *Gate) RenewDevice(ctx context.Context, by lowsky.Actor, p *Principal, id lowsky.DeviceID) (secret string, err error) {
	if err := g.ownDevice(ctx, p, id); err != nil {
		return "", err
	}
	if secret, err = newSecret(devicePrefix); err != nil {
		return "", fmt.Errorf("device %s: %w", id, err)
	}
	if err := g.cfg.Devices.RenewDevice(ctx, by, id, sha256.Sum256([]byte(secret)), by.At); err != nil {
		return "", fmt.Errorf("device %s: %w", id, err)
	}
	return secret, nil
}

// RevokeDevice ends the device's credentials; it is disconnected.
func (g *Gate) RevokeDevice(ctx context.Context, by lowsky.Actor, p *Principal, id lowsky.DeviceID) error {
	if err := g.ownDevice(ctx, p, id); err != nil {
		return err
	}
	if err := g.cfg.Devices.RevokeDevice(ctx, by, id, by.At); err != nil {
		return fmt.Errorf("device %s: %w", id, err)
	}
	return nil
}

// ownDevice answers ErrNotFound for a device that p does not see and ErrForbidden for one that is not p's own.
func (g *Gate) ownDevice(ctx context.Context, p *Principal, id lowsky.DeviceID) error {
	if err := p.manages(lowsky.WriteDevices); err != nil {
		return err
	}
	if g.cfg.Devices == nil {
		return fmt.Errorf("devices: %w", lowsky.ErrUnavailable)
	}
	if !deviceIDs.MatchString(string(id)) {
		return fmt.Errorf("device %q: %w", clean(string(id), 64), lowsky.ErrNotFound)
	}
	scope := lowsky.Everything
	if p != nil {
		scope = p.Scope
	}
	d, err := g.cfg.Devices.DeviceByID(ctx, scope, id)
	if err == nil {
		err = p.owned(d.Organisation, d.Jurisdictions)
	}
	if err != nil {
		return fmt.Errorf("device %s: %w", id, err)
	}
	return nil
}
