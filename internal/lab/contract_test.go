package lab

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"lowsky/cmd/lowsky/server"
)

// The names that others build on, with their defaults: what is here may grow, and nothing in it may change.
var contract = map[string]string{
	"LOWSKY_HTTP_ADDR": "127.0.0.1:8080", "LOWSKY_MQTT_ADDR": "127.0.0.1:1883", "LOWSKY_MQTT_URL": "", "LOWSKY_DATABASE_URL": "",
	"LOWSKY_NATS_URL": "", "LOWSKY_DATA_DIR": "./data", "LOWSKY_REGION": "xianning", "LOWSKY_DEMO": "off", "LOWSKY_ADMIN_PASSWORD": "",
	"LOWSKY_DJI_APP_ID": "", "LOWSKY_DJI_APP_KEY": "", "LOWSKY_DJI_LICENSE": "", "LOWSKY_NTP_HOST": "", "LOWSKY_NTP_PORT": "123",
}

// Every variable is a flag of the same words; the contract's have their defaults, and docs/operations.md names each with
// the default that is in force.
func TestSettingsAreAsDocumented(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(repository(t), "docs", "operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	documented := documentedSettings(string(page))
	known := map[string]bool{}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[server.Config]()) {
		name, flag, value := f.Tag.Get("env"), f.Tag.Get("name"), f.Tag.Get("default")
		known[name] = true
		if want := strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(name, "LOWSKY_")), "_", "-"); flag != want {
			t.Errorf("%s is the flag --%s, want --%s", name, flag, want)
		}
		if want, ok := contract[name]; ok && value != want {
			t.Errorf("%s is %q by default, want %q", name, value, want)
		}
		switch got, ok := documented[name]; {
		case !ok:
			t.Errorf("docs/operations.md does not name %s", name)
		case got != value && got != "generated":
			t.Errorf("docs/operations.md gives %s the default %q, it is %q", name, got, value)
		}
	}
	for name := range contract {
		if !known[name] {
			t.Errorf("%s is no setting any more", name)
		}
	}
	for name := range documented {
		if !known[name] && !slices.Contains(server.OtherVariables, name) {
			t.Errorf("docs/operations.md names %s, which does not exist", name)
		}
	}
}

// documentedSettings reads the table of variables: name → default. A row that names several, the later ones by their
// ends ("`LOWSKY_DJI_APP_ID`, `_APP_KEY`"), has one default for all.
func documentedSettings(page string) map[string]string {
	quoted := regexp.MustCompile("`([^`]+)`")
	out := map[string]string{}
	for line := range strings.Lines(page) {
		if !strings.HasPrefix(line, "| `LOWSKY_") {
			continue
		}
		cells := strings.Split(line, "|")
		first := ""
		for _, m := range quoted.FindAllStringSubmatch(cells[1], -1) {
			name := m[1]
			if strings.HasPrefix(name, "_") {
				name = strings.Join(strings.Split(first, "_")[:2], "_") + name
			} else {
				first = name
			}
			out[name] = strings.Trim(strings.TrimSpace(cells[2]), "`")
		}
	}
	return out
}

// Whatever a page links to within the repository is there.
func TestLinksInPagesResolve(t *testing.T) {
	root := repository(t)
	link := regexp.MustCompile(`\]\(([^)#\s]+)(#[^)]*)?\)`)
	pages := 0
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if n := d.Name(); d.IsDir() && path != root && (strings.HasPrefix(n, ".") || n == "node_modules" || n == "data" || n == "dist") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".md") {
			return nil
		}
		pages++
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), m[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", strings.TrimPrefix(path, root+"/"), m[1])
			}
		}
		return nil
	})
	if err != nil || pages < 10 {
		t.Errorf("%d pages, error %v", pages, err)
	}
}

// The commands beside serve, each as its own process against a server that runs: a token opens the API, a new password
// replaces the old one and ends its sessions, health says ready.
func TestCommandsBesideServe(t *testing.T) {
	t.Parallel()
	p := Start(t, Options{})
	lowsky := func(args ...string) string {
		t.Helper()
		cmd := exec.Command(Binary(t), args...)
		cmd.Env = append(os.Environ(), "LOWSKY_DATA_DIR="+p.DataDir, "LOWSKY_HTTP_ADDR="+strings.TrimPrefix(p.HTTP, "http://"))
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("lowsky %s: %v", strings.Join(args, " "), err)
		}
		return strings.TrimSpace(string(out))
	}
	if says := lowsky("health"); !strings.Contains(says, `"ready":true`) {
		t.Errorf("health says %s", says)
	}
	token := lowsky("admin", "token", "--name", "mirror")
	ask := func(bearer string) int {
		t.Helper()
		req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, p.HTTP+"/api/v1/tracks", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+bearer)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	if got := ask(token); got != 200 {
		t.Errorf("with the token: %d", got)
	}
	if got := ask(token + "x"); got != 401 {
		t.Errorf("with another token: %d, want 401", got)
	}
	password := lowsky("admin", "reset-password")
	if status, _ := p.Try(t, "POST", "/api/v1/session", map[string]string{"username": "admin", "password": Password}, nil); status != 401 {
		t.Errorf("the old password: %d, want 401", status)
	}
	Eventually(t, 30*time.Second, func() string { return "the old session has ended" }, func() bool {
		status, _ := p.Try(t, "GET", "/api/v1/tracks", nil, nil)
		return status == 401
	})
	p.Do(t, "POST", "/api/v1/session", map[string]string{"username": "admin", "password": password}, nil)
}

// repository answers the folder that holds go.mod.
func repository(t testing.TB) string {
	t.Helper()
	_, here, _, ok := runtime.Caller(0)
	if !ok {
		t.Fatal("where this file lies is not known")
	}
	return filepath.Join(filepath.Dir(here), "..", "..")
}
