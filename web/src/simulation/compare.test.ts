import { describe, expect, it } from "vitest";
import { changes, previousOf, rowChange, sameRuns } from "./compare";
import { card, row, simulation } from "./fixture";

const a = row("base/zone-entry", "inside", { events: 10, tp: 9, fn: 1, fp: 2, recall: { ok: true, value: 0.9, low: 0.6, high: 1 }, precision: { ok: true, value: 9 / 11, low: 0.5, high: 0.9 } });
const better = { ...a, tp: 10, fn: 0, fp: 1, recall: { ...a.recall, value: 1 } };

describe("a comparison", () => {
  it("counts fewer faults as better", () => {
    const now = card({ rules: [better], total: { ...better, rule: "", level: "" } });
    const was = card({ rules: [a], total: { ...a, rule: "", level: "" } });
    expect(rowChange(better, now, was).better).toBe(2);
    expect(rowChange(now.total, now, was).better).toBe(2);
    expect(rowChange(a, was, now).better).toBe(-2);
    expect(rowChange(row("new/rule", "x"), now, was).was).toBeNull();
    expect(changes(now, was).map((c) => [c.figure, c.was, c.is, c.worse])).toEqual([["fn", 1, 0, false], ["fp", 2, 1, false]]);
    expect(changes(now, now)).toEqual([]);
  });

  it("puts what got worse first", () => {
    const now = card({ rules: [{ ...a, fn: 0, fp: 5 }] });
    expect(changes(now, card({ rules: [a] })).map((c) => c.worse)).toEqual([true, false]);
  });

  it("of other seeds is of rates only", () => {
    const now = card({ rules: [better], seeds: [3, 4] });
    const was = card({ rules: [a] });
    expect(sameRuns(now, was)).toBe(false);
    expect(rowChange(better, now, was).better).toBeNull();
    expect(changes(now, was).map((c) => c.figure)).toEqual(["recall"]);
    expect(sameRuns(card(), card({ interrupted: true }))).toBe(false);
  });

  it("is with the newest finished run of the same file before it", () => {
    const list = [simulation(6), simulation(5, { state: "failed" }), simulation(4, { name: "x" }), simulation(3, { uploaded: true }), simulation(2), simulation(1)];
    expect(previousOf(simulation(6), list)?.id).toBe(2);
    expect(previousOf(simulation(1), list)).toBeNull();
  });
});
