// How late a message is beyond what its path always takes, on two clocks that need not agree.

/** Over which the smallest delay is taken as the path's own; as the server does for its sources. */
const WINDOW_MS = 10 * 60_000;
/** The sender's clock is taken to be put back beyond this; less is only messages out of order. */
const PUT_BACK_MS = 1_000;

export class PathDelay {
  private minima: { mono: number; delta: number }[] = []; // ascending delta in ascending time
  private newest = -Infinity;

  /**
   * The delay, ms, of a message that its sender stamped `at` (its clock) and that is handled at `mono` (our monotonic
   * clock), beyond the smallest of the last ten minutes. Never negative; 0 for the first.
   */
  of(at: number, mono: number): number {
    if (!Number.isFinite(at)) return 0;
    if (at < this.newest - PUT_BACK_MS) {
      this.minima = []; // old delays mean nothing
      this.newest = at;
    }
    this.newest = Math.max(this.newest, at);
    const delta = mono - at;
    while (this.minima.length > 0 && (this.minima[this.minima.length - 1]?.delta ?? 0) >= delta) this.minima.pop();
    this.minima.push({ mono, delta });
    while ((this.minima[0]?.mono ?? mono) < mono - WINDOW_MS) this.minima.shift();
    return delta - (this.minima[0]?.delta ?? delta);
  }
}
