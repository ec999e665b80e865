// A zone as the server writes and reads it: a GeoJSON feature in WGS-84 with flat properties (docs/zones.md).

import type { Period } from "../picture/applicability";
import type { Altitude, Datum, Geoid, Limits, Restriction, Text, ZoneFeature, ZoneProperties } from "../vocabulary";

export type { Exemption, Geoid, ZoneContact } from "../vocabulary";

/** A period as zones carry it: the events of the day are kept, and judged as always until somebody computes them. */
export interface ZonePeriod extends Omit<Period, "start_event" | "end_event"> {
  start_event?: string;
  end_event?: string;
}

/** The shape's measures and the limits of one volume, as properties. Metres always; feet says that they were given so. */
export interface LimitProperties extends Limits {
  radius_m?: number;
  width_m?: number;
}

export interface FurtherVolume extends LimitProperties {
  geometry: GeoJSON.Geometry;
}

/** All that a zone carries, as it is edited. */
export interface Properties extends Omit<ZoneProperties, "further" | "applicability" | "import_change"> {
  further?: FurtherVolume[];
  applicability?: ZonePeriod[];
  ed?: Record<string, unknown>;
}

export interface Feature {
  type: "Feature";
  id?: string | number;
  geometry: GeoJSON.Geometry | null;
  properties: Properties;
}

/** What the stream and GET /zones bring, with all its properties. */
export function asFeature(f: ZoneFeature): Feature {
  const p = (f.properties ?? {}) as unknown as Properties;
  return { ...f, properties: { ...p, id: String(p.id ?? f.id ?? "") } };
}

const RESTRICTIONS: readonly Restriction[] = ["prohibited", "requires_authorisation", "conditional", "no_restriction"];

/** An unknown word counts as the strictest, as in the server. */
export function restrictionOf(p: Properties): Restriction {
  return RESTRICTIONS.find((r) => r === p.restriction) ?? "prohibited";
}

export function nameOf(p: Properties): Text {
  return { zh: p.name_zh || p.name_en || p.id, en: p.name_en || p.name_zh || p.id };
}

export interface Limit extends Altitude {
  geoid?: Geoid;
  feet?: boolean;
}

export function floorOf(p: LimitProperties): Limit | undefined {
  return limit(p.floor_m, p.floor_datum, p.floor_geoid, p.floor_feet);
}

export function ceilingOf(p: LimitProperties): Limit | undefined {
  return limit(p.ceiling_m, p.ceiling_datum, p.ceiling_geoid, p.ceiling_feet);
}

function limit(metres: number | undefined, datum: Datum | undefined, geoid: Geoid | undefined, feet: boolean | undefined): Limit | undefined {
  if (metres === undefined || datum === undefined) return undefined;
  return { metres, datum, ...(geoid ? { geoid } : {}), ...(feet ? { feet } : {}) };
}

/** Volumes of the zone: its own geometry first, then the further ones. */
export function volumesOf(f: Feature): { geometry: GeoJSON.Geometry; limits: LimitProperties }[] {
  const own = f.geometry ? [{ geometry: f.geometry, limits: f.properties as LimitProperties }] : [];
  return [...own, ...(f.properties.further ?? []).map((v) => ({ geometry: v.geometry, limits: v as LimitProperties }))];
}

/** West, south, east, north of every volume, circles and corridors by their reach; null without a place. */
export function boundsOf(f: Feature): [number, number, number, number] | null {
  let box: [number, number, number, number] | null = null;
  for (const { geometry, limits } of volumesOf(f)) {
    const reach = (limits.radius_m ?? 0) + (limits.width_m ?? 0) / 2;
    for (const [x, y] of positions(geometry)) {
      const dy = reach / 110_950;
      const dx = reach / (111_320 * Math.max(0.01, Math.cos((y * Math.PI) / 180)));
      box = box
        ? [Math.min(box[0], x - dx), Math.min(box[1], y - dy), Math.max(box[2], x + dx), Math.max(box[3], y + dy)]
        : [x - dx, y - dy, x + dx, y + dy];
    }
  }
  return box;
}

/** Every position of a geometry that has coordinates. */
export function positions(g: GeoJSON.Geometry): [number, number][] {
  const out: [number, number][] = [];
  const walk = (v: unknown): void => {
    if (!Array.isArray(v)) return;
    if (typeof v[0] === "number") out.push([v[0], Number(v[1])]);
    else v.forEach(walk);
  };
  if (g.type === "GeometryCollection") g.geometries.forEach((x) => out.push(...positions(x)));
  else walk(g.coordinates);
  return out;
}
