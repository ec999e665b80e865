// Shapes while they are edited: rings without the repeated last position, and every change a new value, so that undo
// is keeping the old one. Distances are good enough for drawing; the server judges with its own geodesy.

export type Place = readonly [number, number]; // longitude, latitude, WGS-84

/** The outer ring first, then holes. */
export type Part = readonly (readonly Place[])[];

export type Shape =
  | { readonly kind: "polygon"; readonly parts: readonly Part[] }
  | { readonly kind: "circle"; readonly centre: Place; readonly radius: number }
  | { readonly kind: "corridor"; readonly line: readonly Place[]; readonly width: number };

/** Where a vertex is: the centre of a circle and the line of a corridor are part 0, ring 0. */
export interface VertexAt {
  part: number;
  ring: number;
  index: number;
}

/** Six digits after the point are a tenth of a metre. */
export function rounded(p: Place): Place {
  return [Math.round(p[0] * 1e6) / 1e6, Math.round(p[1] * 1e6) / 1e6];
}

/** Rings and lines of a shape; `closed` ones go from the last vertex to the first. */
export function runs(s: Shape): { part: number; ring: number; places: readonly Place[]; closed: boolean }[] {
  switch (s.kind) {
    case "circle":
      return [{ part: 0, ring: 0, places: [s.centre], closed: false }];
    case "corridor":
      return [{ part: 0, ring: 0, places: s.line, closed: false }];
    case "polygon":
      return s.parts.flatMap((rings, part) => rings.map((places, ring) => ({ part, ring, places, closed: true })));
  }
}

export function vertex(s: Shape, at: VertexAt): Place | undefined {
  return runs(s).find((r) => r.part === at.part && r.ring === at.ring)?.places[at.index];
}

/** The fewest vertices that a run may have. */
export function fewest(s: Shape): number {
  return s.kind === "polygon" ? 3 : s.kind === "corridor" ? 2 : 1;
}

function withRun(s: Shape, at: { part: number; ring: number }, change: (places: readonly Place[]) => readonly Place[]): Shape {
  switch (s.kind) {
    case "circle":
      return { ...s, centre: change([s.centre])[0] ?? s.centre };
    case "corridor":
      return { ...s, line: change(s.line) };
    case "polygon":
      return { ...s, parts: s.parts.map((rings, p) => (p === at.part ? rings.map((r, i) => (i === at.ring ? change(r) : r)) : rings)) };
  }
}

export function moveVertex(s: Shape, at: VertexAt, to: Place): Shape {
  return withRun(s, at, (places) => places.map((p, i) => (i === at.index ? rounded(to) : p)));
}

/** Puts a vertex behind `at`; by itself in the middle of the edge there. A circle stays as it is. */
export function insertVertex(s: Shape, at: VertexAt, place?: Place): Shape {
  if (s.kind === "circle") return s;
  return withRun(s, at, (places) => {
    const a = places[at.index];
    const b = places[at.index + 1] ?? (s.kind === "polygon" ? places[0] : undefined);
    if (!a) return places;
    // Behind the end of a line it goes on in the same direction.
    const before = places[at.index - 1] ?? a;
    const middle: Place = b ? [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] : [a[0] + (a[0] - before[0]) / 2, a[1] + (a[1] - before[1]) / 2];
    return [...places.slice(0, at.index + 1), rounded(place ?? middle), ...places.slice(at.index + 1)];
  });
}

/** Without the vertex; a hole or a further part that gets too small goes as a whole. Undefined: nothing would be left. */
export function deleteVertex(s: Shape, at: VertexAt): Shape | undefined {
  const places = runs(s).find((r) => r.part === at.part && r.ring === at.ring)?.places;
  if (!places || at.index < 0 || at.index >= places.length) return s;
  if (places.length > fewest(s)) return withRun(s, at, (ps) => ps.filter((_, i) => i !== at.index));
  return s.kind === "polygon" ? deleteRing(s, at.part, at.ring) : undefined;
}

/** Without a hole, or without a part with its holes. Undefined: it was the only part. */
export function deleteRing(s: Shape, part: number, ring: number): Shape | undefined {
  if (s.kind !== "polygon") return undefined;
  if (ring > 0) return { ...s, parts: s.parts.map((rings, p) => (p === part ? rings.filter((_, i) => i !== ring) : rings)) };
  const parts = s.parts.filter((_, p) => p !== part);
  return parts.length > 0 ? { ...s, parts } : undefined;
}

export function addPart(s: Shape | undefined, ring: readonly Place[]): Shape {
  const part: Part = [ring.map(rounded)];
  return s?.kind === "polygon" ? { ...s, parts: [...s.parts, part] } : { kind: "polygon", parts: [part] };
}

/** A hole in the part that its first vertex lies in; the shape as it was when it lies in none. */
export function addHole(s: Shape, ring: readonly Place[]): Shape {
  if (s.kind !== "polygon" || !ring[0]) return s;
  const part = s.parts.findIndex((rings) => within(rings[0] ?? [], ring[0]!));
  if (part < 0) return s;
  return { ...s, parts: s.parts.map((rings, p) => (p === part ? [...rings, ring.map(rounded)] : rings)) };
}

export function within(ring: readonly Place[], [x, y]: Place): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [a, b] = [ring[i]!, ring[j]!];
    if (a[1] > y !== b[1] > y && x < ((b[0] - a[0]) * (y - a[1])) / (b[1] - a[1]) + a[0]) inside = !inside;
  }
  return inside;
}

const M_PER_DEG_LAT = 110_950; // at 30° N
const M_PER_DEG_EQUATOR = 111_320;

/** Metres between two near places. */
export function metresBetween(a: Place, b: Place): number {
  const k = Math.cos((((a[1] + b[1]) / 2) * Math.PI) / 180);
  return Math.hypot((a[0] - b[0]) * M_PER_DEG_EQUATOR * k, (a[1] - b[1]) * M_PER_DEG_LAT);
}

/** The place so many metres east and north. */
export function shifted(p: Place, east: number, north: number): Place {
  return [p[0] + east / (M_PER_DEG_EQUATOR * Math.cos((p[1] * Math.PI) / 180)), p[1] + north / M_PER_DEG_LAT];
}

/** A circle as a polygon, for drawing only. */
export function discOf(centre: Place, radius: number): GeoJSON.Polygon {
  const ring = Array.from({ length: 97 }, (_, i) => {
    const a = ((i % 96) / 96) * 2 * Math.PI;
    return [...shifted(centre, radius * Math.sin(a), radius * Math.cos(a))];
  });
  return { type: "Polygon", coordinates: [ring] };
}

export function lineLength(line: readonly Place[]): number {
  let sum = 0;
  for (let i = 1; i < line.length; i++) sum += metresBetween(line[i - 1]!, line[i]!);
  return sum;
}

function ringArea(ring: readonly Place[]): number {
  const [ox, oy] = ring[0] ?? [0, 0];
  const k = Math.cos((oy * Math.PI) / 180);
  let twice = 0;
  for (let i = 0; i < ring.length; i++) {
    const [a, b] = [ring[i]!, ring[(i + 1) % ring.length]!];
    twice += (a[0] - ox) * (b[1] - oy) - (b[0] - ox) * (a[1] - oy);
  }
  return Math.abs(twice / 2) * M_PER_DEG_EQUATOR * k * M_PER_DEG_LAT;
}

/** Square metres, about. */
export function areaOf(s: Shape): number {
  switch (s.kind) {
    case "circle":
      return Math.PI * s.radius ** 2;
    case "corridor":
      return lineLength(s.line) * s.width + (Math.PI * s.width ** 2) / 4;
    case "polygon":
      return s.parts.reduce((sum, rings) => sum + rings.reduce((a, r, i) => a + (i === 0 ? 1 : -1) * ringArea(r), 0), 0);
  }
}

/** Whether two edges of one ring cross each other; the server refuses such a ring. */
export function crossesItself(ring: readonly Place[]): boolean {
  const n = ring.length;
  const turn = (a: Place, b: Place, c: Place): number => Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));
  if (n > 600) return false; // left to the server
  for (let i = 0; i < n; i++) {
    const [a, b] = [ring[i]!, ring[(i + 1) % n]!];
    for (let j = i + 2; j < n; j++) {
      if (i === 0 && j === n - 1) continue; // neighbours
      const [c, d] = [ring[j]!, ring[(j + 1) % n]!];
      if (turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0) return true;
    }
  }
  return false;
}

/** GeoJSON of a shape with the properties that belong to it; rings closed. */
export function toGeometry(s: Shape): { geometry: GeoJSON.Geometry; radius_m?: number; width_m?: number } {
  const closed = (r: readonly Place[]): GeoJSON.Position[] => [...r, r[0]!].map((p) => [p[0], p[1]]);
  switch (s.kind) {
    case "circle":
      return { geometry: { type: "Point", coordinates: [...s.centre] }, radius_m: s.radius };
    case "corridor":
      return { geometry: { type: "LineString", coordinates: s.line.map((p) => [...p]) }, width_m: s.width };
    case "polygon": {
      const parts = s.parts.map((rings) => rings.map(closed));
      return { geometry: parts.length === 1 ? { type: "Polygon", coordinates: parts[0]! } : { type: "MultiPolygon", coordinates: parts } };
    }
  }
}

/** The shape of a geometry, undefined where it has none that can be edited. */
export function fromGeometry(g: GeoJSON.Geometry | null, radius?: number, width?: number): Shape | undefined {
  const open = (r: readonly GeoJSON.Position[]): Place[] => {
    const places = r.map((c): Place => [c[0] ?? 0, c[1] ?? 0]);
    const [a, z] = [places[0], places[places.length - 1]];
    return places.length > 1 && a && z && a[0] === z[0] && a[1] === z[1] ? places.slice(0, -1) : places;
  };
  switch (g?.type) {
    case "Point":
      return radius && radius > 0 ? { kind: "circle", centre: [g.coordinates[0] ?? 0, g.coordinates[1] ?? 0], radius } : undefined;
    case "LineString":
      return width && width > 0 && g.coordinates.length > 1 ? { kind: "corridor", line: g.coordinates.map((c): Place => [c[0] ?? 0, c[1] ?? 0]), width } : undefined;
    case "Polygon":
      return g.coordinates.length > 0 ? { kind: "polygon", parts: [g.coordinates.map(open)] } : undefined;
    case "MultiPolygon":
      return g.coordinates.length > 0 ? { kind: "polygon", parts: g.coordinates.map((rings) => rings.map(open)) } : undefined;
    default:
      return undefined;
  }
}
