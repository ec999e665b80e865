import i18n from "i18next";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startI18n } from "../i18n";
import { parseClock, parseInstant, periodWords, scheduleWords, typedInstant, weekdayWords } from "./schedule";
import { facetsOf, validityOf } from "./validity";
import { limitsWords } from "./phrases";
import { addZoneWords } from "./words";

const now = Date.parse("2026-10-15T06:30:00Z"); // Thursday 14:30 in Shanghai

beforeAll(async () => {
  await startI18nHere();
  addZoneWords();
});
beforeEach(() => i18n.changeLanguage("zh"));

async function startI18nHere(): Promise<void> {
  (globalThis as { document?: unknown }).document ??= { documentElement: {} };
  await startI18n("zh");
}

describe("periods in words", () => {
  it("says that nothing limits it", () => {
    expect(scheduleWords([], now)).toEqual(["长期有效"]);
  });

  it("says days, hours and dates in both languages", async () => {
    const school = { weekdays: [1, 2, 3, 4, 5], start_minute: 450, end_minute: 540 };
    const dates = { from: "2026-10-15T00:00:00Z", until: "2027-01-01T00:00:00Z" };
    expect(periodWords(school, now)).toBe("周一至周五 07:30–09:00");
    expect(periodWords(dates, now)).toBe("10-15 周四 08:00 至 2027-01-01 周五 08:00");
    await i18n.changeLanguage("en");
    expect(periodWords(school, now)).toBe("Mon–Fri 07:30–09:00");
    expect(periodWords(dates, now)).toBe("10-15 Thu 08:00 to 2027-01-01 Fri 08:00");
  });

  it("says that hours run over midnight", () => {
    expect(periodWords({ start_minute: 1320, end_minute: 360 }, now)).toBe("每天 22:00–次日 06:00");
    expect(periodWords({ weekdays: [0, 6], start_minute: 1320, end_minute: 1440 }, now)).toBe("周六、周日 22:00–24:00");
  });

  it("keeps the events of the day", () => {
    expect(periodWords({ start_event: "SR", end_event: "SS" }, now)).toBe("每天 日出至日落");
    expect(periodWords({ start_event: "BMCT", end_minute: 600 }, now)).toBe("每天 民用晨光始至10:00");
  });

  it("joins three days and more in a row", () => {
    expect(weekdayWords([1, 2, 3, 5])).toBe("周一至周三、周五");
    expect(weekdayWords([6, 0, 1])).toBe("周一、周六、周日");
    expect(weekdayWords([])).toBe("每天");
  });
});

describe("typed times", () => {
  it("reads instants of Shanghai", () => {
    expect(parseInstant("2026-10-15 14:30", now)).toBe(now);
    expect(parseInstant("10-15 14:30", now)).toBe(now);
    expect(typedInstant(now)).toBe("2026-10-15 14:30");
    expect(parseInstant("2026-10-15", now)).toBe(Date.parse("2026-10-14T16:00:00Z"));
    expect(parseInstant("2026-10-15", now, true)).toBe(Date.parse("2026-10-15T16:00:00Z")); // the whole day
    for (const bad of ["", "2026-02-30 10:00", "2026-13-01", "10:00", "2026-10-15 25:00", "soon"]) expect(parseInstant(bad, now)).toBeUndefined();
  });

  it("reads times of the day", () => {
    expect(["8:30", "0830", "24:00", "00:00"].map(parseClock)).toEqual([510, 510, 1440, 0]);
    for (const bad of ["", "24:01", "8:60", "8", "noon"]) expect(parseClock(bad)).toBeUndefined();
  });
});

describe("validity", () => {
  it("tells now, later today, another day and never again", () => {
    expect(validityOf([], now)).toEqual({ state: "now" });
    expect(validityOf([{ start_minute: 480, end_minute: 1080 }], now)).toMatchObject({ state: "now", changes: Date.parse("2026-10-15T10:00:00Z") });
    expect(validityOf([{ start_minute: 1080, end_minute: 1200 }], now)).toMatchObject({ state: "today", changes: Date.parse("2026-10-15T10:00:00Z") });
    expect(validityOf([{ weekdays: [5] }], now).state).toBe("scheduled");
    expect(validityOf([{ until: "2026-10-15T06:30:00Z" }], now).state).toBe("ended");
    expect(validityOf([{ from: "2026-12-01T00:00:00Z" }], now)).toMatchObject({ state: "scheduled", changes: Date.parse("2026-12-01T00:00:00Z") });
  });

  it("judges what names sunrise or sunset as always, also before its hours", () => {
    expect(validityOf([{ start_event: "SR", end_minute: 600 }], now)).toEqual({ state: "now" });
  });

  it("finds a zone under each facet that fits", () => {
    const periods = [{ until: "2026-10-15T16:00:00Z" }];
    const f = { type: "Feature" as const, geometry: null, properties: { id: "z", temporary: true, demo: true, superior: "省平台", applicability: periods } };
    expect([...facetsOf(f, validityOf(periods, now), now)].sort()).toEqual(["demo", "ending", "now", "superior", "temporary"]);
    const long = [{ until: "2026-12-15T16:00:00Z" }];
    expect(facetsOf(f, validityOf(long, now), now).has("ending")).toBe(false);
  });
});

describe("heights in words", () => {
  it("always names the datum, once where both limits share it", () => {
    expect(limitsWords({ floor_m: 60, floor_datum: "agl", ceiling_m: 120, ceiling_datum: "agl" })).toBe("60–120\u2009m 真高");
    expect(limitsWords({ floor_m: 60, floor_datum: "agl", ceiling_m: 300, ceiling_datum: "amsl" })).toBe("60\u2009m 真高–300\u2009m 海拔");
    expect(limitsWords({ ceiling_m: 120, ceiling_datum: "agl" })).toBe("地面–120\u2009m 真高");
    expect(limitsWords({ floor_m: 60, floor_datum: "ellipsoid" })).toBe("60\u2009m 大地高以上，不限高");
    expect(limitsWords({})).toBe("地面起，不限高");
  });

  it("keeps feet and names another geoid", () => {
    expect(limitsWords({ ceiling_m: 121.92, ceiling_datum: "agl", ceiling_feet: true })).toBe("地面–400\u2009ft 真高");
    expect(limitsWords({ ceiling_m: 120, ceiling_datum: "amsl", ceiling_geoid: "egm96" })).toBe("地面–120\u2009m 海拔 EGM96");
  });
});
