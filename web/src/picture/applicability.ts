// When a zone applies: the same rules as lowsky.Applicability in zone.go, held together by docs/applicability.json. Wall
// clock of Asia/Shanghai by arithmetic (UTC+8, no daylight saving since 1991).

/** Applies from `from` (inclusive) until `until` (exclusive) on `weekdays` (absent or empty: every day; 0 Sunday) between
 * two wall-clock minutes. An end at or before the start runs over midnight and belongs to the weekday it started on.
 * A period with an event of the day is not computed: between its dates it counts as always. */
export interface Period {
  from?: string;
  until?: string;
  weekdays?: number[];
  start_minute?: number;
  end_minute?: number;
  /** BMCT begin of morning civil twilight, SR sunrise, SS sunset, EECT end of evening civil twilight. */
  start_event?: string;
  end_event?: string;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const SHANGHAI_MS = 8 * 3600_000;
/** A weekday comes back after this many days at most, and one more for what runs over midnight. */
const LOOK_DAYS = 8;

/** Whether a zone with these periods applies at `ms` since 1970 UTC; without periods it always does. */
export function activeAt(periods: readonly Period[], ms: number): boolean {
  return periods.length === 0 || periods.some((p) => holds(p, ms));
}

/** The next instant after `ms` at which a zone that does not apply begins to; undefined: never, or it applies now. */
export function nextStart(periods: readonly Period[], ms: number): number | undefined {
  if (activeAt(periods, ms)) return undefined;
  return earliest(periods, ms, (p) => p.start_minute ?? 0, (p) => p.from, (t) => activeAt(periods, t));
}

/** The next instant after `ms` at which a zone that applies ceases to; undefined: never, or it does not apply now. */
export function nextEnd(periods: readonly Period[], ms: number): number | undefined {
  if (!activeAt(periods, ms)) return undefined;
  return earliest(periods, ms, (p) => p.end_minute ?? 0, (p) => p.until, (t) => !activeAt(periods, t));
}

/** Whether the zone has hours that nobody has computed, and so counts as always. */
export function hasEvents(periods: readonly Period[]): boolean {
  return periods.some((p) => p.start_event || p.end_event);
}

/** When the last of the periods is over, ms; undefined: never. */
export function lastEnd(periods: readonly Period[]): number | undefined {
  if (periods.length === 0) return undefined;
  const ends = periods.map((p) => (p.until === undefined ? Infinity : Date.parse(p.until)));
  const last = Math.max(...ends);
  return Number.isFinite(last) ? last : undefined;
}

function holds(p: Period, ms: number): boolean {
  if (p.from !== undefined && ms < Date.parse(p.from)) return false;
  if (p.until !== undefined && ms >= Date.parse(p.until)) return false;
  if (p.start_event || p.end_event) return true;
  const local = ms + SHANGHAI_MS;
  const day = Math.floor(local / DAY_MS);
  const minute = Math.floor((local - day * DAY_MS) / MINUTE_MS);
  if (p.start_minute === undefined && p.end_minute === undefined) return on(p, day);
  const start = p.start_minute ?? 0;
  const end = p.end_minute ?? 24 * 60;
  if (start < end) return minute >= start && minute < end && on(p, day);
  return (minute >= start && on(p, day)) || (minute < end && on(p, day - 1));
}

/** 1970-01-01 was a Thursday. */
function on(p: Period, day: number): boolean {
  return !p.weekdays?.length || p.weekdays.includes((((day + 4) % 7) + 7) % 7);
}

/**
 * Periods begin and end only at their bounds, at a minute of some day, or at midnight where the weekday changes: those
 * instants of the coming days, and of the days after each bound still ahead, are tried in order.
 */
function earliest(
  periods: readonly Period[], ms: number, minuteOf: (p: Period) => number, boundOf: (p: Period) => string | undefined, wanted: (t: number) => boolean,
): number | undefined {
  const tries: number[] = [];
  for (const p of periods) {
    const bound = boundOf(p);
    if (bound !== undefined) tries.push(Date.parse(bound));
    for (const base of [ms, ...(p.from === undefined ? [] : [Date.parse(p.from)])]) {
      const first = Math.floor((base + SHANGHAI_MS) / DAY_MS);
      for (let d = first; d <= first + LOOK_DAYS; d++) {
        const midnight = d * DAY_MS - SHANGHAI_MS;
        tries.push(midnight, midnight + minuteOf(p) * MINUTE_MS);
      }
    }
  }
  tries.sort((a, b) => a - b);
  return tries.find((t) => t > ms && wanted(t));
}
