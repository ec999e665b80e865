import { afterEach, describe, expect, it, vi } from "vitest";
import { HandlingDesk, PHONE_MS } from "./handling";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const callee = { aircraft: "fa-1", hasPhone: true, mayLook: true };
const numberOf = (desk: HandlingDesk): unknown => {
  const s = desk.step("a");
  return s?.kind === "calling" ? s.number : s;
};

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

  it("shows a number for a minute after one recorded look, and logs the call with the second press", async () => {
    vi.useFakeTimers();
    vi.stubGlobal("document", { documentElement: { lang: "zh-CN" } });
    const asked: [string, unknown][] = [];
    vi.stubGlobal("fetch", (path: string, o: RequestInit) => {
      asked.push([path, JSON.parse(String(o.body))]);
      return Promise.resolve(new Response(JSON.stringify({ name: "李", phone: "0715-2" }), { status: 200 }));
    });
    const desk = new HandlingDesk();
    desk.callOrLog("a", callee);
    desk.callOrLog("a", callee); // while it is being read: no second look, and no call that nobody made
    await vi.advanceTimersByTimeAsync(1);
    expect(numberOf(desk)).toMatchObject({ at: "shown", name: "李", phone: "0715-2" });
    await vi.advanceTimersByTimeAsync(PHONE_MS);
    expect(numberOf(desk)).toEqual({ at: "hidden" });
    desk.callOrLog("a", callee);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked).toEqual([["/api/v1/contacts", { kind: "aircraft", id: "fa-1", alert_id: "a" }], ["/api/v1/alerts/a/call", {}]]);
  });

  it("says why there is no number, without asking the server", () => {
    vi.stubGlobal("fetch", () => { throw new Error("asked"); });
    const desk = new HandlingDesk();
    desk.callOrLog("a", { ...callee, mayLook: false });
    expect(numberOf(desk)).toEqual({ at: "forbidden" });
    desk.callOrLog("a", { ...callee, aircraft: "fa-2", hasPhone: false });
    expect(numberOf(desk)).toEqual({ at: "none" });
  });

  it("opens nothing over a closing that is about to be sent", () => {
    vi.useFakeTimers();
    const desk = new HandlingDesk();
    desk.close("a", "drill");
    desk.chooseAssignee("a");
    desk.callOrLog("a", callee);
    expect(desk.step("a")?.kind).toBe("undoable");
    desk.stop();
  });
});
