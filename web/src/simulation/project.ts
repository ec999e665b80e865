// The small map of a finding: what of it fits where, and which two places were closest. Plain local geometry, for drawing
// within a few kilometres only; the score's own figures are the server's.

import type { Fix, Outline, ScoreFinding } from "./types";

const M_PER_DEGREE = 111_320;

export interface Place {
  /** Metres east and north of the frame's middle. */
  e: number;
  n: number;
}

export interface Frame {
  x(longitude: number): number;
  y(latitude: number): number;
  metresPerPixel: number;
  /** A round length that is between a sixth and a half of the width. */
  bar: { metres: number; px: number };
}

/** A view of at least this many metres: two fixes on one spot are no line. */
const LEAST_M = 40;
const MARGIN = 0.14;

function places(f: ScoreFinding): Fix[] {
  return (f.tracks ?? []).flatMap((t) => [...(t.truth ?? []), ...(t.reported ?? [])]);
}

/** Fits the tracks, and where there are none the outlines, into a box of pixels; north is up. */
export function frame(f: ScoreFinding, width: number, height: number): Frame | null {
  const close = closest(f);
  let points: [number, number][] = places(f).map((p) => [p.longitude, p.latitude]);
  if (points.length === 0) points = (f.zones ?? []).flatMap((z) => z.rings.flat());
  if (close && "rim" in close) points = [...points, close.rim];
  if (points.length === 0) return null;
  const lons = points.map((p) => p[0]);
  const lats = points.map((p) => p[1]);
  const [west, east, south, north] = [Math.min(...lons), Math.max(...lons), Math.min(...lats), Math.max(...lats)];
  const [lon0, lat0] = [(west + east) / 2, (south + north) / 2];
  const perLon = M_PER_DEGREE * Math.cos((lat0 * Math.PI) / 180);
  const metres = Math.max(((east - west) * perLon) / width, ((north - south) * M_PER_DEGREE) / height, LEAST_M / width) / (1 - 2 * MARGIN);
  return {
    x: (lon) => width / 2 + ((lon - lon0) * perLon) / metres,
    y: (lat) => height / 2 - ((lat - lat0) * M_PER_DEGREE) / metres,
    metresPerPixel: metres,
    bar: scaleBar(metres, width),
  };
}

function scaleBar(metresPerPixel: number, width: number): { metres: number; px: number } {
  const most = (metresPerPixel * width) / 2.6;
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = [5, 2, 1].map((k) => k * power).find((m) => m <= most) ?? power;
  return { metres, px: metres / metresPerPixel };
}

export type Closest =
  /** Two aircraft when they were nearest. */
  | { kind: "pair"; at_ns: number; metres: number; up_m: number; a: Fix; b: Fix }
  /** An aircraft deepest inside a zone (metres > 0), or nearest to it from outside (< 0). */
  | { kind: "zone"; at_ns: number; metres: number; a: Fix; rim: [number, number]; zone: string }
  | { kind: "highest"; at_ns: number; metres: number; a: Fix };

/** The instant of the true tracks that a finding turns on; null: there is none, or it is about something else. */
export function closest(f: ScoreFinding): Closest | null {
  const [one, two] = (f.tracks ?? []).filter((t) => (t.truth ?? []).length > 0);
  if (!one) return null;
  if (two && f.object.kind === "pair") return nearestPair(one.truth, two.truth);
  const within = one.truth.filter((p) => p.at_ns >= f.from_ns && p.at_ns <= f.until_ns);
  const fixes = within.length > 0 ? within : one.truth;
  const zones = (f.zones ?? []).filter((z) => z.rings.some((r) => r.length > 2));
  if (zones.length > 0) return deepest(fixes, zones.find((z) => z.id === f.subject?.id) ?? (zones[0] as Outline));
  if (!f.rule.includes("height")) return null;
  return fixes.reduce<Closest>((best, p) => (best.kind === "highest" && p.agl_m > best.metres ? { kind: "highest", at_ns: p.at_ns, metres: p.agl_m, a: p } : best),
    { kind: "highest", at_ns: fixes[0]?.at_ns ?? 0, metres: fixes[0]?.agl_m ?? 0, a: fixes[0] as Fix });
}

function nearestPair(a: readonly Fix[], b: readonly Fix[]): Closest | null {
  let best: Closest | null = null;
  for (const at of [...a, ...b].map((p) => p.at_ns)) {
    const [p, q] = [placeAt(a, at), placeAt(b, at)];
    if (!p || !q) continue;
    const metres = apart(p, q);
    if (!best || metres < best.metres) best = { kind: "pair", at_ns: at, metres, up_m: Math.abs(p.agl_m - q.agl_m), a: p, b: q };
  }
  return best;
}

/** Where a track was at an instant, between its fixes; null before and after it. */
export function placeAt(track: readonly Fix[], at: number): Fix | null {
  const i = track.findIndex((p) => p.at_ns >= at);
  const q = track[i];
  if (!q) return null;
  const p = track[i - 1];
  if (!p) return q.at_ns === at ? q : null;
  const k = (at - p.at_ns) / Math.max(1, q.at_ns - p.at_ns);
  const mid = (u: number, v: number): number => u + (v - u) * k;
  return { at_ns: at, longitude: mid(p.longitude, q.longitude), latitude: mid(p.latitude, q.latitude), agl_m: mid(p.agl_m, q.agl_m) };
}

/** Horizontal metres between two places. */
export function apart(p: Pick<Fix, "longitude" | "latitude">, q: Pick<Fix, "longitude" | "latitude">): number {
  const e = (q.longitude - p.longitude) * M_PER_DEGREE * Math.cos((((p.latitude + q.latitude) / 2) * Math.PI) / 180);
  return Math.hypot(e, (q.latitude - p.latitude) * M_PER_DEGREE);
}

function deepest(fixes: readonly Fix[], zone: Outline): Closest | null {
  let best: Extract<Closest, { kind: "zone" }> | null = null;
  for (const p of fixes) {
    const { metres, rim, inside } = toRim(p, zone);
    const depth = inside ? metres : -metres;
    if (!best || depth > best.metres) best = { kind: "zone", at_ns: p.at_ns, metres: depth, a: p, rim, zone: zone.id };
  }
  return best;
}

/** How far a place is from a zone's rim, the nearest place on it, and whether it is inside (holes are outside). */
export function toRim(p: Pick<Fix, "longitude" | "latitude">, zone: Outline): { metres: number; rim: [number, number]; inside: boolean } {
  const perLon = M_PER_DEGREE * Math.cos((p.latitude * Math.PI) / 180);
  let metres = Infinity;
  let rim: [number, number] = [p.longitude, p.latitude];
  let inside = false;
  for (const ring of zone.rings) {
    ring.forEach((a, i) => {
      const b = ring[(i + 1) % ring.length] as [number, number];
      const [ax, ay, bx, by] = [(a[0] - p.longitude) * perLon, (a[1] - p.latitude) * M_PER_DEGREE, (b[0] - p.longitude) * perLon, (b[1] - p.latitude) * M_PER_DEGREE];
      const [dx, dy] = [bx - ax, by - ay];
      const k = Math.min(1, Math.max(0, -(ax * dx + ay * dy) / (dx * dx + dy * dy || 1)));
      const d = Math.hypot(ax + k * dx, ay + k * dy);
      if (d < metres) {
        metres = d;
        rim = [a[0] + k * (b[0] - a[0]), a[1] + k * (b[1] - a[1])];
      }
      if (ay > 0 !== by > 0 && ax - (ay * dx) / dy > 0) inside = !inside;
    });
  }
  return { metres, rim, inside };
}
