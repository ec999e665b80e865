// Search, filter and order of the list. Plain scans: two thousand zones cost well under a frame.

import type { Restriction } from "../vocabulary";
import { ceilingOf, floorOf, nameOf, restrictionOf, type Feature } from "./feature";
import { facetsOf, validityOf, type Facet, type Validity } from "./validity";

export const SORTS = ["name", "restriction", "published", "ends", "ceiling"] as const;
export type Sort = (typeof SORTS)[number];

export interface Query {
  text: string;
  restrictions: ReadonlySet<Restriction>;
  facet: Facet | "";
  sort: Sort;
}

export const EVERYTHING: Query = { text: "", restrictions: new Set(), facet: "", sort: "name" };

/** A zone with what the list asks of it each time. */
export interface Entry {
  id: string;
  feature: Feature;
  restriction: Restriction;
  validity: Validity;
  facets: ReadonlySet<Facet>;
  words: string;
}

export function entryOf(feature: Feature, now: number): Entry {
  const p = feature.properties;
  const validity = validityOf(p.applicability ?? [], now);
  return {
    id: p.id, feature, restriction: restrictionOf(p), validity, facets: facetsOf(feature, validity, now),
    words: [p.name_zh, p.name_en, p.id, p.kind, p.authority, p.source, p.superior].filter(Boolean).join("\u0000").toLowerCase(),
  };
}

const STRICTNESS: readonly Restriction[] = ["prohibited", "requires_authorisation", "conditional", "no_restriction"];

/** What the query finds, in its order. Every word of the search must occur. */
export function find(entries: readonly Entry[], q: Query, language: "zh" | "en"): Entry[] {
  const words = q.text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const found = entries.filter(
    (e) =>
      (q.restrictions.size === 0 || q.restrictions.has(e.restriction)) && (q.facet === "" || e.facets.has(q.facet)) && words.every((w) => e.words.includes(w)),
  );
  const names = new Map(found.map((e) => [e, nameOf(e.feature.properties)[language]]));
  const collator = new Intl.Collator(language === "zh" ? "zh-CN" : "en", { numeric: true });
  const byName = (a: Entry, b: Entry): number => collator.compare(names.get(a)!, names.get(b)!) || (a.id < b.id ? -1 : 1);
  const by: Record<Sort, (a: Entry, b: Entry) => number> = {
    name: () => 0,
    restriction: (a, b) => STRICTNESS.indexOf(a.restriction) - STRICTNESS.indexOf(b.restriction),
    published: (a, b) => (b.feature.properties.published_at ?? "").localeCompare(a.feature.properties.published_at ?? ""),
    ends: (a, b) => later(a) - later(b),
    ceiling: (a, b) => (ceilingOf(a.feature.properties)?.metres ?? 1e9) - (ceilingOf(b.feature.properties)?.metres ?? 1e9)
      || (floorOf(a.feature.properties)?.metres ?? 0) - (floorOf(b.feature.properties)?.metres ?? 0),
  };
  return found.sort((a, b) => by[q.sort](a, b) || byName(a, b));
}

const later = (e: Entry): number => e.validity.ends ?? 8.64e15;

/** How many zones there are under each facet. */
export function counts(entries: readonly Entry[]): ReadonlyMap<Facet, number> {
  const out = new Map<Facet, number>();
  for (const e of entries) for (const f of e.facets) out.set(f, (out.get(f) ?? 0) + 1);
  return out;
}

/** Rows of a fixed height that lie in the window of a scrolled list, with some around. */
export function visibleRows(scrollTop: number, height: number, row: number, count: number, around = 6): [number, number] {
  const first = Math.max(0, Math.floor(scrollTop / row) - around);
  return [Math.min(first, count), Math.min(count, Math.ceil((scrollTop + height) / row) + around)];
}
