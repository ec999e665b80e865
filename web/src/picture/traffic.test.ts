import { describe, expect, it } from "vitest";
import { perMetre } from "../map/mercator";
import type { TrafficView } from "../vocabulary";
import { FORGET_S, TrafficStore, age, drawnAt, isStale, placeOf, readTarget } from "./traffic";

const SERVER = Date.parse("2026-11-23T02:00:00Z");
const view = (id: string, ageS: number, more: Partial<TrafficView> = {}): TrafficView => ({
  id, received_at: new Date(SERVER - ageS * 1000).toISOString(), position: { longitude_deg: 114.4, latitude_deg: 29.8 }, ...more,
});

describe("crewed traffic", () => {
  it("is drawn a second ahead of its last report at most", () => {
    const t = readTarget(view("a", 3, { ground_speed_mps: 60, course_deg: 90 }), SERVER, 100_000)!;
    expect(age(t, 100_000)).toBeCloseTo(3, 6);
    const [x, y] = drawnAt(t, 100_000);
    expect((x - t.x) / perMetre(29.8)).toBeCloseTo(60, 3);
    expect(y).toBeCloseTo(t.y, 12);
    expect(placeOf(t).latitude).toBeCloseTo(29.8, 9);
  });

  it("is as old as the server says, whatever the clocks say", () => {
    expect(age(readTarget(view("a", 3, { age_s: 7.5 }), SERVER, 100_000)!, 100_000)).toBeCloseTo(7.5, 6);
  });

  it("stands still without speed or course, whatever the other says", () => {
    const t = readTarget(view("a", 0, { ground_speed_mps: 60 }), SERVER, 0)!;
    expect([t.vx, t.vy]).toEqual([0, -0]);
  });

  it("tells its height in the datum it came in", () => {
    const height = (more: Partial<TrafficView>) => readTarget(view("a", 0, more), SERVER, 0)!.height;
    const at = { longitude_deg: 114, latitude_deg: 29 };
    expect(height({ position: { ...at, altitude_amsl_m: 920, altitude_hae_m: 908 } })).toEqual({ metres: 920, datum: "amsl" });
    expect(height({ position: { ...at, altitude_hae_m: 908 }, pressure_altitude_m: 880 })).toEqual({ metres: 880, datum: "pressure_isa" });
    expect(height({ position: { ...at, altitude_hae_m: 908 } })).toEqual({ metres: 908, datum: "ellipsoid" });
    expect(height({})).toBeUndefined();
  });

  it("grows stale and goes by its age, also when no answer comes", () => {
    const s = new TrafficStore();
    s.apply([view("new", 1), view("old", 20), view("gone", FORGET_S + 1)], SERVER, 50_000);
    expect([...s.get().keys()]).toEqual(["new", "old"]);
    expect(isStale(s.get().get("new")!, 50_000)).toBe(false);
    expect(isStale(s.get().get("old")!, 50_000)).toBe(true);
    s.forget(50_000 + (FORGET_S - 10) * 1000);
    expect([...s.get().keys()]).toEqual(["new"]);
    s.apply([], SERVER, 60_000);
    expect(s.get().size).toBe(0);
  });

  it("is left out where it is nowhere", () => {
    expect(readTarget(view("", 0), SERVER, 0)).toBeUndefined();
    expect(readTarget({ ...view("a", 0), received_at: "" }, SERVER, 0)).toBeUndefined();
    expect(readTarget(view("a", 0, { position: { longitude_deg: NaN, latitude_deg: 1 } }), SERVER, 0)).toBeUndefined();
  });
});
