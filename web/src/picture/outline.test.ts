import { describe, expect, it } from "vitest";
import { circle, corridor, inArea, simple, widened, type Point, type Ring } from "./outline";

type Area = GeoJSON.Polygon | GeoJSON.MultiPolygon;

// Metres about a place, independent of the code: WGS-84 radii of curvature.
const LAT = 29.83;
const LON = 114.33;
const a = 6378137, e2 = 0.00669437999014, s2 = Math.sin((LAT * Math.PI) / 180) ** 2;
const KY = ((Math.PI / 180) * (a * (1 - e2))) / (1 - e2 * s2) ** 1.5;
const KX = ((Math.PI / 180) * a * Math.cos((LAT * Math.PI) / 180)) / Math.sqrt(1 - e2 * s2);
const at = (x: number, y: number): Point => [LON + x / KX, LAT + y / KY];
const path = (...p: [number, number][]): Point[] => p.map(([x, y]) => at(x, y));
const closed = (...p: [number, number][]): GeoJSON.Polygon => ({ type: "Polygon", coordinates: [path(...p, p[0]!)] });

function distance(line: [number, number][], x: number, y: number): number {
  let least = Infinity;
  for (let i = 1; i < line.length; i++) {
    const [ax, ay] = line[i - 1]!;
    const [bx, by] = line[i]!;
    const t = Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)));
    least = Math.min(least, Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay)));
  }
  return least;
}

/** Every place of a lattice is inside exactly when its distance says so; those within `slack` of the edge do not count. */
function agrees(area: Area, line: [number, number][], reach: number, slack: number, inside: (x: number, y: number) => boolean = () => false): number {
  let checked = 0;
  for (let x = -1500; x <= 3500; x += 37) {
    for (let y = -1500; y <= 2500; y += 41) {
      const d = distance(line, x, y);
      if (Math.abs(d - reach) < slack) continue;
      expect(inArea(area, at(x, y)), `${x} ${y}`).toBe(d < reach || inside(x, y));
      checked++;
    }
  }
  return checked;
}

describe("a circle", () => {
  it("has its radius in metres in every direction", () => {
    const ring = circle(LON, LAT, 1000).coordinates[0] as Ring;
    for (const [x, y] of ring) expect(Math.hypot((x - LON) * KX, (y - LAT) * KY)).toBeCloseTo(1000, -0.5);
  });
});

describe("a corridor", () => {
  const bent: [number, number][] = [[0, 0], [1000, 0], [1500, 900], [2500, 1000]];
  it("is every place within half its width, ends and bends round", () => {
    expect(agrees(corridor(path(...bent), 300)!, bent, 150, 1.5)).toBeGreaterThan(3000);
    expect(corridor(path(...bent), 300)!.type).toBe("Polygon");
  });

  it("keeps its extent where a bend is tighter than its width, and where it crosses itself", () => {
    const tight: [number, number][] = [[0, 0], [1000, 0], [1040, 60], [0, 120]];
    const eight: [number, number][] = [[0, 0], [1000, 1000], [1000, 0], [0, 1000]];
    for (const line of [tight, eight]) agrees(corridor(path(...line), 400)!, line, 200, 2);
  });

  it("is a ring where the line ends where it began", () => {
    const loop: [number, number][] = [[0, 0], [2000, 0], [2000, 1500], [0, 1500], [0, 0]];
    const area = corridor(path(...loop), 300)!;
    agrees(area, loop, 150, 1.5);
    expect(area.type === "Polygon" && area.coordinates.length).toBe(2);
  });

  it("is nothing without two different places or a width", () => {
    expect(corridor(path([0, 0], [0, 0]), 100)).toBeNull();
    expect(corridor(path([0, 0], [9, 0]), 0)).toBeNull();
  });
});

describe("a buffer", () => {
  it("widens a polygon by metres on every side, whatever way it runs", () => {
    const square: [number, number][] = [[0, 0], [1000, 0], [1000, 1000], [0, 1000]];
    const inside = (x: number, y: number): boolean => x >= 0 && x <= 1000 && y >= 0 && y <= 1000;
    for (const list of [square, [...square].reverse()]) agrees(widened(closed(...list), 200)!, [...list, list[0]!], 200, 1.5, inside);
  });

  it("follows a notch, and closes one that is narrower than it", () => {
    const u: [number, number][] = [[0, 0], [1200, 0], [1200, 1000], [700, 1000], [700, 300], [500, 300], [500, 1000], [0, 1000]];
    const line = [...u, u[0]!];
    const inside = (x: number, y: number): boolean => inArea(closed(...u), at(x, y));
    agrees(widened(closed(...u), 60)!, line, 60, 2, inside);
    agrees(widened(closed(...u), 150)!, line, 150, 6, inside); // traced
  });

  it("shrinks a hole and fills one that it covers", () => {
    const rim: [number, number][] = [[0, 0], [2000, 0], [2000, 2000], [0, 2000], [0, 0]];
    const hole: [number, number][] = [[800, 800], [800, 1200], [1200, 1200], [1200, 800], [800, 800]];
    const area: GeoJSON.Polygon = { type: "Polygon", coordinates: [path(...rim), path(...hole)] };
    expect(inArea(widened(area, 100)!, at(1000, 1000))).toBe(false);
    expect(inArea(widened(area, 100)!, at(850, 1000))).toBe(true);
    expect(inArea(widened(area, 250)!, at(1000, 1000))).toBe(true);
    expect(inArea(widened(area, 250)!, at(-200, 1000))).toBe(true);
  });
});

describe("a simple ring", () => {
  it("does not meet itself", () => {
    expect(simple(path([0, 0], [100, 0], [100, 100], [0, 100], [0, 0]))).toBe(true);
    expect(simple(path([0, 0], [100, 100], [100, 0], [0, 100], [0, 0]))).toBe(false);
  });
});
