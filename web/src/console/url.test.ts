import { describe, expect, it } from "vitest";
import { readView, writePath, writeView } from "./url";

describe("the view in the URL", () => {
  it("comes back as it was written", () => {
    const view = { map: { longitude: 114.3219, latitude: 29.8412, zoom: 11.25 }, aircraft: "l-12", alert: "a b/c", page: "zones" as const, zone: "z&1", grid: 15 as const, admin: { section: "", id: "" } };
    expect(readView(writeView(view, "en"))).toEqual(view);
    expect(writeView(view, "en")).toContain("lang=en");
    expect(writeView(view, "zh")).not.toContain("lang");
  });

  it("knows no page but its own, and a zone only on its page", () => {
    expect(readView("?page=other").page).toBe("");
    expect(writeView({ map: null, aircraft: "", alert: "", page: "", zone: "z", grid: null, admin: { section: "", id: "" } }, "zh")).not.toContain("zone");
  });

  it("has the grid off but for the minutes it can count", () => {
    expect(readView("?grid=0").grid).toBe(0);
    for (const off of ["", "?grid=", "?grid=7"]) expect(readView(off).grid).toBeNull();
  });

  it("ignores what is no place", () => {
    for (const bad of ["?lon=x&lat=1&z=2", "?lon=500&lat=1&z=2", "?lat=1&z=2", "?lon=1&lat=89&z=3", ""]) expect(readView(bad).map).toBeNull();
  });

  it("has the administration pages in its path, and nothing of the map in their query", () => {
    const view = { map: { longitude: 114, latitude: 29, zoom: 9 }, aircraft: "l-12", alert: "", page: "admin" as const, zone: "", grid: null, admin: { section: "aircraft", id: "l 12" } };
    expect(writePath(view)).toBe("/admin/aircraft");
    expect(writeView(view, "zh")).toBe("?id=l+12");
    expect(readView(writeView(view, "zh"), writePath(view))).toMatchObject({ page: "admin", admin: view.admin });
    expect(writeView({ ...view, admin: { section: "", id: "" } }, "zh")).toBe("");
    expect(readView("", "/admin").page).toBe("admin");
    expect(readView("?lang=en", "/account").page).toBe("account");
    expect(readView("?page=zones", "/").page).toBe("zones");
    for (const no of ["/administer", "/accounts", "/x/admin"]) expect(readView("", no).page).toBe("");
  });
});
