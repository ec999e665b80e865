import { describe, expect, it } from "vitest";
import { readRegion } from "../picture/regions";
import { borders, bounds } from "./region";

// Two squares that share an edge, and the city around both:
//   0,1 --- 1,1 --- 2,1
//    |   a   |   b   |
//   0,0 --- 1,0 --- 2,0
const a = [[[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]];
const b = [[[[1, 0], [2, 0], [2, 1], [1, 1], [1, 0]]]];
const city = [[[[0, 0], [1, 0], [2, 0], [2, 1], [1, 1], [0, 1], [0, 0]]]];
const text = { zh: "", en: "" };
const region = readRegion({
  id: "x", name: text, places: [{ name: "p" }], credits: ["c"],
  jurisdictions: [{ id: "c", name: text, level: 0, area: city }, { id: "a", name: text, level: 1, area: a }, { id: "b", name: text, level: 1, area: b }],
});

describe("region outlines", () => {
  it("draw every border once", () => {
    const g = borders(region).geometry as GeoJSON.MultiLineString;
    const edges = g.coordinates.flatMap((line) => line.slice(1).map((to, i) => [line[i]!.join(), to.join()].sort().join(" ")));
    expect(edges.length).toBe(7);
    expect(new Set(edges).size).toBe(7);
  });

  it("know their box, and leave out places without a position", () => {
    expect(bounds(region)).toEqual([0, 0, 2, 1]);
    expect(region.places).toEqual([]);
    expect(bounds(readRegion(null))).toBeNull();
  });
});
