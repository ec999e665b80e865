package picture

import (
	"fmt"
	"testing"
	"time"

	"lowsky"
)

// fleet reports for d with n aircraft behind gateway "gw" and one tick a second.
func (f *flight) fleet(n int, d time.Duration) {
	f.t.Helper()
	for end := f.now.Add(d); f.now.Before(end); {
		f.now = f.now.Add(time.Second)
		for i := range n {
			f.report(by(lowsky.AircraftID(fmt.Sprintf("a%d", i))), through("gw"), at(metres(lowsky.Metres(100*i), 0)))
		}
		f.tick()
	}
}

func (f *flight) gateway(online bool) {
	f.t.Helper()
	f.step(lowsky.RecordMessage, nil, &lowsky.Topology{Gateway: "gw", ReceivedAt: f.now, Online: online})
}

// states counts the newest revisions of one hazard by state, and those folded.
func (f *flight) states(h lowsky.Hazard) (open, folded int) {
	newest := map[lowsky.AlertID]*lowsky.Alert{}
	for _, a := range f.alerts {
		if a.Hazard == h {
			newest[a.ID] = a
		}
	}
	for _, a := range newest {
		if a.State != resolved {
			open++
			if a.Parent != "" {
				folded++
			}
		}
	}
	return open, folded
}

func TestDeadGatewayIsOneAlert(t *testing.T) {
	f := fly(t, Config{Packs: pack(silenceRule(), sourceRule())})
	f.fleet(8, 20*time.Second)
	f.gateway(false)
	f.pass(2 * time.Minute)
	a := f.want(lowsky.HazardSource, firing, lowsky.Caution)
	if a.Object != (lowsky.Object{Kind: lowsky.ObjectSource, ID: "gw"}) || a.Folded != 8 {
		t.Errorf("%+v folded %d", a.Object, a.Folded)
	}
	if open, _ := f.states(lowsky.HazardSilence); open != 0 {
		t.Errorf("%d silence alerts beside the gateway's", open)
	}
	if s := f.source["gw"]; !s.Down || s.Aircraft != 8 {
		t.Errorf("source %+v", s)
	}
	if v := f.views["a3"]; len(v.Unjudged) != 1 || v.Unjudged[0].Reason != lowsky.ReasonSourceDown {
		t.Errorf("unjudged %+v", v.Unjudged)
	}
}

// TestFoldAndUnfold: silence alerts that were there first fold under the gateway's, and stand alone again when the
// gateway is back and the aircraft is not.
func TestFoldAndUnfold(t *testing.T) {
	f := fly(t, Config{Packs: pack(silenceRule(), sourceRule())})
	f.fleet(3, 20*time.Second)
	f.step(lowsky.RecordMessage, nil, &lowsky.Topology{Gateway: "gw", ReceivedAt: f.now, Online: true})
	for range 15 { // the gateway speaks, its aircraft do not
		f.now = f.now.Add(time.Second)
		f.gateway(true)
		f.tick()
	}
	if open, folded := f.states(lowsky.HazardSilence); open != 3 || folded != 0 {
		t.Fatalf("%d silent, %d folded", open, folded)
	}
	f.gateway(false)
	f.pass(10 * time.Second)
	if open, folded := f.states(lowsky.HazardSilence); open != 3 || folded != 3 {
		t.Fatalf("%d silent, %d folded: the gateway is down", open, folded)
	}
	f.gateway(true)
	f.pass(5 * time.Second)
	f.want(lowsky.HazardSource, resolved, lowsky.Caution)
	if open, folded := f.states(lowsky.HazardSilence); open != 3 || folded != 0 {
		t.Fatalf("%d silent, %d folded: the gateway is back, the aircraft are not", open, folded)
	}
	f.fleet(3, 10*time.Second)
	if open, _ := f.states(lowsky.HazardSilence); open != 0 {
		t.Errorf("%d silent although they report", open)
	}
}

// TestGatewayThatFallsSilentWithItsFleet: no will was delivered; all of it is silent.
func TestGatewayThatFallsSilentWithItsFleet(t *testing.T) {
	f := fly(t, Config{Packs: pack(silenceRule(), sourceRule())})
	f.fleet(5, 20*time.Second)
	f.pass(15 * time.Second)
	f.want(lowsky.HazardSource, firing, lowsky.Caution)
	if open, folded := f.states(lowsky.HazardSilence); open != folded {
		t.Errorf("%d silence alerts, %d folded", open, folded)
	}
}

// TestOneSilentAircraftIsNotADeadGateway: nor is one that reports by itself.
func TestOneSilentAircraftIsNotADeadGateway(t *testing.T) {
	f := fly(t, Config{Packs: pack(silenceRule(), sourceRule())})
	f.fleet(1, 20*time.Second)
	f.reports(20 * time.Second)
	f.pass(5 * time.Minute)
	f.wantNone(lowsky.HazardSource)
	if open, _ := f.states(lowsky.HazardSilence); open != 2 {
		t.Errorf("%d silence alerts, want both aircraft", open)
	}
}

func TestOfflineInDockHasLanded(t *testing.T) {
	f := fly(t, Config{Packs: pack(silenceRule(), batteryRule(0, time.Second))})
	f.fleet(1, 20*time.Second)
	f.now = f.now.Add(time.Second)
	f.report(by("a0"), through("gw"), battery(28))
	f.now = f.now.Add(time.Second)
	f.step(lowsky.RecordMessage, nil, &lowsky.Topology{Gateway: "gw", Online: true, Complete: true})
	if v := f.views["a0"]; v.State != lowsky.TrackOffline {
		t.Errorf("state %d", v.State)
	}
	f.pass(5 * time.Second)
	f.want(lowsky.HazardBattery, firing, lowsky.Caution)
	f.step(lowsky.RecordMessage, nil, &lowsky.StationReport{Station: "gw", Kind: lowsky.StationDock, Source: "gw", Aircraft: "a0", DroneInDock: lowsky.Some(true)})
	if a := f.want(lowsky.HazardBattery, resolved, lowsky.Caution); a.ResolveReason != lowsky.ResolvedLanded {
		t.Errorf("reason %q", a.ResolveReason)
	}
	f.pass(5 * time.Minute)
	f.wantNone(lowsky.HazardSilence)
}

func TestOfflineInTheAirIsSilent(t *testing.T) {
	f := fly(t, Config{Packs: pack(silenceRule())})
	f.fleet(1, 20*time.Second)
	f.step(lowsky.RecordMessage, nil, &lowsky.Topology{Gateway: "gw", Online: true, Complete: true})
	f.pass(15 * time.Second)
	f.want(lowsky.HazardSilence, firing, lowsky.Caution)
}

func TestPilotPositionComesThroughTheRemoteController(t *testing.T) {
	f := fly(t, Config{})
	f.fleet(1, 2*time.Second)
	p := metres(-200, 30)
	f.step(lowsky.RecordMessage, nil, &lowsky.StationReport{Station: "gw", Kind: lowsky.StationRemote, Source: "gw", Position: lowsky.Some(p)})
	f.fleet(1, time.Second)
	if v := f.views["a0"]; !v.Pilot.OK || v.Pilot.Value != p {
		t.Errorf("pilot %+v", v.Pilot)
	}
}

// TestHealthListIsJudgedAtOnce: an emergency that comes as an event does not wait for the next report.
func TestHealthListIsJudgedAtOnce(t *testing.T) {
	r := lowsky.Rule{ID: "hms", Hazard: lowsky.HazardEmergency, On: lowsky.EachReport, KeepFiring: time.Second, Check: func(s *lowsky.Situation, out lowsky.Verdicts) {
		if len(s.Track.HMS.Value) > 0 {
			out.Found(lowsky.Finding{Severity: lowsky.Warning, Variant: "hms"})
		}
	}}
	f := fly(t, Config{Packs: pack(r)})
	f.fleet(1, 2*time.Second)
	f.step(lowsky.RecordMessage, nil, &lowsky.DeviceEvent{Gateway: "gw", Method: "hms", HMS: []lowsky.HMSAlarm{{Code: "x", Level: 2, InTheSky: true}}})
	f.want(lowsky.HazardEmergency, firing, lowsky.Warning)
	f.step(lowsky.RecordMessage, nil, &lowsky.DeviceEvent{Gateway: "gw", Method: "hms"})
	f.step(lowsky.RecordMessage, nil, &lowsky.DeviceEvent{Gateway: "gw", Method: "hms"})
	f.want(lowsky.HazardEmergency, firing, lowsky.Warning) // cleared by reports only
	f.fleet(1, 3*time.Second)
	f.want(lowsky.HazardEmergency, resolved, lowsky.Warning)
}

func TestReportThatNamesOnlyItsGateway(t *testing.T) {
	f := fly(t, Config{})
	f.report(by(""), through("gw"))
	if f.e.Tracks() != 0 || f.e.Counts().Refused != 1 {
		t.Errorf("%d tracks, %d refused", f.e.Tracks(), f.e.Counts().Refused)
	}
	f.fleet(1, time.Second)
	f.now = f.now.Add(time.Second)
	f.report(by(""), through("gw"), battery(41))
	if v := f.views["a0"]; v.Battery.Value != 41 {
		t.Errorf("not joined by its source: %+v", v.Battery)
	}
}

func TestTracksAreBounded(t *testing.T) {
	f := fly(t, Config{MaxTracks: 3})
	for i := range 10 {
		f.report(by(lowsky.AircraftID(fmt.Sprint("x", i))), status(lowsky.StatusGround))
	}
	if f.e.Tracks() != 3 || f.e.Counts().Refused != 7 {
		t.Errorf("%d tracks, %d refused", f.e.Tracks(), f.e.Counts().Refused)
	}
	f.pass(DefaultKeepSilent + 2*time.Second)
	if f.e.Tracks() != 0 || len(f.gone) != 3 || len(f.e.sourceOf) != 0 || len(f.e.objects) != 0 {
		t.Errorf("%d tracks, %d gone, %d sources, %d objects", f.e.Tracks(), len(f.gone), len(f.e.sourceOf), len(f.e.objects))
	}
	f.report(by("new"))
	if f.e.Tracks() != 1 {
		t.Error("no room after the others left")
	}
}

func TestRegisterChanges(t *testing.T) {
	f := fly(t, Config{Packs: pack(batteryRule(0, time.Second), silenceRule())})
	f.reports(2*time.Second, battery(28))
	f.step(lowsky.RecordAircraft, lowsky.AircraftPublication{Upsert: []*lowsky.Aircraft{{ID: "a", Class: lowsky.Light, Name: lowsky.Text{ZH: "物-1", EN: "L-1"}}}})
	if v := f.views["a"]; !v.Registered || v.Class != lowsky.Light || v.Name.EN != "L-1" {
		t.Errorf("view %+v", v)
	}
	f.step(lowsky.RecordAircraft, lowsky.AircraftPublication{Remove: []lowsky.AircraftID{"a"}})
	if v := f.views["a"]; v == nil || v.Registered {
		t.Error("an aircraft that still reports must stay, unregistered")
	}
	f.want(lowsky.HazardBattery, firing, lowsky.Caution)
	f.pass(time.Minute)
	f.step(lowsky.RecordAircraft, lowsky.AircraftPublication{Remove: []lowsky.AircraftID{"a"}})
	if len(f.gone) != 1 || f.open() != 0 {
		t.Errorf("gone %v, %d open", f.gone, f.open())
	}
	if a := f.last(lowsky.HazardBattery); a.ResolveReason != lowsky.ResolvedUnregister {
		t.Errorf("reason %q", a.ResolveReason)
	}
}
