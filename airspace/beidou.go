package airspace

import (
	"fmt"
	"math"
	"strings"

	"lowsky"
)

// Grid codes of GB/T 39409-2020 (北斗网格位置码), two-dimensional, for the north-east quarter of the Earth, which holds
// China. The standard is made on CGCS2000; see [CGCS2000] for why WGS-84 positions are used as they are. Cells are for
// counting and showing; what is judged is judged by exact geometry.

// MaxGridLevel is the finest level, cells of 1/2048″ (1.5 cm).
const MaxGridLevel = 10

// gridUnit: everything is in whole 1/2048 arc seconds, the cells of level 10.
const gridUnit = 3600 * 2048

// gridLevel is one level: the size of its cells in units, how many of them a parent holds, and how the code spells them.
type gridLevel struct {
	width, height int64
	columns, rows int64
	joined        bool // one digit: row × columns + column
}

// GB/T 39409-2020 §5: 6°×4°, 30′×30′, 15′×10′, 1′, 4″, 2″, 1/4″, 1/32″, 1/256″, 1/2048″.
var gridLevels = [MaxGridLevel + 1]gridLevel{
	1:  {width: 6 * gridUnit, height: 4 * gridUnit, columns: 60, rows: 22},
	2:  {width: gridUnit / 2, height: gridUnit / 2, columns: 12, rows: 8},
	3:  {width: gridUnit / 4, height: gridUnit / 6, columns: 2, rows: 3, joined: true},
	4:  {width: gridUnit / 60, height: gridUnit / 60, columns: 15, rows: 10},
	5:  {width: 4 * 2048, height: 4 * 2048, columns: 15, rows: 15},
	6:  {width: 2 * 2048, height: 2 * 2048, columns: 2, rows: 2, joined: true},
	7:  {width: 512, height: 512, columns: 8, rows: 8},
	8:  {width: 64, height: 64, columns: 8, rows: 8},
	9:  {width: 8, height: 8, columns: 8, rows: 8},
	10: {width: 1, height: 1, columns: 8, rows: 8},
}

const (
	gridDigits = "0123456789ABCDE"
	gridEast   = 180 * gridUnit // cells end here
	gridNorth  = 88 * gridUnit
)

// GridCell is a cell of the grid. It holds its west and south borders but not its east and north ones, so that every
// position lies in exactly one cell of a level.
type GridCell struct {
	Code                     string
	Level                    int
	West, South, East, North lowsky.Degrees
	x, y                     int64 // of the south-west corner
}

// GridCellAt answers the cell of a level (1 … MaxGridLevel) that holds p. An *lowsky.InvalidError: a level that is none,
// or a position outside of 0 ≤ longitude < 180, 0 ≤ latitude < 88.
func GridCellAt(p lowsky.Position, level int) (GridCell, error) {
	if level < 1 || level > MaxGridLevel {
		return GridCell{}, invalid("level", "must be 1 to %d", MaxGridLevel)
	}
	key, ok := GridKeyAt(p, level)
	if !ok {
		return GridCell{}, invalid("position", "lies outside of 0 to 180° E, 0 to 88° N, the part of the grid that is coded")
	}
	return key.Cell(level), nil
}

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

// gridFloor is the border at or below an angle. The product is rounded, so the answer is held against the borders as
// degrees: those decide, and a position given as 29.85° lies in the cell that begins at 29.85°.
func gridFloor(angle lowsky.Degrees, size int64) int64 {
	n := int64(math.Floor(float64(angle)*gridUnit/float64(size))) * size
	switch {
	case angle < gridDegrees(n):
		n -= size
	case angle >= gridDegrees(n+size):
		n += size
	}
	return n
}

func gridDegrees(n int64) lowsky.Degrees { return lowsky.Degrees(float64(n) / gridUnit) }

// gridCell makes the cell with this south-west corner.
func gridCell(x, y int64, level int) GridCell {
	l := gridLevels[level]
	c := GridCell{Level: level, West: gridDegrees(x), South: gridDegrees(y), East: gridDegrees(x + l.width), North: gridDegrees(y + l.height), x: x, y: y}
	code := make([]byte, 0, 20)
	code = append(code, 'N')
	for k := 1; k <= level; k++ {
		l := gridLevels[k]
		column, row := x/l.width%l.columns, y/l.height%l.rows
		switch {
		case k == 1: // counted from 180° W
			column = x/l.width + 31
			code = append(code, byte('0'+column/10), byte('0'+column%10), byte('A'+row))
		case l.joined:
			code = append(code, byte('0'+row*l.columns+column))
		default:
			code = append(code, gridDigits[column], gridDigits[row])
		}
	}
	c.Code = string(code)
	return c
}

// ParseGridCode answers the cell of a code of level 1 … MaxGridLevel. Letters may be small. Anything else, also a code
// of another quarter of the Earth, is an *lowsky.InvalidError.
func ParseGridCode(code string) (GridCell, error) {
	refuse := func(problem string, args ...any) (GridCell, error) {
		return GridCell{}, invalid("code", "%.30q %s", code, fmt.Sprintf(problem, args...))
	}
	s := strings.ToUpper(code)
	switch {
	case len(s) < 4 || len(s) > 20:
		return refuse("is no grid code: its length must be 4, 6, 7, 9, 11, 12, 14, 16, 18 or 20")
	case s[0] != 'N':
		return refuse("does not begin with N: only the north-east quarter of the Earth is coded")
	}
	if s[1] < '0' || s[1] > '9' || s[2] < '0' || s[2] > '9' || s[3] < 'A' || s[3] > 'V' {
		return refuse("does not go on with 31 to 60 and a letter A to V")
	}
	column := int64(s[1]-'0')*10 + int64(s[2]-'0')
	if column < 31 || column > 60 {
		return refuse("does not go on with 31 to 60 and a letter A to V")
	}
	x, y := (column-31)*gridLevels[1].width, int64(s[3]-'A')*gridLevels[1].height
	level := 1
	for s = s[4:]; s != ""; {
		if level++; level > MaxGridLevel {
			return refuse("is longer than level %d", MaxGridLevel)
		}
		l := gridLevels[level]
		var column, row int64
		if l.joined {
			n := int64(strings.IndexByte(gridDigits, s[0]))
			if n < 0 || n >= l.columns*l.rows {
				return refuse("has at level %d a digit that is not 0 to %d", level, l.columns*l.rows-1)
			}
			column, row, s = n%l.columns, n/l.columns, s[1:]
		} else {
			if len(s) < 2 {
				return refuse("ends in the middle of level %d", level)
			}
			column, row = int64(strings.IndexByte(gridDigits, s[0])), int64(strings.IndexByte(gridDigits, s[1]))
			if column < 0 || column >= l.columns || row < 0 || row >= l.rows {
				return refuse("has at level %d digits beyond %c and %c", level, gridDigits[l.columns-1], gridDigits[l.rows-1])
			}
			s = s[2:]
		}
		x, y = x+column*l.width, y+row*l.height
	}
	return gridCell(x, y, level), nil
}

// Neighbour answers the cell that many columns to the east and rows to the north, also across the borders of coarser
// levels (114° E, where N49H meets N50H); false where the coded part of the grid ends.
func (c GridCell) Neighbour(east, north int) (GridCell, bool) {
	if c.Level < 1 || c.Level > MaxGridLevel {
		return GridCell{}, false
	}
	l := gridLevels[c.Level]
	if limit := gridEast / l.width; abs(int64(east)) > limit || abs(int64(north)) > limit {
		return GridCell{}, false
	}
	x, y := c.x+int64(east)*l.width, c.y+int64(north)*l.height
	if x < 0 || x >= gridEast || y < 0 || y >= gridNorth {
		return GridCell{}, false
	}
	return gridCell(x, y, c.Level), true
}

// Contains reports whether p lies in the cell, by the rule of its borders.
func (c GridCell) Contains(p lowsky.Position) bool {
	return p.Longitude >= c.West && p.Longitude < c.East && p.Latitude >= c.South && p.Latitude < c.North
}

// GridCells answers the cells of a level that share a place with the closed box, from the south-west, row by row. An
// *lowsky.InvalidError: a level that is none, a box that is empty, crosses 180° or leaves the coded part of the grid, or
// more than max cells.
func GridCells(west, south, east, north lowsky.Degrees, level, max int) ([]GridCell, error) {
	if !(west <= east) || !(south <= north) {
		return nil, invalid("box", "is empty: west must not be east of east, south not north of north")
	}
	first, err := GridCellAt(lowsky.Position{Longitude: west, Latitude: south}, level)
	if err != nil {
		return nil, err
	}
	last, err := GridCellAt(lowsky.Position{Longitude: east, Latitude: north}, level)
	if err != nil {
		return nil, err
	}
	l := gridLevels[level]
	columns, rows := (last.x-first.x)/l.width+1, (last.y-first.y)/l.height+1
	if columns > int64(max) || rows > int64(max) || columns*rows > int64(max) {
		return nil, invalid("box", "holds more than %d cells of level %d", max, level)
	}
	out := make([]GridCell, 0, columns*rows)
	for y := first.y; y <= last.y; y += l.height {
		for x := first.x; x <= last.x; x += l.width {
			out = append(out, gridCell(x, y, level))
		}
	}
	return out, nil
}
