import { describe, expect, it } from "vitest";
import type { ZoneFeature } from "../vocabulary";
import { ZoneStore, readZone } from "./zones";

const feature = (id: string, more: object = {}, geometry: object | null = { type: "Polygon", coordinates: [[[114, 29], [115, 29], [115, 30], [114, 29]]] }) =>
  ({ type: "Feature", id, geometry, properties: { name_zh: "甲", name_en: "A", restriction: "conditional", ...more } }) as unknown as ZoneFeature;

describe("zones", () => {
  it("draw a circle from its radius in metres", () => {
    const z = readZone(feature("c", { radius_m: 1000 }, { type: "Point", coordinates: [114, 30] }))[0]!;
    const north = (z.north - 30) * 110_900;
    const east = (z.east - 114) * 111_320 * Math.cos(Math.PI / 6);
    expect(north).toBeGreaterThan(990);
    expect(north).toBeLessThan(1010);
    expect(east).toBeGreaterThan(990);
    expect(east).toBeLessThan(1010);
  });

  it("count an unknown restriction as the strictest and leave out what has no shape", () => {
    expect(readZone(feature("a", { restriction: "mystery" }))[0]?.restriction).toBe("prohibited");
    expect(readZone(feature("b", {}, null))).toEqual([]);
    expect(readZone(feature("", {}))).toEqual([]);
  });

  it("have the limits and names that the server's features tell", () => {
    const z = readZone(feature("a", { ceiling_m: 120, ceiling_datum: "agl", floor_m: 60, floor_datum: "amsl" }))[0]!;
    expect(z.ceiling).toEqual({ metres: 120, datum: "agl" });
    expect(z.floor).toEqual({ metres: 60, datum: "amsl" });
    expect(z.name).toEqual({ zh: "甲", en: "A" });
    expect(readZone(feature("b"))[0]!.ceiling).toBeUndefined();
  });

  it("are replaced and removed by publications", () => {
    const s = new ZoneStore();
    s.replace([feature("a"), feature("b")]);
    s.apply([feature("b", { version: 2 }), feature("c")], ["a"]);
    expect([...s.get().keys()].sort()).toEqual(["b", "c"]);
    expect(s.get().get("b")?.version).toBe(2);
  });
});
