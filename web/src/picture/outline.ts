// Shapes in true metres for the map: circles, corridors and buffers as polygons. For drawing only: the server judges with
// its own geodesy. Offsets are taken at each corner in metres of the WGS-84 ellipsoid there, so a wide zone is as exact as
// a small one; arcs are cut every 9°, which is at most 0.3 % of their radius inside.

export type Point = [number, number];
export type Ring = Point[];
type Area = GeoJSON.Polygon | GeoJSON.MultiPolygon;

const ARC = Math.PI / 20;
const CIRCLE_POINTS = 96;
/** Cells along the longer side of the field that a buffer without a plain offset is traced from. */
const FIELD = 160;

/** Metres per degree of longitude and latitude. */
function metresPerDegree(latitude: number): Point {
  const p = (Math.min(89, Math.max(-89, latitude)) * Math.PI) / 180;
  return [111_412.84 * Math.cos(p) - 93.5 * Math.cos(3 * p), 111_132.92 - 559.82 * Math.cos(2 * p) + 1.175 * Math.cos(4 * p)];
}

export function circle(longitude: number, latitude: number, radius: number): GeoJSON.Polygon {
  const [kx, ky] = metresPerDegree(latitude);
  const ring = Array.from({ length: CIRCLE_POINTS + 1 }, (_, i): Point => {
    const a = ((i % CIRCLE_POINTS) / CIRCLE_POINTS) * 2 * Math.PI;
    return [longitude + (radius * Math.sin(-a)) / kx, latitude + (radius * Math.cos(a)) / ky];
  });
  return { type: "Polygon", coordinates: [ring] };
}

/**
 * Every place at most half the width from the line, ends and bends round. A line that meets itself is drawn leg by leg;
 * null for a line without two different points.
 */
export function corridor(line: readonly Point[], width: number): Area | null {
  const points = distinct(line);
  if (points.length < 2 || !(width > 0)) return null;
  const half = width / 2;
  if (points.length > 3 && same(points[0]!, points[points.length - 1]!)) {
    const loop = oriented(points.slice(0, -1), true);
    const [outer, inner] = [offset(loop, half), offset([...loop].reverse(), half)];
    if (outer && inner && simple(outer) && simple(inner)) return { type: "Polygon", coordinates: [outer, inner] };
  } else {
    const ring = offset([...points, ...points.slice(1, -1).reverse()], half);
    if (ring && simple(ring)) return { type: "Polygon", coordinates: [ring] };
  }
  const legs = points.slice(1).map((p, i) => offset([points[i]!, p], half));
  return { type: "MultiPolygon", coordinates: legs.flatMap((r) => (r ? [[r]] : [])) };
}

/** The area widened by a distance in metres; null where there is nothing to widen. */
export function widened(area: Area, metres: number): Area | null {
  const polygons = (area.type === "Polygon" ? [area.coordinates] : area.coordinates) as Ring[][];
  const out = polygons.flatMap((rings) => {
    const sides = rings.map((r, i) => oriented(open(r), i === 0)).filter((r) => r.length > 2);
    if (sides.length === 0) return [];
    const rim = sides.map((r) => offset(r, metres));
    const plain = rim.every((r): r is Ring => r !== null && simple(r));
    return plain ? [rim as Ring[]] : traced(sides, metres);
  });
  if (out.length === 0) return null;
  return out.length === 1 ? { type: "Polygon", coordinates: out[0]! } : { type: "MultiPolygon", coordinates: out };
}

function same(a: Point, b: Point): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

function distinct(line: readonly Point[]): Ring {
  return line.filter((p, i) => i === 0 || !same(p, line[i - 1]!)).map((p) => [p[0], p[1]]);
}

/** A ring without its closing point. */
function open(ring: readonly Point[]): Ring {
  const points = distinct(ring);
  return points.length > 1 && same(points[0]!, points[points.length - 1]!) ? points.slice(0, -1) : points;
}

/** Twice the signed area in square degrees, positive counter-clockwise. */
export function signedArea(ring: readonly Point[]): number {
  let sum = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) sum += ring[j]![0] * ring[i]![1] - ring[i]![0] * ring[j]![1];
  return sum;
}

function oriented(ring: Ring, counterClockwise: boolean): Ring {
  return signedArea(ring) > 0 === counterClockwise ? ring : [...ring].reverse();
}

/**
 * The closed line at a distance to the right of an open ring: arcs on its outer bends, mitres on its inner ones. Null where
 * an inner bend is too tight for its sides.
 */
function offset(ring: readonly Point[], d: number): Ring | null {
  const out: Ring = [];
  const n = ring.length;
  const taken = new Float64Array(n); // of each side, metres that mitres at its ends use up
  const length = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const [a, p, b] = [ring[(i + n - 1) % n]!, ring[i]!, ring[(i + 1) % n]!];
    const [kx, ky] = metresPerDegree(p[1]);
    const [ux, uy, l0] = unit((p[0] - a[0]) * kx, (p[1] - a[1]) * ky);
    const [vx, vy, l1] = unit((b[0] - p[0]) * kx, (b[1] - p[1]) * ky);
    length[i] = l1;
    const turn = Math.atan2(ux * vy - uy * vx, ux * vx + uy * vy);
    const put = (x: number, y: number): void => void out.push([p[0] + (x * d) / kx, p[1] + (y * d) / ky]);
    // A turn straight back is the end of a corridor: half a circle.
    const back = Math.PI - Math.abs(turn) < 1e-9;
    if (turn >= 0 || back) {
      const angle = back ? Math.PI : turn;
      const start = Math.atan2(-ux, uy);
      const steps = Math.max(1, Math.ceil(angle / ARC));
      for (let k = angle < 1e-6 ? steps : 0; k <= steps; k++) put(Math.cos(start + (angle * k) / steps), Math.sin(start + (angle * k) / steps));
      continue;
    }
    const reach = d * Math.tan(-turn / 2);
    const before = (i + n - 1) % n;
    taken[before]! += reach;
    taken[i]! += reach;
    if (reach > Math.min(l0, l1)) return null;
    const [mx, my] = unit(uy + vy, -ux - vx);
    const far = 1 / Math.cos(turn / 2);
    put(mx * far, my * far);
  }
  for (let i = 0; i < n; i++) if (taken[i]! > length[i]!) return null;
  if (out.length < 3) return null;
  out.push([...out[0]!]);
  return out;
}

function unit(x: number, y: number): [number, number, number] {
  const l = Math.hypot(x, y);
  return l > 0 ? [x / l, y / l, l] : [0, 0, 0];
}

/** Whether a closed ring does not meet itself. Sides are compared only where their spans in longitude overlap. */
export function simple(ring: readonly Point[]): boolean {
  const sides = ring.slice(1).map((b, i) => {
    const a = ring[i]!;
    return { i, a, b, west: Math.min(a[0], b[0]), east: Math.max(a[0], b[0]) };
  });
  sides.sort((s, t) => s.west - t.west);
  const last = ring.length - 2;
  for (let k = 0; k < sides.length; k++) {
    const s = sides[k]!;
    for (let m = k + 1; m < sides.length && sides[m]!.west <= s.east; m++) {
      const t = sides[m]!;
      const gap = Math.abs(s.i - t.i);
      if (gap <= 1 || gap === last) continue;
      if (meet(s.a, s.b, t.a, t.b)) return false;
    }
  }
  return true;
}

function meet(a: Point, b: Point, c: Point, d: Point): boolean {
  const side = (p: Point, q: Point, r: Point): number => (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

/**
 * The widened area of rings whose plain offset would meet itself: traced through a field of distances. Exact where sides
 * are straight; elsewhere to a hundredth of the field's cell.
 */
function traced(rings: readonly Ring[], metres: number): Ring[][] {
  const points = rings.flat();
  const middle = (Math.min(...points.map((p) => p[1])) + Math.max(...points.map((p) => p[1]))) / 2;
  const [kx, ky] = metresPerDegree(middle);
  const local = rings.map((r) => r.map(([x, y]): Point => [x * kx, y * ky]));
  const all = local.flat();
  const margin = metres * 1.1;
  const [west, east] = [Math.min(...all.map((p) => p[0])) - margin, Math.max(...all.map((p) => p[0])) + margin];
  const [south, north] = [Math.min(...all.map((p) => p[1])) - margin, Math.max(...all.map((p) => p[1])) + margin];
  const cell = Math.max(east - west, north - south) / FIELD;
  const [w, h] = [Math.ceil((east - west) / cell) + 1, Math.ceil((north - south) / cell) + 1];
  const field = new Float64Array(w * h);
  for (let j = 0; j < h; j++) for (let i = 0; i < w; i++) field[j * w + i] = metres - distance(local, west + i * cell, south + j * cell);
  const found = contours(field, w, h).map((r) => r.map(([x, y]): Point => [(west + x * cell) / kx, (south + y * cell) / ky]));
  // The field has one outside: rings that run counter-clockwise are rims, the others are what is left of holes.
  const outers = found.filter((r) => signedArea(r) > 0).map((r) => [r]);
  for (const hole of found.filter((r) => signedArea(r) < 0)) (outers.find((o) => inRing(o[0]!, hole[0]!)) ?? outers[0])?.push(hole);
  return outers;
}

/** Signed distance to the rim, negative inside. */
function distance(rings: readonly Ring[], x: number, y: number): number {
  let least = Infinity;
  let inside = false;
  for (const r of rings) {
    for (let i = 0, j = r.length - 1; i < r.length; j = i++) {
      const [ax, ay] = r[j]!;
      const [bx, by] = r[i]!;
      const [dx, dy] = [bx - ax, by - ay];
      const t = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
      const [ex, ey] = [x - ax - t * dx, y - ay - t * dy];
      least = Math.min(least, ex * ex + ey * ey);
      if (ay > y !== by > y && x < ax + ((y - ay) / dy) * dx) inside = !inside;
    }
  }
  return inside ? -Math.sqrt(least) : Math.sqrt(least);
}

export function inRing(ring: readonly Point[], [x, y]: Point): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [ax, ay] = ring[j]!;
    const [bx, by] = ring[i]!;
    if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside;
  }
  return inside;
}

/** Whether a point lies in an area; its holes do not belong to it. */
export function inArea(area: Area, p: Point): boolean {
  const polygons = (area.type === "Polygon" ? [area.coordinates] : area.coordinates) as Ring[][];
  return polygons.some((rings) => rings.length > 0 && inRing(rings[0]!, p) && !rings.slice(1).some((r) => inRing(r, p)));
}

/** Closed lines around what is above zero, it lying to their left (marching squares), in cells. */
function contours(f: Float64Array, w: number, h: number): Ring[] {
  const next = new Map<number, number>(); // from side to side of the grid; each is left once at most
  const across = (i: number, j: number): number => 2 * (j * w + i); // between (i,j) and (i+1,j)
  const up = (i: number, j: number): number => 2 * (j * w + i) + 1; // between (i,j) and (i,j+1)
  for (let j = 0; j + 1 < h; j++) {
    for (let i = 0; i + 1 < w; i++) {
      const [a, b, c, d] = [f[j * w + i]! > 0, f[j * w + i + 1]! > 0, f[(j + 1) * w + i + 1]! > 0, f[(j + 1) * w + i]! > 0];
      const [south, east, north, west] = [across(i, j), up(i + 1, j), across(i, j + 1), up(i, j)];
      if (a === b && b === c && c === d) continue;
      // One line for each corner that is alone, or one across; two opposite corners count as apart.
      if (a && c && !b && !d) [next.set(south, west), next.set(north, east)];
      else if (b && d && !a && !c) [next.set(east, south), next.set(west, north)];
      else {
        const cuts: [boolean, boolean, number][] = [[a, b, south], [b, c, east], [c, d, north], [d, a, west]];
        const from = cuts.find(([p, q]) => p && !q)!;
        const to = cuts.find(([p, q]) => !p && q)!;
        next.set(from[2], to[2]);
      }
    }
  }
  const at = (side: number): Point => {
    const k = side >> 1;
    const [i, j] = [k % w, Math.floor(k / w)];
    const [p, q] = [f[k]!, f[side & 1 ? k + w : k + 1]!];
    const t = p / (p - q);
    return side & 1 ? [i, j + t] : [i + t, j];
  };
  const rings: Ring[] = [];
  while (next.size > 0) {
    const ring: Ring = [];
    let side = next.keys().next().value!;
    for (let to = next.get(side); to !== undefined; to = next.get(side)) {
      ring.push(at(side));
      next.delete(side);
      side = to;
    }
    if (ring.length > 2) rings.push([...ring, [...ring[0]!]]);
  }
  return rings;
}
