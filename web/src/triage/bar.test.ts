import { describe, expect, it } from "vitest";
import type { Alert } from "../vocabulary";
import { barOf, roundUp } from "./bar";

const alert = (a: Partial<Alert>): Alert => ({
  id: "a", rev: 1, object: { kind: "aircraft", id: "x" }, hazard: "height", state: "resolved", severity: "caution", rule: "r", rule_name: { zh: "", en: "" },
  pack: { id: "p", version: "1", hash: "h" }, clause: { document: "", article: "", text: { zh: "", en: "" } }, variant: "over", text: { zh: "", en: "" },
  raised_at: "", last_found_at: "", last_judged_at: "", changed_at: "", count: 1, handling: { state: "new" }, ...a,
});

describe("the bar of an alert", () => {
  it("measures height and speed upwards, battery downwards", () => {
    expect(barOf(alert({ measured: 104, limit: 80, unit: "m", accuracy: 3 }))).toMatchObject({ mark: 80, beyond: true, danger: "above", top: 120 });
    expect(barOf(alert({ hazard: "speed", measured: 8, limit: 11.1, unit: "m/s" }))).toMatchObject({ beyond: false });
    expect(barOf(alert({ hazard: "battery", measured: 14, limit: 20, unit: "%" }))).toMatchObject({ beyond: true, danger: "below", top: 100 });
  });

  it("measures a zone by depth, and by seconds before it is entered; its rim is no limit", () => {
    expect(barOf(alert({ hazard: "zone_entry", variant: "inside", measured: 316, limit: 0, unit: "m" }))).toMatchObject({ value: 316, kind: "rim", mark: 0, top: 400 });
    expect(barOf(alert({ hazard: "zone_entry", variant: "predicted", measured: 313, limit: 0, unit: "m", within_ns: 21e9 }))).toMatchObject({ value: 21, unit: "s", kind: "entry", top: 30 });
    expect(barOf(alert({ hazard: "zone_entry", variant: "predicted", measured: 313, limit: 0, unit: "m" }))).toBeNull();
    expect(barOf(alert({ hazard: "zone_entry", variant: "crossed" }))).toBeNull();
    expect(barOf(alert({ hazard: "zone_entry", variant: "near", measured: 60, limit: 100, unit: "m" }))).toMatchObject({ value: 60, mark: 100, kind: "limit", danger: "below", beyond: true });
  });

  it("is absent where nothing is measured", () => {
    expect(barOf(alert({ hazard: "emergency" }))).toBeNull();
    expect(barOf(alert({ hazard: "source_down", measured: 12, unit: "s" }))).toBeNull();
  });

  it("ends at a round number above the value", () => {
    for (const [v, top] of [[0, 0.0000012], [9, 10], [92, 100], [93, 120], [166, 200], [1000, 1200]] as const) expect(roundUp(v)).toBeCloseTo(top, 9);
  });
});
