import { describe, expect, it } from "vitest";
import { PathDelay } from "./path-delay";

const server = (ms: number): number => 1_800_000_000_000 + ms;

describe("the delay of a path", () => {
  it("is what a message takes beyond the quickest", () => {
    const p = new PathDelay();
    expect(p.of(server(0), 500)).toBe(0);
    expect(p.of(server(1000), 1520)).toBe(20);
    expect(p.of(server(2000), 2400)).toBe(0); // quicker: now this is what the path takes
    expect(p.of(server(3000), 3500)).toBe(100);
  });

  it("forgets the quickest after ten minutes", () => {
    const p = new PathDelay();
    p.of(server(0), 0);
    expect(p.of(server(300_000), 300_050)).toBe(50);
    expect(p.of(server(700_000), 700_060)).toBe(10);
  });

  it("starts anew when the sender's clock is put back, not for messages out of order", () => {
    const p = new PathDelay();
    p.of(server(60_000), 0);
    expect(p.of(server(59_800), 10)).toBe(210);
    expect(p.of(server(0), 1000)).toBe(0);
    expect(p.of(server(1000), 2030)).toBe(30);
  });

  it("ignores what is no time", () => {
    expect(new PathDelay().of(NaN, 5)).toBe(0);
  });
});
