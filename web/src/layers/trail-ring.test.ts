import { describe, expect, it } from "vitest";
import { TrackStore } from "../picture/tracks";
import { STEP_MS, STEPS, TrailRing } from "./trail-ring";

function one(): { tracks: TrackStore; ring: TrailRing; at(x: number): void } {
  const tracks = new TrackStore();
  tracks.setIdentity({ slot: 3, aircraft_id: "a" });
  tracks.hasFix[3] = 1;
  tracks.fresh.push(3);
  return { tracks, ring: new TrailRing(tracks, 0, 0), at: (x) => void (tracks.x[3] = x) };
}

describe("trail ring", () => {
  it("knows nothing from before an aircraft was seen", () => {
    const { ring, at } = one();
    at(0.5);
    ring.sample(1000);
    expect([...ring.history(3)].map((s) => s[0])).toEqual([0.5]);
  });

  it("keeps one sample per step, the newest last, and at most a ring of them", () => {
    const { ring, at } = one();
    for (let k = 0; k < STEPS + 20; k++) {
      at(k / 128);
      ring.sample(1000 + k * STEP_MS);
    }
    const xs = [...ring.history(3)].map((s) => s[0]);
    expect(xs.length).toBe(STEPS);
    expect(xs[STEPS - 1]).toBe((STEPS + 19) / 128);
    expect(xs[0]).toBe(20 / 128);
  });

  it("begins anew where a track begins anew, joined to nothing", () => {
    const { tracks, ring, at } = one();
    at(0.25);
    ring.sample(1000);
    ring.sample(1000 + STEP_MS);
    at(0.75);
    tracks.fresh.push(3);
    ring.sample(1000 + 2 * STEP_MS);
    expect([...ring.history(3)].map((s) => s[0])).toEqual([0.75]);
    for (let k = 0; k < STEPS; k++) expect(ring.data[(k * ring.capacity + 3) * 3]).toBe(0.75);
  });

  it("keeps what it holds when the store grows", () => {
    const { tracks, ring, at } = one();
    at(0.25);
    ring.sample(1000);
    ring.sample(1000 + STEP_MS);
    tracks.setIdentity({ slot: 4000, aircraft_id: "b" });
    ring.sample(1000 + STEP_MS + 10);
    expect(ring.capacity).toBe(tracks.capacity);
    expect([...ring.history(3)].map((s) => s[0])).toEqual([0.25, 0.25]);
  });
});

describe("what was stored before", () => {
  const past = (...ages: number[]) => ages.map((s) => ({ x: 1 - s / 128, y: 0, agl: 50, ageMs: s * 1000 }));

  it("fills the samples before a trail began, and only those", () => {
    const { ring, at } = one();
    at(0.5);
    ring.sample(1000);
    ring.prefill(3, past(20, 15, 10, 5, 0), 1000);
    expect([...ring.history(3)].map((s) => s[0] * 128)).toEqual([108, 113, 118, 123, 128, 64]);
    at(0.75);
    ring.sample(1000 + STEP_MS);
    expect([...ring.history(3)].map((s) => s[0] * 128)).toEqual([108, 113, 118, 123, 128, 64, 96]);
  });

  it("is nothing without reports", () => {
    const { ring, at } = one();
    at(0.5);
    ring.sample(1000);
    ring.prefill(3, [], 1000);
    expect([...ring.history(3)].length).toBe(1);
  });
});
