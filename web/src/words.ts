// Words and numbers as people read them, in the language of the console.

import i18n from "i18next";
import { clockTime, duration, serverNow } from "./clock";
import { membersOf, type Member } from "./picture/pairs";
import type { Alert, Pair, Text } from "./vocabulary";

export type Language = "zh" | "en";

export function language(): Language {
  return i18n.language === "en" ? "en" : "zh";
}

/** Server text in the console's language. */
export function say(t: Text | undefined): string {
  return t ? t[language()] || t.zh || t.en : "";
}

/** 演示 before the name of what is not real, unless the name says so itself. */
export function withDemo(name: string, demo: boolean): string {
  return demo && !/^(演示|demo\b)/i.test(name) ? `${i18n.t("demo.mark")} ${name}` : name;
}

export function shortName(name: Text | undefined, id: string, demo: boolean): string {
  return withDemo(say(name) || id, demo);
}

/** A number with a true minus. */
export function figure(v: number, digits = 0): string {
  const text = Math.abs(v).toFixed(digits);
  return v < 0 && Number(text) !== 0 ? `\u2212${text}` : text;
}

/** `104 m`: thin space before the unit. */
export function quantity(v: number, unit: string, digits = 0): string {
  return unit ? `${figure(v, digits)}\u2009${unit}` : figure(v, digits);
}

/** Digits that make sense for a unit. */
export function digitsOf(v: number, unit: string | undefined): number {
  if (unit === "m/s") return 1;
  return unit === "m" && Math.abs(v) < 10 ? 1 : 0;
}

/** The measured value beside its limit: `104 m，限 80 m`; for a silent aircraft how long; for a zone how deep. */
export function alertFigures(a: Alert): string {
  const unit = a.unit ?? "";
  const close = a.measured !== undefined && a.limit !== undefined && a.measured !== a.limit && Math.abs(a.measured - a.limit) < 1;
  // A value a hair over its limit must not read as the limit itself.
  const amount = (v: number): string => quantity(v, unit, v === a.measured && close ? 1 : digitsOf(v, unit));
  if (a.hazard === "silence") return i18n.t("figures.silence", { time: duration(a.state === "resolved" ? (a.measured ?? 0) * 1000 : silentMs(a)) });
  if (a.hazard === "source_down" && a.measured !== undefined) return i18n.t("figures.down", { time: duration(a.state === "resolved" ? a.measured * 1000 : serverNow() - Date.parse(a.raised_at)) });
  if (a.hazard === "zone_entry") return entryFigures(a, amount);
  if (a.pair) return pairFigures(a, a.pair);
  if (a.measured !== undefined && a.limit !== undefined) {
    return i18n.t(a.measured < a.limit ? "figures.floor" : "figures.limit", { measured: amount(a.measured), limit: amount(a.limit) });
  }
  if (a.measured !== undefined) return amount(a.measured);
  return a.state === "pending" ? i18n.t("alert.suspected") : i18n.t("figures.since", { time: duration((a.state === "resolved" ? Date.parse(a.resolved_at ?? a.changed_at) : serverNow()) - Date.parse(a.raised_at)) });
}

/** How soon and how far away, or how deep; a zone's rim is no limit to stand beside. */
function entryFigures(a: Alert, amount: (v: number) => string): string {
  const distance = a.measured === undefined ? "" : amount(Math.abs(a.measured));
  if (a.variant === "predicted" || a.within_ns !== undefined) {
    if (a.state === "resolved") return i18n.t("figures.notEntered");
    const soon = a.within_ns === undefined ? "" : i18n.t("figures.within", { seconds: Math.round(a.within_ns / 1e9) });
    return [soon, distance].filter(Boolean).join(" · ");
  }
  if (a.variant === "near" && distance) return distance;
  if (distance) return i18n.t("figures.depth", { depth: distance });
  return a.state === "pending" ? i18n.t("alert.suspected") : moment(a.raised_at);
}

/** When they are closest and how far apart then, across and up, beside the minima: `12 s 后 38 m / 9 m，限 50 / 15 m`. */
function pairFigures(a: Alert, p: Pair): string {
  const { horizontal_m, vertical_m, in_ns } = p.closest;
  const apart = `${quantity(horizontal_m, "m")} / ${vertical_m === undefined ? i18n.t("pair.noHeight") : quantity(vertical_m, "m")}`;
  const minima = `${figure(p.minima.horizontal_m)} / ${quantity(p.minima.vertical_m, "m")}`;
  const seconds = Math.round(in_ns / 1e9);
  if (a.state === "resolved" || seconds <= 0) return i18n.t("pair.now", { apart, minima });
  return i18n.t("pair.soon", { seconds, apart, minima });
}

/** How long a silent aircraft has not reported: from its newest report where the alert names one. */
export function silentMs(a: Alert): number {
  const last = a.reports?.[a.reports.length - 1]?.measured_at;
  return serverNow() - Date.parse(last ?? a.raised_at);
}

/** Of what an alert is about: the aircraft's short name, the gateway, the rule. */
export function alertObject(a: Alert): string {
  if (a.object.kind === "aircraft") return shortName(a.aircraft_name, a.object.id, a.demo === true);
  if (a.object.kind === "pair") return withDemo(membersOf(a).map((m) => memberName(m)).join(" × "), a.demo === true);
  const kind = i18n.t(`object.${a.object.kind}`, { defaultValue: a.object.kind });
  return withDemo(`${kind} ${a.object.id}`, a.demo === true);
}

/** One of a pair by its short name, else its id. */
export function memberName(m: Member): string {
  return say(m.name) || m.id;
}

/** What happened, in as few words as fit a row: `进入禁飞区`, `超限高`. */
export function hazardName(a: Alert): string {
  if (a.hazard === "zone_entry" && a.zone) {
    const how = ["predicted", "crossed", "possible", "near"].includes(a.variant) ? a.variant : "inside";
    return i18n.t(`entry.${how}`, { zone: i18n.t(`entry.zone.${a.zone.restriction}`, { defaultValue: a.zone.restriction }) });
  }
  if (a.hazard === "source_down") return i18n.t("hazard.offline"); // the object says that it is a gateway
  return i18n.t(`hazard.${a.hazard}`, { defaultValue: say(a.rule_name) || a.hazard });
}

/** A moment as `14:32:07`, – where it is absent. */
export function moment(iso: string | undefined): string {
  const t = Date.parse(iso ?? "");
  return Number.isFinite(t) ? clockTime(t) : "–";
}

/** How long ago, as `0:31`. */
export function ago(iso: string | undefined): string {
  const t = Date.parse(iso ?? "");
  return Number.isFinite(t) && t > 0 ? duration(serverNow() - t) : "–";
}
