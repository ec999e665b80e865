import { beforeAll, describe, expect, it } from "vitest";
import { setLanguage, startI18n } from "../i18n";
import { card, finding, row } from "./fixture";
import { aboutName, gateFigure, gateLimit, grouped, levelName, offset, percent, rate, rateTitle, seconds, shortHash, span } from "./format";
import { figures, gateWords, lostNearMisses } from "./verdict";
import { addSimulationWords } from "./words";

const THIN = "\u2009";

beforeAll(async () => {
  Object.assign(globalThis, { document: { documentElement: { lang: "" } } });
  await startI18n("en");
  addSimulationWords();
});

describe("figures of a score", () => {
  it("never round what is not all to 100, nor what is something to 0", () => {
    expect([1, 0.9999, 0.99949, 0.5, 0.0004, 0].map((v) => percent(v))).toEqual(["100.0", "99.9", "99.9", "50.0", "0.1", "0.0"]);
    expect(rate({ ok: false, value: 0, low: 0, high: 0 })).toBe("–");
    expect(rateTitle({ ok: true, value: 287 / 288, low: 0.981, high: 0.9994 }, 288)).toBe("99.65 %, 95 % interval 98.1 – 99.9 % (n = 288)");
  });

  it("count with thin spaces, and show no delay where none was measured", () => {
    expect([12, 4118, 861204, 1000000].map(grouped)).toEqual(["12", `4${THIN}118`, `861${THIN}204`, `1${THIN}000${THIN}000`]);
    expect([seconds(0.42, 3, 2), seconds(0, 0)]).toEqual(["0.42", "–"]);
  });

  it("tell times within a run", () => {
    expect([0, 62.44e9, 2052.4e9, 3725e9].map((n) => offset(n))).toEqual(["+0:00", "+1:02", "+34:12", "+1:02:05"]);
    expect([0, 62.44e9, 59.96e9].map((n) => offset(n, true))).toEqual(["+0:00.0", "+1:02.4", "+1:00.0"]);
    expect([45, 60, 90, 240, 250, 3600, 5400, 0.2].map(span)).toEqual([`45${THIN}s`, `1${THIN}min`, `90${THIN}s`, `4${THIN}min`, `4${THIN}min 10${THIN}s`, `1${THIN}h`, `1${THIN}h 30${THIN}min`, `0.2${THIN}s`]);
  });

  it("stand beside their limits", () => {
    expect(gateFigure(0.979, "%")).toBe(`97.9${THIN}%`);
    const gate = { id: "x", measured: 0, rule: "", level: "", passed: false };
    expect(gateLimit({ ...gate, limit: 1, at_least: true, unit: "%" })).toBe(`100.0${THIN}%`);
    expect(gateLimit({ ...gate, limit: 0.98, at_least: true, unit: "%" })).toBe(`≥${THIN}98.0${THIN}%`);
    expect(gateLimit({ ...gate, limit: 2, at_least: false, unit: "s" })).toBe(`≤${THIN}2.00${THIN}s`);
    expect(gateLimit({ ...gate, limit: 0, at_least: false, unit: "" })).toBe("0");
    expect(gateLimit({ ...gate, limit: 1000, at_least: true, unit: "" })).toBe(`≥${THIN}1${THIN}000`);
  });

  it("name things as people read them", () => {
    expect(levelName("inside")).toBe("inside");
    expect(levelName("not-in-the-words")).toBe("not-in-the-words");
    expect(levelName("")).toBe("");
    expect(aboutName({ kind: "pair", id: "c-64+traffic:78a001" })).toBe("c-64 × 78a001");
    expect(aboutName({ kind: "aircraft", id: "w-01" }, { kind: "zone", id: "dam" })).toBe("w-01 · dam");
    expect(shortHash("9c41e7a055d2ffff")).toBe("9c41 e7a0 55d2");
  });
});

describe("the verdict", () => {
  it("has five figures; one rule below its gate fails the figure", () => {
    const f = figures(card());
    expect(f.map((x) => [x.id, x.value, x.passed])).toEqual([["recall", "50.0", false], ["precision", "50.0", false], ["delay_p95", "0.40", true], ["duplicates", "0", true], ["near_false", "1 / 3", null]]);
    expect(f[0]?.limit).toBe(`limit 100.0${THIN}% each`);
    expect(f[3]?.limit).toBe("limit 0");
  });

  it("claims nothing where nothing was measured", () => {
    const f = figures(card({ total: row("", ""), gates: [] }));
    expect(f.map((x) => [x.value, x.passed])).toEqual([["–", null], ["–", null], ["–", null], ["0", null], ["0 / 0", null]]);
    expect(lostNearMisses(card({ total: row("", "", { near_misses: 2, tn: 2 }) }))).toBe(0);
  });

  it("names a gate that was not kept, in both languages", () => {
    const c = card();
    const g = c.gates[0];
    if (!g) throw new Error("no gate");
    expect(gateWords(g, c, (t) => t?.en ?? "", levelName)).toEqual({ what: "recall", where: "Rule · inside", figures: `50.0${THIN}%, limit 100.0${THIN}%` });
    setLanguage("zh");
    expect(gateWords(g, c, (t) => t?.zh ?? "", levelName)).toEqual({ what: "召回率", where: "规则 · 已进入", figures: `50.0${THIN}%，须 100.0${THIN}%` });
    setLanguage("en");
    expect(gateWords({ ...g, rule: "gone" }, c, (t) => t?.en ?? "", levelName).where).toBe("gone · inside");
    expect(finding().what.en).toBe("12.6 m past");
  });
});
