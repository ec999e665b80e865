import { describe, expect, it } from "vitest";
import { cellAt, classOf, classesOf, levelAt, type Grid } from "./grid";

describe("the grid", () => {
  it("takes the level whose cells can be seen", () => {
    // Pixels of a cell's height at a zoom, 29.8° N: 1′, 4″, 2″, ¼″ of 1 852 m a minute.
    const pixels = (level: number, zoom: number): number => ([1, 4 / 60, 2 / 60, 0.25 / 60][level - 4]! * 1852 * 512 * 2 ** zoom) / (40_075_017 * Math.cos(0.52));
    for (let zoom = 8.5; zoom <= 19; zoom += 0.25) expect(pixels(levelAt(zoom), zoom), String(zoom)).toBeGreaterThan(6);
    expect(levelAt(9)).toBe(4);
    expect(levelAt(19)).toBe(7);
  });

  it("puts every count into one class, and nothing into none", () => {
    for (const minutes of [0, 15, 60] as const) {
      const ends = classesOf(minutes);
      ends.forEach((end, i) => {
        expect(classOf(end, minutes)).toBe(i);
        expect(classOf(end + 0.1, minutes)).toBe(i + 1);
      });
      expect(classOf(0, minutes)).toBe(-1);
      expect(classOf(NaN, minutes)).toBe(-1);
    }
  });

  it("finds the cell of a place; a western and southern edge belong to it, the others to the next", () => {
    const cell = (code: string, west: number): Grid["cells"][number] => ({ code, west, south: 29, east: west + 1, north: 30, aircraft: 1, aircraft_minutes: 0 });
    const grid: Grid = { level: 4, minutes: 0, cells: [cell("w", 113), cell("e", 114)] };
    expect(cellAt(grid, 114, 29)?.code).toBe("e");
    expect(cellAt(grid, 113.9999, 29.5)?.code).toBe("w");
    expect(cellAt(grid, 114.5, 30)).toBeUndefined();
  });
});
