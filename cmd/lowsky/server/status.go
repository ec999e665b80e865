package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"lowsky"
	"lowsky/api"
	"lowsky/ingest"
	"lowsky/journal"
	"lowsky/regions"
)

// storage is what is not saved yet, as consoles are told.
func (p *platform) storage() api.Storage {
	st, j := p.store.State(), p.journal.State()
	s := api.Storage{Database: "ok", Since: st.Since, Backlog: st.Backlog, Journal: string(j.Level)}
	if !st.OK {
		s.Database = "down"
	}
	return s
}

// watchStorage tells consoles within half a second when PostgreSQL goes or returns.
func (p *platform) watchStorage(ctx context.Context) error {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		p.board.SetStorage(p.storage())
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// watchBroker tells the picture, through the journal, when the connection to the outside broker is lost and when it is
// back: then no aircraft is accused of silence.
func (p *platform) watchBroker(ctx context.Context) error {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	up, since := true, time.Now()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-tick.C:
			ready := p.external.Ready() == nil
			if ready == up {
				since = now
				continue
			}
			if !ready && now.Sub(since) < ingest.BrokerPatience {
				continue
			}
			payload, err := json.Marshal(lowsky.BrokerState{Up: ready})
			if err != nil {
				return err
			}
			if _, err := p.journal.Append(lowsky.Record{Kind: lowsky.RecordBroker, At: now.UTC(), Payload: payload}, nil); err != nil {
				p.log.Warn("the broker's state is not in the journal", "up", ready, "error", err)
			}
			p.log.Warn("connection to the outside broker", "up", ready)
			up, since = ready, now
		}
	}
}

// brokerReady answers nil while reports can arrive.
func (p *platform) brokerReady() error {
	if p.external != nil {
		return p.external.Ready()
	}
	return p.embedded.Ready()
}

// readyChecks name what has to hold before the platform calls itself ready. What they answer is read by anybody on the
// network, so causes with addresses stay in the log.
func (p *platform) readyChecks() []api.ReadyCheck {
	return []api.ReadyCheck{
		{Name: "database", Check: func(context.Context) error {
			if st := p.store.State(); !st.OK {
				return fmt.Errorf("not reachable since %s; %d records wait in the journal", st.Since.UTC().Format(time.RFC3339), st.Backlog)
			}
			return nil
		}},
		{Name: "migrations", Check: func(ctx context.Context) error {
			if err := p.store.Ready(ctx); err != nil {
				return errors.New("the schema of this version cannot be confirmed")
			}
			return nil
		}},
		{Name: "journal", Check: func(context.Context) error {
			if st := p.journal.State(); st.Level != journal.LevelOK {
				return fmt.Errorf("%s: %d records wait for the disk", st.Level, st.BacklogRecords)
			}
			return nil
		}},
		{Name: "broker", Check: func(context.Context) error {
			if err := p.brokerReady(); err != nil {
				return errors.New("not connected; no reports arrive")
			}
			return nil
		}},
	}
}

// status is GET /api/v1/status, for people who are signed in.
func (p *platform) status(context.Context) api.Status {
	st, j := p.store.State(), p.journal.State()
	s := api.Status{
		Version: p.Version, Region: p.region.ID, Demo: p.demo.on, Storage: p.storage(), At: time.Now().UTC(),
		Database: api.Component{State: "ok", Since: st.Since, Backlog: st.Backlog, Detail: st.Trouble},
		Journal:  api.Component{State: string(j.Level), Detail: j.Trouble, Backlog: uint64(j.BacklogRecords)},
		Broker:   api.Component{State: "ok"},
	}
	if !st.OK {
		s.Database.State = "down"
	}
	if err := p.brokerReady(); err != nil {
		s.Broker = api.Component{State: "down", Detail: err.Error()}
	}
	licence := p.intake.DJILicence()
	s.DJI.Configured = licence.Configured
	if !licence.Configured {
		s.DJI.Missing = []string{"LOWSKY_DJI_APP_ID", "LOWSKY_DJI_APP_KEY", "LOWSKY_DJI_LICENSE"}
		s.DJI.Message = lowsky.Text{
			ZH: fmt.Sprintf("未配置大疆应用编号、密钥和许可证，机场无法上线（%d 台在等待）", len(licence.Waiting)),
			EN: fmt.Sprintf("No DJI app id, key and licence are set, so docks cannot come online (%d waiting)", len(licence.Waiting)),
		}
	}
	return s
}

// sourceCounts hands ingest's counts to the API in its words.
func (p *platform) sourceCounts() []api.SourceCount {
	counts := p.intake.Sources().Snapshot()
	out := make([]api.SourceCount, len(counts))
	for i, c := range counts {
		rejected := make(map[string]uint64, len(c.Rejected))
		for reason, n := range c.Rejected {
			rejected[string(reason)] = n
		}
		out[i] = api.SourceCount{
			ID: c.ID, Format: c.Format, Link: c.Link, Received: c.Received, Rejected: rejected, NotLogged: c.NotLogged, LastSeen: c.LastSeen,
		}
		if r := c.LastRejection; !r.At.IsZero() {
			out[i].LastRejection = &api.Rejection{At: r.At, Topic: r.Topic, Reason: string(r.Reason), Field: r.Field, Problem: r.Problem}
		}
	}
	return out
}

// apiRegion is the region pack in the API's words.
func apiRegion(r *regions.Region) *api.Region {
	out := &api.Region{ID: r.ID, Name: r.Name, Jurisdictions: r.Jurisdictions, Credits: r.Credits}
	for _, o := range r.Organisations {
		out.Organisations = append(out.Organisations, api.Organisation{ID: o.ID, Name: o.Name, Jurisdiction: o.Jurisdiction, Demo: o.Demo})
	}
	for _, l := range r.Lines {
		out.Lines = append(out.Lines, api.Line{Kind: l.Kind, Name: l.Name, Points: l.Points})
	}
	for _, k := range r.ZoneKinds {
		out.ZoneKinds = append(out.ZoneKinds, api.ZoneKind{Kind: k.Kind, Name: k.Name, Buffer: k.Buffer, WarningBand: k.WarningBand})
	}
	for _, pl := range r.Places {
		out.Places = append(out.Places, api.Place{Name: pl.Name, Kind: pl.Kind, Longitude: pl.Longitude, Latitude: pl.Latitude})
	}
	return out
}

// registerMetrics serves the figures that people alarm on; each is read when Prometheus asks.
func (p *platform) registerMetrics() {
	gauge := func(name, help string, f func() float64) {
		p.metrics.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "lowsky_" + name, Help: help}, f))
	}
	counter := func(name, help string, f func() float64) {
		p.metrics.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "lowsky_" + name, Help: help}, f))
	}
	totals := p.intake.Sources().Totals
	counter("ingest_received_total", "Messages from the wire.", func() float64 { return float64(totals().Received) })
	counter("ingest_logged_total", "Messages that the journal took.", func() float64 { return float64(totals().Logged) })
	counter("ingest_lost_qos0_total", "QoS 0 messages lost because the journal was full.", func() float64 { return float64(totals().LostQoS0) })
	counter("ingest_refused_qos1_total", "QoS 1 messages not acknowledged because the journal was full.", func() float64 { return float64(totals().RefusedQoS1) })
	p.metrics.MustRegister(rejections{p, prometheus.NewDesc("lowsky_ingest_rejected_total", "Messages refused, by reason.", []string{"reason"}, nil)})
	gauge("journal_waiting_records", "Records that wait for the disk.", func() float64 { return float64(p.journal.State().BacklogRecords) })
	gauge("journal_bytes", "Bytes of the journal on disk, as of the last look.", func() float64 { return float64(p.journal.State().StreamBytes) })
	gauge("store_backlog_records", "Records in the journal that PostgreSQL does not have yet.", func() float64 { return float64(p.store.State().Backlog) })
	counter("store_rejected_records_total", "Records that PostgreSQL refused for what is in them.", func() float64 { return float64(p.store.State().Rejected) })
	gauge("store_up", "1 while PostgreSQL takes what it is given.", func() float64 { return truth(p.store.State().OK) })
	if p.embedded != nil {
		gauge("broker_connections", "Devices connected to the embedded broker.", func() float64 { return float64(p.embedded.Connections()) })
	}
	gauge("broker_up", "1 while reports can arrive.", func() float64 { return truth(p.brokerReady() == nil) })
}

func truth(ok bool) float64 {
	if ok {
		return 1
	}
	return 0
}

// rejections is a counter with the reason as label; the reasons are ingest's bounded list.
type rejections struct {
	p    *platform
	desc *prometheus.Desc
}

func (r rejections) Describe(c chan<- *prometheus.Desc) { c <- r.desc }

func (r rejections) Collect(c chan<- prometheus.Metric) {
	for reason, n := range r.p.intake.Sources().Totals().Rejected {
		c <- prometheus.MustNewConstMetric(r.desc, prometheus.CounterValue, float64(n), string(reason))
	}
}
