package terrain

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strings"
)

// The TIFF tags that are read (TIFF 6.0; GeoTIFF 1.1, OGC 19-008).
const (
	tagWidth          = 256
	tagHeight         = 257
	tagBits           = 258
	tagCompression    = 259
	tagStripOffsets   = 273
	tagSamples        = 277
	tagRowsPerStrip   = 278
	tagStripBytes     = 279
	tagPredictor      = 317
	tagTileWidth      = 322
	tagTileHeight     = 323
	tagTileOffsets    = 324
	tagTileBytes      = 325
	tagSampleFormat   = 339
	tagPixelScale     = 33550
	tagTiePoint       = 33922
	tagTransformation = 34264
	tagGeoKeys        = 34735
	tagNoData         = 42113
)

const (
	maxEntries = 4096    // of a directory
	maxSide    = 1 << 16 // posts
	maxChunk   = 64 << 20
)

// tiff is the first directory of a TIFF file. Only what a grid of heights needs is read.
type tiff struct {
	r     io.ReaderAt
	size  int64
	order binary.ByteOrder
	tags  map[uint16]tag
}

// tag is one entry of a directory: its values as they stand.
type tag struct {
	kind  uint16
	count int
	raw   []byte
}

// kindSizes are the bytes of a value of each TIFF type, 0 for those that are not read.
var kindSizes = [...]int{1: 1, 2: 1, 3: 2, 4: 4, 6: 1, 8: 2, 9: 4, 11: 4, 12: 8}

func openTIFF(r io.ReaderAt, size int64) (*tiff, error) {
	t := &tiff{r: r, size: size, tags: map[uint16]tag{}}
	head, err := t.bytes(0, 8)
	if err != nil {
		return nil, err
	}
	switch string(head[:2]) {
	case "II":
		t.order = binary.LittleEndian
	case "MM":
		t.order = binary.BigEndian
	default:
		return nil, fmt.Errorf("is no TIFF file")
	}
	switch t.order.Uint16(head[2:]) {
	case 42:
	case 43:
		return nil, fmt.Errorf("is a BigTIFF, which is not read: write it as a classic TIFF")
	default:
		return nil, fmt.Errorf("is no TIFF file")
	}
	at := int64(t.order.Uint32(head[4:]))
	count, err := t.bytes(at, 2)
	if err != nil {
		return nil, err
	}
	n := int(t.order.Uint16(count))
	if n == 0 || n > maxEntries {
		return nil, fmt.Errorf("has a directory of %d entries", n)
	}
	entries, err := t.bytes(at+2, 12*n)
	if err != nil {
		return nil, err
	}
	for i := range n {
		e := entries[12*i:]
		kind, count := t.order.Uint16(e[2:]), t.order.Uint32(e[4:])
		if int(kind) >= len(kindSizes) || kindSizes[kind] == 0 {
			continue
		}
		length := int64(count) * int64(kindSizes[kind])
		if length > size {
			return nil, fmt.Errorf("tag %d is longer than the file", t.order.Uint16(e))
		}
		raw := e[8:12]
		if length > 4 {
			if raw, err = t.bytes(int64(t.order.Uint32(raw)), int(length)); err != nil {
				return nil, fmt.Errorf("tag %d: %w", t.order.Uint16(e), err)
			}
		}
		t.tags[t.order.Uint16(e)] = tag{kind, int(count), raw[:length]}
	}
	return t, nil
}

// bytes reads a stretch of the file that must lie in it.
func (t *tiff) bytes(at int64, n int) ([]byte, error) {
	if at < 0 || n < 0 || at > t.size || int64(n) > t.size-at {
		return nil, fmt.Errorf("ends too early")
	}
	b := make([]byte, n)
	if _, err := t.r.ReadAt(b, at); err != nil && err != io.EOF {
		return nil, fmt.Errorf("cannot be read: %w", err)
	}
	return b, nil
}

// ints answers the whole numbers of a tag, nil where it is absent.
func (t *tiff) ints(id uint16) []int {
	g, ok := t.tags[id]
	if !ok {
		return nil
	}
	out := make([]int, g.count)
	for i := range out {
		switch g.kind {
		case 1:
			out[i] = int(g.raw[i])
		case 3:
			out[i] = int(t.order.Uint16(g.raw[2*i:]))
		case 4:
			out[i] = int(t.order.Uint32(g.raw[4*i:]))
		default:
			return nil
		}
	}
	return out
}

// one answers a whole number, other where the tag is absent.
func (t *tiff) one(id uint16, other int) int {
	if v := t.ints(id); len(v) > 0 {
		return v[0]
	}
	return other
}

// reals answers the double-precision numbers of a tag.
func (t *tiff) reals(id uint16) []float64 {
	g, ok := t.tags[id]
	if !ok || g.kind != 12 {
		return nil
	}
	out := make([]float64, g.count)
	for i := range out {
		out[i] = math.Float64frombits(t.order.Uint64(g.raw[8*i:]))
	}
	return out
}

// text answers an ASCII tag.
func (t *tiff) text(id uint16) string {
	if g := t.tags[id]; g.kind == 2 {
		return strings.TrimSpace(strings.TrimRight(string(g.raw), "\x00"))
	}
	return ""
}

// raster is how the posts lie in the file.
type raster struct {
	cols, rows   int
	bytes        int // of a post
	format       int // 1 unsigned, 2 signed, 3 floating point
	compression  int
	predictor    int
	chunkW       int
	chunkH       int
	offsets, len []int
}

func (t *tiff) raster(maxBytes int64) (*raster, error) {
	r := &raster{
		cols: t.one(tagWidth, 0), rows: t.one(tagHeight, 0), bytes: t.one(tagBits, 1) / 8, format: t.one(tagSampleFormat, 1),
		compression: t.one(tagCompression, 1), predictor: t.one(tagPredictor, 1),
	}
	switch {
	case r.cols < 2 || r.rows < 2 || r.cols > maxSide || r.rows > maxSide:
		return nil, fmt.Errorf("has %d × %d posts; 2 to %d a side can be read", r.cols, r.rows, maxSide)
	case t.one(tagSamples, 1) != 1:
		return nil, fmt.Errorf("has %d values a post; a grid of heights has one", t.one(tagSamples, 1))
	case !(r.bytes == 2 && (r.format == 1 || r.format == 2)) && !(r.bytes == 4 && r.format == 3):
		return nil, fmt.Errorf("has posts of %d bits in format %d; 16-bit whole numbers and 32-bit floating point are read", t.one(tagBits, 1), r.format)
	case int64(r.cols)*int64(r.rows)*int64(r.bytes) > maxBytes:
		return nil, errTooLarge
	}
	switch r.compression {
	case 1, 5, 8, 32946:
	default:
		return nil, fmt.Errorf("is compressed by method %d; none, LZW and deflate are read", r.compression)
	}
	switch {
	case r.predictor == 1, r.predictor == 2 && r.format != 3, r.predictor == 3 && r.format == 3:
	default:
		return nil, fmt.Errorf("has predictor %d, which is not read for its kind of posts", r.predictor)
	}
	if _, tiled := t.tags[tagTileOffsets]; tiled {
		r.chunkW, r.chunkH = t.one(tagTileWidth, 0), t.one(tagTileHeight, 0)
		r.offsets, r.len = t.ints(tagTileOffsets), t.ints(tagTileBytes)
	} else {
		r.chunkW, r.chunkH = r.cols, min(t.one(tagRowsPerStrip, r.rows), r.rows)
		r.offsets, r.len = t.ints(tagStripOffsets), t.ints(tagStripBytes)
	}
	if r.chunkW <= 0 || r.chunkH <= 0 || int64(r.chunkW)*int64(r.chunkH)*int64(r.bytes) > maxChunk {
		return nil, fmt.Errorf("has strips or tiles of %d × %d posts", r.chunkW, r.chunkH)
	}
	if n := r.across() * r.down(); len(r.offsets) != n || len(r.len) != n {
		return nil, fmt.Errorf("has %d strips or tiles, its size needs %d", len(r.offsets), n)
	}
	return r, nil
}

func (r *raster) across() int { return (r.cols + r.chunkW - 1) / r.chunkW }
func (r *raster) down() int   { return (r.rows + r.chunkH - 1) / r.chunkH }

// chunk reads one strip or tile as bytes in the file's order; of a strip at the lower edge only the rows that are there.
func (t *tiff) chunk(r *raster, i int) ([]byte, error) {
	height := r.chunkH
	if _, tiled := t.tags[tagTileOffsets]; !tiled {
		height = min(height, r.rows-i/r.across()*r.chunkH)
	}
	want := r.chunkW * height * r.bytes
	if r.offsets[i] == 0 && r.len[i] == 0 { // a sparse file: nothing there
		return nil, nil
	}
	packed, err := t.bytes(int64(r.offsets[i]), r.len[i])
	if err != nil {
		return nil, err
	}
	out := packed
	switch r.compression {
	case 5:
		if out, err = unLZW(make([]byte, 0, want), packed, want); err != nil {
			return nil, err
		}
	case 8, 32946:
		z, err := zlib.NewReader(bytes.NewReader(packed))
		if err != nil {
			return nil, fmt.Errorf("has broken deflate data: %w", err)
		}
		out = make([]byte, want)
		if n, err := io.ReadFull(z, out); err != nil {
			return nil, fmt.Errorf("has %d bytes in a strip or tile of %d: %w", n, want, err)
		}
	}
	if len(out) < want {
		return nil, fmt.Errorf("has %d bytes in a strip or tile of %d", len(out), want)
	}
	out = out[:want]
	for row := range height {
		r.unpredict(out[row*r.chunkW*r.bytes:(row+1)*r.chunkW*r.bytes], t.order)
	}
	return out, nil
}

// unpredict undoes the differences of a row (TIFF 6.0 section 14; TIFF technical note 3 for floating point).
func (r *raster) unpredict(row []byte, order binary.ByteOrder) {
	switch r.predictor {
	case 2:
		for i := 2; i+2 <= len(row); i += 2 {
			order.PutUint16(row[i:], order.Uint16(row[i-2:])+order.Uint16(row[i:]))
		}
	case 3:
		for i := 1; i < len(row); i++ {
			row[i] += row[i-1]
		}
		n := len(row) / 4
		was := bytes.Clone(row)
		for i := range n { // the bytes of all posts, the most significant of each first
			bits := uint32(was[i])<<24 | uint32(was[n+i])<<16 | uint32(was[2*n+i])<<8 | uint32(was[3*n+i])
			order.PutUint32(row[4*i:], bits)
		}
	}
}
