import i18n from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import zh from "../i18n/zh";
import { readZone } from "../picture/zones";
import type { ZoneFeature } from "../vocabulary";
import { aboveGround, bandsAt } from "./bands";

beforeAll(() => i18n.init({ lng: "zh", resources: { zh: { translation: zh } }, interpolation: { escapeValue: false }, initAsync: false }).then(() => undefined));

const zone = (id: string, more: object): ReturnType<typeof readZone>[number] =>
  readZone({ type: "Feature", geometry: { type: "Point", coordinates: [114, 29] }, properties: { id, radius_m: 1000, restriction: "prohibited", ...more } } as unknown as ZoneFeature)[0]!;
const here: [number, number] = [114, 29];
const report = { longitude_deg: 114, latitude_deg: 29, height_agl_m: 100, altitude_amsl_m: 160, altitude_hae_m: 148 };

describe("height bands over a place", () => {
  it("are above the ground, carried over by the heights that the aircraft reports itself", () => {
    const list = [zone("agl", { floor_m: 60, floor_datum: "agl", ceiling_m: 120, ceiling_datum: "agl" }), zone("amsl", { floor_m: 160, floor_datum: "amsl", ceiling_m: 360, ceiling_datum: "amsl" }), zone("open", {})];
    const { drawn, told } = bandsAt(list, here, report, 0);
    expect(drawn.map((b) => [b.zone.id, b.low, b.high])).toEqual([["agl", 60, 120], ["amsl", 100, 300], ["open", 0, Infinity]]);
    expect(told).toEqual([]);
  });

  it("are told in words where nothing leads to the ground", () => {
    const list = [zone("amsl", { ceiling_m: 300, ceiling_datum: "amsl" })];
    expect(bandsAt(list, here, { ...report, height_agl_m: undefined as unknown as number }, 0).told.map((b) => b.text)).toEqual(["地面–300\u2009m 海拔"]);
    expect(bandsAt(list, here, undefined, 0).drawn).toEqual([]);
    expect(aboveGround({ metres: 300, datum: "amsl", geoid: "egm96" }, report)).toBeUndefined(); // another sea level
    expect(aboveGround({ metres: 300, datum: "pressure_isa" }, report)).toBeUndefined();
  });

  it("leave out zones elsewhere and those that do not apply", () => {
    const off = zone("off", { ceiling_m: 50, ceiling_datum: "agl", applicability: [{ from: "2030-01-01T00:00:00Z" }] });
    expect(bandsAt([off], here, report, Date.parse("2026-11-23T00:00:00Z")).drawn).toEqual([]);
    expect(bandsAt([zone("agl", {})], [115, 29], report, 0).drawn).toEqual([]);
  });
});
