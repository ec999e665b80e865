import { describe, expect, it } from "vitest";
import type { Alert, Severity } from "../vocabulary";
import { AlertStore, compareAlerts, isOpen } from "./alerts";
import { arrange } from "../triage/arrange";

export function alert(id: string, severity: Severity, more: Partial<Alert> = {}): Alert {
  const t = { zh: "", en: "" };
  return {
    id, rev: 1, object: { kind: "aircraft", id: `a-${id}` }, hazard: "height", state: "firing", severity, rule: "r", rule_name: t, pack: { id: "base", version: "1", hash: "" },
    clause: { document: "", article: "", text: t }, variant: "over", text: t, raised_at: "2026-01-01T00:00:00Z", fired_at: "2026-01-01T00:00:00Z", last_found_at: "", last_judged_at: "",
    changed_at: "2026-01-01T00:00:00Z", count: 1, handling: { state: "new" }, ...more,
  };
}

describe("order of alerts", () => {
  it("is severity, then unowned first, then the oldest", () => {
    const list = [
      alert("1", "advisory"),
      alert("2", "warning", { handling: { state: "acknowledged" } }),
      alert("3", "warning", { raised_at: "2026-01-01T00:00:09Z" }),
      alert("4", "warning"),
      alert("5", "caution"),
    ];
    expect(list.sort(compareAlerts).map((a) => a.id)).toEqual(["4", "3", "2", "5", "1"]);
  });
});

describe("open alerts", () => {
  it("stay until acknowledged when they resolved by themselves", () => {
    expect(isOpen(alert("1", "warning", { state: "resolved" }))).toBe(true);
    expect(isOpen(alert("1", "warning", { state: "resolved", handling: { state: "acknowledged" } }))).toBe(false);
    expect(isOpen(alert("1", "warning", { found_late: true }))).toBe(false);
    expect(isOpen(alert("1", "caution", { parent_id: "p" }))).toBe(false);
  });

  it("that are closed but still fire leave the open ones and stay on the map", async () => {
    const s = new AlertStore();
    s.replace([alert("1", "warning", { handling: { state: "closed", close_reason: "drill" } }), alert("2", "caution")]);
    expect(s.get().pending.map((a) => a.id)).toEqual(["2"]);
    expect(s.get().closed.map((a) => a.id)).toEqual(["1"]);
    expect(s.get().active.map((a) => a.id)).toEqual(["1", "2"]);
    expect(s.get().counts.warning).toBe(0);
  });

  it("ignore an older revision and take a newer one", async () => {
    const s = new AlertStore();
    s.replace([alert("1", "caution", { rev: 5 })]);
    s.upsert(alert("1", "warning", { rev: 4 }));
    await Promise.resolve();
    expect(s.get().byId.get("1")?.severity).toBe("caution");
    s.upsert(alert("1", "warning", { rev: 6 }));
    await Promise.resolve();
    expect(s.get().byId.get("1")?.severity).toBe("warning");
    s.stored([{ id: "1", rev: 6 }]);
    await Promise.resolve();
    expect(s.get().byId.get("1")?.saved_rev).toBe(6);
  });
});

describe("rows under the pointer", () => {
  const ids = (...list: [string, Severity][]) => list.map(([id, s]) => alert(id, s));
  const before = { shown: ["b", "c"], waiting: [] };

  it("take their proper order when nobody points at them", () => {
    expect(arrange(before, ids(["a", "warning"], ["b", "caution"], ["c", "info"]), false)).toEqual({ shown: ["a", "b", "c"], waiting: [] });
  });

  it("keep their places, new ones wait, red ones enter at the top", () => {
    const ordered = ids(["a", "warning"], ["d", "caution"], ["c", "caution"], ["b", "caution"]);
    expect(arrange(before, ordered, true)).toEqual({ shown: ["a", "b", "c"], waiting: ["d"] });
  });

  it("drop what is gone and never show one twice", () => {
    expect(arrange({ shown: ["a", "b"], waiting: ["c"] }, ids(["b", "caution"], ["c", "caution"]), true)).toEqual({ shown: ["b"], waiting: ["c"] });
  });
});
