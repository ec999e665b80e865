import { describe, expect, it } from "vitest";
import { parseAngle, parsePasted } from "./paste";

describe("typed coordinates", () => {
  it.each([
    ["114.3285", 114.3285], ["-29.5", -29.5], ["−29.5", -29.5], ["114°19'42.6\"E", 114.3285], ["29°49′38″N", 29.827222], ["29 49 38 N", 29.827222], ["N29.5", 29.5], ["29.5S", -29.5],
    ["东经114°19′42.6″", 114.3285], ["29度49分38秒", 29.827222],
  ])("reads %s", (text, degrees) => expect(parseAngle(text)).toBeCloseTo(degrees, 5));

  it.each(["", "abc", "114°61'", "114.5°30'", "1e3", "N29S", "12,5"])("refuses %s", (text) => expect(parseAngle(text)).toBeUndefined());
});

describe("pasted shapes", () => {
  it("reads lines as a polygon, closed or not, or as a corridor", () => {
    const rows = "114.3, 29.8\n114.31,29.8\n114.31\t29.81\n";
    const open = parsePasted(rows);
    expect(open).toEqual({ shape: { kind: "polygon", parts: [[[[114.3, 29.8], [114.31, 29.8], [114.31, 29.81]]]] } });
    expect(parsePasted(`${rows}114.3 29.8`)).toEqual(open);
    expect(parsePasted(rows, true, 500, 60)).toMatchObject({ shape: { kind: "corridor", width: 60 } });
    expect(parsePasted("29°48'N, 114°18'E\n29°48'N, 114°19'E\n29°49'N, 114°19'E")).toMatchObject({ shape: { parts: [[[[114.3, 29.8], [114.316667, 29.8], [114.316667, 29.816667]]]] } });
  });

  it("says what is wrong rather than guess", () => {
    expect(parsePasted(" ")).toEqual({ problem: "empty" });
    expect(parsePasted("29.8, 114.3\n29.8, 114.31\n29.81, 114.31")).toEqual({ problem: "swapped" });
    expect(parsePasted("200, 10\n1, 2\n3, 4")).toEqual({ problem: "range" });
    expect(parsePasted("1, 2\n3, 4")).toEqual({ problem: "few" });
    expect(parsePasted("1, 2\nhere")).toEqual({ problem: "pairs" });
    expect(parsePasted("{")).toEqual({ problem: "geojson" });
    expect(parsePasted('{"type":"FeatureCollection","features":[]}')).toEqual({ problem: "geojson" });
    expect(parsePasted('{"type":"Polygon","coordinates":[[[500,0],[1,1],[2,2],[500,0]]]}')).toEqual({ problem: "range" });
  });

  it("reads one GeoJSON geometry or feature", () => {
    expect(parsePasted('{"type":"Feature","properties":{"radius_m":70},"geometry":{"type":"Point","coordinates":[114,29]}}')).toMatchObject({ shape: { kind: "circle", centre: [114, 29], radius: 70 } });
    expect(parsePasted('{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}')).toEqual({ shape: { kind: "polygon", parts: [[[[0, 0], [1, 0], [1, 1]]]] }, limits: {} });
  });
});
