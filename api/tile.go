package api

import (
	"math"

	"lowsky"
)

// TileZoom is the zoom of the web-mercator tiles in which positions are served: about 0.7° of longitude, 60–70 km at
// 30° N. A county fits into one to four tiles.
const TileZoom = 9

const tilesAcross = 1 << TileZoom

// tile is one web-mercator tile at [TileZoom]: row in the high bits, column in the low nine.
type tile uint32

func tileAt(x, y int) tile { return tile(y<<TileZoom | x) }

func (t tile) x() int { return int(t) & (tilesAcross - 1) }
func (t tile) y() int { return int(t) >> TileZoom }

// tileOf answers the tile that holds the point. Latitudes beyond the mercator square belong to its first or last row.
func tileOf(longitude, latitude lowsky.Degrees) tile { return tileAt(column(longitude), row(latitude)) }

func column(longitude lowsky.Degrees) int {
	return min(max(int(math.Floor((float64(longitude)+180)/360*tilesAcross)), 0), tilesAcross-1)
}

func row(latitude lowsky.Degrees) int {
	lat := min(max(float64(latitude), -85.06), 85.06) * math.Pi / 180
	y := (1 - math.Asinh(math.Tan(lat))/math.Pi) / 2 * tilesAcross
	return min(max(int(math.Floor(y)), 0), tilesAcross-1)
}

// tileBox is a rectangle of whole tiles. x0 above x1 runs over the antimeridian. The zero box holds nothing.
type tileBox struct {
	x0, x1, y0, y1 int
	ok             bool
}

// boxOf answers the tiles that a view touches. West above east runs over the antimeridian; a view of 360° or more
// holds every column.
func boxOf(v view) tileBox {
	b := tileBox{y0: row(v.North), y1: row(v.South), ok: true}
	if v.East-v.West >= 360 {
		b.x1 = tilesAcross - 1
		return b
	}
	b.x0, b.x1 = column(wrapLongitude(v.West)), column(wrapLongitude(v.East))
	if wrapLongitude(v.East) < wrapLongitude(v.West) && b.x0 <= b.x1 {
		b.x0, b.x1 = 0, tilesAcross-1 // over the antimeridian and round to the same column
	}
	return b
}

// wrapLongitude brings a longitude, as a map gives it after panning round the Earth, into [-180, 180].
func wrapLongitude(d lowsky.Degrees) lowsky.Degrees {
	if d >= -180 && d <= 180 {
		return d
	}
	w := math.Mod(float64(d)+180, 360)
	if w < 0 {
		w += 360
	}
	return lowsky.Degrees(w - 180)
}

func (b tileBox) contains(t tile) bool {
	if !b.ok || t.y() < b.y0 || t.y() > b.y1 {
		return false
	}
	if b.x0 <= b.x1 {
		return t.x() >= b.x0 && t.x() <= b.x1
	}
	return t.x() >= b.x0 || t.x() <= b.x1
}
