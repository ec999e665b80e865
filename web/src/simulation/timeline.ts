// Where everything of a run lies on its time line, in CSS pixels from the line's left end. No drawing here.

import { rowKey } from "./format";
import type { RuleScore, ScoreLine, ScoreResult, ScoredRun, SpanKind } from "./types";

const NS = 1e9;

/** Results that somebody should look at, and are marked. */
export type Mark = Extract<ScoreResult, "missed" | "false" | "double" | "late_clear" | "early_clear">;

export interface Item {
  /** Index in the run's lines. */
  line: number;
  kind: SpanKind;
  lane: number;
  x: number;
  width: number;
  /** Where alerts fired. */
  alerts: number[];
  mark: Mark | null;
  markX: number;
}

export interface Row {
  key: string;
  score: RuleScore;
  lanes: number;
  /** Top and height within the drawing. */
  y: number;
  height: number;
  items: Item[];
}

export interface FaultBar {
  index: number;
  lane: number;
  x: number;
  width: number;
  /** Where its name stands: within the bar or to its right. */
  labelX: number;
  inside: boolean;
}

export interface Tick {
  x: number;
  s: number;
}

export interface Layout {
  ticks: Tick[];
  faults: FaultBar[];
  faultLanes: number;
  rows: Row[];
  width: number;
  height: number;
}

export const AXIS = 22;
export const FAULT_LANE = 20;
export const LANE = 14;
const ROW_PAD = 5;
const LEAST_SPAN = 3;
const MARK = 7;
/** Spans of one row that overlap are drawn below one another, at most this many; what then remains overlaps. */
const MOST_LANES = 5;
const TICK_PX = 84;
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400];

/** The time line of one run. Text of faults is as wide as `textWidth` says. */
export function layout(run: ScoredRun, rules: readonly RuleScore[], width: number, textWidth: (fault: string) => number): Layout {
  const length = Math.max(run.duration_ns, 1);
  const x = (ns: number): number => (Math.min(Math.max(ns, 0), length) / length) * width;
  const { bars, lanes } = faultBars(run, x, width, textWidth);
  const lines = run.lines ?? [];
  const at = new Map<string, number[]>();
  lines.forEach((l, i) => at.set(rowKey(l), [...(at.get(rowKey(l)) ?? []), i]));
  const order = [...rules.filter((r) => at.has(rowKey(r)))];
  // A card whose rules do not name a level still shows its lines.
  for (const [key, indices] of at) if (!order.some((r) => rowKey(r) === key)) order.push(unnamed(lines[indices[0] ?? 0]));
  let y = AXIS + (lanes > 0 ? lanes * FAULT_LANE + ROW_PAD : 0);
  const rows = order.map((score): Row => {
    const items = place((at.get(rowKey(score)) ?? []).map((i) => item(lines[i] as ScoreLine, i, x)), (i) => about(lines[i.line] as ScoreLine));
    const n = Math.max(1, ...items.map((i) => i.lane + 1));
    const row = { key: rowKey(score), score, lanes: n, y, height: n * LANE + ROW_PAD, items };
    y += row.height;
    return row;
  });
  return { ticks: ticks(length / NS, width), faults: bars, faultLanes: lanes, rows, width, height: y + 4 };
}

function item(l: ScoreLine, line: number, x: (ns: number) => number): Item {
  const alerts = (l.alerts_ns ?? []).map(x);
  const left = x(l.from_ns);
  const mark = marked(l.result);
  const width = l.kind === "nothing" ? 0 : Math.max(LEAST_SPAN, x(l.until_ns) - left);
  // A miss stands before its window, as nothing came there; a false alert stands where it came, the others after the last.
  const last = alerts[alerts.length - 1] ?? left;
  const markX = mark === "missed" ? Math.max(MARK, left - MARK - 1) : mark === "false" ? (alerts[0] ?? left) : Math.max(last, mark === "late_clear" || mark === "early_clear" ? left + width : 0) + MARK + 2;
  return { line, kind: l.kind, lane: 0, x: left, width, alerts, mark, markX };
}

function marked(r: ScoreResult): Mark | null {
  return r === "missed" || r === "false" || r === "double" || r === "late_clear" || r === "early_clear" ? r : null;
}

function extent(i: Item): [number, number] {
  const xs = [i.x, i.x + i.width, ...i.alerts];
  if (i.mark) xs.push(i.markX - MARK, i.markX + MARK);
  return [Math.min(...xs), Math.max(...xs)];
}

function about(l: ScoreLine): string {
  return [l.object.kind, l.object.id, l.subject?.kind, l.subject?.id].join(" ");
}

/**
 * Gives each item the first lane that is free where it lies. What follows on the same matter stays in its lane: windows of
 * one matter never overlap, and an alert may come before the window that it is for.
 */
function place(items: Item[], matter: (i: Item) => string): Item[] {
  const ends: number[] = [];
  const last: string[] = [];
  for (const i of [...items].sort((a, b) => a.x - b.x)) {
    const [from, to] = extent(i);
    const own = last.indexOf(matter(i));
    const free = own >= 0 ? own : ends.findIndex((e) => e + 1 < from);
    i.lane = free >= 0 ? free : Math.min(ends.length, MOST_LANES - 1);
    ends[i.lane] = Math.max(ends[i.lane] ?? 0, to);
    last[i.lane] = matter(i);
  }
  return items;
}

function faultBars(run: ScoredRun, x: (ns: number) => number, width: number, textWidth: (fault: string) => number): { bars: FaultBar[]; lanes: number } {
  const ends: number[] = [];
  const bars = (run.faults ?? []).map((f, index): FaultBar => {
    const left = x(f.from_ns);
    const w = Math.max(LEAST_SPAN, x(f.until_ns) - left);
    const text = textWidth(f.fault);
    const inside = text + 10 <= w;
    // Near the right end the name stands to the left of its bar.
    const labelX = inside ? left + 5 : left + w + 5 + text <= width ? left + w + 5 : left - 5 - text;
    return { index, lane: 0, x: left, width: w, labelX, inside };
  });
  const box = (b: FaultBar): [number, number] => {
    const text = textWidth(run.faults?.[b.index]?.fault ?? "");
    return [Math.min(b.x, b.labelX), Math.max(b.x + b.width, b.labelX + text)];
  };
  for (const b of [...bars].sort((p, q) => box(p)[0] - box(q)[0])) {
    const [from, to] = box(b);
    const free = ends.findIndex((e) => e + 6 < from);
    b.lane = free >= 0 ? free : ends.length;
    ends[b.lane] = to;
  }
  return { bars, lanes: ends.length };
}

/** Marks of the axis at round times, at least a label's width apart. */
export function ticks(lengthS: number, width: number): Tick[] {
  const most = Math.max(1, width / TICK_PX);
  const step = STEPS.find((s) => lengthS / s <= most) ?? lengthS;
  const out: Tick[] = [];
  for (let s = 0; s <= lengthS + 1e-9; s += step) out.push({ s, x: (s / lengthS) * width });
  return out;
}

function unnamed(l: ScoreLine | undefined): RuleScore {
  const none = { ok: false, value: 0, low: 0, high: 0 };
  return {
    rule: l?.rule ?? "", level: l?.level ?? "", name: { zh: l?.rule ?? "", en: l?.rule ?? "" }, severity: "none", safety: false, events: 0, near_misses: 0, tp: 0, fn: 0, fp: 0, tn: 0, recall: none, precision: none,
    delay: { count: 0, p50_s: 0, p95_s: 0, max_s: 0 }, duplicates: 0, late_clears: 0, early_clears: 0, nuisance: 0,
  };
}
