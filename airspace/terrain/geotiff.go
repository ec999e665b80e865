package terrain

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"lowsky"
)

// errTooLarge: the posts take more than is left of the bound.
var errTooLarge = errors.New("is too large")

// The GeoTIFF keys that are read and their values (OGC 19-008, annex).
const (
	keyModelType    = 1024 // 2: geographic
	keyRasterType   = 1025 // 1: a post stands for the area around it; 2: for its point
	keyGeographic   = 2048
	keyAngularUnits = 2054 // 9102: degrees
	keyVertical     = 4096
	keyVerticalUnit = 4099 // 9001: metres
	userDefined     = 32767
)

// geotiff is a GeoTIFF of heights whose directory was read and found fit.
type geotiff struct {
	*tiff
	raster *raster
	grid   grid // without posts
	noData float64
}

// openGeoTIFF reads where a GeoTIFF lies and how it is written, not its posts. What it refuses, it says why.
func openGeoTIFF(name string, r io.ReaderAt, size, maxBytes int64) (*geotiff, error) {
	t, err := openTIFF(r, size)
	if err != nil {
		return nil, err
	}
	f := &geotiff{tiff: t, noData: math.NaN(), grid: grid{name: name, datum: lowsky.AMSL, geoid: lowsky.EGM96}}
	if err := f.place(); err != nil {
		return nil, err
	}
	if f.raster, err = t.raster(maxBytes); err != nil {
		return nil, err
	}
	f.grid.cols, f.grid.rows = f.raster.cols, f.raster.rows
	if w, s, e, n := f.grid.box(); w < -180.01 || e > 180.01 || s < -90.01 || n > 90.01 {
		return nil, fmt.Errorf("covers %.3f to %.3f E, %.3f to %.3f N, which is off the Earth", w, e, s, n)
	}
	if s := t.text(tagNoData); s != "" {
		if f.noData, err = strconv.ParseFloat(s, 64); err != nil {
			return nil, fmt.Errorf("has the no-data value %q, which is no number", s)
		}
	}
	return f, nil
}

// place reads the keys and where post 0, 0 is.
func (f *geotiff) place() error {
	keys, err := f.geoKeys()
	if err != nil {
		return err
	}
	if keys[keyModelType] != 2 {
		return fmt.Errorf("has model type %d; only geographic coordinates (2) are read: convert it to WGS-84 longitude and latitude", keys[keyModelType])
	}
	switch keys[keyGeographic] {
	case 4326, 4979, 4490: // WGS-84 and CGCS2000, which agree within decimetres
	default:
		return fmt.Errorf("has the coordinate system EPSG %d; only WGS-84 (4326) and CGCS2000 (4490) are read", keys[keyGeographic])
	}
	if u, ok := keys[keyAngularUnits]; ok && u != 9102 {
		return fmt.Errorf("is in angular units %d; only degrees (9102) are read", u)
	}
	if u, ok := keys[keyVerticalUnit]; ok && u != 9001 {
		return fmt.Errorf("has heights in units %d; only metres (9001) are read", u)
	}
	switch v, ok := keys[keyVertical]; {
	case !ok || v == 5773 || v == 5171: // the format of SRTM's own GeoTIFFs says nothing
	case v == 3855 || v == 1027:
		f.grid.geoid = lowsky.EGM2008
	case v == 5737:
		f.grid.geoid = lowsky.CN1985
	case v == 4979 || v == 5030 || v == 7030:
		f.grid.datum, f.grid.geoid = lowsky.Ellipsoid, ""
	default:
		return fmt.Errorf("has heights of the system EPSG %d; EGM96 (5773), EGM2008 (3855), the 1985 datum (5737) and ellipsoidal ones (4979) are read", v)
	}
	if _, ok := f.tags[tagTransformation]; ok {
		return fmt.Errorf("is placed by a transformation matrix; only pixel scale and one tie point are read")
	}
	scale, tie := f.reals(tagPixelScale), f.reals(tagTiePoint)
	if len(scale) < 2 || len(tie) != 6 {
		return fmt.Errorf("is not placed by a pixel scale and one tie point")
	}
	for _, v := range append(scale[:2:2], tie...) {
		if math.IsNaN(v) || math.Abs(v) > 1e6 {
			return fmt.Errorf("is placed by numbers that are none")
		}
	}
	if scale[0] < 1e-6 || scale[1] < 1e-6 || scale[0] > 1 || scale[1] > 1 {
		return fmt.Errorf("has posts %g° × %g° apart", scale[0], scale[1])
	}
	g := &f.grid
	g.stepX, g.stepY = scale[0], scale[1]
	g.west, g.north = tie[3]-tie[0]*scale[0], tie[4]+tie[1]*scale[1]
	if keys[keyRasterType] != 2 {
		g.west, g.north, g.edge = g.west+scale[0]/2, g.north-scale[1]/2, 0.5
	}
	return nil
}

// geoKeys answers the keys whose value stands in the directory itself.
func (f *geotiff) geoKeys() (map[int]int, error) {
	dir := f.ints(tagGeoKeys)
	if len(dir) < 4 {
		return nil, fmt.Errorf("has no GeoTIFF keys: where it lies is not known")
	}
	keys := map[int]int{}
	for i := 4; i+4 <= len(dir) && i/4 <= dir[3]; i += 4 {
		if dir[i+1] == 0 && dir[i+2] == 1 {
			keys[dir[i]] = dir[i+3]
		}
	}
	return keys, nil
}

// read reads the posts.
func (f *geotiff) read() (*grid, error) {
	g, r := f.grid, f.raster
	n := g.cols * g.rows
	if r.format == 3 {
		g.real = make([]float32, n)
		for i := range g.real {
			g.real[i] = float32(math.NaN())
		}
	} else {
		g.whole = make([]int16, n)
		for i := range g.whole {
			g.whole[i] = voidPost
		}
	}
	for i := range r.across() * r.down() {
		b, err := f.chunk(r, i)
		if err != nil {
			return nil, err
		}
		if b != nil {
			f.spread(&g, b, i%r.across()*r.chunkW, i/r.across()*r.chunkH)
		}
	}
	g.clean()
	return &g, nil
}

// spread puts a chunk whose first post is at column, row into the grid.
func (f *geotiff) spread(g *grid, b []byte, column, row int) {
	r := f.raster
	for y := row; y < min(row+r.chunkH, g.rows); y++ {
		for x := column; x < min(column+r.chunkW, g.cols); x++ {
			from, to := ((y-row)*r.chunkW+x-column)*r.bytes, y*g.cols+x
			if r.format == 3 {
				v := math.Float32frombits(f.order.Uint32(b[from:]))
				if float64(v) != f.noData {
					g.real[to] = v
				}
				continue
			}
			v := int(f.order.Uint16(b[from:]))
			if r.format == 2 {
				v = int(int16(v))
			}
			if float64(v) != f.noData && v <= math.MaxInt16 {
				g.whole[to] = int16(v)
			}
		}
	}
}
