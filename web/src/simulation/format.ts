// Figures of a score as people read them.

import i18n from "i18next";
import { figure, quantity } from "../words";
import type { Closest } from "./project";
import type { Rate, RuleScore, ScoreGate, Thing } from "./types";

const NS = 1e9;
const THIN = "\u2009";

/** A share in per cent without its sign. What is not all of it never reads as 100, nor what is something as 0. */
export function percent(share: number, digits = 1): string {
  const step = 10 ** -digits;
  let v = share * 100;
  if (v < 100 && v > 100 - step) v = 100 - step;
  if (v > 0 && v < step) v = step;
  return figure(v, digits);
}

/** A rate in per cent, – where nothing was counted. */
export function rate(r: Rate | undefined): string {
  return r?.ok ? percent(r.value) : "–";
}

/** The rate with its interval in words, for a title. */
export function rateTitle(r: Rate, of: number): string {
  if (!r.ok) return i18n.t("simulation.table.noneCounted");
  return i18n.t("simulation.table.interval", { value: percent(r.value, 2), low: percent(r.low), high: percent(r.high), n: grouped(of) });
}

/** Seconds of a delay that was measured. */
export function seconds(v: number, count: number, digits = 1): string {
  return count > 0 ? figure(v, digits) : "–";
}

/** 861 204: thin spaces between the thousands. */
export function grouped(n: number): string {
  return figure(n).replace(/\B(?=(\d{3})+$)/g, THIN);
}

/** `+34:02`, or with tenths `+34:02.4`; the time within a run. */
export function offset(ns: number, tenths = false): string {
  const units = tenths ? Math.round(ns / 1e8) : Math.floor(ns / NS) * 10;
  const all = Math.floor(Math.abs(units) / 10);
  const [h, m, s] = [Math.floor(all / 3600), Math.floor((all % 3600) / 60), all % 60];
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${units < 0 ? "\u2212" : "+"}${h > 0 ? `${h}:${two(m)}` : m}:${two(s)}${tenths ? `.${Math.abs(units) % 10}` : ""}`;
}

/** A length of time in words: `45 s`, `5 min`, `1 h 30 min`. */
export function span(s: number): string {
  if (s < 120 && s % 60 !== 0) return quantity(s, "s", Number.isInteger(s) ? 0 : 1);
  const m = Math.round(s / 60);
  if (m < 60) return s % 60 === 0 || s >= 600 ? quantity(m, "min") : `${quantity(Math.floor(s / 60), "min")} ${quantity(Math.round(s % 60), "s")}`;
  return m % 60 === 0 ? quantity(m / 60, "h") : `${quantity(Math.floor(m / 60), "h")} ${quantity(m % 60, "min")}`;
}

/** A gate's figure in its unit. */
export function gateFigure(v: number, unit: string): string {
  if (unit === "%") return `${percent(v)}${THIN}%`;
  return unit === "" ? grouped(v) : quantity(v, unit, unit === "s" ? 2 : 1);
}

/** `≥ 98.0 %`, `≤ 2.00 s`; without a sign where the limit is all or nothing. */
export function gateLimit(g: ScoreGate): string {
  const limit = gateFigure(g.limit, g.unit);
  if (g.at_least && g.unit === "%" && g.limit >= 1) return limit;
  if (!g.at_least && g.limit === 0) return limit;
  return `${g.at_least ? "≥" : "≤"}${THIN}${limit}`;
}

/** What a level of a rule is called; the rule's own name where the level has none. */
export function levelName(level: string): string {
  return level && i18n.t(`simulation.level.${level}`, { defaultValue: level });
}

export function faultName(fault: string): string {
  return i18n.t(`simulation.fault.${fault}`, { defaultValue: fault });
}

/** `base/zone-entry inside`: one key for a row, its lines and its findings. */
export function rowKey(r: Pick<RuleScore, "rule" | "level">): string {
  return `${r.rule} ${r.level}`;
}

/** `w-01`, `w-01 × zone:dam`; both of a pair. */
export function aboutName(object: Thing, subject?: Thing): string {
  const one = (t: Thing): string => (t.kind === "pair" ? (t.id ?? "").split("+").map((x) => x.replace(/^traffic:/, "")).join(" × ") : t.id ?? "");
  return subject?.id ? `${one(object)} · ${one(subject)}` : one(object);
}

/** The first figures of a stream's hash. */
export function shortHash(hash: string): string {
  return (hash.slice(0, 12).match(/.{1,4}/g) ?? []).join(" ");
}

/** How near or how deep it came, in figures. */
export function closestWords(c: Closest): string {
  const m = (v: number): string => quantity(v, "m", Math.abs(v) < 10 ? 1 : 0);
  if (c.kind === "pair") return i18n.t("simulation.finding.pair", { across: m(c.metres), up: m(c.up_m) });
  if (c.kind === "zone") return i18n.t(c.metres >= 0 ? "simulation.finding.inside" : "simulation.finding.outside", { v: m(Math.abs(c.metres)) });
  return i18n.t("simulation.finding.highest", { v: m(c.metres) });
}
