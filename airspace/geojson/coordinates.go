package geojson

import (
	"context"
	"strconv"

	"github.com/paulmach/orb"

	"lowsky/airspace"
)

// coordinates reads nested arrays of positions in one pass. Its bytes are known to be JSON.
type coordinates struct {
	ctx   context.Context
	field string
	raw   []byte
	at    int
	path  []int // where in the arrays
	extra bool  // a position had more than two ordinates
	count int
}

func index(field string, i int) string { return field + "[" + strconv.Itoa(i) + "]" }

func (c *coordinates) place() string {
	field := c.field
	for _, i := range c.path {
		field = index(field, i)
	}
	return field
}

// next skips white space and answers the byte there, 0 at the end.
func (c *coordinates) next() byte {
	for ; c.at < len(c.raw); c.at++ {
		switch b := c.raw[c.at]; b {
		case ' ', '\t', '\r', '\n':
		default:
			return b
		}
	}
	return 0
}

// array calls element at the beginning of every element.
func (c *coordinates) array(want string, element func() error) error {
	if c.next() != '[' {
		return refuse(codeCoordinates, c.place(), "must be %s", want)
	}
	c.at++
	c.path = append(c.path, 0)
	last := len(c.path) - 1
	for c.next() != ']' {
		if err := element(); err != nil {
			return err
		}
		if c.next() != ',' {
			break
		}
		c.at++
		c.path[last]++
	}
	c.at++
	c.path = c.path[:last]
	return nil
}

const wantPosition = "[longitude, latitude]"

func (c *coordinates) point() (orb.Point, error) {
	if c.count++; c.count > airspace.MaxVertices {
		return orb.Point{}, refuse(codeTooMany, c.field, "has more than %d positions", airspace.MaxVertices)
	}
	if c.count%4096 == 0 && c.ctx.Err() != nil {
		return orb.Point{}, c.ctx.Err()
	}
	var p orb.Point
	n, place := 0, c.at
	err := c.array(wantPosition, func() error {
		v, ok := c.number()
		if !ok {
			return errNoNumber
		}
		if n < 2 {
			p[n] = v
		}
		n++
		return nil
	})
	switch {
	case err == errNoNumber:
		c.path = c.path[:len(c.path)-1]
		return p, refuse(codeCoordinates, c.place(), "must be %s", wantPosition)
	case err != nil:
		return p, err
	case n < 2:
		c.at = place
		return p, refuse(codeCoordinates, c.place(), "must be %s", wantPosition)
	}
	c.extra = c.extra || n > 2
	return p, nil
}

var errNoNumber = refuse(codeCoordinates, "", "is not a number")

func (c *coordinates) number() (float64, bool) {
	c.next()
	from := c.at
	for c.at < len(c.raw) {
		switch b := c.raw[c.at]; {
		case b >= '0' && b <= '9', b == '-', b == '+', b == '.', b == 'e', b == 'E':
			c.at++
			continue
		}
		break
	}
	v, err := strconv.ParseFloat(string(c.raw[from:c.at]), 64)
	return v, err == nil
}

func (c *coordinates) line() (orb.LineString, error) {
	var l orb.LineString
	err := c.array("an array", func() error {
		p, err := c.point()
		l = append(l, p)
		return err
	})
	return l, err
}

func (c *coordinates) polygon() (orb.Polygon, error) {
	var p orb.Polygon
	err := c.array("an array", func() error {
		r, err := c.line()
		p = append(p, orb.Ring(r))
		return err
	})
	return p, err
}

func (c *coordinates) polygons() (orb.MultiPolygon, error) {
	var ps orb.MultiPolygon
	err := c.array("an array", func() error {
		p, err := c.polygon()
		ps = append(ps, p)
		return err
	})
	return ps, err
}
