package airspace

import "lowsky"

// TouchingZone answers every jurisdiction that shares a place with any volume of a valid zone, buffer included, the
// smallest first.
func (a *Areas) TouchingZone(z *lowsky.Zone) []lowsky.JurisdictionID {
	var dst []lowsky.JurisdictionID
	for v := range z.VolumeCount() {
		s := grown(z.Volume(v).Geometry, z.Buffer.Or(0))
		for _, id := range a.outlined {
			at, _ := a.index.slotOf(lowsky.ZoneID(id))
			if touches(a.index.shape(at), s) {
				dst = a.add(dst, 0, id)
			}
		}
	}
	return dst
}
