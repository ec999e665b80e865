import { describe, expect, it } from "vitest";
import { mercatorX, mercatorY, perMetre } from "../map/mercator";
import type { Frame } from "../stream/frame";
import type { Identity } from "../vocabulary";
import { MAX_SLOTS, TrackStore } from "./tracks";

interface Row {
  slot: number; lon: number; lat: number; agl?: number; speed?: number; course?: number; age?: number; state?: number; severity?: number;
}

function frame(rows: Row[]): Frame {
  const u16 = (f: (r: Row) => number | undefined, scale: number, shift = 0) =>
    Uint16Array.from(rows, (r) => (f(r) === undefined ? 0xffff : Math.round((f(r)! + shift) * scale)));
  return {
    flags: 0, count: rows.length, columns: 0x7ff, sequence: 1n, timeMs: 0,
    slot: Uint32Array.from(rows, (r) => r.slot), longitude: Int32Array.from(rows, (r) => Math.round(r.lon * 1e7)), latitude: Int32Array.from(rows, (r) => Math.round(r.lat * 1e7)),
    hae: u16(() => undefined, 1), agl: u16((r) => r.agl, 2, 1000), speed: u16((r) => r.speed, 100), course: u16((r) => r.course, 100),
    climb: Int16Array.from(rows, () => -32768), age: u16((r) => r.age ?? 0, 10), state: Uint8Array.from(rows, (r) => r.state ?? 2), severity: Uint8Array.from(rows, (r) => r.severity ?? 0),
  };
}

function store(...ids: string[]): TrackStore {
  const t = new TrackStore();
  ids.forEach((id, slot) => t.setIdentity({ slot, aircraft_id: id, interval_ms: 1000, registered: true }));
  return t;
}

const box = { west: 114.0, south: 29.5, east: 114.5, north: 30 };

describe("track store", () => {
  it("keeps absent values absent", () => {
    const t = store("a");
    t.apply(frame([{ slot: 0, lon: 114.2, lat: 29.8 }]), 1000);
    expect(t.hasFix[0]).toBe(1);
    expect(t.agl[0]).toBeNaN();
    expect(t.speed[0]).toBeNaN();
    expect(t.position(0).longitude).toBeCloseTo(114.2, 6);
    expect(t.position(0).latitude).toBeCloseTo(29.8, 6);
  });

  it("knows traffic without a name by its slot alone", () => {
    const t = store("a");
    const told = [{ slot: 7, anonymous: true }, { slot: 9, anonymous: true }] as unknown as Identity[]; // the server tells nothing else
    told.forEach((i) => t.setIdentity(i));
    t.setIdentity(told[0]!); // told again
    t.apply(frame([{ slot: 7, lon: 114.2, lat: 29.8, agl: 60 }, { slot: 9, lon: 114.3, lat: 29.8 }]), 1000);
    expect([t.size, t.anonymous, t.unnamed(0), t.unnamed(7), t.hasFix[9]]).toEqual([1, 2, false, true, 1]);
    expect(t.slotOf("")).toBeUndefined();
    expect(t.slotOf("anonymous 7")).toBeUndefined();
    t.watchOnly({ west: 100, south: 20, east: 101, north: 21 }, 9, "");
    expect(t.hasFix[7]).toBe(0); // nobody selects it: it is forgotten where nobody looks
    t.replace([{ slot: 0, aircraft_id: "a" }, told[1]!]);
    expect([t.anonymous, t.unnamed(9)]).toEqual([1, true]);
    t.setIdentity({ slot: 9, aircraft_id: "b", registered: true }); // another one's slot by now
    expect([t.size, t.anonymous, t.unnamed(9), t.slotOf("b")]).toEqual([2, 0, false, 9]);
    t.remove(9);
    expect(t.anonymous).toBe(0);
  });

  it("ignores and counts slots without an identity", () => {
    const t = store("a");
    t.apply(frame([{ slot: 5, lon: 114, lat: 29 }, { slot: 4294967295, lon: 114, lat: 29 }]), 0);
    expect(t.unknownSlots).toBe(2);
    t.setIdentity({ slot: MAX_SLOTS, aircraft_id: "far" });
    expect(t.slotOf("far")).toBeUndefined();
  });

  it("glides on at the reported speed for one second past the report and then stands", () => {
    const t = store("a");
    t.apply(frame([{ slot: 0, lon: 114.2, lat: 29.8, speed: 20, course: 90 }]), 10_000);
    const metres = (now: number) => (t.drawnX(0, now) - mercatorX(114.2)) / perMetre(29.8);
    expect(metres(10_500)).toBeCloseTo(10, 1);
    expect(metres(11_000)).toBeCloseTo(20, 1);
    expect(metres(60_000)).toBeCloseTo(20, 1);
    expect(t.drawnY(0, 60_000)).toBeCloseTo(mercatorY(29.8), 9);
  });

  it("does not jump when a report disagrees with the glide", () => {
    const t = store("a");
    t.apply(frame([{ slot: 0, lon: 114.2, lat: 29.8, speed: 20, course: 90 }]), 0);
    const before = t.drawnX(0, 1000);
    t.apply(frame([{ slot: 0, lon: 114.2, lat: 29.8, speed: 0, course: 90, age: 0 }]), 1000);
    expect(t.drawnX(0, 1000)).toBeCloseTo(before, 9);
    expect(t.drawnX(0, 2000)).toBeCloseTo(mercatorX(114.2), 9);
  });

  it("goes stale after twice its interval and a second, and never from its own glide", () => {
    const t = store("a");
    t.apply(frame([{ slot: 0, lon: 114.2, lat: 29.8, age: 0.5 }]), 10_000);
    expect(t.stale(0, 12_400)).toBe(false);
    expect(t.stale(0, 12_600)).toBe(true);
  });

  it("counts what a frame waited before it was handled", () => {
    const t = store("a");
    t.apply(frame([{ slot: 0, lon: 114.2, lat: 29.8, age: 0.5 }]), 12_000, 10_000);
    expect(t.age(0, 12_000)).toBeCloseTo(2.5);
  });

  it("ignores a row that is older than what it has", () => {
    const t = store("a");
    t.apply(frame([{ slot: 0, lon: 114.3, lat: 29.8 }]), 10_000);
    t.apply(frame([{ slot: 0, lon: 114.1, lat: 29.8, age: 5 }]), 10_200);
    expect(t.position(0).longitude).toBeCloseTo(114.3, 6);
  });

  it("keeps no ghosts outside the tiles asked for, but keeps alerting and selected aircraft", () => {
    const t = store("a", "b", "c", "d");
    const rows = [0, 1, 2].map((slot) => ({ slot, lon: 114.2, lat: 29.8, severity: slot === 1 ? 4 : 0 }));
    t.apply(frame(rows), 0);
    t.watchOnly({ west: 120, south: 35, east: 121, north: 36 }, 9, "c");
    expect([...t.hasFix.slice(0, 3)]).toEqual([0, 1, 1]);
    // One that leaves the tiles is told of once more, and then forgotten.
    t.watchOnly(box, 9, "");
    t.apply(frame([{ slot: 3, lon: 114.2, lat: 29.8 }]), 0);
    expect(t.hasFix[3]).toBe(1);
    t.apply(frame([{ slot: 3, lon: 118, lat: 29.8 }]), 100);
    expect(t.hasFix[3]).toBe(0);
  });

  it("forgets aircraft that a new snapshot does not name, and slots that changed hands", () => {
    const t = store("a", "b");
    t.apply(frame([{ slot: 0, lon: 114.2, lat: 29.8 }, { slot: 1, lon: 114.2, lat: 29.8 }]), 0);
    t.replace([{ slot: 1, aircraft_id: "c" }, { slot: 0, aircraft_id: "a" }]);
    expect(t.slotOf("b")).toBeUndefined();
    expect(t.hasFix[1]).toBe(0);
    expect(t.hasFix[0]).toBe(1);
  });

  it("grows without losing what it holds", () => {
    const t = store("a");
    t.apply(frame([{ slot: 0, lon: 114.2, lat: 29.8, agl: 80 }]), 0);
    t.setIdentity({ slot: 5000, aircraft_id: "z" });
    expect(t.capacity).toBeGreaterThan(5000);
    expect(t.agl[0]).toBe(80);
    expect(t.agl[5000]).toBeNaN();
  });
});
