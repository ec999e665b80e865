// How a zone stands to the clock, for the list and its filter.

import { activeAt, nextEnd, nextStart, type Period } from "../picture/applicability";
import type { Feature, ZonePeriod } from "./feature";
import { nextMidnight } from "./schedule";

export const FACETS = ["now", "today", "scheduled", "ending", "ended", "temporary", "superior", "demo"] as const;
export type Facet = (typeof FACETS)[number];

export interface Validity {
  /** now: applies; today: begins later today; scheduled: begins another day; ended: never again. */
  state: "now" | "today" | "scheduled" | "ended";
  /** When the state changes next, ms since 1970 UTC; absent: never, or beyond what is looked ahead. */
  changes?: number;
  /** When it ends for good: the last `until`, where every period has one. */
  ends?: number;
}

/** A zone ends soon when it ends for good within this. */
export const SOON_MS = 24 * 3600_000;

/** Events of the day are judged as always, whatever hours stand beside them: as the server does. */
export function judged(periods: readonly ZonePeriod[]): Period[] {
  return periods.map(({ start_event, end_event, ...p }) => {
    if (!start_event && !end_event) return p;
    return { ...(p.from === undefined ? {} : { from: p.from }), ...(p.until === undefined ? {} : { until: p.until }) };
  });
}

export function validityOf(periods: readonly ZonePeriod[], now: number): Validity {
  const js = judged(periods);
  const ends = js.length > 0 && js.every((p) => p.until !== undefined) ? Math.max(...js.map((p) => Date.parse(p.until ?? ""))) : NaN;
  const last = Number.isFinite(ends) ? { ends } : {};
  if (activeAt(js, now)) {
    const changes = nextEnd(js, now);
    return { state: "now", ...(changes === undefined ? {} : { changes }), ...last };
  }
  if (ends <= now) return { state: "ended", ...last };
  const changes = nextStart(js, now);
  if (changes === undefined) return { state: "ended", ...last };
  return { state: changes < nextMidnight(now) ? "today" : "scheduled", changes, ...last };
}

/** Every facet that a zone is found under. */
export function facetsOf(f: Feature, v: Validity, now: number): Set<Facet> {
  const out = new Set<Facet>([v.state]);
  if (v.state !== "ended" && v.ends !== undefined && v.ends - now <= SOON_MS) out.add("ending");
  if (f.properties.temporary) out.add("temporary");
  if (f.properties.superior) out.add("superior");
  if (f.properties.demo) out.add("demo");
  return out;
}
