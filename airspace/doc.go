// Package airspace holds what is known about the sky: zones and the index that finds them, how an aircraft stands to
// a zone, heights and their datums, distances on the ellipsoid, and the areas of jurisdictions.
//
// The horizontal area of a zone is a closed set: outer rims and hole rims belong to it. Edges of polygons are straight
// in longitude and latitude (RFC 7946 §3.1.1); an edge that spans more than 180° of longitude goes the other way, over
// the antimeridian. Coordinates are rounded to 1e-9 degrees (0.1 mm) and from there on judged in exact integer
// arithmetic, so that the same report gives the same answer on every machine. What lies within 3e-9 degrees (0.3 mm)
// of a rim counts as on it.
package airspace
