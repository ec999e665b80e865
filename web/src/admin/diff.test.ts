import { describe, expect, it } from "vitest";
import { differences, plain } from "./diff";

describe("before and after", () => {
  it("say what changed and nothing else", () => {
    const before = { id: "l-12", name: { zh: "物-12", en: "L-12" }, model: "H6", remote_ids: ["a"], contact_phone: "sealed", class: "small" };
    const after = { id: "l-12", name: { zh: "物-13", en: "L-12" }, remote_ids: ["a", "b"], contact_phone: "sealed", class: "small", insured_until: "2027-03-31" };
    expect(differences(before, after)).toEqual([
      { path: "insured_until", kind: "added", before: undefined, after: "2027-03-31" },
      { path: "model", kind: "removed", before: "H6", after: undefined },
      { path: "name.zh", kind: "changed", before: "物-12", after: "物-13" },
      { path: "remote_ids", kind: "changed", before: ["a"], after: ["a", "b"] },
    ]);
  });

  it("list everything of what is new, and of what is gone", () => {
    expect(differences(undefined, { name: { zh: "一", en: "" }, disabled: false }).map((d) => [d.path, d.kind])).toEqual([["disabled", "added"], ["name.en", "added"], ["name.zh", "added"]]);
    expect(differences({ a: 1 }, null)).toEqual([{ path: "a", kind: "removed", before: 1, after: undefined }]);
    expect(differences(undefined, undefined)).toEqual([]);
    expect(differences({ a: { b: 1 } }, { a: 2 })).toEqual([{ path: "a", kind: "changed", before: { b: 1 }, after: 2 }]);
  });

  it("are written in one line", () => {
    expect([plain(null), plain([]), plain(["a", 1]), plain(false), plain({ a: 1 })]).toEqual(["–", "–", "a, 1", "false", '{"a":1}']);
  });
});
