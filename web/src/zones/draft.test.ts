import { describe, expect, it } from "vitest";
import { changedFields, changesBetween, vertexCount } from "./diff";
import { FOOT_M, formField, fromFeature, metresOf, newDraft, periodOf, problemsOf, toFeature, type Draft } from "./draft";
import { DraftShelf, type Shelf } from "./drafts";
import { boundsOf, type Feature } from "./feature";
import { EVERYTHING, entryOf, find, visibleRows } from "./list";

const now = Date.parse("2026-10-15T06:30:00Z");
const ring = [[114, 29], [114.1, 29], [114.1, 29.1], [114, 29]];

const whole: Feature = {
  type: "Feature",
  geometry: { type: "Polygon", coordinates: [ring] },
  properties: {
    id: "z-1", version: 4, name_zh: "甲", name_en: "A", restriction: "conditional", kind: "dam", floor_m: 30.48, floor_datum: "agl", floor_feet: true, ceiling_m: 120, ceiling_datum: "amsl", ceiling_geoid: "egm96",
    further: [{ geometry: { type: "LineString", coordinates: [[114, 29], [114.2, 29.1]] }, width_m: 80, ceiling_m: 60, ceiling_datum: "agl" }, { geometry: { type: "Point", coordinates: [114, 29] }, radius_m: 50 }],
    buffer_m: 25, warning_band_m: 100, temporary: true, reasons: ["NATURE"], reason_zh: "鸟", reason_en: "birds", conditions_zh: "低飞", conditions_en: "low", message_zh: "请绕行", message_en: "go round",
    authority: "水利局", contacts: [{ name: { zh: "值班室", en: "Desk" }, phone: "0715-0000000", purpose: "AUTHORIZATION", before: "PT4H" }], exemptions: [{ organisation_id: "o1", scenario: "rescue" }],
    applicability: [{ from: "2026-10-15T00:00:00.000Z", until: "2026-10-16T00:00:00.000Z", weekdays: [4], start_minute: 480, end_minute: 60 }, { until: "2026-10-17T00:00:00.000Z", start_event: "SR", end_event: "SS" }],
    source: "file.json", demo: true, ed: { country: "CHN", extended: { x: 1 } }, organisation_id: "xianning",
  },
};

describe("a draft", () => {
  it("gives back the zone that it was made from, with what the form does not show", () => {
    expect(toFeature(fromFeature(whole), now)).toEqual(whole);
    expect(problemsOf(fromFeature(whole), now)).toEqual([]);
  });

  it("keeps a circle, a corridor and several parts", () => {
    for (const [geometry, more] of [
      [{ type: "Point", coordinates: [114, 29] }, { radius_m: 500 }], [{ type: "LineString", coordinates: [[114, 29], [115, 29]] }, { width_m: 50 }],
      [{ type: "MultiPolygon", coordinates: [[ring, [[114.02, 29.005], [114.03, 29.005], [114.03, 29.01], [114.02, 29.005]]], [ring]] }, {}],
    ] as [GeoJSON.Geometry, object][]) {
      const f: Feature = { type: "Feature", geometry, properties: { id: "z", version: 1, name_zh: "甲", name_en: "A", restriction: "prohibited", ...more } };
      expect(toFeature(fromFeature(f), now)).toEqual(f);
    }
  });

  it("takes feet as feet and blank as no limit", () => {
    const d = fromFeature(whole);
    expect(d.volumes[0]!.floor).toMatchObject({ value: "100", unit: "ft" });
    expect(metresOf({ value: "400", unit: "ft", datum: "agl", geoid: "cn1985" })).toBeCloseTo(400 * FOOT_M, 6);
    const p = toFeature({ ...d, volumes: [{ ...d.volumes[0]!, floor: { ...d.volumes[0]!.floor, value: " " } }] }, now).properties;
    expect("floor_m" in p || "floor_datum" in p).toBe(false);
  });

  it("fills a missing name from the other language", () => {
    expect(toFeature({ ...fromFeature(whole), nameEn: "" }, now).properties).toMatchObject({ name_zh: "甲", name_en: "甲" });
  });

  const draft = (patch: Partial<Draft>): Draft => ({ ...fromFeature(whole), when: "always", periods: [], ...patch });
  const limit = (value: string, datum: "agl" | "amsl" = "agl") => ({ value, unit: "m" as const, datum, geoid: "cn1985" as const });
  const period = (patch: object) => [{ from: "", until: "", weekdays: [], start: "", end: "", startEvent: "", endEvent: "", ...patch }];
  it.each([
    ["no name", { nameZh: " ", nameEn: "" }, "name", "noName"], ["no shape", { volumes: newDraft("z").volumes }, "volume.0.shape", "noShape"], ["a space in the id", { id: "a b" }, "id", "badId"],
    ["floor over ceiling", { volumes: [{ ...fromFeature(whole).volumes[0]!, floor: limit("90"), ceiling: limit("80") }] }, "volume.0.floor", "floorAbove"],
    ["letters for metres", { volumes: [{ ...fromFeature(whole).volumes[0]!, floor: limit("low") }] }, "volume.0.floor", "noNumber"], ["a negative buffer", { buffer: "-5" }, "buffer", "noNumber"],
    ["a schedule of nothing", { when: "schedule" }, "periods", "noPeriod"], ["a temporary zone without end", { when: "temporary", periods: period({ from: "2026-10-15 14:00" }) }, "period.0.until", "needsEnd"],
    ["an end in the past", { when: "temporary", periods: period({ until: "2026-10-15 14:30" }) }, "period.0.until", "endedAlready"], ["an end before its start", { when: "schedule", periods: period({ from: "2026-10-16", until: "2026-10-15" }) }, "period.0.until", "endsFirst"],
    ["no such time", { when: "schedule", periods: period({ start: "25:00" }) }, "period.0.start", "noClock"], ["no such day", { when: "schedule", periods: period({ from: "2026-02-30" }) }, "period.0.from", "noInstant"],
    ["an exemption for everybody", { exemptions: [{}] }, "exemption.0", "blankExemption"],
  ] as [string, Partial<Draft>, string, string][])("names %s", (_, patch, field, key) => expect(problemsOf(draft(patch), now)).toEqual([{ field, key }]));

  it("compares limits of one datum only", () => {
    expect(problemsOf(draft({ volumes: [{ ...fromFeature(whole).volumes[0]!, floor: limit("90"), ceiling: limit("80", "amsl") }] }), now)).toEqual([]);
  });

  it("reads a period over midnight, and an event in place of a time", () => {
    const base = period({ weekdays: [1, 2, 3, 4, 5, 6, 0], start: "22:00", end: "06:00" })[0]!;
    expect(periodOf(base, now)).toEqual({ start_minute: 1320, end_minute: 360 });
    expect(periodOf({ ...base, startEvent: "SS" }, now)).toEqual({ start_event: "SS", end_minute: 360 });
    expect(periodOf(period({ start: "08:00", end: "24:00" })[0]!, now)).toEqual({ start_minute: 480, end_minute: 1440 });
  });

  it("finds the form's field of the server's", () => {
    const pairs = {
      "properties.floor_m": "volume.0.floor", "features[0].properties.ceiling_datum": "volume.0.ceiling", "feature.geometry.coordinates[0]": "volume.0.shape", "further[1].floor.metres": "volume.2.floor", "further[0].geometry": "volume.1.shape",
      "applicability[2].start_minute": "period.2.start", "applicability[0]": "period.0", applicability: "periods", buffer_m: "buffer", warning_band_m: "warningBand", "exemptions[1]": "exemption.1", "name.zh": "name", radius_m: "volume.0.shape", zone: "",
    };
    for (const [server, form] of Object.entries(pairs)) expect(formField(server), server).toBe(form);
  });
});

describe("drafts that are kept", () => {
  class Memory implements Shelf {
    held = new Map<string, string>();
    full = false;
    getItem(k: string): string | null {
      return this.held.get(k) ?? null;
    }
    setItem(k: string, v: string): void {
      if (this.full) throw new Error("quota");
      this.held.set(k, v);
    }
  }
  it("survive, newest first, apart for each user, and say when they do not", () => {
    const memory = new Memory();
    const shelf = new DraftShelf(memory, "甲");
    expect(shelf.save({ key: "new:1", draft: newDraft("1"), savedAt: 1 })).toBe(true);
    expect(shelf.save({ key: "edit:2", draft: fromFeature(whole), savedAt: 2 })).toBe(true);
    expect(new DraftShelf(memory, "甲").list().map((d) => d.key)).toEqual(["edit:2", "new:1"]);
    expect(new DraftShelf(memory, "甲").find("edit:2")?.draft).toEqual(fromFeature(whole));
    expect(new DraftShelf(memory, "乙").list()).toEqual([]);
    memory.full = true;
    expect(shelf.save({ key: "new:3", draft: newDraft("3"), savedAt: 3 })).toBe(false);
    memory.full = false;
    shelf.remove("edit:2");
    expect(shelf.list().map((d) => d.key)).toEqual(["new:1"]);
    memory.held.set("lowsky.zone-drafts.甲", "not JSON");
    expect(shelf.list()).toEqual([]);
    expect(new DraftShelf(null, "甲").save({ key: "k", draft: newDraft("1"), savedAt: 1 })).toBe(false);
  });
});

describe("changes between versions", () => {
  const change = (patch: object, geometry = whole.geometry): Feature => ({ ...whole, geometry, properties: { ...whole.properties, ...patch } });
  it("names the fields that differ, and no stamp", () => {
    expect(changesBetween(whole, change({ version: 5, published_at: "2026-10-16T00:00:00Z" }))).toEqual([]);
    expect(changedFields(whole, change({ ceiling_m: 100, ceiling_datum: "agl", name_en: "B", applicability: [] }))).toEqual(["name", "ceiling", "applicability"]);
    expect(changedFields(whole, change({}, { type: "Polygon", coordinates: [[[114, 29], [114.1, 29], [114.1, 29.2], [114, 29]]] }))).toEqual(["shape"]);
    expect(changedFields(whole, change({ contacts: [{ ...whole.properties.contacts![0], phone: "1" }] }))).toEqual(["contacts"]);
    expect(changedFields(whole, change({ something_new: 1 }))).toEqual(["other"]);
  });
  it("takes absent and empty for the same", () => {
    const bare: Feature = { ...whole, properties: { id: "z", name_zh: "甲" } };
    expect(changesBetween(bare, { ...bare, properties: { ...bare.properties, exemptions: [], authority: "", demo: false } })).toEqual([]);
  });
  it("counts vertices without the repeated ones", () => expect(vertexCount(whole)).toBe(3 + 2 + 1));
});

describe("places of a zone", () => {
  it("reaches as far as its circles and corridors do", () => {
    const f: Feature = { type: "Feature", geometry: { type: "Point", coordinates: [114, 29] }, properties: { id: "c", radius_m: 11_095 } };
    const [w, s, e, n] = boundsOf(f)!;
    expect([s, n]).toEqual([expect.closeTo(28.9, 3), expect.closeTo(29.1, 3)]);
    expect(e - w).toBeGreaterThan(n - s);
    expect(boundsOf({ ...f, geometry: null })).toBeNull();
  });
});

describe("the list", () => {
  const zone = (id: string, more: object): Feature => ({ type: "Feature", geometry: null, properties: { id, ...more } });
  const entries = [
    zone("a", { name_zh: "大坝", name_en: "Dam", restriction: "prohibited", source: "省平台", ceiling_m: 300, ceiling_datum: "agl" }), zone("b", { name_zh: "机场", restriction: "conditional", authority: "民航", published_at: "2026-10-15T00:00:00Z" }),
    zone("c", { name_zh: "学校", restriction: "new-word", kind: "school", demo: true, applicability: [{ until: "2026-10-15T10:00:00Z" }] }),
  ].map((f) => entryOf(f, now));
  const ids = (patch: object): string[] => find(entries, { ...EVERYTHING, ...patch }, "zh").map((e) => e.id);
  it("searches name, id, kind, authority and source", () => {
    expect(ids({ text: "dam" })).toEqual(["a"]);
    expect(ids({ text: "民航" })).toEqual(["b"]);
    expect(ids({ text: "SCHOOL 学" })).toEqual(["c"]);
    expect(ids({ text: "省平台" })).toEqual(["a"]);
    expect(ids({ text: "dam 学" })).toEqual([]);
  });
  it("takes an unknown restriction for the strictest", () => expect(ids({ restrictions: new Set(["prohibited"]) })).toEqual(["a", "c"]));
  it("filters by validity and sorts", () => {
    expect(ids({ facet: "ending" })).toEqual(["c"]);
    expect(ids({ sort: "published" })[0]).toBe("b");
    expect(ids({ sort: "ends" })[0]).toBe("c");
    expect(ids({ sort: "ceiling" })[0]).toBe("a");
  });
  it("makes only the rows in sight", () => {
    expect(visibleRows(0, 580, 58, 2000)).toEqual([0, 16]);
    expect(visibleRows(58_000, 580, 58, 2000)).toEqual([994, 1016]);
    expect(visibleRows(1e9, 580, 58, 20)).toEqual([20, 20]);
  });
});
