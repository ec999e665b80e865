package lab

import (
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"lowsky/airspace/exchange"
)

// A real national file goes through the whole platform: looked at, published, listed, exported, and the same again.
func TestImportOfANationalFile(t *testing.T) {
	dir := os.Getenv("SAMPLES_DIR")
	if dir == "" {
		t.Skip("SAMPLES_DIR is not set")
	}
	doc, err := os.ReadFile(filepath.Join(dir, "ed269", "FI-ed269-reassembled.json"))
	if err != nil {
		t.Skip(err)
	}
	t.Parallel()
	p := Start(t, Options{})
	type answer struct {
		Published bool
		Counts    struct {
			exchange.Counts
			New, Changed, Same int
		}
	}
	send := func(query string) (a answer) {
		t.Helper()
		p.Do(t, "POST", "/api/v1/zones/import?crs=wgs84&source="+url.QueryEscape("Traficom")+query, doc, &a, "Content-Type", "application/octet-stream")
		return a
	}
	want := exchange.Counts{Read: 723, Accepted: 722, Repaired: 722, Refused: 1} // one identifier stands twice
	if a := send("&dry_run=true"); a.Published || a.Counts.Counts != want || a.Counts.New != 722 {
		t.Errorf("looked at: %+v", a)
	}
	if status, text := p.Try(t, "POST", "/api/v1/zones/import?crs=wgs84", doc, nil); status != 422 {
		t.Errorf("with a refused zone: %d %.300s", status, text)
	}
	if a := send("&without_refused=true"); !a.Published || a.Counts.New != 722 {
		t.Errorf("published: %+v", a)
	}
	if a := send("&without_refused=true"); a.Counts.Same != 722 {
		t.Errorf("again: %+v", a)
	}
	var versions []struct{ Version int }
	p.Do(t, "GET", "/api/v1/zones/EFAAUAS/versions", nil, &versions)
	if len(versions) != 1 {
		t.Errorf("%d versions of a zone that did not change", len(versions))
	}
}
