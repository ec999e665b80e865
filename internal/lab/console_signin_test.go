package lab

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"lowsky/cmd/lowsky/server"
)

// The sign-in page offers the city's identity provider where there is one, says in words when that cannot be reached, and
// after too many wrong passwords how long to wait.
func TestSignInPage(t *testing.T) {
	t.Parallel()
	groups := filepath.Join(Dir(t), "groups")
	if err := os.WriteFile(groups, []byte("duty = city_duty_officer @ xianning\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	p := Start(t, Options{Configure: func(c *server.Config) {
		c.OIDCIssuer, c.OIDCClientID, c.OIDCSecret, c.OIDCGroups = "https://127.0.0.1:"+FreePort(t), "lowsky", "reed-tall-river-7", groups
		c.OIDCRedirect, c.OIDCName = "https://console.example/api/v1/session/oidc/callback", "市统一身份认证"
	}})
	c := OpenSignIn(t, p, 1366, 768)
	c.Wait("the provider's button", patience, `document.querySelector('[data-testid=login-oidc]')?.innerText.includes('市统一身份认证')`)
	c.Shot("signin-oidc-zh")
	c.Click("login-oidc")
	c.Wait("another page", patience, `location.pathname === '/api/v1/session/oidc'`)
	// In the browser's language: it is no page of the console's.
	c.Wait("that it cannot be reached", patience, `/暂时不可用|not available now/.test(document.body.innerText) && /返回登录|Back to signing in/.test(document.body.innerText)`)
	c.Shot("signin-oidc-unavailable-zh")
	if err := chromedp.Do(c.Context, chromedp.Navigate(p.HTTP)); err != nil {
		t.Fatal(err)
	}
	c.Wait("the sign-in page again", patience, `!!document.querySelector('[data-testid=login-username]')`)
	for range 40 {
		status, _ := p.Try(t, "POST", "/api/v1/session", map[string]string{"username": "admin", "password": "wrong"}, nil)
		if status == http.StatusTooManyRequests {
			break
		}
	}
	c.SignIn("admin", "wrong again")
	// Whoever is slow is past the first wait by now: the next wrong password makes a longer one.
	c.Wait("how long to wait", patience, `(b => {
		if (/请等 \d+:\d\d/.test(document.querySelector('[data-testid=problem]')?.innerText ?? '')) return true;
		if (b && !b.disabled) b.click();
		return false;
	})(document.querySelector('[data-testid=login-submit]'))`)
	c.Shot("signin-wait-zh")
	before := c.Text(selector("problem"))
	c.Wait("a time that runs", patience, fmt.Sprintf(`document.querySelector('[data-testid=problem]').innerText !== %q`, before))
}
