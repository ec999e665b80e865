package picture

import (
	"math"
	"slices"
	"time"

	"lowsky"
	"lowsky/airspace"
)

// The separation pass: each tick takes a snapshot of everybody in the air while its slices go by, and then slices of
// their own find the pairs (airspace), have the rules judge them, and settle what was judged before and is not found any
// more. Nothing is timed: how much a slice does is counted, so a replay slices alike.
const (
	pairWork     = 12_000 // units of a slice, see airspace.Separation; well below a millisecond
	pairJudge    = 600    // … of one pair that the rules look at
	pairSettle   = 4      // … of one mover whose unjudged pairs are brought up to date
	pairsMost    = 10_000 // pairs that one pass has judged, and open alerts on pairs; beyond it nothing counts as clear
	unjudgedMost = 32
)

// participant is who a mover is.
type participant struct {
	track   *track
	traffic *traffic
}

// member is one of a pair as its object knows it: the track or traffic may come and go.
type member struct {
	kind lowsky.ObjectKind
	id   string
}

// pairing is all about pairs that an engine keeps.
type pairing struct {
	rules []*rule
	reach lowsky.PairReach // widest of the rules'

	round    uint64    // counts passes
	at       time.Time // the instant of the snapshot, whenever its slices came
	stage    pairStage
	movers   []airspace.Mover // the snapshot; who is beside it
	who      []participant
	unjudged [][]lowsky.Unjudged // beside them: found by this pass
	pass     airspace.Separation
	near     []airspace.Near // found, not judged yet
	judged   int
	void     lowsky.Reason // why nothing that the pass did not find counts as clear: more pairs than are judged, or a defect
	next     int           // of the stage

	groups  map[formation]int32
	objects []*object // pairs that have alerts
	of      map[string][]*object
}

type pairStage uint8

const (
	pairsIdle pairStage = iota
	pairsFinding
	pairsSettling // the movers
	pairsEnding   // alerts on pairs that were not found
)

// formation is who flies together by plan. Provisional, until plans themselves are here: two registered aircraft of one
// organisation that report the same plan.
type formation struct {
	organisation lowsky.OrganisationID
	plan         string
}

// compilePairs learns how far the rules about pairs look.
func (e *Engine) compilePairs(r *rule) {
	p := &e.pairs
	if len(p.rules) == 0 {
		p.reach = *r.Pairs
	} else {
		p.reach = airspace.Widest(p.reach, *r.Pairs)
	}
	p.rules = append(p.rules, r)
}

// beginPairs begins a snapshot with the tick. A pass that is still under way is given up: it cleared nothing yet.
func (e *Engine) beginPairs() {
	p := &e.pairs
	p.round++
	p.at = e.now
	p.stage, p.judged, p.void, p.next = pairsIdle, 0, "", 0
	p.movers, p.who, p.near = p.movers[:0], p.who[:0], nil
	clear(p.groups)
}

// collect takes an airborne aircraft into the snapshot, or says why it cannot be judged.
func (e *Engine) collect(t *track) {
	p := &e.pairs
	age := p.at.Sub(t.Position.At)
	switch {
	case t.Unconfirmed:
		t.unfit = lowsky.ReasonJumpUnconfirmed
	case t.Position.At.IsZero() || age > p.reach.MaxAge && e.now.Sub(t.ReceivedAt) <= p.reach.MaxAge:
		t.unfit = lowsky.ReasonNoPosition
	case age > p.reach.MaxAge:
		t.unfit = lowsky.ReasonSilent
	default:
		t.unfit, t.round = "", p.round
		v, turn := t.motion()
		m := airspace.Mover{
			Position: t.Position.Value, Age: age, East: v.east, North: v.north, Up: v.up, NoVelocity: !v.known, Turn: turn,
			Accuracy:         t.HorizontalAccuracy.Fresh(t.Position.At, patience(&t.Track)),
			VerticalAccuracy: t.VerticalAccuracy.Fresh(t.Position.At, patience(&t.Track)),
		}
		if t.entry != nil && t.entry.Organisation != "" && t.Plan != "" {
			m.Formation = p.group(formation{t.entry.Organisation, t.Plan})
		}
		p.take(m, participant{track: t})
		return
	}
	e.unjudgedPairs(t, []lowsky.Unjudged{{Hazard: p.rules[0].Hazard, Rule: p.rules[0].ID, Reason: t.unfit}})
}

// take takes a mover into the snapshot. A velocity that is no number is not known: it must not spoil the grid for all.
func (p *pairing) take(m airspace.Mover, who participant) {
	if !lowsky.Finite(m.East) || !lowsky.Finite(m.North) || !lowsky.Finite(m.Turn) {
		m.East, m.North, m.Turn, m.NoVelocity = 0, 0, 0, true
	}
	if !lowsky.Finite(m.Up) {
		m.Up = 0
	}
	p.movers = append(p.movers, m)
	p.who = append(p.who, who)
}

func (p *pairing) group(f formation) int32 {
	n := p.groups[f]
	if n == 0 {
		if p.groups == nil {
			p.groups = map[formation]int32{}
		}
		n = int32(len(p.groups) + 1)
		p.groups[f] = n
	}
	return n
}

func (e *Engine) unjudgedPairs(t *track, list []lowsky.Unjudged) {
	if !slices.Equal(t.paired, list) {
		t.paired = list
		t.unjudged = slices.Concat(t.reported, t.ticked, t.paired)
		e.markTrack(t)
	}
}

// findPairs begins the pass over the snapshot that the tick's slices have taken.
func (e *Engine) findPairs() {
	p := &e.pairs
	if len(p.rules) == 0 {
		return
	}
	p.stage = pairsFinding
	p.pass.Begin(p.movers, p.reach, e.cfg.Terrain)
	for len(p.unjudged) < len(p.movers) {
		p.unjudged = append(p.unjudged, nil)
	}
	e.stepPairs()
}

// Pairing reports whether the pass of the tick has more to do: another slice of it is then to be consumed.
func (e *Engine) Pairing() bool { return e.pairs.stage != pairsIdle }

// stepPairs does one slice of the pass.
func (e *Engine) stepPairs() {
	p := &e.pairs
	defer func() {
		if cause := recover(); cause != nil { // a defect: this pass judges nothing more, and the next one begins anew
			if p.stage == pairsFinding { // nobody must look clear for it
				p.stage, p.next, p.near, p.void = pairsSettling, 0, nil, lowsky.ReasonRuleFault
			} else {
				p.stage = pairsIdle
				clear(p.unjudged)
			}
			panic(cause)
		}
	}()
	for work := pairWork; work > 0; {
		switch p.stage {
		case pairsIdle:
			return
		case pairsFinding:
			switch {
			case len(p.near) > 0:
				n := p.near[0]
				p.near = p.near[1:]
				if p.judged++; p.judged > pairsMost {
					p.void = lowsky.ReasonTooMany
				} else {
					e.judgePair(&n)
				}
				work -= pairJudge
			case p.pass.Done() || p.void != "":
				p.stage, p.next, p.near = pairsSettling, 0, nil
			default:
				part := work/2 + pairJudge/2
				p.near = p.pass.Step(part)
				work -= part
			}
		case pairsSettling:
			n := min(len(p.movers)-p.next, work/pairSettle+1)
			for i := p.next; i < p.next+n; i++ {
				e.settleMover(i)
			}
			work -= n * pairSettle
			if p.next += n; p.next >= len(p.movers) {
				p.stage, p.next = pairsEnding, 0
			}
		case pairsEnding:
			if p.next >= len(p.objects) {
				p.stage = pairsIdle
				return
			}
			e.endPair(p.objects[p.next])
			p.next++
			work -= pairJudge / 2
		}
	}
}

// settleMover brings the list of what cannot be judged about an aircraft's pairs up to date.
func (e *Engine) settleMover(i int) {
	p := &e.pairs
	list := p.unjudged[i]
	p.unjudged[i] = nil
	t := p.who[i].track
	if t == nil || t.gone || !t.Airborne {
		return
	}
	if p.void != "" {
		list = append(list, lowsky.Unjudged{Hazard: p.rules[0].Hazard, Rule: p.rules[0].ID, Reason: p.void})
	}
	if len(list) > 0 || len(t.paired) > 0 {
		e.unjudgedPairs(t, list)
	}
}

func (w participant) member() member {
	if w.track != nil {
		return member{lowsky.ObjectAircraft, string(w.track.ID)}
	}
	return member{lowsky.ObjectTraffic, w.traffic.id}
}

// key is how a member stands in the id of a pair: no aircraft has a colon in its id.
func (m member) key() string {
	if m.kind == lowsky.ObjectTraffic {
		return string(lowsky.ObjectTraffic) + ":" + m.id
	}
	return m.id
}

// flying reports whether the participant is still what the snapshot took.
func (w participant) flying() bool {
	if w.track != nil {
		return !w.track.gone && w.track.Airborne
	}
	return !w.traffic.gone
}

// judgePair asks the rules about a pair that is near.
func (e *Engine) judgePair(n *airspace.Near) {
	p := &e.pairs
	i, j := n.I, n.J
	a, b := p.who[i], p.who[j]
	if !a.flying() || !b.flying() || e.own(a, b) || e.own(b, a) {
		return
	}
	one, other := a.member(), b.member()
	if one.key() > other.key() {
		i, j, a, b, one, other = j, i, b, a, other, one
	}
	o := e.objects[lowsky.Object{Kind: lowsky.ObjectPair, ID: one.key() + "+" + other.key()}]
	pair := &lowsky.Pair{A: e.partner(i), B: e.partner(j), Crewed: p.movers[i].Crewed || p.movers[j].Crewed}
	ctx := judgement{patience: fastestGap, tick: true, report: math.MaxUint64}
	for _, w := range [...]participant{a, b} {
		if t := w.track; t != nil {
			ctx.patience = max(ctx.patience, patience(&t.Track))
			ctx.report = min(ctx.report, t.Seq)
			if t.Seq > ctx.ref.Seq {
				ctx.ref = lowsky.ReportRef{Seq: t.Seq, MeasuredAt: t.MeasuredAt}
			}
		} else {
			ctx.patience = max(ctx.patience, p.reach.MaxAge)
			ctx.report = min(ctx.report, w.traffic.seq)
		}
	}
	for _, r := range p.rules {
		if !r.bindsPair(a, b) {
			continue
		}
		at := n.Encounter
		if *r.Pairs != p.reach {
			at = airspace.Closest(&p.movers[i], &p.movers[j], r.Pairs, e.cfg.Terrain)
		}
		pair.Minima, pair.Now, pair.Closest, pair.Reason = r.Pairs.Minima(pair.Crewed), at.Now, at.Closest, at.Reason
		judged := *pair // what is found keeps it
		e.situation = lowsky.Situation{Now: e.now, On: lowsky.EachTickGroup, Pair: &judged}
		e.ask(r)
		for _, u := range e.verdicts.unjudged {
			e.cannotJudge(i, r, other, u.reason)
			e.cannotJudge(j, r, one, u.reason)
		}
		if o == nil && len(e.verdicts.findings) > 0 {
			if o = e.pairObject(one, other); o == nil {
				p.void = lowsky.ReasonTooMany
			}
		}
		if o != nil {
			e.apply(o, r, &ctx)
		}
	}
	if o != nil {
		o.round = p.round
	}
}

// own reports whether crewed traffic b goes by the id of aircraft a: an aircraft that tells its own place by ADS-B.
func (e *Engine) own(a, b participant) bool {
	return a.track != nil && b.traffic != nil && e.isOwn(a.track, b.traffic)
}

func (r *rule) bindsPair(a, b participant) bool {
	return a.track != nil && r.binds(a.track) || b.track != nil && r.binds(b.track)
}

func (e *Engine) partner(i int) lowsky.PairMember {
	p := &e.pairs
	m := p.who[i].member()
	out := lowsky.PairMember{Kind: m.kind, ID: m.id, Position: p.movers[i].Position, Age: p.movers[i].Age, Crewed: p.movers[i].Crewed}
	if t := p.who[i].track; t != nil && t.entry != nil {
		out.Name = t.entry.Name
	} else if t == nil {
		out.Name = crewedName(m.id)
	}
	return out
}

func crewedName(id string) lowsky.Text {
	return lowsky.Text{ZH: "有人机 " + id, EN: "crewed " + id}
}

func (e *Engine) cannotJudge(i int, r *rule, other member, why lowsky.Reason) {
	if list := &e.pairs.unjudged[i]; len(*list) < unjudgedMost {
		*list = append(*list, lowsky.Unjudged{
			Hazard: r.Hazard, Rule: r.ID, Subject: lowsky.Subject{Kind: other.kind, ID: other.id}, Reason: why,
		})
	}
}

// endPair judges the alerts of a pair that the pass did not find: clear where both were looked at, frozen otherwise.
func (e *Engine) endPair(o *object) {
	p := &e.pairs
	if o.round == p.round || o.pair == nil || !slices.ContainsFunc(o.alerts, func(a *alert) bool { return a.State != lowsky.AlertResolved }) {
		return
	}
	ctx := judgement{patience: fastestGap, tick: true, report: math.MaxUint64}
	var why lowsky.Reason
	missing := false
	for _, m := range o.pair {
		if m.kind == lowsky.ObjectTraffic {
			switch x := e.traffic[m.id]; {
			case x == nil:
				missing, why = true, lowsky.ReasonSilent
			case x.round != p.round:
				why = or(x.unfit, lowsky.ReasonSilent)
			default:
				ctx.patience, ctx.report = max(ctx.patience, p.reach.MaxAge), min(ctx.report, x.seq)
			}
			continue
		}
		switch t := e.byID[lowsky.AircraftID(m.id)]; {
		case t == nil:
			missing, why = true, lowsky.ReasonSilent
		case t.round != p.round:
			why = or(t.unfit, lowsky.ReasonSilent)
		default:
			ctx.patience, ctx.report = max(ctx.patience, patience(&t.Track)), min(ctx.report, t.Seq)
			if s := e.sourceState(t); s != nil && s.Down {
				why = lowsky.ReasonSourceDown
			}
		}
	}
	if missing {
		for _, a := range o.alerts { // nobody will ever judge it again: a person has to; what was only suspected is over
			switch {
			case a.State == lowsky.AlertPending:
				e.resolve(a, lowsky.ResolvedUnregister)
			case a.State == lowsky.AlertFiring && a.Handling.State == lowsky.HandlingClosed:
				e.resolve(a, lowsky.ResolvedPerson)
			}
		}
	}
	if p.void != "" {
		why = p.void
	}
	v := &e.verdicts
	for _, r := range p.rules {
		v.findings, v.unjudged = v.findings[:0], v.unjudged[:0]
		if why != "" {
			v.Unjudged(lowsky.Subject{}, why)
		}
		e.apply(o, r, &ctx)
	}
}

func or(a, b lowsky.Reason) lowsky.Reason {
	if a != "" {
		return a
	}
	return b
}
