import { describe, expect, it } from "vitest";
import {
  addHole, addPart, areaOf, crossesItself, deleteRing, deleteVertex, discOf, fromGeometry, insertVertex, metresBetween, moveVertex, shifted, toGeometry, vertex, type Place, type Shape,
} from "./shape";

//   d──c     a at 114.30 E 29.80 N, sides of 0.01°
//   │  │
//   a──b
const a: Place = [114.3, 29.8];
const b: Place = [114.31, 29.8];
const c: Place = [114.31, 29.81];
const d: Place = [114.3, 29.81];
const square: Shape = { kind: "polygon", parts: [[[a, b, c, d]]] };
const hole: Place[] = [[114.304, 29.804], [114.306, 29.804], [114.305, 29.806]];
const at = (index: number, ring = 0, part = 0) => ({ part, ring, index });

describe("editing a shape", () => {
  it("moves one vertex and leaves the shape before as it was", () => {
    const moved = moveVertex(square, at(2), [114.32, 29.82000004]);
    expect(vertex(moved, at(2))).toEqual([114.32, 29.82]);
    expect(vertex(square, at(2))).toEqual(c);
    expect(vertex(moved, at(1))).toEqual(b);
  });

  it("inserts in the middle of an edge, also of the one that closes the ring", () => {
    expect(vertex(insertVertex(square, at(0)), at(1))).toEqual([114.305, 29.8]);
    expect(vertex(insertVertex(square, at(3)), at(4))).toEqual([114.3, 29.805]);
    const line: Shape = { kind: "corridor", line: [a, b], width: 100 };
    expect(vertex(insertVertex(line, at(1)), at(2))).toEqual([114.315, 29.8]); // goes on
    expect(insertVertex({ kind: "circle", centre: a, radius: 9 }, at(0))).toEqual({ kind: "circle", centre: a, radius: 9 });
  });

  it("keeps what a shape needs at least", () => {
    const triangle = deleteVertex(square, at(0))!;
    expect(triangle).toEqual({ kind: "polygon", parts: [[[b, c, d]]] });
    expect(deleteVertex(triangle, at(0))).toBeUndefined();
    expect(deleteVertex({ kind: "corridor", line: [a, b], width: 5 }, at(1))).toBeUndefined();
    expect(deleteVertex(square, at(9))).toBe(square);
  });

  it("takes a hole or a part away as a whole when it gets too small", () => {
    const two = addPart(addHole(square, hole), [[115, 30], [115.1, 30], [115.1, 30.1]]);
    expect(two.kind === "polygon" && two.parts.map((r) => r.length)).toEqual([2, 1]);
    const without = deleteVertex(two, at(0, 1))!;
    expect(without.kind === "polygon" && without.parts.map((r) => r.length)).toEqual([1, 1]);
    expect(deleteVertex(two, at(0, 0, 1))).toEqual(addHole(square, hole));
    expect(deleteRing(square, 0, 0)).toBeUndefined();
  });

  it("cuts a hole only where there is something to cut", () => {
    expect(addHole(square, [[116, 30], [116.1, 30], [116.1, 30.1]])).toBe(square);
    const cut = addHole(square, hole);
    expect(cut.kind === "polygon" && cut.parts[0]?.[1]).toEqual(hole);
  });

  it("measures within a percent", () => {
    expect(metresBetween(a, b)).toBeCloseTo(966, -1); // 0.01° of longitude at 29.8° N
    expect(areaOf(square) / (966 * 1109.5)).toBeCloseTo(1, 2);
    expect(areaOf(addHole(square, hole))).toBeLessThan(areaOf(square));
    expect(areaOf({ kind: "circle", centre: a, radius: 100 })).toBeCloseTo(31416, 0);
    expect(metresBetween(a, shifted(a, 30, -40))).toBeCloseTo(50, 2);
    for (const p of discOf(a, 500).coordinates[0]!) expect(metresBetween(a, [p[0]!, p[1]!])).toBeCloseTo(500, 0);
  });

  it("sees a bow tie and no crossing in what is simple", () => {
    expect(crossesItself([a, c, b, d])).toBe(true);
    expect(crossesItself([a, b, c, d])).toBe(false);
    expect(crossesItself(hole)).toBe(false);
  });

  it("comes back from GeoJSON as it was, rings closed there and open here", () => {
    for (const s of [square, addHole(square, hole), addPart(square, hole), { kind: "circle", centre: a, radius: 12 }, { kind: "corridor", line: [a, b, c], width: 80 }] as Shape[]) {
      const g = toGeometry(s);
      expect(fromGeometry(g.geometry, g.radius_m, g.width_m)).toEqual(s);
    }
    const ring = (toGeometry(square).geometry as GeoJSON.Polygon).coordinates[0]!;
    expect(ring[0]).toEqual(ring[ring.length - 1]);
    expect(fromGeometry({ type: "Point", coordinates: [1, 2] })).toBeUndefined();
    expect(fromGeometry(null)).toBeUndefined();
  });
});
