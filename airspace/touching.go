package airspace

import "lowsky"

// TouchingZone answers every jurisdiction that shares a place with any volume of a zone, buffer included, the smallest
// first. A zone that is not valid touches none.
func (a *Areas) TouchingZone(z *lowsky.Zone) []lowsky.JurisdictionID {
	if Validate(z) != nil {
		return nil
	}
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
