package airspace

import "lowsky"

// GridKey names a cell of one level for counting, without its code being spelt.
type GridKey struct{ x, y int64 }

// GridKeyAt answers the key of the cell that [GridCellAt] answers; false where that is an error.
func GridKeyAt(p lowsky.Position, level int) (GridKey, bool) {
	if level < 1 || level > MaxGridLevel || !(p.Longitude >= 0 && p.Longitude < 180 && p.Latitude >= 0 && p.Latitude < 88) {
		return GridKey{}, false
	}
	l := gridLevels[level]
	return GridKey{gridFloor(p.Longitude, l.width), gridFloor(p.Latitude, l.height)}, true
}

// Cell answers the cell of a key of that level.
func (k GridKey) Cell(level int) GridCell { return gridCell(k.x, k.y, level) }
