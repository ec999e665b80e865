package server

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"lowsky"
	"lowsky/identity"
	"lowsky/store"
)

// byServer is the actor of what the server does by itself.
func (p *platform) byServer() lowsky.Actor {
	return lowsky.Actor{Name: "server", At: time.Now().UTC(), Organisation: p.region.Organisation, Jurisdictions: p.city()}
}

// city is the region's whole jurisdiction, as rows carry it.
func (p *platform) city() []lowsky.JurisdictionID {
	return []lowsky.JurisdictionID{p.region.Jurisdictions[0].ID}
}

// dataKeyFile is where the key that seals personal data lies when none is given.
func dataKeyFile(dataDir string) string { return filepath.Join(dataDir, "data.key") }

// openSealer takes the keys given, or the one in the data directory, which is made once.
func (p *platform) openSealer() error {
	keys, err := p.Config.dataKeys()
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		key, err := identity.LoadOrMakeKey(dataKeyFile(p.Config.DataDir))
		if err != nil {
			return fmt.Errorf("LOWSKY_DATA_DIR: %w", err)
		}
		keys = [][]byte{key}
	}
	p.sealer, err = identity.NewSealer(keys)
	return err
}

// openGate makes what tells who is asking. The pack's organisations come first: everybody is of one.
func (p *platform) openGate(ctx context.Context) error {
	if err := p.openSealer(); err != nil {
		return err
	}
	if err := p.store.SealPhones(ctx, p.sealer.Seal); err != nil {
		return err
	}
	if err := p.store.SeedOrganisations(ctx, p.organisations()); err != nil {
		return err
	}
	provider, err := p.oidc()
	if err != nil {
		return err
	}
	p.gate, err = identity.New(identity.Config{
		Users: p.store, Tokens: p.store, Audit: p.store, Trail: p.store, Sessions: p.store.Sessions(),
		Organisations: p.store, Devices: p.store, OIDC: provider, HashCommand: p.HashCommand,
		Secure: p.Config.secure(), Organisation: p.region.Organisation, Jurisdictions: p.city(), Now: time.Now, Logger: p.log,
	})
	if err != nil {
		return err
	}
	p.stages.cleanup("accounts", p.gate.Close)
	p.password, err = p.gate.EnsureAdministrator(ctx, p.byServer(), p.Config.AdminPassword)
	return err
}

// organisations are those of the pack; the demo's only while it is on.
func (p *platform) organisations() []lowsky.Organisation {
	var out []lowsky.Organisation
	for _, o := range p.region.Organisations {
		if o.Demo && !p.demo.on {
			continue
		}
		out = append(out, lowsky.Organisation{
			ID: o.ID, Kind: o.Kind, Name: o.Name, Jurisdiction: o.Jurisdiction, Scenarios: o.Scenarios, Demo: o.Demo,
		})
	}
	return out
}

// oidc is the identity provider that was configured; the zero value is none.
func (p *platform) oidc() (identity.OIDC, error) {
	c := &p.Config
	if c.OIDCIssuer == "" {
		return identity.OIDC{}, nil
	}
	f, err := os.Open(c.OIDCGroups)
	if err != nil {
		return identity.OIDC{}, fmt.Errorf("LOWSKY_OIDC_GROUPS: %w", err)
	}
	defer f.Close()
	groups, err := identity.ParseOIDCGroups(f)
	if err != nil {
		return identity.OIDC{}, fmt.Errorf("LOWSKY_OIDC_GROUPS: %s: %w", c.OIDCGroups, err)
	}
	return identity.OIDC{
		Issuer: c.OIDCIssuer, ClientID: c.OIDCClientID, ClientSecret: c.OIDCSecret, RedirectURL: c.OIDCRedirect,
		GroupsClaim: c.OIDCClaim, Name: lowsky.Text{ZH: c.OIDCName, EN: c.OIDCName}, Groups: groups,
	}, nil
}

// watchChanges follows what changes in PostgreSQL, by this process or by `lowsky admin` beside it, so that whoever was
// revoked or disabled is out within a second, and the picture knows the register.
func (p *platform) watchChanges(ctx context.Context) error {
	kinds := make(chan string, 64)
	ended := make(chan error, 1)
	go func() {
		ended <- p.store.Watch(ctx, func(kind string) {
			select {
			case kinds <- kind:
			case <-ctx.Done():
			}
		})
	}()
	// The register is read once for what comes within registerPause: mostly it was this process that changed it, and by
	// then the board knows. Nobody's rights wait for it.
	var register <-chan time.Time
	for {
		select {
		case err := <-ended:
			return err
		case kind := <-kinds:
			if p.changed(ctx, gather(kinds, kind)) && register == nil {
				register = time.After(registerPause)
			}
		case <-register:
			register = nil
			if err := p.publish.Reload(ctx, p.board.Aircraft(lowsky.Everything)); err != nil && ctx.Err() == nil {
				p.log.Error("the register changed and could not be read; the picture keeps the one it has", "error", err)
			}
		}
	}
}

// registerPause is how long what the shell did to the register takes to reach the picture.
const registerPause = 500 * time.Millisecond

// gather takes what else is there already: a list of 20,000 aircraft is one change.
func gather(kinds <-chan string, first string) map[string]bool {
	out := map[string]bool{first: true}
	for {
		select {
		case kind := <-kinds:
			out[kind] = true
		default:
			return out
		}
	}
}

// changed acts on what changed but for the register, which it answers about.
func (p *platform) changed(ctx context.Context, kinds map[string]bool) (register bool) {
	all := kinds[""] // after a lost connection anything may have changed
	rights := all || kinds["user"] || kinds["token"] || kinds["session"] || kinds["organisation"]
	if rights {
		p.gate.Changed()
	}
	if p.embedded != nil && (all || kinds["device"]) {
		if list, err := p.store.Devices(ctx, lowsky.Everything); err == nil {
			p.embedded.SetDevices(list)
		} else if ctx.Err() == nil {
			p.log.Error("the devices changed and could not be read; those known stay in force", "error", err)
		}
	}
	if all || kinds["organisation"] {
		if list, err := p.store.Organisations(ctx, lowsky.Everything); err == nil {
			p.owners.organisations(list)
		} else if ctx.Err() == nil {
			p.log.Error("the organisations changed and could not be read; the broker keeps those it knows", "error", err)
		}
	}
	if rights {
		p.hub.Recheck()
	}
	return all || kinds["aircraft"]
}

// deviceStates is what the embedded broker knows of the devices; nothing with an outside one.
func (p *platform) deviceStates() map[lowsky.DeviceID]lowsky.DeviceState {
	if p.embedded == nil {
		return nil
	}
	return p.embedded.DeviceStates()
}

// trail is the audit as the API asks for it. Where it cannot be told whether a guessed id exists, it is not called a guess.
type trail struct{ *store.Store }

func (t trail) Exists(ctx context.Context, kind, id string) bool {
	found, err := t.Store.Exists(ctx, kind, id)
	return err == nil && found
}
