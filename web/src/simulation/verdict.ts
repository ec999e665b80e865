// The five figures above the score, each beside its limit.

import i18n from "i18next";
import { figure } from "../words";
import { gateFigure, gateLimit, grouped, percent, rate, rateTitle } from "./format";
import type { ScoreGate, Scorecard } from "./types";

export interface Figure {
  id: "recall" | "precision" | "delay_p95" | "duplicates" | "near_false";
  value: string;
  unit: string;
  limit: string;
  /** null: nothing was measured, or no limit is set. */
  passed: boolean | null;
  title: string;
}

/** Near misses in which an alert came all the same. */
export function lostNearMisses(c: Scorecard): number {
  return Math.max(0, c.total.near_misses - c.total.tn);
}

export function figures(c: Scorecard): Figure[] {
  const { total } = c;
  const delay = total.delay.count > 0;
  return [
    { id: "recall", value: rate(total.recall), unit: total.recall.ok ? "%" : "", ...limitOf(c.gates, "recall", total.recall.ok), title: rateTitle(total.recall, total.events) },
    { id: "precision", value: rate(total.precision), unit: total.precision.ok ? "%" : "", ...limitOf(c.gates, "precision", total.precision.ok), title: rateTitle(total.precision, total.tp + total.fp) },
    { id: "delay_p95", value: delay ? figure(total.delay.p95_s, 2) : "–", unit: delay ? "s" : "", ...limitOf(c.gates, "delay_p95", delay), title: delay ? i18n.t("simulation.figure.delayTitle", { p50: figure(total.delay.p50_s, 2), max: figure(total.delay.max_s, 2), n: grouped(total.delay.count) }) : "" },
    { id: "duplicates", value: grouped(total.duplicates), unit: "", ...limitOf(c.gates, "duplicates", true), title: "" },
    {
      id: "near_false", value: `${grouped(lostNearMisses(c))} / ${grouped(total.near_misses)}`, unit: "", limit: i18n.t("simulation.figure.noLimit"), passed: null,
      title: total.near_misses > 0 ? i18n.t("simulation.figure.quiet", { value: percent(1 - lostNearMisses(c) / total.near_misses) }) : "",
    },
  ];
}

/** The limit of a kind of gate. A gate holds for single rules: one that is not kept fails the figure. */
function limitOf(gates: readonly ScoreGate[], id: string, measured: boolean): Pick<Figure, "limit" | "passed"> {
  const mine = gates.filter((g) => g.id === id);
  const one = mine.find((g) => !g.passed) ?? mine[0];
  if (!one) return { limit: i18n.t("simulation.figure.noLimit"), passed: null };
  const each = mine.some((g) => g.rule);
  return { limit: i18n.t(each ? "simulation.figure.limitEach" : "simulation.figure.limit", { limit: gateLimit(one) }), passed: mine.some((g) => !g.passed) ? false : measured ? true : null };
}

/** `召回率 进入管制区域 · 已进入 97.9 %，须 100.0 %`, by the parts that a row is made of. */
export function gateWords(g: ScoreGate, c: Scorecard, say: (t: { zh: string; en: string } | undefined) => string, level: (l: string) => string): { what: string; where: string; figures: string } {
  const rule = c.rules.find((r) => r.rule === g.rule && (!g.level || r.level === g.level));
  const where = g.rule ? [say(rule?.name) || g.rule, level(g.level ?? "")].filter(Boolean).join(" · ") : "";
  return {
    what: i18n.t(`simulation.gate.${g.id}`, { defaultValue: g.id }),
    where,
    figures: i18n.t("simulation.gateFigures", { measured: gateFigure(g.measured, g.unit), limit: gateLimit(g) }),
  };
}
