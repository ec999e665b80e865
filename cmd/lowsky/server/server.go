package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"lowsky"
	"lowsky/airspace"
	"lowsky/airspace/terrain"
	"lowsky/api"
	"lowsky/identity"
	"lowsky/ingest"
	"lowsky/ingest/dji"
	"lowsky/journal"
	"lowsky/picture"
	"lowsky/regions"
	"lowsky/scenarios"
	"lowsky/store"
	"lowsky/store/cluster"
)

// Options is what surrounds a server.
type Options struct {
	Config  Config
	Version string
	Logger  *slog.Logger
	// HashCommand starts a process that hashes passwords (lowsky hash-passwords); nil hashes them in this one.
	HashCommand []string
	// ScoreCommand starts a process that flies simulations (lowsky score --worker); nil: none are flown.
	ScoreCommand []string
	// Announce is told, once the platform is up, where it is and, the first time only, the generated admin password.
	Announce func(Address)
}

// Address is where a running server is reached.
type Address struct {
	HTTP          string // http://127.0.0.1:8080
	MQTT          string // 127.0.0.1:1883; "" with an external broker
	MQTTS         string // of MQTT over TLS; "" without
	AdminPassword string // generated just now; "" otherwise
	Terrain       string // what heights above ground rest on
}

// platform is the running whole; its fields are filled in the order of start.
type platform struct {
	Options
	log      *slog.Logger
	region   *regions.Region
	areas    *airspace.Areas
	terrain  *terrain.Terrain // nil: nothing is known of the ground
	packs    []*lowsky.RulePack
	demo     *demo
	open     []*lowsky.Alert // alerts that were open at the start
	database string
	cluster  *cluster.Cluster // nil with a given database
	store    *store.Store
	journal  *journal.Log
	gate     *identity.Gate
	sealer   *identity.Sealer
	cert     *certificate // nil: no TLS
	board    *api.Board
	hub      *api.Hub
	picture  *picture.Picture
	publish  *publisher
	flights  *simulations // nil without Options.ScoreCommand
	intake   *ingest.Intake
	owners   *owners
	embedded *ingest.Embedded   // one of these two
	external *ingest.Subscriber //
	metrics  *prometheus.Registry
	password string
	stages   *stages
}

// Run runs the platform until ctx ends or a part fails; then it stops everything in order and answers why.
func Run(ctx context.Context, o Options) error {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if err := o.Config.Check(); err != nil {
		return err
	}
	p := &platform{Options: o, log: o.Logger, stages: newStages(o.Logger), metrics: prometheus.NewRegistry(), owners: newOwners()}
	p.metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	err := p.run(ctx)
	if stopping := p.stages.shutdown(); err == nil {
		err = stopping
	}
	return err
}

func (p *platform) run(ctx context.Context) error {
	// Data first: they cost nothing to refuse.
	if err := p.loadPacks(); err != nil {
		return err
	}
	scheme := "http://"
	if p.Config.TLSCert != "" {
		var err error
		if p.cert, err = openCertificate(p.Config.TLSCert, p.Config.TLSKey, p.log); err != nil {
			return err
		}
		scheme = "https://"
	}
	listener, err := net.Listen("tcp", p.Config.HTTPAddr)
	if err != nil {
		return taken("LOWSKY_HTTP_ADDR", p.Config.HTTPAddr, err)
	}
	front := &front{}
	p.startHTTP(listener, front)

	if err := os.MkdirAll(p.Config.DataDir, 0o755); err != nil {
		return fmt.Errorf("LOWSKY_DATA_DIR: %w", err)
	}
	front.waitFor("database")
	if err := p.openStore(ctx); err != nil {
		return err
	}
	front.waitFor("accounts")
	if err := p.openGate(ctx); err != nil {
		return err
	}
	front.waitFor("journal")
	if err := p.openJournal(ctx); err != nil {
		return err
	}
	front.waitFor("picture")
	if err := p.startPicture(ctx); err != nil {
		return err
	}
	if err := p.demo.sync(ctx, p.store, p.publish, p.sealer, p.open, time.Now().UTC()); err != nil {
		return err
	}
	if err := p.demo.putAway(ctx, p.open, handling{p.picture}.Handle); err != nil {
		return err
	}
	if err := p.openIngest(ctx); err != nil {
		return err
	}
	handler, err := p.handler()
	if err != nil {
		return err
	}
	front.open(handler)
	p.startIngest()
	p.stages.start("audit anchors", (&anchors{file: AnchorFile(p.Config.DataDir), store: p.store, log: p.log}).Run)
	p.stages.start("changes", p.watchChanges)
	if p.flights != nil {
		p.stages.start("simulations", p.flights.Run)
	}

	address := Address{HTTP: scheme + listener.Addr().String(), AdminPassword: p.password, Terrain: describeTerrain(p.terrain, &p.Config, p.region)}
	if p.embedded != nil {
		address.MQTT = p.embedded.Addr().String()
		if a := p.embedded.TLSAddr(); a != nil {
			address.MQTTS = a.String()
		}
	}
	if p.Announce != nil {
		p.Announce(address)
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-p.stages.failed:
		return err
	}
}

func (p *platform) loadPacks() (err error) {
	if p.region, err = regions.Load(p.Config.Region); err != nil {
		return err
	}
	if p.areas, err = airspace.NewAreas(p.region.Jurisdictions); err != nil {
		return fmt.Errorf("region %s: %w", p.region.ID, err)
	}
	if p.packs, err = scenarios.Packs(); err != nil {
		return err
	}
	if p.terrain, err = openTerrain(&p.Config, p.region); err != nil {
		return err
	}
	p.log.Info("terrain", "is", describeTerrain(p.terrain, &p.Config, p.region))
	p.demo, err = loadDemo(p.region, p.areas, p.Config.DemoOn())
	return err
}

// startHTTP serves from the first moment on, so that a supervisor sees a process that lives and what it waits for.
func (p *platform) startHTTP(l net.Listener, h http.Handler) {
	srv := &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(p.log.Handler(), slog.LevelDebug),
	}
	p.stages.start("http", func(ctx context.Context) error {
		failed := make(chan error, 1)
		go func() {
			if p.cert == nil {
				failed <- srv.Serve(l)
				return
			}
			srv.TLSConfig = p.cert.config("h2", "http/1.1")
			failed <- srv.ServeTLS(l, "", "")
		}()
		select {
		case err := <-failed:
			return err
		case <-ctx.Done():
		}
		grace, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		err := srv.Shutdown(grace)
		if errors.Is(err, context.DeadlineExceeded) {
			err = srv.Close() // a slow download does not keep the platform from ending
		}
		<-failed
		return err
	})
}

func (p *platform) openJournal(ctx context.Context) error {
	position, err := p.store.Position(ctx)
	if err != nil {
		return err
	}
	p.journal, err = journal.Open(journal.Config{
		Dir: filepath.Join(p.Config.DataDir, "journal"), NATSURL: p.Config.NATSURL, After: position, Logger: p.log,
	})
	if err != nil {
		return err
	}
	p.stages.cleanup("journal closed", p.journal.Close)
	// What the journal holds and PostgreSQL does not: alerts raised before a crash above all.
	began := time.Now()
	if err := p.store.CatchUp(ctx, p.journal, decode, p.consumeOptions()); err != nil {
		return err
	}
	p.log.Info("PostgreSQL has everything the journal held", "head", p.journal.Head(), "took", time.Since(began).Round(time.Millisecond))
	return nil
}

func decode(topic string, payload []byte, received time.Time, simulated bool) ([]lowsky.Message, error) {
	return ingest.DecodeRecord(lowsky.Record{
		Kind: lowsky.RecordMessage, At: received, Simulated: simulated, Topic: topic, Payload: payload,
	})
}

func (p *platform) consumeOptions() store.ConsumeOptions {
	return store.ConsumeOptions{Jurisdictions: p.areas.Containing, Saved: func(saved []store.SavedAlert) {
		if p.board == nil {
			return
		}
		revs := make([]api.AlertRev, len(saved))
		for i, s := range saved {
			revs[i] = api.AlertRev(s)
		}
		p.board.Stored(revs)
	}}
}

// missedFor is how long before the start an aircraft may have been heard in flight and is still expected to be heard
// again: after that most have landed and were switched off.
const missedFor = 15 * time.Minute

// startPicture loads what the picture begins with, writes it down, and starts everything behind the broker.
func (p *platform) startPicture(ctx context.Context) error {
	start := lowsky.PictureStart{Region: p.region.ID}
	for _, pack := range p.packs {
		start.Packs = append(start.Packs, pack.PackRef)
	}
	if p.terrain != nil {
		start.Terrain = p.terrain.Digest()
	}
	var err error
	if start.HeightCorrections, err = heightCorrections(p.Config.AMSLOffsets); err != nil {
		return err
	}
	if start.Zones, err = p.store.Zones(ctx, lowsky.Everything); err != nil {
		return err
	}
	if start.Aircraft, err = p.store.Aircraft(ctx, lowsky.Everything); err != nil {
		return err
	}
	if start.Alerts, err = p.store.OpenAlerts(ctx, lowsky.Everything); err != nil {
		return err
	}
	p.open = start.Alerts
	now := time.Now().UTC()
	if start.LastSeen, err = p.store.LastSeen(ctx, lowsky.Everything, now.Add(-missedFor), now); err != nil {
		return err
	}
	config, err := pictureConfig(p.packs, p.areas, p.region, p.terrain, &start)
	if err != nil {
		return err
	}
	p.board = api.NewBoard(api.BoardConfig{})
	p.board.Load(&start)
	p.owners.register(&lowsky.AircraftPublication{Upsert: start.Aircraft})
	p.hub = api.NewHub(p.board, api.HubConfig{Version: p.Version, Region: p.region.ID, Origins: p.Config.origins(), Metrics: p.metrics, Logger: p.log})
	p.publish = &publisher{store: p.store, log: p.journal, slog: p.log}
	notices := newNotices(p, p.board.Noticed, p.log)
	notices.load(start.Alerts)

	engine, err := picture.NewEngine(config)
	if err != nil {
		return err
	}
	ticks := time.NewTicker(time.Second)
	p.stages.cleanup("ticks", func() error { ticks.Stop(); return nil })
	p.picture = picture.New(engine, p.journal, sinks{p.board, notices, p.owners}, picture.Options{Ticks: ticks.C, Logger: p.log})
	p.journal.SetTap(p.picture.Offer)

	// The stop order is the reverse: picture drained, then the journal flushed, then PostgreSQL caught up.
	p.stages.start("store", p.consume)
	p.stages.start("journal", p.journal.Run)
	payload, err := json.Marshal(&start)
	if err != nil {
		return err
	}
	receipt, err := p.journal.Append(lowsky.Record{Kind: lowsky.RecordStart, At: time.Now().UTC(), Payload: payload}, nil)
	if err == nil {
		err = receipt.Wait(ctx)
	}
	if err != nil {
		return fmt.Errorf("the picture's start: %w", err)
	}
	p.stages.start("hub", p.hub.Run)
	p.stages.start("storage state", p.watchStorage)
	p.stages.start("picture", p.picture.Run)
	p.stages.start("notices", notices.Run)
	return nil
}

// pictureConfig is what an engine begins with; a replay makes the same from a recorded start.
func pictureConfig(packs []*lowsky.RulePack, areas *airspace.Areas, region *regions.Region, ground *terrain.Terrain, start *lowsky.PictureStart) (picture.Config, error) {
	zones, err := airspace.NewIndex(start.Zones)
	if err != nil {
		return picture.Config{}, fmt.Errorf("zones in force: %w", err)
	}
	c := picture.Config{
		Packs: packs, Zones: zones, Areas: areas, Aircraft: start.Aircraft, Alerts: start.Alerts,
		LastSeen: start.LastSeen, HeightCorrections: start.HeightCorrections, Organisation: region.Organisation,
	}
	if ground != nil { // a nil *Terrain in the interface would be asked
		c.Terrain = ground
	}
	return c, nil
}

// sinks hands changes to several, in order.
type sinks []interface{ Publish([]lowsky.Change) }

func (s sinks) Publish(changes []lowsky.Change) {
	for _, sink := range s {
		sink.Publish(changes)
	}
}

// Publish sends a downlink through whichever broker there is.
func (p *platform) Publish(topic string, payload []byte, qos byte, retain bool) error {
	switch {
	case p.embedded != nil:
		return p.embedded.Publish(topic, payload, qos, retain)
	case p.external != nil:
		return p.external.Publish(topic, payload, qos, retain)
	}
	return lowsky.ErrUnavailable
}

// consume writes the journal into PostgreSQL until it is asked to end; then it has 5 s to catch up with the end.
func (p *platform) consume(ctx context.Context) error {
	inner, cancel := context.WithCancel(context.Background())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- p.store.Consume(inner, p.journal, decode, p.consumeOptions()) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	deadline := time.After(5 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for p.store.State().Position < p.journal.Head() {
		select {
		case <-deadline:
			p.log.Warn("PostgreSQL has not caught up; the rest is in the journal", "backlog", p.store.State().Backlog)
			cancel()
			return <-done
		case <-tick.C:
		}
	}
	cancel()
	return <-done
}

func (p *platform) openIngest(ctx context.Context) error {
	p.intake = ingest.NewIntake(ingest.Config{
		Log: p.journal, Logger: p.log,
		Platform: dji.Platform{
			AppID: p.Config.DJIAppID, AppKey: p.Config.DJIAppKey, AppLicense: p.Config.DJILicense,
			NTPHost: p.Config.NTPHost, NTPPort: p.Config.NTPPort,
			Organisation: string(p.region.Organisation), OrganisationName: p.region.Name.ZH,
		},
	})
	var err error
	if p.Config.MQTTURL != "" {
		p.external, err = ingest.NewSubscriber(ingest.SubscriberConfig{
			URL: p.Config.MQTTURL, CAFile: p.Config.MQTTCA, Intake: p.intake, Logger: p.log,
		})
		return err
	}
	c := ingest.EmbeddedConfig{
		Address: p.Config.MQTTAddr, TLSAddress: p.Config.MQTTTLSAddr, CredentialsFile: p.Config.MQTTDevices, Intake: p.intake, Logger: p.log,
		Foreign: p.owners.foreign,
	}
	if p.cert != nil {
		c.TLS = p.cert.config()
	}
	if c.Devices, err = p.store.Devices(ctx, lowsky.Everything); err != nil {
		return err
	}
	organisations, err := p.store.Organisations(ctx, lowsky.Everything)
	if err != nil {
		return err
	}
	p.owners.organisations(organisations)
	p.embedded, err = ingest.NewEmbedded(c)
	if err != nil {
		return taken("LOWSKY_MQTT_ADDR", p.Config.MQTTAddr, err)
	}
	return nil
}

// taken says what to do about an address that cannot be listened on.
func taken(variable, addr string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s: another program listens on %s (Debian starts a mosquitto it installs, on port 1883); stop it, or give another address: %w", variable, addr, err)
	}
	return fmt.Errorf("%s: %w", variable, err)
}

// startIngest lets devices in, last: their reports will be judged.
func (p *platform) startIngest() {
	if p.external != nil {
		p.stages.start("broker state", p.watchBroker)
		p.stages.start("subscriber", p.external.Run)
		return
	}
	p.stages.start("broker", p.embedded.Run)
	if p.demo.on {
		p.stages.start("demo fleet", func(ctx context.Context) error { return p.demo.fly(ctx, p.embedded, p.log) })
	}
}
