import { describe, expect, it } from "vitest";
import { dayAt, dayBegins, dayEnds, validity } from "./days";

// 2026-11-23 23:59 and 2026-11-24 00:01 in Shanghai.
const evening = Date.parse("2026-11-23T15:59:00Z");
const night = Date.parse("2026-11-23T16:01:00Z");

describe("days in Shanghai", () => {
  it("turn at 16:00 UTC", () => {
    expect(dayAt(evening)).toBe("2026-11-23");
    expect(dayAt(night)).toBe("2026-11-24");
  });

  it("hold to their end", () => {
    expect(validity("2026-11-23", evening)).toEqual({ state: "soon", days: 0 });
    expect(validity("2026-11-23", night)).toEqual({ state: "ended", days: -1 });
    expect(validity("2026-12-23", evening)).toEqual({ state: "soon", days: 30 });
    expect(validity("2026-12-24", evening)).toEqual({ state: "valid", days: 31 });
    expect(validity("2027-03-01", Date.parse("2027-02-27T16:00:00Z"))).toEqual({ state: "soon", days: 1 });
  });

  it("are unknown rather than ended where there is none", () => {
    for (const none of [undefined, "", "soon"]) expect(validity(none, evening)).toEqual({ state: "unknown" });
  });

  it("are ranges of the audit search", () => {
    expect(dayBegins("2026-11-23")).toBe("2026-11-22T16:00:00.000Z");
    expect(dayEnds("2026-11-23")).toBe("2026-11-23T16:00:00.000Z");
  });
});
