import { existsSync, readFileSync, readdirSync } from "node:fs";
import i18n from "i18next";
import { describe, expect, it } from "vitest";
import zh from "../../i18n/zh";
import { boxOf, countReasons, countRemarks, previewZones, remarkText, sortRemarks } from "./rows";
import { REMARKS_ZH } from "./remarks.zh";
import { importPath, readAnswer } from "./upload";

const square = (x: number): object => ({ type: "Polygon", coordinates: [[[x, 29], [x + 1, 29], [x + 1, 30], [x, 29]]] });
const answer = readAnswer({
  format: "ed269", crs: "wgs84", dry_run: true, counts: { read: 4, accepted: 3, refused: 1, new: 1, changed: 1, same: 1 },
  zones: { type: "FeatureCollection", features: [
    { type: "Feature", geometry: square(114), properties: { id: "a", import_change: "changed" } },
    { type: "Feature", geometry: null, properties: { id: "b" } },
    { type: "Feature", geometry: square(110), properties: { id: "a", import_change: "mystery" } },
  ] },
  remarks: [
    { zone: "a", place: "features[0]", kind: "noted", problem: "upper limit is absent: read as unlimited", code: "no_such_code" },
    { place: "features[3]", kind: "refused", problem: "crosses itself", code: "x" }, { place: "features[1]", kind: "wild", problem: "p", code: "" }],
});

describe("an import", () => {
  it("is sent with its declared coordinates, and without what is empty", () => {
    const request = { file: new File(["x"], "z.json"), format: "auto", crs: "gcj02", dryRun: true, withoutRefused: false, superior: " ", endMissing: true, source: "省级", reason: "" } as const;
    expect(importPath(request)).toBe("/api/v1/zones/import?format=auto&crs=gcj02&dry_run=true&without_refused=false&source=%E7%9C%81%E7%BA%A7");
  });

  it("draws every zone with a shape, each under its own key, an unknown change as new", () => {
    expect(previewZones(answer).map((z) => [z.key, z.zone.id, z.change])).toEqual([[0, "a", "changed"], [2, "a", "new"]]);
    expect(boxOf(previewZones(answer))).toEqual([110, 29, 115, 30]);
    expect(boxOf([])).toBeNull();
  });

  it("lists refusals first and forgets no remark", () => {
    expect(sortRemarks(answer.remarks).map((m) => m.kind)).toEqual(["refused", "noted", "noted"]);
    expect(countRemarks(answer.remarks)).toEqual({ refused: 1, repaired: 0, noted: 2 });
  });

  it("counts its reasons, the most frequent first", () => {
    const m = (code: string) => ({ place: "", kind: "noted" as const, problem: code, code });
    expect(countReasons([m("a"), m("b"), m("b")]).map((r) => [r.code, r.count])).toEqual([["b", 2], ["a", 1]]);
  });

  it("counts what the server did not count as none", () => {
    expect(answer.counts.repaired).toBe(0);
    expect(readAnswer(null).counts.read).toBe(0);
  });

  it("says why in English where a code has no translation", async () => {
    await i18n.init({ lng: "zh", resources: { zh: { translation: zh } }, initAsync: false });
    expect(remarkText(answer.remarks[0]!)).toBe("upper limit is absent: read as unlimited");
  });
});

describe("remarks in Chinese", () => {
  it("know every code that the server gives", () => {
    const root = new URL("../../../../", import.meta.url);
    if (!existsSync(new URL("airspace/", root))) return; // a checkout of the console alone
    const files = readdirSync(new URL("airspace/", root), { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".go") && !f.endsWith("_test.go")).map((f) => `airspace/${f}`);
    const codes = new Set<string>();
    for (const f of [...files, "api/zones_exchange.go"]) {
      const source = readFileSync(new URL(f, root), "utf8");
      // A code stands before its sentence in a call, in a constant, or in a literal.
      for (const m of source.matchAll(/(?:Refuse|Repair|Note|Remark|note|repaired|refused?)\w*\([^\n]*?"([a-z0-9]+(?:_[a-z0-9]+)*)",\s*(?:fmt\.Sprintf\()?"[^"\n]* /g)) codes.add(m[1]!);
      for (const m of source.matchAll(/\b[cC]ode\w*\s*(?:=|:)\s*"([a-z0-9_]+)"/g)) codes.add(m[1]!);
    }
    expect(codes.size).toBeGreaterThan(90);
    expect([...codes].filter((c) => !REMARKS_ZH[c])).toEqual([]);
  });
});
