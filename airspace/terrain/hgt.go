package terrain

import (
	"encoding/binary"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"lowsky"
)

// hgtName is the lower left corner in the name of an SRTM tile: N29E114.hgt, n29e114.SRTMGL1.hgt.
var hgtName = regexp.MustCompile(`(?i)^([NS])(\d{2})([EW])(\d{3})(?:[._-].*)?\.hgt$`)

// hgtCorner answers the lower left corner of a tile by its name.
func hgtCorner(name string) (lon, lat float64, err error) {
	m := hgtName.FindStringSubmatch(filepath.Base(name))
	if m == nil {
		return 0, 0, fmt.Errorf("its name must be that of its lower left corner, such as N29E114.hgt")
	}
	la, _ := strconv.Atoi(m[2])
	lo, _ := strconv.Atoi(m[4])
	if strings.EqualFold(m[1], "S") {
		la = -la
	}
	if strings.EqualFold(m[3], "W") {
		lo = -lo
	}
	if la < -90 || la > 89 || lo < -180 || lo > 179 {
		return 0, 0, fmt.Errorf("its name is that of no place on Earth")
	}
	return float64(lo), float64(la), nil
}

// hgtSide answers how many posts a side of a tile has, by the size of its file: 3601 (1″) or 1201 (3″).
func hgtSide(size int64) (int, error) {
	for _, side := range []int64{1201, 3601} {
		if size == side*side*2 {
			return int(side), nil
		}
	}
	return 0, fmt.Errorf("has %d bytes; a tile of 3″ has %d, one of 1″ %d", size, 1201*1201*2, 3601*3601*2)
}

// readHGT reads an SRTM tile: whole metres above the EGM96 geoid, big-endian, rows from the north, the outer rows and
// columns shared with the neighbours, −32768 where nothing was measured (SRTM user's guide).
func readHGT(name string, r io.ReaderAt, size int64) (*grid, error) {
	lon, lat, err := hgtCorner(name)
	if err != nil {
		return nil, err
	}
	side, err := hgtSide(size)
	if err != nil {
		return nil, err
	}
	raw := make([]byte, size)
	if _, err := r.ReadAt(raw, 0); err != nil && err != io.EOF {
		return nil, fmt.Errorf("cannot be read: %w", err)
	}
	g := &grid{
		name: name, west: lon, north: lat + 1, stepX: 1 / float64(side-1), stepY: 1 / float64(side-1), cols: side, rows: side,
		datum: lowsky.AMSL, geoid: lowsky.EGM96, whole: make([]int16, side*side),
	}
	for i := range g.whole {
		g.whole[i] = int16(binary.BigEndian.Uint16(raw[2*i:]))
	}
	g.clean()
	return g, nil
}
