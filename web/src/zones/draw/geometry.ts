// What the drawing shows, as GeoJSON for its layers.

import type { VolumeDraft } from "../draft";
import { discOf, metresBetween, runs, type Place, type Shape, type VertexAt } from "../shape";
import type { Sketch } from "./session";

type Collection = GeoJSON.FeatureCollection;

const feature = (geometry: GeoJSON.Geometry, properties: Record<string, unknown>): GeoJSON.Feature => ({ type: "Feature", geometry, properties });
const line = (places: readonly Place[]): GeoJSON.LineString => ({ type: "LineString", coordinates: places.map((p) => [...p]) });

/** Areas and lines of all volumes; `hand` marks the one in hand. A corridor is its line with its width. */
export function areas(volumes: readonly VolumeDraft[], hand: number): Collection {
  const features = volumes.flatMap((v, i): GeoJSON.Feature[] => {
    const s = v.shape;
    const properties = { hand: i === hand, width: 0 };
    switch (s?.kind) {
      case "polygon":
        return s.parts.map((rings) => feature({ type: "Polygon", coordinates: rings.map((r) => line([...r, r[0]!]).coordinates) }, properties));
      case "circle":
        return [feature(discOf(s.centre, s.radius), properties)];
      case "corridor":
        return [feature(line(s.line), { ...properties, width: s.width })];
      default:
        return [];
    }
  });
  return { type: "FeatureCollection", features };
}

/** Vertices of the volume in hand, and the middles of its edges, where one is put in. */
export function handles(s: Shape | undefined, selected: VertexAt | null): Collection {
  const features: GeoJSON.Feature[] = [];
  for (const r of s ? runs(s) : []) {
    r.places.forEach((p, index) => {
      const on = selected?.part === r.part && selected.ring === r.ring && selected.index === index;
      features.push(feature({ type: "Point", coordinates: [...p] }, { kind: on ? "selected" : "vertex" }));
    });
  }
  for (const m of middles(s)) features.push(feature({ type: "Point", coordinates: [...m.place] }, { kind: "middle" }));
  return { type: "FeatureCollection", features };
}

/** Above this many vertices the middles of the edges would hide the outline. */
const MOST_MIDDLES = 150;

export function middles(s: Shape | undefined): { at: VertexAt; place: Place }[] {
  const all = s && s.kind !== "circle" ? runs(s) : [];
  if (all.reduce((n, r) => n + r.places.length, 0) > MOST_MIDDLES) return [];
  return all.flatMap((r) =>
    r.places.flatMap((a, index) => {
      const b = r.places[index + 1] ?? (r.closed ? r.places[0] : undefined);
      return b ? [{ at: { part: r.part, ring: r.ring, index }, place: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] as Place }] : [];
    }),
  );
}

/** What is being drawn, up to the pointer. */
export function sketched(s: Sketch, width: number): Collection {
  const features: GeoJSON.Feature[] = [];
  const places = s.pointer && s.tool ? [...s.places, s.pointer] : [...s.places];
  const [first, second] = places;
  if (s.tool === "circle" && first && second) features.push(feature(discOf(first, Math.max(1, metresBetween(first, second))), { width: 0 }));
  else if (places.length > 1) {
    const closed = s.tool !== "corridor" && places.length > 2;
    if (closed) features.push(feature({ type: "Polygon", coordinates: [line([...places, first!]).coordinates] }, { width: 0 }));
    else features.push(feature(line(places), { width: s.tool === "corridor" ? width : 0 }));
  }
  s.places.forEach((p, i) => features.push(feature({ type: "Point", coordinates: [...p] }, { kind: i === 0 ? "first" : "vertex" })));
  return { type: "FeatureCollection", features };
}
