import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "../api";
import { Poller, nextLook, type Ground } from "./poll";

function ground() {
  let hidden = false;
  let listener: (() => void) | null = null;
  const g: Ground = { hidden: () => hidden, onVisibility: (l) => { listener = l; return () => { listener = null; }; } };
  return { g, hide(h: boolean) { hidden = h; listener?.(); }, get listened() { return listener !== null; } };
}

describe("when the next look is due", () => {
  const beat = { active: true, hidden: false, failures: 0, refused: false };
  it("is a second, while something runs and somebody looks", () => {
    expect(nextLook(beat)).toBe(1000);
    expect(nextLook({ ...beat, active: false })).toBeNull();
    expect(nextLook({ ...beat, hidden: true })).toBeNull();
    expect(nextLook({ ...beat, refused: true, failures: 3 })).toBeNull();
  });
  it("is later with each failure, ten seconds at most", () => {
    expect([1, 2, 3, 4, 40].map((failures) => nextLook({ ...beat, failures }))).toEqual([2000, 4000, 8000, 10_000, 10_000]);
  });
});

describe("looking at what runs", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("goes on each second until it has ended", async () => {
    let left = 3;
    const look = vi.fn(async () => void left--);
    const p = new Poller(() => left > 0, look, () => undefined, ground().g);
    p.start();
    expect(look).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(999);
    expect(look).toHaveBeenCalledTimes(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(look).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(look).toHaveBeenCalledTimes(3);
    left = 1;
    p.wake();
    await vi.advanceTimersByTimeAsync(5000);
    expect(look).toHaveBeenCalledTimes(4);
  });

  it("never asks twice at once: a slow answer is waited for", async () => {
    let answer = (): void => undefined;
    const look = vi.fn(() => new Promise<void>((r) => { answer = r; }));
    const p = new Poller(() => true, look, () => undefined, ground().g);
    p.start();
    await vi.advanceTimersByTimeAsync(30_000);
    p.now();
    p.wake();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(look).toHaveBeenCalledTimes(1);
    answer();
    await vi.advanceTimersByTimeAsync(1000);
    expect(look).toHaveBeenCalledTimes(2);
  });

  it("stops while the page is hidden and looks at once when it is shown", async () => {
    const look = vi.fn(async () => undefined);
    const at = ground();
    const p = new Poller(() => true, look, () => undefined, at.g);
    p.start();
    at.hide(true);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(look).not.toHaveBeenCalled();
    at.hide(false);
    expect(look).toHaveBeenCalledTimes(1);
    p.stop();
    expect(at.listened).toBe(false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(look).toHaveBeenCalledTimes(1);
  });

  it("says that the server is away, asks it less often, and says when it is back", async () => {
    let up = false;
    const told: number[] = [];
    const look = vi.fn(async () => { if (!up) throw new Problem(0, "", "", ""); });
    const p = new Poller(() => true, look, (failures) => told.push(failures), ground().g);
    p.start();
    await vi.advanceTimersByTimeAsync(1000 + 2000 + 4000);
    expect(told).toEqual([1, 2, 3]);
    up = true;
    await vi.advanceTimersByTimeAsync(8000);
    expect(told).toEqual([1, 2, 3, 0]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(look).toHaveBeenCalledTimes(5);
  });

  it("ends where nobody may look any more", async () => {
    const look = vi.fn(async () => { throw new Problem(403, "", "", ""); });
    const told = vi.fn();
    const p = new Poller(() => true, look, told, ground().g);
    p.start();
    await vi.advanceTimersByTimeAsync(60_000);
    p.now();
    expect(look).toHaveBeenCalledTimes(1);
    expect(told).toHaveBeenCalledWith(1, expect.any(Problem));
  });

  it("tells nobody after it was stopped", async () => {
    let answer = (): void => undefined;
    const told = vi.fn();
    const p = new Poller(() => true, () => new Promise<void>((r) => { answer = r; }), told, ground().g);
    p.start();
    await vi.advanceTimersByTimeAsync(1000);
    p.stop();
    answer();
    await vi.advanceTimersByTimeAsync(5000);
    expect(told).not.toHaveBeenCalled();
  });
});
