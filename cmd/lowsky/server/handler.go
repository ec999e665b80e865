package server

import (
	"net/http"
	"time"

	"lowsky"
	"lowsky/airspace"
	"lowsky/api"
	"lowsky/simulator/score"
	"lowsky/web"
)

// handler joins the API out of everything.
func (p *platform) handler() (http.Handler, error) {
	console, built := web.FS()
	var ground airspace.Terrain
	if p.terrain != nil { // a nil *Terrain in the interface would be asked
		ground = p.terrain
	}
	proxies, err := p.Config.proxies()
	if err != nil {
		return nil, err
	}
	config := api.ServerConfig{
		Board: p.board, Hub: p.hub, Accounts: p.gate, Records: p.store, Handler: handling{p.picture}, Register: p.publish,
		Directory: p.store, Trail: trail{p.store}, Registers: p.store, Sealer: p.sealer, Proxies: proxies, DeviceStates: p.deviceStates,
		Contain:      func(at lowsky.Position) []lowsky.JurisdictionID { return p.areas.Containing(nil, at) },
		Organisation: p.region.Organisation, Locate: p.areas.TouchingZone, Terrain: ground,
		Ingest: p.sourceCounts, Region: apiRegion(p.region), Rules: func() []*lowsky.RulePack { return p.packs },
		Status: p.status, Ready: p.readyChecks(),
		Gatherer: p.metrics, Metrics: p.metrics, Console: console, ConsoleBuilt: built,
		Version: p.Version, Origins: p.Config.origins(), Now: func() time.Time { return time.Now().UTC() }, Logger: p.log,
		Simulations: p.store, Report: score.WriteHTML,
	}
	if len(p.ScoreCommand) > 0 {
		p.flights = newSimulations(p.store, p.ScoreCommand, p.log)
		config.Simulator = p.flights
	}
	server, err := api.NewServer(config)
	if err != nil {
		return nil, err
	}
	p.registerMetrics()
	p.stages.start("temporary zones", expireZones(server, p.log))
	return server.Handler(), nil
}
