// POST /api/v1/zones/import: one file, read by the server. A dry run stores nothing.

import { Problem } from "../../api";
import type { ZoneFeature } from "../../vocabulary";

export const FORMATS = ["auto", "geojson", "ed269", "ed318", "kml", "kmz", "openair"] as const;
export type Format = (typeof FORMATS)[number];
export const SYSTEMS = ["wgs84", "cgcs2000", "gcj02", "bd09"] as const;
export type System = (typeof SYSTEMS)[number];
export const REMARK_KINDS = ["refused", "repaired", "noted"] as const;
export type RemarkKind = (typeof REMARK_KINDS)[number];

/** The server reads no larger file. */
export const MAX_BYTES = 16 * 1024 * 1024;
/** A national file takes seconds to read, and longer on the way. */
const TIMEOUT_MS = 180_000;

export interface Remark {
  zone?: string;
  /** Where in the file. */
  place: string;
  kind: RemarkKind;
  /** English. */
  problem: string;
  /** Stable key of the problem (remarks.zh.ts). */
  code: string;
}

export interface Counts {
  read: number;
  accepted: number;
  repaired: number;
  refused: number;
  new: number;
  changed: number;
  same: number;
  /** Zones of the same superior that are not in the file and end with it. */
  ended: number;
}

export interface ImportAnswer {
  format: string;
  crs: string;
  dry_run: boolean;
  published: boolean;
  counts: Counts;
  zones: ZoneFeature[];
  remarks: Remark[];
  /** Ids of the zones that end. */
  ended: string[];
}

export interface ImportRequest {
  file: File;
  format: Format;
  crs: System;
  dryRun: boolean;
  withoutRefused: boolean;
  superior: string;
  /** With superior: end its zones that are not in the file. */
  endMissing: boolean;
  source: string;
  reason: string;
}

export function importPath(r: ImportRequest): string {
  const q = new URLSearchParams({ format: r.format, crs: r.crs, dry_run: String(r.dryRun), without_refused: String(r.withoutRefused) });
  for (const [key, value] of [["superior", r.superior], ["source", r.source], ["reason", r.reason]] as const) if (value.trim()) q.set(key, value.trim());
  if (r.endMissing && r.superior.trim()) q.set("end_missing", "true");
  return `/api/v1/zones/import?${q}`;
}

/** Sends the file. Every failure is a Problem; `stop` gives it up. */
export async function importZones(r: ImportRequest, stop: AbortSignal): Promise<ImportAnswer> {
  let response: Response;
  try {
    response = await fetch(importPath(r), {
      method: "POST",
      credentials: "same-origin",
      headers: { Accept: "application/json", "Accept-Language": document.documentElement.lang || "zh-CN", "Content-Type": "application/octet-stream" },
      body: r.file,
      signal: AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]),
    });
  } catch {
    throw new Problem(0, "", "", "");
  }
  const text = await response.text().catch(() => "");
  if (!response.ok) {
    let p: Record<string, unknown> = {};
    try {
      p = JSON.parse(text) as Record<string, unknown>;
    } catch {
      // not from our server
    }
    throw new Problem(response.status, String(p["title"] ?? response.statusText), String(p["detail"] ?? ""), String(p["id"] ?? ""));
  }
  return readAnswer(JSON.parse(text));
}

/** Reads the answer leniently: what is missing is empty, a kind of remark that is not known counts as noted. */
export function readAnswer(raw: unknown): ImportAnswer {
  const a = (raw ?? {}) as Record<string, unknown>;
  const zones = a["zones"] as { features?: ZoneFeature[] } | null | undefined;
  const counts = (a["counts"] ?? {}) as Partial<Counts>;
  const remarks = Array.isArray(a["remarks"]) ? (a["remarks"] as Partial<Remark>[]) : [];
  return {
    format: String(a["format"] ?? ""),
    crs: String(a["crs"] ?? ""),
    dry_run: a["dry_run"] === true,
    published: a["published"] === true,
    counts: { read: 0, accepted: 0, repaired: 0, refused: 0, new: 0, changed: 0, same: 0, ended: 0, ...counts },
    zones: zones?.features ?? [],
    ended: Array.isArray(a["ended"]) ? (a["ended"] as string[]) : [],
    remarks: remarks.map((m) => ({
      ...(m.zone ? { zone: m.zone } : {}), place: m.place ?? "", problem: m.problem ?? "", code: m.code ?? "",
      kind: REMARK_KINDS.find((k) => k === m.kind) ?? "noted",
    })),
  };
}
