package lab

import (
	"testing"
	"time"
)

// The demo as a newcomer sees it: the fleet on the map, the script's alerts in the list, both languages.
func TestDemoInTheConsole(t *testing.T) {
	t.Parallel()
	p := Start(t, Options{Demo: true})
	c := OpenConsole(t, p, 1920, 1080)
	c.Wait("60 aircraft drawn", 20*time.Second, `window.__lowsky.tracks().filter(a => a.drawn).length >= 60`)
	c.Wait("a first alert", 60*time.Second, `document.querySelectorAll('[data-testid=alert-row]').length > 0`)
	c.Wait("demo mark", time.Second, `document.body.innerText.includes('演示')`)
	c.Shot("demo-zh")
	c.Click("language")
	c.Wait("English", 5*time.Second, `document.querySelector('[data-testid=picture-age]').innerText.toLowerCase().includes('picture age') || document.body.innerText.includes('Live')`)
	c.Shot("demo-en")
}
