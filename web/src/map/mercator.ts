// Web Mercator in the unit square: x east, y south, [0, 1]. The map is always north up and flat, so screen and
// Mercator differ by one scale and one shift; the layers, the labels and picking all share this arithmetic.

export function mercatorX(longitude: number): number {
  return (180 + longitude) / 360;
}

export function mercatorY(latitude: number): number {
  return mercatorYOfSine(Math.sin((latitude * Math.PI) / 180));
}

/** The same from the sine of the latitude, for those who need it for more than one thing. */
export function mercatorYOfSine(s: number): number {
  return 0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI);
}

export function longitudeOf(x: number): number {
  return x * 360 - 180;
}

export function latitudeOf(y: number): number {
  return (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
}

const EQUATOR_M = 40_075_016.686;

/** Mercator units per metre on the ground at a latitude. */
export function perMetre(latitude: number): number {
  return 1 / (EQUATOR_M * Math.cos((latitude * Math.PI) / 180));
}

/** The same from the sine of the latitude. */
export function perMetreOfSine(s: number): number {
  return 1 / (EQUATOR_M * Math.sqrt(1 - s * s));
}

/** Where the camera is: what turns Mercator into CSS pixels. */
export interface Camera {
  /** Mercator of the screen's centre. */
  x: number;
  y: number;
  /** CSS pixels per Mercator unit. */
  scale: number;
  width: number;
  height: number;
  zoom: number;
  latitude: number;
}

export function screenX(c: Camera, x: number): number {
  return (x - c.x) * c.scale + c.width / 2;
}

export function screenY(c: Camera, y: number): number {
  return (y - c.y) * c.scale + c.height / 2;
}

/** CSS pixels per metre at the centre. */
export function pixelsPerMetre(c: Camera): number {
  return perMetre(c.latitude) * c.scale;
}

/** A rectangle of tiles at a zoom, both ends inclusive. */
export interface TileRange {
  n: number;
  x0: number;
  x1: number;
  y0: number;
  y1: number;
}

/** The tiles that the server serves for a view. */
export function tilesOf(box: { west: number; south: number; east: number; north: number }, zoom: number): TileRange {
  const n = 2 ** zoom;
  return {
    n,
    x0: Math.floor(mercatorX(box.west) * n),
    x1: Math.floor(mercatorX(box.east) * n),
    y0: Math.floor(mercatorY(Math.min(85, box.north)) * n),
    y1: Math.floor(mercatorY(Math.max(-85, box.south)) * n),
  };
}

export function inTiles(t: TileRange, x: number, y: number): boolean {
  const tx = Math.floor(x * t.n);
  const ty = Math.floor(y * t.n);
  return tx >= t.x0 && tx <= t.x1 && ty >= t.y0 && ty <= t.y1;
}
