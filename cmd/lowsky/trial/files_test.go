package trial

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lowsky"
)

const bad = `scenario: x
name: {zh: 某, en: x}
duration: 1m
profiles: {p: {class: light, model: M, speed: 12}}
colour: red
aircraft:
  - {id: a-1, scenario: city, profile: p, home: [114.3, 29.8], path: [{orbit: {centre: [114.3, 29.8], radius: 100, agl: 60}}]}
faults:
  - {fault: freeze, aircraft: a-2, at: 10s}
`

func TestBadFilesAreToldAllAtOnce(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"one.yaml": bad, "two.yaml": "scenario: y\n", "_part.yaml": "nonsense"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files, err := OnDisk([]string{dir})
	if err != nil || len(files) != 2 {
		t.Fatal(files, err)
	}
	card, err := Suite(t.Context(), "bad", files, []uint64{1, 2, 3}, Options{Progress: func(Progress) { t.Error("something flew") }})
	var wrong BadFiles
	if card != nil || !errors.As(err, &wrong) || !errors.Is(err, lowsky.ErrInvalid) {
		t.Fatal(card, err)
	}
	said := wrong.Error()
	for _, want := range []string{
		filepath.Join(dir, "one.yaml") + ":5: colour: ", filepath.Join(dir, "one.yaml") + ":9: faults[0].aircraft: ", filepath.Join(dir, "two.yaml") + ":1: ",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in\n%s", want, said)
		}
	}
	if strings.Count(said, "colour") != 1 {
		t.Errorf("told more than once:\n%s", said)
	}
}

func TestOnDiskRefuses(t *testing.T) {
	for _, p := range []string{"nowhere.yaml", t.TempDir()} {
		if _, err := OnDisk([]string{p}); err == nil || !strings.Contains(err.Error(), p) {
			t.Errorf("%s: %v", p, err)
		}
	}
}

func TestNamed(t *testing.T) {
	for _, name := range []string{"base/flights/zone-breach-circle.yaml", "base/flights/zone-breach-circle", "base/zone-breach-circle", "zone-breach-circle"} {
		f, err := Named(name)
		if err != nil || f.Name != "base/flights/zone-breach-circle.yaml" {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
	for _, name := range []string{"circle", "_common", "base/flights/_common.yaml", ""} {
		if f, err := Named(name); !errors.Is(err, lowsky.ErrNotFound) {
			t.Errorf("%q: %+v, %v", name, f, err)
		}
	}
}

// TestGiven: a file that somebody hands in may include what the shipped ones include, and is called in messages what its
// owner calls it.
func TestGiven(t *testing.T) {
	text := `scenario: mine
name: {zh: 我的, en: Mine}
include: [_common.yaml]
duration: 1m
aircraft:
  - {id: a-1, scenario: city, profile: quad, home: [114.33, 29.83], ground: 14, path: [{orbit: {centre: [114.33, 29.83], radius: 80, agl: 60}}]}
`
	for _, name := range []string{"mine.yaml", "base/flights/mine.yaml", "../../mine.yaml", `C:\mine.yaml`, ""} {
		f := Given(name, []byte(text))
		if found := f.Lint(); len(found) > 0 {
			t.Errorf("%q: %v", name, found)
			continue
		}
		if _, err := Suite(t.Context(), name, []File{f}, []uint64{1}, Options{}); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	found := Given("dir/mine.yaml", []byte(strings.Replace(text, "quad", "kite", 1))).Lint()
	if len(found) != 1 || found[0].File != "dir/mine.yaml" || found[0].Line != 6 {
		t.Errorf("%+v", found)
	}
}
