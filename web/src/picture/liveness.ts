// How old the picture is. A frozen map that looks live is the worst failure of a console, so this file decides alone
// and knows only two things: when health messages arrived on our clock, and what instant the picture said it was.

import { since, type Mark } from "../clock";
import { PathDelay } from "./path-delay";

export const LATE_MS = 3_000;
export const STOPPED_MS = 10_000;

export type Condition = "unknown" | "live" | "late" | "stopped";

export class Liveness {
  private last: Mark | null = null;
  private lastAt = 0; // the picture's own instant in the last health message, ms
  private delay = 0; // beyond the path's smallest, ms
  private path = new PathDelay();

  /**
   * Takes one health message. Messages that arrive every second but are all late, or that repeat the same instant,
   * make the picture old too: the delay beyond the smallest of the last ten minutes counts as age.
   */
  health(at: number, now: Mark): void {
    if (!Number.isFinite(at)) return;
    if (at < this.lastAt) this.path = new PathDelay(); // the server's clock was put back: old delays mean nothing
    this.delay = this.path.of(at, now.mono);
    this.last = now;
    this.lastAt = at;
  }

  /** Age of the picture in ms; Infinity before the first health message. */
  age(now: Mark): number {
    return this.last === null ? Infinity : this.delay + since(this.last, now);
  }

  condition(now: Mark): Condition {
    const age = this.age(now);
    if (age === Infinity) return "unknown";
    if (age > STOPPED_MS) return "stopped";
    return age > LATE_MS ? "late" : "live";
  }

  /** The picture's instant that is on screen, ms since 1970 UTC on the server's clock; 0 before the first. */
  get pictureAt(): number {
    return this.lastAt;
  }
}
