import { describe, expect, it } from "vitest";
import { Liveness } from "./liveness";

const at = (ms: number) => ({ mono: ms, wall: 1_700_000_000_000 + ms });
const server = (ms: number) => 1_800_000_000_000 + ms; // its clock is years off from ours: it does not matter

describe("age of the picture", () => {
  it("is unknown before the first health message", () => {
    const l = new Liveness();
    expect(l.condition(at(60_000))).toBe("unknown");
    expect(l.age(at(0))).toBe(Infinity);
  });

  it("grows with our own clock: live, late above 3 s, stopped above 10 s", () => {
    const l = new Liveness();
    l.health(server(0), at(100));
    expect(l.age(at(100))).toBe(0);
    expect(l.condition(at(3100))).toBe("live");
    expect(l.condition(at(3101))).toBe("late");
    expect(l.condition(at(10_100))).toBe("late");
    expect(l.condition(at(10_101))).toBe("stopped");
  });

  it("sees messages that come every second but late", () => {
    const l = new Liveness();
    for (let s = 0; s < 20; s++) l.health(server(s * 1000), at(s * 1000 + 20));
    // From here each message is 4 s old when it arrives.
    for (let s = 20; s < 30; s++) l.health(server(s * 1000), at(s * 1000 + 4020));
    expect(l.age(at(29 * 1000 + 4020))).toBe(4000);
    expect(l.condition(at(29 * 1000 + 4020))).toBe("late");
  });

  it("sees a picture that repeats the same instant", () => {
    const l = new Liveness();
    l.health(server(0), at(0));
    for (let s = 1; s <= 12; s++) l.health(server(0), at(s * 1000));
    expect(l.condition(at(12_000))).toBe("stopped");
  });

  it("recovers at once when the server's clock is put back", () => {
    const l = new Liveness();
    l.health(server(60_000), at(0));
    l.health(server(0), at(1000));
    expect(l.age(at(1000))).toBe(0);
  });

  it("is old after a sleep in which the monotonic clock stood still", () => {
    const l = new Liveness();
    l.health(server(0), at(0));
    expect(l.condition({ mono: 500, wall: at(0).wall + 3_600_000 })).toBe("stopped");
    expect(l.age({ mono: 500, wall: at(0).wall - 3_600_000 })).toBe(500);
  });
});
