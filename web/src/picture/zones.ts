// Published zones as the map draws them.

import type { Altitude, Datum, Geoid, Limits, Restriction, Text, ZoneFeature, ZoneProperties } from "../vocabulary";
import type { Period } from "./applicability";
import { Observable } from "./observable";
import { circle, corridor, inArea, signedArea, widened, type Point, type Ring } from "./outline";

type Area = GeoJSON.Polygon | GeoJSON.MultiPolygon;

/** One volume of a zone: its area, without the zone's buffer, between two heights. */
export interface DrawnVolume {
  area: Area;
  /** Absent: from the ground. */
  floor: Altitude | undefined;
  /** Absent: unlimited. */
  ceiling: Altitude | undefined;
}

export interface DrawnZone {
  id: string;
  version: number;
  name: Text;
  restriction: Restriction;
  /** At least one. */
  volumes: DrawnVolume[];
  /** Metres by which every volume is widened; 0: none. */
  buffer: number;
  /** When it applies; empty: always. */
  periods: readonly Period[];
  temporary: boolean;
  /** The superior platform that it is a copy of, "" for our own. */
  superior: string;
  demo: boolean;
  /** West, south, east, north of all volumes. */
  box: [number, number, number, number];
  /** Where its label hangs: the middle of its box, of a corridor the middle of its line. */
  centre: [number, number];
  /** Degrees of longitude and latitude from there to its edge. */
  half: [number, number];
  /** Square degrees, to find the smallest of several. */
  extent: number;
  /** As the server sent it. */
  feature: ZoneFeature;
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
  const id = zoneId(f);
  const parts = [{ ...limits(p), area: shape(f.geometry, p.radius_m, p.width_m) }];
  for (const v of Array.isArray(p.further) ? p.further : []) parts.push({ ...limits(v), area: shape(v.geometry ?? null, v.radius_m, v.width_m) });
  const volumes = parts.filter((v): v is DrawnVolume => v.area !== null);
  if (!id || volumes.length === 0) return [];
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  let extent = 0;
  for (const v of volumes) {
    for (const rings of polygonsOf(v.area)) {
      extent = Math.max(extent, Math.abs(signedArea(rings[0] ?? [])) / 2);
      for (const [x, y] of rings[0] ?? []) [west, south, east, north] = [Math.min(west, x), Math.min(south, y), Math.max(east, x), Math.max(north, y)];
    }
  }
  if (!(east >= west && north >= south)) return [];
  const known: Restriction[] = ["prohibited", "requires_authorisation", "conditional", "no_restriction"];
  return [{
    id,
    version: p.version ?? 0,
    name: { zh: p.name_zh || p.name_en || id, en: p.name_en || p.name_zh || id },
    // An unknown word counts as the strictest, as in the server.
    restriction: known.find((r) => r === p.restriction) ?? "prohibited",
    volumes,
    buffer: p.buffer_m !== undefined && p.buffer_m > 0 ? p.buffer_m : 0,
    periods: Array.isArray(p.applicability) ? p.applicability : [],
    temporary: p.temporary === true,
    superior: p.superior ?? "",
    demo: p.demo === true,
    box: [west, south, east, north],
    ...hanging(f, [west, south, east, north]),
    extent,
    feature: f,
  }];
}

/** Where the label hangs: a corridor's box may be far from it. */
function hanging(f: ZoneFeature, [west, south, east, north]: DrawnZone["box"]): Pick<DrawnZone, "centre" | "half"> {
  const g = f.geometry;
  const width = f.properties.width_m ?? 0;
  if (g?.type !== "LineString" || g.coordinates.length < 2 || f.properties.further?.length) {
    return { centre: [(west + east) / 2, (south + north) / 2], half: [(east - west) / 2, (north - south) / 2] };
  }
  const k = Math.floor((g.coordinates.length - 1) / 2);
  const [a, b] = [g.coordinates[k]!, g.coordinates[k + 1]!];
  const centre: [number, number] = [(a[0]! + b[0]!) / 2, (a[1]! + b[1]!) / 2];
  return { centre, half: [width / 2 / (111_320 * Math.cos((centre[1] * Math.PI) / 180)), width / 2 / 110_950] };
}

export function polygonsOf(area: Area): Ring[][] {
  return (area.type === "Polygon" ? [area.coordinates] : area.coordinates) as Ring[][];
}

/** The outer edges of a zone's volumes with its buffer: where it really begins. Empty without a buffer. */
export function bufferAreas(z: DrawnZone): Area[] {
  if (z.buffer === 0) return [];
  const p = z.feature.properties;
  const sources = [{ geometry: z.feature.geometry, radius_m: p.radius_m, width_m: p.width_m }, ...(p.further ?? [])];
  return sources.flatMap((v) => {
    const g = v.geometry ?? null;
    if (g?.type === "Point") return shape(g, (v.radius_m ?? 0) + z.buffer, undefined) ?? [];
    if (g?.type === "LineString") return shape(g, undefined, (v.width_m ?? 0) + 2 * z.buffer) ?? [];
    const area = shape(g, undefined, undefined);
    return (area && widened(area, z.buffer)) ?? [];
  });
}

/** The volumes whose area holds the place; the buffer does not count, nor does the height. */
export function volumesAt(z: DrawnZone, p: Point): DrawnVolume[] {
  const [west, south, east, north] = z.box;
  if (p[0] < west || p[0] > east || p[1] < south || p[1] > north) return [];
  return z.volumes.filter((v) => inArea(v.area, p));
}

export function limits(p: Limits): { floor: Altitude | undefined; ceiling: Altitude | undefined } {
  return { floor: altitude(p.floor_m, p.floor_datum, p.floor_geoid, p.floor_feet), ceiling: altitude(p.ceiling_m, p.ceiling_datum, p.ceiling_geoid, p.ceiling_feet) };
}

function altitude(metres: number | undefined, datum: Datum | undefined, geoid: Geoid | undefined, feet: boolean | undefined): Altitude | undefined {
  return metres === undefined || datum === undefined ? undefined : { metres, datum, ...(geoid ? { geoid } : {}), ...(feet ? { feet } : {}) };
}

function shape(g: GeoJSON.Geometry | null, radius: number | undefined, width: number | undefined): Area | null {
  if (g?.type === "Polygon" || g?.type === "MultiPolygon") return g.coordinates.length > 0 ? g : null;
  if (g?.type === "Point" && radius && radius > 0) return circle(g.coordinates[0] ?? 0, g.coordinates[1] ?? 0, radius);
  if (g?.type === "LineString" && width && width > 0) return corridor(g.coordinates as Point[], width);
  return null;
}
