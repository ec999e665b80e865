import { afterEach, describe, expect, it, vi } from "vitest";
import { HandlingDesk } from "./handling";

afterEach(() => vi.unstubAllGlobals());

describe("handling", () => {
  it("does not take away the step that a person went on to while an action was being saved", async () => {
    vi.stubGlobal("document", { documentElement: { lang: "zh-CN" } });
    let answer = (_: Response): void => undefined;
    vi.stubGlobal("fetch", () => new Promise<Response>((r) => { answer = r; }));
    const desk = new HandlingDesk();
    const saving = desk.call("a");
    expect(desk.step("a")?.kind).toBe("sending");
    desk.choose("a");
    answer(new Response("{}", { status: 200, headers: { "Content-Type": "application/json" } }));
    expect(await saving).toBe(true);
    expect(desk.step("a")?.kind).toBe("choosing");
  });

  it("ends its own step when nobody went on", async () => {
    vi.stubGlobal("document", { documentElement: { lang: "zh-CN" } });
    vi.stubGlobal("fetch", () => Promise.resolve(new Response("{}", { status: 200, headers: { "Content-Type": "application/json" } })));
    const desk = new HandlingDesk();
    expect(await desk.call("a")).toBe(true);
    expect(desk.step("a")).toBeUndefined();
  });
});
