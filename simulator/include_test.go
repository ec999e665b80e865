package simulator

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"lowsky"
)

// base is small without what a file that it includes can give.
func base(include string) string { return "include: [" + include + "]\n" + small }

func TestIncludeMerges(t *testing.T) {
	fsys := files(
		"a/main.yaml", base("one.yaml, two.yaml"),
		"a/one.yaml", "include: [deep/three.yaml]\nseed: 1\nnoise: {horizontal: 9, loss: 0.5}\nprofiles: {other: {class: micro, model: M, speed: 5}}\n",
		"a/two.yaml", "include: [deep/three.yaml]\naircraft: [{id: b-01, scenario: city, profile: third, home: [114, 30], path: [{hover: {at: [114.001, 30], agl: 30, for: 9s}}]}]\n",
		"a/deep/three.yaml", "geoid: -30\nnoise: {horizontal: 7}\nprofiles: {third: {class: micro, model: M, speed: 6}}\n",
	)
	s, err := Load(fsys, "a/main.yaml", LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if s.Seed != 7 || s.Geoid != -14 || s.Noise.Horizontal != 0.5 || s.Noise.Loss != 0 {
		t.Errorf("seed %d, geoid %g, noise %+v: the file's own are taken, whole", s.Seed, s.Geoid, s.Noise)
	}
	if len(s.Profiles) != 3 || len(s.Aircraft) != 4 || s.Aircraft[0].ID != "b-01" || s.Aircraft[0].Profile.Name != "third" {
		t.Errorf("%d profiles, %d aircraft, the first %s", len(s.Profiles), len(s.Aircraft), s.Aircraft[0].ID)
	}
}

// TestIncludeErrors names for each mistake the file and the line it is in and the words.
func TestIncludeErrors(t *testing.T) {
	const hover = "scenario: city, profile: quad, home: [114, 30], path: [{hover: {at: [114.001, 30], agl: 30, for: 9s}}]"
	for _, c := range []struct {
		name  string
		files []string // beside main.yaml, which includes a.yaml and b.yaml
		want  string
	}{
		{"missing", []string{"a.yaml", "{}"}, "main.yaml:1: include[1]: b.yaml does not exist"},
		{"circle", []string{"a.yaml", "seed: 1\ninclude:\n  - c.yaml", "b.yaml", "{}", "c.yaml", "include: [a.yaml]"},
			"c.yaml:1: include[0]: goes round in a circle: a.yaml includes c.yaml includes a.yaml"},
		{"itself", []string{"a.yaml", "include: [main.yaml]", "b.yaml", "{}"},
			"a.yaml:1: include[0]: goes round in a circle: main.yaml includes a.yaml includes main.yaml"},
		{"above its folder", []string{"a.yaml", "include: [../x.yaml]", "b.yaml", "{}"}, `a.yaml:1: include[0]: "../x.yaml" must be the name of a file beside`},
		{"absolute", []string{"a.yaml", "include: [/x.yaml]", "b.yaml", "{}"}, `a.yaml:1: include[0]: "/x.yaml" must be the name`},
		{"roundabout", []string{"a.yaml", "include: [./b.yaml]", "b.yaml", "{}"}, `a.yaml:1: include[0]: "./b.yaml" must be the name`},
		{"backslash", []string{"a.yaml", `include: ['..\x.yaml']`, "b.yaml", "{}"}, "a.yaml:1: include[0]:"},
		{"not YAML", []string{"a.yaml", "seed: 1\nx: [", "b.yaml", "{}"}, "a.yaml:2:"},
		{"unknown key", []string{"a.yaml", "sead: 1", "b.yaml", "{}"}, "a.yaml:1: sead: unknown key"},
		{"mistake within", []string{"a.yaml", "{}", "b.yaml", "seed: 1\nprofiles:\n  x: {class: light, model: M, speed: fast}"}, "b.yaml:3: profiles.x.speed: must be a number"},
		{"same scalar", []string{"a.yaml", "region: x", "b.yaml", "geoid: 1\nregion: y"}, "b.yaml:2: region: is also given by a.yaml:1"},
		{"same profile", []string{"a.yaml", "profiles: {quad: {class: light, model: M, speed: 9}}", "b.yaml", "{}"}, "main.yaml:13: profiles.quad: is given twice"},
		{"same aircraft", []string{"a.yaml", "seed: 1\naircraft: [{id: l-01, " + hover + "}]", "b.yaml", "{}"}, "main.yaml:18: aircraft[0].id: l-01 is already the aircraft of a.yaml:2"},
		{"same zone", []string{"a.yaml", "zones: [{id: z1, restriction: prohibited, circle: {centre: [1, 2], radius: 5}}]", "b.yaml", "\nzones: [{id: z1, restriction: prohibited, circle: {centre: [1, 2], radius: 5}}]"},
			"b.yaml:2: zones[0].id: z1 is already the zone of a.yaml:1"},
		{"two scenarios of one file", []string{"a.yaml", "scenario: x\nscenario: y", "b.yaml", "{}"}, "a.yaml:2: scenario: is given twice"},
		{"a list", []string{"a.yaml", "[]", "b.yaml", "{}"}, "a.yaml:1: must be a mapping"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys := files(append([]string{"main.yaml", base("a.yaml, b.yaml")}, c.files...)...)
			_, err := Load(fsys, "main.yaml", LoadOptions{})
			if err == nil || !strings.Contains("\n"+err.Error(), "\n"+c.want) || !errors.Is(err, lowsky.ErrInvalid) {
				t.Errorf("%v\nshould say %q", err, c.want)
			}
		})
	}
}

func TestIncludesAreBounded(t *testing.T) {
	big := fstest.MapFS{"main.yaml": {Data: []byte(base("big.yaml, big2.yaml"))}}
	for _, name := range []string{"big.yaml", "big2.yaml"} {
		big[name] = &fstest.MapFile{Data: []byte("# " + strings.Repeat("x", maxFile/2) + "\nseed: 1")}
	}
	if _, err := Load(big, "main.yaml", LoadOptions{}); err == nil || !strings.Contains(err.Error(), "is larger than") {
		t.Error(err)
	}
	chain := fstest.MapFS{}
	for i := range 60 {
		name := func(i int) string { return string([]byte{'a' + byte(i/26), 'a' + byte(i%26)}) + ".yaml" }
		chain[name(i)] = &fstest.MapFile{Data: []byte("include: [" + name(i+1) + "]\n")}
	}
	if _, err := Load(chain, "aa.yaml", LoadOptions{}); err == nil || !strings.Contains(err.Error(), "more than 50 files") {
		t.Error(err)
	}
	for _, name := range []string{"nowhere.yaml", "../x.yaml", "/x.yaml", "", "."} {
		if _, err := Load(chain, name, LoadOptions{}); !errors.Is(err, lowsky.ErrInvalid) {
			t.Errorf("%q: %v", name, err)
		}
	}
}
