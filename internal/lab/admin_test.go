package lab

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"lowsky"
	"lowsky/cmd/lowsky/server"
)

// shell runs `lowsky …` beside a running server.
func (p *Platform) shell(t *testing.T, args ...string) (out string, err error) {
	t.Helper()
	cmd := exec.Command(Binary(t), args...)
	cmd.Env = append(os.Environ(), "LOWSKY_DATA_DIR="+p.DataDir, "LOWSKY_SERVER="+p.HTTP, "SSH_CONNECTION=192.0.2.77 50000 192.0.2.1 22")
	both, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(both)), err
}

func (p *Platform) mustShell(t *testing.T, args ...string) string {
	t.Helper()
	out, err := p.shell(t, args...)
	if err != nil {
		t.Fatalf("lowsky %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return out
}

// The shell does what the console does, on a running server, which acts on it within a second; all of it is in the audit;
// and a flipped byte in that is found.
func TestAdminFromTheShell(t *testing.T) {
	t.Parallel()
	p := Start(t, Options{Configure: func(c *server.Config) { c.MQTTAddr, c.Plaintext = "0.0.0.0:0", "on" }})
	p.mustShell(t, "admin", "organisation", "save", "shell-co", "--kind=company", "--name-zh=壳公司", "--name-en=Shell Co", "--seat=421202")
	if out, err := p.shell(t, "admin", "organisation", "save", "nowhere", "--kind=company", "--name-zh=无", "--name-en=None", "--seat=999999"); err == nil {
		t.Errorf("an organisation seated nowhere: %s", out)
	}
	password := p.mustShell(t, "admin", "person", "add", "shelly", "--role=company_administrator", "--organisation=shell-co")
	if out, err := p.shell(t, "admin", "person", "add", "wrong", "--role=city_administrator", "--organisation=shell-co"); err == nil {
		t.Errorf("a city administrator in a company: %s", out)
	}
	shelly := p.As(t, "shelly", password)
	shelly.Do(t, "PUT", "/api/v1/account/password", map[string]string{"old": password, "new": HiredPassword}, nil)
	shelly = p.As(t, "shelly", HiredPassword)

	secret := p.mustShell(t, "admin", "device", "add", "shell-1", "--organisation=shell-co")
	w := &world{Platform: p}
	pub := w.connect(t, "shell-1", secret)
	f := Flight{ID: "shell-1", Longitude: lonXianan, Latitude: latXianan, Fields: map[string]any{"height_agl_m": 50}}
	if err := pub.Publish("lowsky/v1/telemetry/shell-1", f.Report(0, time.Now()), 1); err != nil {
		t.Fatal(err)
	}
	connected := func() bool {
		var out struct {
			Devices []struct {
				ID    string             `json:"id"`
				State lowsky.DeviceState `json:"state"`
			} `json:"devices"`
		}
		p.Do(t, "GET", "/api/v1/devices", nil, &out)
		for _, d := range out.Devices {
			if d.ID == "shell-1" {
				return d.State.Connected
			}
		}
		return false
	}
	Eventually(t, 5*time.Second, func() string { return "the device is seen" }, connected)
	p.mustShell(t, "admin", "device", "revoke", "shell-1")
	Eventually(t, time.Second, func() string { return "a device revoked from the shell is out" }, func() bool { return !connected() })

	list := filepath.Join(t.TempDir(), "aircraft.csv")
	token := p.mustShell(t, "admin", "token", "--name=import")
	if err := os.WriteFile(list, []byte("id,class,model,organisation_id\nsh-1,light,M,shell-co\nsh-2,light,=1+1,shell-co\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := p.shell(t, "admin", "register", "aircraft", list, "--token="+token, "--lang=en")
	if err == nil || !strings.Contains(out, ":3: model") || !strings.Contains(out, "refused 1") {
		t.Errorf("a list with a formula: %v: %s", err, out)
	}
	if status, _ := p.Try(t, "GET", "/api/v1/aircraft/sh-1", nil, nil); status != 404 {
		t.Errorf("half of a refused list is there: %d", status)
	}
	if out, _ = p.shell(t, "admin", "register", "aircraft", list, "--token="+token, "--without-refused", "--lang=en"); !strings.Contains(out, "imported") {
		t.Errorf("without the refused row: %s", out)
	}
	Eventually(t, 5*time.Second, func() string { return "the imported aircraft" }, func() bool {
		status, _ := shelly.Try(t, "GET", "/api/v1/aircraft/sh-1", nil, nil)
		return status == 200
	})

	p.Do(t, "PUT", "/api/v1/pilots/sh-p", map[string]any{"name": "钱", "organisation_id": "shell-co", "licence": "X", "licence_until": "2020-01-31"}, nil)
	if out := p.mustShell(t, "admin", "expiring", "--days=1"); !strings.Contains(out, "2020-01-31") || !strings.Contains(out, "sh-p") {
		t.Errorf("a licence that has ended: %s", out)
	}
	if out := p.mustShell(t, "admin", "sessions", "shelly"); !strings.Contains(out, "127.0.0.1") {
		t.Errorf("sessions: %s", out)
	}
	p.mustShell(t, "admin", "end-sessions", "shelly")
	Eventually(t, 2*time.Second, func() string { return "whose sessions were ended is out" }, func() bool {
		status, _ := shelly.Try(t, "GET", "/api/v1/session", nil, nil)
		return status == 401
	})
	shelly = p.As(t, "shelly", HiredPassword)
	if out := p.mustShell(t, "admin", "audit", "--action=session.*", "--object=user/shelly", "--limit=3"); len(strings.Split(out, "\n")) != 3 || !strings.Contains(out, `"action":"session.end"`) {
		t.Errorf("the audit from the shell: %s", out)
	}

	p.mustShell(t, "admin", "person", "disable", "shelly")
	Eventually(t, 2*time.Second, func() string { return "who was disabled is out" }, func() bool {
		status, _ := shelly.Try(t, "GET", "/api/v1/session", nil, nil)
		return status == 401
	})
	for _, c := range [][]string{{"people"}, {"organisations"}, {"devices"}, {"tokens"}} {
		if out := p.mustShell(t, append([]string{"admin"}, c...)...); !strings.Contains(out, map[string]string{"people": "shelly", "organisations": "壳公司", "devices": "shell-1", "tokens": "import"}[c[0]]) {
			t.Errorf("admin %v: %s", c, out)
		}
	}
	var trail struct {
		Entries []lowsky.AuditEntry `json:"entries"`
	}
	p.Do(t, "GET", "/api/v1/audit?limit=200", nil, &trail)
	did := map[string]bool{}
	for _, e := range trail.Entries {
		if strings.HasPrefix(e.By, "shell/") {
			did[e.Action+" "+e.Object] = true
			if e.From != "192.0.2.77" {
				t.Errorf("%s from %q", e.Action, e.From)
			}
		}
	}
	for _, want := range []string{"organisation.save organisation/shell-co", "person.create user/shelly", "device.create device/shell-1", "device.revoke device/shell-1", "person.disable user/shelly"} {
		if !did[want] {
			t.Errorf("the audit does not tell of %s; %v", want, did)
		}
	}
	p.flipAByte(t)
}

// flipAByte changes one letter of one old row, as somebody with the database's own rights could, and has it found.
func (p *Platform) flipAByte(t *testing.T) {
	t.Helper()
	if out := p.mustShell(t, "audit", "verify"); !strings.Contains(out, "audit intact") || strings.Contains(out, "no anchors") {
		t.Errorf("before: %s", out)
	}
	note, err := os.ReadFile(filepath.Join(p.DataDir, "postgresql.url"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := pgx.Connect(context.Background(), strings.TrimSpace(string(note)))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(context.Background())
	if _, err := db.Exec(context.Background(), `UPDATE audit SET by_user = 'nobody' WHERE seq = 3`); err == nil {
		t.Error("the audit can be changed by an ordinary statement")
	}
	if _, err := db.Exec(context.Background(), `ALTER TABLE audit DISABLE TRIGGER USER`); err != nil {
		t.Fatal(err)
	}
	var object string
	if err := db.QueryRow(context.Background(), `UPDATE audit SET object = overlay(object placing 'X' from 1 for 1) WHERE seq = 3 RETURNING object`).Scan(&object); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(context.Background(), `ALTER TABLE audit ENABLE TRIGGER USER`); err != nil {
		t.Fatal(err)
	}
	if out, err := p.shell(t, "audit", "verify"); err == nil || !strings.Contains(out, "audit entry 3") {
		t.Errorf("after %s was written: %v: %s", object, err, out)
	}
	var verdict map[string]any
	p.Do(t, "GET", "/api/v1/audit/verify", nil, &verdict)
	if fmt.Sprint(verdict["ok"]) != "false" || fmt.Sprint(verdict["broken_at"]) != "3" {
		t.Errorf("the API says %v", verdict)
	}
}
