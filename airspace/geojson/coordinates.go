package geojson

import (
	"encoding/json"
	"strconv"

	"github.com/paulmach/orb"

	"lowsky/airspace"
)

// coordinates reads nested arrays of positions.
type coordinates struct {
	field string
	extra bool // a position had more than two ordinates
	count int
}

func index(field string, i int) string { return field + "[" + strconv.Itoa(i) + "]" }

// each calls read for every element of a JSON array.
func each(field string, raw json.RawMessage, read func(at string, raw json.RawMessage) error) error {
	var all []json.RawMessage
	if !isArray(raw) || json.Unmarshal(raw, &all) != nil {
		return invalid(field, "must be an array")
	}
	for i, v := range all {
		if err := read(index(field, i), v); err != nil {
			return err
		}
	}
	return nil
}

func (c *coordinates) point(field string, raw json.RawMessage) (orb.Point, error) {
	var v []*float64
	if !isArray(raw) || json.Unmarshal(raw, &v) != nil || len(v) < 2 || v[0] == nil || v[1] == nil {
		return orb.Point{}, invalid(field, "must be [longitude, latitude]")
	}
	c.extra = c.extra || len(v) > 2
	return orb.Point{*v[0], *v[1]}, nil
}

func (c *coordinates) polygon(field string, raw json.RawMessage) (orb.Polygon, error) {
	var p orb.Polygon
	err := each(field, raw, func(at string, raw json.RawMessage) error {
		var r orb.Ring
		err := each(at, raw, func(at string, raw json.RawMessage) error {
			if c.count++; c.count > airspace.MaxVertices {
				return invalid(c.field, "has more than %d positions", airspace.MaxVertices)
			}
			v, err := c.point(at, raw)
			r = append(r, v)
			return err
		})
		p = append(p, r)
		return err
	})
	return p, err
}
