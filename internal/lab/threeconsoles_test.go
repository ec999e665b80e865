package lab

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"lowsky"
)

// One running server, four flights of two companies in two counties, and three people who sign in with a browser: each
// sees another platform.
func TestThreeConsoles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	t.Run("county officer", w.countyConsole)
	t.Run("company administrator", w.companyConsole)
	t.Run("auditor", w.auditorConsole)
	t.Run("city officer", w.cityConsole)
	t.Run("changes of rights", w.rightsConsole)
}

// patience is how long a step of a browser may take where the two cores are others' too.
const patience = time.Minute

// changing are the buttons of an alert that change something.
var changing = []string{"ack-button", "assign-button", "call-button", "close-button", "handover-button", "pullup-button", "comment-input"}

// names are the aircraft that the console knows by name and has a place of.
func (c *Console) names() []string {
	c.t.Helper()
	text, err := chromedp.Run(c.Context, chromedp.Evaluate[string](`JSON.stringify(window.__lowsky.tracks().map(a => a.id).sort())`))
	if err != nil {
		c.t.Fatal(err)
	}
	var ids []string
	if err := json.Unmarshal([]byte(text), &ids); err != nil {
		c.t.Fatal(err)
	}
	return ids
}

func (c *Console) knows(want ...string) {
	c.t.Helper()
	Eventually(c.t, patience, func() string { return fmt.Sprintf("%v by name, wanted %v", c.names(), want) }, func() bool { return slices.Equal(c.names(), want) })
}

// alertsOf waits until the list is about these aircraft and no others.
func (c *Console) alertsOf(want ...string) {
	c.t.Helper()
	c.Wait("alerts on "+strings.Join(want, ", "), patience, fmt.Sprintf(
		`[...new Set([...document.querySelectorAll('[data-testid=alert-row]')].map(r => r.dataset.aircraft))].sort().join() === %q`, strings.Join(want, ",")))
}

// inView waits until the map shows the place, with less than span degrees of longitude across.
func (c *Console) inView(lon, lat, span float64) {
	c.t.Helper()
	c.Wait("the map on its place", patience, fmt.Sprintf(
		`(v => v && v.west < %[1]v && v.east > %[1]v && v.south < %[2]v && v.north > %[2]v && v.east - v.west < %[3]v)(window.__lowsky.view())`, lon, lat, span))
}

// clean fails when the page shows what no person should read.
func (c *Console) clean() {
	c.t.Helper()
	text := c.Text("body")
	for _, bad := range []string{"undefined", "NaN", "[object", "null", "admin.", "alert.", "city_", "county_", "company_administrator"} {
		if strings.Contains(text, bad) {
			i := strings.Index(text, bad)
			c.t.Errorf("the page shows %q: …%s…", bad, text[max(0, i-60):min(len(text), i+60)])
		}
	}
}

func (c *Console) lacks(what string, ids ...string) {
	c.t.Helper()
	for _, id := range ids {
		if c.True(fmt.Sprintf(`!!document.querySelector('[data-testid=%s]')`, id)) {
			c.t.Errorf("%s: there is a %s", what, id)
		}
	}
}

func (w *world) handling(t *testing.T, aircraft string) lowsky.Handling {
	t.Helper()
	var out struct {
		Alert lowsky.Alert `json:"alert"`
	}
	w.Do(t, "GET", "/api/v1/alerts/"+string(w.alerts[aircraft]), nil, &out)
	return out.Alert.Handling
}

func (w *world) handled(t *testing.T, aircraft, what string, ok func(lowsky.Handling) bool) {
	t.Helper()
	var h lowsky.Handling
	Eventually(t, patience, func() string { return fmt.Sprintf("%s: %+v", what, h) }, func() bool {
		h = w.handling(t, aircraft)
		return ok(h)
	})
}

// A county's officer: the county on the map, what flies in it and what its companies fly elsewhere, and the alerts that
// the county holds to handle.
func (w *world) countyConsole(t *testing.T) {
	c := OpenConsoleAs(t, w.Platform, "xianan-duty", HiredPassword, 1920, 1080)
	c.inView(lonXianan, latXianan, 1.3)
	c.knows("fa-1", "fa-2", "fb-2")
	c.alertsOf("fa-1", "fa-2", "fb-2")
	c.OpenAlert("fa-1")
	for _, id := range []string{"ack-button", "assign-button", "call-button", "close-button", "handover-button", "comment-input"} {
		c.Wait(id+" is there to be pressed", patience, fmt.Sprintf(`(b => b && !b.disabled)(document.querySelector('[data-testid=%s]'))`, id))
	}
	c.lacks("a county takes nothing up", "pullup-button")
	c.Shot("county-zh")
	c.clean()
	// The number is looked up, and the look recorded.
	c.Press("c")
	c.Wait("the number to dial", patience, `(e => e?.innerText.includes('0715-2') && e.innerText.includes('留痕'))(document.querySelector('[data-testid=calling]'))`)
	c.Shot("county-call-zh")
	var trail struct {
		Entries []lowsky.AuditEntry `json:"entries"`
	}
	w.Do(t, "GET", "/api/v1/audit?action=personal.look&object=aircraft/fa-1", nil, &trail)
	if len(trail.Entries) == 0 || trail.Entries[0].By != "xianan-duty" {
		t.Errorf("the look is recorded as %+v", trail.Entries)
	}
	c.Press("Escape")
	// Given to the company's administrator, found by typing.
	c.Press("a")
	c.Wait("whom it may be given to", patience, `document.querySelectorAll('[data-testid=assign-menu-choice]').length > 1`)
	c.fill("assign-menu-find", "a-admin")
	c.Wait("the one that was typed", patience, `document.querySelector('[data-testid=assign-menu-choice]')?.dataset.key === 'p a-admin'`)
	c.Shot("county-assign-zh")
	c.Click("assign-menu-choice")
	w.handled(t, "fa-1", "assigned", func(h lowsky.Handling) bool {
		return h.AssignedTo.Username == "a-admin" && h.AssignedBy == "xianan-duty"
	})
	c.Wait("to whom, in the detail", patience, `document.querySelector('[data-testid=assignee]')?.innerText.includes('a-admin')`)
	// Held by the other county: it may be read, and who has it is said.
	c.OpenAlert("fa-2")
	c.Wait("who has it", patience, `document.querySelector('[data-testid=held-by]')?.innerText.includes('赤壁市')`)
	c.Wait("its buttons rest", patience, `['ack-button','assign-button','call-button','close-button','handover-button'].every(id => document.querySelector('[data-testid=' + id + ']')?.disabled === true)`)
	c.Shot("county-held-zh")
	c.Press(" ")
	c.Press("x")
	if h := w.handling(t, "fa-2"); h.State != lowsky.HandlingNew {
		t.Errorf("a key handled another county's alert: %+v", h)
	}
	// Handed up to the city, which hands nothing back: then the city has it.
	c.OpenAlert("fb-2")
	c.Press("h")
	c.Wait("where to", patience, `document.querySelectorAll('[data-testid=handover-menu-choice]').length === 1`)
	c.Click("handover-menu-choice")
	w.handled(t, "fb-2", "handed over", func(h lowsky.Handling) bool { return h.Holder == "421200" })
	c.Wait("the city has it", patience, `document.querySelector('[data-testid=held-by]')?.innerText.includes('咸宁市') && document.querySelector('[data-testid=course]')?.innerText.includes('移交')`)
	c.clean()
	c.Click("user-menu")
	c.Wait("who it is, in words", patience, `document.querySelector('[data-testid=user-roles]')?.innerText === '县级值班员' && document.querySelector('[data-testid=user-organisation]')?.innerText.includes('咸安区')`)
	c.Shot("county-handed-zh")
	c.Click("user-menu")
	c.Click("rail-zones")
	c.Wait("the zones", patience, `!!document.querySelector('[data-testid=zone-row]')`)
	c.lacks("no zones.write", "zone-new", "zone-import")
}

// A company: its own aircraft by name wherever they are, others near them without one, nothing to handle and no audit.
func (w *world) companyConsole(t *testing.T) {
	c := OpenConsoleAs(t, w.Platform, "a-admin", HiredPassword, 1366, 768)
	c.knows("fa-1", "fa-2")
	c.Wait("the others near them, without a name", patience, `window.__lowsky.anonymous().length === 2`)
	c.Wait("own and others apart", patience, `document.querySelector('[data-testid=own-count]')?.innerText === '2' && document.querySelector('[data-testid=nearby-count]')?.innerText === '2'`)
	c.Wait("what their mark means", patience, `document.querySelector('[data-testid=legend-nearby]')?.innerText.includes('附近其他航空器')`)
	c.inView(lonXianan, latXianan, 1)
	c.inView(lonChibi, latChibi, 1)
	c.alertsOf("fa-1", "fa-2")
	c.fill("search", "fb-")
	c.Wait("others are not found", patience, `!!document.querySelector('.nohit')`)
	c.fill("search", "")
	c.OpenAlert("fa-1")
	c.lacks("a company handles nothing", changing...)
	detail := c.Text(`[data-testid=alert-detail]`)
	for _, officer := range []string{"xianan-duty", "undefined", "admin "} {
		if strings.Contains(detail, officer) {
			t.Errorf("a company reads %q: %s", officer, detail)
		}
	}
	c.clean()
	c.Shot("company-zh")
	// Close to: the mark of one without a name.
	c.Click("goto-button")
	c.inView(lonXianan, latXianan, 0.4)
	c.Wait("it is drawn", patience, `window.__lowsky.figures().drawnUnnamed >= 1`)
	c.Shot("company-near-zh")
	c.Click("language")
	c.Wait("English", patience, `document.querySelector('[data-testid=legend-nearby]')?.innerText.includes('Other traffic nearby')`)
	c.Shot("company-near-en")
	c.clean()
	c.Click("language")
	c.Click("rail-admin")
	c.Wait("its own pages", patience, `!!document.querySelector('[data-testid=admin-aircraft]')`)
	c.lacks("a company reads no audit", "admin-audit")
	c.Shot("company-admin-zh")
}

// An auditor: everything, the audit trail and its proof, and nothing to press that changes anything.
func (w *world) auditorConsole(t *testing.T) {
	c := OpenConsoleAs(t, w.Platform, "auditor", HiredPassword, 1440, 900)
	c.knows("fa-1", "fa-2", "fb-1", "fb-2")
	c.alertsOf("fa-1", "fa-2", "fb-1", "fb-2")
	c.inView(lonXianan, latXianan, 4)
	c.OpenAlert("fb-2")
	c.lacks("an auditor handles nothing", append(changing, "held-by")...)
	c.Wait("the course of it", patience, `document.querySelector('[data-testid=course]')?.innerText.includes('移交')`)
	c.clean()
	c.Shot("auditor-zh")
	c.Click("rail-zones")
	c.Wait("the zones", patience, `!!document.querySelector('[data-testid=zone-row]')`)
	c.lacks("an auditor publishes nothing", "zone-new", "zone-import")
	c.Click("zone-row")
	c.Wait("a zone", patience, `!!document.querySelector('[data-testid=zone-title]')`)
	c.lacks("an auditor changes no zone", "zone-edit", "zone-end", "zone-copy", "zone-restore")
	c.Click("rail-admin")
	for _, section := range []string{"organisations", "people", "aircraft", "pilots", "sites", "devices", "expiring"} {
		c.Click("admin-" + section)
		c.Wait(section, patience, fmt.Sprintf(`document.querySelector('[data-testid=admin-%s]')?.getAttribute('aria-current') === 'page' && !!document.querySelector('[data-testid=admin] main, [data-testid=admin] table, [data-testid=admin] h1')`, section))
		c.lacks("an auditor keeps no "+section, "create", "edit", "form-save", "import-store", "register-file", "phone-look")
	}
	c.lacks("an auditor imports nothing", "admin-import")
	c.Click("admin-audit")
	c.Wait("entries", patience, `document.querySelectorAll('[data-testid=admin] [data-id]').length > 5`)
	c.Click("audit-verify")
	c.Wait("the chain is intact", patience, `document.querySelector('[data-testid=audit-verdict]')?.dataset.ok === 'true' && document.querySelector('[data-testid=audit-verdict]').innerText.includes('完整')`)
	c.Shot("auditor-audit-zh")
}

// The city takes up what a county has, and hands it to another one.
func (w *world) cityConsole(t *testing.T) {
	c := OpenConsole(t, w.Platform, 1920, 1080)
	c.Click("language")
	c.OpenAlert("fb-1")
	c.Wait("held by the county", patience, `document.querySelector('[data-testid=holder]')?.innerText.includes('Chibi')`)
	c.Press("u")
	w.handled(t, "fb-1", "pulled up", func(h lowsky.Handling) bool { return h.Holder == "421200" && h.AcknowledgedBy == "admin" })
	c.Wait("nothing more to take up", patience, `!document.querySelector('[data-testid=pullup-button]') && document.querySelector('[data-testid=course]')?.innerText.includes('pulled up')`)
	c.Press("h")
	c.Wait("every county", patience, `document.querySelectorAll('[data-testid=handover-menu-choice]').length > 5`)
	c.Shot("city-handover-en")
	c.fill("handover-menu-find", "xianan")
	c.Wait("the one that was typed", patience, `document.querySelector('[data-testid=handover-menu-choice]')?.dataset.key === '421202'`)
	c.Click("handover-menu-choice")
	w.handled(t, "fb-1", "handed over", func(h lowsky.Handling) bool { return h.Holder == "421202" && h.State == lowsky.HandlingNew })
	c.Wait("both in its course", patience, `document.querySelectorAll('[data-testid=course] p').length === 2`)
	c.Shot("city-handed-en")
	c.clean()
}

// What somebody may see changes while the console is open: it comes back by itself; nothing is left to see: the sign-in
// page, which says why. A password that somebody else gave is changed first.
func (w *world) rightsConsole(t *testing.T) {
	const given = "given-by-the-admin-3"
	w.Do(t, "POST", "/api/v1/people", map[string]any{
		"username": "newcomer", "display_name": "新来的", "organisation_id": "xianan", "roles": []string{"county_duty_officer"}, "password": given,
	}, nil)
	c := OpenSignIn(t, w.Platform, 1366, 768)
	c.SignIn("newcomer", "not the password")
	c.Wait("why not", patience, `document.querySelector('[data-testid=problem]')?.innerText.includes('用户名或密码不正确')`)
	c.Shot("signin-wrong-zh")
	c.SignIn("newcomer", given)
	c.Wait("a password of one's own first", patience, `!!document.querySelector('[data-testid=first-password]') && !document.querySelector('[data-testid=map]')`)
	c.Shot("first-password-zh")
	w.newPassword(c, given, HiredPassword)
	c.Wait("the console", patience, `!!document.querySelector('[data-testid=map] canvas') && !!window.__lowsky`)
	c.inView(lonXianan, latXianan, 1.3)
	c.knows("fa-1", "fa-2", "fb-2")
	w.Do(t, "PUT", "/api/v1/people/newcomer", map[string]any{
		"display_name": "新来的", "organisation_id": "chibi", "roles": []string{"county_duty_officer"}, "disabled": false,
	}, nil)
	c.knows("fa-2", "fb-1", "fb-2")
	c.inView(lonChibi, latChibi, 1.3)
	c.Click("user-menu")
	c.Wait("the other desk", patience, `document.querySelector('[data-testid=user-organisation]')?.innerText.includes('赤壁市')`)
	c.Shot("scope-changed-zh")
	w.Do(t, "PUT", "/api/v1/people/newcomer", map[string]any{
		"display_name": "新来的", "organisation_id": "chibi", "roles": []string{"county_duty_officer"}, "disabled": true,
	}, nil)
	c.Wait("the sign-in page, and why", patience, `document.querySelector('[data-testid=signin-ended]')?.innerText.includes('停用')`)
	c.Shot("signin-ended-zh")
}

// newPassword fills the form of a first password in.
func (w *world) newPassword(c *Console, old, fresh string) {
	c.t.Helper()
	c.Wait("three fields", patience, `document.querySelectorAll('[data-testid=first-password] input[type=password]').length === 3`)
	for i, text := range []string{old, fresh, fresh} {
		c.Wait("a field", patience, fmt.Sprintf(`(e => {
			Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(e, %q);
			e.dispatchEvent(new Event('input', { bubbles: true }));
			return true;
		})(document.querySelectorAll('[data-testid=first-password] input[type=password]')[%d])`, text, i))
	}
	c.Wait("sent", patience, `(f => { f.requestSubmit(); return true; })(document.querySelector('[data-testid=first-password] form'))`)
}
