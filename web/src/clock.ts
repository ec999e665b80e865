// Time on the client. Ages run on the client's own monotonic clock, never on a difference between the server's wall
// clock and ours; wall time is only for showing.

/** A mark on the client's clocks, from which an age can be told. */
export interface Mark {
  mono: number;
  wall: number;
}

export function mark(): Mark {
  return { mono: performance.now(), wall: Date.now() };
}

/**
 * Milliseconds since a mark. The monotonic clock stands still while some systems sleep, so the wall clock counts too
 * where it says more: after a sleep the picture must not look fresh. A wall clock put back never makes it younger.
 */
export function since(m: Mark, now: Mark = mark()): number {
  return Math.max(0, now.mono - m.mono, now.wall - m.wall);
}

let serverOffset = 0;
let serverKnown = false;

/** Takes the server's wall clock from a hello or a health message. For showing only. */
export function learnServerTime(iso: string): void {
  const t = Date.parse(iso);
  if (Number.isFinite(t)) {
    serverOffset = t - Date.now();
    serverKnown = true;
  }
}

/** The server's wall clock as known, ms since 1970 UTC. Before the first message it is our own. */
export function serverNow(): number {
  return Date.now() + (serverKnown ? serverOffset : 0);
}

const shanghai = 8 * 3600_000; // no daylight saving since 1991

function two(n: number): string {
  return n < 10 ? `0${n}` : `${n}`;
}

/** `14:32:07` in Asia/Shanghai. */
export function clockTime(ms: number): string {
  const d = new Date(ms + shanghai);
  return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
}

/** The date in Asia/Shanghai as [month, day, weekday 0 Sunday … 6]. */
export function calendarDay(ms: number): { month: string; day: string; weekday: number } {
  const d = new Date(ms + shanghai);
  return { month: two(d.getUTCMonth() + 1), day: two(d.getUTCDate()), weekday: d.getUTCDay() };
}

/** A duration as `0:31`, `12:05`, `1:02:05`. Negative ones count as zero. */
export function duration(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  const h = Math.floor(s / 3600);
  const m = Math.floor((s % 3600) / 60);
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}
