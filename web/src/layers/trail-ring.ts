// The last five minutes of every aircraft: a slot-major ring of samples, one row of all aircraft per step. It is filled
// as positions arrive (also in a hidden tab) and uploaded when the map next draws.

import type { TrackStore } from "../picture/tracks";
import { ABSENT } from "./gl";

export const STEPS = 60;
export const STEP_MS = 5_000;
/** Floats per sample: x, y relative to the local origin, height above ground. */
export const SAMPLE = 3;

/** A stored report: Mercator, height above ground (NaN: none) and how old it is. */
export interface PastSample {
  x: number;
  y: number;
  agl: number;
  ageMs: number;
}

/** Where samples without a fix lie: far off any screen, both ends of a segment at once. */
const NOWHERE = 8;

export class TrailRing {
  capacity = 0;
  head = 0;
  data = new Float32Array(0);
  /** What the GPU lacks: everything, or the rows since the last upload. */
  dirtyAll = true;
  dirtyRows = new Set<number>();
  private steppedAt = 0;
  /** Steps taken since the start, and the step in which each trail began: nothing is known from before. */
  private steps = 0;
  private began = new Float64Array(0);

  constructor(
    private readonly tracks: TrackStore,
    private readonly originX: number,
    private readonly originY: number,
  ) {}

  /** Takes the newest positions into the head row, and moves the head on every step. */
  sample(now: number): void {
    const t = this.tracks;
    if (this.capacity !== t.capacity) this.resize(t.capacity);
    if (this.steppedAt === 0) this.steppedAt = now;
    // After a long pause the ring turns no more than once.
    let steps = Math.min(STEPS, Math.floor((now - this.steppedAt) / STEP_MS));
    if (steps > 0) this.steppedAt += steps * STEP_MS;
    if (now - this.steppedAt > STEP_MS) this.steppedAt = now;
    for (; steps > 0; steps--) {
      const from = this.head * this.capacity * SAMPLE;
      this.head = (this.head + 1) % STEPS;
      this.steps++;
      this.data.copyWithin(this.head * this.capacity * SAMPLE, from, from + this.capacity * SAMPLE);
      this.dirtyRows.add(this.head);
    }
    for (const slot of t.fresh) this.begin(slot);
    t.fresh.length = 0;
    let o = this.head * this.capacity * SAMPLE;
    for (let s = 0; s < t.used; s++, o += SAMPLE) {
      if (!t.hasFix[s] || t.unnamed(s)) continue; // who it is, is not told, and neither where it has been
      this.data[o] = t.x[s]! - this.originX;
      this.data[o + 1] = t.y[s]! - this.originY;
      const agl = t.agl[s]!;
      this.data[o + 2] = agl === agl ? agl : ABSENT;
    }
    this.dirtyRows.add(this.head);
  }

  /** The samples of one aircraft since its trail began, oldest first, as [x, y, height] relative to the origin. */
  *history(slot: number): Generator<[number, number, number]> {
    const known = Math.min(STEPS, this.steps - (this.began[slot] ?? this.steps) + 1);
    for (let k = STEPS - known + 1; k <= STEPS; k++) {
      const o = (((this.head + k) % STEPS) * this.capacity + slot) * SAMPLE;
      const x = this.data[o] ?? NOWHERE;
      if (x >= NOWHERE) continue;
      yield [x, this.data[o + 1] ?? 0, this.data[o + 2] ?? ABSENT];
    }
  }

  /**
   * Puts what was stored before the trail began here into its older samples: `past` oldest first, each with its age in
   * ms at `now`. What the ring has seen itself stays.
   */
  prefill(slot: number, past: readonly PastSample[], now: number): void {
    if (slot >= this.capacity || past.length === 0 || this.steppedAt === 0) return;
    const seen = Math.min(STEPS - 1, this.steps - (this.began[slot] ?? this.steps));
    const headAge = now - this.steppedAt;
    let i = past.length - 1;
    let filled = seen;
    for (let back = seen + 1; back < STEPS; back++) {
      // A row was last written when the head left it: its samples are this old.
      const age = headAge + (back - 1) * STEP_MS;
      while (i > 0 && past[i]!.ageMs < age) i--;
      const p = past[i]!;
      const known = p.ageMs >= age;
      if (known) filled = back;
      const o = (((this.head - back + STEPS) % STEPS) * this.capacity + slot) * SAMPLE;
      this.data[o] = p.x - this.originX;
      this.data[o + 1] = p.y - this.originY;
      this.data[o + 2] = p.agl === p.agl ? p.agl : ABSENT;
    }
    this.began[slot] = this.steps - filled;
    this.dirtyAll = true;
  }

  // A trail begins where its aircraft is now: every older sample lies in the same place, so nothing is drawn.
  private begin(slot: number): void {
    const t = this.tracks;
    const fix = t.hasFix[slot] && !t.unnamed(slot);
    this.began[slot] = this.steps;
    const x = fix ? t.x[slot]! - this.originX : NOWHERE;
    const y = fix ? t.y[slot]! - this.originY : NOWHERE;
    for (let k = 0; k < STEPS; k++) {
      const o = (k * this.capacity + slot) * SAMPLE;
      this.data[o] = x;
      this.data[o + 1] = y;
      const agl = t.agl[slot]!;
      this.data[o + 2] = agl === agl ? agl : ABSENT;
    }
    this.dirtyAll = true;
  }

  private resize(capacity: number): void {
    const old = this.data;
    const width = this.capacity;
    this.data = new Float32Array(capacity * STEPS * SAMPLE).fill(NOWHERE);
    for (let k = 0; k < STEPS && width > 0; k++) {
      this.data.set(old.subarray(k * width * SAMPLE, (k + 1) * width * SAMPLE), k * capacity * SAMPLE);
    }
    const began = new Float64Array(capacity);
    began.set(this.began);
    this.began = began;
    this.capacity = capacity;
    this.dirtyAll = true;
  }
}
