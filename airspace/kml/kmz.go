package kml

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
)

// unpack answers the KML of a KMZ: doc.kml, or else the first file whose name ends so. Nothing else of the archive is
// unpacked, and never more than MaxBytes, whatever its directory claims.
func unpack(doc []byte) ([]byte, error) {
	// Every entry has a header like this in the directory; counted first, so that a huge directory is not even built.
	if bytes.Count(doc, []byte("PK\x01\x02")) > 4*maxEntries {
		return nil, invalid("document", "is an archive of more than %d files", maxEntries)
	}
	z, err := zip.NewReader(bytes.NewReader(doc), int64(len(doc)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // paths are not used
		return nil, invalid("document", "is not a zip archive that can be read: %.200v", err)
	}
	if len(z.File) > maxEntries {
		return nil, invalid("document", "is an archive of more than %d files", maxEntries)
	}
	var found *zip.File
	for _, f := range z.File {
		name := strings.ToLower(f.Name)
		if name == "doc.kml" {
			if found != nil && strings.ToLower(found.Name) == "doc.kml" {
				return nil, invalid("document", "is an archive that holds doc.kml twice")
			}
			found = f
		} else if found == nil && strings.HasSuffix(name, ".kml") {
			found = f
		}
	}
	switch {
	case found == nil:
		return nil, invalid("document", "is an archive without a .kml file")
	case found.Flags&1 != 0:
		return nil, invalid(found.Name, "is encrypted")
	case found.UncompressedSize64 > MaxBytes:
		return nil, invalid(found.Name, "unpacks to more than %d MB", MaxBytes>>20)
	}
	r, err := found.Open()
	if err != nil {
		return nil, invalid(found.Name, "cannot be unpacked: %.200v", err)
	}
	defer r.Close()
	out, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	switch {
	case err != nil:
		return nil, invalid(found.Name, "cannot be unpacked: %.200v", err)
	case len(out) > MaxBytes:
		return nil, invalid(found.Name, "unpacks to more than %d MB", MaxBytes>>20)
	case len(out) > 1<<20 && len(out)/maxRatio > len(doc):
		return nil, invalid(found.Name, "unpacks to more than %d times the archive: refused as a zip bomb", maxRatio)
	}
	return out, nil
}
