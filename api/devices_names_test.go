package api

import (
	"strings"
	"testing"

	"lowsky"
)

// Whoever makes a device by the name of somebody else's aircraft would speak as it, and whoever registers an aircraft by
// the name of somebody else's device would see what that reports as their own.
func TestNamesOfOthersDevicesAndAircraft(t *testing.T) {
	h := newHouse(t)
	h.enrol(&lowsky.Aircraft{ID: "b1", Organisation: "blades", Jurisdictions: []lowsky.JurisdictionID{"421202"}, Serial: "SNB", RemoteIDs: []string{"RIDB"}},
		&lowsky.Aircraft{ID: "w1", Organisation: "wings", Jurisdictions: []lowsky.JurisdictionID{"421281"}, Serial: "SNW"},
		&lowsky.Aircraft{ID: "old", Organisation: "wings", Jurisdictions: []lowsky.JurisdictionID{"421281"}, Serial: "dev-b"})
	for _, id := range []lowsky.DeviceID{"dev-b", "dev-c"} {
		h.people.devices[id] = lowsky.Device{ID: id, Kind: lowsky.DeviceAircraft, Organisation: "blades", Jurisdictions: []lowsky.JurisdictionID{"421202"}}
	}
	device := func(id, org string) string {
		return `{"id":"` + id + `","kind":"aircraft","organisation_id":"` + org + `"}`
	}
	for _, c := range []struct {
		as, method, path, body string
		status                 int
		field                  string
	}{
		{"company", "POST", "devices", device("b1", "wings"), 409, "id"},
		{"company", "POST", "devices", device("SNB", "wings"), 409, "id"},
		{"company", "POST", "devices", device("RIDB", "wings"), 409, "id"},
		{"company", "POST", "devices", device("w1", "wings"), 200, ""},
		{"company", "POST", "devices", device("SNW", "wings"), 200, ""},
		{"admin", "POST", "devices", device("b1", "blades"), 200, ""},
		{"company", "PUT", "aircraft/dev-c", `{}`, 409, "id"},
		{"company", "PUT", "aircraft/w2", `{"serial":"dev-c"}`, 409, "serial"},
		{"company", "PUT", "aircraft/w2", `{"remote_ids":["dev-c"]}`, 409, "remote_ids"},
		{"company", "PUT", "aircraft/old", `{"serial":"dev-b","model":"m"}`, 200, ""}, // has it since before
		{"company", "PUT", "aircraft/w3", `{"serial":"dev-w"}`, 200, ""},
		{"admin", "PUT", "aircraft/b9", `{"organisation_id":"blades","serial":"dev-c"}`, 200, ""},
	} {
		a := h.ask(c.as, c.method, "/api/v1/"+c.path, c.body)
		if a.StatusCode != c.status || c.field != "" && a.json(t)["field"] != c.field {
			t.Errorf("%v: %d %s", c, a.StatusCode, a.raw)
		}
		if c.status == 409 && strings.Contains(string(a.raw), "blades") {
			t.Errorf("%v tells whose: %s", c, a.raw)
		}
	}
	if n := len(h.ledger.told("access.denied")); n != 3 {
		t.Errorf("%d guesses were noted", n)
	}
	file := "id,serial\nw7,dev-c\nw8,SN8\n"
	if a := h.ask("company", "POST", "/api/v1/registers/aircraft/check", file); !strings.Contains(string(a.raw), "alias_taken") {
		t.Errorf("a file: %d %s", a.StatusCode, a.raw)
	}
}
