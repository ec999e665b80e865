// The region pack as GET /api/v1/region sends it: outlines, seats, places and the credit its data ask for.

import type { Text } from "../vocabulary";

export interface Jurisdiction {
  id: string;
  parent_id?: string;
  name: Text;
  level?: number;
  /** GeoJSON MultiPolygon coordinates. */
  area?: number[][][][];
  seat?: { longitude_deg: number; latitude_deg: number };
  schematic?: boolean;
}

export interface Place {
  name: Text;
  kind?: string;
  longitude_deg: number;
  latitude_deg: number;
}

/** A schematic course, such as a river. */
export interface Line {
  kind: string;
  name: Text;
  points: [number, number][];
}

export interface Region {
  id: string;
  name: Text;
  jurisdictions: Jurisdiction[];
  places: Place[];
  lines: Line[];
  credits: Text[];
  schematic: boolean;
  demo: boolean;
}

/** Reads the answer leniently: a field that is missing leaves its part of the map empty, nothing else. */
export function readRegion(raw: unknown): Region {
  const r = (raw ?? {}) as Record<string, unknown>;
  const list = <T>(v: unknown): T[] => (Array.isArray(v) ? (v as T[]) : []);
  const jurisdictions = list<Jurisdiction>(r["jurisdictions"]);
  const credit = r["credits"] ?? r["credit"];
  const credits = (Array.isArray(credit) ? credit : credit ? [credit] : []).map(asText);
  return {
    id: String(r["id"] ?? ""),
    name: asText(r["name"]),
    jurisdictions,
    places: list<Record<string, unknown>>(r["places"]).flatMap(readPlace),
    lines: list<Record<string, unknown>>(r["lines"]).map((l) => ({ kind: String(l["kind"] ?? ""), name: asText(l["name"]), points: list<[number, number]>(l["points"]) })),
    credits,
    schematic: jurisdictions.some((j) => j.schematic !== false),
    demo: r["demo"] === true,
  };
}

function readPlace(p: Record<string, unknown>): Place[] {
  const at = (p["position"] ?? p) as Record<string, unknown>;
  const longitude = Number(at["longitude_deg"]);
  const latitude = Number(at["latitude_deg"]);
  if (!Number.isFinite(longitude) || !Number.isFinite(latitude)) return [];
  return [{ name: asText(p["name"]), kind: String(p["kind"] ?? ""), longitude_deg: longitude, latitude_deg: latitude }];
}

export function asText(v: unknown): Text {
  if (typeof v === "string") return { zh: v, en: v };
  const t = (v ?? {}) as Partial<Text>;
  return { zh: t.zh ?? t.en ?? "", en: t.en ?? t.zh ?? "" };
}
