// Validities by the calendar of Asia/Shanghai: a day is the last one on which something holds.

const SHANGHAI_MS = 8 * 3600_000; // no daylight saving since 1991
const DAY_MS = 86_400_000;

/** The day in Shanghai at an instant, "2026-11-23". */
export function dayAt(ms: number): string {
  return new Date(ms + SHANGHAI_MS).toISOString().slice(0, 10);
}

export type Validity = { state: "unknown" } | { state: "ended" | "soon" | "valid"; days: number };

/** Days until the last day is over: 0 it is the last one, negative it has ended. Soon: within 30 days. */
export function validity(day: string | undefined, now: number): Validity {
  const until = day ? Date.parse(`${day}T00:00:00Z`) : NaN;
  if (!Number.isFinite(until)) return { state: "unknown" };
  const days = Math.round((until - Date.parse(`${dayAt(now)}T00:00:00Z`)) / DAY_MS);
  return { state: days < 0 ? "ended" : days <= 30 ? "soon" : "valid", days };
}

/** Midnight in Shanghai at which a day begins, as an instant in UTC. */
export function dayBegins(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00+08:00`)).toISOString();
}

/** Where a day is over, which is where the next begins. */
export function dayEnds(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00+08:00`) + DAY_MS).toISOString();
}
