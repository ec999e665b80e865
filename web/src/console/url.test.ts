import { describe, expect, it } from "vitest";
import { covers, readView, writePath, writeView } from "./url";

describe("the view in the URL", () => {
  it("comes back as it was written", () => {
    const view = { map: { longitude: 114.3219, latitude: 29.8412, zoom: 11.25 }, aircraft: "l-12", alert: "a b/c", page: "zones" as const, zone: "z&1", grid: 15 as const, admin: { section: "", id: "" }, simulation: { run: 0, finding: -1 } };
    expect(readView(writeView(view, "en"))).toEqual(view);
    expect(writeView(view, "en")).toContain("lang=en");
    expect(writeView(view, "zh")).not.toContain("lang");
  });

  it("knows no page but its own, and a zone only on its page", () => {
    expect(readView("?page=other").page).toBe("");
    expect(writeView({ map: null, aircraft: "", alert: "", page: "", zone: "z", grid: null, admin: { section: "", id: "" }, simulation: { run: 0, finding: -1 } }, "zh")).not.toContain("zone");
  });

  it("has the grid off but for the minutes it can count", () => {
    expect(readView("?grid=0").grid).toBe(0);
    for (const off of ["", "?grid=", "?grid=7"]) expect(readView(off).grid).toBeNull();
  });

  it("ignores what is no place", () => {
    for (const bad of ["?lon=x&lat=1&z=2", "?lon=500&lat=1&z=2", "?lat=1&z=2", "?lon=1&lat=89&z=3", ""]) expect(readView(bad).map).toBeNull();
  });

  it("has the administration pages in its path, and nothing of the map in their query", () => {
    const view = { map: { longitude: 114, latitude: 29, zoom: 9 }, aircraft: "l-12", alert: "", page: "admin" as const, zone: "", grid: null, admin: { section: "aircraft", id: "l 12" }, simulation: { run: 3, finding: 1 } };
    expect(writePath(view)).toBe("/admin/aircraft");
    expect(writeView(view, "zh")).toBe("?id=l+12");
    expect(readView(writeView(view, "zh"), writePath(view))).toMatchObject({ page: "admin", admin: view.admin });
    expect(writeView({ ...view, admin: { section: "", id: "" } }, "zh")).toBe("");
    expect(readView("", "/admin").page).toBe("admin");
    expect(readView("?lang=en", "/account").page).toBe("account");
    expect(readView("?page=zones", "/").page).toBe("zones");
    for (const no of ["/administer", "/accounts", "/x/admin", "/simulations", "/simulation/x"]) expect(readView("", no).page).toBe("");
  });

  it("has a run of simulations in its path, and the finding that is opened in its query", () => {
    const view = { map: null, aircraft: "l-12", alert: "", page: "simulation" as const, zone: "", grid: null, admin: { section: "aircraft", id: "x" }, simulation: { run: 214, finding: 3 } };
    expect(covers("simulation")).toBe(true);
    expect(writePath(view) + writeView(view, "en")).toBe("/simulation/214?finding=3&lang=en");
    expect(readView(writeView(view, "zh"), writePath(view))).toMatchObject({ page: "simulation", simulation: view.simulation });
    expect(writePath({ ...view, simulation: { run: 0, finding: -1 } }) + writeView({ ...view, simulation: { run: 0, finding: -1 } }, "zh")).toBe("/simulation");
    for (const bad of ["?finding=-1", "?finding=x", "?finding=1e9", ""]) expect(readView(bad, "/simulation/7").simulation).toEqual({ run: 7, finding: -1 });
  });
});
