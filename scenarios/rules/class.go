package rules

import "lowsky"

// classLimits are limits by class. Agricultural is beside the class.
type classLimits struct {
	Micro, Light, Small, Medium, Large Limit
	Agricultural, Unknown              Limit
}

// of answers the limit of an aircraft (nil: not registered) and whether its class is known. A conventional
// agricultural aircraft is held to the stricter of its class's and its own.
func (c *classLimits) of(a *lowsky.Aircraft) (l Limit, known bool) {
	if a == nil {
		return c.Unknown, false
	}
	known = true
	switch a.Class {
	case lowsky.Micro:
		l = c.Micro
	case lowsky.Light:
		l = c.Light
	case lowsky.Small:
		l = c.Small
	case lowsky.Medium:
		l = c.Medium
	case lowsky.Large:
		l = c.Large
	default:
		l, known = c.Unknown, false
	}
	if a.Agricultural {
		l = stricter(l, c.Agricultural)
	}
	return l, known
}
