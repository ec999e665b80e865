import { describe, expect, it } from "vitest";
import { newDraft } from "./draft";
import { EditSession } from "./draw/session";
import { History } from "./undo";

describe("undo", () => {
  it("goes back and forth, and a new change ends the future", () => {
    const h = new History(1);
    h.set(2);
    h.set(3);
    h.undo();
    expect([h.current, h.canUndo, h.canRedo]).toEqual([2, true, true]);
    h.redo();
    expect(h.current).toBe(3);
    h.undo();
    h.set(9);
    expect(h.canRedo).toBe(false);
    h.undo();
    h.undo();
    h.undo();
    expect([h.current, h.canUndo]).toEqual([1, false]);
  });

  it("takes the letters of a word as one step, not those after a pause or in another field", () => {
    const h = new History("");
    h.set("a", "name", 0);
    h.set("ab", "name", 500);
    h.set("abc", "name", 2500);
    h.set("abcd", "other", 2600);
    h.set("abcde", "other", 9999, true);
    const seen = [];
    while (h.canUndo) {
      h.undo();
      seen.push(h.current);
    }
    expect(seen).toEqual(["abc", "ab", ""]);
  });

  it("keeps no more than it may", () => {
    const h = new History(0, 3);
    for (let i = 1; i < 10; i++) h.set(i);
    h.undo();
    h.undo();
    h.undo();
    h.undo();
    expect(h.current).toBe(6);
  });
});

describe("drawing", () => {
  const click = (s: EditSession, ...places: [number, number][]): void => places.forEach((p) => s.put(p));

  it("makes a polygon of three clicks and takes it back with undo", () => {
    const s = new EditSession(newDraft("z"));
    s.begin("polygon");
    click(s, [114, 29], [114.1, 29], [114.1, 29.1], [114.1, 29.1]);
    expect(s.sketch.get().places).toHaveLength(3); // the second half of a double click is no place
    s.finish();
    expect(s.shape).toEqual({ kind: "polygon", parts: [[[[114, 29], [114.1, 29], [114.1, 29.1]]]] });
    expect(s.sketch.get().tool).toBe("");
    s.undo();
    expect(s.shape).toBeUndefined();
    s.redo();
    expect(s.shape).toBeDefined();
  });

  it("takes back a click while it draws, then the drawing itself", () => {
    const s = new EditSession(newDraft("z"));
    s.begin("corridor");
    click(s, [114, 29], [114.1, 29]);
    s.undo();
    expect(s.sketch.get().places).toHaveLength(1);
    s.finish();
    expect([s.refused.get(), s.shape]).toEqual(["few", undefined]);
    s.undo();
    s.undo();
    expect(s.sketch.get().tool).toBe("");
    expect(s.changed).toBe(false);
  });

  it("closes on the first place, cuts holes inside only, and adds parts", () => {
    const s = new EditSession(newDraft("z"));
    s.begin("polygon");
    click(s, [114, 29], [114.1, 29], [114.1, 29.1], [114, 29.1]);
    s.put([114, 29], true);
    s.begin("hole");
    s.put([120, 29]);
    expect(s.refused.get()).toBe("outside");
    click(s, [114.04, 29.04], [114.06, 29.04], [114.05, 29.06]);
    s.finish();
    s.begin("part");
    click(s, [114.2, 29], [114.3, 29], [114.3, 29.1]);
    s.finish();
    expect(s.shape?.kind === "polygon" && s.shape.parts.map((p) => p.length)).toEqual([2, 1]);
  });

  it("makes a circle of its centre and a place on its rim, and nudges its centre", () => {
    const s = new EditSession(newDraft("z"));
    s.begin("circle");
    click(s, [114, 29], [114, 29.01]);
    expect(s.shape).toMatchObject({ kind: "circle", centre: [114, 29] });
    expect(s.shape?.kind === "circle" && s.shape.radius).toBeCloseTo(1110, -1);
    expect(s.nudge(1, 0)).toBe(false);
    s.step(1);
    expect(s.nudge(10, 0)).toBe(true);
    expect(s.shape?.kind === "circle" && s.shape.centre[0]).toBeCloseTo(114.000103, 6);
  });

  it("takes a whole drag back at once, however long it took", () => {
    const s = new EditSession(newDraft("z"));
    s.begin("circle");
    click(s, [114, 29], [114, 29.01]);
    const before = s.shape;
    for (let i = 0; i < 5; i++) s.drag({ part: 0, ring: 0, index: 0 }, [114 + i / 100, 29], 1);
    s.drag({ part: 0, ring: 0, index: 0 }, [115, 29], 2);
    s.undo();
    expect(s.shape).toMatchObject({ centre: [114.04, 29] });
    s.undo();
    expect(s.shape).toBe(before);
  });

  it("forgets a selected vertex that undo took away", () => {
    const s = new EditSession(newDraft("z"));
    s.begin("corridor");
    click(s, [114, 29], [114.1, 29]);
    s.finish();
    s.insert({ part: 0, ring: 0, index: 1 });
    expect(s.selected.get()).toEqual({ part: 0, ring: 0, index: 2 });
    s.undo();
    expect(s.selected.get()).toBeNull();
    s.select({ part: 0, ring: 0, index: 0 });
    expect(s.remove({ part: 0, ring: 0, index: 0 })).toBe(false);
    expect(s.refused.get()).toBe("fewest");
  });
});
