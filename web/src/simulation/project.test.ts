import { describe, expect, it } from "vitest";
import { finding, fix } from "./fixture";
import { apart, closest, frame, placeAt, toRim } from "./project";
import type { Outline } from "./types";

const M = 1 / 111_320; // of latitude
const E = M / Math.cos((29.8 * Math.PI) / 180); // of longitude there
const LON = 114.3;
const LAT = 29.8;

/** A square of 200 m, its middle at LON, LAT; with a hole of 40 m. */
const square = (half: number): [number, number][] => [[LON - half * E, LAT - half * M], [LON + half * E, LAT - half * M], [LON + half * E, LAT + half * M], [LON - half * E, LAT + half * M]];
const zone: Outline = { id: "dam", rings: [square(100), square(20)] };

const east = (from: number, metres: number, north = 0) => Array.from({ length: 11 }, (_, i) => fix(i, LON + (from + (metres * i) / 10) * E, LAT + north * M));

describe("the small map", () => {
  it("fits the tracks, north up, one scale in both directions", () => {
    const f = finding({ tracks: [{ id: "w-01", truth: east(-200, 300), reported: [] }], zones: [] });
    const v = frame(f, 340, 200);
    if (!v) throw new Error("no frame");
    for (const p of f.tracks?.[0]?.truth ?? []) {
      expect(v.x(p.longitude)).toBeGreaterThan(20);
      expect(v.x(p.longitude)).toBeLessThan(320);
      expect(v.y(p.latitude)).toBeCloseTo(100, 6);
    }
    expect(v.y(LAT + 10 * M)).toBeLessThan(v.y(LAT));
    expect((v.x(LON + 100 * E) - v.x(LON)) / (v.y(LAT) - v.y(LAT + 100 * M))).toBeCloseTo(1, 3);
    expect(v.bar.px * v.metresPerPixel).toBeCloseTo(v.bar.metres, 6);
    expect([1, 2, 5]).toContain(v.bar.metres / 10 ** Math.floor(Math.log10(v.bar.metres)));
  });

  it("shows a place that does not move at a scale that means something, and nothing of nothing", () => {
    const v = frame(finding({ tracks: [{ id: "w-01", truth: [fix(0, LON, LAT)], reported: [] }] }), 340, 200);
    expect((v?.metresPerPixel ?? 0) * 340).toBeGreaterThan(40);
    expect(frame(finding({}), 340, 200)).toBeNull();
    expect(frame(finding({ zones: [zone] }), 340, 200)).not.toBeNull(); // the outline alone
  });

  it("has the nearest place of the rim in view, however large the zone", () => {
    const far: Outline = { id: "dam", rings: [square(5000)] };
    const v = frame(finding({ from_ns: 0, until_ns: 10e9, tracks: [{ id: "w-01", truth: east(4900, 60), reported: [] }], zones: [far] }), 340, 200);
    expect(v?.x(LON + 5000 * E)).toBeLessThan(340);
  });
});

describe("the closest place", () => {
  it("of a zone is the deepest while the finding lasted", () => {
    const truth = east(-150, 120); // from 50 m outside to 10 m before the hole
    const c = closest(finding({ from_ns: 0, until_ns: 10e9, tracks: [{ id: "w-01", truth, reported: [] }], zones: [zone] }));
    expect(c).toMatchObject({ kind: "zone", zone: "dam", at_ns: 7e9 });
    if (c?.kind === "zone") expect(c.metres).toBeCloseTo(34, 0); // of the rim and the hole's the nearer one counts
    const early = closest(finding({ from_ns: 0, until_ns: 3e9, tracks: [{ id: "w-01", truth, reported: [] }], zones: [zone] }));
    expect(early?.at_ns).toBe(3e9);
    if (early?.kind === "zone") expect(early.metres).toBeCloseTo(-14, 0);
  });

  it("of a pair is where both were at one time, not where their tracks cross", () => {
    const a = east(-100, 200);
    const b = Array.from({ length: 11 }, (_, i) => fix(i, LON + 30 * E, LAT + (-100 + 20 * i) * M, 68));
    const c = closest(finding({ object: { kind: "pair", id: "a+b" }, rule: "base/separation", tracks: [{ id: "a", truth: a, reported: [] }, { id: "b", truth: b, reported: [] }] }));
    expect(c).toMatchObject({ kind: "pair", up_m: 8 });
    if (c?.kind === "pair") {
      expect(c.metres).toBeGreaterThan(15);
      expect(c.metres).toBeLessThan(32);
      expect(apart(c.a, c.b)).toBeCloseTo(c.metres, 6);
    }
  });

  it("of a height is the highest; of what has no place there is none", () => {
    const truth = [fix(0, LON, LAT, 100), fix(1, LON, LAT, 131), fix(2, LON, LAT, 90)];
    const of = (rule: string) => closest(finding({ rule, from_ns: 0, until_ns: 2e9, tracks: [{ id: "w-01", truth, reported: [] }] }));
    expect(of("base/height-limit")).toMatchObject({ kind: "highest", metres: 131, at_ns: 1e9 });
    expect(of("base/battery")).toBeNull();
    expect(closest(finding({}))).toBeNull();
  });

  it("is between fixes where it has to be, and nowhere before and after them", () => {
    const t = [fix(0, LON, LAT, 60), fix(2, LON + 20 * E, LAT, 80)];
    expect(placeAt(t, 1e9)?.agl_m).toBe(70);
    expect(placeAt(t, 0)?.longitude).toBe(LON);
    expect(placeAt(t, -1)).toBeNull();
    expect(placeAt(t, 3e9)).toBeNull();
  });

  it("knows inside from outside, and a hole as outside", () => {
    const p = (e: number, n: number) => toRim({ longitude: LON + e * E, latitude: LAT + n * M }, zone);
    expect([p(50, 0).inside, p(150, 0).inside, p(5, 5).inside, p(-99, 99).inside]).toEqual([true, false, false, true]);
    expect(p(150, 0).metres).toBeCloseTo(50, 1);
    expect(p(0, 60).metres).toBeCloseTo(40, 1);
  });
});
