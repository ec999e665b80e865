package picture

import (
	"lowsky"
)

// view copies a track for those who look on. The copy is never changed.
func (e *Engine) view(t *track) *lowsky.TrackView {
	v := &lowsky.TrackView{
		ID: t.ID, Source: t.Source, Format: t.Format, MeasuredAt: t.MeasuredAt, ReceivedAt: t.ReceivedAt, ObservedAt: t.ObservedAt,
		Position: t.Position.Known(), Height: t.evidence, GroundSpeed: t.GroundSpeed.Known(), Course: t.Course.Known(), Heading: t.Heading.Known(),
		VerticalSpeed: t.VerticalSpeed.Known(), HorizontalAccuracy: t.HorizontalAccuracy.Known(),
		VerticalAccuracy: t.VerticalAccuracy.Known(), Battery: t.Battery.Known(), Link: t.Link.Known(), Pilot: t.Pilot.Known(),
		Mode: t.Mode, Model: t.Model, Scenario: t.scenario(), Simulated: t.Simulated,
		State: t.state(), Interval: t.Interval, Severity: e.severity(t), Unjudged: t.unjudged,
		Organisation: e.cfg.Organisation, Jurisdictions: t.Jurisdictions,
	}
	t.toldUnjudged = t.unjudged
	if a := t.entry; a != nil {
		v.Registered, v.Name, v.Class, v.Agricultural, v.Demo = true, a.Name, a.Class, a.Agricultural, a.Demo
		if v.Model == "" {
			v.Model = a.Model
		}
		if a.Organisation != "" {
			v.Organisation = a.Organisation
		}
		if v.Jurisdictions == nil {
			v.Jurisdictions = a.Jurisdictions
		}
	}
	v.Demo = v.Demo || t.Simulated
	if v.Jurisdictions == nil {
		v.Jurisdictions = []lowsky.JurisdictionID{}
	}
	return v
}

// state is what the map draws.
func (t *track) state() lowsky.TrackState {
	switch {
	case t.Offline.Value:
		return lowsky.TrackOffline
	case t.Airborne && t.lost():
		return lowsky.TrackLost
	case t.Airborne && (t.Status.Value == lowsky.StatusEmergency || t.ForcedLanding.Value):
		return lowsky.TrackEmergency
	case t.Unconfirmed:
		return lowsky.TrackUnconfirmed
	case t.Airborne:
		return lowsky.TrackAirborne
	case t.Status.Value == lowsky.StatusGround || t.ground.shown > 0 || t.ground.said > 0:
		return lowsky.TrackGround
	}
	return lowsky.TrackUnknown
}

// lost reports whether the aircraft's silence alert fires.
func (t *track) lost() bool {
	a := t.object.find(lowsky.HazardSilence, lowsky.Subject{})
	return a != nil && a.State == lowsky.AlertFiring
}

// severity is the highest of the alerts that are not resolved.
func (e *Engine) severity(t *track) lowsky.Severity {
	var s lowsky.Severity
	for _, a := range e.alertsOf(t) {
		if a.State != lowsky.AlertResolved {
			s = max(s, a.Severity)
		}
	}
	return s
}
