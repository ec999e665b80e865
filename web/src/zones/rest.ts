// The REST operations on zones (docs/zones.md).

import { Problem, call, fetchRegion } from "../api";
import { asText } from "../picture/regions";
import type { Text } from "../vocabulary";
import type { Feature } from "./feature";

export interface CheckedAircraft {
  aircraft_id: string;
  name?: Text | string;
  volume?: number;
  vertical_state?: string;
  distance_m?: number;
  /** Why the height cannot be judged. */
  reason?: string;
  entry_s?: number;
  demo?: boolean;
  /** An exemption of the draft fits it. */
  exempt?: boolean;
  on_ground?: boolean;
  observed_at?: string;
}

export interface CheckAnswer {
  valid: boolean;
  problems: { field: string; problem: string }[];
  inside: CheckedAircraft[];
  near: CheckedAircraft[];
  /** Their position is not known now: they may be inside. */
  cannot_tell: CheckedAircraft[];
  /** A list was cut off. */
  cut: boolean;
  active_now?: boolean;
  buffer_m?: number;
  jurisdiction_ids: string[];
  area_m2?: number;
}

export interface Version {
  version: number;
  published_at?: string;
  published_by?: string;
  reason?: string;
  ended_at?: string;
  ended_by?: string;
  end_reason?: string;
  current?: boolean;
  feature?: Feature;
}

export interface ZoneKind {
  kind: string;
  name: Text;
  buffer_m?: number;
  warning_band_m?: number;
}

const path = (id: string): string => `/zones/${encodeURIComponent(id)}`;
const because = (reason: string): string => (reason ? `?reason=${encodeURIComponent(reason)}` : "");

export async function checkZone(f: Feature): Promise<CheckAnswer> {
  const a = await call<Partial<CheckAnswer>>("POST", "/zones/check", f);
  return {
    valid: a.valid === true, problems: a.problems ?? [], inside: a.inside ?? [], near: a.near ?? [], cannot_tell: a.cannot_tell ?? [], cut: (a as { complete?: boolean }).complete === false, jurisdiction_ids: a.jurisdiction_ids ?? [],
    ...(a.area_m2 === undefined ? {} : { area_m2: a.area_m2 }), ...(a.active_now === undefined ? {} : { active_now: a.active_now }), ...(a.buffer_m === undefined ? {} : { buffer_m: a.buffer_m }),
  };
}

/** Publishes a new zone, or a new version of one that still has the version that the draft was made from (412 otherwise). */
export function publishZone(f: Feature, base: number, reason: string): Promise<{ id: string; version: number }> {
  if (base === 0) return call("POST", `/zones${because(reason)}`, f);
  return call("PUT", path(f.properties.id) + because(reason), f, false, { "If-Match": `"${base}"` });
}

export async function fetchVersions(id: string): Promise<Version[]> {
  const a = await call<Version[] | { versions?: Version[] }>("GET", `${path(id)}/versions`);
  const list = Array.isArray(a) ? a : (a?.versions ?? []);
  return [...list].sort((x, y) => y.version - x.version);
}

export function restoreVersion(id: string, version: number, reason: string): Promise<{ id: string; version: number }> {
  return call("POST", `${path(id)}/restore`, { version, reason });
}

export function endZone(id: string, reason: string): Promise<void> {
  return call("DELETE", path(id) + because(reason));
}

export async function fetchKinds(): Promise<ZoneKind[]> {
  const r = (await fetchRegion()) as { zone_kinds?: (Omit<ZoneKind, "name"> & { name?: unknown })[] } | null;
  return (r?.zone_kinds ?? []).map((k) => ({ ...k, name: asText(k.name ?? k.kind) }));
}

export const EXPORTS = ["geojson", "ed269", "ed318", "kml"] as const;
export type ExportFormat = (typeof EXPORTS)[number];

/** Ids travel in the address, which has bounds everywhere on the way. */
export const MAX_EXPORT_IDS = 200;

/** The file as the server writes it, with its name. Without ids: everything in force. */
export async function exportZones(format: ExportFormat, ids: readonly string[]): Promise<{ name: string; data: Blob }> {
  const q = new URLSearchParams({ format });
  for (const id of ids) q.append("id", id);
  let response: Response;
  try {
    response = await fetch(`/api/v1/zones/export?${q}`, { credentials: "same-origin", signal: AbortSignal.timeout(60_000) });
  } catch {
    throw new Problem(0, "", "", "");
  }
  if (!response.ok) {
    const p = (await response.json().catch(() => ({}))) as Record<string, unknown>;
    throw new Problem(response.status, String(p["title"] ?? response.statusText), String(p["detail"] ?? ""), String(p["id"] ?? ""));
  }
  const given = response.headers.get("Content-Disposition")?.match(/filename="?([^";]+)"?/)?.[1];
  return { name: given ?? `zones.${format === "kml" ? "kml" : "json"}`, data: await response.blob() };
}
