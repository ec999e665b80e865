import { describe, expect, it } from "vitest";
import { backoff } from "./backoff";
import { SequenceGate } from "./sequence";

describe("sequence of events", () => {
  it("ignores everything before the first snapshot", () => {
    const g = new SequenceGate();
    expect(g.event(1)).toBe("ignore");
    expect(g.incomplete).toBe(true);
  });

  it("applies what follows the snapshot and ignores what is in it", () => {
    const g = new SequenceGate();
    g.snapshot(41);
    expect(g.event(41)).toBe("ignore");
    expect(g.event(42)).toBe("apply");
    expect(g.event(43)).toBe("apply");
    expect(g.incomplete).toBe(false);
  });

  it("asks once for a snapshot after a gap and applies nothing until it came", () => {
    const g = new SequenceGate();
    g.snapshot(1);
    expect(g.event(3)).toBe("resync");
    expect(g.event(4)).toBe("ignore");
    expect(g.event(2)).toBe("ignore");
    expect(g.incomplete).toBe(true);
    g.snapshot(4);
    expect(g.event(5)).toBe("apply");
  });
});

describe("reconnection", () => {
  it("waits longer each time, never more than 8 s, never in step", () => {
    expect(backoff(1, 0)).toBe(500);
    expect(backoff(2, 0)).toBe(1000);
    expect(backoff(50, 0)).toBe(8000);
    expect(backoff(3, 1)).toBeLessThan(backoff(3, 0));
    expect(backoff(3, 1)).toBeGreaterThan(backoff(3, 0) / 2);
  });
});
