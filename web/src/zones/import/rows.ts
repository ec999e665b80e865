// What the import dialog lists: zones by how they stand to what is in force, remarks with their reason.

import { readZone, type DrawnZone } from "../../picture/zones";
import { language } from "../../words";
import { REMARKS_ZH } from "./remarks.zh";
import { REMARK_KINDS, type ImportAnswer, type Remark, type RemarkKind } from "./upload";

export const CHANGES = ["new", "changed", "same"] as const;
export type Change = (typeof CHANGES)[number];

export interface PreviewZone {
  /** Unique in the file: two zones may bear one id. */
  key: number;
  zone: DrawnZone;
  change: Change;
}

/** The zones of an answer that have a shape to draw, in file order. */
export function previewZones(a: ImportAnswer): PreviewZone[] {
  return a.zones.flatMap((f, key) => readZone(f).map((zone) => ({ key, zone, change: CHANGES.find((c) => c === f.properties.import_change) ?? "new" })));
}

/** Why, in the reader's language; the server's English where there is no translation of its code. */
export function remarkText(m: Remark): string {
  if (language() === "en") return m.problem || m.code;
  return REMARKS_ZH[m.code] ?? (m.problem || m.code);
}

/** Refused first, then repaired, then noted; file order within. */
export function sortRemarks(remarks: readonly Remark[]): Remark[] {
  return [...remarks].sort((a, b) => REMARK_KINDS.indexOf(a.kind) - REMARK_KINDS.indexOf(b.kind));
}

export function countRemarks(remarks: readonly Remark[]): Record<RemarkKind, number> {
  const n = { refused: 0, repaired: 0, noted: 0 };
  for (const m of remarks) n[m.kind]++;
  return n;
}

/** Reasons with how often they occur, the most frequent first; each by the words of its first remark without figures. */
export function countReasons(remarks: readonly Remark[]): { code: string; text: string; count: number }[] {
  const reasons = new Map<string, { code: string; text: string; count: number }>();
  for (const m of remarks) {
    const known = reasons.get(m.code);
    if (known) known.count++;
    else reasons.set(m.code, { code: m.code, text: remarkText(m), count: 1 });
  }
  return [...reasons.values()].sort((a, b) => b.count - a.count);
}

/** West, south, east, north of what is listed; null for none. */
export function boxOf(zones: readonly PreviewZone[]): [number, number, number, number] | null {
  let box: [number, number, number, number] | null = null;
  for (const { zone } of zones) {
    const [w, s, e, n] = zone.box;
    box = box ? [Math.min(box[0], w), Math.min(box[1], s), Math.max(box[2], e), Math.max(box[3], n)] : [w, s, e, n];
  }
  return box;
}
