package lab

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"lowsky"
)

// pick chooses an option of a list as a person does.
func (c *Console) pick(id, value string) {
	c.t.Helper()
	c.Wait(value+" in "+id, 30*time.Second, fmt.Sprintf(`(e => {
		if (!e || ![...e.options].some(o => o.value === %[2]q)) return false;
		Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value').set.call(e, %[2]q);
		e.dispatchEvent(new Event('change', { bubbles: true }));
		return true;
	})(document.querySelector('[data-testid=%[1]s]'))`, id, value))
}

// A tester signs in, opens the page of simulations, flies a small file that ships with one seed by the worker as it
// ships, and reads its score; another who may only read has no way to fly one.
func TestSimulationPage(t *testing.T) {
	t.Parallel()
	p := Start(t, Options{ScoreCommand: []string{Binary(t), "score", "--worker"}})
	p.Hire(t, "tina", "xianning", "tester")
	p.Hire(t, "olga", "xianning", "city_duty_officer")

	c := OpenConsoleAs(t, p, "tina", HiredPassword, 1920, 1080)
	c.Click("rail-simulation")
	c.Wait("the page", 30*time.Second, `location.pathname === '/simulation' && !!document.querySelector('[data-testid=simulation-empty]')`)
	c.Shot("simulation-empty")
	const file = "base/flights/zone-breach-circle"
	c.pick("simulation-scenario", file)
	c.fill("simulation-first", "7")
	c.fill("simulation-count", "1")
	c.Click("simulation-lint")
	c.Wait("a sound file", 30*time.Second, `document.querySelector('[data-testid=simulation-verdict]')?.dataset.problems === '0'`)
	c.Click("simulation-run")
	c.Wait("the score", 90*time.Second, `!!document.querySelector('[data-testid=simulation-score]')`)

	// What is read there is what the server keeps.
	var list struct {
		Simulations []lowsky.Simulation `json:"simulations"`
	}
	p.Do(t, "GET", "/api/v1/simulations", nil, &list)
	if len(list.Simulations) != 1 {
		t.Fatalf("%d runs", len(list.Simulations))
	}
	var m lowsky.Simulation
	p.Do(t, "GET", fmt.Sprintf("/api/v1/simulations/%d", list.Simulations[0].ID), nil, &m)
	if m.Name != file || m.State != lowsky.SimulationDone || m.By != "tina" || len(m.Seeds) != 1 || m.Seeds[0] != 7 || m.Card == nil || m.Card.Total.Events == 0 {
		t.Fatalf("%+v", m)
	}
	c.Wait("its address", 5*time.Second, fmt.Sprintf(`location.pathname === '/simulation/%d'`, m.ID))
	c.Wait("its verdict", 5*time.Second, fmt.Sprintf(`document.querySelector('[data-testid=simulation-passed]').dataset.passed === '%v'`, m.Card.Passed))
	if recall, want := c.Text(`[data-testid=simulation-figure-recall] b`), fmt.Sprintf("%.1f", 100*m.Card.Total.Recall.Value); !strings.HasPrefix(recall, want) {
		t.Errorf("the page says %q of a recall of %s", recall, want)
	}
	total := c.Text(`[data-testid=simulation-total]`)
	if want := regexp.MustCompile(fmt.Sprintf(`^合计\s+%d\s+%d\s+%d\s+%d\s`, m.Card.Total.Events, m.Card.Total.TP, m.Card.Total.FN, m.Card.Total.FP)); !want.MatchString(total) {
		t.Errorf("the page says %q of %+v", total, m.Card.Total)
	}
	c.Wait("the windows of truth", 5*time.Second, `document.querySelectorAll('[data-testid=simulation-timeline] .sim-span rect').length > 0`)
	c.Wait("a row for each level that met something", 5*time.Second, `document.querySelectorAll('[data-testid=simulation-row]').length > 1`)
	c.Shot("simulation-score-zh")
	c.Click("language")
	c.Wait("English", 5*time.Second, `document.querySelector('[data-testid=simulation-total]').innerText.startsWith('Total')`)
	c.Shot("simulation-score-en")

	// A file with a mistake is shown with its line marked, and nothing flies.
	c.Click("simulation-view")
	c.Wait("a mistake", 5*time.Second, `(e => {
		Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(e, e.value + '\nno_such_key: 1\n');
		e.dispatchEvent(new Event('input', { bubbles: true }));
		return e.value.includes('no_such_key');
	})(document.querySelector('[data-testid=simulation-code]'))`)
	c.Click("simulation-run")
	c.Wait("its line", 30*time.Second, `(p => {
		const line = document.querySelector('[data-testid=simulation-code]').value.split('\n').indexOf('no_such_key: 1') + 1;
		return !!p && p.dataset.line === String(line) && p.innerText.includes('no_such_key');
	})(document.querySelector('[data-testid=simulation-problems] button'))`)
	c.Shot("simulation-problems")
	p.Do(t, "GET", "/api/v1/simulations", nil, &list)
	if len(list.Simulations) != 1 {
		t.Errorf("%d runs after a file that cannot be flown", len(list.Simulations))
	}

	reader := OpenConsoleAs(t, p, "olga", HiredPassword, 1366, 768)
	reader.Click("rail-simulation")
	reader.Wait("the same score", 30*time.Second, `!!document.querySelector('[data-testid=simulation-score]')`)
	if !reader.True(`!document.querySelector('[data-testid=simulation-run], [data-testid=simulation-open], [data-testid=simulation-cancel]')`) {
		t.Error("somebody who may only read has controls to fly")
	}
	reader.Shot("simulation-read-only")
}
