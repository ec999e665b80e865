package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"lowsky"
	"lowsky/identity"
)

type sessionsCommand struct {
	database
	Name string `arg:"" help:"User name."`
}

// Run lists the sessions of an account, as the database knows them: when one was used last, to some minutes.
func (c *sessionsCommand) Run(env *environment) (err error) {
	s, done, err := c.open(env)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	list, err := s.Sessions().SessionsOf(env, strings.ToLower(c.Name))
	if err != nil {
		return err
	}
	var rows [][]string
	for _, x := range list {
		rows = append(rows, []string{x.ID, day(x.BeganAt), day(x.UsedAt), day(x.EndsAt), x.From, x.Agent})
	}
	return table(os.Stdout, "ID\tBEGAN\tUSED\tENDS\tFROM\tBROWSER", rows)
}

type endSessionsCommand struct {
	database
	Name string `arg:"" help:"User name."`
}

// Run ends all sessions of an account; its password and tokens stay.
func (c *endSessionsCommand) Run(env *environment) error {
	return c.withGate(env, func(ctx context.Context, gate *identity.Gate) error {
		n, err := gate.EndSessionsOf(ctx, shell(time.Now().UTC()), strings.ToLower(c.Name))
		if err == nil {
			fmt.Println(n, "ended")
		}
		return err
	})
}

type expiringCommand struct {
	database
	Days int `default:"30" help:"From now."`
}

// Run lists the insurances, licences and certificates that have ended or will within so many days, soonest first.
func (c *expiringCommand) Run(env *environment) (err error) {
	s, done, err := c.open(env)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	until := time.Now().In(lowsky.Shanghai).AddDate(0, 0, c.Days).Format(time.DateOnly)
	list, err := s.Expiring(env, lowsky.Everything, lowsky.Day(until))
	if err != nil {
		return err
	}
	var rows [][]string
	for _, x := range list {
		rows = append(rows, []string{string(x.Until), x.What, x.Kind, x.ID, x.Name.ZH, x.Name.EN, string(x.Organisation)})
	}
	return table(os.Stdout, "UNTIL\tWHAT\tKIND\tID\t名称\tNAME\tORGANISATION", rows)
}

type trailCommand struct {
	database
	By     string    `help:"User name, or shell/… ."`
	Action string    `help:"Such as device.revoke; also a beginning with a star: device.*"`
	Object string    `help:"Such as aircraft/l-12; also a beginning with a star."`
	From   time.Time `help:"Not before, RFC 3339."`
	To     time.Time `help:"Before, RFC 3339."`
	Before uint64    `help:"Only entries below this number: the next page."`
	Limit  int       `default:"100" help:"How many, the newest first."`
}

// Run prints what the audit tells, an object of JSON a line. Whether it holds is for lowsky audit verify.
func (c *trailCommand) Run(env *environment) (err error) {
	if c.Limit < 1 || c.Limit > 10_000 {
		return errors.New("--limit: 1 to 10000, not " + strconv.Itoa(c.Limit))
	}
	s, done, err := c.open(env)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	list, err := s.AuditTrail(env, lowsky.Everything, lowsky.AuditQuery{By: c.By, Action: c.Action, Object: c.Object, From: c.From, To: c.To, Before: c.Before, Limit: c.Limit})
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for _, e := range list {
		if err := out.Encode(e); err != nil {
			return err
		}
	}
	return nil
}
