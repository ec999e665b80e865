package rules

import (
	"fmt"
	"math"
	"strconv"

	"go.yaml.in/yaml/v3"

	"lowsky"
)

// Limit is a limit that may be "none": in a pack a number, or the word none. The zero Limit is none.
type Limit struct {
	Value float64
	OK    bool
}

// NoLimit is "none".
var NoLimit = Limit{}

// At makes a limit.
func At(v float64) Limit { return Limit{v, true} }

// UnmarshalYAML reads a number or the word none. It has to say so itself because an absent key keeps the default.
func (l *Limit) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode && n.Value == "none" {
		*l = NoLimit
		return nil
	}
	v, err := strconv.ParseFloat(n.Value, 64)
	if n.Kind != yaml.ScalarNode || err != nil {
		return fmt.Errorf("line %d: %q must be a number or none", n.Line, n.Value)
	}
	*l = At(v)
	return nil
}

// stricter answers the lower of two limits.
func stricter(a, b Limit) Limit {
	if !a.OK || b.OK && b.Value < a.Value {
		return b
	}
	return a
}

// between refuses a number outside [low, high], NaN and infinities included.
func between[F ~float64](key string, v, low, high F) error {
	if math.IsNaN(float64(v)) || v < low || v > high {
		return &lowsky.InvalidError{Field: key, Problem: fmt.Sprintf("must be a number from %g to %g, is %g", float64(low), float64(high), float64(v))}
	}
	return nil
}

// limitBetween is between for a limit; none passes.
func limitBetween(key string, l Limit, low, high float64) error {
	if !l.OK {
		return nil
	}
	return between(key, l.Value, low, high)
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
