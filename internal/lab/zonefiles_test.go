package lab

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// upload puts a file into a file input as a person's choice does.
func (c *Console) upload(id, name string, content []byte) {
	c.t.Helper()
	c.Wait(id+" to take a file", 20*time.Second, fmt.Sprintf(`(e => {
		if (!e) return false;
		const bytes = Uint8Array.from(atob(%q), ch => ch.charCodeAt(0));
		const files = new DataTransfer();
		files.items.add(new File([bytes], %q));
		e.files = files.files;
		e.dispatchEvent(new Event('change', { bubbles: true }));
		return true;
	})(document.querySelector('[data-testid=%s]'))`, base64.StdEncoding.EncodeToString(content), name, id))
}

// Real national files are previewed on the map, every zone of them accounted for, and published as a whole: Finland's
// ED-269 and the Netherlands' OpenAir. They are read from SAMPLES_DIR and are not in this repository.
func TestNationalFilesInTheConsole(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("SAMPLES_DIR")
	if dir == "" {
		t.Skip("needs SAMPLES_DIR, the folder of real files")
	}
	p := Start(t, Options{})
	c := OpenConsole(t, p, 1920, 1080)
	c.Click("rail-zones")
	inForce := 0
	for _, file := range []struct {
		path string
		read int // zones the file holds
	}{{"ed269/FI-ed269-reassembled.json", 723}, {"airspace/NL-ASP-National-XCSoar.txt", 166}} {
		content, err := os.ReadFile(filepath.Join(dir, file.path))
		if err != nil {
			t.Fatal(err)
		}
		c.Click("zone-import")
		c.upload("import-file", filepath.Base(file.path), content)
		c.Click("crs-wgs84")
		c.Click("import-read")
		c.Wait("a preview of "+file.path, 60*time.Second, `!!document.querySelector('[data-testid=import-counts]')`)
		if counts := c.Text(`[data-testid=import-counts]`); !strings.Contains(counts, fmt.Sprint(file.read)) {
			t.Errorf("%s: %q does not name the %d zones that the file holds", file.path, counts, file.read)
		}
		name := strings.ToLower(filepath.Base(file.path)[:2])
		c.Shot("import-" + name + "-preview")
		if n := countZones(t, p); n != inForce {
			t.Fatalf("%d zones in force after a preview, want %d", n, inForce)
		}
		accepted := struct {
			Counts struct {
				Read, Accepted, Refused int
			}
		}{}
		p.Do(t, "POST", "/api/v1/zones/import?crs=wgs84&dry_run=true", content, &accepted, "Content-Type", "application/octet-stream")
		n := accepted.Counts
		if n.Read != file.read || n.Accepted+n.Refused != n.Read || n.Accepted < file.read*9/10 {
			t.Errorf("%s: %+v, want %d read, and all of them accepted or refused", file.path, n, file.read)
		}
		if n.Refused > 0 {
			c.Click("import-remarks")
			c.Shot("import-" + name + "-remarks")
			c.Click("import-without")
		}
		c.fill("import-reason", "试验导入")
		c.Click("import-publish")
		inForce += n.Accepted
		Eventually(t, 60*time.Second, func() string { return fmt.Sprintf("%d zones in force, not %d", countZones(t, p), inForce) }, func() bool { return countZones(t, p) == inForce })
		c.Shot("import-" + name + "-published")
		c.Wait("the import to be left", 10*time.Second, `(e => { if (e) e.click(); return !document.querySelector('[data-testid=import]'); })(document.querySelector('[data-testid=import-close]'))`)
	}
	c.Wait("all of them in the list", 20*time.Second, fmt.Sprintf(`(document.querySelector('[data-testid=zone-count]')?.innerText ?? '').includes('%d')`, inForce))
	c.fill("zone-search", "EHRD")
	c.Wait("what was searched for", 10*time.Second, `[...document.querySelectorAll('[data-testid=zone-row]')].some(r => /EHRD/.test(r.innerText))`)
	c.Shot("import-zone-list")
}

func countZones(t *testing.T, p *Platform) int {
	t.Helper()
	var zones struct {
		Features []json.RawMessage `json:"features"`
	}
	p.Do(t, "GET", "/api/v1/zones", nil, &zones)
	return len(zones.Features)
}
