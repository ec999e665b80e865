// Decides what to do with numbered events: each must be exactly one above the last.

export type Verdict = "apply" | "ignore" | "resync";

/** Follows the sequence of one connection. After a gap everything is ignored until the next snapshot. */
export class SequenceGate {
  private last = 0;
  private waiting = true; // for the first snapshot

  /** True while the picture may miss events: between a gap and the snapshot that mends it. */
  get incomplete(): boolean {
    return this.waiting;
  }

  snapshot(seq: number): void {
    this.last = seq;
    this.waiting = false;
  }

  event(seq: number): Verdict {
    if (this.waiting) return "ignore";
    if (seq <= this.last) return "ignore"; // already in the snapshot
    if (seq === this.last + 1) {
      this.last = seq;
      return "apply";
    }
    this.waiting = true;
    return "resync";
  }

  /** A new connection begins. */
  reset(): void {
    this.waiting = true;
    this.last = 0;
  }
}
