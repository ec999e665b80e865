package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"lowsky"
	"lowsky/identity"
	"lowsky/regions"
)

type organisationsCommand struct {
	database
}

// Run lists every organisation.
func (c *organisationsCommand) Run(env *environment) (err error) {
	s, done, err := c.open(env)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	list, err := s.Organisations(env, lowsky.Everything)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, o := range list {
		state := "enabled"
		if o.Disabled {
			state = "disabled"
		}
		rows = append(rows, []string{string(o.ID), string(o.Kind), o.Name.ZH, o.Name.EN, string(o.Jurisdiction), joined(o.Scenarios), state})
	}
	return table(os.Stdout, "ID\tKIND\t名称\tNAME\tSEAT\tSCENARIOS\tSTATE", rows)
}

type organisationCommand struct {
	Save organisationSaveCommand `cmd:"" help:"Make an organisation, or change what is given of one."`
}

type organisationSaveCommand struct {
	database
	ID         lowsky.OrganisationID   `arg:"" help:"a-z 0-9 -"`
	Kind       lowsky.OrganisationKind `help:"city, county, department or company."`
	NameZH     string                  `name:"name-zh" help:"Chinese name."`
	NameEN     string                  `name:"name-en" help:"English name."`
	Seat       lowsky.JurisdictionID   `help:"Jurisdiction that it is seated in, e.g. 421202."`
	Scenario   []lowsky.Scenario       `help:"What a department looks after, repeatedly."`
	CreditCode string                  `help:"统一社会信用代码."`
	Certified  lowsky.Day              `help:"Last day of a company's operating certificate, e.g. 2027-03-31."`
	Disable    bool                    `help:"Its people cannot sign in." xor:"state"`
	Enable     bool                    `help:"They can again." xor:"state"`
}

// Run writes the organisation; the audit has it before and after.
func (c *organisationSaveCommand) Run(env *environment) (err error) {
	region, err := regions.Load(c.Region)
	if err != nil {
		return err
	}
	s, done, err := c.open(env)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	now := time.Now().UTC()
	o, err := s.OrganisationByID(env, lowsky.Everything, c.ID)
	if err != nil && !errors.Is(err, lowsky.ErrNotFound) {
		return err
	}
	o.ID, o.UpdatedAt = c.ID, now
	give(&o.Kind, c.Kind)
	give(&o.Name.ZH, c.NameZH)
	give(&o.Name.EN, c.NameEN)
	give(&o.Jurisdiction, c.Seat)
	give(&o.CreditCode, c.CreditCode)
	give(&o.CertifiedUntil, c.Certified)
	if len(c.Scenario) > 0 {
		o.Scenarios = c.Scenario
	}
	o.Disabled = (o.Disabled || c.Disable) && !c.Enable
	if err := o.Check(); err != nil {
		return err
	}
	if !slices.ContainsFunc(region.Jurisdictions, func(j lowsky.Jurisdiction) bool { return j.ID == o.Jurisdiction }) {
		return fmt.Errorf("--seat: region %s has no jurisdiction %q", region.ID, o.Jurisdiction)
	}
	return s.SaveOrganisation(env, shell(now), o)
}

// give sets what is given.
func give[T comparable](to *T, v T) {
	var none T
	if v != none {
		*to = v
	}
}

type devicesCommand struct {
	database
}

// Run lists every device, also those that are revoked.
func (c *devicesCommand) Run(env *environment) (err error) {
	s, done, err := c.open(env)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	list, err := s.Devices(env, lowsky.Everything)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, d := range list {
		state := "holds"
		if !d.RevokedAt.IsZero() {
			state = "revoked " + day(d.RevokedAt)
		}
		rows = append(rows, []string{string(d.ID), string(d.Kind), d.Name, string(d.Organisation), day(d.RenewedAt), state})
	}
	return table(os.Stdout, "ID\tKIND\tNAME\tORGANISATION\tSECRET OF\tSTATE", rows)
}

type deviceCommand struct {
	Add    deviceAddCommand    `cmd:"" help:"Make the credentials of a device; the secret is printed once."`
	Renew  deviceRenewCommand  `cmd:"" help:"Give a device a new secret, printed once; the old one ends at once."`
	Revoke deviceRevokeCommand `cmd:"" help:"End the credentials; a connected device is out within a second."`
}

type deviceAddCommand struct {
	database
	ID           lowsky.DeviceID       `arg:"" help:"MQTT user name, and the id in its topics."`
	Kind         lowsky.DeviceKind     `default:"aircraft" help:"aircraft, gateway, weather or traffic."`
	Organisation lowsky.OrganisationID `required:"" help:"Whose it is."`
	Name         string                `help:"For people."`
}

// Run prints the secret alone on standard output.
func (c *deviceAddCommand) Run(env *environment) error {
	return c.withGate(env, func(ctx context.Context, gate *identity.Gate) error {
		secret, err := gate.NewDevice(ctx, shell(time.Now().UTC()), nil, lowsky.Device{ID: c.ID, Kind: c.Kind, Name: c.Name, Organisation: c.Organisation})
		if err == nil {
			fmt.Println(secret)
		}
		return err
	})
}

type deviceRenewCommand struct {
	database
	ID lowsky.DeviceID `arg:"" help:"Its id."`
}

// Run prints the new secret alone on standard output.
func (c *deviceRenewCommand) Run(env *environment) error {
	return c.withGate(env, func(ctx context.Context, gate *identity.Gate) error {
		secret, err := gate.RenewDevice(ctx, shell(time.Now().UTC()), nil, c.ID)
		if err == nil {
			fmt.Println(secret)
		}
		return err
	})
}

type deviceRevokeCommand struct {
	database
	ID lowsky.DeviceID `arg:"" help:"Its id."`
}

// Run ends the credentials.
func (c *deviceRevokeCommand) Run(env *environment) error {
	return c.withGate(env, func(ctx context.Context, gate *identity.Gate) error {
		return gate.RevokeDevice(ctx, shell(time.Now().UTC()), nil, c.ID)
	})
}
