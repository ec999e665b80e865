package faults

import "time"

// idClone: a second transmitter reports under the aircraft's id. It begins at from and flies straight on at agl, speed and
// course; without speed it stays. With credential other it speaks over the connection of a device of its own, which the
// platform's guard refuses; with same, and without it, over one in the aircraft's name.
var idClone = Kind{
	Name:  "id_clone",
	Needs: []string{"from", "agl"},
	May:   []string{"speed", "course", "credential"},
	Apply: func(k *Knobs, p Params, since time.Duration) {
		k.Clone = Clone{On: true, From: p.From, AGL: p.AGL, Speed: p.Speed, Course: p.Course, Other: p.Credential == "other", Since: since}
	},
}
