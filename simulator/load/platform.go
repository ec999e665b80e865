package load

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"lowsky"
	"lowsky/ingest/native"
)

// maxAnswer bounds what is read of one answer of the platform, bytes.
const maxAnswer = 64 << 20

// ask sends a GET with the token.
func (w *watcher) ask(ctx context.Context, path string) (io.ReadCloser, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.http+path, nil)
	if err != nil {
		cancel()
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+w.run.Watch.Token)
	resp, err := w.client.Do(req)
	if err != nil {
		cancel()
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		cancel()
		return nil, fmt.Errorf("GET %s: %s", path, resp.Status)
	}
	return body{io.LimitReader(resp.Body, maxAnswer), resp.Body, cancel}, nil
}

// body is an answer whose context ends with it.
type body struct {
	io.Reader
	of     io.Closer
	cancel context.CancelFunc
}

func (b body) Close() error { b.cancel(); return b.of.Close() }

// counts reads the platform's counters as they stand.
func (w *watcher) counts(ctx context.Context) (Counts, error) {
	var c Counts
	answer, err := w.ask(ctx, "/api/v1/ingest/sources")
	if err != nil {
		return c, err
	}
	defer answer.Close()
	var list struct {
		Sources []struct {
			ID       lowsky.SourceID   `json:"id"`
			Received uint64            `json:"received"`
			Rejected map[string]uint64 `json:"rejected"`
			Unlogged uint64            `json:"not_logged"`
			Late     uint64            `json:"late"`
			Repeats  uint64            `json:"repeats"`
		} `json:"sources"`
	}
	if err := json.NewDecoder(answer).Decode(&list); err != nil {
		return c, fmt.Errorf("GET /api/v1/ingest/sources: %w", err)
	}
	for _, s := range list.Sources {
		if !w.sources[s.ID] {
			continue
		}
		c.Received += s.Received
		c.Unlogged += s.Unlogged
		c.Late += s.Late
		c.Repeats += s.Repeats
		for _, n := range s.Rejected {
			c.Rejected += n
		}
	}
	text, err := w.ask(ctx, "/metrics")
	if err != nil {
		return c, err
	}
	defer text.Close()
	for lines := bufio.NewScanner(text); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), " ")
		into := &c.Journal
		switch name {
		case "lowsky_ingest_logged_total":
		case "lowsky_board_changes_total":
			into = &c.Published
		default:
			continue
		}
		if v, err := strconv.ParseFloat(value, 64); err == nil {
			*into = uint64(v)
		}
	}
	return c, nil
}

// since answers by how much the counters rose. A platform that started anew meanwhile counts from 0.
func (c Counts) since(b Counts) Counts {
	rose := func(now, before uint64) uint64 {
		if now < before {
			return now
		}
		return now - before
	}
	return Counts{
		rose(c.Received, b.Received), rose(c.Rejected, b.Rejected), rose(c.Unlogged, b.Unlogged), rose(c.Repeats, b.Repeats),
		rose(c.Late, b.Late), rose(c.Journal, b.Journal), rose(c.Published, b.Published),
	}
}

// sourcesOf answers under which names the platform may count a load's messages: native aircraft report by themselves,
// of DJI's ingest counts the aircraft and the picture the dock.
func (r *run) sourcesOf() map[lowsky.SourceID]bool {
	own := map[lowsky.SourceID]bool{}
	for _, c := range r.crafts {
		if !c.milli {
			own[native.Direct(c.id)] = true
			continue
		}
		own[lowsky.SourceID(c.id)] = true
	}
	if r.Format == "dji" {
		for i := range r.devices {
			own[lowsky.SourceID(nameOf(r.Prefix+"-dock", i))] = true
		}
	}
	return own
}
