import { describe, expect, it } from "vitest";
import { findingOf, runOf } from "./bench";
import { card, finding, flight, line, row } from "./fixture";
import { LANE, layout, ticks } from "./timeline";
import type { ScoreLine } from "./types";

const text = (s: string): number => s.length * 6;
const rules = [row("base/zone-entry", "inside"), row("base/height-limit", "over")];
const at = (lines: ScoreLine[], more = {}) => layout(flight(1, lines, more), rules, 480, text); // 240 s on 480 px

describe("the time line", () => {
  it("puts windows and alerts where they were, 2 px a second", () => {
    const l = at([line({ from: 60, until: 80, alerts: [63] })]);
    expect(l.rows).toHaveLength(1);
    expect(l.rows[0]?.items[0]).toMatchObject({ x: 120, width: 40, alerts: [126], mark: null, lane: 0 });
  });

  it("has a row for each level in the order of the rules, and none for rules without lines", () => {
    const l = at([line({ from: 10, until: 20, rule: "base/height-limit", level: "over" }), line({ from: 10, until: 20 })]);
    expect(l.rows.map((r) => r.key)).toEqual(["base/zone-entry inside", "base/height-limit over"]);
    expect(at([]).rows).toEqual([]);
    expect(at([line({ from: 1, until: 2, rule: "of/another-card", level: "x" })]).rows[0]?.score.name.en).toBe("of/another-card");
  });

  it("draws what overlaps below one another, and rows below their lanes", () => {
    const l = at([line({ from: 60, until: 80 }), line({ from: 70, until: 90, object: { kind: "aircraft", id: "w-02" } }), line({ from: 82, until: 95, object: { kind: "aircraft", id: "w-03" } }), line({ from: 10, until: 20, rule: "base/height-limit", level: "over" })]);
    expect(l.rows[0]?.items.map((i) => i.lane)).toEqual([0, 1, 0]);
    expect(l.rows[0]?.lanes).toBe(2);
    expect(l.rows[1]?.y).toBe((l.rows[0]?.y ?? 0) + (l.rows[0]?.height ?? 0));
    expect((l.rows[0]?.height ?? 0) - (l.rows[1]?.height ?? 0)).toBe(LANE);
    expect(l.height).toBeGreaterThanOrEqual((l.rows[1]?.y ?? 0) + (l.rows[1]?.height ?? 0));
  });

  it("keeps what follows on one matter in one lane, with an alert that came before its window", () => {
    const l = at([line({ from: 60, until: 80, kind: "uncertain", result: "unscored" }), line({ from: 80, until: 120, alerts: [70] }), line({ from: 65, until: 90, object: { kind: "aircraft", id: "w-02" } }), line({ from: 120, until: 130, kind: "uncertain", result: "unscored" })]);
    expect(l.rows[0]?.items.map((i) => i.lane)).toEqual([0, 0, 1, 0]);
  });

  it("never has more than five lanes", () => {
    const l = at(Array.from({ length: 12 }, (_, i) => line({ from: 60, until: 80, object: { kind: "aircraft", id: `w-${i}` } })));
    expect(Math.max(...(l.rows[0]?.items.map((i) => i.lane) ?? []))).toBe(4);
  });

  it("marks a miss before its window, a false alert where it came, the others after the last alert", () => {
    const l = at([
      line({ from: 60, until: 80, result: "missed" }), line({ from: 100, until: 110, alerts: [104], kind: "near_miss", result: "false" }), line({ from: 150, until: 160, alerts: [152, 158], result: "double" }),
      line({ from: 200, until: 210, alerts: [202], result: "late_clear" }), line({ from: 0, until: 5, result: "missed" }), line({ from: 30, until: 30, alerts: [30], kind: "nothing", result: "false" }),
    ]);
    const items = l.rows[0]?.items ?? [];
    expect(items.map((i) => i.mark)).toEqual(["missed", "false", "double", "late_clear", "missed", "false"]);
    expect(items[0]?.markX).toBeLessThan(120);
    expect(items[1]?.markX).toBe(208);
    expect(items[2]?.markX).toBeGreaterThan(316);
    expect(items[3]?.markX).toBeGreaterThan(420);
    expect(items[4]?.markX).toBeGreaterThanOrEqual(7); // not cut off at the left
    expect(items[5]).toMatchObject({ width: 0, markX: 60 });
  });

  it("keeps within the run, and shows the shortest window", () => {
    expect(at([line({ from: 230, until: 900, alerts: [1000] })]).rows[0]?.items[0]).toMatchObject({ x: 460, width: 20, alerts: [480] });
    expect(at([line({ from: 60, until: 60.1 })]).rows[0]?.items[0]?.width).toBe(3);
  });

  it("names faults in their bars where there is room, else beside, never beyond the end", () => {
    const fault = (from: number, until: number, name = "gps") => ({ fault: name, object: { kind: "aircraft", id: "w-01" }, from_ns: from * 1e9, until_ns: until * 1e9 });
    const l = at([], { faults: [fault(0, 60), fault(100, 102, "link_loss"), fault(238, 240, "wind_gust"), fault(10, 50)] });
    expect(l.faults.map((f) => f.inside)).toEqual([true, false, false, true]);
    expect(l.faults[1]?.labelX).toBeGreaterThan(204);
    expect(l.faults[2]?.labelX).toBeLessThan(476);
    expect(l.faults.map((f) => f.lane)).toEqual([0, 0, 0, 1]);
    expect(l.faultLanes).toBe(2);
  });

  it("has marks at round times, far enough apart", () => {
    expect(ticks(240, 480).map((t) => t.s)).toEqual([0, 60, 120, 180, 240]);
    expect(ticks(3600, 700).map((t) => t.s / 60)).toEqual([0, 10, 20, 30, 40, 50, 60]);
    for (const [s, w] of [[7, 300], [90, 800], [86400, 900], [40, 120]] as const) {
      const list = ticks(s, w);
      for (let i = 1; i < list.length; i++) expect((list[i]?.x ?? 0) - (list[i - 1]?.x ?? 0)).toBeGreaterThanOrEqual(83);
    }
  });
});

describe("lines and findings", () => {
  const c = card();
  it("are found from one another", () => {
    const run = c.runs[1];
    if (!run?.lines) throw new Error("no lines");
    expect(run.lines.map((l) => findingOf(c, run, l))).toEqual([0, 1]);
    const hit = c.runs[0];
    expect(hit?.lines?.map((l) => findingOf(c, hit, l))).toEqual([-1]);
  });

  it("open the flight of the finding, or the one with most to see", () => {
    expect(runOf(c, c.findings[0])).toBe(1);
    expect(runOf(c, undefined)).toBe(1);
    expect(runOf(c, finding({ seed: 99 }))).toBe(0);
  });
});
