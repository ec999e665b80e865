import { existsSync, readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import adminEn from "../admin/words/en";
import adminZh from "../admin/words/zh";
import baseEn from "./en";
import baseZh from "./zh";
import simulationEn from "../simulation/words/en";
import simulationZh from "../simulation/words/zh";
import zonesEn from "../zones/words/en";
import zonesZh from "../zones/words/zh";

type Tree = { [k: string]: string | Tree };

/** One tree on top of another, as the pages add their words when they are opened. */
function merged(a: Tree, b: Tree): Tree {
  const out: Tree = { ...a };
  for (const [k, v] of Object.entries(b)) {
    const below = out[k];
    out[k] = typeof v === "object" && typeof below === "object" ? merged(below, v) : v;
  }
  return out;
}

const zh = merged(baseZh as unknown as Tree, { zones: zonesZh as unknown as Tree, admin: adminZh as unknown as Tree, simulation: simulationZh as unknown as Tree });
const en = merged(baseEn as unknown as Tree, { zones: zonesEn as unknown as Tree, admin: adminEn as unknown as Tree, simulation: simulationEn as unknown as Tree });

function keys(tree: Tree, prefix = ""): string[] {
  return Object.entries(tree).flatMap(([k, v]) => (typeof v === "string" ? [prefix + k] : keys(v, `${prefix}${k}.`)));
}

function at(tree: Tree, path: string): string | undefined {
  const v = path.split(".").reduce<string | Tree | undefined>((t, k) => (typeof t === "object" ? t[k] : undefined), tree);
  return typeof v === "string" ? v : undefined;
}

const repository = new URL("../../../", import.meta.url);
const goFiles = readdirSync(repository).filter((f) => f.endsWith(".go") && !f.endsWith("_test.go"));
const go = goFiles.map((f) => readFileSync(new URL(f, repository), "utf8")).join("\n");

/** Values of the constants of one type in the root package. */
function constants(type: string): string[] {
  return [...go.matchAll(new RegExp(`^\\s*\\w+\\s+${type}\\s*=\\s*"([^"]*)"`, "gm"))].map((m) => m[1] ?? "").filter(Boolean);
}

const named: [string, string, number][] = [
  ["Hazard", "hazard", 8], ["Reason", "unjudged", 8], ["CloseReason", "close", 4], ["ResolveReason", "resolve", 8], ["HandlingState", "handling", 5], ["HeightSource", "height", 3],
  ["Restriction", "restriction", 4], ["Restriction", "restriction.mark", 4], ["Restriction", "entry.zone", 4], ["Datum", "datum", 5], ["Scenario", "scenario", 6], ["Scenario", "scenario.mark", 6],
  ["Class", "class", 5], ["ObjectKind", "object", 7],
  ["Role", "admin.role", 12], ["OrganisationKind", "admin.kind", 4], ["SiteKind", "admin.siteKind", 2], ["DeviceKind", "admin.deviceKind", 4],
  ["SimulationState", "simulation.state", 5], ["SimulationProblem", "simulation.failed", 6], ["SpanKind", "simulation.kind", 4], ["ScoreResult", "simulation.result", 7],
];

describe("words", () => {
  it("exist in both languages under the same keys", () => {
    expect(keys(en as unknown as Tree).sort()).toEqual(keys(zh as unknown as Tree).sort());
  });

  it("take the same values in both languages", () => {
    const values = (s: string): string[] => [...s.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1] ?? "").sort();
    for (const key of keys(zh as unknown as Tree)) {
      expect(values(at(en as unknown as Tree, key) ?? ""), key).toEqual(values(at(zh as unknown as Tree, key) ?? ""));
      expect(at(en as unknown as Tree, key)?.trim(), key).not.toBe("");
    }
  });

  for (const [type, prefix, least] of named) {
    it(`know every ${type} of the server under ${prefix}`, () => {
      const list = constants(type);
      expect(list.length).toBeGreaterThanOrEqual(least);
      for (const value of list) expect(at(zh as unknown as Tree, `${prefix}.${value}`), `${prefix}.${value}`).toBeTruthy();
    });
  }

  it("know every permission", () => {
    const list = constants("Permission");
    expect(list.length).toBeGreaterThanOrEqual(18);
    for (const p of list) expect(at(zh as unknown as Tree, `admin.permission.${p.replace(".", "_")}`), p).toBeTruthy();
  });

  it("know every severity", () => {
    const list = go.match(/severityNames = \[\.\.\.\]string\{([^}]*)\}/)?.[1]?.match(/"(\w+)"/g)?.map((s) => s.slice(1, -1)) ?? [];
    expect(list).toHaveLength(5);
    for (const s of list) expect(at(zh as unknown as Tree, `severity.${s}`)).toBeTruthy();
  });

  it("know every note that a rule gives", () => {
    const rules = new URL("scenarios/rules/", repository);
    if (!existsSync(rules)) return; // a checkout of the console alone
    const source = readdirSync(rules).filter((f) => f.endsWith(".go")).map((f) => readFileSync(new URL(f, rules), "utf8")).join("\n");
    const notes = [...source.matchAll(/^\s*note\w+\s*=\s*"(\w+)"/gm)].map((m) => m[1] ?? "");
    expect(notes.length).toBeGreaterThan(0);
    for (const n of notes) expect(at(zh as unknown as Tree, `note.${n}`), n).toBeTruthy();
  });

  it("use no key that does not exist", () => {
    const src = new URL("../", import.meta.url);
    const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((f) => /\.tsx?$/.test(f) && !f.includes(".test.") && !f.startsWith("i18n/"));
    const used = files.flatMap((f) => [...readFileSync(new URL(f, src), "utf8").matchAll(/\bt\(\s*"([\w.]+)"/g)].map((m) => m[1] ?? ""));
    expect(used.length).toBeGreaterThan(80);
    for (const key of used) expect(at(zh as unknown as Tree, key), key).toBeTruthy();
  });
});
