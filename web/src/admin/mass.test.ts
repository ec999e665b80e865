import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { classOf } from "./mass";

// The table of aircraft_test.go itself: at each border of art. 62, just below and just above.
const go = readFileSync(new URL("../../../aircraft_test.go", import.meta.url), "utf8");
const rows = [...go.matchAll(/\{([-\d.]+), ([-\d.]+), lowsky\.(\w+)\}/g)].map((m) => ({ empty: Number(m[1]), takeoff: Number(m[2]), want: m[3] === "ClassUnknown" ? "" : (m[3] ?? "").toLowerCase() }));

describe("the class by mass", () => {
  it("has the server's table", () => expect(rows.length).toBeGreaterThanOrEqual(13));
  for (const r of rows) it(`${r.empty} kg empty, ${r.takeoff} kg: ${r.want || "unknown"}`, () => expect(classOf(r.empty, r.takeoff)).toBe(r.want));

  it("is not known without both", () => {
    for (const [e, t] of [[undefined, 3], [3, null], [NaN, 4], [1, Infinity]] as const) expect(classOf(e, t)).toBe("");
  });
});
