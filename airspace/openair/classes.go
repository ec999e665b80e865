package openair

import "lowsky"

// readings of the classes (AC) and types (AY) that are known, with the reason in one word or two. The format is made for
// gliders; a zone here binds unmanned aircraft, so where a class leaves it open, the stricter of two readings is taken.
var readings = map[string]lowsky.Restriction{
	"P":          lowsky.Prohibited, // prohibited area
	"PROHIBITED": lowsky.Prohibited,
	"GP":         lowsky.Prohibited, // gliders prohibited: nothing says that others are welcome
	"TSA":        lowsky.Prohibited, // temporary segregated: one user alone
	"TFR":        lowsky.Prohibited, // temporary flight restriction

	"R":          lowsky.RequiresAuthorisation, // restricted: under conditions that the controlling authority grants
	"RESTRICTED": lowsky.RequiresAuthorisation,
	"Q":          lowsky.RequiresAuthorisation, // danger: it may be shot; who knows whether it is active decides
	"DANGER":     lowsky.RequiresAuthorisation,
	"TRA":        lowsky.RequiresAuthorisation, // temporary reserved: others only under clearance
	"A":          lowsky.RequiresAuthorisation, // A … E: controlled airspace, a clearance or an agreement is needed
	"B":          lowsky.RequiresAuthorisation,
	"C":          lowsky.RequiresAuthorisation,
	"D":          lowsky.RequiresAuthorisation,
	"E":          lowsky.RequiresAuthorisation,
	"CTR":        lowsky.RequiresAuthorisation,
	"CTA":        lowsky.RequiresAuthorisation,
	"TMA":        lowsky.RequiresAuthorisation,
	"ATZ":        lowsky.RequiresAuthorisation,
	"MATZ":       lowsky.RequiresAuthorisation,
	"MTR":        lowsky.RequiresAuthorisation, // military training route or region
	"MTA":        lowsky.RequiresAuthorisation,
	"AWY":        lowsky.RequiresAuthorisation,

	"F":    lowsky.Conditional, // F, G: no clearance, but crewed traffic is announced there
	"G":    lowsky.Conditional,
	"RMZ":  lowsky.Conditional, // radio or transponder mandatory
	"TMZ":  lowsky.Conditional,
	"W":    lowsky.Conditional, // wave window, gliding sector, aerial sport: crewed aircraft without engines
	"GSEC": lowsky.Conditional,
	"ASRA": lowsky.Conditional,
}

// strictness orders the restrictions.
var strictness = map[lowsky.Restriction]int{
	lowsky.NoRestriction: 0, lowsky.Conditional: 1, lowsky.RequiresAuthorisation: 2, lowsky.Prohibited: 3,
}

// restriction reads a class and a type; known is false where neither says anything, which counts as prohibited.
func restriction(class, kind string) (r lowsky.Restriction, known bool) {
	c, classKnown := readings[class]
	k, kindKnown := readings[kind]
	switch {
	case kind == "" || kind == class || class != "" && classKnown && (kind == "UNC" || kind == "NONE"):
		return orProhibited(c, classKnown), classKnown
	case class == "" || class == "UNC" || class == "UNCLASSIFIED": // the class is only of the air traffic services
		return orProhibited(k, kindKnown), kindKnown
	case classKnown && kindKnown && strictness[c] >= strictness[k]:
		return c, true
	case classKnown && kindKnown:
		return k, true
	}
	return lowsky.Prohibited, false
}

func orProhibited(r lowsky.Restriction, known bool) lowsky.Restriction {
	if known {
		return r
	}
	return lowsky.Prohibited
}
