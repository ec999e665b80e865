package store_test

import (
	"database/sql"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver that goose needs
	"github.com/pressly/goose/v3"

	"lowsky"
	"lowsky/store/storetest"
)

// goTo brings an empty schema to a version, up or down.
func goTo(t *testing.T, url string, version int64) {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	p, err := goose.NewProvider(goose.DialectPostgres, db, os.DirFS("migrations"), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	at, err := p.GetDBVersion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if at > version {
		_, err = p.DownTo(t.Context(), version)
	} else {
		_, err = p.UpTo(t.Context(), version)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A database of before there were organisations: nothing of it is lost, and its audit trail becomes a chain.
func TestMigrationToOrganisations(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	goTo(t, url, 3)
	exec(t, url, `INSERT INTO users VALUES ('admin', 'admin', 'x', '{administrator}', false, 'xianning', '{421200}', '2026-11-20Z', '2026-11-20Z'),
			('wang', 'wang', 'x', '{}', true, 'xianning', '{421200}', '2026-11-21Z', '2026-11-20Z');
		INSERT INTO api_tokens VALUES ('t', 'grafana', 'admin', sha256('x'), now(), NULL, NULL, 'xianning', '{421200}');
		INSERT INTO sessions VALUES (sha256('s'), 'not json', now() + interval '1 hour');
		INSERT INTO aircraft VALUES ('l-12', 'light', false, 'M30', '物-12', 'L-12', 'logistics', '王', '13900001111', false, 'xianning', '{421202}', '2026-11-20Z'),
			('l-13', 'light', false, 'M30', '物-13', 'L-13', 'logistics', '王', '', false, 'xianning', '{421202}', '2026-11-20Z');
		INSERT INTO alerts VALUES ('a', 1, 1, 'firing', 4, 4, 'zone_entry', 'r', 'aircraft', 'l-12', 'new', true, false, now(), now(), NULL,
			'{"id":"a","rev":1,"scenario":"logistics"}', 'xianning', '{421202}');
		INSERT INTO audit (at, by_user, from_address, action, object, detail, organisation_id, jurisdiction_ids)
			SELECT timestamptz '2026-11-20Z' + n * interval '1 second', 'wang', '10.0.0.7', 'user.create', 'user/' || n, '第' || n, 'xianning', '{421200,421202}'
			FROM generate_series(1, 3000) n`)
	s := storetest.Open(t, url)
	ctx := t.Context()
	u, err := s.User(ctx, "admin")
	if err != nil || len(u.Roles) != 1 || u.Roles[0] != lowsky.CityAdministrator || u.MustChange || u.External != "" || !u.LastSignInAt.IsZero() {
		t.Errorf("%+v, %v", u, err)
	}
	// The pack's own name for what the migration could only guess.
	pack := lowsky.Organisation{ID: "xianning", Kind: lowsky.CityOrganisation, Name: lowsky.Text{ZH: "咸宁", EN: "Xianning"}, Jurisdiction: "421200", UpdatedAt: noon}
	if err := s.SeedOrganisations(ctx, []lowsky.Organisation{pack}); err != nil {
		t.Fatal(err)
	}
	if all, err := s.Organisations(ctx, lowsky.Everything); err != nil || !cmp.Equal(all, []lowsky.Organisation{pack}) {
		t.Errorf("organisations %+v, %v", all, err)
	}
	if err := verify(t, s, lowsky.AuditHead{}); err != nil {
		t.Error(err)
	}
	trail, err := s.AuditTrail(ctx, lowsky.Everything, lowsky.AuditQuery{Action: "user.create", Limit: 1})
	if err != nil || len(trail) != 1 || trail[0].Seq != 3000 || trail[0].Object != "user/3000" || trail[0].Detail != "第3000" || len(trail[0].Jurisdictions) != 2 {
		t.Errorf("%+v, %v", trail, err)
	}
	if list, err := s.Alerts(ctx, lowsky.Scope{All: true, Scenarios: []lowsky.Scenario{lowsky.Logistics}}, lowsky.AlertQuery{}); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
	// Names of aircraft are taken already.
	thief := &lowsky.Aircraft{ID: "new", Serial: "l-12", Organisation: "xianning", UpdatedAt: noon}
	if err := s.SaveAircraft(ctx, wang, []*lowsky.Aircraft{thief}); !errors.Is(err, lowsky.ErrConflict) || !strings.Contains(err.Error(), "new") || !strings.Contains(err.Error(), "l-12") {
		t.Errorf("%v", err)
	}
	sealed := 0
	seal := func(phone string) (lowsky.Sealed, error) { sealed++; return lowsky.Sealed("v1.k." + phone[9:]), nil }
	for range 2 {
		if err := s.SealPhones(ctx, seal); err != nil {
			t.Fatal(err)
		}
	}
	if a, err := s.AircraftByID(ctx, lowsky.Everything, "l-12"); err != nil || a.ContactPhone != "v1.k.11" || sealed != 1 {
		t.Errorf("%+v, %v, sealed %d", a, err, sealed)
	}
	if n := query[int](t, url, `SELECT count(*)::int FROM aircraft WHERE aircraft::text LIKE '%13900001111%'`); n != 0 {
		t.Error("the phone is still there in clear")
	}
	if trail, err := s.AuditTrail(ctx, lowsky.Everything, lowsky.AuditQuery{Action: "personal.*"}); err != nil || len(trail) != 1 || strings.Contains(trail[0].Detail, "1390") {
		t.Errorf("%+v, %v", trail, err)
	}
	s.Close()
	goTo(t, url, 3)
	if n := query[int](t, url, `SELECT count(*)::int FROM audit WHERE object LIKE 'user/%'`); n != 3000 {
		t.Errorf("%d rows of the trail on the way back", n)
	}
	exec(t, url, `INSERT INTO audit (at, by_user, from_address, action, object, detail, organisation_id, jurisdiction_ids) VALUES (now(), '', '', '', '', '', '', '{}')`)
	goTo(t, url, 4)
	if err := verify(t, storetest.Open(t, url), lowsky.AuditHead{}); err != nil {
		t.Error(err)
	}
}
