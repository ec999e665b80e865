package lab

import (
	"fmt"
	"testing"
	"time"

	"lowsky"
)

// typeInto fills a field of any kind as typing does.
func (c *Console) typeInto(id, text string) {
	c.t.Helper()
	c.Wait(id+" to type into", 20*time.Second, fmt.Sprintf(`(e => {
		if (!e) return false;
		e.focus();
		Object.getOwnPropertyDescriptor(Object.getPrototypeOf(e), 'value').set.call(e, %q);
		e.dispatchEvent(new Event(e.tagName === 'SELECT' ? 'change' : 'input', { bubbles: true }));
		return true;
	})(document.querySelector('[data-testid=%s]'))`, text, id))
}

// A zone is made in the console: its shape given, who is inside told before it is published, published with a reason,
// judged with the next report; then edited into a second version, which the list of versions tells.
func TestZoneEditorInTheConsole(t *testing.T) {
	t.Parallel()
	p := Start(t, Options{})
	const lon, lat = 114.35, 29.80
	r := newReporter(t, p, Flight{ID: "hoverer", Longitude: lon, Latitude: lat, Fields: map[string]any{"height_agl_m": 50, "ground_speed_mps": 0}})
	r.report(t, 3)
	c := OpenConsole(t, p, 1920, 1080)
	c.Click("rail-zones")
	c.Click("zone-new")
	c.typeInto("zone-name-zh", "试验·广场")
	c.typeInto("zone-name-en", "Test square")
	c.Click("zone-paste")
	w, e, s, n := East(lon, lat, -300), East(lon, lat, 300), North(lat, -300), North(lat, 300)
	c.typeInto("zone-paste-text", fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%.6f,%.6f],[%.6f,%.6f],[%.6f,%.6f],[%.6f,%.6f],[%.6f,%.6f]]]}`,
		w, s, e, s, e, n, w, n, w, s))
	c.Click("zone-paste-take")
	c.Wait("who is inside", 20*time.Second, `[...document.querySelectorAll('[data-testid=zone-inside-row]')].some(e => e.innerText.includes('hoverer'))`)
	c.Shot("zone-editor-draft")
	if n := countZones(t, p); n != 0 {
		t.Fatalf("%d zones in force while it is a draft", n)
	}
	publish := func(reason string) {
		t.Helper()
		c.Click("zone-publish")
		c.fill("zone-reason", reason)
		c.Click("zone-publish-confirm")
		c.Click("zone-now")
	}
	publish("试验发布")
	Eventually(t, 15*time.Second, func() string { return "one zone in force" }, func() bool { return countZones(t, p) == 1 })
	fired := func(version int) bool {
		r.report(t, 1)
		open := p.zoneEntry(t, "hoverer")
		return len(open) == 1 && open[0].State == lowsky.AlertFiring && open[0].Zone.Version == version
	}
	Eventually(t, 20*time.Second, func() string { return fmt.Sprintf("it alerts: %+v", p.zoneEntry(t, "hoverer")) }, func() bool { return fired(1) })
	c.Wait("the zone's card", 20*time.Second, `!!document.querySelector('[data-testid=zone-edit]') || (document.querySelector('[data-testid=zone-row]')?.click(), false)`)
	c.Shot("zone-editor-published")
	c.Click("zone-edit")
	c.typeInto("zone-buffer", "75")
	publish("加宽缓冲")
	Eventually(t, 20*time.Second, func() string { return fmt.Sprintf("found under version 2: %+v", p.zoneEntry(t, "hoverer")) }, func() bool { return fired(2) })
	c.Wait("two versions", 20*time.Second, `document.querySelectorAll('[data-testid=zone-version]').length === 2 || (document.querySelector('[data-testid=zone-row]')?.click(), false)`)
	c.Shot("zone-editor-versions")
}
