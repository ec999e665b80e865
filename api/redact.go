package api

import (
	"cmp"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strconv"
	"strings"

	"lowsky"
)

// redactor hides from a company what is not its own: the work and names of officers, and who the other aircraft of a
// pair is. The nil redactor hides nothing. What it says instead of a name is made with a key that lives in this process:
// the same word while the alert lives, another one for every alert and every class, and nothing leads back from it.
type redactor struct {
	scope lowsky.Scope
	key   []byte
}

// someone is how the other aircraft of a pair is called.
var someone = lowsky.Text{ZH: "另一架航空器", EN: "another aircraft"}

// redactor answers what hides for a scope that is nothing but organisations; nil for every other. It needs no lock.
func (b *Board) redactor(s lowsky.Scope) *redactor {
	if s.All || len(s.Jurisdictions) > 0 {
		return nil
	}
	mac := hmac.New(sha256.New, b.secret[:])
	mac.Write([]byte(classKey(s)))
	return &redactor{s, mac.Sum(nil)}
}

func (r *redactor) sum(parts ...string) []byte {
	mac := hmac.New(sha256.New, r.key)
	for _, p := range parts {
		mac.Write([]byte(strconv.Itoa(len(p)) + ":" + p))
	}
	return mac.Sum(nil)
}

var wordEncoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// word stands for a half of a pair.
func (r *redactor) word(a *lowsky.Alert, half string) string {
	return "anonymous-" + wordEncoding.EncodeToString(r.sum("half", string(a.ID), half)[:5])
}

// id is what the scope calls the alert. The id of an alert on a pair is made from both of its aircraft and can be tried
// out: it is told in cipher, from which only this process comes back to it.
func (r *redactor) id(a *lowsky.Alert) lowsky.AlertID {
	if r == nil || a.Object.Kind != lowsky.ObjectPair {
		return a.ID
	}
	iv := r.sum("id", string(a.ID))[:aes.BlockSize]
	return lowsky.AlertID("p" + wordEncoding.EncodeToString(append(iv, r.cipher(iv, string(a.ID))...)))
}

// resolve answers the id behind what the scope calls an alert. ciphered is false where it called it by its id.
func (r *redactor) resolve(id lowsky.AlertID) (real lowsky.AlertID, ciphered bool) {
	if r == nil || !strings.HasPrefix(string(id), "p") {
		return id, false
	}
	raw, err := wordEncoding.DecodeString(string(id[1:]))
	if err != nil || len(raw) <= aes.BlockSize {
		return id, false
	}
	plain := string(r.cipher(raw[:aes.BlockSize], string(raw[aes.BlockSize:])))
	if !hmac.Equal(raw[:aes.BlockSize], r.sum("id", plain)[:aes.BlockSize]) {
		return id, false
	}
	return lowsky.AlertID(plain), true
}

// knows reports whether the scope may ask for the alert as it did: a pair by its ciphered id only.
func (r *redactor) knows(a *lowsky.Alert, ciphered bool) bool {
	return r == nil || ciphered == (a.Object.Kind == lowsky.ObjectPair)
}

func (r *redactor) cipher(iv []byte, text string) []byte {
	block, err := aes.NewCipher(r.sum("cipher"))
	if err != nil {
		panic(err) // 32 bytes are a key
	}
	out := make([]byte, len(text))
	cipher.NewCTR(block, iv).XORKeyStream(out, []byte(text))
	return out
}

// seenBy is the alert with whom to call, as r lets it be seen. The caller holds b.mu.
func (b *Board) seenBy(r *redactor, a *lowsky.Alert) AlertView {
	v := b.alertView(a)
	if r == nil {
		return v
	}
	v.Alert = *b.redacted(r, a)
	switch a.Object.Kind {
	case lowsky.ObjectAircraft:
		if !b.owns(r, a.Object.ID) {
			v.Contact = nil
		}
	case lowsky.ObjectPair:
		one, other, _ := strings.Cut(a.Object.ID, "+")
		v.Contact, v.OtherContact = nil, nil
		for _, id := range [...]string{one, other} {
			if !b.owns(r, id) {
				continue
			}
			if c := b.contact(lowsky.AircraftID(id)); v.Contact == nil {
				v.Contact = c
			} else {
				v.OtherContact = c
			}
		}
	}
	return v
}

// owns reports whether the aircraft is one of the scope's own now. The caller holds b.mu.
func (b *Board) owns(r *redactor, id string) bool {
	if a := b.register[lowsky.AircraftID(id)]; a != nil {
		return r.scope.Owns(a.Organisation)
	}
	if e := b.entries[lowsky.AircraftID(id)]; e != nil {
		v := e.view.Load()
		return v != nil && r.scope.Owns(v.Organisation)
	}
	return false
}

// redacted answers the alert as r lets it be seen. The caller holds b.mu.
func (b *Board) redacted(r *redactor, a *lowsky.Alert) *lowsky.Alert {
	if r == nil {
		return a
	}
	c := *a
	h := &c.Handling
	h.AcknowledgedBy, h.ClosedBy, h.CallLoggedBy, h.AssignedBy, h.Comments = "", "", "", "", nil
	h.AssignedTo.Username = ""
	if !r.scope.Owns(h.AssignedTo.Organisation) {
		h.AssignedTo.Organisation = ""
	}
	h.Transfers = slices.Clone(h.Transfers)
	for i := range h.Transfers {
		h.Transfers[i].By = ""
	}
	// Whose else it is, is nobody's business.
	if !r.scope.Owns(c.Organisation) {
		i := slices.IndexFunc(c.Partners, r.scope.Owns)
		if c.Organisation = ""; i >= 0 {
			c.Organisation = c.Partners[i]
		}
	}
	c.Partners = nil
	c.Subject = b.subject(r, a, c.Subject)
	if a.Object.Kind == lowsky.ObjectPair {
		b.redactPair(r, a, &c)
	}
	return &c
}

// subject hides a subject that is an aircraft of somebody else.
func (b *Board) subject(r *redactor, a *lowsky.Alert, s lowsky.Subject) lowsky.Subject {
	switch s.Kind {
	case lowsky.ObjectAircraft, lowsky.ObjectTraffic, lowsky.ObjectPair:
		if s.Kind != lowsky.ObjectAircraft || !b.owns(r, s.ID) {
			s.ID = r.word(a, "subject "+s.ID)
		}
	}
	return s
}

// redactPair hides the other half of a pair: the scope's own comes first, whatever the order of their names.
func (b *Board) redactPair(r *redactor, a *lowsky.Alert, c *lowsky.Alert) {
	c.ID, c.Previous, c.Parent = r.id(a), "", ""
	one, other, _ := strings.Cut(a.Object.ID, "+")
	if b.owns(r, one) && b.owns(r, other) {
		return
	}
	if b.owns(r, other) {
		one, other = other, one
	}
	var own lowsky.PairMember
	p := lowsky.Pair{}
	if a.Pair != nil {
		p = *a.Pair
		if key(&p.A) != one {
			p.A, p.B = p.B, p.A
		}
	}
	label := someone
	if b.owns(r, one) {
		own = p.A
		own.ID = one
		if reg := b.register[lowsky.AircraftID(one)]; reg != nil && own.Name == (lowsky.Text{}) {
			own.Name = reg.Name
		}
		label = own.Label()
		p.A = own
	} else {
		one = r.word(a, "one")
		p.A = strange(p.A, one)
	}
	other = r.word(a, "other")
	p.B = strange(p.B, other)
	c.Object.ID = one + "+" + other
	c.AircraftName = lowsky.Text{ZH: label.ZH + " / " + someone.ZH, EN: label.EN + " / " + someone.EN}
	c.Text = pairText(label, a)
	c.Scenario, c.Reports, c.Position = b.scenarioOf(own.ID), nil, lowsky.Opt[lowsky.Position]{}
	if a.Pair != nil {
		c.Pair = &p
		c.Position = lowsky.Some(p.A.Position)
	}
	if names(a, &c.Advice) {
		c.Advice = lowsky.Text{}
	}
}

// key is how a member stands in the id of a pair.
func key(m *lowsky.PairMember) string {
	if m.Kind == lowsky.ObjectTraffic {
		return string(lowsky.ObjectTraffic) + ":" + m.ID
	}
	return m.ID
}

// strange is a member without a name.
func strange(m lowsky.PairMember, word string) lowsky.PairMember {
	m.ID, m.Name, m.Position = word, someone, bare(m.Position)
	return m
}

// names reports whether a text that a rule wrote holds a name or an id of one of the two.
func names(a *lowsky.Alert, t *lowsky.Text) bool {
	one, other, _ := strings.Cut(a.Object.ID, "+")
	list := []string{one, other, strings.TrimPrefix(other, string(lowsky.ObjectTraffic)+":"), a.AircraftName.ZH, a.AircraftName.EN}
	list = append(list, strings.Split(a.AircraftName.ZH, " / ")...)
	list = append(list, strings.Split(a.AircraftName.EN, " / ")...)
	if p := a.Pair; p != nil {
		list = append(list, p.A.ID, p.A.Name.ZH, p.A.Name.EN, p.B.ID, p.B.Name.ZH, p.B.Name.EN)
	}
	return slices.ContainsFunc(list, func(n string) bool {
		return n != "" && (strings.Contains(t.ZH, n) || strings.Contains(t.EN, n))
	})
}

// pairText says what a rule found without what it called the other: its own text may hold that in any form.
func pairText(own lowsky.Text, a *lowsky.Alert) lowsky.Text {
	t := lowsky.Text{
		ZH: own.ZH + " 与" + someone.ZH + "：" + a.RuleName.ZH,
		EN: own.EN + " and " + someone.EN + ": " + a.RuleName.EN,
	}
	add := func(zh, en string, v lowsky.Opt[float64], unit string) {
		if v.OK {
			n := strconv.FormatFloat(v.Value, 'f', 0, 64) + " " + unit
			t.ZH, t.EN = t.ZH+"，"+zh+" "+n, t.EN+", "+en+" "+n
		}
	}
	add("水平", "horizontal", a.Measured, cmp.Or(a.Unit, "m"))
	add("垂直", "vertical", a.Vertical, "m")
	add("最低", "minimum", a.Limit, cmp.Or(a.Unit, "m"))
	if a.Within.OK && a.Within.Value > 0 {
		add("预计", "in", lowsky.Some(a.Within.Value.Seconds()), "s")
	}
	return t
}

// scenarioOf answers what the aircraft flies for. The caller holds b.mu.
func (b *Board) scenarioOf(id string) lowsky.Scenario {
	if e := b.entries[lowsky.AircraftID(id)]; e != nil {
		if v := e.view.Load(); v != nil {
			return v.Scenario
		}
	}
	if a := b.register[lowsky.AircraftID(id)]; a != nil {
		return a.Scenario
	}
	return ""
}

// shown answers the track as r lets it be seen: what cannot be judged about a pair does not name the other.
func (b *Board) shown(r *redactor, v *lowsky.TrackView) *lowsky.TrackView {
	if r == nil || !slices.ContainsFunc(v.Unjudged, func(u lowsky.Unjudged) bool { return u.Subject.Kind != "" }) {
		return v
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	w := *v
	w.Unjudged = slices.Clone(v.Unjudged)
	for i := range w.Unjudged {
		u := &w.Unjudged[i]
		u.Subject = b.subject(r, &lowsky.Alert{ID: lowsky.AlertID(string(v.ID) + " " + string(u.Rule))}, u.Subject)
	}
	return &w
}

// history answers revisions of an alert as r lets them be seen.
func (b *Board) history(r *redactor, revisions []*lowsky.Alert) []*lowsky.Alert {
	if r == nil {
		return revisions
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	out := make([]*lowsky.Alert, len(revisions))
	for i, a := range revisions {
		out[i] = b.redacted(r, a)
	}
	return out
}

// mayAsk reports whether the scope may ask for the alerts that concern an aircraft by its id: of a company only its own,
// or the answer would say who the other one of a pair is.
func (b *Board) mayAsk(scope lowsky.Scope, id lowsky.AircraftID) bool {
	r := b.redactor(scope)
	if r == nil {
		return true
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.owns(r, string(id))
}

// healthTo is the picture's health as the scope may know it: a company learns that the picture lives, not how much flies.
func healthTo(s lowsky.Scope, h *lowsky.PictureHealth) *lowsky.PictureHealth {
	if h == nil || !s.Anonymous {
		return h
	}
	return withoutCounts(h)
}

// withoutCounts leaves what says whether the picture lives and keeps up.
func withoutCounts(h *lowsky.PictureHealth) *lowsky.PictureHealth {
	return &lowsky.PictureHealth{At: h.At, Rules: h.Rules, Zones: h.Zones, LastJudgedAt: h.LastJudgedAt, Backlog: h.Backlog, RuleFaults: h.RuleFaults, Unsaved: h.Unsaved}
}
