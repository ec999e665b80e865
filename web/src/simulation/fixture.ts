// A score card by hand, as score.go writes it: one scenario flown with two seeds, a miss and a false alert. For tests.

import type { Fix, RuleScore, ScoreFinding, ScoreLine, Scorecard, ScoredRun, Simulation } from "./types";

const NS = 1e9;
export const NOTHING = { ok: false, value: 0, low: 0, high: 0 };

export function row(rule: string, level: string, more: Partial<RuleScore> = {}): RuleScore {
  return {
    rule, level, name: { zh: "规则", en: "Rule" }, severity: "warning", safety: true, events: 0, near_misses: 0, tp: 0, fn: 0, fp: 0, tn: 0, recall: NOTHING, precision: NOTHING,
    delay: { count: 0, p50_s: 0, p95_s: 0, max_s: 0 }, duplicates: 0, late_clears: 0, early_clears: 0, nuisance: 0, ...more,
  };
}

export function line(more: Partial<ScoreLine> & { from: number; until: number; alerts?: number[] }): ScoreLine {
  const { from, until, alerts, ...rest } = more;
  return { rule: "base/zone-entry", level: "inside", object: { kind: "aircraft", id: "w-01" }, subject: { kind: "zone", id: "dam" }, kind: "event", result: "hit", from_ns: from * NS, until_ns: until * NS, ...(alerts ? { alerts_ns: alerts.map((a) => a * NS) } : {}), ...rest };
}

export function flight(seed: number, lines: ScoreLine[], more: Partial<ScoredRun> = {}): ScoredRun {
  return {
    scenario: "breach-circle", file: "base/flights/breach-circle.yaml", name: { zh: "闯入", en: "Breach" }, seed, hash: "9c41e7a055d2", start: "2026-10-15T10:00:00+08:00", duration_ns: 240 * NS, aircraft: 3, messages: 720, lost: 36, rejected: 0,
    events: 1, missed: 0, false_alerts: 0, lines, faults: [], ...more,
  };
}

export function fix(at: number, longitude: number, latitude: number, agl_m = 60): Fix {
  return { at_ns: at * NS, longitude, latitude, agl_m };
}

export function finding(more: Partial<ScoreFinding> = {}): ScoreFinding {
  return {
    result: "missed", rule: "base/zone-entry", level: "inside", severity: "warning", object: { kind: "aircraft", id: "w-01" }, subject: { kind: "zone", id: "dam" }, scenario: "breach-circle", file: "base/flights/breach-circle.yaml", seed: 2,
    from_ns: 60 * NS, until_ns: 80 * NS, what: { zh: "超出 12.6 m", en: "12.6 m past" }, ...more,
  };
}

export function card(more: Partial<Scorecard> = {}): Scorecard {
  const missed = line({ from: 60, until: 80, result: "missed" });
  const wrong = line({ from: 100, until: 110, alerts: [104], kind: "near_miss", result: "false" });
  const inside = row("base/zone-entry", "inside", { events: 2, near_misses: 3, tp: 1, fn: 1, fp: 1, tn: 2, recall: { ok: true, value: 0.5, low: 0.09, high: 0.91 }, precision: { ok: true, value: 0.5, low: 0.09, high: 0.91 }, delay: { count: 1, p50_s: 0.4, p95_s: 0.4, max_s: 0.4 } });
  return {
    suite: "base/flights/breach-circle.yaml", at: "2026-11-23T04:00:00Z", took_ns: 4e9, version: "v1", packs: [{ id: "base", version: "1.0.0", hash: "ab" }], seeds: [1, 2],
    runs: [flight(1, [line({ from: 60, until: 80, alerts: [62.4] })]), flight(2, [missed, wrong], { missed: 1, false_alerts: 1 })],
    rules: [inside], total: { ...inside, rule: "", level: "" }, hours: 8 / 60, nuisance_per_operator_hour: 7.5,
    gates: [
      { id: "recall", rule: "base/zone-entry", level: "inside", measured: 0.5, limit: 1, at_least: true, unit: "%", passed: false },
      { id: "precision", rule: "base/zone-entry", level: "inside", measured: 0.5, limit: 0.98, at_least: true, unit: "%", passed: false },
      { id: "delay_p95", rule: "base/zone-entry", level: "inside", measured: 0.4, limit: 2, at_least: false, unit: "s", passed: true },
      { id: "duplicates", measured: 0, limit: 0, at_least: false, unit: "", passed: true },
    ],
    passed: false, findings: [finding(), finding({ result: "false", from_ns: 100 * NS, until_ns: 110 * NS, alert_at_ns: 104 * NS })], finding_count: 2, ...more,
  };
}

export function simulation(id: number, more: Partial<Simulation> = {}): Simulation {
  return { id, name: "base/flights/breach-circle.yaml", uploaded: false, seeds: [1, 2], state: "done", runs_done: 2, runs: 2, by: "ceshi01", started_at: "2026-11-23T04:00:00Z", ...more };
}
