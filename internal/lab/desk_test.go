package lab

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"lowsky"
)

// A frozen map that looks live is the worst failure: when the server is gone the console says so by itself, over the map,
// and the age it shows grows.
func TestStoppedPictureIsSeen(t *testing.T) {
	t.Parallel()
	p := Start(t, Options{})
	c := OpenConsole(t, p, 1440, 900)
	c.Wait("a live picture", 20*time.Second, `document.querySelector('[data-testid=picture-age]')?.dataset.condition === 'live'`)
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	c.Wait("the picture is late", 15*time.Second, `['late', 'stopped'].includes(document.querySelector('[data-testid=picture-age]')?.dataset.condition)`)
	c.Wait("the bar across the map", 20*time.Second, `!!document.querySelector('[data-testid=banner-stopped]')`)
	before := c.Text(selector("banner-stopped"))
	c.Wait("an age that grows", 10*time.Second, fmt.Sprintf(`document.querySelector('[data-testid=banner-stopped]').innerText !== %q`, before))
	c.Shot("picture-stopped")
}

// What a duty officer does with an alert, through the page: comment, log the call, close as a false alarm. Each ends up
// at the server under their name.
func TestHandlingThroughTheConsole(t *testing.T) {
	t.Parallel()
	p := Start(t, Options{})
	p.Do(t, "PUT", "/api/v1/aircraft/mayday", map[string]any{
		"class": "light", "model": "M", "contact_name": "试验联系人", "contact_phone": "000-0002", "name": map[string]string{"zh": "试-02", "en": "X-02"},
	}, nil)
	alert := raiseEmergency(t, p, p.MQTT)
	c := OpenConsole(t, p, 1440, 900)
	row := fmt.Sprintf(`[data-testid=alert-row][data-alert-id=%q]`, alert.ID)
	c.Wait("the alert", 10*time.Second, fmt.Sprintf(`!!document.querySelector('%s')`, row))
	if _, err := chromedp.Run(c.Context, chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.querySelector('%s').click()`, row))); err != nil {
		t.Fatal(err)
	}
	handled := func(what string, ok func(lowsky.Handling) bool) {
		t.Helper()
		var h lowsky.Handling
		Eventually(t, 15*time.Second, func() string { return fmt.Sprintf("%s; %+v", what, h) }, func() bool {
			var out struct {
				Alert struct {
					Handling lowsky.Handling `json:"handling"`
				} `json:"alert"`
			}
			p.Do(t, "GET", "/api/v1/alerts/"+string(alert.ID), nil, &out)
			h = out.Alert.Handling
			return ok(h)
		})
	}
	c.fill("comment-input", "已联系\r")
	handled("the comment is kept", func(h lowsky.Handling) bool {
		return len(h.Comments) == 1 && h.Comments[0].Text == "已联系" && h.Comments[0].By == "admin"
	})
	c.Click("call-button")
	c.Wait("the number to dial", 5*time.Second, `document.querySelector('[data-testid=calling]')?.innerText.includes('000-0002')`)
	c.Click("call-button")
	handled("the call is logged", func(h lowsky.Handling) bool { return h.CallLoggedBy == "admin" })
	c.Click("close-button")
	c.Wait("true alarms cannot be closed while they fire", 5*time.Second, `document.querySelector('[data-testid=close-true]')?.disabled === true`)
	c.Click("close-" + string(lowsky.CloseFalseAlarm))
	handled("closed after the time for undoing it", func(h lowsky.Handling) bool {
		return h.State == lowsky.HandlingClosed && h.CloseReason == lowsky.CloseFalseAlarm && h.ClosedBy == "admin"
	})
	c.Shot("closed")
}
