package simulator

import "testing"

// Whatever differs between two events, down to who sent it and how, differs in the sum.
func TestHashCoversTheWholeEvent(t *testing.T) {
	sum := func(ev Event) string {
		h := NewHasher()
		h.Add(&ev)
		return h.Sum()
	}
	one := Event{At: 1, Topic: "t", Payload: []byte("p"), QoS: 1, Link: "a"}
	for name, change := range map[string]func(*Event){
		"at":      func(e *Event) { e.At = 2 },
		"topic":   func(e *Event) { e.Topic = "u" },
		"payload": func(e *Event) { e.Payload = []byte("q") },
		"QoS":     func(e *Event) { e.QoS = 0 },
		"link":    func(e *Event) { e.Link = "" },
		"control": func(e *Event) { e.Control = BrokerDown },
		"borders": func(e *Event) { e.Topic, e.Link = "", "at" },
	} {
		other := one
		if change(&other); sum(other) == sum(one) {
			t.Errorf("%s is not in the sum", name)
		}
	}
}
