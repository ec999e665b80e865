import { describe, expect, it } from "vitest";
import { Room, candidates, overlap } from "./placement";

describe("label placement", () => {
  const offsets = candidates(60, 15, 14);

  it("keeps a place while it is free and moves only when it is lost", () => {
    const room = new Room(400, 400);
    expect(room.place(200, 200, 60, 15, offsets, 3)).toBe(3);
    const [dx, dy] = offsets[3]!;
    room.take({ x: 200 + dx, y: 200 + dy, width: 60, height: 15 });
    expect(room.place(200, 200, 60, 15, offsets, 3)).not.toBe(3);
  });

  it("never covers what is taken and never leaves the screen", () => {
    const room = new Room(300, 200);
    const taken = [];
    for (let i = 0; i < 200; i++) {
      const [x, y] = [(i * 37) % 300, (i * 53) % 200];
      const k = room.place(x, y, 60, 15, offsets, -1);
      if (k < 0) continue;
      const b = { x: x + offsets[k]![0], y: y + offsets[k]![1], width: 60, height: 15 };
      expect(b.x >= 0 && b.y >= 0 && b.x + 60 <= 300 && b.y + 15 <= 200).toBe(true);
      for (const o of taken) expect(overlap(o, b)).toBe(false);
      room.take(b);
      taken.push(b);
    }
    expect(taken.length).toBeGreaterThan(10);
  });
});
