import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { activeAt, hasEvents, lastEnd, nextEnd, nextStart, type Period } from "./applicability";

const at = (iso: string): number => Date.parse(`${iso}+08:00`);
const school: Period[] = [
  { weekdays: [1, 2, 3, 4, 5], start_minute: 420, end_minute: 510 },
  { weekdays: [1, 2, 3, 4, 5], start_minute: 960, end_minute: 1080 },
];
const quiet: Period[] = [{ start_minute: 1320, end_minute: 420 }];
const fridayNight: Period[] = [{ weekdays: [5], start_minute: 1320, end_minute: 120 }];
const season: Period[] = [{ from: "2026-09-30T16:00:00Z", until: "2027-04-30T16:00:00Z" }];

interface Vector {
  name: string;
  periods: Period[];
  cases: { at: string; active: boolean }[];
}
const vectors = JSON.parse(readFileSync(new URL("../../../docs/applicability.json", import.meta.url), "utf8")) as Vector[];

describe("the vectors shared with the server", () => {
  for (const v of vectors) {
    it(v.name, () => {
      for (const c of v.cases) expect(activeAt(v.periods, Date.parse(c.at)), c.at).toBe(c.active);
    });
  }
});

describe("when a zone applies", () => {
  it("is always without periods", () => {
    expect(activeAt([], 0)).toBe(true);
    expect(nextStart([], 0)).toBeUndefined();
    expect(nextEnd([], 0)).toBeUndefined();
  });

  it("holds from its first minute up to its last, on its weekdays", () => {
    // 2026-11-23 is a Monday.
    for (const [iso, active] of [
      ["2026-11-23T06:59:59", false], ["2026-11-23T07:00:00", true], ["2026-11-23T08:29:59", true], ["2026-11-23T08:30:00", false],
      ["2026-11-23T16:00:00", true], ["2026-11-22T07:30:00", false],
    ] as const) expect(activeAt(school, at(iso)), iso).toBe(active);
  });

  it("runs over midnight and belongs to the weekday it started on", () => {
    expect(activeAt(quiet, at("2026-11-23T22:00:00"))).toBe(true);
    expect(activeAt(quiet, at("2026-11-24T06:59:59"))).toBe(true);
    expect(activeAt(quiet, at("2026-11-24T07:00:00"))).toBe(false);
    expect(activeAt(fridayNight, at("2026-11-28T01:59:00"))).toBe(true); // Saturday, begun on Friday
    expect(activeAt(fridayNight, at("2026-11-27T01:00:00"))).toBe(false); // Friday, begun on Thursday: no
    expect(activeAt(fridayNight, at("2026-11-28T22:30:00"))).toBe(false);
  });

  it("counts an equal start and end as a whole day from there", () => {
    expect(activeAt([{ start_minute: 600, end_minute: 600 }], at("2026-11-23T03:00:00"))).toBe(true);
  });

  it("holds between dates, the last one excluded", () => {
    expect(activeAt(season, Date.parse("2026-09-30T15:59:59Z"))).toBe(false);
    expect(activeAt(season, Date.parse("2026-09-30T16:00:00Z"))).toBe(true);
    expect(activeAt(season, Date.parse("2027-04-30T16:00:00Z"))).toBe(false);
  });

  it("works before 1970", () => {
    expect(activeAt([{ weekdays: [3] }], at("1969-12-31T12:00:00"))).toBe(true); // a Wednesday
  });
});

describe("the next start and end", () => {
  it("are the bounds of the day", () => {
    expect(nextStart(school, at("2026-11-23T04:28:00"))).toBe(at("2026-11-23T07:00:00"));
    expect(nextStart(school, at("2026-11-23T08:30:00"))).toBe(at("2026-11-23T16:00:00"));
    expect(nextEnd(school, at("2026-11-23T07:10:00"))).toBe(at("2026-11-23T08:30:00"));
    expect(nextEnd(quiet, at("2026-11-23T23:00:00"))).toBe(at("2026-11-24T07:00:00"));
  });

  it("go over the weekend", () => {
    expect(nextStart(school, at("2026-11-27T18:00:00"))).toBe(at("2026-11-30T07:00:00"));
    expect(nextStart([{ weekdays: [6] }], at("2026-11-22T12:00:00"))).toBe(at("2026-11-28T00:00:00"));
    expect(nextEnd([{ weekdays: [1, 2] }], at("2026-11-23T12:00:00"))).toBe(at("2026-11-25T00:00:00"));
  });

  it("wait for a date that is still ahead, and for the hours after it", () => {
    expect(nextStart(season, at("2026-05-01T00:00:00"))).toBe(Date.parse("2026-09-30T16:00:00Z"));
    const later: Period[] = [{ from: "2027-01-01T00:00:00Z", start_minute: 420, end_minute: 510, weekdays: [1] }];
    expect(nextStart(later, at("2026-11-23T00:00:00"))).toBe(at("2027-01-04T07:00:00"));
  });

  it("do not exist after the last date or for what overlaps without end", () => {
    expect(nextStart(season, Date.parse("2027-05-01T00:00:00Z"))).toBeUndefined();
    expect(nextEnd([{ start_minute: 0, end_minute: 720 }, { start_minute: 720, end_minute: 0 }], at("2026-11-23T05:00:00"))).toBeUndefined();
  });
});

describe("events of the day", () => {
  const daylight: Period[] = [{ until: "2026-12-01T00:00:00Z", start_event: "SR", end_event: "SS" }];
  it("are told, and end with their date alone", () => {
    expect(hasEvents(daylight)).toBe(true);
    expect(hasEvents(school)).toBe(false);
    expect(nextEnd(daylight, at("2026-11-23T03:00:00"))).toBe(Date.parse("2026-12-01T00:00:00Z"));
    expect(nextStart(daylight, at("2026-11-23T03:00:00"))).toBeUndefined();
  });

  it("the last end is the latest date, none where a period has none", () => {
    expect(lastEnd([...daylight, ...season])).toBe(Date.parse("2027-04-30T16:00:00Z"));
    expect(lastEnd([...daylight, ...school])).toBeUndefined();
    expect(lastEnd([])).toBeUndefined();
  });
});
