package terrain

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"lowsky"
	"lowsky/airspace"
)

const (
	// DefaultAccuracy is SRTM's specification: 16 m, 90 % of all posts, absolute.
	DefaultAccuracy lowsky.Metres = 16
	// DefaultMaxBytes of posts in memory: about 20 tiles of 1″ or 180 of 3″.
	DefaultMaxBytes = 512 << 20

	maxFiles = 10_000
	maxCells = 10_000
)

// Options of [Open].
type Options struct {
	// Dir holds the files, and folders of them; "": none. Read are .hgt (1″ and 3″) and .tif or .tiff.
	Dir string
	// Area is the region: files that do not touch it are not read. Empty is everything.
	Area orb.Bound
	// Accuracy of the files' heights (±), 0 is DefaultAccuracy.
	Accuracy lowsky.Metres
	// MaxBytes of posts, 0 is DefaultMaxBytes. What needs more is refused: a query must not wait for a disk.
	MaxBytes int64
	// Envelope says what is known where no file says anything.
	Envelope []Cell
}

// Open reads the terrain and the geoid. A file that cannot be read is an *lowsky.InvalidError with its name and what is
// wrong with it, so is a directory without any terrain file, and a cell that cannot be one.
func Open(o Options) (*Terrain, error) {
	if o.Accuracy == 0 {
		o.Accuracy = DefaultAccuracy
	}
	if !(o.Accuracy > 0 && o.Accuracy <= 1000) {
		return nil, &lowsky.InvalidError{Field: "accuracy", Problem: "must be above 0 and at most 1000 m"}
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	if len(o.Envelope) > maxCells {
		return nil, &lowsky.InvalidError{Field: "envelope", Problem: fmt.Sprintf("has more than %d cells", maxCells)}
	}
	t := &Terrain{accuracy: float64(o.Accuracy), buckets: map[bucket]held{}}
	airspace.LoadGeoid()
	sum := sha256.New()
	if o.Dir != "" {
		if err := t.readDir(&o, sum); err != nil {
			return nil, err
		}
	}
	t.cells = slices.Clone(o.Envelope)
	for i := range t.cells {
		if err := t.cells[i].check(); err != nil {
			return nil, fmt.Errorf("terrain envelope, cell %d: %w", i, err)
		}
	}
	fmt.Fprintf(sum, "%g %v", t.accuracy, t.cells)
	t.digest = hex.EncodeToString(sum.Sum(nil))
	t.index()
	return t, nil
}

func (t *Terrain) readDir(o *Options, sum hash.Hash) error {
	files, seen := 0, 0
	err := filepath.WalkDir(o.Dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if seen++; seen > maxFiles {
			return &lowsky.InvalidError{Field: o.Dir, Problem: fmt.Sprintf("holds more than %d files", maxFiles)}
		}
		switch ext := strings.ToLower(filepath.Ext(path)); ext {
		case ".hgt", ".tif", ".tiff":
		case ".zip", ".gz", ".bz2", ".7z":
			return &lowsky.InvalidError{Field: path, Problem: "is packed: unpack it"}
		default:
			return nil // notes, licences, overviews
		}
		files++
		g, err := t.readFile(path, o)
		switch {
		case err != nil:
			return &lowsky.InvalidError{Field: path, Problem: err.Error()}
		case g == nil:
			t.skipped++
			return nil
		}
		t.grids = append(t.grids, g)
		t.bytes += g.bytes()
		g.addTo(sum)
		return nil
	})
	var invalid *lowsky.InvalidError
	switch {
	case errors.As(err, &invalid):
		return err
	case err != nil:
		return fmt.Errorf("terrain: %w", err)
	case files == 0:
		return &lowsky.InvalidError{Field: o.Dir, Problem: "holds no terrain: neither .hgt nor .tif files"}
	}
	return nil
}

// readFile reads one file; nil where it does not touch the area.
func (t *Terrain) readFile(path string, o *Options) (*grid, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	g, err := readGrid(path, f, info.Size(), o.MaxBytes-t.bytes, o.Area)
	if errors.Is(err, errTooLarge) {
		return nil, fmt.Errorf("does not fit: all files together would take more than %d MB of memory; give fewer or coarser ones, or allow more", o.MaxBytes>>20)
	}
	return g, err
}

// readGrid reads a file by its name's ending. left is how many bytes its posts may take.
func readGrid(path string, r io.ReaderAt, size, left int64, area orb.Bound) (*grid, error) {
	if strings.EqualFold(filepath.Ext(path), ".hgt") {
		lon, lat, err := hgtCorner(path)
		switch {
		case err != nil:
			return nil, err
		case !touches(area, lon, lat, lon+1, lat+1):
			return nil, nil
		}
		if _, err := hgtSide(size); err != nil {
			return nil, err
		}
		if size > left {
			return nil, errTooLarge
		}
		return readHGT(path, r, size)
	}
	f, err := openGeoTIFF(path, r, size, math.MaxInt64)
	if err != nil {
		return nil, err
	}
	if w, s, e, n := f.grid.box(); !touches(area, w, s, e, n) {
		return nil, nil
	}
	if int64(f.raster.cols)*int64(f.raster.rows)*int64(f.raster.bytes) > left {
		return nil, errTooLarge
	}
	return f.read()
}

func touches(area orb.Bound, west, south, east, north float64) bool {
	return area == orb.Bound{} || west <= area.Max[0] && east >= area.Min[0] && south <= area.Max[1] && north >= area.Min[1]
}

// addTo adds what decides the grid's answers to a checksum.
func (g *grid) addTo(sum hash.Hash) {
	fmt.Fprintf(sum, "%v %v %v %v %d %d %v %s %s\n", g.west, g.north, g.stepX, g.stepY, g.cols, g.rows, g.edge, g.datum, g.geoid)
	buf := make([]byte, 0, 1<<16)
	for _, w := range g.whole {
		if buf = binary.LittleEndian.AppendUint16(buf, uint16(w)); len(buf) == cap(buf) {
			sum.Write(buf)
			buf = buf[:0]
		}
	}
	for _, f := range g.real {
		if f != f {
			f = -1e9 // not every NaN has the same bits
		}
		if buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(f)); len(buf) == cap(buf) {
			sum.Write(buf)
			buf = buf[:0]
		}
	}
	sum.Write(buf)
}

// index puts grids and cells into the buckets that they touch, the finest first.
func (t *Terrain) index() {
	slices.SortStableFunc(t.grids, func(a, b *grid) int { return cmp.Compare(a.stepY, b.stepY) })
	slices.SortStableFunc(t.cells, func(a, b Cell) int { return cmp.Compare(a.Max-a.Min, b.Max-b.Min) })
	for _, g := range t.grids {
		w, s, e, n := g.box()
		t.each(w-rimSlack*g.stepX, s-rimSlack*g.stepY, e+rimSlack*g.stepX, n+rimSlack*g.stepY, func(h *held) { h.grids = append(h.grids, g) })
	}
	for i := range t.cells {
		c := &t.cells[i]
		t.each(float64(c.West), float64(c.South), float64(c.East), float64(c.North), func(h *held) { h.cells = append(h.cells, c) })
	}
}

func (t *Terrain) each(west, south, east, north float64, do func(*held)) {
	a, b := bucketOf(max(west, -180), max(south, -90)), bucketOf(min(east, 180), min(north, 90))
	for x := a.x; x <= b.x; x++ {
		for y := a.y; y <= b.y; y++ {
			h := t.buckets[bucket{x, y}]
			do(&h)
			t.buckets[bucket{x, y}] = h
		}
	}
}
