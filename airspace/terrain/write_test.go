package terrain

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// hgt is an SRTM tile of the given side whose post at row, column is height(row, column).
func hgt(side int, height func(row, col int) int16) []byte {
	b := make([]byte, 0, side*side*2)
	for row := range side {
		for col := range side {
			b = binary.BigEndian.AppendUint16(b, uint16(height(row, col)))
		}
	}
	return b
}

// tiffFile is a GeoTIFF to be written, by the specification and apart from the reader.
type tiffFile struct {
	cols, rows  int
	height      func(row, col int) float64
	order       binary.AppendByteOrder
	float       bool
	unsigned    bool
	compression int // 1, 5, 8
	predictor   int
	tileW       int // 0: strips of rowsPerStrip rows
	tileH       int
	stripRows   int
	west, north float64 // the tie point
	step        float64
	keys        [][2]int
	noData      string
	without     []uint16 // tags left out
	replace     map[uint16][]int
}

func (f *tiffFile) bytes() []byte {
	order := f.order
	if order == nil {
		order = binary.LittleEndian
	}
	put := order.(binary.ByteOrder)
	compression, predictor := max(1, f.compression), max(1, f.predictor)
	w, h := f.tileW, f.tileH
	if w == 0 {
		w, h = f.cols, f.stripRows
		if h == 0 {
			h = f.rows
		}
	}
	size := 2
	if f.float {
		size = 4
	}
	b := append([]byte("II"), 0, 0, 0, 0, 0, 0)
	if put == binary.ByteOrder(binary.BigEndian) {
		copy(b, "MM")
	}
	put.PutUint16(b[2:], 42)
	var offsets, lengths []int
	for top := 0; top < f.rows; top += h {
		for left := 0; left < f.cols; left += w {
			height := h
			if f.tileW == 0 {
				height = min(h, f.rows-top)
			}
			var chunk []byte
			for y := top; y < top+height; y++ {
				var row []byte
				for x := left; x < left+w; x++ {
					v := f.height(min(y, f.rows-1), min(x, f.cols-1))
					if f.float {
						row = order.AppendUint32(row, math.Float32bits(float32(v)))
					} else {
						row = order.AppendUint16(row, uint16(int(v)))
					}
				}
				chunk = append(chunk, predict(row, size, predictor, put)...)
			}
			switch compression {
			case 5:
				chunk = toLZW(chunk)
			case 8:
				var z bytes.Buffer
				zw := zlib.NewWriter(&z)
				zw.Write(chunk)
				zw.Close()
				chunk = z.Bytes()
			}
			offsets, lengths = append(offsets, len(b)), append(lengths, len(chunk))
			b = append(b, chunk...)
		}
	}
	if len(b)%2 == 1 {
		b = append(b, 0)
	}
	type entry struct {
		id, kind uint16
		count    int
		raw      []byte
	}
	var entries []entry
	longs := func(id uint16, v ...int) {
		if r, ok := f.replace[id]; ok {
			v = r
		}
		var raw []byte
		for _, x := range v {
			raw = order.AppendUint32(raw, uint32(x))
		}
		entries = append(entries, entry{id, 4, len(v), raw})
	}
	doubles := func(id uint16, v ...float64) {
		var raw []byte
		for _, x := range v {
			raw = order.AppendUint64(raw, math.Float64bits(x))
		}
		entries = append(entries, entry{id, 12, len(v), raw})
	}
	longs(tagWidth, f.cols)
	longs(tagHeight, f.rows)
	longs(tagBits, size*8)
	longs(tagCompression, compression)
	longs(tagSamples, 1)
	longs(tagPredictor, predictor)
	format := 2
	if f.float {
		format = 3
	} else if f.unsigned {
		format = 1
	}
	longs(tagSampleFormat, format)
	if f.tileW > 0 {
		longs(tagTileWidth, w)
		longs(tagTileHeight, h)
		longs(tagTileOffsets, offsets...)
		longs(tagTileBytes, lengths...)
	} else {
		longs(tagStripOffsets, offsets...)
		longs(tagRowsPerStrip, h)
		longs(tagStripBytes, lengths...)
	}
	doubles(tagPixelScale, f.step, f.step, 0)
	doubles(tagTiePoint, 0, 0, 0, f.west, f.north, 0)
	keys := []int{1, 1, 0, len(f.keys)}
	for _, k := range f.keys {
		keys = append(keys, k[0], 0, 1, k[1])
	}
	longs(tagGeoKeys, keys...)
	if f.noData != "" {
		entries = append(entries, entry{tagNoData, 2, len(f.noData) + 1, append([]byte(f.noData), 0)})
	}
	slices.SortFunc(entries, func(a, b entry) int { return int(a.id) - int(b.id) })
	entries = slices.DeleteFunc(entries, func(e entry) bool { return slices.Contains(f.without, e.id) })
	for i := range entries {
		if e := &entries[i]; len(e.raw) > 4 {
			at := len(b)
			b = append(b, e.raw...)
			if len(b)%2 == 1 {
				b = append(b, 0)
			}
			e.raw = order.AppendUint32(nil, uint32(at))
		}
	}
	put.PutUint32(b[4:], uint32(len(b)))
	b = order.AppendUint16(b, uint16(len(entries)))
	for _, e := range entries {
		b = order.AppendUint16(b, e.id)
		b = order.AppendUint16(b, e.kind)
		b = order.AppendUint32(b, uint32(e.count))
		b = append(b, append(e.raw, 0, 0, 0, 0)[:4]...)
	}
	return order.AppendUint32(b, 0)
}

// geographic is what makes a GeoTIFF one in WGS-84 whose posts are points.
var geographic = [][2]int{{keyModelType, 2}, {keyRasterType, 2}, {keyGeographic, 4326}}

func predict(row []byte, size, predictor int, order binary.ByteOrder) []byte {
	switch predictor {
	case 2:
		for i := len(row) - 2; i >= 2; i -= 2 {
			order.PutUint16(row[i:], order.Uint16(row[i:])-order.Uint16(row[i-2:]))
		}
	case 3:
		n := len(row) / 4
		planes := make([]byte, len(row))
		for i := range n {
			v := order.Uint32(row[4*i:])
			planes[i], planes[n+i], planes[2*n+i], planes[3*n+i] = byte(v>>24), byte(v>>16), byte(v>>8), byte(v)
		}
		for i := len(planes) - 1; i > 0; i-- {
			planes[i] -= planes[i-1]
		}
		return planes
	}
	return row
}

// toLZW packs by the algorithm of the TIFF 6.0 specification, section 13.
func toLZW(src []byte) []byte {
	var out []byte
	var acc uint64
	var have uint
	width := uint(9)
	write := func(code int) {
		acc, have = acc<<width|uint64(code), have+width
		for have >= 8 {
			have -= 8
			out = append(out, byte(acc>>have))
		}
	}
	var table map[string]int
	next := 0
	code := func(s string) int {
		if len(s) == 1 {
			return int(s[0])
		}
		return table[s]
	}
	reset := func() {
		write(lzwClear)
		table, next, width = map[string]int{}, lzwFirst, 9
	}
	reset()
	omega := ""
	for _, c := range src {
		s := omega + string([]byte{c})
		if _, ok := table[s]; ok || len(s) == 1 {
			omega = s
			continue
		}
		write(code(omega))
		table[s] = next
		next++
		switch next {
		case 512:
			width = 10
		case 1024:
			width = 11
		case 2048:
			width = 12
		case 4095:
			reset()
		}
		omega = string([]byte{c})
	}
	if omega != "" {
		write(code(omega))
		if next++; next == 512 || next == 1024 || next == 2048 {
			width++
		}
	}
	write(lzwEnd)
	if have > 0 {
		out = append(out, byte(acc<<(8-have)))
	}
	return out
}

func put(t testing.TB, dir, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
		t.Fatal(err)
	}
}
