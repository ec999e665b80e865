package api

import (
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lowsky"
)

var problemType = reflect.TypeFor[Problem]()

// aliasOptionals shows optional values in the OpenAPI document as what they are in JSON: the value, or nothing.
func aliasOptionals(r huma.Registry) {
	alias[float64](r)
	alias[int](r)
	alias[lowsky.Metres](r)
	alias[lowsky.MetresPerSecond](r)
	alias[lowsky.Degrees](r)
	alias[lowsky.Percent](r)
	alias[lowsky.Kilograms](r)
	alias[time.Duration](r)
	alias[time.Time](r)
	alias[lowsky.Position](r)
	alias[lowsky.Altitude](r)
	alias[lowsky.FlightStatus](r)
	alias[bool](r)
}

func alias[T any](r huma.Registry) {
	r.RegisterTypeAlias(reflect.TypeFor[lowsky.Opt[T]](), reflect.TypeFor[T]())
}
