import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { PROBLEMS, RESULTS, SPAN_KINDS, STATES } from "./types";
import en from "./words/en";
import zh from "./words/zh";

const repository = new URL("../../../", import.meta.url);
const score = readFileSync(new URL("score.go", repository), "utf8");
const types = readFileSync(new URL("types.ts", import.meta.url), "utf8");
const constants = (type: string): string[] => [...score.matchAll(new RegExp(`^\\s*\\w+\\s+${type}\\s*=\\s*"([^"]*)"`, "gm"))].map((m) => m[1] ?? "");

/** Keys that a struct of score.go has in JSON. */
function keysOf(struct: string): string[] {
  const body = score.match(new RegExp(`type ${struct} struct \\{([\\s\\S]*?)\\n\\}`))?.[1] ?? "";
  return [...body.matchAll(/`json:"(\w+)/g)].map((m) => m[1] ?? "");
}

/** Properties of an interface of types.ts. */
function propertiesOf(name: string): string[] {
  const body = types.match(new RegExp(`export interface ${name} \\{([\\s\\S]*?)\\n\\}`))?.[1] ?? "";
  return [...body.matchAll(/^ {2}(\w+)\??:/gm)].map((m) => m[1] ?? "");
}

describe("the JSON of simulations", () => {
  it("has the words of the server", () => {
    expect([...STATES]).toEqual(constants("SimulationState"));
    expect([...SPAN_KINDS]).toEqual(constants("SpanKind"));
    expect([...RESULTS]).toEqual(constants("ScoreResult"));
    expect([...PROBLEMS]).toEqual(constants("SimulationProblem"));
  });

  // What the page leaves alone is named here: a key that comes new must be looked at.
  const UNREAD: Record<string, string[]> = { Scorecard: ["comparison"], Simulation: ["jurisdiction_ids"] };
  for (const [go, ts] of [["Scorecard", "Scorecard"], ["ScoredRun", "ScoredRun"], ["ScoredFault", "ScoredFault"], ["ScoreLine", "ScoreLine"], ["RuleScore", "RuleScore"], ["Rate", "Rate"], ["ScoreGate", "ScoreGate"], ["ScoreFinding", "ScoreFinding"],
    ["ScoredTrack", "ScoredTrack"], ["ScoredFix", "Fix"], ["ScoredOutline", "Outline"], ["Simulation", "Simulation"], ["ScenarioProblem", "ScenarioProblem"], ["ScenarioFile", "ShippedScenario"]] as const) {
    it(`is ${go} as score.go has it`, () => {
      const keys = keysOf(go);
      expect(keys.length).toBeGreaterThan(1);
      expect(propertiesOf(ts).concat(UNREAD[go] ?? []).sort()).toEqual(keys.sort());
    });
  }
});

describe("the words of the page", () => {
  it("name every fault there is", () => {
    const folder = new URL("simulator/faults/", repository);
    const names = readdirSync(folder).filter((f) => f.endsWith(".go") && !f.endsWith("_test.go") && !["faults.go", "commands.go"].includes(f)).flatMap((f) => [...readFileSync(new URL(f, folder), "utf8").matchAll(/^\tName:\s+"(\w+)"/gm)].map((m) => m[1] ?? ""));
    expect(names.length).toBeGreaterThan(10);
    for (const n of names) expect(zh.fault, n).toHaveProperty(n);
  });

  it("name every level of every rule", () => {
    const packs = new URL("scenarios/", repository);
    const levels = readdirSync(packs, { withFileTypes: true }).filter((d) => d.isDirectory() && d.name !== "rules").flatMap((d) => {
      const texts = [...readFileSync(new URL(`${d.name}/pack.yaml`, packs), "utf8").matchAll(/^ {4}texts:\n((?: {6}.*\n| *\n)+)/gm)].map((m) => m[1] ?? "");
      return texts.flatMap((t) => [...t.matchAll(/^ {6}(\w+):/gm)].map((m) => m[1] ?? ""));
    });
    expect(levels.length).toBeGreaterThan(15);
    for (const l of levels) expect(zh.level, l).toHaveProperty(l);
  });

  it("name levels and results as the report does", () => {
    const report = readFileSync(new URL("simulator/score/page_words.go", repository), "utf8");
    const table = (name: string): [string, string, string][] => [...(report.match(new RegExp(`${name} = map[^{]*\\{([\\s\\S]*?)\\n\\}`))?.[1] ?? "").matchAll(/"(\w+)":\s+\{ZH: "([^"]*)", EN: "([^"]*)"/g)].map((m) => [m[1] ?? "", m[2] ?? "", m[3] ?? ""]);
    const levels = table("levelWords");
    expect(levels.length).toBeGreaterThan(15);
    for (const [id, inChinese, inEnglish] of levels) expect([zh.level[id as "near"], en.level[id as "near"]], id).toEqual([inChinese, inEnglish]);
    const results = [...report.matchAll(/^\t"(missed|false|double|late_clear|early_clear)":\s+\{ZH: "([^"]*)"/gm)];
    expect(results).toHaveLength(5);
    for (const [, id, inChinese] of results) expect(zh.result[id as "missed"], id).toBe(inChinese);
  });

  it("name every level that truth knows", () => {
    const levels = [...readFileSync(new URL("simulator/truth/rule.go", repository), "utf8").matchAll(/\{"(\w+)", lowsky\.|phase\w+\s+= "(\w+)"|Name: "(\w+)", Severity/g)].map((m) => m[1] ?? m[2] ?? m[3] ?? "");
    expect(levels.length).toBeGreaterThan(20);
    for (const l of levels) expect(zh.level, l).toHaveProperty(l);
  });

  it("name every gate", () => {
    const ids = [...readFileSync(new URL("simulator/score/gates.go", repository), "utf8").matchAll(/\b(?:least|most)\("(\w+)"/g)].map((m) => m[1] ?? "");
    expect(ids.length).toBeGreaterThan(5);
    for (const id of ids) expect(zh.gate, id).toHaveProperty(id);
  });
});
