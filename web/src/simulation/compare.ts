// What changed between two score cards.

import { rowKey } from "./format";
import type { RuleScore, Scorecard, Simulation } from "./types";

export interface Change {
  /** null: of the whole card. */
  row: RuleScore | null;
  figure: "fn" | "fp" | "recall" | "precision" | "delay_p95" | "duplicates" | "late_clears" | "early_clears" | "nuisance";
  was: number;
  is: number;
  worse: boolean;
}

export interface RowChange {
  /** Fewer (+) or more (−) faults of the alerts than before; null: not comparable. */
  better: number | null;
  was: RuleScore | null;
}

/** Everything that counts as a fault of a row. */
export function faultsOf(r: RuleScore): number {
  return r.fn + r.fp + r.duplicates + r.late_clears + r.early_clears;
}

/** Whether counts may be set beside one another: the same seeds flown to the end. */
export function sameRuns(a: Scorecard, b: Scorecard): boolean {
  return !a.interrupted && !b.interrupted && a.runs.length === b.runs.length && a.seeds.length === b.seeds.length && a.seeds.every((s, i) => s === b.seeds[i]);
}

export function rowChange(row: RuleScore, now: Scorecard, was: Scorecard): RowChange {
  const other = rowKey(row) === rowKey(now.total) ? was.total : was.rules.find((r) => rowKey(r) === rowKey(row)) ?? null;
  return { was: other, better: other && sameRuns(now, was) ? faultsOf(other) - faultsOf(row) : null };
}

/** Figures that differ, delays last, and before that those that got worse first. Counts only of the same seeds; rates and delays always. */
export function changes(now: Scorecard, was: Scorecard): Change[] {
  const counts = sameRuns(now, was);
  const out: Change[] = [];
  const add = (row: RuleScore | null, figure: Change["figure"], w: number, i: number, worse: boolean): void => {
    if (Math.abs(w - i) > 1e-9) out.push({ row, figure, was: w, is: i, worse });
  };
  for (const row of now.rules) {
    const other = was.rules.find((r) => rowKey(r) === rowKey(row));
    if (!other) continue;
    if (counts) {
      for (const [figure, w, i] of [["fn", other.fn, row.fn], ["fp", other.fp, row.fp], ["duplicates", other.duplicates, row.duplicates], ["late_clears", other.late_clears, row.late_clears], ["early_clears", other.early_clears, row.early_clears]] as const) add(row, figure, w, i, i > w);
    } else {
      if (row.recall.ok && other.recall.ok) add(row, "recall", other.recall.value, row.recall.value, row.recall.value < other.recall.value);
      if (row.precision.ok && other.precision.ok) add(row, "precision", other.precision.value, row.precision.value, row.precision.value < other.precision.value);
    }
    if (row.delay.count > 0 && other.delay.count > 0 && Math.abs(row.delay.p95_s - other.delay.p95_s) >= 0.1) add(row, "delay_p95", other.delay.p95_s, row.delay.p95_s, row.delay.p95_s > other.delay.p95_s);
  }
  if (Math.abs(now.nuisance_per_operator_hour - was.nuisance_per_operator_hour) >= 0.05) add(null, "nuisance", was.nuisance_per_operator_hour, now.nuisance_per_operator_hour, now.nuisance_per_operator_hour > was.nuisance_per_operator_hour);
  // Delays differ a little nearly always: after what counts.
  const weight = (c: Change): number => (c.figure === "delay_p95" ? 2 : 0) + (c.worse ? 0 : 1);
  return out.sort((a, b) => weight(a) - weight(b));
}

/** The newest finished run of the same file before this one. */
export function previousOf(run: Pick<Simulation, "id" | "name" | "uploaded">, list: readonly Simulation[]): Simulation | null {
  return list.filter((s) => s.state === "done" && s.name === run.name && s.uploaded === run.uploaded && s.id < run.id).sort((a, b) => b.id - a.id)[0] ?? null;
}
