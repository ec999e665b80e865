package lab

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// The console needs WebGL2; without it every later failure would be a riddle.
func TestChromiumHasWebGL2(t *testing.T) {
	t.Parallel()
	ctx := Browser(t, 400, 300)
	if err := chromedp.Do(ctx, chromedp.Navigate("data:text/html,<canvas id=c></canvas>")); err != nil {
		t.Fatal(err)
	}
	ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.getElementById('c').getContext('webgl2') !== null`))
	if err != nil || !ok {
		t.Fatalf("WebGL2 %v, error %v", ok, err)
	}
}
