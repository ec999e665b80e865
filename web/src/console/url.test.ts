import { describe, expect, it } from "vitest";
import { readView, writeView } from "./url";

describe("the view in the URL", () => {
  it("comes back as it was written", () => {
    const view = { map: { longitude: 114.3219, latitude: 29.8412, zoom: 11.25 }, aircraft: "l-12", alert: "a b/c", page: "zones" as const, zone: "z&1", grid: 15 as const };
    expect(readView(writeView(view, "en"))).toEqual(view);
    expect(writeView(view, "en")).toContain("lang=en");
    expect(writeView(view, "zh")).not.toContain("lang");
  });

  it("knows no page but its own, and a zone only on its page", () => {
    expect(readView("?page=other").page).toBe("");
    expect(writeView({ map: null, aircraft: "", alert: "", page: "", zone: "z", grid: null }, "zh")).not.toContain("zone");
  });

  it("has the grid off but for the minutes it can count", () => {
    expect(readView("?grid=0").grid).toBe(0);
    for (const off of ["", "?grid=", "?grid=7"]) expect(readView(off).grid).toBeNull();
  });

  it("ignores what is no place", () => {
    for (const bad of ["?lon=x&lat=1&z=2", "?lon=500&lat=1&z=2", "?lat=1&z=2", "?lon=1&lat=89&z=3", ""]) expect(readView(bad).map).toBeNull();
  });
});
