// What changed between two versions of a zone, field by field.

import type { Feature, Properties } from "./feature";
import { positions, volumesOf } from "./feature";

export interface Change {
  /** Key of zones.field.*, such as "ceiling". */
  field: string;
  /** The property itself; "" for the geometry. */
  property: string;
  before: unknown;
  after: unknown;
}

// Written at publication; that they differ says nothing.
const STAMPS = new Set(["version", "published_at", "jurisdiction_ids", "import_change", "published_by"]);

/** Properties that are one field to a person. */
const FIELDS: Record<string, string> = {
  name_zh: "name", name_en: "name", floor_m: "floor", floor_datum: "floor", floor_geoid: "floor", floor_feet: "floor",
  ceiling_m: "ceiling", ceiling_datum: "ceiling", ceiling_geoid: "ceiling", ceiling_feet: "ceiling", radius_m: "shape", width_m: "shape",
  reason_zh: "reason", reason_en: "reason", conditions_zh: "conditions", conditions_en: "conditions", message_zh: "message", message_en: "message",
  buffer_m: "buffer", warning_band_m: "warningBand", applicability: "applicability", restriction: "restriction", further: "further", temporary: "temporary",
  superior: "superior", reasons: "reasons", authority: "authority", contacts: "contacts", exemptions: "exemptions", kind: "kind", source: "source",
  demo: "demo", organisation_id: "organisation", id: "id", ed: "ed",
};

const ORDER = [
  "name", "restriction", "kind", "shape", "floor", "ceiling", "further", "applicability", "temporary", "buffer", "warningBand", "reasons", "reason",
  "conditions", "message", "authority", "contacts", "exemptions", "source", "superior", "organisation", "demo", "ed", "id", "other",
];

/** Every field that differs, the most telling first. The geometry counts by its coordinates, not by how a ring begins. */
export function changesBetween(before: Feature, after: Feature): Change[] {
  const out: Change[] = [];
  if (!same(before.geometry, after.geometry)) out.push({ field: "shape", property: "", before: before.geometry, after: after.geometry });
  const [b, a] = [before.properties as unknown as Record<string, unknown>, after.properties as unknown as Record<string, unknown>];
  for (const key of new Set([...Object.keys(b), ...Object.keys(a)])) {
    if (STAMPS.has(key) || same(blank(b[key]), blank(a[key]))) continue;
    out.push({ field: FIELDS[key] ?? "other", property: key, before: b[key], after: a[key] });
  }
  return out.sort((x, y) => ORDER.indexOf(x.field) - ORDER.indexOf(y.field) || (x.property < y.property ? -1 : 1));
}

/** The fields of the changes, each once. */
export function changedFields(before: Feature, after: Feature): string[] {
  return [...new Set(changesBetween(before, after).map((c) => c.field))];
}

/** How many vertices a zone has. */
export function vertexCount(f: Feature): number {
  return volumesOf(f).reduce((sum, v) => sum + positions(v.geometry).length - rings(v.geometry), 0);
}

/** The properties of one field, for showing it before and after. */
export function only(p: Properties, field: string): Properties {
  return Object.fromEntries(Object.entries(p).filter(([k]) => k === "id" || FIELDS[k] === field)) as unknown as Properties;
}

function rings(g: GeoJSON.Geometry): number {
  return g.type === "Polygon" ? g.coordinates.length : g.type === "MultiPolygon" ? g.coordinates.flat().length : 0;
}

// An absent text and an empty one, an absent list and an empty one, are the same to the server.
function blank(v: unknown): unknown {
  return v === "" || v === false || v === null || (Array.isArray(v) && v.length === 0) ? undefined : v;
}

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false;
  const [x, y] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = new Set([...Object.keys(x), ...Object.keys(y)]);
  for (const k of keys) if (!same(x[k], y[k])) return false;
  return true;
}
