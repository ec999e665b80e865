// The JSON of simulations and their scores: score.go says what each means. Names ending in _ns are nanoseconds, within a
// run since its start; _s seconds; _m metres.

import type { Severity, Text } from "../vocabulary";

export const STATES = ["waiting", "running", "done", "failed", "cancelled"] as const;
export type SimulationState = (typeof STATES)[number];

export const PROBLEMS = ["restarted", "timed_out", "memory", "output", "died", "refused"] as const;

export const SPAN_KINDS = ["event", "near_miss", "uncertain", "nothing"] as const;
export type SpanKind = (typeof SPAN_KINDS)[number];

export const RESULTS = ["hit", "missed", "quiet", "false", "unscored", "late_clear", "early_clear", "double"] as const;
export type ScoreResult = (typeof RESULTS)[number];

/** What a line or a finding is about. */
export interface Thing {
  kind?: string;
  id?: string;
}

/** A share with its 95 % interval; ok false: nothing was counted. */
export interface Rate {
  ok: boolean;
  value: number;
  low: number;
  high: number;
}

export interface RuleScore {
  /** "" of the total. */
  rule: string;
  name: Text;
  level: string;
  severity: Severity;
  safety: boolean;
  events: number;
  near_misses: number;
  tp: number;
  fn: number;
  fp: number;
  tn: number;
  recall: Rate;
  precision: Rate;
  delay: { count: number; p50_s: number; p95_s: number; max_s: number };
  duplicates: number;
  late_clears: number;
  early_clears: number;
  nuisance: number;
}

export interface ScoreGate {
  id: string;
  rule?: string;
  level?: string;
  /** Shares where the unit is "%". */
  measured: number;
  limit: number;
  at_least: boolean;
  unit: string;
  passed: boolean;
}

export interface ScoreLine {
  rule: string;
  level: string;
  object: Thing;
  subject?: Thing;
  kind: SpanKind;
  from_ns: number;
  until_ns: number;
  alerts_ns?: number[];
  result: ScoreResult;
}

export interface ScoredFault {
  fault: string;
  object: Thing;
  from_ns: number;
  until_ns: number;
}

export interface ScoredRun {
  scenario: string;
  file: string;
  name: Text;
  seed: number;
  hash: string;
  start: string;
  duration_ns: number;
  aircraft: number;
  messages: number;
  lost: number;
  rejected: number;
  events: number;
  missed: number;
  false_alerts: number;
  /** Absent of cards of more than 20 runs. */
  lines?: ScoreLine[];
  faults?: ScoredFault[];
}

export interface Fix {
  at_ns: number;
  longitude: number;
  latitude: number;
  agl_m: number;
}

export interface ScoredTrack {
  id: string;
  crewed?: boolean;
  truth: Fix[];
  reported: Fix[];
}

/** Rings of [longitude, latitude]. */
export interface Outline {
  id: string;
  rings: [number, number][][];
}

export interface ScoreFinding {
  result: ScoreResult;
  rule: string;
  level: string;
  severity: Severity;
  object: Thing;
  subject?: Thing;
  scenario: string;
  file: string;
  /** Of the expectation in the file; absent: by geometry. */
  line?: number;
  seed: number;
  from_ns: number;
  until_ns: number;
  alert_id?: string;
  alert_at_ns?: number;
  what: Text;
  tracks?: ScoredTrack[];
  zones?: Outline[];
}

export interface Scorecard {
  suite: string;
  at: string;
  took_ns: number;
  version: string;
  packs: { id: string; version: string; hash: string }[];
  seeds: number[];
  runs: ScoredRun[];
  rules: RuleScore[];
  total: RuleScore;
  hours: number;
  nuisance_per_operator_hour: number;
  gates: ScoreGate[];
  passed: boolean;
  interrupted?: boolean;
  faults?: string[];
  findings: ScoreFinding[];
  finding_count: number;
}

export interface Simulation {
  id: number;
  name: string;
  /** The file as uploaded; absent in lists, and of one that ships. */
  source?: string;
  uploaded: boolean;
  seeds: number[];
  state: SimulationState;
  runs_done: number;
  runs: number;
  /** Why it failed: one of PROBLEMS, or one and ": " and what was said. */
  problem?: string;
  by: string;
  organisation_id?: string;
  started_at: string;
  ended_at?: string;
  /** In a list only total, gates and passed. */
  card?: Scorecard;
}

/** A scenario file that ships with the server; in lists perhaps without its text. */
export interface ShippedScenario {
  name: string;
  title: Text;
  aircraft: number;
  duration_s: number;
  faults: string[];
  rules: string[];
  source?: string;
}

/** All shipped files as one. */
export const SUITE = "suite";
export const MAX_SOURCE_BYTES = 1 << 20;
export const MAX_SEEDS = 50;
export const MAX_RUNS = 5000;

export interface ScenarioProblem {
  file: string;
  line: number;
  field: string;
  problem: string;
}

export function active(s: Pick<Simulation, "state">): boolean {
  return s.state === "waiting" || s.state === "running";
}
