// Published zones as the map draws them.

import type { Altitude, Datum, Restriction, Text, ZoneFeature, ZoneProperties } from "../vocabulary";
import type { Period } from "./applicability";
import { Observable } from "./observable";

export interface DrawnZone {
  id: string;
  version: number;
  name: Text;
  restriction: Restriction;
  /** Absent: from the ground. */
  floor: Altitude | undefined;
  /** Absent: unlimited. */
  ceiling: Altitude | undefined;
  /** When it applies; empty: always. */
  periods: readonly Period[];
  demo: boolean;
  geometry: GeoJSON.Polygon | GeoJSON.MultiPolygon;
  /** Where its label hangs: the top right of its box. */
  east: number;
  north: number;
  centre: [number, number];
}

export class ZoneStore extends Observable<ReadonlyMap<string, DrawnZone>> {
  /** zones_seq of the newest publication applied; -1 before the first full read. */
  seq = -1;
  /** Every zone in force as the server sent it, also those without a shape to draw; set before the listeners hear. */
  features: ReadonlyMap<string, ZoneFeature> = new Map();

  constructor() {
    super(new Map());
  }

  replace(features: ZoneFeature[]): void {
    this.features = new Map(features.map((f) => [zoneId(f), f]));
    this.set(new Map(features.flatMap(readZone).map((z) => [z.id, z])));
  }

  apply(upsert: ZoneFeature[], remove: string[]): void {
    const all = new Map(this.features);
    for (const id of remove) all.delete(id);
    for (const f of upsert) all.set(zoneId(f), f);
    this.features = all;
    const next = new Map(this.get());
    for (const id of remove) next.delete(id);
    for (const z of upsert.flatMap(readZone)) next.set(z.id, z);
    this.set(next);
  }
}

function zoneId(f: ZoneFeature): string {
  return String(f.properties?.id ?? f.id ?? "");
}

/** A zone with a shape the map cannot draw is left out here; the server has refused worse. */
export function readZone(f: ZoneFeature): DrawnZone[] {
  const p = f.properties ?? ({} as ZoneProperties);
  const id = String(p.id ?? f.id ?? "");
  const geometry = shape(f);
  if (!id || !geometry) return [];
  const points = geometry.type === "Polygon" ? geometry.coordinates.flat() : geometry.coordinates.flat(2);
  const xs = points.map((c) => c[0] ?? 0);
  const ys = points.map((c) => c[1] ?? 0);
  if (xs.length === 0) return [];
  const [west, east, south, north] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const known: Restriction[] = ["prohibited", "requires_authorisation", "conditional", "no_restriction"];
  return [{
    id,
    version: p.version ?? 0,
    name: { zh: p.name_zh || p.name_en || id, en: p.name_en || p.name_zh || id },
    // An unknown word counts as the strictest, as in the server.
    restriction: known.find((r) => r === p.restriction) ?? "prohibited",
    floor: altitude(p.floor_m, p.floor_datum),
    ceiling: altitude(p.ceiling_m, p.ceiling_datum),
    periods: Array.isArray(p.applicability) ? p.applicability : [],
    demo: p.demo === true,
    geometry,
    east,
    north,
    centre: [(west + east) / 2, (south + north) / 2],
  }];
}

function altitude(metres: number | undefined, datum: Datum | undefined): Altitude | undefined {
  return metres === undefined || datum === undefined ? undefined : { metres, datum };
}

function shape(f: ZoneFeature): GeoJSON.Polygon | GeoJSON.MultiPolygon | null {
  const g = f.geometry;
  if (g?.type === "Polygon" || g?.type === "MultiPolygon") return g;
  const radius = f.properties?.radius_m;
  if (g?.type === "Point" && radius && radius > 0) return circle(g.coordinates[0] ?? 0, g.coordinates[1] ?? 0, radius);
  return null;
}

/** A circle of a radius in metres as 96 points: for drawing only, the server judges with its own geodesy. */
export function circle(longitude: number, latitude: number, radius: number): GeoJSON.Polygon {
  const dLat = radius / 110_950;
  const dLon = radius / (111_320 * Math.cos((latitude * Math.PI) / 180));
  const ring = Array.from({ length: 97 }, (_, i) => {
    const a = (i / 96) * 2 * Math.PI;
    return [longitude + dLon * Math.sin(a), latitude + dLat * Math.cos(a)];
  });
  return { type: "Polygon", coordinates: [ring] };
}
