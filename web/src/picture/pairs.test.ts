import i18n from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import en from "../i18n/en";
import zh from "../i18n/zh";
import { barOf } from "../triage/bar";
import type { Alert, Pair } from "../vocabulary";
import { alertFigures, alertObject } from "../words";
import { alert } from "./alerts.test";
import { concerns, firstAircraft, membersOf } from "./pairs";

const position = { longitude_deg: 114, latitude_deg: 29 };
const pair: Pair = {
  a: { kind: "aircraft", id: "c-07", name: { zh: "城-07", en: "C-07" }, position, age_ns: 0 },
  b: { kind: "traffic", id: "780A3F", crewed: true, position, age_ns: 0 },
  crewed: true, minima: { horizontal_m: 500, vertical_m: 100 },
  now: { in_ns: 0, horizontal_m: 1900, horizontal_bound_m: 20, vertical_m: 40 },
  closest: { in_ns: 12.4e9, horizontal_m: 310, horizontal_bound_m: 60, vertical_m: 9 },
};
const near = (more: Partial<Alert> = {}): Alert =>
  alert("1", "warning", { object: { kind: "pair", id: "c-07+traffic:780A3F" }, hazard: "separation", variant: "predicted", unit: "m", measured: 310, limit: 500, pair, ...more });

beforeAll(() => i18n.init({ lng: "zh", resources: { zh: { translation: zh }, en: { translation: en } }, interpolation: { escapeValue: false }, initAsync: false }).then(() => undefined));

describe("an alert on two aircraft", () => {
  it("names both, crewed traffic by its id", () => {
    expect(membersOf(near())).toEqual([{ kind: "aircraft", id: "c-07", name: pair.a.name }, { kind: "traffic", id: "780A3F", name: undefined }]);
    expect(alertObject(near())).toBe("城-07 × 780A3F");
    expect(alertObject(near({ demo: true, pair: undefined as unknown as Pair }))).toBe("演示 c-07 × 780A3F");
    expect(concerns(near(), "c-07")).toBe(true);
    expect(concerns(near(), "780A3F")).toBe(false); // an aircraft of that name is another
    expect(firstAircraft(near())).toBe("c-07");
    expect(membersOf(alert("2", "info", { object: { kind: "source", id: "gw" } }))).toEqual([]);
  });

  it("tells when they are closest and how far apart then, beside the minima", () => {
    expect(alertFigures(near())).toBe("12 s 后 310\u2009m / 9\u2009m，限 500 / 100\u2009m");
    expect(alertFigures(near({ pair: { ...pair, closest: { in_ns: 0, horizontal_m: 310, horizontal_bound_m: 60, reason: "no_qnh" } } }))).toBe("310\u2009m / 高差不明，限 500 / 100\u2009m");
  });

  it("measures downwards: less is worse", () => {
    expect(barOf(near())).toMatchObject({ danger: "below", beyond: true, mark: 500, value: 310 });
    expect(barOf(near({ measured: 520 }))).toMatchObject({ beyond: false });
  });
});
