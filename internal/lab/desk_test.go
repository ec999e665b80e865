package lab

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"lowsky"
)

// A picture that stands still must not look live: the server is halted, the console says so over the whole map; it goes
// on, and so does the picture. Then a person comments on the alert and closes it as a false alarm while it still fires.
func TestStoppedPictureAndHandling(t *testing.T) {
	t.Parallel()
	mqttAddr, httpAddr := "127.0.0.1:"+FreePort(t), "127.0.0.1:"+FreePort(t)
	proc := StartProcess(t, httpAddr, "LOWSKY_DATA_DIR="+Dir(t), "LOWSKY_MQTT_ADDR="+mqttAddr)
	Eventually(t, 60*time.Second, func() string { return "ready" }, func() bool { ok, _ := proc.Ready(); return ok })
	p := proc.Platform(t)
	c := OpenConsole(t, p, 1440, 900)
	raised := raiseEmergency(t, p, mqttAddr)
	c.Wait("the alert", 10*time.Second, `!!document.querySelector('[data-testid=alert-row][data-aircraft=mayday][data-hazard=emergency]')`)
	c.Wait("a live picture", 15*time.Second, `document.querySelector('[data-testid=picture-age]').dataset.condition === 'live'`)

	proc.Signal(t, syscall.SIGSTOP)
	c.Wait("the stopped banner", 30*time.Second, `!!document.querySelector('[data-testid=banner-stopped]')`)
	c.Wait("the age says stopped", time.Second, `document.querySelector('[data-testid=picture-age]').dataset.condition === 'stopped'`)
	c.Shot("stopped")
	proc.Signal(t, syscall.SIGCONT)
	c.Wait("the banner is gone", 30*time.Second, `!document.querySelector('[data-testid=banner-stopped]')`)

	js := func(what, expression string) {
		t.Helper()
		if _, err := chromedp.Run(c.Context, chromedp.Evaluate[chromedp.Void](expression)); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	js("open the alert", `document.querySelector('[data-testid=alert-row][data-hazard=emergency]').click()`)
	c.Wait("its detail", 10*time.Second, `!!document.querySelector('[data-testid=comment-input]')`)
	c.fill("comment-input", "已电话核实\n")
	handling := func() lowsky.Handling {
		for _, a := range p.OpenAlerts(t) {
			if a.ID == raised.ID {
				return a.Handling
			}
		}
		return lowsky.Handling{}
	}
	Eventually(t, 10*time.Second, func() string { return fmt.Sprintf("the comment, %+v", handling()) }, func() bool {
		h := handling()
		return len(h.Comments) == 1 && h.Comments[0].Text == "已电话核实" && h.Comments[0].By == "admin"
	})
	c.Wait("the comment sent", 5*time.Second, `!document.querySelector('[data-testid=close-button]').disabled`)
	js("close", `document.querySelector('[data-testid=close-button]').click()`)
	c.Wait("the reasons", 5*time.Second, `!!document.querySelector('[data-testid=close-false_alarm]')`)
	js("false alarm", `document.querySelector('[data-testid=close-false_alarm]').click()`)
	c.Wait("the undo", 5*time.Second, `!!document.querySelector('[data-testid=undo]')`)
	Eventually(t, 20*time.Second, func() string { return fmt.Sprintf("closed, %+v", handling()) }, func() bool {
		h := handling()
		return h.State == lowsky.HandlingClosed && h.CloseReason == lowsky.CloseFalseAlarm
	})
	c.Shot("closed-still-firing")
}
