package lab

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"lowsky/web"
)

// Console is the console in a browser, signed in.
type Console struct {
	Context context.Context
	t       testing.TB
}

// OpenConsole starts a browser, signs in as admin through the page and waits for the map.
func OpenConsole(t testing.TB, p *Platform, width, height int) *Console {
	t.Helper()
	return OpenConsoleAs(t, p, "admin", Password, width, height)
}

// OpenConsoleAs is OpenConsole for somebody else.
func OpenConsoleAs(t testing.TB, p *Platform, username, password string, width, height int) *Console {
	t.Helper()
	c := OpenSignIn(t, p, width, height)
	c.SignIn(username, password)
	c.Wait("the map", 30*time.Second, `!!document.querySelector('[data-testid=map] canvas') && !!window.__lowsky`)
	return c
}

// OpenSignIn starts a browser on the sign-in page.
func OpenSignIn(t testing.TB, p *Platform, width, height int) *Console {
	t.Helper()
	if _, built := web.FS(); !built {
		Needs(t, "the console: make web")
	}
	c := &Console{Browser(t, width, height), t}
	if err := chromedp.Do(c.Context, chromedp.Navigate(p.HTTP)); err != nil {
		t.Fatal(err)
	}
	c.Wait("the sign-in page", 20*time.Second, `!!document.querySelector('[data-testid=login-username]')`)
	return c
}

// SignIn fills the sign-in page in and sends it.
func (c *Console) SignIn(username, password string) {
	c.t.Helper()
	c.fill("login-username", username)
	c.fill("login-password", password)
	c.Click("login-submit")
}

// Press sends a key to the page, as pressed with nothing focused.
func (c *Console) Press(key string) {
	c.t.Helper()
	c.Wait("key "+key, 5*time.Second, fmt.Sprintf(`(document.activeElement?.blur(), window.dispatchEvent(new KeyboardEvent('keydown', { key: %q, bubbles: true })), true)`, key))
}

// OpenAlert opens the alert on an aircraft in the list.
func (c *Console) OpenAlert(aircraft string) {
	c.t.Helper()
	c.Wait("the alert on "+aircraft, 20*time.Second, fmt.Sprintf(`(r => {
		if (document.querySelector('[data-testid=alert-detail] [data-aircraft=%[1]q]')) return true;
		r?.click();
		return false;
	})(document.querySelector('[data-testid=alert-row][data-aircraft=%[1]q]'))`, aircraft))
}

// fill puts text into a field as typing does, and ends with Enter where the text ends with a newline. By script: the
// library's SendKeys reads its node while the page's events change it, which the race detector reports.
func (c *Console) fill(id, text string) {
	c.t.Helper()
	typed := strings.TrimRight(text, "\r\n")
	c.Wait(id+" to type into", 20*time.Second, fmt.Sprintf(`(e => {
		if (!e) return false;
		e.focus();
		Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(e, %q);
		e.dispatchEvent(new Event('input', { bubbles: true }));
		return true;
	})(document.querySelector('[data-testid=%s]'))`, typed, id))
	if typed == text {
		return
	}
	c.Wait(id+" to end with Enter", 5*time.Second, fmt.Sprintf(`(e => {
		if (!e || e.value === '') return false;
		if (e.form) e.form.requestSubmit(); else e.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
		return true;
	})(document.querySelector('[data-testid=%s]'))`, id))
}

// Click presses the first element with that data-testid, once it can be pressed: buttons rest while an action is under
// way. It presses the element itself and not a place on the screen, which may be another's by the time the mouse is
// there when the two cores are busy.
func (c *Console) Click(id string) {
	c.t.Helper()
	c.Wait(id+" can be pressed", 30*time.Second, fmt.Sprintf(
		`(b => { const ok = b && !b.disabled; if (ok) b.click(); return ok; })(document.querySelector('[data-testid=%s]'))`, id))
}

func selector(id string) string { return fmt.Sprintf(`[data-testid=%q]`, id) }

// Wait polls a JavaScript expression until it is true.
func (c *Console) Wait(what string, within time.Duration, expression string) {
	c.t.Helper()
	var last error
	Eventually(c.t, within, func() string { return fmt.Sprintf("%s (%s; %v)", what, expression, last) }, func() bool {
		ok, err := chromedp.Run(c.Context, chromedp.Evaluate[bool]("Boolean("+expression+")"))
		last = err
		return err == nil && ok
	})
}

// True answers whether an expression holds in the page now.
func (c *Console) True(expression string) bool {
	c.t.Helper()
	ok, err := chromedp.Run(c.Context, chromedp.Evaluate[bool](expression))
	if err != nil {
		c.t.Fatalf("%s: %v", expression, err)
	}
	return ok
}

// Text answers the visible text of the first element that a CSS selector finds; "" when there is none.
func (c *Console) Text(css string) string {
	c.t.Helper()
	text, err := chromedp.Run(c.Context, chromedp.Evaluate[string](fmt.Sprintf(`document.querySelector(%q)?.innerText ?? ''`, css)))
	if err != nil {
		c.t.Fatalf("text of %s: %v", css, err)
	}
	return text
}

// Shot keeps a picture when LOWSKY_SCREENSHOTS asks for one.
func (c *Console) Shot(name string) { c.t.Helper(); Screenshot(c.t, c.Context, name) }
