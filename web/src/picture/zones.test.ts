import { describe, expect, it } from "vitest";
import type { ZoneFeature } from "../vocabulary";
import { ZoneStore, bufferAreas, readZone, volumesAt } from "./zones";

const feature = (id: string, more: object = {}, geometry: object | null = { type: "Polygon", coordinates: [[[114, 29], [115, 29], [115, 30], [114, 29]]] }) =>
  ({ type: "Feature", id, geometry, properties: { name_zh: "甲", name_en: "A", restriction: "conditional", ...more } }) as unknown as ZoneFeature;

describe("zones", () => {
  it("draw a circle from its radius in metres", () => {
    const z = readZone(feature("c", { radius_m: 1000 }, { type: "Point", coordinates: [114, 30] }))[0]!;
    const north = (z.box[3] - 30) * 110_900;
    const east = (z.box[2] - 114) * 111_320 * Math.cos(Math.PI / 6);
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
    expect(z.volumes[0]!.ceiling).toEqual({ metres: 120, datum: "agl" });
    expect(z.volumes[0]!.floor).toEqual({ metres: 60, datum: "amsl" });
    expect(z.name).toEqual({ zh: "甲", en: "A" });
    expect(readZone(feature("b"))[0]!.volumes[0]!.ceiling).toBeUndefined();
  });

  it("are replaced and removed by publications", () => {
    const s = new ZoneStore();
    s.replace([feature("a"), feature("b")]);
    s.apply([feature("b", { version: 2 }), feature("c")], ["a"]);
    expect([...s.get().keys()].sort()).toEqual(["b", "c"]);
    expect(s.get().get("b")?.version).toBe(2);
  });

  it("have every further volume, corridors in metres, and heights as given", () => {
    const z = readZone(feature("a", {
      width_m: 200, buffer_m: 100, temporary: true, superior: "hubei", ceiling_m: 304.8, ceiling_datum: "amsl", ceiling_feet: true, ceiling_geoid: "egm96",
      further: [{ geometry: { type: "Point", coordinates: [114.5, 30] }, radius_m: 500, floor_m: 300, floor_datum: "ellipsoid" }, { geometry: null }],
    }, { type: "LineString", coordinates: [[114, 30], [114.1, 30]] }))[0]!;
    expect(z.volumes).toHaveLength(2);
    expect(z.volumes[0]!.ceiling).toEqual({ metres: 304.8, datum: "amsl", geoid: "egm96", feet: true });
    expect(z.volumes[1]!.floor).toEqual({ metres: 300, datum: "ellipsoid" });
    expect([z.temporary, z.superior, z.buffer]).toEqual([true, "hubei", 100]);
    expect((z.box[3] - 30) * 110_850).toBeCloseTo(500, -1); // of the circle, the highest
    expect(z.box[0]).toBeLessThan(114);
    expect(readZone(feature("c", { width_m: 200 }, { type: "LineString", coordinates: [[114, 30], [114.1, 30], [114.1, 30.4]] }))[0]!.centre).toEqual([114.1, 30.2]);
    const north = 30 + 150 / 110_850; // beyond the corridor's half width, within its buffer
    expect(volumesAt(z, [114.05, north])).toHaveLength(0);
    const [corridor] = bufferAreas(z);
    expect(Math.max(...(corridor!.coordinates.flat(1) as number[][]).map((p) => p[1]!))).toBeCloseTo(30 + 200 / 110_850, 5);
    expect(volumesAt(z, [114.05, 30])).toHaveLength(1);
  });
});
