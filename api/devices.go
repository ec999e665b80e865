package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"lowsky"
	"lowsky/identity"
)

type deviceRecords interface {
	// Devices answers the devices in scope, by id, revoked ones too.
	Devices(ctx context.Context, scope lowsky.Scope) ([]lowsky.Device, error)
	// DeviceByID answers ErrNotFound for one that the scope does not see.
	DeviceByID(ctx context.Context, scope lowsky.Scope, id lowsky.DeviceID) (lowsky.Device, error)
}

// deviceKeeper makes and ends the MQTT credentials of devices.
type deviceKeeper interface {
	NewDevice(ctx context.Context, by lowsky.Actor, p *identity.Principal, d lowsky.Device) (secret string, err error)
	RenewDevice(ctx context.Context, by lowsky.Actor, p *identity.Principal, id lowsky.DeviceID) (secret string, err error)
	RevokeDevice(ctx context.Context, by lowsky.Actor, p *identity.Principal, id lowsky.DeviceID) error
}

// DeviceView is a device and what the broker knows of it now.
type DeviceView struct {
	lowsky.Device
	State lowsky.DeviceState `json:"state"`
}

type (
	devicesOutput struct {
		Body struct {
			Devices []DeviceView `json:"devices" doc:"By id; revoked ones too"`
		}
	}
	devicePath struct {
		ID string `path:"id" maxLength:"64"`
	}
	newDeviceInput struct {
		Body struct {
			ID           lowsky.DeviceID       `json:"id" minLength:"1" maxLength:"64" doc:"[A-Za-z0-9._-]: its MQTT user name, and the id in its topics"`
			Kind         lowsky.DeviceKind     `json:"kind" enum:"aircraft,gateway,weather,traffic"`
			Name         string                `json:"name,omitempty" maxLength:"256"`
			Organisation lowsky.OrganisationID `json:"organisation_id" minLength:"1" maxLength:"64"`
		}
	}
	newDeviceOutput struct {
		Body struct {
			Device DeviceView `json:"device"`
			Secret string     `json:"secret" doc:"The MQTT password; shown this once"`
		}
	}
	deviceSecretOutput struct {
		Body struct {
			Secret string `json:"secret" doc:"The MQTT password; shown this once"`
		}
	}
)

func (s *Server) deviceOperations() {
	tags := []string{"devices"}
	operation(s, huma.Operation{
		OperationID: "list-devices", Method: http.MethodGet, Path: "/api/v1/devices", Tags: tags,
		Summary: "Devices that may sign in over MQTT, and whether they are connected",
	}, lowsky.ReadDevices, s.listDevices)
	operation(s, huma.Operation{
		OperationID: "create-device", Method: http.MethodPost, Path: "/api/v1/devices", Tags: tags, Summary: "Make the MQTT credentials of a device",
		Description:  "The secret has 128 random bits, is shown this once and kept as its SHA-256. The device may publish its own topics only.",
		MaxBodyBytes: 16 << 10,
	}, lowsky.WriteDevices, s.createDevice)
	operation(s, huma.Operation{
		OperationID: "renew-device", Method: http.MethodPost, Path: "/api/v1/devices/{id}/secret", Tags: tags,
		Summary: "Give a device another secret", Description: "The old one ends at once. A revoked device may sign in again.",
	}, lowsky.WriteDevices, s.renewDevice)
	operation(s, huma.Operation{
		OperationID: "revoke-device", Method: http.MethodDelete, Path: "/api/v1/devices/{id}", Tags: tags,
		Summary: "Revoke a device's credentials", Description: "It is disconnected within a second.",
	}, lowsky.WriteDevices, s.revokeDevice)
}

func (s *Server) listDevices(ctx context.Context, _ *struct{}) (*devicesOutput, error) {
	if s.cfg.Directory == nil {
		return nil, errNoPart
	}
	devices, err := s.cfg.Directory.Devices(ctx, principalOf(ctx).Scope)
	if err != nil {
		return nil, fmt.Errorf("devices: %w", err)
	}
	states := s.deviceStates()
	out := &devicesOutput{}
	out.Body.Devices = make([]DeviceView, len(devices))
	for i, d := range devices {
		out.Body.Devices[i] = DeviceView{d, states[d.ID]}
	}
	return out, nil
}

func (s *Server) deviceStates() map[lowsky.DeviceID]lowsky.DeviceState {
	if s.cfg.DeviceStates == nil {
		return nil
	}
	return s.cfg.DeviceStates()
}

// ownDevice answers a device that is the caller's to change.
func (s *Server) ownDevice(ctx context.Context, id string) (lowsky.Device, error) {
	if s.cfg.Directory == nil {
		return lowsky.Device{}, errNoPart
	}
	who := principalOf(ctx)
	d, err := s.cfg.Directory.DeviceByID(ctx, who.Scope, lowsky.DeviceID(id))
	if err != nil {
		return d, s.hidden(ctx, "device", id, fmt.Errorf("device: %w", err))
	}
	if !who.Scope.Owns(d.Organisation) {
		return d, notOwned(ctx, d.Organisation)
	}
	return d, nil
}

func (s *Server) createDevice(ctx context.Context, in *newDeviceInput) (*newDeviceOutput, error) {
	if s.cfg.Directory == nil {
		return nil, errNoPart
	}
	who, b := principalOf(ctx), &in.Body
	if !who.Scope.Owns(b.Organisation) {
		return nil, notOwned(ctx, b.Organisation)
	}
	s.publishing.Lock() // or somebody registers an aircraft by this name meanwhile
	defer s.publishing.Unlock()
	out := &newDeviceOutput{}
	err := s.othersAircraft(ctx, lowsky.AircraftID(b.ID))
	if err == nil {
		out.Body.Secret, err = s.cfg.Accounts.NewDevice(ctx, s.actorOf(ctx), &who, lowsky.Device{ID: b.ID, Kind: b.Kind, Name: b.Name, Organisation: b.Organisation})
	}
	switch {
	case errors.Is(err, lowsky.ErrConflict):
		return nil, &Problem{Status: http.StatusConflict, Field: "id", Detail: say(ctx, lowsky.Text{ZH: "此设备编号已被使用。", EN: "The device id is taken."})}
	case err != nil:
		return nil, told(ctx, fmt.Errorf("device: %w", err))
	}
	if out.Body.Device.Device, err = s.cfg.Directory.DeviceByID(ctx, who.Scope, b.ID); err != nil {
		return nil, fmt.Errorf("device: %w", err)
	}
	out.Body.Device.State = s.deviceStates()[b.ID]
	return out, nil
}

// othersAircraft answers ErrConflict where an aircraft that is not the caller's bears the id: its device would speak as
// that aircraft, and read its notices.
func (s *Server) othersAircraft(ctx context.Context, id lowsky.AircraftID) error {
	scope := principalOf(ctx).Scope
	s.board.mu.RLock()
	var taken *lowsky.Aircraft
	for _, a := range s.board.register {
		if !scope.Owns(a.Organisation) && bears(a, id) {
			taken = a
			break
		}
	}
	s.board.mu.RUnlock()
	if taken == nil {
		return nil
	}
	if !scope.SeesFlight(taken.Organisation, taken.Jurisdictions, taken.Scenario) {
		s.denied(ctx, "aircraft", string(id))
	}
	return fmt.Errorf("device %s: %w", id, lowsky.ErrConflict)
}

func (s *Server) renewDevice(ctx context.Context, in *devicePath) (*deviceSecretOutput, error) {
	d, err := s.ownDevice(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	who := principalOf(ctx)
	out := &deviceSecretOutput{}
	if out.Body.Secret, err = s.cfg.Accounts.RenewDevice(ctx, s.actorOf(ctx), &who, d.ID); err != nil {
		return nil, fmt.Errorf("device: %w", err)
	}
	return out, nil
}

func (s *Server) revokeDevice(ctx context.Context, in *devicePath) (*struct{}, error) {
	d, err := s.ownDevice(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	who := principalOf(ctx)
	if err := s.cfg.Accounts.RevokeDevice(ctx, s.actorOf(ctx), &who, d.ID); err != nil {
		return nil, fmt.Errorf("device: %w", err)
	}
	return nil, nil
}
